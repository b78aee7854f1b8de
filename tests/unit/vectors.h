/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real evidence for tests: files in the folder that the environment variable
 * AFFIANT_VECTORS names. Without the folder the calling test is skipped and
 * says so; a file that is missing in it is a failure, as is everything else
 * here. Link test_vectors.
 */
#ifndef AFFIANT_TEST_VECTORS_H
#define AFFIANT_TEST_VECTORS_H

#include "verify/base/json.h"

/* Whether the folder is there, for tests that only use it in part. */
bool vectors_present(void);

/* `name` is relative: "evm/decimal.json". Free with json_free. */
struct json *vectors_json(const char *name);
/* The bytes of a file. Free with blob_drop. */
struct blob vectors_file(const char *name);
/* Whether this file is there. */
bool vectors_has(const char *name);

/* A member of an object, which must be there. */
const struct json_node *vectors_member(
    const struct json_node *v, const char *name);
/* A member that is text. Borrowed from the document. */
const char *vectors_text(const struct json_node *v, const char *name);
/* A member that is hexadecimal text, with or without 0x. blob_drop. */
struct blob vectors_hex(const struct json_node *v, const char *name);
/* The same of exactly n bytes. */
void vectors_hex_into(
    const struct json_node *v, const char *name, void *out, size_t n);
/* A member that is an integer in plain digits. */
uint64_t vectors_u64(const struct json_node *v, const char *name);

#endif
