/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trading floor: every host with its certificates and its present mode,
 * shared by all connections. All functions lock; any thread may call.
 */
#ifndef AFFIANT_DEMO_FLOOR_H
#define AFFIANT_DEMO_FLOOR_H

#include "compose/demo/demo_tls.h"
#include "verify/base/hash.h"

struct demo_floor;

/* Makes the CA and every leaf; writes ca.pem, intermediate.pem to `dir`. */
FALLIBLE demo_floor_open(
    struct utc now, const char *dir, struct demo_floor **out, struct fault *f);
void demo_floor_close(struct demo_floor *floor);

/* For struct demo_tls: what a host shows to a new connection. */
bool demo_floor_look(
    struct demo_floor *floor, const char *host, struct demo_tls_look *out);
/* NULL for a host that is not here. */
const struct demo_mode *demo_floor_mode(
    struct demo_floor *floor, const char *host);
/* The i-th host's name, or NULL behind the last. */
const char *demo_floor_host(const struct demo_floor *floor, size_t i);

FALLIBLE demo_floor_misbehave(struct demo_floor *floor, const char *host,
    const char *mode, struct utc now, struct fault *f);
/* ct_logs.json: the certificate transparency logs that are known. */
FALLIBLE demo_floor_write_logs(
    const struct demo_floor *floor, const char *dir, struct fault *f);
FALLIBLE demo_floor_leaf(struct demo_floor *floor, const char *host,
    struct sha256 *leaf, struct sha256 *spki, struct fault *f);
struct sha256 demo_floor_root(const struct demo_floor *floor);
struct sha256 demo_floor_intermediate(const struct demo_floor *floor);

/* Counts a request and remembers its head. */
void demo_floor_note(
    struct demo_floor *floor, const char *host, const char *head);
uint64_t demo_floor_n_requests(struct demo_floor *floor);
void demo_floor_last_head(
    struct demo_floor *floor, const char *host, char *out, size_t cap);

#endif
