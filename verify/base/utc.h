/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time, and their text. Nothing here reads a clock: the verifier is
 * told the time it judges at. (clock.h is the only reader.)
 */
#ifndef AFFIANT_UTC_H
#define AFFIANT_UTC_H

#include "verify/base/bytes.h"

/* Milliseconds since 1970-01-01T00:00:00Z, proleptic, no leap seconds. */
struct utc {
	int64_t ms;
};

#define UTC_TEXT_SIZE 25 /* "2026-01-15T00:00:00.000Z" and NUL */

/* The years 1970 to 9999, nothing else, in every function below. */

/*
 * "2026-01-15T00:00:00Z", with up to 9 fraction digits (cut to ms) and Z or
 * an offset +hh:mm. Upper case T and Z. A date that exists; no second 60.
 */
FALLIBLE utc_parse_rfc3339(
    struct span text, struct utc *out, const char *at, struct fault *f);
/* Intel's and our own one form: YYYY-MM-DDThh:mm:ssZ and nothing else. */
FALLIBLE utc_parse_strict(
    struct span text, struct utc *out, const char *at, struct fault *f);
/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 IMF-fixdate only). */
FALLIBLE utc_parse_http(
    struct span text, struct utc *out, const char *at, struct fault *f);
/* From a calendar time in UTC, as ASN.1 gives it. */
FALLIBLE utc_from_calendar(int year, int month, int day, int hour, int minute,
    int second, struct utc *out, const char *at, struct fault *f);

/* YYYY-MM-DDThh:mm:ssZ, milliseconds dropped. Returns out. */
char *utc_format(struct utc t, char out[UTC_TEXT_SIZE]);
/* With three fraction digits. */
char *utc_format_ms(struct utc t, char out[UTC_TEXT_SIZE]);
/* IMF-fixdate, 29 characters and NUL. */
char *utc_format_http(struct utc t, char out[30]);

#endif
