/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_head.h"

#include "tests/unit/check.h"

/* Feeds a text line by line, each with its line end. */
static bool take_all(struct source_head *h, const char *text, struct fault *f)
{
	while (*text != '\0') {
		const char *end = strchr(text, '\n');
		size_t n =
		    end != NULL ? (size_t)(end - text) + 1 : strlen(text);
		if (!source_head_take(h, span_of(text, n), f))
			return false;
		text += n;
	}
	return true;
}

static void take__reads_what_matters(void **state)
{
	struct source_head h = { 0 };
	struct fault f = FAULT_INIT;
	char date[30];

	(void)state;
	assert_ok(take_all(&h,
		      "HTTP/1.1 429 Too Many Requests\r\n"
		      "DATE: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		      "content-length:  12 \r\n"
		      "Retry-After: 119\r\n"
		      "X-Other: anything: at all\r\n"
		      "\r\n",
		      &f),
	    f);
	assert_int_equal(h.state, SOURCE_HEAD_BODY);
	assert_int_equal(h.status, 429);
	assert_true(h.has_length);
	assert_int_equal(h.length, 12);
	assert_true(h.has_date);
	assert_string_equal(
	    utc_format_http(h.date, date), "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_true(h.has_retry_after);
	assert_int_equal(h.retry_after_s, 119);
	assert_false(h.is_chunked);
	assert_false(h.is_encoded);
	assert_false(h.has_location);
}

static void take__accepts_a_status_line_without_reason(void **state)
{
	static const char *const good[] = { "HTTP/1.1 200\r\n",
		"HTTP/1.1 200 \r\n", "HTTP/1.0 200 200\r\n",
		"HTTP/1.1 200 OK\n" };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct source_head h = { 0 };
		assert_ok(take_all(&h, good[i], &f), f);
		assert_int_equal(h.status, 200);
	}
}

static void take__refuses_what_is_no_status_line(void **state)
{
	static const char *const bad[] = { "\r\n", "HTTP/1.1\r\n",
		"HTTP/1.1 20\r\n", "HTTP/1.1 2000\r\n", "HTTP/1.1 099\r\n",
		"HTTP/1.1 2x0 OK\r\n", "HTTP/2 200\r\n", "HTTP/1.2 200 OK\r\n",
		"http/1.1 200 OK\r\n", "ICY 200 OK\r\n", "HTTP/1.1\t200 OK\r\n",
		"HTTP/1.1 200-OK\r\n", "HTTP/1.1 101 Switching Protocols\r\n" };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct source_head h = { 0 };
		assert_refused(
		    take_all(&h, bad[i], &f), f, FAULT_REMOTE, "source.http");
	}
}

static void take__refuses_lines_without_a_name_and_folded_ones(void **state)
{
	static const char *const bad[] = {
		"HTTP/1.1 200 OK\r\nno colon\r\n",
		"HTTP/1.1 200 OK\r\n: value\r\n",
		"HTTP/1.1 200 OK\r\nX: a\r\n  folded: b\r\n",
		"HTTP/1.1 200 OK\r\n\tX: a\r\n",
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct source_head h = { 0 };
		assert_refused(
		    take_all(&h, bad[i], &f), f, FAULT_REMOTE, "source.http");
	}
}

static void take__forgets_an_interim_answer(void **state)
{
	struct source_head h = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(take_all(&h,
		      "HTTP/1.1 103 Early Hints\r\n"
		      "Content-Length: 5\r\n"
		      "Content-Encoding: gzip\r\n"
		      "\r\n",
		      &f),
	    f);
	assert_int_equal(h.state, SOURCE_HEAD_START);
	assert_ok(take_all(&h,
		      "HTTP/1.1 200 OK\r\n"
		      "Transfer-Encoding: chunked\r\n\r\n",
		      &f),
	    f);
	assert_false(h.has_length);
	assert_int_equal(h.lines, 7);
	assert_ok(source_head_check_body(&h, &f), f);
}

static void take__believes_no_trailer(void **state)
{
	struct source_head h = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(take_all(&h,
		      "HTTP/1.1 200 OK\r\n"
		      "Transfer-Encoding: chunked\r\n\r\n"
		      "Content-Length: 3\r\n"
		      "HTTP/1.1 500 no\r\n"
		      "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
		      &f),
	    f);
	assert_int_equal(h.status, 200);
	assert_false(h.has_length);
	assert_false(h.has_date);
}

static void take__limits_bytes_and_lines(void **state)
{
	static char line[1001];
	struct source_head few = { 0 }, many = { 0 };
	struct fault f = FAULT_INIT;
	size_t n = 0;

	(void)state;
	memset(line, 'a', sizeof(line) - 1);
	line[1] = ':';
	assert_ok(take_all(&few, "HTTP/1.1 200 OK\r\n", &f), f);
	while (source_head_take(&few, span_of(line, 1000), &f))
		n++;
	assert_int_equal(n, LIMIT_HEADER_BYTES / 1000);
	assert_fault(f, FAULT_REMOTE, "source.limit");

	assert_ok(take_all(&many, "HTTP/1.1 200 OK\r\n", &f), f);
	n = 1;
	while (source_head_take(&many, span_text("a: b\r\n"), &f))
		n++;
	assert_int_equal(n, LIMIT_HEADER_LINES);
	assert_fault(f, FAULT_REMOTE, "source.limit");
}

static void take__limits_trailers_and_interim_answers_too(void **state)
{
	struct source_head h = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	while (take_all(&h, "HTTP/1.1 100 Continue\r\n\r\n", &f))
		;
	assert_fault(f, FAULT_REMOTE, "source.limit");
	h = (struct source_head){ 0 };
	assert_ok(take_all(&h, "HTTP/1.1 200 OK\r\n\r\n", &f), f);
	while (take_all(&h, "trailer: x\r\n", &f))
		;
	assert_fault(f, FAULT_REMOTE, "source.limit");
}

