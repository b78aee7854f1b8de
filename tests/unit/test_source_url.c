/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_url.h"

#include "sources/source_template.h"
#include "tests/unit/check.h"

#include <stdlib.h>

/* ---- templates ---------------------------------------------------------- */

static void template__fills_in_names_and_leaves_the_rest(void **state)
{
	AUTO(blob_wipe) struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	setenv("AFFIANT_TEST_A", "one", 1);
	setenv("AFFIANT_TEST_B", "t w&o/=%", 1);
	assert_ok(source_template_expand("$5 ${AFFIANT_TEST_A}-$${AFFIANT_"
					 "TEST_B}.{x}",
		      SOURCE_TEMPLATE_RAW, 100, "/headers", &out, &f),
	    f);
	assert_string_equal((char *)out.p, "$5 one-$t w&o/=%.{x}");
}

static void template__encodes_a_value_so_that_it_stays_data(void **state)
{
	AUTO(blob_wipe) struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	setenv("AFFIANT_TEST_B", "a b&c=/#?%~-._9", 1);
	assert_ok(source_template_expand("k=${AFFIANT_TEST_B}&x",
		      SOURCE_TEMPLATE_PERCENT, 100, "/url", &out, &f),
	    f);
	assert_string_equal((char *)out.p, "k=a%20b%26c%3D%2F%23%3F%25~-._9&x");
}

static void template__refuses_what_is_no_name(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} bad[] = {
		{ "${", 0 },
		{ "${}", 0 },
		{ "a${A", 1 },
		{ "ab${a}", 2 },
		{ "${9A}", 0 },
		{ "${A-B}", 0 },
		{ "${A}${", 4 },
		{ "${"
		  "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDDEEEEEEEEEEFFFFFFFFF"
		  "FGGGGG}",
		    0 },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused_at(
		    source_template_check(bad[i].text, "/url", &f), f,
		    FAULT_CONFIG, "/url", bad[i].offset);
	assert_ok(source_template_check("${A_9}$x{}$", "/url", &f), f);
}

static void template__refuses_a_value_that_is_missing_or_unprintable(
    void **state)
{
	static const char *const bad[] = { "", "a\r\nHost: b", "a\nb", "\x7f",
		"caf\xc3\xa9", "tab\there" };
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	unsetenv("AFFIANT_TEST_UNSET");
	assert_refused(source_template_expand("${AFFIANT_TEST_UNSET}",
			   SOURCE_TEMPLATE_RAW, 100, "/headers", &out, &f),
	    f, FAULT_CONFIG, "/headers");
	for (size_t i = 0; i < COUNT(bad); i++) {
		setenv("AFFIANT_TEST_A", bad[i], 1);
		assert_false(source_template_expand("${AFFIANT_TEST_A}",
		    SOURCE_TEMPLATE_RAW, 100, "/headers", &out, &f));
		/* The name is said, the value never. */
		assert_non_null(strstr(f.text, "${AFFIANT_TEST_A}"));
		assert_null(strstr(f.text, "Host"));
		assert_fault(f, FAULT_CONFIG, "/headers");
	}
}

static void template__refuses_more_than_the_maximum(void **state)
{
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	setenv("AFFIANT_TEST_A", "123456", 1);
	assert_refused(source_template_expand("${AFFIANT_TEST_A}",
			   SOURCE_TEMPLATE_RAW, 5, "/url", &out, &f),
	    f, FAULT_LIMIT, "/url");
}

/* ---- checking ----------------------------------------------------------- */

static void check__takes_the_urls_of_real_sources(void **state)
{
	static const char *const good[] = {
		"https://api.exchange.coinbase.com/products/BTC-USD/ticker",
		"https://api.kraken.com/0/public/Ticker?pair=XBTUSD",
		"https://api.coingecko.com/api/v3/simple/price?ids=a,b&c=usd",
		"https://host", "https://host:8443/", "https://127.0.0.1:1/x",
		"https://[::1]:443/x", "https://HOST.example/a%20b?c=%26",
		"https://h.example/v1?key=${KEY}&id=${ID}",
		"https://h.example/${TENANT}/price",
		"https://h.example/x?a=b|c:d@e"
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_ok(source_url_check(good[i], false, &f), f);
}

static void check__refuses_every_other_form(void **state)
{
	static const char *const bad[] = { "", "https", "host/path",
		"https:/host", "https:///host", "https://", "https://:443/",
		"HTTPS://host/", "ftp://host/", "file:///etc/passwd",
		"https://user:password@host/", "https://user@host/",
		"https://@host/", "https://host./", "https://ho st/",
		"https://host/a b", "https://host/\n", "https://host/#part",
		"https://ho%73t/", "https://host:0/", "https://host:65536/",
		"https://host:12a/", "https://h\xc3\xb6st/",
		"https://host\\@other/", "https://0x7f.1/",
		"https://2130706433/", "https://[::0001]/", "https://[::1",
		"https://[fe80::1%25e]/", "https://${HOST}/",
		"https://${U}:${P}@host/", "https://host:${PORT}/",
		"https://host/${", "https://host/${a}", "https://host/{x}" };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (source_url_check(bad[i], true, &f))
			fail_msg("accepted: %s", bad[i]);
		assert_fault(f, FAULT_CONFIG, "/url");
	}
}

