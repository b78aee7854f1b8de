/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of quote providers. "auto" tries hardware in this order, the most
 * specific device first; simulators stand last and are only ever taken when
 * they are asked for.
 */
#include "attest/provider.h"

const struct attest_row *const attest_rows[] = {
	&quote_dstack,
	&quote_tappd,
	&quote_tdx_tsm,
	&quote_nitro,
	&quote_marlin,
	&quote_sim_tdx,
	&quote_sim_nitro,
	NULL,
};
