/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the daemon's collateral comes from, as configured: a service that is
 * asked for this machine, or a file that the operator keeps.
 */
#ifndef AFFIANT_COLLATERAL_SOURCE_H
#define AFFIANT_COLLATERAL_SOURCE_H

#include "attest/attest.h"
#include "oracle/config.h"
#include "sources/collateral_check.h"

struct collateral_source {
	const struct collateral_config *config; /* borrowed */
	struct attest *attest;                  /* borrowed */
	/* Found out with a quote, once. */
	bool has_platform;
	struct collateral_platform platform;
};

/*
 * A collateral_obtain (collateral_keeper.h); `user` is a struct
 * collateral_source. The bundle is canonical, of a form that a verifier can
 * use, and about this machine.
 */
bool collateral_source_obtain(void *user, const volatile bool *stop,
    struct blob *bundle, struct collateral_facts *facts, struct fault *f);

#endif
