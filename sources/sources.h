/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Towards the world: fetch configured observations, each together with the
 * TLS evidence of the very connection that carried its body. A new kind of
 * source is a row in source_kinds[] and, where it reads bodies in a new way,
 * one of pick_kinds[] (verify/pick.h); an HTTP JSON source is configuration
 * and no C.
 *
 * What stands behind every observation that is `ok`: status 200; a body whose
 * end the server declared (Content-Length or chunks), unencoded, within its
 * limit; a full TLS handshake of version 1.2 or later on this connection, or
 * on the kept-alive one that carried the answer; a chain that ends in a root
 * of the CA file, a leaf valid at this moment whose SAN names the host. No
 * proxy, no netrc, no cookies, no resumed session, no renegotiation. And the
 * server's address, looked at on the connection, is one of the internet.
 */
#ifndef AFFIANT_SOURCES_H
#define AFFIANT_SOURCES_H

#include "verify/pick.h"
#include "verify/request.h"
#include "verify/statement.h"
#include "verify/tls_bundle.h"

/* Where Debian keeps the roots, in one file; used when ca_file is NULL. */
#define SOURCES_SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

struct tls_logs; /* verify/tls_logs.h */

/* What is missing stands in the statement, or it is refused. */
enum source_demand { SOURCE_REPORT, SOURCE_MUST };

/* Hashes, 64 hexadecimal digits each; one that is found is enough. */
struct source_pins {
	const char *const *leaf;   /* of the certificate */
	const char *const *spki;   /* of its key */
	const char *const *issuer; /* of a certificate above it, or the root */
	size_t n_leaf, n_spki, n_issuer;
};

/* A value for ${NAME}, of this source alone and not of the environment. */
struct source_value {
	const char *name, *value;
};
struct source_values {
	const struct source_value *list;
	size_t n;
};

/*
 * One source as configured. The strings live as long as the source set.
 *
 * ${NAME} in `url`, in `body` and in header values is a secret of the
 * environment, taken
 * once when the set is opened; NAME is [A-Z_][A-Z0-9_]*. In a URL it may stand
 * behind the host only, and its value is percent-encoded: it is data and can
 * change neither the server nor the number of parameters.
 */
struct source_config {
	const char *kind;    /* "http-json", "http-text" */
	const char *url;     /* may hold ${NAME}: masked wherever it is shown */
	const char *ca_file; /* PEM; NULL: SOURCES_SYSTEM_CA */
	/* NULL: GET. Else POST this, a JSON document; ${NAME} within its
	 * texts. At most LIMIT_SOURCE_HEADER_BYTES; no redirects then. */
	const char *body;
	bool allow_http; /* plain http:// on purpose */
	/* Also at addresses that are not of the internet: loopback, private,
	 * link-local (source_address.h). Else "address" is what comes of it,
	 * whatever the name, and wherever a redirect leads. */
	bool allow_private;
	/* 0: redirects are refused. Else https to https only, at most
	 * LIMIT_REDIRECTS; configured headers go to the configured origin
	 * (scheme, host and port) and nowhere else. */
	unsigned max_redirects;
	uint32_t timeout_ms; /* for everything, all hops; 1..LIMIT_TIMEOUT_MS */
	size_t max_bytes;    /* of a body; 1..LIMIT_BODY_BYTES_MAX */
	const struct request_header *headers;
	size_t n_headers;
	/* Looked at before the environment; as much a secret. None: zero. */
	struct source_values values;
	/* From the body to the value, and to its own time. */
	struct pick_rule rule;
	/* The body is part of the result, for whoever wants to pick from it
	 * again. */
	bool keep_body;
	/* Of its value among the feed's others; nothing to a fetch. */
	uint64_t weight;
	/* What is asked of its certificates beyond a chain to the CA file. */
	struct source_pins pins;
	enum source_demand ocsp; /* a staple; one that came must hold anyway */
	enum source_demand ct;   /* stamps of enough of `logs` */
	const struct tls_logs *logs; /* NULL: stamps are not checked */
};

