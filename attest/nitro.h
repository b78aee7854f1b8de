/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of attest/: what the providers of Nitro documents share. A document is
 * asked of the security module itself, or of an attestation server beside us
 * (Marlin's "custom" one, marlin section 1.1); either way it is looked at
 * before it is handed on.
 */
#ifndef AFFIANT_ATTEST_NITRO_H
#define AFFIANT_ATTEST_NITRO_H

#include "attest/agent.h"
#include "attest/nsm.h"
#include "attest/provider.h"

/* Marlin's servers, unless the environment or the configuration names one. */
#define MARLIN_ENDPOINT "http://127.0.0.1:1350"
#define MARLIN_ENVIRONMENT "MARLIN_ATTESTATION_ENDPOINT"

/* One of the two. */
struct nitro {
	struct nsm nsm;
	struct agent *server;
	bool is_hex; /* the server has no raw route */
	struct attest_facts facts;
};

/* On this module, or through this agent (which is then nitro's, also when it
 * fails); a first document shows whether anybody answers. */
FALLIBLE nitro_open(
    const struct nsm *nsm, struct agent *server, void **out, struct fault *f);
void nitro_close(void *state);

FALLIBLE nitro_quote(void *state, const uint8_t report_data[REPORT_DATA_BYTES],
    struct attested *out, struct fault *f);
FALLIBLE nitro_seal_root(
    void *state, struct secret32 *root, struct seal_id *id, struct fault *f);
struct attest_facts nitro_facts(const void *state);

#endif
