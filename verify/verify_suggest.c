/* SPDX-License-Identifier: Apache-2.0 */
/* The policy that a piece of evidence would satisfy, for review. */
#include "verify/base/canon.h"
#include "verify/base/text.h"
#include "verify/verify_case.h"

#include <string.h>

static void put_config(struct canon *c, const struct statement *s)
{
	canon_array(c, "configs");
	canon_hex(c, NULL, sha256_span(&s->config));
	canon_end(c);
}

static void put_feed(struct canon *c, const struct statement *s)
{
	if (!s->kind->has_sources)
		return;
	canon_array(c, "feeds");
	canon_text_span(c, NULL, s->feed);
	canon_end(c);
}

/* So that a key statement, which names no feed, cannot stand for a price. */
static void put_kind(struct canon *c, const struct statement *s)
{
	canon_array(c, "kinds");
	canon_text(c, NULL, s->kind->id);
	canon_end(c);
}

static void put_signer(struct canon *c, const struct statement *s)
{
	canon_array(c, "signers");
	canon_hex_0x(c, NULL, span_of(s->signer.b, sizeof(s->signer.b)));
	canon_end(c);
}

static void put_type(struct canon *c, const struct statement *s)
{
	(void)s;
	canon_text(c, "type", POLICY_TYPE);
}

/* In canonical order; the platform's object stands where its name belongs. */
static const struct {
	const char *name;
	bool of_statement;
	void (*put)(struct canon *c, const struct statement *s);
} members[] = {
	{ "configs", true, put_config },
	{ "feeds", true, put_feed },
	{ "kinds", true, put_kind },
	{ "signers", true, put_signer },
	{ "type", false, put_type },
};

static void write_policy(
    struct canon *c, const struct verify_case *of, struct span platform_object)
{
	const char *id = of->platform->id;
	bool platform_due = true;

	canon_object(c, NULL);
	for (size_t i = 0; i < COUNT(members); i++) {
		if (platform_due && strcmp(id, members[i].name) < 0) {
			canon_raw(c, id, platform_object);
			platform_due = false;
		}
		if (!members[i].of_statement || of->statement != NULL)
			members[i].put(c, of->statement);
	}
	if (platform_due)
		canon_raw(c, id, platform_object);
	canon_end(c);
}

/*
 * A policy made from a forgery would pin the forger, and what was not judged
 * to the end has no status to pin.
 */
static FALLIBLE refuse_unproved(const struct verdict *v, struct fault *f)
{
	for (size_t i = 0; i < v->n_checks; i++) {
		const struct check_outcome *o = &v->checks[i];

		if (o->info->stage == STAGE_AUTHENTIC &&
		    o->result == CHECK_FAIL)
			return fault_raise(f, o->fault.kind,
			    fault_rejects(o->fault.kind) ? "policy.forged"
							 : "policy.unjudged",
			    "%s: %s; a policy is made from authentic evidence",
			    o->info->id, o->fault.text);
	}
	if (!verdict_is_authentic(v))
		return fault_raise(f, FAULT_UNSUPPORTED, "policy.unjudged",
		    "nothing was authenticated: %s", v->summary);
	return true;
}

static FALLIBLE suggest(
    const struct verify_case *c, struct wr *w, struct fault *f)
{
	AUTO(blob_drop) struct blob object = { 0 };
	struct canon to = canon_to(w);
	struct wr inner;

	TRY(refuse_unproved(c->v, f));
	inner = wr_grow(LIMIT_POLICY_BYTES, "policy.platform", f);
	if (!c->platform->policy_of(&c->tee, &inner, f)) {
		wr_drop(&inner);
		return false;
	}
	TRY(wr_done(&inner, &object));
	write_policy(&to, c, blob_span(&object));
	if (!wr_ok(w))
		return fault_raise(
		    f, w->f->kind, "policy.write", "%s", w->f->text);
	return true;
}

FALLIBLE verify_suggest_policy(struct span in, const char *platform,
    const struct verify_options *opt, struct verdict *out, struct wr *w,
    struct fault *f)
{
	struct verify_options as = *opt;
	AUTO(verify_case_drop)
	struct verify_case c = {
		.opt = &as,
		.v = out,
		.in = platform == NULL ? in : (struct span){ 0 },
		.bare = platform != NULL,
		.platform_name = span_text(platform),
		.quote = platform != NULL ? in : (struct span){ 0 },
	};

	/* Whether simulated evidence may be used is asked when it is judged;
	 * the verdict says that it is. */
	as.allow_simulated = true;
	verify_case_judge(&c);
	return suggest(&c, w, f);
}
