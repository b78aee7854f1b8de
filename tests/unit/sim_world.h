/* SPDX-License-Identifier: Apache-2.0 */
/* A world of the TDX simulator as files of an Intel case. */
#ifndef AFFIANT_TEST_SIM_WORLD_H
#define AFFIANT_TEST_SIM_WORLD_H

#include "attest/sim.h"
#include "tests/unit/intel_world.h"

/* The time at which all of it is good: 2026-01-15T00:00:00Z. */
extern const struct utc sim_world_now;
extern const uint8_t sim_world_report_data[REPORT_DATA_BYTES];

/* Evidence by the recipe; the root is found in the evidence. */
struct intel_world sim_world_mint(
    const struct sim_keys *keys, const struct sim_recipe *r);
/*
 * The same quote as version 5 with a TD 1.5 body: TEE_TCB_SVN2 and
 * MRSERVICETD added, signed again.
 */
void sim_world_make_15(struct intel_world *w, const struct sim_keys *keys,
    const uint8_t svn2[16], const uint8_t mrservicetd[48]);

#endif
