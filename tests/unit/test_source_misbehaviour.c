/* SPDX-License-Identifier: Apache-2.0 */
/* Everything the demo exchange can do wrong, and the word each gets. */
#include "compose/demo/demo_mode.h"
#include "tests/unit/demo_fixture.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/tls_logs.h"

#include <signal.h>

struct expectation {
	const char *mode;
	const char *reason;  /* NULL: it is fine */
	const char *said;    /* in the detail; NULL: anything */
	uint32_t timeout_ms; /* 0: as usual */
	unsigned max_redirects;
};

static const struct expectation expectations[] = {
	{ .mode = "none" },
	{ .mode = "new-leaf" },
	{ .mode = "chunked" },
	{ .mode = "early-hints" },
	{ .mode = "bom" },
	{ .mode = "text-type" },
	{ .mode = "number-as-text" },
	{ .mode = "exponent" },
	{ .mode = "no-date" },
	{ .mode = "two-dates" },
	{ .mode = "old-date" },
	{ .mode = "cached" },
	{ .mode = "bad-age" },
	{ .mode = "ua-required" },
	{ .mode = "staple" },
	{ .mode = "must-staple-kept" },
	{ .mode = "sct-tls" },

	{ "wrong-certificate", "tls", "unknown root", 0, 0 },
	{ "expired-certificate", "tls", "expired", 0, 0 },
	{ "other-hosts-certificate", "tls", "not for this host", 0, 0 },
	{ "no-san", "tls", "SAN", 0, 0 },
	{ "no-intermediate", "tls", "intermediate", 0, 0 },
	{ "old-tls", "tls", "TLS 1.1", 0, 0 },

	{ "name-constraints", "tls", "name constraints", 0, 0 },
	{ "staple-revoked", "ocsp", "revoked", 0, 0 },
	{ "staple-expired", "ocsp", "expired", 0, 0 },
	{ "staple-other", "ocsp", "another certificate", 0, 0 },
	{ "staple-forged", "ocsp", "not for signing", 0, 0 },
	{ "must-staple", "ocsp", "demands", 0, 0 },
	{ "sct-none", "ct", "no log has stamped", 0, 0 },
	{ "sct-broken", "ct", "1 do not hold", 0, 0 },
	{ "sct-unknown", "ct", "1 are of unknown logs", 0, 0 },

	{ "slow", "timeout", "no answer within 300 ms", 300, 0 },
	{ "slow-body", "timeout", "not complete", 300, 0 },
	{ "slow-headers", "timeout", "300 ms", 300, 0 },
	{ "endless-headers", "limit", "headers", 0, 0 },
	{ "long-header", "limit", "header", 0, 0 },
	{ "endless-line", "limit", "header line", 0, 0 },
	{ "huge-body", "limit", "larger than 65536 bytes", 0, 0 },
	{ "huge-chunked", "limit", "larger than 65536 bytes", 0, 0 },

	{ "no-length", "framing", "neither a length nor chunks", 0, 0 },
	{ "length-and-chunks", "framing", "both", 0, 0 },
	{ "two-lengths", "framing", "two different", 0, 0 },
	{ "closed-in-the-middle", "framing", "cut short", 0, 0 },
	{ "chunks-cut", "framing", "cut short", 0, 0 },
	{ "closed-at-once", "connect", "before an answer", 0, 0 },
	{ "headers-cut", "framing", "within its headers", 0, 0 },
	{ "not-http", "http", "not HTTP/1.1", 0, 0 },
	{ "gzip-always", "encoding", "compressed", 0, 0 },

	{ "truncated", "json", "not one strict JSON", 0, 0 },
	{ "wrong-json", "json", "not one strict JSON", 0, 0 },
	{ "html-200", "json", "HTML", 0, 0 },
	{ "empty-body", "json", "empty", 0, 0 },
	{ "duplicate-key", "json", "twice", 0, 0 },
	{ "null-value", "value", "got null", 0, 0 },
	{ "zero", "value", "above zero", 0, 0 },
	{ "negative", "value", "above zero", 0, 0 },
	{ "empty-value", "value", "empty", 0, 0 },
	{ "comma", "value", "not exactly a decimal", 0, 0 },
	{ "future", "time", "in the future", 0, 0 },
	{ "error-in-200", "pick", "error report", 0, 0 },

	{ "101", "http", "another protocol", 0, 0 },
	{ "204", "http", "status 204", 0, 0 },
	{ "304", "http", "status 304", 0, 0 },
	{ "404", "http", "status 404", 0, 0 },
	{ "429", "http", "status 429, retry after 119 s", 0, 0 },
	{ "451", "http", "status 451", 0, 0 },
	{ "500", "http", "status 500", 0, 0 },
	{ "503", "http", "status 503", 0, 0 },

	{ "redirect", "redirect", "status 301", 0, 0 },
	{ "redirect-http", "redirect", "away from https", 0, 3 },
	{ "redirect-self", "redirect", "loop", 0, 3 },
	{ "redirect-loop", "redirect", "loop", 0, 3 },
	{ "redirect-many", "redirect", "more than 3", 0, 3 },
	{ "redirect-slowly", "timeout", "300 ms", 300, 5 },
	{ "redirect-huge", "limit", "larger than 65536 bytes", 0, 3 },
	{ "redirect-nowhere", "redirect", "no place", 0, 3 },
};

