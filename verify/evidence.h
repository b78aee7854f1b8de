/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The response: statement, quote, signature and evidence, written and read in
 * one place (evidence.c), in the order of FORMAT.evidence.md. The daemon
 * writes with these functions, the verifier reads with them.
 */
#ifndef AFFIANT_EVIDENCE_H
#define AFFIANT_EVIDENCE_H

#include "verify/merkle.h"
#include "verify/statement.h"

#define EVIDENCE_TYPE "affiant.evidence.v1"
#define REPORT_DATA_BYTES 64

/* What a quote provider hands out beside the statement. Views borrow. */
struct evidence {
	struct span platform; /* "tdx": a hint, never believed */
	struct span provider; /* "simulator", "dstack", ... */
	bool simulated;       /* a hint, never believed */
	bool has_batch;
	struct merkle_path batch;
	struct span quote; /* raw bytes */
	/* JSON texts, put in as they stand; empty when absent. */
	struct span event_log;   /* array */
	struct span app_compose; /* raw text, not JSON: encoded as a string */
	struct span key_chain;   /* object */
	struct span mr_config;   /* raw text, encoded as a string */
	struct span collateral;  /* object: collateral.h */
	/* What an auditor judges long afterwards (RESPONSE_FULL only). */
	struct span tls;           /* object: tls_bundle.h */
	struct span bodies;        /* array of base64, by their SHA-256 */
	struct span configuration; /* raw text: encoded as a string */
};

struct response {
	struct span statement; /* canonical bytes */
	struct sha256 report_data_hash;
	struct eth_sig signature;
	struct eth_addr signer;
	struct keccak256 digest;
	struct evidence evidence;
};

/* The memory a decoded response borrows from. */
struct response_doc {
	struct json *json;
	struct blob quote;
};
void response_doc_drop(struct response_doc *d);

/* What `?evidence=` chooses. */
enum response_detail {
	RESPONSE_SIGNATURE, /* statement and signature only */
	/* The default: all but collateral, tls, bodies and configuration. */
	RESPONSE_QUOTE,
	RESPONSE_FULL
};

/* SHA-256 then 32 zero bytes. */
void report_data_of(const struct sha256 *bound, uint8_t out[REPORT_DATA_BYTES]);

/*
 * Writes compact JSON, members in the order of FORMAT.evidence.md. Nothing is
 * checked but that the writer has room. Without a quote neither `quote` nor
 * `evidence` is written. Allocates nothing when w is fixed.
 */
FALLIBLE response_encode(const struct response *r, enum response_detail detail,
    struct wr *w, struct fault *f);
/*
 * Reads one response. Unknown members are refused. The statement is cut out
 * as it stands and not yet decoded; quote may be empty (then nothing can be
 * proved and the verdict says so). Views live as long as doc.
 * Faults: UNSUPPORTED or LIMIT at "response.json" (no JSON, or too much of it)
 * and "response.kind" (JSON, but nothing of ours): nothing to judge; FORMAT,
 * LIMIT and UNSUPPORTED at "response.MEMBER".
 */
FALLIBLE response_decode(struct span in, struct response *out,
    struct response_doc *doc, struct fault *f);

#endif
