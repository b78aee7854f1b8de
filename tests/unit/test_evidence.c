/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "tests/unit/statements.h"
#include "verify/base/text.h"
#include "verify/evidence.h"

#include <stdlib.h>

#define ROOM 65536

static const uint8_t quote[] = { 4, 0, 2, 0, 0x81, 0xff };

/* A response with everything; nothing in it is signed. */
static struct response whole(struct blob *canonical)
{
	static struct statement s;
	struct response r = { 0 };

	statements_one(&s);
	*canonical = statements_bytes(&s);
	r.statement = blob_span(canonical);
	r.report_data_hash = sha256_of(r.statement);
	r.signer = s.signer;
	memset(r.digest.b, 0xd1, sizeof(r.digest.b));
	memset(r.signature.b, 0x51, sizeof(r.signature.b));
	r.evidence = (struct evidence){
		.platform = span_text("tdx"),
		.provider = span_text("simulator"),
		.simulated = true,
		.has_batch = true,
		.batch = { .index = 1, .size = 3, .n = 2 },
		.quote = span_of(quote, sizeof(quote)),
		.event_log = span_text("[{\"imr\":0}]"),
		.app_compose = span_text("services:\n  \"a\": 1\n"),
		.key_chain = span_text("{\"k\":1}"),
		.mr_config = span_text("{\"v\":\"\\n\"}"),
		.collateral = span_text("{\"c\":[1,2]}"),
		.tls = span_text("{\"t\":[]}"),
		.bodies = span_text("[\"Yg==\"]"),
		.configuration = span_text("{\"listen\":1}"),
	};
	memset(r.evidence.batch.node, 0xba, 64);
	return r;
}

static struct span encode(
    const struct response *r, enum response_detail detail, uint8_t room[ROOM])
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(room, ROOM - 1, "test.response", &f);

	assert_ok(response_encode(r, detail, &w, &f), f);
	room[wr_view(&w).n] = '\0';
	return wr_view(&w);
}

/* ---- both ways ---------------------------------------------------------- */

static void assert_same_evidence(
    const struct evidence *a, const struct evidence *b)
{
	assert_true(span_equal(a->platform, b->platform));
	assert_true(span_equal(a->provider, b->provider));
	assert_int_equal(a->simulated, b->simulated);
	assert_int_equal(a->has_batch, b->has_batch);
	assert_int_equal(a->batch.index, b->batch.index);
	assert_int_equal(a->batch.size, b->batch.size);
	assert_int_equal(a->batch.n, b->batch.n);
	assert_memory_equal(a->batch.node, b->batch.node, 32 * a->batch.n);
	assert_true(span_equal(a->quote, b->quote));
	assert_true(span_equal(a->event_log, b->event_log));
	assert_true(span_equal(a->app_compose, b->app_compose));
	assert_true(span_equal(a->key_chain, b->key_chain));
	assert_true(span_equal(a->mr_config, b->mr_config));
}

static void response__is_written_and_read_back_the_same(void **state)
{
	AUTO(blob_drop) struct blob canonical = { 0 };
	struct response made = whole(&canonical);

	(void)state;
	for (enum response_detail d = RESPONSE_SIGNATURE; d <= RESPONSE_FULL;
	     d++) {
		AUTO(response_doc_drop) struct response_doc doc = { 0 };
		static uint8_t room[ROOM], again[ROOM];
		struct response read;
		struct fault f = FAULT_INIT;
		struct span text = encode(&made, d, room);

		assert_ok(response_decode(text, &read, &doc, &f), f);
		assert_true(span_equal(read.statement, made.statement));
		assert_memory_equal(&read.report_data_hash,
		    &made.report_data_hash, sizeof(struct sha256));
		assert_memory_equal(
		    &read.signature, &made.signature, sizeof(struct eth_sig));
		assert_memory_equal(
		    &read.digest, &made.digest, sizeof(struct keccak256));
		assert_true(eth_addr_equal(&read.signer, &made.signer));
		if (d == RESPONSE_SIGNATURE)
			assert_int_equal(read.evidence.quote.n, 0);
		else
			assert_same_evidence(&made.evidence, &read.evidence);
		assert_int_equal(
		    read.evidence.collateral.n > 0, d == RESPONSE_FULL);
		assert_int_equal(read.evidence.tls.n > 0, d == RESPONSE_FULL);
		assert_int_equal(
		    read.evidence.bodies.n > 0, d == RESPONSE_FULL);
		assert_int_equal(
		    read.evidence.configuration.n > 0, d == RESPONSE_FULL);
		if (d == RESPONSE_FULL) {
			assert_span_text(read.evidence.tls, "{\"t\":[]}");
			assert_span_text(read.evidence.bodies, "[\"Yg==\"]");
			assert_span_text(
			    read.evidence.configuration, "{\"listen\":1}");
		}
		assert_true(span_equal(encode(&read, d, again), text));
	}
}

