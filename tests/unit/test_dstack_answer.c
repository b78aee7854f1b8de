/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of guest agents: real ones of several generations where the vectors
 * are, and every way in which one can be wrong.
 */
#include "attest/dstack_answer.h"

#include "tests/unit/check.h"
#include "tests/unit/vectors.h"
#include "verify/base/canon.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <stdlib.h>

static struct json *parsed(const char *text)
{
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(
	    json_parse(span_text(text), &json_limits_default, "test", &doc, &f),
	    f);
	return doc;
}

/* ---- quotes and logs ---------------------------------------------------- */

static bool take_quote(const char *text, struct blob *log, struct fault *f)
{
	AUTO(json_drop) struct json *doc = parsed(text);
	AUTO(blob_drop) struct blob quote = { 0 };
	bool ok = dstack_answer_quote(json_root(doc), &quote, log, f);
	if (ok)
		assert_int_equal(quote.n, 2);
	return ok;
}

static void assert_quote_refused(const char *text, const char *at)
{
	AUTO(blob_drop) struct blob log = { 0 };
	struct fault f = FAULT_INIT;
	assert_refused(take_quote(text, &log, &f), f, FAULT_REMOTE, at);
	assert_null(log.p);
}

#define DIGEST                                             \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void quote__is_taken_with_members_in_any_order(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob log = { 0 };
	struct fault f = FAULT_INIT;
	assert_ok(
	    take_quote("{\"new\":{\"x\":[]},\"event_log\":\"[{"
		       "\\\"zz\\\":null,\\\"imr\\\":3,"
		       "\\\"event_payload\\\":\\\"00ff\\\","
		       "\\\"version\\\":2,\\\"preimage\\\":\\\"7b\\\","
		       "\\\"event\\\":\\\"a\\\\\\\"b\\\","
		       "\\\"event_type\\\":134217729,\\\"digest\\\":\\\"\\\"}]"
		       "\",\"quote\":\"0400\",\"vm_config\":\"\"}",
		&log, &f),
	    f);
	assert_span_text(blob_span(&log),
	    "[{\"digest\":\"\",\"event\":\"a\\\"b\",\"event_payload\":"
	    "\"00ff\",\"event_type\":134217729,\"imr\":3,\"preimage\":\"7b\","
	    "\"version\":2}]");
}

static void quote__may_come_without_a_log(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob log = { 0 };
	struct fault f = FAULT_INIT;
	assert_ok(take_quote("{\"quote\":\"0400\"}", &log, &f), f);
	assert_ok(
	    take_quote("{\"quote\":\"0400\",\"event_log\":\"\"}", &log, &f), f);
	assert_int_equal(log.n, 0);
}

static void quote__is_refused_when_it_is_none(void **state)
{
	(void)state;
	assert_quote_refused("{}", "dstack.quote");
	assert_quote_refused("{\"quote\":7}", "dstack.quote");
	assert_quote_refused("{\"quote\":\"040\"}", "dstack.quote");
	assert_quote_refused("{\"quote\":\"04zz\"}", "dstack.quote");
	assert_quote_refused("{\"quote\":\"0x0400\"}", "dstack.quote");
	/* Of a host that is no TDX. */
	assert_quote_refused(
	    "{\"quote\":\"\",\"attestation\":\"00\"}", "dstack.platform");
}

static void assert_log_refused(const char *events)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1024 * 1024, "test", &f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	canon_text(&c, "event_log", events);
	canon_text(&c, "quote", "0400");
	canon_end(&c);
	assert_ok(wr_done(&w, &text), f);
	assert_quote_refused((const char *)text.p, "dstack.log");
}

