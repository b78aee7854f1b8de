/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/utc.h"

#include "tests/unit/check.h"
#include "verify/base/clock.h"

#include <stdlib.h>
#include <time.h>

#define LAST_MS INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

typedef bool parse_fn(
    struct span text, struct utc *out, const char *at, struct fault *f);

static void refuse(parse_fn *parse, const char *text)
{
	struct utc t = { 77 };
	struct fault f = FAULT_INIT;
	size_t n = strlen(text);
	/* Exactly n bytes, so that ASan sees a read behind them. */
	char *exact = malloc(n > 0 ? n : 1);

	assert_non_null(exact);
	memcpy(exact, text, n);
	if (parse(span_of(exact, n), &t, "test.time", &f))
		fail_msg("accepted \"%s\"", text);
	free(exact);
	assert_fault(f, FAULT_FORMAT, "test.time");
	assert_int_equal(t.ms, 77);
}

/* ---- RFC 3339 ----------------------------------------------------------- */

static void utc_parse_rfc3339__reads_its_forms(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01T00:00:00.001Z", 1 },
		{ "2026-01-15T00:00:00Z", INT64_C(1768435200000) },
		{ "2000-02-29T12:34:56Z", INT64_C(951827696000) },
		{ "9999-12-31T23:59:59.999Z", LAST_MS },
		{ "9999-12-31T23:59:59.999999999Z", LAST_MS },
		{ "2023-12-23T16:00:00.5Z", INT64_C(1703347200500) },
		{ "2023-12-23T16:00:00.05Z", INT64_C(1703347200050) },
		{ "2023-12-23T16:00:00.123456789Z", INT64_C(1703347200123) },
		{ "2023-12-23T18:30:00+02:30", INT64_C(1703347200000) },
		{ "2023-12-23T11:00:00-05:00", INT64_C(1703347200000) },
		{ "2023-12-23T16:00:00+00:00", INT64_C(1703347200000) },
		{ "2023-12-23T16:00:00-00:00", INT64_C(1703347200000) },
		{ "1970-01-01T23:59:00+23:59", 0 },
		{ "2024-01-01T00:30:00+01:00", INT64_C(1704065400000) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct utc t;
		struct fault f = FAULT_INIT;

		assert_ok(utc_parse_rfc3339(
			      span_text(rows[i].text), &t, "test.time", &f),
		    f);
		if (t.ms != rows[i].ms)
			fail_msg("%s: %lld", rows[i].text, (long long)t.ms);
	}
}

/* What none of the two RFC 3339 readers takes. */
static const char *const bad_everywhere[] = { "", "2026", "2026-01-15",
	"2026-01-15T00:00:00", "2026-01-15 00:00:00Z", "2026-01-15t00:00:00Z",
	"2026-01-15T00:00:00z", "2026-01-15T00:00Z", "26-01-15T00:00:00Z",
	"02026-01-15T00:00:00Z", "+2026-01-15T00:00:00Z", "2026-1-15T00:00:00Z",
	"2026-01-5T00:00:00Z", "2026/01/15T00:00:00Z", "2026-01-15T0:00:00Z",
	"2026-01-15T00.00.00Z", " 2026-01-15T00:00:00Z",
	"2026-01-15T00:00:00Z ", "2026-01-15T00:00:00Z\n",
	"2026-01-15T00:00:00ZZ", "2026-00-15T00:00:00Z", "2026-13-15T00:00:00Z",
	"2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z",
	"2026-06-31T00:00:00Z", "2026-09-31T00:00:00Z", "2026-11-31T00:00:00Z",
	"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2024-02-30T00:00:00Z",
	"2026-01-15T24:00:00Z", "2026-01-15T00:60:00Z", "2026-01-15T00:00:60Z",
	"2016-12-31T23:59:60Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
	"2026-01-15T-1:00:00Z", "2026-01-15T00:00: 0Z", "2026-01-15T00:00:0aZ",
	"2026-01-15T00:00:00.Z", "2026-01-15T00:00:00.5",
	"2026-01-15T00:00:00.1234567890Z", "2026-01-15T00:00:00,5Z",
	"2026-01-15T00:00:00+0000", "2026-01-15T00:00:00+00",
	"2026-01-15T00:00:00+24:00", "2026-01-15T00:00:00+00:60",
	"2026-01-15T00:00:00 +00:00", "2026-01-15T00:00:00Z+00:00",
	"1970-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
	"2026-W03-4T00:00:00Z", "20260115T000000Z" };

