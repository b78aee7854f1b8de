/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence beside the quote: each kind's rows, where it has anything to say. */
#include "verify/verify_case.h"

#include <stdio.h>

static const struct evidence nothing;

static struct kind_case case_of(const struct verify_case *c)
{
	const struct evidence *beside =
	    c->opt->beside != NULL ? c->opt->beside : &nothing;

	return (struct kind_case){
		.opt = c->opt,
		.evidence =
		    c->bare && !c->is_cert ? beside : &c->response.evidence,
		.statement = c->statement,
		.platform = c->platform,
		.tee = &c->tee,
	};
}

/* ---- authenticity -------------------------------------------------------- */

/* Each row may rely on those before it: after a failure none runs. */
static void walk(struct verify_case *c, struct kind_case *k,
    const struct evidence_kind *kind, const char *why_not)
{
	char why[FAULT_TEXT_MAX];

	for (size_t i = 0; i < kind->n_checks; i++) {
		const struct kind_check *row = &kind->checks[i];
		struct fault f = FAULT_INIT;
		bool ok;

		if (why_not != NULL) {
			verdict_skip(c->v, &row->info, why_not);
			continue;
		}
		ok = row->run(k, &f);
		verify_record(c->v, &row->info, ok, &f);
		if (ok || f.kind == FAULT_NONE)
			continue;
		snprintf(why, sizeof(why), "%s did not pass", row->info.id);
		why_not = why;
	}
}

void verify_kinds_authenticate(struct verify_case *c)
{
	const char *why_not = (c->held & NEEDS_QUOTE) == 0
	    ? "the quote was not authenticated"
	    : NULL;

	for (size_t i = 0; evidence_kinds[i] != NULL; i++) {
		struct kind_case *k = &c->kind[i];
		struct fault f = FAULT_INIT;

		*k = case_of(c);
		if (!evidence_kinds[i]->concerns(k))
			continue;
		c->kind_opened[i] = true;
		if (evidence_kinds[i]->open(k, &f))
			walk(c, k, evidence_kinds[i], why_not);
		else
			walk(c, k, evidence_kinds[i], f.text);
	}
}

/* ---- policy -------------------------------------------------------------- */

/* Policy may say several things at once: each row runs. */
static void appraise(struct verify_case *c, struct kind_case *k,
    const struct evidence_kind *kind, bool may_run)
{
	for (size_t i = 0; i < kind->n_policy_checks; i++) {
		const struct kind_check *row = &kind->policy_checks[i];
		struct fault f = FAULT_INIT;

		if (may_run)
			verify_record(c->v, &row->info, row->run(k, &f), &f);
		else
			verdict_skip(c->v, &row->info,
			    "the evidence was not authenticated");
	}
}

void verify_kinds_appraise(struct verify_case *c)
{
	bool may_run = verdict_is_authentic(c->v);

	for (size_t i = 0; evidence_kinds[i] != NULL; i++)
		if (c->kind_opened[i])
			appraise(c, &c->kind[i], evidence_kinds[i], may_run);
}

void verify_kinds_explain(struct verify_case *c)
{
	for (size_t i = 0; evidence_kinds[i] != NULL; i++)
		if (c->kind_opened[i])
			evidence_kinds[i]->explain(&c->kind[i], c->v);
}

void verify_kinds_drop(struct verify_case *c)
{
	for (size_t i = 0; evidence_kinds[i] != NULL; i++)
		if (c->kind_opened[i])
			evidence_kinds[i]->close(&c->kind[i]);
}
