/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations of sources: what is refused, and where. */
#include "sources/sources.h"

#include "tests/unit/check.h"
#include "verify/base/file.h"

#include <stdlib.h>
#include <unistd.h>

static char ca_file[] = "/tmp/affiant-check-XXXXXX";

/* A root of nobody, for files that must hold a certificate. */
static const char pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBazCCARGgAwIBAgIUW7VfGqTrDNCtxUMIYDB8kTeXq7kwCgYIKoZIzj0EAwIw\n"
    "-----END CERTIFICATE-----\n";

static struct source_config good(void)
{
	return (struct source_config){
		.kind = "http-json",
		.url = "https://h.example/price",
		.rule.pick = "/price",
		.timeout_ms = 1000,
		.max_bytes = 1000,
	};
}

static void check__takes_a_plain_source(void **state)
{
	struct source_config c = good();
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(source_config_check(&c, &f), f);
	c.timeout_ms = LIMIT_TIMEOUT_MS;
	c.max_bytes = LIMIT_BODY_BYTES_MAX;
	c.max_redirects = LIMIT_REDIRECTS;
	c.rule.pick = "";
	c.rule.time_pick = "/a~1b/0";
	c.rule.time_unit = "ns";
	assert_ok(source_config_check(&c, &f), f);
	c.rule.pick = "$.rates[?@.code=='USD'].mid";
	c.rule.time_pick = "$.rates[-1].time";
	c.rule.is_number = true;
	c.rule.form = "hex";
	c.rule.scale = -LIMIT_SCALE;
	assert_ok(source_config_check(&c, &f), f);
}

static void check__names_the_member_that_is_wrong(void **state)
{
	struct fault f = FAULT_INIT;
	char long_pointer[LIMIT_POINTER_BYTES + 2] = "/";

	(void)state;
	memset(long_pointer + 1, 'a', LIMIT_POINTER_BYTES);
#define refuse(member, value, at)                                        \
	do {                                                             \
		struct source_config c = good();                         \
		c.member = (value);                                      \
		assert_refused(                                          \
		    source_config_check(&c, &f), f, FAULT_CONFIG, (at)); \
	} while (0)
	refuse(kind, NULL, "/kind");
	refuse(kind, "https-json", "/kind");
	refuse(url, NULL, "/url");
	refuse(url, "http://h.example/", "/url");
	refuse(rule.pick, NULL, "/pick");
	refuse(rule.pick, "price", "/pick");
	refuse(rule.pick, "/a~2", "/pick");
	refuse(rule.pick, long_pointer, "/pick");
	refuse(rule.pick, "$..price", "/pick");
	refuse(rule.pick, "$.a b", "/pick");
	refuse(rule.n_require, LIMIT_GUARDS + 1, "/require");
	refuse(rule.n_forbid, LIMIT_GUARDS + 1, "/forbid");
	refuse(rule.line, 1, "/line");
	refuse(rule.match, "(x)", "/match");
	refuse(rule.form, "hex", "/form");
	refuse(rule.scale, 1, "/scale");
	refuse(rule.time_pick, "/t", "/time_unit");
	refuse(rule.time_unit, "ms", "/time_unit");
	refuse(timeout_ms, 0, "/timeout_ms");
	refuse(timeout_ms, LIMIT_TIMEOUT_MS + 1, "/timeout_ms");
	refuse(max_bytes, 0, "/max_bytes");
	refuse(max_bytes, LIMIT_BODY_BYTES_MAX + 1, "/max_bytes");
	refuse(max_redirects, LIMIT_REDIRECTS + 1, "/max_redirects");
	refuse(ca_file, "/nowhere/ca.pem", "/ca_file");
	refuse(ca_file, "/dev/null", "/ca_file");
	refuse(ca_file, "/tmp", "/ca_file");
#undef refuse
}

