/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collateral bundle: everything the vendor signed about a platform, in one
 * canonical JSON object (FORMAT.evidence.md section 5). Packed by whoever
 * gathers it, unpacked by whoever judges it. Nothing in here is believed:
 * signatures are the platform's business.
 */
#ifndef AFFIANT_COLLATERAL_H
#define AFFIANT_COLLATERAL_H

#include "verify/base/json.h"
#include "verify/base/limits.h"

#define COLLATERAL_TYPE "affiant.collateral.v1"

/* Views; empty when absent. */
struct collateral {
	struct span pck_chain;                /* PEM */
	struct span pck_crl;                  /* DER */
	struct span pck_crl_issuer_chain;     /* PEM */
	struct span qe_identity;              /* exact JSON body */
	struct span qe_identity_issuer_chain; /* PEM */
	struct span root_ca_crl;              /* DER */
	struct span tcb_info;                 /* exact JSON body */
	struct span tcb_info_issuer_chain;    /* PEM */
};

/* The memory an unpacked bundle borrows from. */
struct collateral_doc {
	struct json *json;
	struct blob pck_crl, root_ca_crl;
};
void collateral_doc_drop(struct collateral_doc *d);

/* Members in canonical order; empty ones are left out. */
FALLIBLE collateral_encode(
    const struct collateral *c, struct wr *w, struct fault *f);
/*
 * Unknown members are refused; the order and white space are not judged, what
 * is inside carries its own signatures. FORMAT and LIMIT faults at
 * "collateral.MEMBER".
 */
FALLIBLE collateral_decode(struct span in, struct collateral *out,
    struct collateral_doc *doc, struct fault *f);

/*
 * The folder form, for programs: which file goes into which member. `offset`
 * is that of the span in struct collateral.
 */
struct collateral_file {
	const char *name; /* "tcb_info.json" */
	size_t offset;
	size_t max_bytes;
};
extern const struct collateral_file collateral_files[];
extern const size_t n_collateral_files;

#endif
