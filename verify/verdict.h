/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verdict is what all the checks add up to: the ordered list of checks with
 * pass, fail or not run, each with its fault, and the table of links (which
 * part of the promise is proved, refuted, or not checked and why). It is good
 * only if it is not empty and everything in it passed.
 */
#ifndef AFFIANT_VERDICT_H
#define AFFIANT_VERDICT_H

#include "chain/eth.h"
#include "verify/base/bytes.h"
#include "verify/base/utc.h"

#define VERDICT_TYPE "affiant.verdict.v1"
#define VERDICT_MAX_CHECKS 256
#define VERDICT_MAX_CLAIMS 96

enum check_result { CHECK_NOT_RUN = 0, CHECK_PASS, CHECK_FAIL };

/* Whether a check is about authenticity or about what the policy wants. */
enum check_stage { STAGE_AUTHENTIC, STAGE_POLICY };

/* What a check is, apart from how it is done: printed by `explain`. */
struct check_info {
	const char *id;      /* "tdx.quote.signature": stable */
	const char *ref;     /* number in the specification, "S04"; or "" */
	const char *clause;  /* where the rule comes from, in a few words */
	const char *explain; /* what it means and what to do about it */
	enum check_stage stage;
};

struct check_outcome {
	const struct check_info *info;
	enum check_result result;
	struct fault fault; /* FAIL: why. NOT_RUN: why not (text). */
	/* NOT_RUN only: the rule cannot apply to this evidence, or nobody
	 * asked. Otherwise it could not run, and nothing may rest on it. */
	bool excused;
};

/* Rows of DESIGN section 1, in its order. */
enum link_id {
	LINK_SERVER,
	LINK_STATEMENT, /* this code heard it */
	LINK_CODE,
	LINK_CONFIG,
	LINK_HARDWARE,
	LINK_SIGNER,
	LINK_FRESH,
	LINK_LOG,
	LINK_COUNT
};
enum link_state { LINK_NOT_CHECKED = 0, LINK_PROVED, LINK_REFUTED };
struct link {
	enum link_state state;
	char why[FAULT_TEXT_MAX];
};
/* "server", "statement", ...: names in JSON. */
const char *link_name(enum link_id id);
/* "the server said so", ...: what a person reads. */
const char *link_title(enum link_id id);

enum verdict_kind {
	VERDICT_NOT_JUDGED = 0, /* exit 2 */
	VERDICT_ACCEPTED,       /* exit 0 */
	VERDICT_REJECTED,       /* exit 1 */
	VERDICT_AUTHENTIC       /* exit 3: no policy said whose code it is */
};

/* Authenticated facts for relying parties: name, and text or hex. */
struct claim {
	const char *name; /* static; "measurements.mrtd" nests once in JSON */
	char *value;      /* owned */
	bool is_json;     /* value is JSON text (array, number, bool) */
};

struct verdict {
	enum verdict_kind kind;
	struct utc at;
	char platform[16]; /* "" when unknown */
	bool simulated;
	bool trust_root_replaced;
	struct check_outcome checks[VERDICT_MAX_CHECKS];
	size_t n_checks;
	bool overflow; /* a list was full: never good */
	struct link links[LINK_COUNT];
	struct claim claims[VERDICT_MAX_CLAIMS];
	size_t n_claims;
	/* The claim timeInterval: between these the answers came. */
	bool has_interval;
	struct utc not_before, not_after;
	char summary[FAULT_TEXT_MAX]; /* one sentence */
};

void verdict_drop(struct verdict *v);

/* Appends; never loses a failure: a full list fails the verdict. */
void verdict_pass(struct verdict *v, const struct check_info *info);
void verdict_fail(
    struct verdict *v, const struct check_info *info, const struct fault *why);
/* Not run although it should have been: the verdict cannot be good. */
void verdict_skip(
    struct verdict *v, const struct check_info *info, const char *why);
/* Not run because it does not apply, or was not asked for. */
void verdict_excuse(
    struct verdict *v, const struct check_info *info, const char *why);
void verdict_link(struct verdict *v, enum link_id id, enum link_state state,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void verdict_claim_text(struct verdict *v, const char *name, const char *value);
void verdict_claim_hex(struct verdict *v, const char *name, struct span bytes);
void verdict_claim_json(struct verdict *v, const char *name, const char *json);

const struct check_outcome *verdict_find(
    const struct verdict *v, const char *check_id);
/*
 * Every check of authenticity passed or was excused, and at least one passed.
 */
bool verdict_is_authentic(const struct verdict *v);
/*
 * Adds everything up into kind and summary (FORMAT.evidence.md section 6):
 * rejected if a check failed with a kind that rejects; not judged if a check
 * failed otherwise, could not run, or none passed; accepted if LINK_CODE is
 * proved; else authentic.
 */
void verdict_conclude(struct verdict *v);
/* "accepted", "rejected", "not-judged", "authentic". */
const char *verdict_kind_name(enum verdict_kind kind);
/* 0, 1, 2, 3. */
int verdict_exit_code(enum verdict_kind kind);

/* The JSON form of DESIGN section 4 ("affiant.verdict.v1"). */
FALLIBLE verdict_encode(const struct verdict *v, struct wr *w, struct fault *f);

#endif