static void utc_parse_rfc3339__refuses_everything_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_everywhere); i++)
		refuse(utc_parse_rfc3339, bad_everywhere[i]);
}

static void utc_parse_rfc3339__says_where(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
	} rows[] = {
		{ "2026-01x15T00:00:00Z", 7 },
		{ "2026-01-15T00:00:00", 19 },
		{ "2026-01-15T00:00:00Zx", 20 },
		{ "202x", 3 },
		{ "2026-01-15T00:00:00.x", 20 },
		{ "2026-01-15T00:00:00x", 19 },
		{ "2026-01-15T00:00:00+25:00", 20 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct utc t;
		struct fault f = FAULT_INIT;

		assert_refused_at(utc_parse_rfc3339(span_text(rows[i].text), &t,
				      "test.time", &f),
		    f, FAULT_FORMAT, "test.time", rows[i].offset);
	}
}

static void utc_parse_strict__has_one_form(void **state)
{
	struct utc t;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(
	    utc_parse_strict(span_text("2025-12-31T23:59:59Z"), &t, "t", &f),
	    f);
	assert_true(t.ms == INT64_C(1767225599000));
	for (size_t i = 0; i < COUNT(bad_everywhere); i++)
		refuse(utc_parse_strict, bad_everywhere[i]);
	refuse(utc_parse_strict, "2025-12-31T23:59:59.0Z");
	refuse(utc_parse_strict, "2025-12-31T23:59:59+00:00");
}

static void utc_parse_strict__stops_at_the_end_of_its_input(void **state)
{
	static const char text[] = "2025-12-31T23:59:59Z";
	struct utc t;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++)
		assert_refused_at(
		    utc_parse_strict(span_of(text, n), &t, "t", &f), f,
		    FAULT_FORMAT, "t", n);
}

/* ---- HTTP dates --------------------------------------------------------- */

static void utc_parse_http__reads_imf_fixdate(void **state)
{
	struct utc t;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(utc_parse_http(
		      span_text("Sun, 06 Nov 1994 08:49:37 GMT"), &t, "t", &f),
	    f);
	assert_true(t.ms == INT64_C(784111777000));
	assert_ok(utc_parse_http(
		      span_text("Thu, 01 Jan 1970 00:00:00 GMT"), &t, "t", &f),
	    f);
	assert_true(t.ms == 0);
}