static struct tls_logs *logs;

static bool read_logs(void)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;
	char path[128];
	bool ok;

	snprintf(path, sizeof(path), "%s/ct_logs.json", demo_dir);
	ok = demo_exchange_write_logs(demo, demo_dir, &f) &&
	    file_read(path, LIMIT_CT_LOGS_BYTES, &text, &f) &&
	    tls_logs_read(blob_span(&text), &logs, &f);
	unlink(path);
	return ok;
}

static const struct source_result *fetch_in_mode(
    const struct expectation *e, struct source_set **set)
{
	static char url[256];
	static struct source_config c;

	c = demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	c.max_redirects = e->max_redirects;
	c.logs = logs;
	c.ct = SOURCE_MUST;
	c.rule.time_pick = "/time";
	c.rule.time_unit = "rfc3339";
	if (e->timeout_ms > 0)
		c.timeout_ms = e->timeout_ms;
	demo_behave(COINBASE, e->mode);
	*set = demo_open(&c, 1);
	return source_set_fetch(*set, NULL);
}

static void check(const struct expectation *e)
{
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r = fetch_in_mode(e, &set);

	assert_span_text(r->source.host, COINBASE);
	if (e->reason == NULL) {
		if (!r->ok)
			fail_msg("%s: %s", e->mode, r->fault.text);
		return;
	}
	if (r->ok || !span_equal_text(r->source.reason, e->reason))
		fail_msg("%s: want %s, got %s: %s", e->mode, e->reason,
		    r->ok ? "success" : r->fault.at, r->fault.text);
	assert_failed(r, e->reason);
	if (strstr(r->fault.text, e->said) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", e->mode,
		    r->fault.text, e->said);
	assert_ptr_equal(r->source.detail.p, r->fault.text);
	assert_int_equal(r->source.detail.n, strlen(r->fault.text));
	/* Nothing of an answer that failed gets out. */
	assert_int_equal(r->source.value.n, 0);
	assert_false(r->source.used);
	assert_int_equal(r->source.tls.n_chain, 0);
	assert_true(sha256_is_zero(&r->source.body));
}

static void misbehaviour__gets_its_word_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(expectations); i++)
		check(&expectations[i]);
	demo_behave(COINBASE, "none");
}

static void misbehaviour__is_all_expected_here(void **state)
{
	(void)state;
	for (size_t i = 0; i < demo_mode_n_rows; i++) {
		size_t n = 0;
		for (size_t k = 0; k < COUNT(expectations); k++)
			n += strcmp(expectations[k].mode,
				 demo_mode_rows[i].id) == 0;
		if (n != 1)
			fail_msg("mode %s is expected %zu times",
			    demo_mode_rows[i].id, n);
	}
	assert_int_equal(COUNT(expectations), demo_mode_n_rows);
}

