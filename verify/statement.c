/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/statement.h"

#include "verify/base/canon.h"
#include "verify/statement_members.h"
#include "verify/statement_rules.h"

#include <stdlib.h>
#include <string.h>

void statement_doc_drop(struct statement_doc *d)
{
	json_drop(&d->json);
	blob_drop(&d->nonce);
	free(d->hops);
	d->hops = NULL;
	d->n_hops = 0;
}

static FALLIBLE encode(const struct statement *s, struct wr *w, struct fault *f)
{
	struct canon c = canon_to(w);
	size_t before = wr_view(w).n;

	statement_write(&c, s);
	if (!wr_ok(w))
		return fault_raise(
		    f, w->f->kind, "statement.size", "%s", w->f->text);
	if (wr_view(w).n - before > LIMIT_STATEMENT_BYTES)
		return fault_raise(f, FAULT_LIMIT, "statement.size",
		    "would have more than %d bytes", LIMIT_STATEMENT_BYTES);
	return true;
}

FALLIBLE statement_encode(
    const struct statement *s, struct wr *w, struct fault *f)
{
	struct fault why = FAULT_INIT;

	/* What breaks a rule here was made by us: nobody's input. */
	if (!statement_rules_check(s, &why))
		return fault_raise(f, FAULT_INTERNAL, why.at, "%s", why.text);
	return encode(s, w, f);
}

/*
 * Whatever reading let pass that writing would not write is caught here: the
 * bytes are written again from what was understood.
 */
static FALLIBLE check_exact(
    struct span canonical, const struct statement *s, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_STATEMENT_BYTES, "statement.exact", &why);
	AUTO(blob_drop) struct blob again = { 0 };

	if (!encode(s, &w, &why))
		wr_drop(&w);
	else if (wr_done(&w, &again) &&
	    span_equal(blob_span(&again), canonical))
		return true;
	return fault_raise(f, FAULT_FORMAT, "statement.exact",
	    "is not written in the one way that this statement has");
}

static FALLIBLE decode(struct span canonical, struct statement *s,
    struct statement_doc *doc, struct fault *f)
{
	/* Depth: statement, sources, source, hops, hop, tlsChain. */
	const struct json_limits limits = {
		.max_bytes = LIMIT_STATEMENT_BYTES,
		.max_depth = 6,
		.max_values = LIMIT_STATEMENT_VALUES,
	};

	TRY(json_parse(canonical, &limits, "statement.json", &doc->json, f));
	TRY(canon_check(canonical, &limits, "statement.canonical", f));
	TRY(statement_read(json_root(doc->json), s, doc, f));
	TRY(statement_rules_check(s, f));
	return check_exact(canonical, s, f);
}

FALLIBLE statement_decode(struct span canonical, struct statement *out,
    struct statement_doc *doc, struct fault *f)
{
	AUTO(statement_doc_drop) struct statement_doc mine = { 0 };
	struct statement *s = calloc(1, sizeof(*s));
	bool ok;

	if (s == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "statement.memory", "out of memory");
	ok = decode(canonical, s, &mine, f);
	if (ok) {
		*out = *s;
		*doc = mine;
		mine = (struct statement_doc){ 0 };
	}
	free(s);
	return ok;
}

FALLIBLE statement_feed_bytes32(
    struct span feed, uint8_t out[32], struct fault *f)
{
	if (feed.n == 0 || feed.n > LIMIT_FEED_ID)
		return fault_raise(f, FAULT_USAGE, "statement.feed",
		    "a feed id has 1 to %d characters, not %zu", LIMIT_FEED_ID,
		    feed.n);
	for (size_t i = 0; i < feed.n; i++)
		if (feed.p[i] < 0x21 || feed.p[i] > 0x7e)
			return fault_raise_at(f, FAULT_USAGE, "statement.feed",
			    i, "a feed id has the characters ! to ~ only");
	memset(out, 0, 32);
	memcpy(out, feed.p, feed.n);
	return true;
}

FALLIBLE statement_message(const struct statement *s, const struct sha256 *sha,
    struct eip712_statement *out, struct fault *f)
{
	struct eip712_statement message = {
		.timestamp = (uint64_t)s->timestamp.ms,
		.round = s->round,
		.config = s->config,
		.statement = *sha,
	};

	TRY(statement_feed_bytes32(s->feed, message.feed, f));
	TRY(dec_parse(s->value, s->decimals, DEC_EXACT, &message.value, f));
	*out = message;
	return true;
}

FALLIBLE statement_signing_digest(const struct statement *s,
    const struct sha256 *sha, struct keccak256 *out, const char **scheme_type,
    struct fault *f)
{
	struct eip712_statement message;

	if (s->kind->is_number) {
		TRY(statement_message(s, sha, &message, f));
		*out = eip712_statement_digest(&message);
	} else {
		*out = eip712_digest_digest(sha);
	}
	if (scheme_type != NULL)
		*scheme_type = s->kind->is_number ? "Statement" : "Digest";
	return true;
}
