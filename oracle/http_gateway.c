/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_gateway.h"

#include "chain/rpc/feed_call.h"
#include "oracle/http_answer.h"
#include "verify/base/canon.h"
#include "verify/base/text.h"

#include <string.h>

#define CALL "price(bytes32)"
#define CALL_BYTES 36 /* a selector and a word */
#define PACKED_BYTES 191
#define ANSWER_BYTES (2 * PACKED_BYTES + 32)

static const struct json_limits body_limits = {
	.max_bytes = LIMIT_HTTP_BODY_BYTES, .max_depth = 1, .max_values = 3
};

/* ---- the call ------------------------------------------------------------- */

/* The id behind a bytes32: its text, and zeros to the end. */
static void read_id(const uint8_t word[ETH_WORD], char out[LIMIT_FEED_ID + 1])
{
	memcpy(out, word, LIMIT_FEED_ID);
	out[LIMIT_FEED_ID] = '\0';
	if (!span_is_zero(
		span_of(word + strlen(out), LIMIT_FEED_ID - strlen(out))))
		out[0] = '\0'; /* no feed has this one */
}

static FALLIBLE read_call(struct span sender, struct span data,
    char id[LIMIT_FEED_ID + 1], struct fault *f)
{
	uint8_t call[CALL_BYTES];
	struct eth_addr address;
	struct eth_abi_view args;
	struct eth_abi abi;

	TRY(eth_addr_parse(sender, &address, f));
	TRY(hex_decode_0x(data, call, sizeof(call), "gateway.data", f));
	TRY(eth_abi_decode_call(
	    span_text(CALL), span_of(call, sizeof(call)), &abi, &args, f));
	read_id(eth_abi_item(&args, 0).bytes.p, id);
	return true;
}

/* ---- the answer ------------------------------------------------------------ */

static FALLIBLE put_answer(
    const struct feed_call *call, struct blob *out, struct fault *f)
{
	uint8_t packed[PACKED_BYTES];
	struct wr p = wr_into(packed, sizeof(packed), "gateway.packed", f);
	AUTO(wr_drop) struct wr w = wr_grow(ANSWER_BYTES, "gateway.answer", f);
	struct canon c = canon_to(&w);

	TRY(feed_call_encode_packed(call, 1, &p, f));
	canon_object(&c, NULL);
	canon_hex_0x(&c, "data", wr_view(&p));
	canon_end(&c);
	return wr_done(&w, out);
}

static void answer_feed(struct http_exchange *x, struct feed *feed)
{
	AUTO(blob_drop) struct blob body = { 0 };
	struct fault f = FAULT_INIT;
	struct feed_call call;

	if (feed_latest_call(feed, &call, &f) && put_answer(&call, &body, &f))
		http_answer_json(x, blob_span(&body));
	else if (f.kind == FAULT_LIMIT)
		/* A value or a time that the packed form has no room for. */
		http_answer_problem(x, PROBLEM_UNSUPPORTED, f.text);
	else if (strcmp(f.at, "feed.stale") == 0 &&
	    !board_is_fresh(feed_board(feed), x->request->now, NULL))
		/* The board says which source failed how. */
		http_answer_board(x, feed_board(feed));
	else
		http_answer_fault(x, &f);
}

static void answer(
    struct http_exchange *x, struct span sender, struct span data)
{
	char id[LIMIT_FEED_ID + 1];
	struct fault f = FAULT_INIT;

	if (!read_call(sender, data, id, &f)) {
		http_answer_problem(x, PROBLEM_BAD_CALL, f.text);
		return;
	}
	struct feed *feed = http_site_feed_by_id(x->site, id);
	if (feed != NULL)
		answer_feed(x, feed);
	else
		http_answer_problem(
		    x, PROBLEM_NO_FEED, "no feed has the id of this call");
}

/* ---- the two ways to ask --------------------------------------------------- */

void http_gateway_get(struct http_exchange *x)
{
	static const char end[] = ".json";
	const char *slash = strchr(x->rest, '/');
	const size_t n = slash != NULL ? strlen(slash + 1) : 0;

	if (n < strlen(end) || strcmp(slash + 1 + n - strlen(end), end) != 0) {
		http_answer_problem(x, PROBLEM_BAD_CALL,
		    "the path is /gateway/SENDER/DATA.json");
		return;
	}
	answer(x, span_of(x->rest, (size_t)(slash - x->rest)),
	    span_of(slash + 1, n - strlen(end)));
}

void http_gateway_post(struct http_exchange *x)
{
	AUTO(json_drop) struct json *doc = NULL;
	const char *sender, *data;
	const struct json_field fields[] = {
		{ "data", JSON_WANT_TEXT, false, &data },
		{ "sender", JSON_WANT_TEXT, false, &sender },
	};
	struct fault f = FAULT_INIT;

	if (!json_parse(
		x->request->body, &body_limits, "gateway.body", &doc, &f) ||
	    !json_read(
		json_root(doc), fields, COUNT(fields), "gateway.body", &f))
		http_answer_problem(x, PROBLEM_BAD_CALL, f.text);
	else
		answer(x, span_text(sender), span_text(data));
}