static void log__is_refused_when_a_part_of_it_is_wrong(void **state)
{
	(void)state;
#define EVENT(imr, type, digest, name, payload, more)                  \
	"[{\"imr\":" imr ",\"event_type\":" type ",\"digest\":" digest \
	",\"event\":" name ",\"event_payload\":" payload more "}]"
	const char *const bad[] = {
		"x",
		"{}",
		"[7]",
		"[{}]",
		EVENT("4", "1", "\"" DIGEST "\"", "\"\"", "\"\"", ""),
		EVENT("-1", "1", "\"" DIGEST "\"", "\"\"", "\"\"", ""),
		EVENT("\"0\"", "1", "\"" DIGEST "\"", "\"\"", "\"\"", ""),
		EVENT("0", "4294967296", "\"" DIGEST "\"", "\"\"", "\"\"", ""),
		EVENT("0", "1.5", "\"" DIGEST "\"", "\"\"", "\"\"", ""),
		EVENT("0", "1", "\"aa\"", "\"\"", "\"\"", ""),
		EVENT("0", "1", "\"" DIGEST "aa\"", "\"\"", "\"\"", ""),
		EVENT("0", "1", "null", "\"\"", "\"\"", ""),
		EVENT("0", "1", "\"" DIGEST "\"", "7", "\"\"", ""),
		EVENT("0", "1", "\"" DIGEST "\"", "\"\"", "\"0\"", ""),
		EVENT("0", "1", "\"" DIGEST "\"", "\"\"", "\"FF\"", ""),
		EVENT("0", "1", "\"" DIGEST "\"", "\"\"", "\"\"",
		    ",\"version\":3"),
		EVENT("0", "1", "\"" DIGEST "\"", "\"\"", "\"\"",
		    ",\"version\":\"2\""),
		EVENT("0", "1", "\"" DIGEST "\"", "\"\"", "\"\"",
		    ",\"preimage\":\"XX\""),
	};
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_log_refused(bad[i]);
#undef EVENT
}