/* One source that fails leaves the others alone, whichever it is. */
static void misbehaviour__of_one_is_no_failure_of_another(void **state)
{
	static const char *const modes[] = { "wrong-certificate", "slow",
		"huge-chunked", "closed-in-the-middle", "html-200" };
	char a[256], b[256];
	struct source_config c[2] = {
		demo_source(demo_url(a, COINBASE, COINBASE_TARGET), "/price"),
		demo_source(
		    demo_url(b, BITSTAMP, "/api/v2/ticker/btcusd/"), "/last")
	};
	AUTO(source_set_drop) struct source_set *set = NULL;

	(void)state;
	c[0].timeout_ms = 300;
	set = demo_open(c, 2);
	for (size_t i = 0; i < COUNT(modes); i++) {
		const struct source_result *r;
		demo_behave(COINBASE, modes[i]);
		r = source_set_fetch(set, NULL);
		assert_false(r[0].ok);
		assert_succeeded(&r[1]);
		demo_behave(COINBASE, "none");
		demo_exchange_disconnect(demo);
		c[0].timeout_ms = 300;
	}
	/* And it comes back by itself. */
	c[0].timeout_ms = 10000;
	assert_succeeded(&source_set_fetch(set, NULL)[0]);
}

/* What is kept of a connection is what the statement names, and holds. */
static void success__brings_evidence_that_holds(void **state)
{
	static const char *const modes[] = { "staple", "sct-tls", "none" };

	(void)state;
	for (size_t i = 0; i < COUNT(modes); i++) {
		const struct expectation e = { .mode = modes[i] };
		AUTO(source_set_drop) struct source_set *set = NULL;
		const struct source_result *r = fetch_in_mode(&e, &set);
		const struct tls_evidence *t = &r->source.tls;
		AUTO(tls_bundle_maker_drop) struct tls_bundle_maker m = { 0 };
		struct fault f = FAULT_INIT;

		assert_succeeded(r);
		assert_int_equal(r->n_wires, 1);
		assert_ok(source_wire_add(r->wire[0], &m, &f), f);
		assert_int_equal(m.list[TLS_ITEM_CERT].n, 3);
		assert_int_equal(m.list[TLS_ITEM_OCSP].n, i == 0);
		assert_int_equal(m.list[TLS_ITEM_SCTS].n, i == 1);
		assert_span_text(t->ocsp, i == 0 ? "good" : "none");
		assert_int_equal(t->has_ocsp_hash, i == 0);
		assert_int_equal(t->has_scts_hash, i == 1);
		assert_true(t->has_scts);
		assert_int_equal(t->scts, 2);
		assert_span_text(r->source.http, "1.1");
		assert_span_text(t->group, "x25519");
		/* A kept-alive connection brings the same, once. */
		struct source_wire *wire = source_wire_hold(r->wire[0]);
		r = source_set_fetch(set, NULL);
		assert_succeeded(r);
		assert_ptr_equal(r->wire[0], wire);
		source_wire_release(wire);
	}
	demo_behave(COINBASE, "none");
}

static void pins__hold_by_any_of_them_or_refuse(void **state)
{
	static const char wrong[] =
	    "0000000000000000000000000000000000000000000000000000000000000000";
	char url[256], leaf[65], spki[65], root[65];
	const char *const good_leaf[] = { wrong, leaf };
	const char *const good_spki[] = { spki };
	const char *const good_root[] = { root };
	const char *const none[] = { wrong };
	struct sha256 a, b, c;
	struct fault f = FAULT_INIT;
	const struct {
		struct source_pins pins;
		bool ok;
	} cases[] = {
		{ { .leaf = good_leaf, .n_leaf = 2 }, true },
		{ { .spki = good_spki, .n_spki = 1, .leaf = none, .n_leaf = 1 },
		    true },
		{ { .issuer = good_root, .n_issuer = 1 }, true },
		{ { .leaf = none, .n_leaf = 1 }, false },
		{ { .issuer = good_leaf, .n_issuer = 2 }, false },
	};

	(void)state;
	assert_ok(demo_exchange_leaf(demo, COINBASE, &a, &b, &f), f);
	c = demo_exchange_root(demo);
	hex_encode(sha256_span(&a), leaf);
	hex_encode(sha256_span(&b), spki);
	hex_encode(sha256_span(&c), root);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct source_config config = demo_source(
		    demo_url(url, COINBASE, COINBASE_TARGET), "/price");
		AUTO(source_set_drop) struct source_set *set = NULL;
		const struct source_result *r;

		config.pins = cases[i].pins;
		set = demo_open(&config, 1);
		r = source_set_fetch(set, NULL);
		if (cases[i].ok)
			assert_succeeded(r);
		else
			assert_failed(r, "pin");
	}
}

