/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs: the strict form that a source may have, what a redirect leads to, and
 * what of it may be shown. libcurl's URL API does the parsing and resolving,
 * so that what was checked is what is fetched; in front of it stands a check
 * of the form, because that API also takes what people mistype.
 *
 * Accepted: https:// (or http:// where allowed), a host name of ASCII letters
 * or an IP address, perhaps a port, path and query of printable ASCII. Not
 * accepted: user info, a fragment, percent-encoding in the host, a host that
 * ends in a dot, more than LIMIT_URL_BYTES.
 */
#ifndef AFFIANT_SOURCE_URL_H
#define AFFIANT_SOURCE_URL_H

#include "sources/sources.h"

#define SOURCE_HOST_MAX 253 /* RFC 1035: a name as text */

/* A URL ready to be fetched; may hold secrets. */
struct source_url {
	struct blob text; /* with NUL behind; normalised by libcurl */
	char host[SOURCE_HOST_MAX + 1]; /* lower case; IPv6 in brackets */
	char port[6];                   /* never empty */
	bool is_https;
};
void source_url_drop(struct source_url *u); /* wipes */

/* Form only, ${NAME} unseen; CONFIG at "/url". */
FALLIBLE source_url_check(
    const char *configured, bool allow_http, struct fault *f);
/* Checked and with its secrets. CONFIG at "/url". */
FALLIBLE source_url_open(const char *configured, bool allow_http,
    struct source_url *out, struct fault *f);
/* The same with the values of one source (struct source_config). */
FALLIBLE source_url_fill(const char *configured,
    const struct source_values *values, bool allow_http, struct source_url *out,
    struct fault *f);
/*
 * Where a Location (RFC 9110 10.2.2, perhaps relative) leads from `from`.
 * REMOTE at "source.redirect" unless both are https and the target has the
 * form above; a fragment is dropped.
 */
FALLIBLE source_url_follow(const struct source_url *from, const char *location,
    struct source_url *out, struct fault *f);

FALLIBLE source_url_copy(
    const struct source_url *u, struct source_url *out, struct fault *f);
bool source_url_equal(const struct source_url *a, const struct source_url *b);
bool source_url_same_origin(
    const struct source_url *a, const struct source_url *b);

/*
 * What may be shown of a URL that a server named. A source with secrets could
 * meet them there, in whatever encoding: then the query is left out, and the
 * path too when it holds one.
 */
FALLIBLE source_url_shown(const struct source_url *u,
    const struct source_config *c, struct blob *out, struct fault *f);

#endif
