/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An Intel case made of files, as the vectors have it: a quote, the seven
 * parts of collateral and a chain of its own; judged by the platform's row,
 * check by check, without policy or statement.
 */
#ifndef AFFIANT_TEST_INTEL_WORLD_H
#define AFFIANT_TEST_INTEL_WORLD_H

#include "tests/unit/vectors.h"
#include "verify/intel_case.h"

enum intel_file {
	INTEL_QUOTE,
	INTEL_TCB_INFO,
	INTEL_QE_IDENTITY,
	INTEL_PCK_CRL,
	INTEL_ROOT_CRL,
	INTEL_PCK_CRL_CHAIN,
	INTEL_TCB_CHAIN,
	INTEL_QE_CHAIN,
	INTEL_PCK_CHAIN,
	INTEL_FILES
};
extern const char *const intel_file_names[INTEL_FILES];

struct intel_world {
	struct blob file[INTEL_FILES];
	struct blob root; /* empty: the pinned one */
	struct utc at;
	bool is_tdx;
};
void intel_world_drop(struct intel_world *w);

/* Index of "tcb_info.json" and so on; fails the test for another name. */
enum intel_file intel_world_index(const char *name);
/* Replaces a file by one below the vectors' folder "intel/". */
void intel_world_load(struct intel_world *w, enum intel_file which,
    const char *dir, const char *name);
/* The seven parts, and pck_chain.pem and root_ca.der where the folder has
 * them. */
void intel_world_load_set(struct intel_world *w, const char *dir);
struct blob intel_world_copy(struct span s);

/* What came out. */
struct intel_outcome {
	bool authentic;
	struct check_info info; /* of the check that failed */
	struct fault fault;
	bool simulated;
	struct verdict verdict; /* claims, when authentic */
};
void intel_outcome_drop(struct intel_outcome *o);

/*
 * Runs the rows of the platform in order and stops at the first failure; asks
 * for claims when all passed. `policy` may be NULL.
 */
void intel_world_judge(const struct intel_world *w, const struct policy *policy,
    struct intel_outcome *out);
/* A claim's value, or NULL. */
const char *intel_outcome_claim(
    const struct intel_outcome *o, const char *name);

#endif
