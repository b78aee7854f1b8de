/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which collateral a quote needs: FMSPC and CA stand in the PCK certificate
 * that it carries, the TEE in its header (intel-dcap sections 2 to 5). Read,
 * not believed: a quote that lies gets collateral that does not fit it.
 */
#ifndef AFFIANT_COLLATERAL_QUOTE_H
#define AFFIANT_COLLATERAL_QUOTE_H

#include "sources/collateral_check.h"

/*
 * A bare quote, or JSON with the quote as base64 in its member `quote` (a
 * response, what `affiantd quote` prints). UNSUPPORTED at "collateral.quote"
 * when it carries no PCK chain; otherwise what parsing raises ("intel.*",
 * "collateral.quote").
 */
FALLIBLE collateral_quote_platform(
    struct span quote, struct collateral_platform *out, struct fault *f);

#endif