static void staple__is_missed_only_where_it_is_demanded(void **state)
{
	char url[256];
	struct source_config config =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = NULL;

	(void)state;
	config.ocsp = SOURCE_MUST;
	set = demo_open(&config, 1);
	assert_failed(source_set_fetch(set, NULL), "ocsp");
	demo_behave(COINBASE, "staple");
	demo_exchange_disconnect(demo);
	const struct source_result *r = source_set_fetch(set, NULL);
	assert_succeeded(r);
	/* When the staple was signed: lately, and not now. */
	assert_in_range(r->vouched_at.ms, r->received_at.ms - 7 * 86400000ll,
	    r->received_at.ms + 1000);
	demo_behave(COINBASE, "none");
}

static void time__is_vouched_for_by_a_log_that_is_listed(void **state)
{
	char url[256];
	struct source_config config =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		AUTO(source_set_drop) struct source_set *set = NULL;

		config.logs = i > 0 ? logs : NULL;
		set = demo_open(&config, 1);
		const struct source_result *r = source_set_fetch(set, NULL);
		assert_succeeded(r);
		assert_int_equal(r->vouched_at.ms > 0, i > 0);
		assert_true(r->vouched_at.ms <= r->received_at.ms);
	}
}

/* Report: it is said how many there are, and nothing is refused. */
static void stamps__are_counted_where_they_are_not_demanded(void **state)
{
	char url[256];
	struct source_config config =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	config.logs = logs;
	demo_behave(COINBASE, "sct-broken");
	set = demo_open(&config, 1);
	r = source_set_fetch(set, NULL);
	assert_succeeded(r);
	assert_int_equal(r->source.tls.scts, 1);
	demo_behave(COINBASE, "none");
}

static void failure__keeps_date_and_retry_after_for_those_who_ask(void **state)
{
	static const struct expectation e = { .mode = "429" };
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r = fetch_in_mode(&e, &set);

	(void)state;
	assert_failed(r, "http");
	assert_true(r->has_server_date);
	assert_int_equal(r->retry_after_s, 119);
	demo_behave(COINBASE, "none");
}

static void success__has_a_date_only_when_there_is_one(void **state)
{
	static const struct {
		const char *mode;
		bool has;
		uint64_t age_s;
	} cases[] = { { "none", true, 0 }, { "no-date", false, 0 },
		{ "two-dates", false, 0 }, { "cached", true, 58 },
		{ "bad-age", false, 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct expectation e = { .mode = cases[i].mode };
		AUTO(source_set_drop) struct source_set *set = NULL;
		const struct source_result *r = fetch_in_mode(&e, &set);
		assert_succeeded(r);
		assert_int_equal(r->has_server_date, cases[i].has);
		assert_int_equal(r->server_age_s, cases[i].age_s);
		assert_true(r->received_ns > 0);
	}
	demo_behave(COINBASE, "none");
}

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return demo_start() == 0 && read_logs() ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	tls_logs_free(logs);
	return demo_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(misbehaviour__is_all_expected_here),
		cmocka_unit_test(misbehaviour__gets_its_word_each),
		cmocka_unit_test(misbehaviour__of_one_is_no_failure_of_another),
		cmocka_unit_test(success__brings_evidence_that_holds),
		cmocka_unit_test(pins__hold_by_any_of_them_or_refuse),
		cmocka_unit_test(staple__is_missed_only_where_it_is_demanded),
		cmocka_unit_test(time__is_vouched_for_by_a_log_that_is_listed),
		cmocka_unit_test(
		    stamps__are_counted_where_they_are_not_demanded),
		cmocka_unit_test(
		    failure__keeps_date_and_retry_after_for_those_who_ask),
		cmocka_unit_test(success__has_a_date_only_when_there_is_one),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
