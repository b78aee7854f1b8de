/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCB info and QE identity: what stands inside Intel's signed JSON, read only
 * after the signature held. Rule numbers are those of intel-dcap section 13;
 * each function is one of them.
 */
#ifndef AFFIANT_INTEL_TCB_H
#define AFFIANT_INTEL_TCB_H

#include "verify/base/json.h"
#include "verify/base/limits.h"
#include "verify/base/utc.h"
#include "verify/intel_status.h"

#include <stdint.h>

#define INTEL_COMPONENTS 16

/* A level of the platform. */
struct intel_level {
	uint8_t sgx[INTEL_COMPONENTS];
	uint8_t tdx[INTEL_COMPONENTS];
	uint16_t pcesvn;
	enum intel_status status;
	struct utc date;
	const struct json_node *advisories; /* array of text, or NULL */
};

/* A level of a TDX module or of a quoting enclave. */
struct intel_svn_level {
	uint16_t isvsvn;
	enum intel_status status; /* plain */
	struct utc date;
	const struct json_node *advisories;
};
/* Sorted, highest first. */
struct intel_svn_levels {
	struct intel_svn_level v[LIMIT_TCB_SVN_LEVELS];
	size_t n;
};

struct intel_module {
	const char *id; /* "TDX_03"; NULL for `tdxModule` */
	uint8_t mrsigner[48];
	uint8_t attributes[8];
	uint8_t mask[8];
	struct intel_svn_levels levels;
};

struct intel_tcb {
	const char *id; /* "SGX", "TDX"; NULL in version 2 */
	uint64_t version;
	const char *issue_date, *next_update;
	uint64_t type;
	const struct json_node *inner; /* the signed object */
	const struct json_node *levels_node;
	struct intel_module module; /* `tdxModule`; TDX only */
	struct utc from, to;        /* T06 */
	uint64_t evaluation;        /* T10 */
	/* T09: */
	struct intel_level level[LIMIT_TCB_LEVELS]; /* sorted, highest first */
	size_t n_levels;
	struct intel_module identity[LIMIT_TCB_MODULES];
	size_t n_identities;
};

/* T03: known members present and of the right type. */
FALLIBLE intel_tcb_members(
    const struct json_node *inner, struct intel_tcb *out, struct fault *f);
/* T04: version 2 without id (SGX only), or 3 with the id of the TEE. */
FALLIBLE intel_tcb_version(
    const struct intel_tcb *t, bool is_tdx, struct fault *f);
/* T05 */
FALLIBLE intel_tcb_type(const struct intel_tcb *t, struct fault *f);
/* T06, the form only: whether the time is within is the caller's. */
FALLIBLE intel_tcb_dates(struct intel_tcb *t, struct fault *f);
/* T10 */
FALLIBLE intel_tcb_evaluation(struct intel_tcb *t, struct fault *f);
/* T07 and T08 */
FALLIBLE intel_tcb_fmspc(
    const struct intel_tcb *t, struct span fmspc, struct fault *f);
FALLIBLE intel_tcb_pceid(
    const struct intel_tcb *t, struct span pceid, struct fault *f);
/* T09 */
FALLIBLE intel_tcb_levels(struct intel_tcb *t, struct fault *f);

struct intel_identity {
	const char *id;
	uint64_t version;
	const char *issue_date, *next_update;
	const struct json_node *inner, *levels_node;
	uint64_t isv_prod_id;
	struct utc from, to; /* E05 */
	uint64_t evaluation; /* T10 */
	uint8_t misc_select[4], misc_mask[4];
	uint8_t attributes[16], attributes_mask[16];
	uint8_t mrsigner[32];
	struct intel_svn_levels levels; /* E11 */
};

/* E03 */
FALLIBLE intel_identity_members(
    const struct json_node *inner, struct intel_identity *out, struct fault *f);
/* E04 */
FALLIBLE intel_identity_version(
    const struct intel_identity *id, bool is_tdx, struct fault *f);
/* E05 */
FALLIBLE intel_identity_dates(struct intel_identity *id, struct fault *f);
/* T10 */
FALLIBLE intel_identity_evaluation(struct intel_identity *id, struct fault *f);
/* The first half of E11. */
FALLIBLE intel_identity_levels(struct intel_identity *id, struct fault *f);

/* Shared: signer, attributes and mask of a TDX module. */
FALLIBLE intel_tcb_module_read(const struct json_node *node,
    struct intel_module *out, const char *at, struct fault *f);
/* Shared: `tcbLevels` with `isvsvn`, sorted; at least one, no two alike. */
FALLIBLE intel_tcb_svn_levels(const struct json_node *array,
    struct intel_svn_levels *out, struct fault *f);

#endif