/* n events of a boot, or one with a payload of n bytes. */
static char *log_of(size_t n, unsigned type, size_t payload)
{
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob log = { 0 };
	struct blob answer = { 0 };
	struct wr w = wr_grow(8 * 1024 * 1024, "test", &f);
	wr_text(&w, "[");
	for (size_t i = 0; i < n; i++) {
		wr_printf(&w,
		    "%s{\"imr\":%u,\"event_type\":%u,\"digest\":\"" DIGEST
		    "\",\"event\":\"\",\"event_payload\":\"",
		    i ? "," : "", type == 1 ? 0 : 3, type);
		for (size_t k = 0; k < payload; k++)
			wr_text(&w, "00");
		wr_text(&w, "\"}");
	}
	wr_text(&w, "]");
	assert_ok(wr_done(&w, &log), f);
	w = wr_grow(16 * 1024 * 1024, "test", &f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	canon_text_span(&c, "event_log", blob_span(&log));
	canon_text(&c, "quote", "0400");
	canon_end(&c);
	assert_ok(wr_done(&w, &answer), f);
	return (char *)answer.p;
}

static void log__is_bounded(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob log = { 0 };
	char *most = log_of(LIMIT_EVENTS, 1, 0);
	assert_ok(take_quote(most, &log, &f), f);
	free(most);
	blob_drop(&log);
	char *more = log_of(LIMIT_EVENTS + 1, 1, 0);
	assert_quote_refused(more, "dstack.log");
	free(more);

	/* A table of the firmware is left out; words of an app are not. */
	char *large = log_of(1, 1, LIMIT_EVENT_PAYLOAD + 1);
	assert_ok(take_quote(large, &log, &f), f);
	assert_non_null(strstr((char *)log.p, "\"event_payload\":\"\""));
	free(large);
	blob_drop(&log);
	char *runtime = log_of(1, 134217729, LIMIT_EVENT_PAYLOAD + 1);
	assert_quote_refused(runtime, "dstack.log");
	free(runtime);
}

static void measured__wants_one_payload_only(void **state)
{
	(void)state;
	struct sha256 config = sha256_of(span_text("config"));
	char hex[HEX_SIZE(32)], log[1024];
	hex_encode(sha256_span(&config), hex);
#define OURS "{\"event\":\"affiant-config\",\"event_payload\":\"%s\"}"
	assert_int_equal(dstack_answer_measured((struct span){ 0 }, &config),
	    DSTACK_UNMEASURED);
	assert_int_equal(dstack_answer_measured(span_text("[]"), &config),
	    DSTACK_UNMEASURED);
	(void)snprintf(log, sizeof(log), "[" OURS "," OURS "]", hex, hex);
	assert_int_equal(
	    dstack_answer_measured(span_text(log), &config), DSTACK_MEASURED);
	(void)snprintf(log, sizeof(log), "[" OURS "," OURS "]", hex, "00");
	assert_int_equal(dstack_answer_measured(span_text(log), &config),
	    DSTACK_MEASURED_OTHER);
	(void)snprintf(log, sizeof(log), "[" OURS "]", "");
	assert_int_equal(dstack_answer_measured(span_text(log), &config),
	    DSTACK_MEASURED_OTHER);
#undef OURS
}

/* ---- keys --------------------------------------------------------------- */

#define KEY                                \
	"11111111111111111111111111111111" \
	"11111111111111111111111111111111"
#define SIG(v) KEY KEY v

static bool take_key(const char *key, const char *chain, struct fault *f)
{
	char text[1024];
	struct attest_key k = { .has_service = false };
	(void)snprintf(text, sizeof(text),
	    "{\"signature_chain\":%s,\"key\":%s}", chain, key);
	AUTO(json_drop) struct json *doc = parsed(text);
	bool ok = dstack_answer_key(doc, "key", "signature_chain", &k, f);
	if (ok)
		assert_int_equal(k.key.b[31], 0x11);
	else
		assert_true(span_is_zero(span_of(&k.key, sizeof(k.key))));
	/* What stood there is gone from the document. */
	assert_null(strstr(
	    (const char *)json_source(doc, json_root(doc)).p, "\"" KEY "\""));
	return ok && k.has_service;
}

static void key__is_taken_and_wiped_where_it_stood(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;
	const char *const recovery[] = { "00", "01", "1b", "1c" };
	for (size_t i = 0; i < COUNT(recovery); i++) {
		char chain[512];
		(void)snprintf(chain, sizeof(chain), "[\"%s%s\",\"%s\"]",
		    KEY KEY, recovery[i], SIG("01"));
		assert_ok(take_key("\"" KEY "\"", chain, &f), f);
	}
	/* No second signature: no key service. */
	assert_false(take_key("\"" KEY "\"", "[\"" SIG("00") "\",\"\"]", &f));
	assert_int_equal(f.kind, FAULT_NONE);
}

static void key__is_refused_with_another_length(void **state)
{
	(void)state;
	const char *const keys[] = { "\"\"", "\"11\"", "7", "null",
		"\"" KEY "11\"", "\"0x" KEY "\"", "\"zz" KEY "\"" };
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct fault f = FAULT_INIT;
		assert_false(take_key(
		    keys[i], "[\"" SIG("00") "\",\"" SIG("00") "\"]", &f));
		assert_null(strstr(f.text, "1111"));
		assert_fault(f, FAULT_REMOTE, "dstack.key");
	}
	const char *const chains[] = { "[]", "{}", "7", "\"\"",
		"[\"" SIG("00") "\"]", "[\"\",\"" SIG("00") "\"]",
		"[\"" SIG("00") "\",\"" SIG("00") "\",\"\"]",
		"[\"" SIG("") "\",\"\"]", "[\"" SIG("0000") "\",\"\"]",
		"[\"" SIG("02") "\",\"\"]", "[\"" SIG("00") "\",7]",
		"[\"" SIG("00") "\",\"" SIG("1d") "\"]" };
	for (size_t i = 0; i < COUNT(chains); i++) {
		struct fault f = FAULT_INIT;
		assert_false(take_key("\"" KEY "\"", chains[i], &f));
		assert_fault(f, FAULT_REMOTE, "dstack.chain");
	}
}

