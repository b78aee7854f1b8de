/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of belief. The response is read, then its statement; what the
 * statement says has to follow from what it saw; its signer has to have signed
 * it; the platform has to vouch for the quote; the quote has to bind the
 * statement, and what came beside the quote has to be what it measured. Only
 * then does anybody ask what the policy wants.
 */
#include "verify/verify.h"

#include "verify/verify_case.h"
#include "verify/verify_tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool verify_excuse(struct fault *f, const char *why)
{
	return tee_skip(f, why);
}

/* ---- one row ------------------------------------------------------------ */

void verify_record(struct verdict *v, const struct check_info *info, bool ok,
    const struct fault *f)
{
	if (ok)
		verdict_pass(v, info);
	else if (f->kind == FAULT_NONE && f->text[0] != '\0')
		verdict_excuse(v, info, f->text);
	else
		verdict_fail(v, info, f);
}

static unsigned held(const struct verify_case *c)
{
	return c->held |
	    (verdict_is_authentic(c->v) ? (unsigned)NEEDS_AUTHENTIC : 0u) |
	    (c->tee.simulated ? (unsigned)NEEDS_ROOT : 0u);
}

/* What a row waits for in vain, in words. */
static const char *why_not(unsigned missing)
{
	static const struct {
		unsigned bit;
		const char *why;
	} reasons[] = {
		{ NEEDS_CERTIFICATE, "the certificate could not be read" },
		{ NEEDS_JSON, "there is no response to look at" },
		{ NEEDS_RESPONSE, "the response could not be read" },
		{ NEEDS_STATEMENT, "the statement could not be read" },
		{ NEEDS_PRESENT, "there is no quote" },
		{ NEEDS_ROOT, "nobody knows whose quote it is" },
		{ NEEDS_QUOTE, "the quote was not authenticated" },
		{ NEEDS_BATCH, "the batch does not lead anywhere" },
		{ NEEDS_CONFIGURATION, "its configuration is another" },
		{ NEEDS_BODIES, "the bodies are not those of the statement" },
		{ NEEDS_AUTHENTIC, "the evidence was not authenticated" },
		{ NEEDS_CERTS, "the certificates could not be read" },
		{ NEEDS_CHAINS, "a chain of certificates did not hold" },
	};

	for (size_t i = 0; i < COUNT(reasons); i++)
		if ((missing & reasons[i].bit) != 0)
			return reasons[i].why;
	return "";
}

static void walk(struct verify_case *c, const struct verify_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct verify_check *row = &table->rows[i];
		unsigned missing = row->needs & ~held(c);
		struct fault f = FAULT_INIT;
		bool ok;

		if (missing != 0) {
			verdict_skip(c->v, &row->info, why_not(missing));
			continue;
		}
		ok = row->run(c, &f);
		verify_record(c->v, &row->info, ok, &f);
		if (ok || f.kind == FAULT_NONE)
			c->held |= row->gives;
	}
}

/* ---- the platform ------------------------------------------------------- */

/* One of the platform's rows; false when those behind it must not run. */
static bool run_platform_row(struct verify_case *c, const struct tee_check *row)
{
	struct fault f = FAULT_INIT;
	bool ok;

	if (row->endorsed && c->tee.unendorsed) {
		verdict_excuse(c->v, &row->info,
		    "not checked: collateral (none was given, and a "
		    "simulator's proves nothing)");
		return true;
	}
	ok = row->run(&c->tee, &f);
	verify_record(c->v, &row->info, ok, &f);
	return ok || (f.kind == FAULT_NONE && f.text[0] != '\0');
}

/* Each row may rely on those before it: after a failure none runs. */
static void walk_platform(struct verify_case *c)
{
	const struct tee_platform *p = c->platform;
	const char *failed = NULL;
	char why[FAULT_TEXT_MAX];

	for (size_t i = 0; i < p->n_checks; i++) {
		const struct tee_check *row = &p->checks[i];

		if (failed != NULL) {
			snprintf(why, sizeof(why), "%s did not pass", failed);
			verdict_skip(c->v, &row->info, why);
		} else if (!run_platform_row(c, row)) {
			failed = row->info.id;
		}
	}
	if (failed == NULL && p->n_checks > 0)
		c->held |= NEEDS_QUOTE | NEEDS_ROOT;
}

/* Policy may say several things at once: each row runs. */
static void walk_platform_policy(struct verify_case *c)
{
	const struct tee_platform *p = c->platform;
	bool may_run = verdict_is_authentic(c->v);

	for (size_t i = 0; i < p->n_policy_checks; i++) {
		const struct tee_check *row = &p->policy_checks[i];

		if (may_run)
			(void)run_platform_row(c, row);
		else
			verdict_skip(
			    c->v, &row->info, why_not(NEEDS_AUTHENTIC));
	}
}

/* ---- a judgement -------------------------------------------------------- */

