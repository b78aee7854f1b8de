/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layout of Intel's quotes: version 3 (SGX), 4 and 5 (TDX). Nothing is
 * believed here; the steps below are rules Q01 to Q11 of intel-dcap section
 * 13, to be taken in this order, each relying on the ones before it.
 */
#ifndef AFFIANT_INTEL_QUOTE_H
#define AFFIANT_INTEL_QUOTE_H

#include "verify/base/bytes.h"

#define INTEL_TEE_SGX 0x00000000u
#define INTEL_TEE_TDX 0x00000081u

#define INTEL_REPORT_BYTES 384 /* SGX enclave report, and every QE report */
#define INTEL_TD10_BYTES 584
#define INTEL_TD15_BYTES 648

enum intel_body { INTEL_BODY_SGX = 1, INTEL_BODY_TD10 = 2, INTEL_BODY_TD15 };

/* Certification data (section 4). */
enum { INTEL_CERT_PCK = 4, INTEL_CERT_PCK_CHAIN = 5, INTEL_CERT_QE_REPORT = 6 };

/* SGX enclave report, section 3. All views are into the quote. */
struct intel_report {
	struct span cpu_svn;     /* 16 */
	struct span misc_select; /* 4 */
	struct span isv_ext_prod_id;
	struct span attributes; /* 16: flags 8, xfrm 8 */
	uint64_t flags;
	struct span mrenclave; /* 32 */
	struct span mrsigner;  /* 32 */
	struct span config_id; /* 64 */
	uint16_t isv_prod_id;
	uint16_t isv_svn;
	uint16_t config_svn;
	struct span isv_family_id;
	struct span report_data; /* 64 */
};

#define INTEL_SGX_INIT (UINT64_C(1) << 0)
#define INTEL_SGX_DEBUG (UINT64_C(1) << 1)

/* TD report, section 3. */
struct intel_td {
	struct span tee_tcb_svn; /* 16 */
	struct span mrseam, mrsignerseam;
	struct span seam_attributes; /* 8 */
	struct span attributes;      /* 8 */
	uint64_t flags;              /* the same, as a number */
	struct span xfam;            /* 8 */
	struct span mrtd, mrconfigid, mrowner, mrownerconfig;
	struct span rtmr[4];
	struct span report_data; /* 64 */
	bool is_15;              /* the two fields below exist */
	struct span tee_tcb_svn2;
	struct span mrservicetd;
};

struct intel_quote {
	struct span raw;       /* as received */
	struct span canonical; /* without the zero tail; set by _tail */

	uint16_t version;
	uint16_t key_type;
	uint32_t tee;
	uint16_t qe_svn, pce_svn; /* version 3; informational */
	struct span vendor;       /* 16 */
	struct span user_data;    /* 20 */

	enum intel_body body_type;
	struct span signed_part; /* what the attestation key signs */
	struct span body;
	struct intel_report sgx; /* when body_type is SGX */
	struct intel_td td;      /* otherwise */

	uint32_t auth_len;
	struct span auth;
	struct span signature;    /* 64: r, s */
	struct span ak;           /* 64: X, Y */
	struct span qe_report;    /* 384 */
	struct intel_report qe;   /* the same, taken apart */
	struct span qe_signature; /* 64 */
	struct span qe_auth;
	uint16_t cert_type; /* 1 to 5 */
	struct span cert_data;
};

/* Start: q->raw = quote, everything else zero. */
FALLIBLE intel_quote_length(struct intel_quote *q, struct fault *f);  /* Q01 */
FALLIBLE intel_quote_version(struct intel_quote *q, struct fault *f); /* Q02 */
FALLIBLE intel_quote_key(struct intel_quote *q, struct fault *f);     /* Q03 */
FALLIBLE intel_quote_tee(struct intel_quote *q, struct fault *f);     /* Q04 */
FALLIBLE intel_quote_vendor(struct intel_quote *q, struct fault *f);  /* Q05 */
FALLIBLE intel_quote_body(struct intel_quote *q, struct fault *f);    /* Q06 */
FALLIBLE intel_quote_auth(struct intel_quote *q, struct fault *f);    /* Q07 */
FALLIBLE intel_quote_tail(struct intel_quote *q, struct fault *f);    /* Q08 */
/* Q07 again: enough for signature and key. */
FALLIBLE intel_quote_auth_size(struct intel_quote *q, struct fault *f);
FALLIBLE intel_quote_wrapper(struct intel_quote *q, struct fault *f); /* Q09 */
FALLIBLE intel_quote_parts(struct intel_quote *q, struct fault *f);   /* Q10 */
/* The first half of Q11; whether a chain is at hand is not known here. */
FALLIBLE intel_quote_certification(struct intel_quote *q, struct fault *f);

/* All of them, for those who want the layout only. */
FALLIBLE intel_quote_parse(
    struct span quote, struct intel_quote *out, struct fault *f);

#endif
