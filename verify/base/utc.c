/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/utc.h"

#include <stdio.h>
#include <string.h>

#define MS_PER_DAY INT64_C(86400000)
/* 1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z */
#define MS_MAX INT64_C(253402300799999)

static const char *const day_names[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
	"Fri", "Sat" };
static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* A time on the calendar; what the text forms have in common. */
struct calendar {
	int year, month, day, hour, minute, second, ms;
};

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01. Years are counted from March: leap days come last. */
static int64_t days_from_calendar(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int m = month <= 2 ? month + 9 : month - 3;
	int64_t day_of_year = (153 * m + 2) / 5 + day - 1;

	/* 719468 days lie between 0000-03-01 and 1970-01-01. */
	return (int64_t)365 * y + y / 4 - y / 100 + y / 400 + day_of_year -
	    719468;
}

static bool calendar_to_utc(const struct calendar *c, int offset_minutes,
    struct utc *out, const char *at, struct fault *f)
{
	int64_t ms;

	if (c->year < 1970 || c->year > 9999)
		return fault_raise(f, FAULT_FORMAT, at,
		    "year %d is not between 1970 and 9999", c->year);
	if (c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > days_in_month(c->year, c->month))
		return fault_raise(f, FAULT_FORMAT, at,
		    "there is no such date: %04d-%02d-%02d", c->year, c->month,
		    c->day);
	if (c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 ||
	    c->second < 0 || c->second > 59)
		return fault_raise(f, FAULT_FORMAT, at,
		    "there is no such time: %02d:%02d:%02d", c->hour, c->minute,
		    c->second);
	ms = days_from_calendar(c->year, c->month, c->day) * MS_PER_DAY +
	    (((c->hour * 60) + c->minute - offset_minutes) * INT64_C(60) +
		c->second) *
		1000 +
	    c->ms;
	/* An offset can leave the range once more. */
	if (ms < 0 || ms > MS_MAX)
		return fault_raise(f, FAULT_FORMAT, at,
		    "in UTC the year is not between 1970 and 9999");
	out->ms = ms;
	return true;
}

static struct calendar calendar_of(struct utc t)
{
	int64_t ms = t.ms < 0 ? 0 : t.ms > MS_MAX ? MS_MAX : t.ms;
	int64_t days = ms / MS_PER_DAY;
	int rest = (int)(ms % MS_PER_DAY);
	int year = (int)(1970 + days / 366);
	struct calendar c = { .month = 1 };

	/* days / 366 is never too far; a few years are walked. */
	while (days_from_calendar(year + 1, 1, 1) <= days)
		year++;
	c.year = year;
	days -= days_from_calendar(year, 1, 1);
	while (days >= days_in_month(year, c.month))
		days -= days_in_month(year, c.month++);
	c.day = (int)days + 1;
	c.hour = rest / 3600000;
	c.minute = rest / 60000 % 60;
	c.second = rest / 1000 % 60;
	c.ms = rest % 1000;
	return c;
}

/* ---- reading ------------------------------------------------------------ */

/* A cursor over text; `bad` is sticky, so that a form is a list of reads. */
struct scan {
	struct span in;
	size_t pos;
	bool bad;
};

static uint8_t next(struct scan *s)
{
	if (s->bad || s->pos == s->in.n) {
		s->bad = true;
		return 0;
	}
	return s->in.p[s->pos++];
}

static void want(struct scan *s, const char *text)
{
	for (; !s->bad && *text != '\0'; text++) {
		if (next(s) != (uint8_t)*text && !s->bad) {
			s->bad = true;
			s->pos--;
		}
	}
}

static int digits(struct scan *s, unsigned n)
{
	int v = 0;

	for (unsigned i = 0; i < n; i++) {
		uint8_t c = next(s);
		if (!s->bad && (c < '0' || c > '9')) {
			s->bad = true;
			s->pos--;
		}
		if (s->bad)
			return 0;
		v = 10 * v + (c - '0');
	}
	return v;
}

/* Number of one of n three-letter names, from 0. */
static int name(struct scan *s, const char *const *names, int n)
{
	for (int i = 0; !s->bad && i < n; i++) {
		if (s->in.n - s->pos >= 3 &&
		    memcmp(s->in.p + s->pos, names[i], 3) == 0) {
			s->pos += 3;
			return i;
		}
	}
	s->bad = true;
	return 0;
}

static bool scan_end(
    struct scan *s, const char *form, const char *at, struct fault *f)
{
	if (s->bad || s->pos != s->in.n)
		return fault_raise_at(
		    f, FAULT_FORMAT, at, s->pos, "time is not %s", form);
	return true;
}

static struct calendar scan_date_time(struct scan *s)
{
	struct calendar c = { 0 };

	c.year = digits(s, 4);
	want(s, "-");
	c.month = digits(s, 2);
	want(s, "-");
	c.day = digits(s, 2);
	want(s, "T");
	c.hour = digits(s, 2);
	want(s, ":");
	c.minute = digits(s, 2);
	want(s, ":");
	c.second = digits(s, 2);
	return c;
}

/* One to nine digits behind a point, cut to milliseconds. */
static int scan_fraction(struct scan *s)
{
	int ms = 0, n = 0;

	want(s, ".");
	do {
		int d = digits(s, 1);
		if (n < 3)
			ms = 10 * ms + d;
		n++;
	} while (!s->bad && n < 9 && s->pos < s->in.n &&
	    s->in.p[s->pos] >= '0' && s->in.p[s->pos] <= '9');
	for (; n < 3; n++)
		ms *= 10;
	return ms;
}

