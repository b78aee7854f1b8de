/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the checks of an Intel quote work on, for both TEEs, and the checks
 * themselves: one function per row of intel-dcap section 13, to be called in
 * the order of intel_rows.h. Each may rely on those before it having passed.
 */
#ifndef AFFIANT_INTEL_CASE_H
#define AFFIANT_INTEL_CASE_H

#include "verify/collateral.h"
#include "verify/intel_json.h"
#include "verify/intel_pck.h"
#include "verify/intel_quote.h"
#include "verify/intel_root.h"
#include "verify/intel_tcb.h"
#include "verify/tee.h"
#include "verify/x509_crl.h"
#include "verify/x509_pem.h"

/* A signer of Intel's JSON: two certificates, the second being the root. */
struct intel_signer {
	struct x509_pem pem;
	struct x509_cert own;
	/* Both JSONs have the same signer as a rule: parsed once. */
	const struct x509_cert *cert;
	bool is_shared;
};

/* The window in which everything that was looked at is valid. */
struct intel_window {
	struct utc from, to;
	const char *from_by, *to_by; /* what sets them */
};

/* Status of levels, filled by the rows E11 to L05. */
struct intel_result {
	const struct intel_level *sgx, *tdx;
	const struct intel_module *module;          /* what is expected */
	const struct intel_svn_level *module_level; /* NULL: T[1] is 0 */
	const struct intel_svn_level *qe_level;
	enum intel_status status; /* merged */
	bool relaunch_granted;
	const char *advisory[LIMIT_ADVISORIES]; /* union, first seen first */
	size_t n_advisories;
	uint64_t evaluation; /* the smaller one */
	struct utc tcb_date; /* the smallest */
};

/*
 * What follows from root, chain and collateral alone: parsed, and after a
 * judgement without a fault also verified. It may then serve the next case
 * with the very same bytes (verify_options.memory): rows that parse or verify
 * signatures pass at once when is_complete; rows about time, revocation, names
 * and levels run again every time.
 */
struct intel_known {
	struct blob trust_root; /* as given; empty: none was */
	struct blob bundle;     /* as given; empty: in parts */
	struct blob chain;      /* pck_text points here once it is kept */
	bool is_keepable;       /* the three copies were made */
	bool is_complete;

	struct intel_root root;
	struct span pck_text; /* the PCK chain that counts */
	struct x509_pem pck_pem;
	struct fault pck_fault; /* why pck_text is no PEM; raised by P01 */
	struct x509_cert pck, ca;
	struct intel_pck facts;

	struct collateral_doc doc;
	struct collateral col;
	bool has_collateral;
	struct x509_crl root_crl, pck_crl;
	struct intel_signer tcb_signer, qe_signer;
	struct intel_json tcb_json, qe_json;
	bool tcb_duplicate, qe_duplicate;
	struct fault tcb_fault, qe_fault; /* J02 */
	struct intel_tcb tcb;
	struct intel_identity identity;
};

struct intel_case {
	bool is_tdx; /* what the platform's row stands for */
	struct intel_quote q;
	struct intel_known *known; /* owned */
	struct x509_key ak;
	struct intel_window window;
	struct intel_result result;
};

/* The case behind a tee_case. */
struct intel_case *intel_case_of(const struct tee_case *c);
FALLIBLE intel_case_open(struct tee_case *c, bool is_tdx, struct fault *f);
void intel_case_close(struct tee_case *c);
/*
 * Collateral in its parts, instead of the bundle. The views must outlive c,
 * and the memory if there is one, and not change until then.
 */
void intel_case_use(struct tee_case *c, const struct collateral *parts);
/*
 * Once chain and collateral are known: puts what the memory has of exactly
 * these bytes in the place of k->known. False when it has nothing.
 */
bool intel_case_recall(struct tee_case *c);
/* Whether parsing and signatures of these bytes are known to be good. */
bool intel_case_is_known(const struct tee_case *c);
/* After the last row passed: hands k->known to the memory at close. */
void intel_case_complete(struct tee_case *c);