void verify_case_judge(struct verify_case *c)
{
	struct verdict *v = c->v;

	*v = (struct verdict){ .at = c->opt->at };
	if (c->is_cert) {
		walk(c, &verify_cert);
	} else if (!c->bare) {
		walk(c, &verify_form);
		walk(c, &verify_statement);
		walk(c, &verify_signature);
		walk(c, &verify_tls_rows);
	} else {
		c->held = NEEDS_JSON | NEEDS_RESPONSE;
	}
	walk(c, &verify_evidence);
	if (c->opened)
		walk_platform(c);
	walk(c, &verify_binding);
	if (!c->bare)
		walk(c, &verify_recompute);
	if (c->opened)
		verify_kinds_authenticate(c);
	walk(c, &verify_policy);
	walk(c, &verify_tls_policy);
	if (c->opened) {
		walk_platform_policy(c);
		verify_kinds_appraise(c);
		snprintf(
		    v->platform, sizeof(v->platform), "%s", c->platform->id);
		v->simulated = c->tee.simulated;
		v->trust_root_replaced = c->tee.root_replaced;
	}
	if (verdict_is_authentic(v)) {
		verify_claims_add(c);
		verify_time_claim(c);
		c->platform->claim(&c->tee, v);
	}
	verify_links_conclude(c);
	if (verdict_is_authentic(v))
		verify_kinds_explain(c);
	verdict_conclude(v);
}

void verify_case_drop(struct verify_case *c)
{
	verify_kinds_drop(c);
	if (c->opened)
		c->platform->close(&c->tee);
	verify_tls_free(c->tls);
	free(c->statement);
	statement_doc_drop(&c->statement_doc);
	response_doc_drop(&c->response_doc);
	x509_cert_drop(&c->cert);
	blob_drop(&c->cert_der);
	blob_drop(&c->cert_spki);
}

void verify_response(
    struct span in, const struct verify_options *opt, struct verdict *out)
{
	AUTO(verify_case_drop)
	struct verify_case c = {
		.opt = opt,
		.v = out,
		.in = in,
	};

	verify_case_judge(&c);
}

void verify_quote(const char *platform, struct span quote,
    struct span expected_report_data, const struct verify_options *opt,
    struct verdict *out)
{
	AUTO(verify_case_drop)
	struct verify_case c = {
		.opt = opt,
		.v = out,
		.bare = true,
		.expected = expected_report_data,
		.platform_name = span_text(platform),
		.quote = quote,
	};

	verify_case_judge(&c);
}

void verify_certificate(
    struct span in, const struct verify_options *opt, struct verdict *out)
{
	AUTO(verify_case_drop)
	struct verify_case c = {
		.opt = opt,
		.v = out,
		.bare = true,
		.is_cert = true,
		.in = in,
	};

	verify_case_judge(&c);
}

/* ---- the list of checks ------------------------------------------------- */

static const struct verify_table *const in_front[] = { &verify_cert,
	&verify_form, &verify_statement, &verify_signature, &verify_tls_rows,
	&verify_evidence };
static const struct verify_table *const after_quote[] = { &verify_binding,
	&verify_recompute };
static const struct verify_table *const of_policy[] = { &verify_policy,
	&verify_tls_policy };

static const struct check_info *info_of_tables(
    const struct verify_table *const *tables, size_t n, size_t *i)
{
	for (size_t t = 0; t < n; t++) {
		if (*i < tables[t]->n)
			return &tables[t]->rows[*i].info;
		*i -= tables[t]->n;
	}
	return NULL;
}

static const struct check_info *info_of_platforms(size_t *i, bool policy)
{
	for (size_t p = 0; tee_platforms[p] != NULL; p++) {
		const struct tee_check *rows = policy
		    ? tee_platforms[p]->policy_checks
		    : tee_platforms[p]->checks;
		size_t n = policy ? tee_platforms[p]->n_policy_checks
				  : tee_platforms[p]->n_checks;

		if (*i < n)
			return &rows[*i].info;
		*i -= n;
	}
	return NULL;
}

static const struct check_info *info_of_kinds(size_t *i, bool policy)
{
	for (size_t k = 0; evidence_kinds[k] != NULL; k++) {
		const struct evidence_kind *kind = evidence_kinds[k];
		const struct kind_check *rows =
		    policy ? kind->policy_checks : kind->checks;
		size_t n = policy ? kind->n_policy_checks : kind->n_checks;

		if (*i < n)
			return &rows[*i].info;
		*i -= n;
	}
	return NULL;
}

const struct check_info *verify_check_info(size_t i)
{
	const struct check_info *info =
	    info_of_tables(in_front, COUNT(in_front), &i);

	if (info == NULL)
		info = info_of_platforms(&i, false);
	if (info == NULL)
		info = info_of_tables(after_quote, COUNT(after_quote), &i);
	if (info == NULL)
		info = info_of_kinds(&i, false);
	if (info == NULL)
		info = info_of_tables(of_policy, COUNT(of_policy), &i);
	if (info == NULL)
		info = info_of_platforms(&i, true);
	if (info == NULL)
		info = info_of_kinds(&i, true);
	return info;
}