/*
 * Why a source failed: one stable word, shown in statements, problem
 * documents and metrics. `fault.at` is "source." and the word.
 *
 *   connect   name does not resolve, nobody listens, closed before an answer
 *   address   the server's address is not one of the internet
 *   tls       handshake, version, chain, validity, name, SAN, resumption
 *   pin       trusted, and not what is pinned: a server, or somebody between
 *   ocsp      a stapled response that does not hold, says revoked, or misses
 *   ct        too few certificate transparency logs know the certificate
 *   timeout   not complete within timeout_ms
 *   http      a status other than 200 (and not a redirect), or not HTTP
 *   redirect  not allowed, too many, a loop, or away from https
 *   framing   no declared length, conflicting lengths, or the body was cut
 *   encoding  compressed although that was not asked for
 *   limit     body or headers beyond their maximum
 *   json      the body is not one strict JSON document (HTML is named)
 *   guard     a required value is missing or another, a forbidden one is there
 *   pick      the pointer finds nothing, or the path not exactly one value
 *   value     found, but null, empty or not a usable number or text
 *   time      the observation's own time is missing, unreadable or absurd
 *   wait      not asked: the host named a time (Retry-After) still to come
 *   rate      not asked: its turn at the host did not come in time
 *   stopped   the daemon is stopping
 *   internal  out of memory, or our own mistake
 */

/* What a connection carried (source_wire.h), counted by its holders. */
struct source_wire;
struct source_wire *source_wire_hold(struct source_wire *w);
void source_wire_release(struct source_wire *w);
/* Everything that evidence needs of it. As tls_bundle_add. */
FALLIBLE source_wire_add(
    const struct source_wire *w, struct tls_bundle_maker *m, struct fault *f);

/*
 * One observation. `source` is what the statement will carry: its views
 * borrow from memory that the set owns until its next fetch. After redirects
 * `source` has host, URL, status and evidence of the server that sent the
 * body; the servers on the way, the configured one first, are its `hops`.
 * `source.used` is set on success (aggregation may take it back).
 *
 * A failed source has host and masked URL as configured, reason and detail;
 * no detail ever holds bytes that the server sent.
 */
struct source_result {
	bool ok;
	struct statement_source source; /* failed: host, url, reason, detail */
	struct dec number;              /* is_number only */
	struct span body;               /* keep_body only */
	struct utc observed_at;         /* source.observed_at */
	struct utc received_at;         /* when the body was complete */
	bool has_server_date;           /* also when not ok */
	struct utc server_date;         /* the Date header */
	uint64_t server_age_s; /* the Age beside it: Date is up to that old */
	/* ok only: received_at by the clock that nobody sets, and the newest
	 * moment that a signature of its connection's evidence names (of an
	 * OCSP responder, of a certificate's log); 0: none. */
	uint64_t received_ns;
	struct utc vouched_at;
	uint64_t retry_after_s; /* of a 429 or 503; 0: none given */
	uint64_t took_ms;       /* request start to body end */
	/* Of its hops and of itself; hold what is to outlive the result. */
	struct source_wire *wire[LIMIT_REDIRECTS + 1];
	size_t n_wires;
	struct fault fault; /* when not ok */
};

/*
 * A kind of source: GET or POST over HTTP, and how the body is read. Adding a
 * row adds a kind.
 */
struct source_kind {
	const char *id;
	const char *help;
	const char *accept; /* Accept, unless a header is configured */
	const struct pick_kind *picks;
};
extern const struct source_kind *const source_kinds[]; /* ends NULL */
const struct source_kind *source_kind_find(const char *id);
/*
 * What is wrong with a configuration, without touching the network or the
 * environment; the CA file is looked at. CONFIG faults whose `at` is the
 * pointer of the member within its source: "/kind", "/url", "/pick",
 * "/ca_file", "/headers", "/time_unit", ... The first problem only.
 */
FALLIBLE source_config_check(const struct source_config *c, struct fault *f);

/* ---- the loop ----------------------------------------------------------- */