/*
 * CRYPTO unless from <= opt->at <= to; narrows the case's window. `what` is a
 * literal that names the thing.
 */
FALLIBLE intel_case_within(struct tee_case *c, struct utc from, struct utc to,
    const char *what, const char *at, struct fault *f);

/* One row: pass, or the fault. Declared as functions of this type. */
typedef bool intel_check(struct tee_case *c, struct fault *f);

/* intel_check_quote.c: Q01 to Q11, then the bundle. */
intel_check intel_check_quote_length, intel_check_quote_version,
    intel_check_quote_key, intel_check_quote_tee, intel_check_quote_vendor,
    intel_check_quote_body, intel_check_quote_auth, intel_check_quote_tail,
    intel_check_quote_auth_size, intel_check_quote_wrapper,
    intel_check_quote_parts, intel_check_quote_certification,
    intel_check_quote_collateral;

/* intel_check_crl.c: R01 to R08. */
intel_check intel_check_crl_root_parse, intel_check_crl_root_issuer,
    intel_check_crl_root_signature, intel_check_crl_root_time,
    intel_check_crl_root_extensions, intel_check_crl_root_self,
    intel_check_crl_tcb_signer, intel_check_crl_qe_signer, intel_check_crl_ca,
    intel_check_crl_pck_parse, intel_check_crl_pck_issuer,
    intel_check_crl_pck_signature, intel_check_crl_pck_time,
    intel_check_crl_pck_extensions, intel_check_crl_pck;

/* intel_check_signer.c: T01, E01, C04 to C07. */
intel_check intel_check_signer_tcb_chain, intel_check_signer_tcb_link,
    intel_check_signer_tcb_usage, intel_check_signer_tcb_algorithm,
    intel_check_signer_tcb_time, intel_check_signer_qe_chain,
    intel_check_signer_qe_link, intel_check_signer_qe_usage,
    intel_check_signer_qe_algorithm, intel_check_signer_qe_time;

/* intel_check_json.c: J01 to T06, E03 to E05, T10. */
intel_check intel_check_json_tcb_grammar, intel_check_json_tcb_duplicates,
    intel_check_json_tcb_envelope, intel_check_json_tcb_signature,
    intel_check_json_tcb_members, intel_check_json_tcb_version,
    intel_check_json_tcb_type, intel_check_json_tcb_time,
    intel_check_json_qe_grammar, intel_check_json_qe_duplicates,
    intel_check_json_qe_envelope, intel_check_json_qe_signature,
    intel_check_json_qe_members, intel_check_json_qe_version,
    intel_check_json_qe_time, intel_check_json_evaluation;

/* intel_check_pck.c: P01 to P09, T07, T08. */
intel_check intel_check_pck_chain, intel_check_pck_root, intel_check_pck_names,
    intel_check_pck_links, intel_check_pck_usage, intel_check_pck_algorithm,
    intel_check_pck_time, intel_check_pck_extension, intel_check_pck_cpusvn,
    intel_check_pck_fmspc, intel_check_pck_pceid;

/* intel_check_signature.c: S01 to S04. */
intel_check intel_check_signature_qe, intel_check_signature_binding,
    intel_check_signature_key, intel_check_signature_quote;

/* intel_check_level.c: E06 to E11, T09, M01 to M04, L01 to L05. */
intel_check intel_check_level_qe_mrsigner, intel_check_level_qe_prodid,
    intel_check_level_qe_miscselect, intel_check_level_qe_attributes,
    intel_check_level_qe_debug, intel_check_level_qe_svn, intel_check_level_tcb,
    intel_check_level_module, intel_check_level_module_signer,
    intel_check_level_module_attributes, intel_check_level_sgx,
    intel_check_level_tdx, intel_check_level_sgx_revoked,
    intel_check_level_module_svn, intel_check_level_revoked,
    intel_check_level_merged;

#endif
