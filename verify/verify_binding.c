/* SPDX-License-Identifier: Apache-2.0 */
/* Is there a quote that we can judge, and is it about this statement? */
#include "verify/report_data.h"
#include "verify/verify_case.h"

#include <string.h>

/* ---- in front of the platform ------------------------------------------- */

static FALLIBLE check_present(struct verify_case *c, struct fault *f)
{
	if (c->quote.n == 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "quote.present",
		    "there is no quote in it: nothing is said about the "
		    "machine (ask for ?evidence=quote)");
	return true;
}

static FALLIBLE check_platform(struct verify_case *c, struct fault *f)
{
	const struct tee_platform *p = tee_platform_find(c->platform_name);

	if (p == NULL)
		return fault_raise(f, FAULT_UNSUPPORTED, "platform.known",
		    "quotes of this platform are not judged here");
	c->tee.quote = c->quote;
	c->tee.opt = c->opt;
	c->tee.is_bare = c->bare;
	c->tee.collateral = c->opt->collateral.n > 0
	    ? c->opt->collateral
	    : c->response.evidence.collateral;
	TRY(p->open(&c->tee, f));
	c->platform = p;
	c->opened = true;
	return true;
}

static const struct verify_check evidence_rows[] = {
	{ { .id = "quote.present",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 1",
	      .explain =
		  "The response carries a quote. Without one the signature "
		  "can be checked, but nothing says who holds the key: fetch "
		  "it again with ?evidence=quote.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_RESPONSE, NEEDS_PRESENT, check_present },
	{ { .id = "platform.known",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 3",
	      .explain =
		  "There is a judge for the platform that the evidence "
		  "names. The name is only a hint: the quote has to be of "
		  "that platform for its judge to accept it.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_PRESENT, 0, check_platform },
};

const struct verify_table verify_evidence = { evidence_rows,
	COUNT(evidence_rows) };

/* ---- behind the platform ------------------------------------------------ */

static FALLIBLE check_batch(struct verify_case *c, struct fault *f)
{
	struct sha256 leaf;

	if (c->bare)
		return verify_excuse(f, "a bare quote carries no statement");
	if (!c->response.evidence.has_batch)
		return verify_excuse(f, "the quote serves one statement alone");
	leaf = merkle_leaf(c->response.statement);
	return merkle_path_root(
	    &leaf, &c->response.evidence.batch, &c->bound, f);
}

/* Where a platform's user data need not be there, or has another length. */
static FALLIBLE check_bound(const struct verify_case *c, struct fault *f)
{
	if (c->tee.is_unbound)
		return fault_raise(f, FAULT_CRYPTO, "binding.report-data",
		    "the evidence has no user data of %d bytes: it binds "
		    "nothing",
		    REPORT_DATA_BYTES);
	return true;
}

/* A bare quote: all 64 bytes that the caller expects. */
static FALLIBLE check_expected(struct verify_case *c, struct fault *f)
{
	struct sha256 front;

	if (c->expected.n == 0)
		return verify_excuse(f,
		    "nobody said what the quote should bind "
		    "(--report-data)");
	if (c->expected.n != REPORT_DATA_BYTES)
		return fault_raise(f, FAULT_USAGE, "binding.report-data",
		    "%zu bytes were expected of it, and it has %d",
		    c->expected.n, REPORT_DATA_BYTES);
	TRY(check_bound(c, f));
	if (memcmp(c->tee.report_data, c->expected.p, REPORT_DATA_BYTES) == 0)
		return true;
	memcpy(front.b, c->expected.p, sizeof(front.b));
	if (span_is_zero(span_of(c->expected.p + sizeof(front.b),
		REPORT_DATA_BYTES - sizeof(front.b))))
		return report_data_check(
		    c->tee.report_data, &front, span_of(NULL, 0), f);
	return fault_raise(f, FAULT_CRYPTO, "binding.report-data",
	    "the quote binds other bytes than were expected");
}

static FALLIBLE check_report_data(struct verify_case *c, struct fault *f)
{
	if (c->is_cert) {
		TRY(check_bound(c, f));
		return ratls_report_data_check(
		    c->ratls, blob_span(&c->cert_spki), c->tee.report_data, f);
	}
	if (c->bare)
		return check_expected(c, f);
	TRY(check_bound(c, f));
	return report_data_check(
	    c->tee.report_data, &c->bound, c->response.statement, f);
}

static const struct verify_check binding_rows[] = {
	{ { .id = "batch.path",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 4; RFC 9162 2.1.3.2",
	      .explain =
		  "Index, size and path of the batch fit together and lead "
		  "from this statement to one root.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_RESPONSE, NEEDS_BATCH, check_batch },
	{ { .id = "binding.report-data",
	      .ref = "A10",
	      .clause = "FORMAT.evidence.md 4",
	      .explain =
		  "All 64 bytes of the quote's report_data are the SHA-256 "
		  "of this statement (or the root of its batch) and zeros. "
		  "If not, the quote is genuine but about something else; "
		  "known mistakes are named. The quote in a certificate binds "
		  "its key in the same place (FORMAT.ratls.md 4).",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_QUOTE | NEEDS_BATCH, 0, check_report_data },
};

const struct verify_table verify_binding = { binding_rows,
	COUNT(binding_rows) };