static void check__wants_a_known_unit_of_time(void **state)
{
	static const char *const bad[] = { "", "S", "sec", "minutes",
		"RFC3339" };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct source_config c = good();
		c.rule.time_pick = "/t";
		c.rule.time_unit = bad[i];
		assert_refused(
		    source_config_check(&c, &f), f, FAULT_CONFIG, "/time_unit");
	}
	{
		struct source_config c = good();
		c.rule.time_pick = "t";
		c.rule.time_unit = "s";
		assert_refused(
		    source_config_check(&c, &f), f, FAULT_CONFIG, "/time_pick");
	}
}

static void check__wants_a_certificate_in_the_ca_file(void **state)
{
	struct source_config c = good();
	struct fault f = FAULT_INIT;

	(void)state;
	c.ca_file = ca_file;
	/* The frame of one is not one. */
	assert_ok(file_write(ca_file, span_text(pem), 0600, &f), f);
	assert_refused(
	    source_config_check(&c, &f), f, FAULT_CONFIG, "/ca_file");
	/* Plain HTTP needs none. */
	c.allow_http = true;
	c.url = "http://h.example/";
	assert_ok(source_config_check(&c, &f), f);
}

static void check__refuses_headers_that_are_not_the_operators(void **state)
{
	static const struct request_header bad[] = {
		{ "", "x" },
		{ "X Y", "x" },
		{ "X:", "x" },
		{ "X\r\nY", "x" },
		{ "X", "" },
		{ "X", " x" },
		{ "X", "x " },
		{ "X", "a\r\nY: b" },
		{ "X", "a\nb" },
		{ "X", "caf\xc3\xa9" },
		{ "X", "${lower}" },
		{ "X", "${" },
		{ "Host", "other.example" },
		{ "host", "other.example" },
		{ "Content-Length", "5" },
		{ "Transfer-Encoding", "chunked" },
		{ "Accept-Encoding", "gzip" },
		{ "Connection", "close" },
		{ "Range", "bytes=0-3" },
		{ "If-None-Match", "*" },
		{ "Expect", "100-continue" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct source_config c = good();
		c.headers = &bad[i];
		c.n_headers = 1;
		assert_refused(
		    source_config_check(&c, &f), f, FAULT_CONFIG, "/headers");
	}
}

static void check__wants_a_json_body_with_names_in_its_texts(void **state)
{
	static const char *const taken[] = { "{}", "{\"k\":\"${KEY}\"}",
		"[1]" };
	static const char *const refused[] = { "", "x", "{\"k\":${KEY}}",
		"{\"k\":\"${key}\"}", "{\"k\":\"${KEY\"}", "{\"a\":1,\"a\":2}",
		"{} {}", "{\"a\":1,}" };
	char longest[LIMIT_SOURCE_HEADER_BYTES + 2];
	struct source_config c = good();
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(taken); i++) {
		c.body = taken[i];
		assert_ok(source_config_check(&c, &f), f);
	}
	for (size_t i = 0; i < COUNT(refused); i++) {
		c.body = refused[i];
		assert_refused(
		    source_config_check(&c, &f), f, FAULT_CONFIG, "/body");
	}
	memset(longest, '1', sizeof(longest));
	longest[0] = longest[LIMIT_SOURCE_HEADER_BYTES - 1] = '"';
	longest[LIMIT_SOURCE_HEADER_BYTES] = '\0';
	c.body = longest;
	assert_ok(source_config_check(&c, &f), f);
	longest[LIMIT_SOURCE_HEADER_BYTES] = ' ';
	longest[LIMIT_SOURCE_HEADER_BYTES + 1] = '\0';
	assert_refused(source_config_check(&c, &f), f, FAULT_CONFIG, "/body");
	c.body = "{}";
	c.max_redirects = 1;
	assert_refused(source_config_check(&c, &f), f, FAULT_CONFIG, "/body");
}