/*
 * One loop fetches for everybody: it shares kept-alive connections, and keeps
 * to what each host (name and port) can be asked.
 */
struct source_limits {
	uint32_t per_host_connections; /* at once; at least 1 */
	uint32_t per_host_per_s;       /* requests; 0: any number */
	/* For name, connection and handshake together; a source's own
	 * timeout_ms when that is less. */
	uint32_t connect_timeout_ms;
	/* Further attempts of one fetch, within its time: when no connection
	 * was had, and (GET only) after a 5xx without Retry-After or when the
	 * connection was closed instead of an answer. */
	uint32_t retries;
};
extern const struct source_limits source_limits_default;

/* Used by one thread at a time, but for source_loop_wake. */
struct source_loop;
FALLIBLE source_loop_open(const struct source_limits *limits,
    struct source_loop **out, struct fault *f);
/* After the sets that were opened on it. */
void source_loop_close(struct source_loop *l);
void source_loop_drop(struct source_loop **l); /* for AUTO */
/* Waits for at most max_ms, and does what is to be done. */
void source_loop_turn(struct source_loop *l, uint32_t max_ms);
/* From any thread: the turn under way, or the next one, ends soon. */
void source_loop_wake(struct source_loop *l);

/* Rings once, by a turn of the loop, at a moment of clock_monotonic_ns() or
 * soon after; a new moment replaces the old. Closed before the loop. */
struct source_alarm;
FALLIBLE source_alarm_open(struct source_loop *l, void (*ring)(void *user),
    void *user, struct source_alarm **out, struct fault *f);
void source_alarm_set(struct source_alarm *a, uint64_t at_ns);
void source_alarm_close(struct source_alarm *a); /* NULL is allowed */

/* ---- sets --------------------------------------------------------------- */

/*
 * A set of sources that are fetched together. Opening checks every source as
 * above, and that every ${NAME} is in the environment (CONFIG faults); nothing
 * is fetched yet. `sources` and its strings are borrowed until the set is
 * closed. n is 1..LIMIT_SOURCES. Without a loop (NULL) the set has one of its
 * own, which limits no rate, for source_set_fetch.
 */
struct source_set;
FALLIBLE source_set_open(struct source_loop *loop,
    const struct source_config *sources, size_t n, struct source_set **out,
    struct fault *f);
void source_set_close(struct source_set *s); /* stops what is under way */
void source_set_drop(struct source_set **s);

/*
 * Fetches all sources at once. `done` is called by a turn of the loop when
 * each has answered, failed, run into its timeout_ms, or into deadline_ms
 * (0: none), which is the same for all: what has not come by then has failed.
 * results[i] is that of source i; they live until source_set_forget, the next
 * start or the end of the set. One fetch at a time.
 */
typedef void (*source_set_done)(
    void *user, const struct source_result *results);
void source_set_start(struct source_set *s, uint32_t deadline_ms,
    source_set_done done, void *user);
/* What is under way fails with "stopped"; done is called before it returns. */
void source_set_stop(struct source_set *s);
/* Gives the results' memory back. Nothing is under way. Any one thread. */
void source_set_forget(struct source_set *s);

/*
 * Starts, and turns the set's own loop until it is done. Never fails as a
 * whole: a failed source is a result.
 * *stop (may be NULL) turning true ends the wait within 100 ms; what was
 * under way then fails with "stopped". It is read atomically: another thread
 * sets it with __atomic_store_n (a signal handler just writes).
 */
const struct source_result *source_set_fetch(
    struct source_set *s, const volatile bool *stop);

/* Once per process, before threads start. The program ignores SIGPIPE. */
FALLIBLE sources_init(struct fault *f);
void sources_exit(void);

/*
 * What may be shown of a URL: user info removed, and every ${NAME} left as
 * its name instead of its value. Any text is taken, also a URL that `check`
 * would refuse; bytes outside printable ASCII become '?'. Writes at most cap
 * bytes with NUL; LIMIT when that is not enough.
 */
FALLIBLE source_url_masked(
    const char *configured, char *out, size_t cap, struct fault *f);

#endif
