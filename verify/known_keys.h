/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys whose secret is published: those of simulators, of mock servers, of seeds
 * that are all zero. Whoever wants can sign with them, so nothing that rests on
 * one is authentic, whatever a policy or an option says.
 */
#ifndef AFFIANT_KNOWN_KEYS_H
#define AFFIANT_KNOWN_KEYS_H

#include "verify/base/bytes.h"

/*
 * Whose key it is, in words, or NULL when it is none of them. `key` is a
 * compressed secp256k1 key (33 bytes), an address (20), or the SHA-256 of a
 * root's certificate (32).
 */
const char *known_key_find(struct span key);

#endif