static void check__refuses_plain_http_unless_it_is_allowed(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(source_url_check("http://host/", false, &f), f,
	    FAULT_CONFIG, "/url");
	assert_ok(source_url_check("http://host/", true, &f), f);
}

static void check__refuses_a_url_beyond_its_limit(void **state)
{
	char url[LIMIT_URL_BYTES + 2] = "https://host/";
	struct fault f = FAULT_INIT;

	(void)state;
	memset(url + 13, 'a', sizeof(url) - 14);
	assert_int_equal(strlen(url), LIMIT_URL_BYTES + 1);
	assert_refused(
	    source_url_check(url, false, &f), f, FAULT_CONFIG, "/url");
	url[LIMIT_URL_BYTES] = '\0';
	assert_ok(source_url_check(url, false, &f), f);
}

/* ---- opening ------------------------------------------------------------ */

static void open__says_host_port_and_scheme(void **state)
{
	AUTO(source_url_drop) struct source_url a = { 0 };
	AUTO(source_url_drop) struct source_url b = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(source_url_open("https://API.Example", false, &a, &f), f);
	assert_string_equal(a.host, "api.example");
	assert_string_equal(a.port, "443");
	assert_true(a.is_https);
	assert_ok(source_url_open("http://[::1]:8080/x", true, &b, &f), f);
	assert_string_equal(b.host, "[::1]");
	assert_string_equal(b.port, "8080");
	assert_false(b.is_https);
}

static void open__keeps_a_secret_inside_its_parameter(void **state)
{
	AUTO(source_url_drop) struct source_url u = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	setenv("AFFIANT_TEST_A", "s3/../&x=1#@evil.example", 1);
	assert_ok(source_url_open("https://h.example/a/${AFFIANT_TEST_A}/b?k="
				  "${AFFIANT_TEST_A}",
		      false, &u, &f),
	    f);
	assert_string_equal(u.host, "h.example");
	assert_string_equal((char *)u.text.p,
	    "https://h.example/a/s3%2F..%2F%26x%3D1%23%40evil.example/b"
	    "?k=s3%2F..%2F%26x%3D1%23%40evil.example");
}

static void open__refuses_a_name_that_is_not_in_the_environment(void **state)
{
	struct source_url u = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	unsetenv("AFFIANT_TEST_UNSET");
	assert_refused(source_url_open(
			   "https://h/?k=${AFFIANT_TEST_UNSET}", false, &u, &f),
	    f, FAULT_CONFIG, "/url");
	assert_null(u.text.p);
}

/* ---- redirects ---------------------------------------------------------- */

static void follow__resolves_as_a_browser_does(void **state)
{
	static const struct {
		const char *location, *want;
	} cases[] = {
		{ "/x", "https://h.example:8443/x" },
		{ "x?y=1", "https://h.example:8443/a/x?y=1" },
		{ "../x", "https://h.example:8443/x" },
		{ "https://other.example/z", "https://other.example/z" },
		{ "https://other.example/z#part", "https://other.example/z" },
		{ "//third.example/", "https://third.example/" },
	};
	AUTO(source_url_drop) struct source_url from = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(
	    source_url_open("https://h.example:8443/a/b?c", false, &from, &f),
	    f);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(source_url_drop) struct source_url to = { 0 };
		assert_ok(
		    source_url_follow(&from, cases[i].location, &to, &f), f);
		assert_string_equal((char *)to.text.p, cases[i].want);
	}
}

static void follow__never_leaves_https_and_takes_no_user_info(void **state)
{
	static const char *const bad[] = { "http://h.example/",
		"http://other.example/", "ftp://h.example/",
		"file:///etc/passwd", "https://user:pass@h.example/",
		"https://h.example./", "https://h ost/", "https://",
		"javascript:1", "data:,x" };
	AUTO(source_url_drop) struct source_url from = { 0 };
	struct source_url to = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(source_url_open("https://h.example/", false, &from, &f), f);
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (source_url_follow(&from, bad[i], &to, &f))
			fail_msg("followed: %s", bad[i]);
		assert_fault(f, FAULT_REMOTE, "source.redirect");
	}
}