/* What `jq '.statement | @json'` would hash. */
static void response_encode__puts_the_statement_in_as_it_stands(void **state)
{
	AUTO(blob_drop) struct blob canonical = { 0 };
	struct response made = whole(&canonical);
	static uint8_t room[ROOM];
	struct span text = encode(&made, RESPONSE_QUOTE, room);

	(void)state;
	assert_int_equal(memcmp(text.p, "{\"statement\":", 13), 0);
	assert_memory_equal(text.p + 13, canonical.p, canonical.n);
	assert_int_equal(
	    memcmp(text.p + 13 + canonical.n, ",\"reportDataHash\":\"", 19), 0);
}

static void response_encode__needs_room(void **state)
{
	AUTO(blob_drop) struct blob canonical = { 0 };
	struct response made = whole(&canonical);
	static uint8_t room[ROOM];
	size_t n = encode(&made, RESPONSE_FULL, room).n;
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(room, n - 1, "test.room", &f);

	(void)state;
	assert_refused(response_encode(&made, RESPONSE_FULL, &w, &f), f,
	    FAULT_LIMIT, "test.room");
}

static void response_decode__takes_another_order_and_white_space(void **state)
{
	AUTO(response_doc_drop) struct response_doc doc = { 0 };
	AUTO(blob_drop) struct blob canonical = { 0 };
	struct response made = whole(&canonical), read;
	static char text[ROOM], hash[HEX_SIZE(32)];
	struct fault f = FAULT_INIT;

	(void)state;
	hex_encode(sha256_span(&made.report_data_hash), hash);
	snprintf(text, sizeof(text),
	    " {\n\"signature\" : {\"value\":\"0x%0130d\",\"scheme\":\"eip712\","
	    "\"signer\":\"0x%040d\",\"digest\":\"0x%064d\"},\n"
	    "\"reportDataHash\":\"%s\",\"statement\": %s\n}\n",
	    0, 0, 0, hash, (const char *)canonical.p);
	assert_ok(response_decode(span_text(text), &read, &doc, &f), f);
	assert_true(span_equal(read.statement, made.statement));
}

/* ---- refusals ----------------------------------------------------------- */

static void refuses(const char *text, enum fault_kind kind, const char *at)
{
	AUTO(response_doc_drop) struct response_doc doc = { 0 };
	struct response r;
	struct fault f = FAULT_INIT;

	if (response_decode(span_text(text), &r, &doc, &f) || f.kind != kind ||
	    strcmp(f.at, at) != 0)
		fail_msg("want %s, got %s: %s\n%.300s", at, f.at, f.text, text);
}

static void refuses_edit(
    const char *what, const char *with, enum fault_kind kind, const char *at)
{
	AUTO(blob_drop) struct blob canonical = { 0 };
	struct response made = whole(&canonical);
	static uint8_t room[ROOM];
	static char text[2 * ROOM];
	char *good = (char *)room, *found;

	encode(&made, RESPONSE_FULL, room);
	found = strstr(good, what);
	if (found == NULL)
		fail_msg("%s is not there", what);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(found - good), good,
	    with, found + strlen(what));
	refuses(text, kind, at);
}

static void response_decode__tells_unreadable_from_malformed(void **state)
{
	AUTO(blob_drop) struct blob canonical = { 0 };
	struct response made = whole(&canonical);
	static uint8_t room[ROOM];
	struct span text = encode(&made, RESPONSE_FULL, room);

	(void)state;
	/* No JSON: nobody can judge it. */
	refuses("", FAULT_UNSUPPORTED, "response.json");
	refuses("<html>", FAULT_UNSUPPORTED, "response.json");
	refuses("{\"statement\":01}", FAULT_UNSUPPORTED, "response.json");
	for (size_t n = 0; n < text.n; n += 97) {
		AUTO(response_doc_drop) struct response_doc doc = { 0 };
		struct response r;
		struct fault f = FAULT_INIT;

		assert_refused(
		    response_decode(span_of(text.p, n), &r, &doc, &f), f,
		    FAULT_UNSUPPORTED, "response.json");
	}
	/* JSON, but nothing of ours. */
	refuses("null", FAULT_UNSUPPORTED, "response.kind");
	refuses("{\"price\":\"1\"}", FAULT_UNSUPPORTED, "response.kind");
	refuses("{\"statement\":{}}", FAULT_UNSUPPORTED, "response.kind");
	/* Ours, and it contradicts itself. */
	refuses_edit("\"round\":42", "\"round\":42,\"round\":42", FAULT_FORMAT,
	    "response.members");
	refuses_edit("\"provider\":", "\"platform\":\"tdx\",\"provider\":",
	    FAULT_FORMAT, "response.members");
}

