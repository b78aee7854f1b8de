/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/request_form.h"
#include "tests/unit/check.h"

#include <string.h>

static struct request_hole holes[] = {
	{ "CITY", 8, "word" },
	{ "TOKEN", 16, "text" },
};
static struct request_template template_ = {
	.id = "WEATHER",
	.holes = holes,
	.n_holes = COUNT(holes),
};
static const struct requests_config config = {
	.templates = &template_,
	.n_templates = 1,
};

#define NONCE "0101010101010101010101010101010101010101010101010101010101010101"
#define SALT "00112233445566778899aabbccddeeff"
#define FORM(nonce, id, salt, values)                                      \
	"{\"nonce\":\"" nonce "\",\"request\":\"" id "\",\"salt\":\"" salt \
	"\",\"time\":1800000000000,\"values\":" values "}"
#define VALUES(city, token) "{\"CITY\":\"" city "\",\"TOKEN\":\"" token "\"}"

static void form__is_read(void **state)
{
	(void)state;
	AUTO(request_form_drop) struct request_form r = { 0 };
	struct span plain = span_text(
	    FORM(NONCE, "WEATHER", SALT, VALUES("zu.-_,1", "a b/../?#&%")));
	struct sha256 hash = sha256_of(plain);
	struct fault f = FAULT_INIT;

	assert_ok(request_form_read(plain, &config, &r, &f), f);
	assert_ptr_equal(r.template, &template_);
	assert_true(sha256_equal(&r.hash, &hash));
	assert_int_equal(r.made.ms, 1800000000000);
	assert_int_equal(r.nonce[31], 1);
	assert_int_equal(r.n_values, 2);
	assert_string_equal(r.values[0].value, "zu.-_,1");
	assert_true(request_form_reveals(&r, span_text("in zu.-_,1 now")));
	assert_false(request_form_reveals(&r, span_text("in zu now")));
}

static void form__is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *plain, *at;
	} bad[] = {
		{ "", "request.form" },
		{ "[]", "request.form" },
		{ "{}", "request.form" },
		{ FORM("0101", "WEATHER", SALT, VALUES("a", "b")),
		    "request.form" },
		{ FORM(NONCE, "WEATHER", "00", VALUES("a", "b")),
		    "request.form" },
		{ FORM(NONCE, "WEATHER", SALT, "[]"), "request.form" },
		{ FORM(NONCE, "WEATHER", SALT,
		      VALUES("a", "b") ",\"url\":\"https://x.example/\""),
		    "request.form" },
		{ FORM(NONCE, "OTHER", SALT, VALUES("a", "b")),
		    "request.template" },
		{ FORM(NONCE, "WEATHER", SALT, "{}"), "request.value" },
		{ FORM(NONCE, "WEATHER", SALT,
		      "{\"CITY\":\"a\",\"TOKEN\":\"b\",\"HOME\":\"c\"}"),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, "{\"CITY\":1,\"TOKEN\":\"b\"}"),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES("", "b")),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES("123456789", "b")),
		    "request.value" },
		/* Ways out of a segment, of the path, of the host. */
		{ FORM(NONCE, "WEATHER", SALT, VALUES("..", "b")),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES(".", "b")),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES("a/b", "b")),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES("a%2f", "b")),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES("a@x", "b")),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES("a?b", "b")),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES("a", "b\\r\\nX: y")),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES("a", "b\\u00e9")),
		    "request.value" },
		{ FORM(NONCE, "WEATHER", SALT, VALUES("${HOME}", "b")),
		    "request.value" },
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct request_form r;
		struct fault f = FAULT_INIT;

		if (request_form_read(
			span_text(bad[i].plain), &config, &r, &f) ||
		    strcmp(f.at, bad[i].at) != 0)
			fail_msg("%s: %s", bad[i].plain, f.at);
	}
}

static void fault__never_holds_a_value(void **state)
{
	(void)state;
	struct request_form r;
	struct fault f = FAULT_INIT;

	assert_refused(request_form_read(span_text(FORM(NONCE, "WEATHER", SALT,
					     VALUES("/hidden", "b"))),
			   &config, &r, &f),
	    f, FAULT_POLICY, "request.value");
	assert_null(strstr(f.text, "hidden"));
}

static void outer__is_read_and_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "{}", "null",
		"{\"key\":\"00\",\"sealed\":\"AAAA\"}",
		"{\"key\":\"" NONCE "\",\"sealed\":\"A\"}",
		"{\"key\":\"" NONCE "\",\"sealed\":\"AAAA\",\"x\":1}" };
	AUTO(blob_drop) struct blob sealed = { 0 };
	struct fault f = FAULT_INIT;
	uint8_t key[32];

	assert_ok(request_form_outer(
		      span_text("{\"key\":\"" NONCE "\",\"sealed\":\"AAAA\"}"),
		      key, &sealed, &f),
	    f);
	assert_int_equal(key[0], 1);
	assert_int_equal(sealed.n, 3);
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(blob_drop) struct blob none = { 0 };

		f = FAULT_INIT;
		assert_refused(
		    request_form_outer(span_text(bad[i]), key, &none, &f), f,
		    FAULT_FORMAT, "request.form");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(form__is_read),
		cmocka_unit_test(form__is_refused),
		cmocka_unit_test(fault__never_holds_a_value),
		cmocka_unit_test(outer__is_read_and_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
