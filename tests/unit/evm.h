/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the vector files of $AFFIANT_VECTORS/evm by their structure: no test
 * knows the id, the number or the order of cases. What is missing or of the
 * wrong kind in a file fails the test; a missing folder skips it.
 */
#ifndef AFFIANT_TEST_EVM_H
#define AFFIANT_TEST_EVM_H

#include "chain/eth.h"
#include "verify/base/json.h"

struct evm_file {
	struct json *doc;
	const struct json_node *cases; /* as many as the file's `count` says */
};

/* name without ".json". Calls skip() when there are no vectors. */
struct evm_file evm_open(const char *name);
void evm_close(struct evm_file *file);

const char *evm_id(const struct json_node *c);
/* The member must be there. */
const struct json_node *evm_get(const struct json_node *c, const char *name);
const char *evm_text(const struct json_node *c, const char *name);
bool evm_bool(const struct json_node *c, const char *name);
uint64_t evm_u64(const struct json_node *c, const char *name);
/* "0x" and any number of bytes; the blob is the caller's. */
struct blob evm_blob(const struct json_node *c, const char *name);
struct blob evm_blob_of(const struct json_node *v);
/* "0x" and exactly n bytes. */
void evm_bytes(
    const struct json_node *c, const char *name, void *out, size_t n);
bool evm_has(const struct json_node *c, const char *name);
/* "valid": false, or an "error": the code under test must refuse. */
bool evm_is_negative(const struct json_node *c);
/* An integer of up to 256 bits, as text or number, as a big-endian word. */
void evm_word(const struct json_node *v, uint8_t out[32]);

/* Whether the case's member spells these bytes in hexadecimal. */
bool evm_equals(const struct json_node *c, const char *name, struct span got);

/* The public key of a private key, as 04 X Y; false when it is no key. */
bool evm_public_key(const uint8_t private_key[32], uint8_t out[65]);

/* Fails the test and names the case. */
#define EVM_TRUE(c, what)                                     \
	do {                                                  \
		if (!(what))                                  \
			fail_msg("%s: %s", evm_id(c), #what); \
	} while (0)

#endif
