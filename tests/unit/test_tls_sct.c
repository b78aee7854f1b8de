/* SPDX-License-Identifier: Apache-2.0 */
/* Timestamps of certificate transparency logs, and the lists of logs. */
#include "tests/unit/check.h"
#include "tests/unit/tls_world.h"
#include "verify/base/text.h"
#include "verify/tls_sct.h"

#include <stdlib.h>

static struct tls_world w;
static struct tls_chain stamped, plain;
static const struct utc now = { INT64_C(1767225600000) };
static const struct span none;

static struct tls_scts count(
    const struct tls_chain *c, struct span extension, struct span ocsp)
{
	struct fault f = FAULT_INIT;
	struct tls_scts s;

	assert_ok(tls_sct_count(c, extension, ocsp, w.logs, now, &s, &f), f);
	return s;
}

/* ---- counting ----------------------------------------------------------- */

static void sct__inside_the_certificate_counts(void **state)
{
	struct tls_scts s = count(&stamped, none, none);
	struct fault f = FAULT_INIT;

	(void)state;
	assert_int_equal(s.seen, 2);
	assert_int_equal(s.logs, 2);
	assert_true(s.has_latest);
	assert_int_equal(s.latest.ms, now.ms - 3600000);
	assert_int_equal(tls_sct_wanted(&stamped), 2);
	assert_ok(tls_sct_check(&s, 2, &f), f);
	assert_refused(tls_sct_check(&s, 3, &f), f, FAULT_CRYPTO, "tls.sct");
}

static void sct__of_the_extension_and_of_the_staple_count_as_well(void **state)
{
	AUTO(blob_drop)
	struct blob list = tls_world_scts(&w, DEMO_LEAF_UNSTAMPED, 2, now);
	struct tls_scts s = count(&plain, blob_span(&list), none);

	(void)state;
	assert_int_equal(s.logs, 2);
	assert_int_equal(s.latest.ms, now.ms);
	s = count(&plain, none, blob_span(&list));
	assert_int_equal(s.logs, 2);
	/* A log that says it twice is one log. */
	s = count(&plain, blob_span(&list), blob_span(&list));
	assert_int_equal(s.seen, 4);
	assert_int_equal(s.logs, 2);
	assert_int_equal(count(&plain, none, none).seen, 0);
}

static void sct__of_a_log_that_nobody_lists_is_unknown(void **state)
{
	AUTO(blob_drop)
	struct blob list =
	    tls_world_scts(&w, DEMO_LEAF_UNSTAMPED, DEMO_LOGS, now);
	struct tls_scts s = count(&plain, blob_span(&list), none);

	(void)state;
	assert_int_equal(s.seen, 3);
	assert_int_equal(s.unknown, 1);
	assert_int_equal(s.logs, 2);
	assert_int_equal(s.broken, 0);
}

static void sct__of_another_certificate_or_of_the_future_is_broken(void **state)
{
	AUTO(blob_drop)
	struct blob other = tls_world_scts(&w, DEMO_LEAF_EXPIRED, 2, now);
	AUTO(blob_drop)
	struct blob future = tls_world_scts(
	    &w, DEMO_LEAF_UNSTAMPED, 1, (struct utc){ now.ms + 1 });
	struct tls_scts s = count(&plain, blob_span(&other), none);

	(void)state;
	assert_int_equal(s.broken, 2);
	assert_int_equal(s.logs, 0);
	assert_false(s.has_latest);
	s = count(&plain, blob_span(&future), none);
	assert_int_equal(s.broken, 1);
}