static void take__knows_the_age_of_a_caches_answer(void **state)
{
	static const struct {
		const char *lines;
		uint64_t age_s;
		bool bad;
	} cases[] = {
		{ "Via: 1.1 cache\r\n", 0, false },
		{ "Age: 0\r\n", 0, false },
		{ "age:58\r\n", 58, false },
		{ "Age: 58\r\nAge: 3\r\n", 58, false },
		{ "Age: 2147483647\r\n", 2147483647, false },
		{ "Age: 2147483648\r\n", 0, true },
		{ "Age: 5\r\nAge: -5\r\n", 5, true },
		{ "Age: 5, 5\r\n", 0, true },
		{ "Age: \r\n", 0, true },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct source_head h = { 0 };
		assert_ok(take_all(&h, "HTTP/1.1 200 OK\r\n", &f), f);
		assert_ok(take_all(&h, cases[i].lines, &f), f);
		assert_int_equal(h.age_s, cases[i].age_s);
		assert_int_equal(h.has_bad_age, cases[i].bad);
	}
}

static void take__uses_no_date_it_cannot_trust(void **state)
{
	static const struct {
		const char *lines;
		bool has, two;
	} cases[] = {
		{ "Date: yesterday\r\n", false, false },
		{ "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		  "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
		    true, false },
		{ "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		  "Date: Sun, 06 Nov 1994 03:49:37 GMT\r\n",
		    true, true },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct source_head h = { 0 };
		assert_ok(take_all(&h, "HTTP/1.1 200 OK\r\n", &f), f);
		assert_ok(take_all(&h, cases[i].lines, &f), f);
		assert_int_equal(h.has_date, cases[i].has);
		assert_int_equal(h.has_two_dates, cases[i].two);
	}
}

static void take__ignores_a_retry_after_that_is_no_number(void **state)
{
	struct source_head h = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(take_all(&h,
		      "HTTP/1.1 429 x\r\n"
		      "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
		      &f),
	    f);
	assert_false(h.has_retry_after);
}

static void take__refuses_lengths_that_disagree(void **state)
{
	static const char *const bad[] = {
		"Content-Length: 3\r\nContent-Length: 4\r\n",
		"Content-Length: 3, 3\r\n",
		"Content-Length: -1\r\n",
		"Content-Length: 0x10\r\n",
		"Content-Length:\r\n",
		"Content-Length: 99999999999999999999\r\n",
		"Transfer-Encoding: gzip, chunked\r\n",
		"Transfer-Encoding: identity\r\n",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct source_head h = { 0 };
		assert_ok(take_all(&h, "HTTP/1.1 200 OK\r\n", &f), f);
		assert_refused(take_all(&h, bad[i], &f), f, FAULT_REMOTE,
		    "source.framing");
	}
}

static void take__refuses_a_location_that_is_no_url(void **state)
{
	static const char *const bad[] = { "Location:\r\n",
		"Location: /a\r\nLocation: /b\r\n",
		"Location: /caf\xc3\xa9\r\n" };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct source_head h = { 0 };
		assert_ok(take_all(&h, "HTTP/1.1 302 Found\r\n", &f), f);
		assert_refused(take_all(&h, bad[i], &f), f, FAULT_REMOTE,
		    "source.redirect");
	}
}

static void check_body__wants_exactly_one_declared_end(void **state)
{
	static const struct {
		const char *lines, *at; /* NULL: good */
	} cases[] = {
		{ "Content-Length: 0\r\n\r\n", NULL },
		{ "Content-Length: 7\r\nContent-Length: 7\r\n\r\n", NULL },
		{ "Transfer-Encoding: Chunked\r\n\r\n", NULL },
		{ "Content-Length: 7\r\nContent-Encoding: identity\r\n\r\n",
		    NULL },
		{ "\r\n", "source.framing" },
		{ "Content-Length: 7\r\n", "source.framing" },
		{ "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n",
		    "source.framing" },
		{ "Content-Length: 7\r\nContent-Encoding: gzip\r\n\r\n",
		    "source.encoding" },
		{ "Content-Length: 7\r\nContent-Encoding: br\r\n"
		  "Content-Encoding: identity\r\n\r\n",
		    "source.encoding" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct source_head h = { 0 };
		assert_ok(take_all(&h, "HTTP/1.1 200 OK\r\n", &f), f);
		assert_ok(take_all(&h, cases[i].lines, &f), f);
		if (cases[i].at == NULL)
			assert_ok(source_head_check_body(&h, &f), f);
		else
			assert_refused(source_head_check_body(&h, &f), f,
			    FAULT_REMOTE, cases[i].at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(take__reads_what_matters),
		cmocka_unit_test(take__accepts_a_status_line_without_reason),
		cmocka_unit_test(take__refuses_what_is_no_status_line),
		cmocka_unit_test(
		    take__refuses_lines_without_a_name_and_folded_ones),
		cmocka_unit_test(take__forgets_an_interim_answer),
		cmocka_unit_test(take__believes_no_trailer),
		cmocka_unit_test(take__limits_bytes_and_lines),
		cmocka_unit_test(take__limits_trailers_and_interim_answers_too),
		cmocka_unit_test(take__knows_the_age_of_a_caches_answer),
		cmocka_unit_test(take__uses_no_date_it_cannot_trust),
		cmocka_unit_test(take__ignores_a_retry_after_that_is_no_number),
		cmocka_unit_test(take__refuses_lengths_that_disagree),
		cmocka_unit_test(take__refuses_a_location_that_is_no_url),
		cmocka_unit_test(check_body__wants_exactly_one_declared_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
