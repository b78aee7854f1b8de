/* SPDX-License-Identifier: Apache-2.0 */
/* The rows, each in a file tee_X.c of its own; listed in tee_platforms.c. */
#ifndef AFFIANT_TEE_PLATFORMS_H
#define AFFIANT_TEE_PLATFORMS_H

#include "verify/tee.h"

extern const struct tee_platform tee_tdx;
extern const struct tee_platform tee_sgx;
extern const struct tee_platform tee_nitro;

#endif