static void utc_parse_http__refuses_everything_else(void **state)
{
	static const char *const rows[] = { "",
		"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Mon, 06 Nov 1994 08:49:37 GMT",
		"sun, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 +0000",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 06 Nov 1994 08:49:60 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT", "Sun,06 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 94 08:49:37 GMT", "Wed, 31 Dec 1969 23:59:59 GMT",
		"Xyz, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 Xyz 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 G",
		"Su", "Sun, 06 No" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		refuse(utc_parse_http, rows[i]);
}

/* ---- calendar and formats ----------------------------------------------- */

static void utc_from_calendar__refuses_what_does_not_exist(void **state)
{
	static const int rows[][6] = {
		{ 1969, 12, 31, 23, 59, 59 },
		{ 10000, 1, 1, 0, 0, 0 },
		{ 2025, 0, 1, 0, 0, 0 },
		{ 2025, 13, 1, 0, 0, 0 },
		{ 2025, 1, 0, 0, 0, 0 },
		{ 2025, 2, 29, 0, 0, 0 },
		{ 2025, 1, 1, -1, 0, 0 },
		{ 2025, 1, 1, 24, 0, 0 },
		{ 2025, 1, 1, 0, -1, 0 },
		{ 2025, 1, 1, 0, 60, 0 },
		{ 2025, 1, 1, 0, 0, -1 },
		{ 2025, 1, 1, 0, 0, 60 },
		{ -1, 1, 1, 0, 0, 0 },
		{ 2025, -1, 1, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const int *r = rows[i];
		struct utc t;
		struct fault f = FAULT_INIT;

		assert_refused(utc_from_calendar(r[0], r[1], r[2], r[3], r[4],
				   r[5], &t, "test.time", &f),
		    f, FAULT_FORMAT, "test.time");
	}
}

static void utc_from_calendar__names_the_year(void **state)
{
	struct utc t;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_false(utc_from_calendar(1969, 12, 31, 0, 0, 0, &t, "t", &f));
	assert_string_equal(f.text, "year 1969 is not between 1970 and 9999");
	fault_clear(&f);
	assert_false(utc_from_calendar(10000, 1, 1, 0, 0, 0, &t, "t", &f));
	assert_string_equal(f.text, "year 10000 is not between 1970 and 9999");
}

static void utc__agrees_with_libc_on_every_day(void **state)
{
	char ours[UTC_TEXT_SIZE], http[30], libc[40];
	int64_t days = (LAST_MS + 1) / 86400000;

	(void)state;
	/* Every day to 2120, then every 97th; another second each time. */
	for (int64_t day = 0; day < days; day += day < 54787 ? 1 : 97) {
		int64_t s = day * 86400 + (day * 7919) % 86400;
		struct utc t = { .ms = s * 1000 + day % 1000 }, back;
		time_t libc_time = (time_t)s;
		struct tm tm;
		struct fault f = FAULT_INIT;

		assert_non_null(gmtime_r(&libc_time, &tm));
		strftime(libc, sizeof(libc), "%Y-%m-%dT%H:%M:%SZ", &tm);
		assert_string_equal(utc_format(t, ours), libc);
		assert_ok(utc_parse_strict(span_text(ours), &back, "t", &f), f);
		assert_true(back.ms == s * 1000);
		assert_ok(utc_from_calendar(tm.tm_year + 1900, tm.tm_mon + 1,
			      tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
			      &back, "t", &f),
		    f);
		assert_true(back.ms == s * 1000);
		utc_format_ms(t, ours);
		assert_ok(
		    utc_parse_rfc3339(span_text(ours), &back, "t", &f), f);
		assert_true(back.ms == t.ms);
		strftime(libc, sizeof(libc), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		assert_string_equal(utc_format_http(t, http), libc);
		assert_ok(utc_parse_http(span_text(http), &back, "t", &f), f);
		assert_true(back.ms == s * 1000);
	}
}

static void utc_format__stays_within_its_years(void **state)
{
	char text[UTC_TEXT_SIZE], http[30];

	(void)state;
	assert_string_equal(
	    utc_format((struct utc){ -1 }, text), "1970-01-01T00:00:00Z");
	assert_string_equal(utc_format((struct utc){ INT64_MIN }, text),
	    "1970-01-01T00:00:00Z");
	assert_string_equal(utc_format_ms((struct utc){ LAST_MS }, text),
	    "9999-12-31T23:59:59.999Z");
	assert_string_equal(utc_format_ms((struct utc){ INT64_MAX }, text),
	    "9999-12-31T23:59:59.999Z");
	assert_string_equal(utc_format_http((struct utc){ INT64_MAX }, http),
	    "Fri, 31 Dec 9999 23:59:59 GMT");
}

/* ---- the clock ---------------------------------------------------------- */

static void clock_now__answers_what_a_test_set(void **state)
{
	struct utc t = { 1234567890123 };
	int64_t libc;

	(void)state;
	clock_set_for_test(&t);
	assert_true(clock_now().ms == t.ms);
	clock_set_for_test(NULL);
	libc = (int64_t)time(NULL) * 1000;
	/* Within an hour of what libc says: no timed assertion. */
	assert_true(clock_now().ms > libc - 3600000);
	assert_true(clock_now().ms < libc + 3600000);
}

static void clock_monotonic_ns__never_runs_backwards(void **state)
{
	uint64_t last = clock_monotonic_ns();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t now = clock_monotonic_ns();
		assert_true(now >= last);
		last = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utc_parse_rfc3339__reads_its_forms),
		cmocka_unit_test(utc_parse_rfc3339__refuses_everything_else),
		cmocka_unit_test(utc_parse_rfc3339__says_where),
		cmocka_unit_test(utc_parse_strict__has_one_form),
		cmocka_unit_test(
		    utc_parse_strict__stops_at_the_end_of_its_input),
		cmocka_unit_test(utc_parse_http__reads_imf_fixdate),
		cmocka_unit_test(utc_parse_http__refuses_everything_else),
		cmocka_unit_test(
		    utc_from_calendar__refuses_what_does_not_exist),
		cmocka_unit_test(utc_from_calendar__names_the_year),
		cmocka_unit_test(utc__agrees_with_libc_on_every_day),
		cmocka_unit_test(utc_format__stays_within_its_years),
		cmocka_unit_test(clock_now__answers_what_a_test_set),
		cmocka_unit_test(clock_monotonic_ns__never_runs_backwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
