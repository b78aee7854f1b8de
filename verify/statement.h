/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statement: what Affiant swears to, as a struct and as canonical bytes.
 * Written and read in one place (statement.c), in the order of
 * FORMAT.statement.md; the daemon writes with the very functions that judge.
 *
 * All views (struct span) borrow from whoever filled the struct: for a decoded
 * statement from the struct statement_doc, which must outlive it.
 */
#ifndef AFFIANT_STATEMENT_H
#define AFFIANT_STATEMENT_H

#include "chain/eth.h"
#include "verify/base/json.h"
#include "verify/base/limits.h"
#include "verify/base/utc.h"

#define STATEMENT_TYPE "affiant.statement.v1"

/* A row of the table of kinds (statement_kinds.c). */
struct statement_kind {
	const char *id;           /* "price" */
	const char *value_member; /* "price", "value", "text"; NULL: none */
	bool is_number;           /* signs EIP-712 Statement, else Digest */
	bool has_unit;            /* carries `unit` */
	bool has_sources;         /* observed from the world */
	const char *help;
};
extern const struct statement_kind *const statement_kinds[]; /* ends NULL */
const struct statement_kind *statement_kind_find(struct span id);

/*
 * TLS evidence of one connection (one hop). With `plain_http` nothing else in
 * here counts. Otherwise all is required but `subject` (empty: the leaf has
 * none), `group` (empty: not recorded), `ocsp` (empty: not asked) and `scts`
 * (has_scts false: not checked). The two hashes are of what the handshake
 * carried: evidence has the bytes themselves (tls_bundle.h).
 */
struct tls_evidence {
	bool plain_http;
	struct sha256 leaf; /* of the leaf's DER; member tlsFingerprint */
	struct sha256 spki; /* of the leaf's SubjectPublicKeyInfo DER */
	struct sha256 chain[LIMIT_CHAIN_CERTS]; /* as sent, leaf first */
	size_t n_chain;
	struct sha256 root; /* DER of the anchor it was verified to */
	struct span issuer; /* RFC 2253 text of the leaf's issuer */
	struct span subject;
	struct utc valid_from, valid_to; /* of the leaf */
	struct span version;             /* "TLSv1.3" */
	struct span cipher;              /* "TLS_AES_256_GCM_SHA384" */
	struct span group;               /* "X25519"; or empty */
	struct span ocsp; /* "good", "none", "revoked", "unknown", or empty */
	bool has_ocsp_hash;
	struct sha256 ocsp_hash; /* of the stapled OCSP response's DER */
	bool has_scts;
	uint64_t scts; /* how many verified; absent unless has_scts */
	bool has_scts_hash;
	struct sha256 scts_hash; /* of the list in the TLS extension */
};

/* A connection before the one that carried the body. */
struct statement_hop {
	struct span host; /* as in struct statement_source */
	struct span url;  /* secrets masked */
	uint64_t status;  /* of the redirect, 300 to 399 */
	struct span http; /* "1.1", or empty */
	struct tls_evidence tls;
};

/* One observation: a source's members. */
struct statement_source {
	/* Member `source`: the URL's host, lower case, without user and port,
	 * IPv6 in brackets. Of the last request when redirects were followed. */
	struct span host;
	struct span url;    /* user removed, secrets as ${NAME} */
	uint64_t status;    /* HTTP, 200 to 299 */
	struct span http;   /* version: "1.1", "2"; or empty */
	struct sha256 body; /* of the decoded body bytes */
	/* What the first server was asked: request.h. */
	bool has_request;
	struct sha256 request;
	struct utc observed_at;
	/* When the body was complete, where that is another time: where the
	 * configuration picks the value's own. Certificates are held against
	 * this one. */
	bool has_received;
	struct utc received_at;
	/* Numbers: canonical decimal with at most `decimals` digits behind
	 * the point. With one source the same text as the statement's. */
	struct span value;
	struct tls_evidence tls;
	const struct statement_hop *hops; /* in order travelled */
	size_t n_hops;
	/* With one source `used` is true and the rest empty. */
	bool used;          /* false: rejected, with the reason */
	struct span reason; /* stable word: "deviation", "stale", "http", ... */
	struct span detail; /* one sentence; never a secret */
	bool failed;        /* no observation: only host, url, reason, detail */
	/* 1 to COMBINE_WEIGHT_MAX where the method has weights and the source
	 * gave a value; else 0: absent. */
	uint64_t weight;
};

struct statement {
	const struct statement_kind *kind;
	struct sha256 config;
	struct span feed;  /* empty for kind key */
	struct span nonce; /* raw bytes; empty when none was asked for */
	bool has_previous;
	struct sha256 previous;
	struct span value; /* member named by the kind; decimal text */
	uint8_t decimals;  /* number kinds: of the signed int256 */
	struct span unit;  /* kinds with a unit */
	uint64_t round;
	struct eth_addr signer;
	struct utc timestamp; /* of the oldest value used */

	/* As configured, failed ones included. Exactly one: inline members.
	 * More: `sources`, `method` and so on. Decoding puts those that failed
	 * behind the others (FORMAT.statement.md section 5). */
	struct statement_source source[LIMIT_SOURCES];
	size_t n_sources;
	struct span method;  /* "median"; empty with exactly one source */
	struct span spread;  /* decimal text; number kinds, with method */
	uint64_t trim;       /* 0: absent; where the method has it */
	uint64_t max_age_ms; /* 0: absent; required with method */

	/* Kind key only. */
	uint64_t chain_id;
	struct eth_addr registry;
	/* What parameters of requests may be encrypted to (FORMAT.request.md);
	 * absent unless has_request_key. */
	bool has_request_key;
	struct sha256 request_key;
};

/* The memory a decoded statement borrows from. */
struct statement_doc {
	struct json *json;
	struct blob nonce;
	struct statement_hop *hops; /* of all sources; NULL: there are none */
	size_t n_hops;
};
void statement_doc_drop(struct statement_doc *d);

/*
 * Writes the canonical bytes. INTERNAL when the struct breaks a rule of
 * FORMAT.statement.md (a maker's mistake): nothing malformed gets out.
 * Allocates nothing when w is fixed.
 */
FALLIBLE statement_encode(
    const struct statement *s, struct wr *w, struct fault *f);
/*
 * The exact inverse: accepts only bytes that statement_encode would write.
 * Faults: FORMAT, LIMIT, UNSUPPORTED (unknown type or kind).
 */
FALLIBLE statement_decode(struct span canonical, struct statement *out,
    struct statement_doc *doc, struct fault *f);

/*
 * The members of the EIP-712 type Statement, for kinds with a number: what a
 * contract is given. `sha` is the statement hash.
 */
FALLIBLE statement_message(const struct statement *s, const struct sha256 *sha,
    struct eip712_statement *out, struct fault *f);
/*
 * What the signer signs: EIP-712 Statement, or Digest for kinds without a
 * number; *scheme_type (may be NULL) is that name. `sha` is the statement hash.
 */
FALLIBLE statement_signing_digest(const struct statement *s,
    const struct sha256 *sha, struct keccak256 *out, const char **scheme_type,
    struct fault *f);
/* Feed id as bytes32. USAGE beyond 32 characters or outside ASCII 0x21-7e. */
FALLIBLE statement_feed_bytes32(
    struct span feed, uint8_t out[32], struct fault *f);

#endif
