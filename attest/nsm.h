/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Nitro security module: CBOR there and back, over the one ioctl of
 * /dev/nsm (nitro section 1). An exchange can be put in the device's place.
 */
#ifndef AFFIANT_NSM_H
#define AFFIANT_NSM_H

#include "verify/base/bytes.h"

#define NSM_DEVICE "/dev/nsm"
#define NSM_REQUEST_BYTES 0x1000
#define NSM_RESPONSE_BYTES 0x3000

struct nsm {
	/* Writes at most NSM_RESPONSE_BYTES; SYSTEM faults at "nsm.device". */
	FALLIBLE(*exchange)
	(void *user, struct span request, uint8_t *response, size_t *n_out,
	    struct fault *f);
	void *user;
};

/*
 * Opens the device. SYSTEM at "nsm.device" when it is not there, or may not be
 * opened by us.
 */
FALLIBLE nsm_open(struct nsm *out, struct fault *f);
void nsm_close(struct nsm *n); /* only what nsm_open made */

/*
 * A document with this user data, and with null for nonce and public key. The
 * caller drops it; nothing in it was checked. REMOTE at "nsm.error" with the
 * module's own word, "nsm.response" for an answer that is none.
 */
FALLIBLE nsm_document(const struct nsm *n, struct span user_data,
    struct blob *out, struct fault *f);

#endif