/* ---- Info --------------------------------------------------------------- */

#define APP "\"app_id\":\"0101010101010101010101010101010101010101\""

static bool take_info(
    const char *text, struct dstack_info *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = parsed(text);
	return dstack_answer_info(json_root(doc), out, f);
}

static void info__is_taken_from_agents_of_any_age(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;
	AUTO(dstack_info_drop) struct dstack_info now = { .has_instance = 0 };
	assert_ok(
	    take_info("{" APP ",\"tcb_info\":\"{\\\"mrtd\\\":null,"
		      "\\\"app_compose\\\":\\\"{ \\\\\\\"a\\\\\\\":1 }\\\"}\","
		      "\"instance_id\":"
		      "\"0202020202020202020202020202020202020202\"}",
		&now, &f),
	    f);
	assert_span_text(blob_span(&now.app_compose), "{ \"a\":1 }");
	assert_true(now.has_instance);
	assert_int_equal(now.instance_id[19], 2);
	/* The tappd era: other hashes, no compose. */
	AUTO(dstack_info_drop) struct dstack_info old = { .has_instance = 0 };
	assert_ok(take_info("{" APP ",\"instance_id\":\"\",\"tcb_info\":"
			    "\"{\\\"rootfs_hash\\\":\\\"00\\\"}\","
			    "\"public_logs\":true}",
		      &old, &f),
	    f);
	assert_int_equal(old.app_compose.n, 0);
	assert_false(old.has_instance);
	assert_ok(take_info("{" APP "}", &old, &f), f);
}

static void info__is_refused_with_wrong_ids(void **state)
{
	(void)state;
	const char *const bad[] = { "{}", "{\"app_id\":7}",
		"{\"app_id\":\"01\"}", "{" APP ",\"instance_id\":\"01\"}",
		"{" APP ",\"tcb_info\":\"{\"}" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct dstack_info out = { .has_instance = false };
		struct fault f = FAULT_INIT;
		assert_refused(take_info(bad[i], &out, &f), f, FAULT_REMOTE,
		    "dstack.info");
	}
}

/* ---- real agents -------------------------------------------------------- */

static size_t count_events(const struct blob *log)
{
	AUTO(json_drop) struct json *doc = parsed((const char *)log->p);
	return json_count(json_root(doc));
}

static void real__answers_are_taken_whole(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		size_t events;
	} real[] = {
		{ "dstack/verifier-fixtures/quote-report.json", 28 },
		{ "dstack/verifier-fixtures/tdx-lite-getquote.json", 29 },
		{ "dstack/rtmr3-example/report.json", 28 },
	};
	for (size_t i = 0; i < COUNT(real); i++) {
		AUTO(json_drop) struct json *doc = vectors_json(real[i].file);
		AUTO(blob_drop) struct blob quote = { 0 }, log = { 0 };
		struct fault f = FAULT_INIT;
		assert_ok(
		    dstack_answer_quote(json_root(doc), &quote, &log, &f), f);
		assert_true(quote.n > 4000);
		assert_int_equal(count_events(&log), real[i].events);
		assert_ok(canon_check(blob_span(&log), &json_limits_default,
			      "test", &f),
		    f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quote__is_taken_with_members_in_any_order),
		cmocka_unit_test(quote__may_come_without_a_log),
		cmocka_unit_test(quote__is_refused_when_it_is_none),
		cmocka_unit_test(log__is_refused_when_a_part_of_it_is_wrong),
		cmocka_unit_test(log__is_bounded),
		cmocka_unit_test(measured__wants_one_payload_only),
		cmocka_unit_test(key__is_taken_and_wiped_where_it_stood),
		cmocka_unit_test(key__is_refused_with_another_length),
		cmocka_unit_test(info__is_taken_from_agents_of_any_age),
		cmocka_unit_test(info__is_refused_with_wrong_ids),
		cmocka_unit_test(real__answers_are_taken_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
