/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_response.h"

#include "oracle/collateral_keeper.h"
#include "verify/base/clock.h"

void feed_response_drop(struct feed_response *r)
{
	blob_drop(&r->canonical);
	blob_drop(&r->bodies);
	blob_drop(&r->tls);
	if (r->quoted.share != NULL)
		quoted_drop(&r->quoted);
	r->quoted = (struct quoted){ 0 };
}

bool feed_response_sign(struct feed_response *r, const struct feed_deps *deps,
    const struct statement *st, uint8_t *scratch, struct fault *f)
{
	struct wr w =
	    wr_into(scratch, LIMIT_STATEMENT_BYTES, "feed.statement", f);
	size_t n;

	TRY(statement_encode(st, &w, f));
	TRY(wr_done_into(&w, &n));
	struct span canonical = span_of(scratch, n);
	TRY(signer_sign_statement(
	    deps->signer, st, canonical, &r->digest, &r->signature, f));
	r->hash = sha256_of(canonical);
	r->signer = st->signer;
	return blob_copy(canonical, &r->canonical, f);
}

bool feed_response_quote(
    struct feed_response *r, const struct feed_deps *deps, struct fault *f)
{
	return quoter_quote(
	    deps->quoter, blob_span(&r->canonical), &r->quoted, f);
}

bool feed_response_collateral_until(const struct feed_deps *deps,
    enum response_detail detail, struct blob *out, struct utc *until,
    struct fault *f)
{
	struct fault why = FAULT_INIT;

	*until = (struct utc){ 0 };
	if (detail != RESPONSE_FULL ||
	    collateral_keeper_choose(
		deps->attest, deps->collateral, clock_now(), out, until, &why))
		return true;
	/* No collateral on this platform: the evidence stands without. */
	if (why.kind == FAULT_UNSUPPORTED)
		return true;
	*f = why;
	/* The keeper's say it themselves. */
	return collateral_keeper_raised(f) ? false
					   : fault_within(f, "collateral");
}

bool feed_response_collateral(const struct feed_deps *deps,
    enum response_detail detail, struct blob *out, struct fault *f)
{
	struct utc until;

	return feed_response_collateral_until(deps, detail, out, &until, f);
}

bool feed_response_encode(const struct feed_response *r,
    const struct feed_deps *deps, enum response_detail detail,
    struct span collateral, struct blob *body, struct fault *f)
{
	struct response out = {
		.statement = blob_span(&r->canonical),
		.report_data_hash = r->hash,
		.signature = r->signature,
		.signer = r->signer,
		.digest = r->digest,
		.evidence = {
			.platform = span_text(attest_platform(deps->attest)),
			.provider = span_text(attest_provider(deps->attest)),
			.simulated = attest_is_simulated(deps->attest),
			.has_batch = r->quoted.has_batch,
			.quote = r->quoted.quote,
			.event_log = r->quoted.event_log,
			.app_compose = r->quoted.app_compose,
			.key_chain = signer_key_chain(deps->signer),
			.collateral = collateral,
			.bodies = blob_span(&r->bodies),
			/* It is of use to whoever picks again. */
			.configuration = r->bodies.n > 0
			    ? blob_span(&deps->config->canonical)
			    : span_text(""),
			.tls = blob_span(&r->tls),
		},
	};
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "feed.response", f);

	if (r->quoted.has_batch)
		out.evidence.batch = r->quoted.path;
	if (!response_encode(&out, detail, &w, f)) {
		wr_drop(&w);
		return false;
	}
	return wr_done(&w, body);
}