/* Z, or +hh:mm east of Greenwich, in minutes. */
static int scan_offset(struct scan *s)
{
	uint8_t sign = next(s);
	size_t start = s->pos;
	int hours, minutes;

	if (s->bad || sign == 'Z')
		return 0;
	if (sign != '+' && sign != '-') {
		s->bad = true;
		s->pos--;
		return 0;
	}
	hours = digits(s, 2);
	want(s, ":");
	minutes = digits(s, 2);
	if (!s->bad && (hours > 23 || minutes > 59)) {
		s->bad = true;
		s->pos = start;
	}
	return (sign == '-' ? -1 : 1) * (60 * hours + minutes);
}

FALLIBLE utc_parse_rfc3339(
    struct span text, struct utc *out, const char *at, struct fault *f)
{
	struct scan s = { .in = text };
	struct calendar c = scan_date_time(&s);
	int offset;

	if (!s.bad && s.pos < s.in.n && s.in.p[s.pos] == '.')
		c.ms = scan_fraction(&s);
	offset = scan_offset(&s);
	TRY(scan_end(&s, "RFC 3339: 2026-01-15T00:00:00Z", at, f));
	return calendar_to_utc(&c, offset, out, at, f);
}

FALLIBLE utc_parse_strict(
    struct span text, struct utc *out, const char *at, struct fault *f)
{
	struct scan s = { .in = text };
	struct calendar c = scan_date_time(&s);

	want(&s, "Z");
	TRY(scan_end(&s, "of the form YYYY-MM-DDThh:mm:ssZ", at, f));
	return calendar_to_utc(&c, 0, out, at, f);
}

FALLIBLE utc_parse_http(
    struct span text, struct utc *out, const char *at, struct fault *f)
{
	struct scan s = { .in = text };
	struct calendar c = { 0 };
	struct utc t;
	int day_name = name(&s, day_names, COUNT(day_names));

	want(&s, ", ");
	c.day = digits(&s, 2);
	want(&s, " ");
	c.month = name(&s, month_names, COUNT(month_names)) + 1;
	want(&s, " ");
	c.year = digits(&s, 4);
	want(&s, " ");
	c.hour = digits(&s, 2);
	want(&s, ":");
	c.minute = digits(&s, 2);
	want(&s, ":");
	c.second = digits(&s, 2);
	want(&s, " GMT");
	TRY(scan_end(&s, "an HTTP date: Sun, 06 Nov 1994 08:49:37 GMT", at, f));
	TRY(calendar_to_utc(&c, 0, &t, at, f));
	/* 1970-01-01 was a Thursday. */
	if ((t.ms / MS_PER_DAY + 4) % 7 != day_name)
		return fault_raise_at(f, FAULT_FORMAT, at, 0,
		    "the day of the week is not that of the date");
	*out = t;
	return true;
}

FALLIBLE utc_from_calendar(int year, int month, int day, int hour, int minute,
    int second, struct utc *out, const char *at, struct fault *f)
{
	struct calendar c = { year, month, day, hour, minute, second, 0 };

	return calendar_to_utc(&c, 0, out, at, f);
}

/* ---- writing ------------------------------------------------------------ */

/* v in exactly n digits. */
static char *put(char *p, int v, int n)
{
	for (int i = n; i > 0; i--) {
		p[i - 1] = (char)('0' + v % 10);
		v /= 10;
	}
	return p + n;
}

static char *put_date_time(char *p, const struct calendar *c)
{
	p = put(p, c->year, 4);
	*p++ = '-';
	p = put(p, c->month, 2);
	*p++ = '-';
	p = put(p, c->day, 2);
	*p++ = 'T';
	p = put(p, c->hour, 2);
	*p++ = ':';
	p = put(p, c->minute, 2);
	*p++ = ':';
	return put(p, c->second, 2);
}

char *utc_format(struct utc t, char out[UTC_TEXT_SIZE])
{
	struct calendar c = calendar_of(t);
	char *p = put_date_time(out, &c);

	*p++ = 'Z';
	*p = '\0';
	return out;
}

char *utc_format_ms(struct utc t, char out[UTC_TEXT_SIZE])
{
	struct calendar c = calendar_of(t);
	char *p = put_date_time(out, &c);

	*p++ = '.';
	p = put(p, c.ms, 3);
	*p++ = 'Z';
	*p = '\0';
	return out;
}

char *utc_format_http(struct utc t, char out[30])
{
	struct calendar c = calendar_of(t);
	int64_t days = days_from_calendar(c.year, c.month, c.day);
	char *p = out;

	memcpy(p, day_names[(days + 4) % 7], 3);
	p += 3;
	*p++ = ',';
	*p++ = ' ';
	p = put(p, c.day, 2);
	*p++ = ' ';
	memcpy(p, month_names[c.month - 1], 3);
	p += 3;
	*p++ = ' ';
	p = put(p, c.year, 4);
	*p++ = ' ';
	p = put(p, c.hour, 2);
	*p++ = ':';
	p = put(p, c.minute, 2);
	*p++ = ':';
	p = put(p, c.second, 2);
	memcpy(p, " GMT", 5);
	return out;
}
