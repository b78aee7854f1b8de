/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every error that HTTP answers with: RFC 9457 problem details with a type
 * that never changes. A new error is one row in http_problem.c.
 */
#ifndef AFFIANT_HTTP_PROBLEM_H
#define AFFIANT_HTTP_PROBLEM_H

#include "verify/base/bytes.h"

enum problem {
	PROBLEM_BAD_REQUEST,  /* 400: not HTTP, or a body where none fits */
	PROBLEM_BAD_QUERY,    /* 400: unknown or repeated member, bad value */
	PROBLEM_BAD_NONCE,    /* 400 */
	PROBLEM_BAD_PATH,     /* 400: bad percent-encoding */
	PROBLEM_BAD_CALL,     /* 400: not what the gateway answers */
	PROBLEM_NOT_FOUND,    /* 404: no such route */
	PROBLEM_NO_FEED,      /* 404 */
	PROBLEM_NO_STATEMENT, /* 404: not among the recent ones */
	PROBLEM_METHOD,       /* 405 */
	PROBLEM_REQUEST,      /* 400: sealed parameters; says the reason */
	PROBLEM_TIMEOUT,      /* 408: slow client */
	PROBLEM_TOO_LARGE,    /* 413: a body, or the head as a whole */
	PROBLEM_URI_TOO_LONG, /* 414 */
	PROBLEM_RATE,         /* 429: sealed requests; says the reason */
	PROBLEM_INTERNAL,     /* 500 */
	PROBLEM_UNSUPPORTED,  /* 501: the provider has no such thing */
	PROBLEM_QUOTE,        /* 502: the quote provider failed */
	PROBLEM_SOURCE,       /* 502: of a sealed request; the reason */
	PROBLEM_STARTING,     /* 503: no round has finished yet */
	PROBLEM_STALE,        /* 503: no fresh quorum; says which source how */
	PROBLEM_CLOCK,        /* 503: nothing is signed with this clock */
	PROBLEM_NOT_READY,    /* 503: readyz */
	PROBLEM_COLLATERAL,   /* 503: none, or only what has ended */
	PROBLEM_BUSY,         /* 503: too many wait for quotes */
	PROBLEM_STOPPING,     /* 503 */
	PROBLEM_HTTP_VERSION, /* 505 */
	PROBLEM_COUNT
};

struct problem_row {
	const char *type;  /* "urn:affiant:problem:stale" */
	const char *title; /* the same for every occurrence */
	int status;
};
const struct problem_row *http_problem_row(enum problem p);

/* An extension member: canonical JSON put in as it stands. */
struct problem_member {
	const char *name; /* ASCII; none of detail, status, title, type */
	struct span json;
};

/*
 * The body of an application/problem+json answer: members in canonical order
 * (`ext` must be sorted by name, else INTERNAL). `detail` is one sentence
 * about this occurrence, never a secret; it may be NULL.
 */
FALLIBLE http_problem_encode(enum problem p, const char *detail,
    const struct problem_member *ext, size_t n_ext, struct wr *w,
    struct fault *f);

#endif
