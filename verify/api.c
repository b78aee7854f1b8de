/* SPDX-License-Identifier: Apache-2.0 */
/* The C API of libaffiant-verify over verify.h. */
#define AFFIANT_API __attribute__((visibility("default")))
#include "verify/affiant-verify.h"

#include "verify/tee_memory.h"
#include "verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct affiant_memory {
	struct tee_memory kept;
};

struct affiant_verdict {
	struct verdict v;
	struct blob json;
};

static struct span view(const void *p, size_t n)
{
	return span_of(p, p != NULL ? n : 0);
}

/* Asked for, and yet nothing to check: whoever forgot the length, or had no
 * memory for the bytes, does not want the check left out. */
static FALLIBLE refuse_half(
    const char *what, const void *p, size_t n, struct fault *f)
{
	if ((p == NULL) != (n == 0))
		return fault_raise(f, FAULT_USAGE, "api.options",
		    "%s has a pointer and no length, or a length and no "
		    "pointer",
		    what);
	return true;
}

/* What is wrong with the call itself is said in the verdict, too. */
static FALLIBLE read_options(const struct affiant_options *o,
    struct policy *policy, struct verify_options *out, struct fault *f)
{
	if (o == NULL || o->size != sizeof(*o))
		return fault_raise(f, FAULT_USAGE, "api.options",
		    "the options were not begun with AFFIANT_OPTIONS_INIT");
	if (o->at_ms < 0 || o->at_ms > INT64_C(253402300799999))
		return fault_raise(f, FAULT_USAGE, "api.at",
		    "the time to judge at is outside the years 1970 to 9999");
	TRY(refuse_half("nonce", o->nonce, o->nonce_n, f));
	TRY(refuse_half("policy", o->policy, o->policy_n, f));
	TRY(refuse_half("trust_root", o->trust_root, o->trust_root_n, f));
	if (o->collateral_n > 0)
		TRY(refuse_half(
		    "collateral", o->collateral, o->collateral_n, f));
	*out = (struct verify_options){
		.at = { o->at_ms },
		.allow_simulated = o->allow_simulated != 0,
		.nonce = view(o->nonce, o->nonce_n),
		.trust_root = view(o->trust_root, o->trust_root_n),
		.collateral = view(o->collateral, o->collateral_n),
		.memory = o->memory != NULL ? &o->memory->kept : NULL,
	};
	if (o->policy == NULL)
		return true;
	TRY(policy_parse(view(o->policy, o->policy_n), policy, f));
	out->policy = policy;
	return true;
}

static void refuse(struct verdict *v, const struct fault *f)
{
	*v = (struct verdict){ .kind = VERDICT_NOT_JUDGED };
	snprintf(v->summary, sizeof(v->summary), "Not judged: %.60s: %.180s",
	    f->at, f->text);
	for (enum link_id id = 0; id < LINK_COUNT; id++)
		verdict_link(v, id, LINK_NOT_CHECKED, "nothing was judged");
}

static void encode(struct affiant_verdict *a)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "api.json", &f);

	if (!verdict_encode(&a->v, &w, &f) || !wr_done(&w, &a->json))
		wr_drop(&w);
}

/* What is judged: a response, or with `platform` a quote. */
struct subject {
	struct span in;
	const char *platform;
	struct span report_data;
};

static enum affiant_result judge(const struct subject *s,
    const struct affiant_options *options, affiant_verdict **out)
{
	AUTO(policy_drop) struct policy policy = { 0 };
	struct verify_options opt = { 0 };
	struct affiant_verdict *a = calloc(1, sizeof(*a));
	struct fault f = FAULT_INIT;

	*out = a;
	if (a == NULL)
		return AFFIANT_NOT_JUDGED;
	if (!read_options(options, &policy, &opt, &f))
		refuse(&a->v, &f);
	else if (s->platform != NULL)
		verify_quote(s->platform, s->in, s->report_data, &opt, &a->v);
	else
		verify_response(s->in, &opt, &a->v);
	encode(a);
	return affiant_verdict_result(a);
}

enum affiant_result affiant_verify_response(const void *response,
    size_t response_n, const struct affiant_options *options,
    affiant_verdict **out)
{
	const struct subject s = { .in = view(response, response_n) };

	return judge(&s, options, out);
}

enum affiant_result affiant_verify_quote(const char *platform,
    const void *quote, size_t quote_n, const void *report_data,
    const struct affiant_options *options, affiant_verdict **out)
{
	const struct subject s = {
		.in = view(quote, quote_n),
		.platform = platform != NULL ? platform : "",
		.report_data = view(report_data, REPORT_DATA_BYTES),
	};

	return judge(&s, options, out);
}

affiant_memory *affiant_memory_new(void)
{
	return calloc(1, sizeof(affiant_memory));
}

void affiant_memory_free(affiant_memory *m)
{
	if (m == NULL)
		return;
	tee_memory_drop(&m->kept);
	free(m);
}

enum affiant_result affiant_verdict_result(const affiant_verdict *v)
{
	switch (v->v.kind) {
	case VERDICT_ACCEPTED:
		return AFFIANT_ACCEPTED;
	case VERDICT_REJECTED:
		return AFFIANT_REJECTED;
	case VERDICT_AUTHENTIC:
		return AFFIANT_AUTHENTIC;
	case VERDICT_NOT_JUDGED:
		return AFFIANT_NOT_JUDGED;
	}
	return AFFIANT_NOT_JUDGED;
}

const char *affiant_verdict_summary(const affiant_verdict *v)
{
	return v->v.summary;
}

const char *affiant_verdict_json(const affiant_verdict *v)
{
	return (const char *)v->json.p;
}

const char *affiant_verdict_claim(const affiant_verdict *v, const char *name)
{
	for (size_t i = 0; i < v->v.n_claims; i++)
		if (strcmp(v->v.claims[i].name, name) == 0)
			return v->v.claims[i].value;
	return NULL;
}

int affiant_verdict_is_simulated(const affiant_verdict *v)
{
	return v->v.simulated ? 1 : 0;
}

void affiant_verdict_free(affiant_verdict *v)
{
	if (v == NULL)
		return;
	verdict_drop(&v->v);
	blob_drop(&v->json);
	free(v);
}

const char *affiant_version(void)
{
	return AFFIANT_VERSION;
}
