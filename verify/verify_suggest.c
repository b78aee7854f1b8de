/* SPDX-License-Identifier: Apache-2.0 */
/* The policy that a piece of evidence would satisfy, for review. */
#include "verify/base/canon.h"
#include "verify/base/text.h"
#include "verify/verify_tls.h"

#include <string.h>

static void put_config(struct canon *c, const struct verify_case *of)
{
	canon_array(c, "configs");
	canon_hex(c, NULL, sha256_span(&of->statement->config));
	canon_end(c);
}

static void put_feed(struct canon *c, const struct verify_case *of)
{
	if (!of->statement->kind->has_sources)
		return;
	canon_array(c, "feeds");
	canon_text_span(c, NULL, of->statement->feed);
	canon_end(c);
}

/* So that a key statement, which names no feed, cannot stand for a price. */
static void put_kind(struct canon *c, const struct verify_case *of)
{
	canon_array(c, "kinds");
	canon_text(c, NULL, of->statement->kind->id);
	canon_end(c);
}

static void put_signer(struct canon *c, const struct verify_case *of)
{
	const struct statement *s = of->statement;

	canon_array(c, "signers");
	canon_hex_0x(c, NULL, span_of(s->signer.b, sizeof(s->signer.b)));
	canon_end(c);
}

static bool is_root_of_earlier(
    const struct verify_tls *t, size_t i, const struct sha256 *root)
{
	for (size_t k = 0; k < i; k++)
		if (sha256_equal(&t->connection[k].said->root, root))
			return true;
	return false;
}

/* Of the chains that were verified here; others are the code's word only. */
static void put_tls_roots(struct canon *c, const struct verify_case *of)
{
	const struct verify_tls *t = of->tls;

	if (t == NULL || t->n == 0)
		return;
	canon_array(c, "tlsRoots");
	for (size_t i = 0; i < t->n; i++) {
		const struct sha256 *root = &t->connection[i].said->root;

		if (!is_root_of_earlier(t, i, root))
			canon_hex(c, NULL, sha256_span(root));
	}
	canon_end(c);
}

static void put_type(struct canon *c, const struct verify_case *of)
{
	(void)of;
	canon_text(c, "type", POLICY_TYPE);
}

/* In canonical order; objects stand where their names belong. */
static const struct {
	const char *name;
	bool of_statement;
	void (*put)(struct canon *c, const struct verify_case *of);
} members[] = {
	{ "configs", true, put_config },
	{ "feeds", true, put_feed },
	{ "kinds", true, put_kind },
	{ "signers", true, put_signer },
	{ "tlsRoots", true, put_tls_roots },
	{ "type", false, put_type },
};

/* An object of the platform or of a kind of evidence, by its name. */
struct object {
	const char *name;
	struct blob text;
};
struct objects {
	struct object v[1 + EVIDENCE_KINDS_MAX];
	size_t n;
};

static void objects_drop(struct objects *o)
{
	for (size_t i = 0; i < o->n; i++)
		blob_drop(&o->v[i].text);
}

/* Those whose names belong in front of `before` (NULL: all that are left). */
static void put_objects(
    struct canon *c, const struct objects *o, size_t *next, const char *before)
{
	for (; *next < o->n; ++*next) {
		const struct object *v = &o->v[*next];

		if (before != NULL && strcmp(v->name, before) > 0)
			return;
		canon_raw(c, v->name, blob_span(&v->text));
	}
}

static void write_policy(struct canon *c, const struct verify_case *of,
    const struct objects *objects)
{
	size_t next = 0;

	canon_object(c, NULL);
	for (size_t i = 0; i < COUNT(members); i++) {
		put_objects(c, objects, &next, members[i].name);
		if (!members[i].of_statement || of->statement != NULL)
			members[i].put(c, of);
	}
	put_objects(c, objects, &next, NULL);
	canon_end(c);
}

/* In the order of names; one that has nothing to say is left out. */
static void objects_add(struct objects *o, const char *name, struct blob *text)
{
	size_t at = o->n;

	if (text->n == 0) {
		blob_drop(text);
		return;
	}
	for (; at > 0 && strcmp(o->v[at - 1].name, name) > 0; at--)
		o->v[at] = o->v[at - 1];
	o->v[at] = (struct object){ name, blob_move(text) };
	o->n++;
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

static FALLIBLE write_object(const struct verify_case *c, size_t kind,
    const struct tee_case *tee, struct wr *w, struct fault *f)
{
	if (evidence_kinds[kind] == NULL)
		return c->platform->policy_of(tee, w, f);
	return !c->kind_opened[kind] ||
	    evidence_kinds[kind]->policy_of(&c->kind[kind], w, f);
}

/* The kinds first, then the platform: it leaves out what they pin. */
static FALLIBLE write_objects(
    const struct verify_case *c, struct objects *out, struct fault *f)
{
	struct tee_case tee = c->tee;
	size_t i = 0;
	bool is_kind;

	do {
		struct wr w = wr_grow(LIMIT_POLICY_BYTES, "policy.object", f);
		struct blob text = { 0 };

		is_kind = evidence_kinds[i] != NULL;
		if (is_kind && c->kind_opened[i])
			tee.pinned = evidence_kinds[i]->pins(&c->kind[i]);
		if (!write_object(c, i, &tee, &w, f)) {
			wr_drop(&w);
			return false;
		}
		TRY(wr_done(&w, &text));
		objects_add(out,
		    is_kind ? evidence_kinds[i]->id : c->platform->id, &text);
		i++;
	} while (is_kind);
	return true;
}

static FALLIBLE suggest(
    const struct verify_case *c, struct wr *w, struct fault *f)
{
	AUTO(objects_drop) struct objects objects = { .n = 0 };
	struct canon to = canon_to(w);

	TRY(refuse_unproved(c->v, f));
	TRY(write_objects(c, &objects, f));
	write_policy(&to, c, &objects);
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
