/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a dstack guest is, out of a log whose register 3 was replayed: the events
 * in front of the first `system-ready`. What follows was chosen by whoever held
 * the agent's socket, and names collide freely: it identifies nothing.
 */
#ifndef AFFIANT_DSTACK_IDENTITY_H
#define AFFIANT_DSTACK_IDENTITY_H

#include "verify/dstack_log.h"

#define DSTACK_APP_ID_BYTES 20
/* The event that measures our configuration, behind `system-ready`. */
#define DSTACK_CONFIG_EVENT "affiant-config"

enum dstack_key_provider {
	DSTACK_KEYS_NONE,
	DSTACK_KEYS_LOCAL, /* "local-sgx" in the log */
	DSTACK_KEYS_KMS,
	DSTACK_KEYS_TPM,
	DSTACK_KEYS_COUNT
};
/* "none", "local", "kms", "tpm": as app-compose and policy write them. */
const char *dstack_key_provider_name(enum dstack_key_provider kind);
bool dstack_key_provider_parse(const char *name, enum dstack_key_provider *out);

struct dstack_identity {
	uint8_t app_id[DSTACK_APP_ID_BYTES];
	struct sha256 compose_hash;
	struct span instance_id; /* 20 bytes or none; borrows from the log */
	enum dstack_key_provider key_provider;
	struct span key_provider_id; /* borrows from provider_id */
	struct blob provider_id;
	bool has_os_image; /* what a key service said, not what was measured */
	struct sha256 os_image;
	size_t ready; /* the index of system-ready */
};
void dstack_identity_drop(struct dstack_identity *id);

/*
 * Whether register 3 begins and ends its boot as it has to: FORMAT at
 * "dstack.log.order".
 */
FALLIBLE dstack_identity_check_order(
    const struct dstack_log *l, size_t *ready_out, struct fault *f);
/* One event of each name, each of its form: FORMAT at "dstack.log.identity". */
FALLIBLE dstack_identity_read(
    const struct dstack_log *l, struct dstack_identity *out, struct fault *f);

/*
 * The events behind `ready` that measure a configuration: their number; the
 * payload of all of them in *out. FORMAT at "dstack.log.config" when one has
 * another form than 32 bytes, or two differ.
 */
FALLIBLE dstack_identity_config(const struct dstack_log *l, size_t ready,
    size_t *n_out, struct sha256 *out, struct fault *f);

#endif