/* Each byte of the list is either form, or under the signature. */
static void sct__refuses_every_flipped_bit(void **state)
{
	AUTO(blob_drop)
	struct blob list = tls_world_scts(&w, DEMO_LEAF_UNSTAMPED, 1, now);

	(void)state;
	for (size_t bit = 0; bit < 8 * list.n; bit++) {
		struct fault f = FAULT_INIT;
		struct tls_scts s = { 0 };

		list.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (tls_sct_count(
			&plain, blob_span(&list), none, w.logs, now, &s, &f))
			assert_int_equal(s.logs, 0);
		else
			assert_string_equal(f.at, "tls.sct");
		list.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void sct__wants_a_list_to_its_last_byte(void **state)
{
	AUTO(blob_drop)
	struct blob list = tls_world_scts(&w, DEMO_LEAF_UNSTAMPED, 2, now);
	static uint8_t large[LIMIT_SCT_LIST_BYTES + 1];
	uint8_t many[2 + 3 * (LIMIT_SCTS + 1)] = { 0, sizeof(many) - 2 };
	struct tls_scts s;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t n = 1; n < list.n; n++)
		assert_refused(tls_sct_count(&plain, span_of(list.p, n), none,
				   w.logs, now, &s, &f),
		    f, FAULT_FORMAT, "tls.sct");
	assert_refused(tls_sct_count(&plain, span_of(list.p, list.n + 1), none,
			   w.logs, now, &s, &f),
	    f, FAULT_FORMAT, "tls.sct");
	assert_refused(tls_sct_count(&plain, span_of(large, sizeof(large)),
			   none, w.logs, now, &s, &f),
	    f, FAULT_LIMIT, "tls.sct");
	/* Of a version that is not known: unknown, and too many of them. */
	for (size_t i = 2; i + 2 < sizeof(many); i += 3) {
		many[i + 1] = 1;
		many[i + 2] = 1;
	}
	assert_refused(tls_sct_count(&plain, span_of(many, sizeof(many)), none,
			   w.logs, now, &s, &f),
	    f, FAULT_LIMIT, "tls.sct");
	many[1] = 3 * LIMIT_SCTS;
	assert_ok(tls_sct_count(&plain, span_of(many, 2 + 3 * LIMIT_SCTS), none,
		      w.logs, now, &s, &f),
	    f);
	assert_int_equal(s.unknown, LIMIT_SCTS);
}

static void wanted__grows_with_the_certificate(void **state)
{
	struct tls_chain c = plain;

	(void)state;
	c.sent[0].to.ms = c.sent[0].from.ms + 180 * TLS_WORLD_DAY;
	assert_int_equal(tls_sct_wanted(&c), 2);
	c.sent[0].to.ms++;
	assert_int_equal(tls_sct_wanted(&c), 3);
}

/* ---- lists of logs ------------------------------------------------------ */

static char key[2][256]; /* of the logs, in base64 */

/* Each % of the pattern becomes the key of the first log. */
static void fill(const char *pattern, char *out, size_t cap)
{
	size_t n = 0;

	for (const char *p = pattern; *p != '\0' && n + 1 < cap; p++)
		if (*p == '%')
			n += (size_t)snprintf(out + n, cap - n, "%s", key[0]);
		else
			out[n++] = *p;
	out[n] = '\0';
}

#define LIST(logs) \
	"{\"version\":\"3\",\"operators\":[{\"name\":\"x\"," logs "}]}"

static void logs__count_by_their_state(void **state)
{
	static const struct {
		const char *state;
		size_t n;
	} cases[] = {
		{ "\"usable\":{}", 2 },
		{ "\"qualified\":{}", 2 },
		{ "\"readonly\":{}", 2 },
		{ "\"retired\":{\"timestamp\":\"2025-01-01T00:00:00Z\"}", 2 },
		{ "\"pending\":{}", 1 },
		{ "\"rejected\":{}", 1 },
		{ "\"invented\":{}", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(tls_logs_drop) struct tls_logs *logs = NULL;
		struct fault f = FAULT_INIT;
		char text[2048];

		snprintf(text, sizeof(text),
		    LIST("\"logs\":[{\"key\":\"%s\",\"state\":{%s}}],"
			 "\"tiled_logs\":[{\"key\":\"%s\",\"mmd\":60}]"),
		    key[0], cases[i].state, key[1]);
		assert_ok(tls_logs_read(span_text(text), &logs, &f), f);
		assert_int_equal(tls_logs_count(logs), cases[i].n);
	}
}

static void logs__that_are_retired_count_for_what_was_before(void **state)
{
	AUTO(blob_drop)
	struct blob list = tls_world_scts(&w, DEMO_LEAF_UNSTAMPED, 1, now);
	static const struct {
		const char *until;
		size_t logs;
	} cases[] = { { "2026-01-01T00:00:00Z", 0 },
		{ "2026-01-01T00:00:01Z", 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(tls_logs_drop) struct tls_logs *logs = NULL;
		struct fault f = FAULT_INIT;
		char text[1024];
		struct tls_scts s;

		snprintf(text, sizeof(text),
		    LIST("\"logs\":[{\"key\":\"%s\",\"state\":"
			 "{\"retired\":{\"timestamp\":\"%s\"}}}]"),
		    key[0], cases[i].until);
		assert_ok(tls_logs_read(span_text(text), &logs, &f), f);
		assert_ok(tls_sct_count(&plain, blob_span(&list), none, logs,
			      now, &s, &f),
		    f);
		assert_int_equal(s.logs, cases[i].logs);
	}
}

static void logs__refuse_what_is_no_list(void **state)
{
	static const struct {
		const char *text;
		enum fault_kind kind;
	} cases[] = {
		{ "", FAULT_FORMAT },
		{ "[]", FAULT_FORMAT },
		{ "{}", FAULT_FORMAT },
		{ "{\"operators\":[]}", FAULT_FORMAT },
		{ "{\"operators\":[{\"logs\":[{\"state\":{}}]}]}",
		    FAULT_FORMAT },
		{ LIST("\"logs\":[{\"key\":\"AAAA\"}]"), FAULT_FORMAT },
		{ LIST("\"logs\":[{\"key\":\"A\"}]"), FAULT_FORMAT },
		{ LIST("\"logs\":[{\"key\":\"%\"},{\"key\":\"%\"}]"),
		    FAULT_FORMAT },
		{ LIST("\"logs\":[{\"key\":\"%\",\"log_id\":\"AAAA\"}]"),
		    FAULT_CRYPTO },
		{ LIST("\"logs\":[{\"key\":\"%\",\"state\":{\"retired\":{}}}]"),
		    FAULT_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tls_logs *logs = NULL;
		struct fault f = FAULT_INIT;
		char text[2048];

		fill(cases[i].text, text, sizeof(text));
		assert_refused(tls_logs_read(span_text(text), &logs, &f), f,
		    cases[i].kind, "ct_logs");
	}
}

static void policy__names_logs_by_key(void **state)
{
	AUTO(json_drop) struct json *doc = NULL;
	AUTO(tls_logs_drop) struct tls_logs *logs = NULL;
	struct fault f = FAULT_INIT;
	char text[2048];

	(void)state;
	snprintf(text, sizeof(text),
	    "[[\"%s\",\"%s\"],[],[\"%s\",\"%s\"],[1],{}]", key[0], key[1],
	    key[0], key[0]);
	assert_ok(
	    json_parse(span_text(text), &json_limits_default, "test", &doc, &f),
	    f);
	const struct json_node *v = json_first(json_root(doc));
	assert_ok(tls_logs_of_policy(v, &logs, &f), f);
	assert_int_equal(tls_logs_count(logs), 2);
	tls_logs_drop(&logs);
	v = json_next(v);
	assert_ok(tls_logs_of_policy(v, &logs, &f), f);
	assert_int_equal(tls_logs_count(logs), 0);
	tls_logs_drop(&logs);
	for (v = json_next(v); v != NULL; v = json_next(v))
		assert_refused(tls_logs_of_policy(v, &logs, &f), f,
		    FAULT_FORMAT, "policy.ctLogs");
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	tls_world_open(&w, now);
	for (size_t i = 0; i < COUNT(key); i++) {
		unsigned char *der = NULL;
		int n = i2d_PUBKEY(demo_ca_log(w.ca, i)->key, &der);

		base64_encode(span_of(der, (size_t)n), key[i]);
		OPENSSL_free(der);
	}
	stamped = tls_world_chain(&w, DEMO_LEAF_GOOD);
	plain = tls_world_chain(&w, DEMO_LEAF_UNSTAMPED);
	return tls_chain_verify(&stamped, now, &f) &&
		tls_chain_verify(&plain, now, &f)
	    ? 0
	    : -1;
}

static int tear_down(void **state)
{
	(void)state;
	tls_chain_drop(&stamped);
	tls_chain_drop(&plain);
	tls_world_close(&w);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sct__inside_the_certificate_counts),
		cmocka_unit_test(
		    sct__of_the_extension_and_of_the_staple_count_as_well),
		cmocka_unit_test(sct__of_a_log_that_nobody_lists_is_unknown),
		cmocka_unit_test(
		    sct__of_another_certificate_or_of_the_future_is_broken),
		cmocka_unit_test(sct__refuses_every_flipped_bit),
		cmocka_unit_test(sct__wants_a_list_to_its_last_byte),
		cmocka_unit_test(wanted__grows_with_the_certificate),
		cmocka_unit_test(logs__count_by_their_state),
		cmocka_unit_test(
		    logs__that_are_retired_count_for_what_was_before),
		cmocka_unit_test(logs__refuse_what_is_no_list),
		cmocka_unit_test(policy__names_logs_by_key),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
