/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Towards the world: fetch configured observations, each together with the
 * TLS evidence of the very connection that carried its body. A new kind of
 * source is one file and one row in source_kinds[]; an HTTP JSON source is
 * configuration and no C.
 */
#ifndef AFFIANT_SOURCES_H
#define AFFIANT_SOURCES_H

#include "verify/evidence.h"

struct source_header {
	const char *name, *value; /* value may hold ${NAME} */
};

/* One source as configured. The strings live as long as the source set. */
struct source_config {
	const char *kind;    /* "http-json" */
	const char *url;     /* may hold ${NAME}: masked wherever it is shown */
	const char *pick;    /* JSON pointer */
	const char *ca_file; /* NULL: the system's bundle */
	bool allow_http;     /* plain http:// on purpose */
	unsigned max_redirects; /* 0: redirects are refused */
	uint32_t timeout_ms;
	size_t max_bytes;
	const struct source_header *headers;
	size_t n_headers;
	/* Numbers: decimals of the feed and how to round; else the text. */
	bool is_number;
	uint8_t decimals;
	enum dec_round rounding;
	/* Optional pointer to the observation's own time, and its form. */
	const char *time_pick; /* NULL: time of receipt */
	const char *time_unit; /* "s", "ms", "us", "ns", "rfc3339" */
};

/*
 * One observation. `source` is what the statement will carry: its views
 * borrow from this struct, which source_results owns until the next round.
 */
struct source_result {
	bool ok;
	struct statement_source source; /* failed: host, url, reason, detail */
	struct dec number;              /* is_number only */
	struct utc observed_at;         /* source.observed_at */
	bool has_server_date;
	struct utc server_date; /* the Date header */
	uint64_t took_ms;       /* request start to body end */
	struct fault fault;     /* when not ok */
};

struct source_kind {
	const char *id;
	const char *help;
	/* One error per problem, at pointer-like paths; CONFIG fault. */
	FALLIBLE (*check)(const struct source_config *c, struct fault *f);
	bool needs_pick;
};
extern const struct source_kind *const source_kinds[]; /* ends NULL */
const struct source_kind *source_kind_find(const char *id);

/*
 * A set of sources with its kept-alive connections. Used by one thread at a
 * time. Opening checks URLs, pointers, CA files, and that every ${NAME} is in
 * the environment (CONFIG faults); nothing is fetched yet.
 */
struct source_set;
FALLIBLE source_set_open(const struct source_config *sources, size_t n,
    struct source_set **out, struct fault *f);
void source_set_close(struct source_set *s);
void source_set_drop(struct source_set **s);

/*
 * Fetches all sources at once and returns when each has answered, failed or
 * run into its deadline. results[i] is that of source i; they live in the set
 * until the next fetch. Never fails as a whole: a failed source is a result.
 * *stop (may be NULL) turning true ends the wait early; what was under way
 * then fails with "stopped".
 */
const struct source_result *source_set_fetch(
    struct source_set *s, const volatile bool *stop);

/* Once per process, before threads start. */
FALLIBLE sources_init(struct fault *f);
void sources_exit(void);

/*
 * What may be shown of a URL: user info removed, and every ${NAME} left as
 * its name instead of its value. Writes at most cap bytes with NUL.
 */
FALLIBLE source_url_masked(
    const char *configured, char *out, size_t cap, struct fault *f);

#endif
