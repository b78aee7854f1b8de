/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRCONFIGID as hosts of dstack set it: four generations. The host chooses it
 * and the processor only records it, so it says nothing by itself: a host with
 * a kernel of its own sets what it likes. It is held against what was measured,
 * because the guest's own software refuses to boot when the two disagree. A
 * host may leave it zero: then nothing is bound.
 */
#ifndef AFFIANT_DSTACK_MR_CONFIG_H
#define AFFIANT_DSTACK_MR_CONFIG_H

#include "verify/dstack_identity.h"

#define DSTACK_MR_CONFIG_BYTES 48

/* Each of the first two generations, whole. */
void dstack_mr_config_v1(
    const struct sha256 *compose_hash, uint8_t out[DSTACK_MR_CONFIG_BYTES]);
void dstack_mr_config_v2(const struct sha256 *compose_hash,
    const uint8_t app_id[DSTACK_APP_ID_BYTES], enum dstack_key_provider kind,
    struct span key_provider_id, uint8_t out[DSTACK_MR_CONFIG_BYTES]);
/* The third, over the document's exact bytes. */
void dstack_mr_config_v3(
    struct span document, uint8_t out[DSTACK_MR_CONFIG_BYTES]);

/*
 * Whether a register that is not zero is one of these for this guest.
 * `document` may be empty: without it the third generation cannot be told, and
 * *is_open is set. `compose_key_id`: the identity that the app-compose pins, or
 * empty. CRYPTO at "dstack.mrconfigid".
 */
FALLIBLE dstack_mr_config_check(struct span mrconfigid,
    const struct dstack_identity *id, struct span compose_key_id,
    struct span document, bool *is_open, struct fault *f);

#endif