static void check__refuses_too_many_headers_and_doubles(void **state)
{
	static char names[LIMIT_SOURCE_HEADERS + 1][8];
	struct request_header headers[LIMIT_SOURCE_HEADERS + 1];
	struct source_config c = good();
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(headers); i++) {
		snprintf(names[i], sizeof(names[i]), "X-%zu", i);
		headers[i] = (struct request_header){ names[i], "v" };
	}
	c.headers = headers;
	c.n_headers = LIMIT_SOURCE_HEADERS;
	assert_ok(source_config_check(&c, &f), f);
	c.n_headers++;
	assert_refused(
	    source_config_check(&c, &f), f, FAULT_CONFIG, "/headers");
	c.n_headers = 2;
	headers[1].name = "x-0";
	assert_refused(
	    source_config_check(&c, &f), f, FAULT_CONFIG, "/headers");
}

static void open__says_which_source_and_wants_its_secrets(void **state)
{
	const struct request_header header = { "X-Key", "${AFFIANT_UNSET}" };
	struct source_config c[2] = { good(), good() };
	struct source_set *s = NULL;
	struct fault f = FAULT_INIT;

	(void)state;
	unsetenv("AFFIANT_UNSET");
	c[1].headers = &header;
	c[1].n_headers = 1;
	/* Checking does not look at the environment; opening does. */
	assert_ok(source_config_check(&c[1], &f), f);
	assert_false(source_set_open(NULL, c, 2, &s, &f));
	assert_non_null(strstr(f.text, "source 1"));
	assert_non_null(strstr(f.text, "AFFIANT_UNSET"));
	assert_fault(f, FAULT_CONFIG, "/headers");
	assert_null(s);

	c[1] = good();
	c[1].body = "{\"k\":\"${AFFIANT_UNSET}\"}";
	assert_refused(
	    source_set_open(NULL, c, 2, &s, &f), f, FAULT_CONFIG, "/body");

	c[1] = good();
	c[1].url = "https://h.example/?k=${AFFIANT_UNSET}";
	assert_refused(
	    source_set_open(NULL, c, 2, &s, &f), f, FAULT_CONFIG, "/url");
}

static void open__takes_1_to_32_sources(void **state)
{
	struct source_config c[LIMIT_SOURCES + 1];
	struct source_set *s = NULL;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(c); i++)
		c[i] = good();
	assert_refused(
	    source_set_open(NULL, c, 0, &s, &f), f, FAULT_CONFIG, "/sources");
	assert_refused(source_set_open(NULL, c, LIMIT_SOURCES + 1, &s, &f), f,
	    FAULT_CONFIG, "/sources");
	assert_ok(source_set_open(NULL, c, LIMIT_SOURCES, &s, &f), f);
	source_set_drop(&s);
	assert_null(s);
	source_set_close(NULL);
}

static void kinds__are_found_by_their_id(void **state)
{
	(void)state;
	assert_null(source_kind_find("http"));
	assert_null(source_kind_find(""));
	for (size_t i = 0; source_kinds[i] != NULL; i++) {
		assert_ptr_equal(
		    source_kind_find(source_kinds[i]->id), source_kinds[i]);
		assert_non_null(source_kinds[i]->picks);
		assert_true(strlen(source_kinds[i]->help) > 0);
	}
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;
	int fd = mkstemp(ca_file);

	(void)state;
	if (fd < 0)
		return -1;
	close(fd);
	return sources_init(&f) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	sources_exit();
	return unlink(ca_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check__takes_a_plain_source),
		cmocka_unit_test(check__names_the_member_that_is_wrong),
		cmocka_unit_test(check__wants_a_known_unit_of_time),
		cmocka_unit_test(check__wants_a_certificate_in_the_ca_file),
		cmocka_unit_test(
		    check__refuses_headers_that_are_not_the_operators),
		cmocka_unit_test(
		    check__wants_a_json_body_with_names_in_its_texts),
		cmocka_unit_test(check__refuses_too_many_headers_and_doubles),
		cmocka_unit_test(open__says_which_source_and_wants_its_secrets),
		cmocka_unit_test(open__takes_1_to_32_sources),
		cmocka_unit_test(kinds__are_found_by_their_id),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
