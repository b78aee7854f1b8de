/* SPDX-License-Identifier: Apache-2.0 */
/* A caller's side of verify/FORMAT.request.md, written from that page. */
#ifndef AFFIANT_TESTS_REQUEST_SEALER_H
#define AFFIANT_TESTS_REQUEST_SEALER_H

#include "verify/base/bytes.h"

/* To a public key of 32 bytes; false when OpenSSL fails. */
bool request_sealer_seal(struct span key, struct span plain, struct blob *out);

#endif