static void follow__refuses_to_begin_on_plain_http(void **state)
{
	AUTO(source_url_drop) struct source_url from = { 0 };
	struct source_url to = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(source_url_open("http://h.example/", true, &from, &f), f);
	assert_refused(source_url_follow(&from, "https://h.example/", &to, &f),
	    f, FAULT_REMOTE, "source.redirect");
}

static void same_origin__is_scheme_host_and_port(void **state)
{
	static const struct {
		const char *other;
		bool same;
	} cases[] = {
		{ "https://h.example/other?x", true },
		{ "https://H.example:443/", true },
		{ "https://h.example:8443/", false },
		{ "http://h.example:443/", false },
		{ "https://www.h.example/", false },
	};
	AUTO(source_url_drop) struct source_url a = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(source_url_open("https://h.example/a", false, &a, &f), f);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(source_url_drop) struct source_url b = { 0 };
		assert_ok(source_url_open(cases[i].other, true, &b, &f), f);
		assert_int_equal(source_url_same_origin(&a, &b), cases[i].same);
		assert_false(source_url_equal(&a, &b));
	}
}

/* ---- what may be shown -------------------------------------------------- */

static void shown__hides_what_a_server_may_have_echoed(void **state)
{
	static const struct {
		const char *url, *want;
	} cases[] = {
		{ "https://x.example/a?k=hush", "https://x.example/a" },
		{ "https://x.example/hush/b", "https://x.example/" },
		{ "https://x.example/h%75sh/b", "https://x.example/" },
		{ "https://x.example/a/b", "https://x.example/a/b" },
	};
	const struct request_header key = { "X-Key", "${AFFIANT_TEST_A}" };
	const struct source_config plain = { .url = "https://h/" };
	const struct source_config secret = {
		.url = "https://h/", .headers = &key, .n_headers = 1
	};
	struct fault f = FAULT_INIT;

	(void)state;
	setenv("AFFIANT_TEST_A", "hush", 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(source_url_drop) struct source_url u = { 0 };
		AUTO(blob_drop) struct blob whole = { 0 };
		AUTO(blob_drop) struct blob part = { 0 };
		assert_ok(source_url_open(cases[i].url, false, &u, &f), f);
		assert_ok(source_url_shown(&u, &plain, &whole, &f), f);
		assert_string_equal((char *)whole.p, cases[i].url);
		assert_ok(source_url_shown(&u, &secret, &part, &f), f);
		assert_string_equal((char *)part.p, cases[i].want);
	}
}

static void masked__shows_names_and_no_user_info(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "https://h/p?k=${KEY}", "https://h/p?k=${KEY}" },
		{ "https://user:pw@h/p", "https://h/p" },
		{ "https://u:p@w@h:1/p@q", "https://h:1/p@q" },
		{ "user:pw@h/p", "h/p" },
		{ "https://h/\x01\xc3\xa9", "https://h/???" },
		{ "", "" },
	};
	struct fault f = FAULT_INIT;
	char out[64];

	(void)state;
	setenv("KEY", "hush", 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_ok(
		    source_url_masked(cases[i].in, out, sizeof(out), &f), f);
		assert_string_equal(out, cases[i].want);
	}
	assert_refused(source_url_masked("https://h/", out, 10, &f), f,
	    FAULT_LIMIT, "source.url");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(template__fills_in_names_and_leaves_the_rest),
		cmocka_unit_test(
		    template__encodes_a_value_so_that_it_stays_data),
		cmocka_unit_test(template__refuses_what_is_no_name),
		cmocka_unit_test(
		    template__refuses_a_value_that_is_missing_or_unprintable),
		cmocka_unit_test(template__refuses_more_than_the_maximum),
		cmocka_unit_test(check__takes_the_urls_of_real_sources),
		cmocka_unit_test(check__refuses_every_other_form),
		cmocka_unit_test(
		    check__refuses_plain_http_unless_it_is_allowed),
		cmocka_unit_test(check__refuses_a_url_beyond_its_limit),
		cmocka_unit_test(open__says_host_port_and_scheme),
		cmocka_unit_test(open__keeps_a_secret_inside_its_parameter),
		cmocka_unit_test(
		    open__refuses_a_name_that_is_not_in_the_environment),
		cmocka_unit_test(follow__resolves_as_a_browser_does),
		cmocka_unit_test(
		    follow__never_leaves_https_and_takes_no_user_info),
		cmocka_unit_test(follow__refuses_to_begin_on_plain_http),
		cmocka_unit_test(same_origin__is_scheme_host_and_port),
		cmocka_unit_test(shown__hides_what_a_server_may_have_echoed),
		cmocka_unit_test(masked__shows_names_and_no_user_info),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
