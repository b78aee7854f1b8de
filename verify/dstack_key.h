/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain of a derived key (FORMAT.evidence.md section 7): a key service's
 * root vouches for an app's key, and that for the key that signs. Recovery
 * always gives some key: what it gives means nothing until the root is compared
 * with one known beforehand, and the app id with the one that was measured.
 */
#ifndef AFFIANT_DSTACK_KEY_H
#define AFFIANT_DSTACK_KEY_H

#include "chain/eth.h"
#include "verify/base/json.h"
#include "verify/dstack_identity.h"

#define DSTACK_KEY_TYPE "dstack-getkey"

struct dstack_key {
	uint8_t app_id[DSTACK_APP_ID_BYTES];
	struct span path, purpose; /* borrow from doc */
	struct eth_key public_key;
	struct eth_sig by_app, by_root; /* v 27 or 28 */
	bool has_root; /* false: there is no key service behind it */
	struct json *doc;
};
void dstack_key_drop(struct dstack_key *k);

/* Reads `keyChain`: FORMAT and LIMIT at "dstack.key.form". */
FALLIBLE dstack_key_parse(
    struct span text, struct dstack_key *out, struct fault *f);

/*
 * The app's key: who signed this public key for this purpose. `public_key` is
 * 33 bytes (secp256k1) or 32 (Ed25519). Faults of eth_sig_recover.
 */
FALLIBLE dstack_key_app(struct span public_key, struct span purpose,
    const struct eth_sig *by_app, struct eth_key *out, struct fault *f);
/* The root's key: who signed that app key for this app id. */
FALLIBLE dstack_key_root(const uint8_t app_id[DSTACK_APP_ID_BYTES],
    const struct eth_key *app, const struct eth_sig *by_root,
    struct eth_key *out, struct fault *f);
/* 65 bytes with a recovery id of 0, 1, 27 or 28: FORMAT at "dstack.key.form" */
FALLIBLE dstack_key_signature(
    struct span bytes, struct eth_sig *out, struct fault *f);

#endif
