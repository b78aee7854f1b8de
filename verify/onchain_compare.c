/* SPDX-License-Identifier: Apache-2.0 */
/* What a chain holds against what a response says. */
#include "verify/onchain.h"

#include <string.h>

const struct onchain_member_row onchain_members[] = {
	{ ONCHAIN_FEED, "onchain.feed", "feed" },
	{ ONCHAIN_VALUE, "onchain.value", "value" },
	{ ONCHAIN_DECIMALS, "onchain.decimals", "decimals" },
	{ ONCHAIN_TIMESTAMP, "onchain.timestamp", "timestamp" },
	{ ONCHAIN_ROUND, "onchain.round", "round" },
	{ ONCHAIN_CONFIG, "onchain.config", "config" },
	{ ONCHAIN_STATEMENT, "onchain.statement", "statement" },
	{ ONCHAIN_SIGNER, "onchain.signer", "signer" },
};
const size_t n_onchain_members = COUNT(onchain_members);

FALLIBLE onchain_want(
    struct span response, struct onchain_wanted *out, struct fault *f)
{
	AUTO(response_doc_drop) struct response_doc response_doc = { 0 };
	AUTO(statement_doc_drop) struct statement_doc doc = { 0 };
	struct statement statement;
	struct response r;
	struct sha256 hash;

	TRY(response_decode(response, &r, &response_doc, f));
	TRY(statement_decode(r.statement, &statement, &doc, f));
	if (!statement.kind->is_number)
		return fault_raise(f, FAULT_UNSUPPORTED, "onchain.kind",
		    "a statement of kind %s has no number that a contract "
		    "could hold",
		    statement.kind->id);
	hash = sha256_of(r.statement);
	TRY(statement_message(&statement, &hash, &out->message, f));
	out->signer = statement.signer;
	return true;
}

unsigned onchain_differs(const struct onchain_record *r,
    const struct eth_addr *signer, const struct onchain_wanted *want)
{
	const struct eip712_statement *a = &r->message, *b = &want->message;
	const bool is_event = r->form == ONCHAIN_EVENT;
	unsigned differs = 0;

	if (memcmp(a->feed, b->feed, sizeof(a->feed)) != 0)
		differs |= ONCHAIN_FEED;
	/* As signed: 10 with one decimal is not 1.0 with none. */
	if (memcmp(&a->value.units, &b->value.units, sizeof(a->value.units)) !=
	    0)
		differs |= ONCHAIN_VALUE;
	if (!is_event && a->value.decimals != b->value.decimals)
		differs |= ONCHAIN_DECIMALS;
	if (a->timestamp != b->timestamp)
		differs |= ONCHAIN_TIMESTAMP;
	if (!is_event && a->round != b->round)
		differs |= ONCHAIN_ROUND;
	if (!is_event && !sha256_equal(&a->config, &b->config))
		differs |= ONCHAIN_CONFIG;
	if (!sha256_equal(&a->statement, &b->statement))
		differs |= ONCHAIN_STATEMENT;
	if (signer != NULL && !eth_addr_equal(signer, &want->signer))
		differs |= ONCHAIN_SIGNER;
	return differs;
}
