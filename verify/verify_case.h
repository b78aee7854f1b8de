/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of verify*.c: one judgement under way, and the rows that it walks.
 * verify.c fixes the order of belief; verify_form.c, verify_statement.c,
 * verify_signature.c, verify_binding.c and verify_policy.c each hold a table.
 */
#ifndef AFFIANT_VERIFY_CASE_H
#define AFFIANT_VERIFY_CASE_H

#include "verify/evidence_kind.h"
#include "verify/ratls.h"

struct verify_tls; /* verify_tls.h */

struct verify_case {
	const struct verify_options *opt;
	struct verdict *v;

	/* A response; or, when bare, a quote of a named platform; or a
	 * certificate with a quote in it, which is a bare one too. */
	bool bare, is_cert;
	struct span in;
	unsigned held;     /* NEEDS_... that hold so far */
	struct fault form; /* why the response was not decoded, or none */
	struct response response;
	struct response_doc response_doc;
	struct statement *statement; /* NULL until decoded */
	struct statement_doc statement_doc;
	struct sha256 hash;   /* of the statement's bytes */
	struct sha256 bound;  /* what the quote has to begin with */
	struct span expected; /* bare: 64 bytes, or empty */

	/* A certificate: its evidence stands in `response`. */
	struct blob cert_der, cert_spki;
	struct x509_cert cert;
	enum ratls_form ratls;

	struct span platform_name; /* a hint */
	struct span quote;
	struct verify_tls *tls; /* NULL: no certificates in evidence */

	const struct tee_platform *platform; /* NULL until known */
	bool opened;
	struct tee_case tee;
	/* Beside evidence_kinds[]; those that do not concern us have no state
	 * and no rows. */
	struct kind_case kind[EVIDENCE_KINDS_MAX];
	bool kind_opened[EVIDENCE_KINDS_MAX];
};

/*
 * A row's `needs`: what must hold before it may run; otherwise it is recorded
 * as not run, and the verdict cannot be good. A bare quote has no response and
 * no statement: such rows are excused.
 */
enum {
	NEEDS_JSON = 1 << 0,      /* response.json passed */
	NEEDS_RESPONSE = 1 << 1,  /* response.form passed */
	NEEDS_STATEMENT = 1 << 2, /* statement.form passed */
	NEEDS_PRESENT = 1 << 3,   /* quote.present passed */
	NEEDS_ROOT = 1 << 4,      /* whose root the quote ends in is known */
	NEEDS_QUOTE = 1 << 5,     /* every row of the platform held */
	NEEDS_BATCH = 1 << 6,     /* batch.path held: `bound` is known */
	NEEDS_CONFIGURATION = 1 << 8, /* recompute.configuration held */
	NEEDS_BODIES = 1 << 9,        /* recompute.bodies held */
	NEEDS_CERTS = 1 << 10,        /* tls.evidence passed or was excused */
	NEEDS_CHAINS = 1 << 11,       /* tls.chain, too */
	NEEDS_CERTIFICATE = 1 << 12,  /* cert.form passed */
	NEEDS_AUTHENTIC = 1 << 7      /* every row of authenticity held */
};

struct verify_check {
	struct check_info info;
	unsigned needs; /* bits */
	unsigned gives; /* bits that hold once this passed or was excused */
	/* Pass, or why not; verify_excuse when it does not apply. */
	FALLIBLE (*run)(struct verify_case *c, struct fault *f);
};

struct verify_table {
	const struct verify_check *rows;
	size_t n;
};

/* When the answer came: what certificates are held against. */
struct utc verify_received_at(const struct statement_source *b);

/* Same as tee_skip: leaves the reason and returns false. */
bool verify_excuse(struct fault *f, const char *why);

/* Tables, in the order of belief. */
extern const struct verify_table verify_cert;      /* a certificate */
extern const struct verify_table verify_form;      /* response, statement */
extern const struct verify_table verify_statement; /* what it says */
extern const struct verify_table verify_signature;
extern const struct verify_table verify_tls_rows;  /* what it saw */
extern const struct verify_table verify_evidence;  /* the quote is there */
extern const struct verify_table verify_binding;   /* after the platform */
extern const struct verify_table verify_recompute; /* from the bodies */
extern const struct verify_table verify_policy;
extern const struct verify_table verify_tls_policy;

/*
 * verify_kinds.c: evidence beside the quote. Rows of authenticity, then of
 * policy, then what they say of the links; drop frees all of it.
 */
void verify_kinds_authenticate(struct verify_case *c);
void verify_kinds_appraise(struct verify_case *c);
void verify_kinds_explain(struct verify_case *c);
void verify_kinds_drop(struct verify_case *c);

/* Passed, failed, or excused: then *f is of kind NONE and has a text. */
void verify_record(struct verdict *v, const struct check_info *info, bool ok,
    const struct fault *f);

/* What was authenticated about the statement; only when all of it was. */
void verify_claims_add(const struct verify_case *c);
/* Concludes from the outcomes which parts of the promise hold. */
void verify_links_conclude(const struct verify_case *c);

/* Everything from the first row to the verdict; then drop. */
void verify_case_judge(struct verify_case *c);
void verify_case_drop(struct verify_case *c);

#endif