static void response_decode__refuses_members_of_another_form(void **state)
{
	static const struct {
		const char *what, *with;
		enum fault_kind kind;
		const char *at;
	} edits[] = {
		{ "\"signature\":{", "\"more\":1,\"signature\":{", FAULT_FORMAT,
		    "response.members" },
		{ ",\"quote\":\"BAACAIH/\"", "", FAULT_FORMAT,
		    "response.members" },
		{ "BAACAIH/", "", FAULT_FORMAT, "response.quote" },
		{ "BAACAIH/", "BAACAIH_", FAULT_FORMAT, "response.quote" },
		{ "BAACAIH/", "BAACAI H/", FAULT_FORMAT, "response.quote" },
		{ "BAACAIH/", "BAACAIE", FAULT_FORMAT, "response.quote" },
		{ "reportDataHash\":\"", "reportDataHash\":\"00", FAULT_FORMAT,
		    "response.reportDataHash" },
		{ "reportDataHash\":\"", "reportDataHash\":\"A", FAULT_FORMAT,
		    "response.reportDataHash" },
		{ "\"eip712\"", "\"eip191\"", FAULT_UNSUPPORTED,
		    "response.signature.scheme" },
		{ "\"scheme\":\"eip712\",", "", FAULT_FORMAT,
		    "response.signature" },
		{ "\"scheme\":", "\"kind\":1,\"scheme\":", FAULT_FORMAT,
		    "response.signature" },
		{ "0xd1d1", "0xD1d1", FAULT_FORMAT,
		    "response.signature.digest" },
		{ "0xd1d1", "d1d1", FAULT_FORMAT, "response.signature.digest" },
		{ "0xd1d1", "0xd1", FAULT_FORMAT, "response.signature.digest" },
		{ "\"value\":\"0x5151", "\"value\":\"0x515151", FAULT_FORMAT,
		    "response.signature.value" },
		{ "affiant.evidence.v1", "affiant.evidence.v0",
		    FAULT_UNSUPPORTED, "response.evidence.type" },
		{ "\"simulated\":true", "\"simulated\":1", FAULT_FORMAT,
		    "response.evidence" },
		{ "\"provider\":\"simulator\",", "", FAULT_FORMAT,
		    "response.evidence" },
		{ "\"eventLog\":[{\"imr\":0}]", "\"eventLog\":{}", FAULT_FORMAT,
		    "response.evidence" },
		{ "\"size\":3", "\"size\":\"3\"", FAULT_FORMAT,
		    "response.batch" },
		{ "\"size\":3", "\"size\":3,\"root\":\"\"", FAULT_FORMAT,
		    "response.batch" },
		{ "[\"baba", "[\"BAba", FAULT_FORMAT, "response.batch" },
		{ "[\"baba", "[1,\"baba", FAULT_FORMAT, "response.batch" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(edits); i++)
		refuses_edit(
		    edits[i].what, edits[i].with, edits[i].kind, edits[i].at);
}

static void response_decode__keeps_to_its_limits(void **state)
{
	AUTO(response_doc_drop) struct response_doc doc = { 0 };
	AUTO(blob_drop) struct blob big = { 0 };
	char path[17 * 70] = "\"path\":[";
	struct response r;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < 17; i++)
		snprintf(path + strlen(path), sizeof(path) - strlen(path),
		    "\"%064d\",", 0);
	refuses_edit("\"path\":[", path, FAULT_LIMIT, "response.batch");
	big.n = LIMIT_RESPONSE_BYTES + 1;
	big.p = calloc(1, big.n);
	assert_non_null(big.p);
	memset(big.p, ' ', big.n);
	assert_refused(response_decode(blob_span(&big), &r, &doc, &f), f,
	    FAULT_LIMIT, "response.json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(response__is_written_and_read_back_the_same),
		cmocka_unit_test(
		    response_encode__puts_the_statement_in_as_it_stands),
		cmocka_unit_test(response_encode__needs_room),
		cmocka_unit_test(
		    response_decode__takes_another_order_and_white_space),
		cmocka_unit_test(
		    response_decode__tells_unreadable_from_malformed),
		cmocka_unit_test(
		    response_decode__refuses_members_of_another_form),
		cmocka_unit_test(response_decode__keeps_to_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
