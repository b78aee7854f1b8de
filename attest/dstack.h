/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dstack guest agent as a quote provider, in either of its two APIs
 * (dstack sections 1 to 3): the rows quote_dstack.c and quote_tappd.c say how
 * theirs is spoken, everything else is here.
 */
#ifndef AFFIANT_DSTACK_H
#define AFFIANT_DSTACK_H

#include "attest/dstack_answer.h"
#include "verify/base/canon.h"

struct dstack_api {
	const char *id;          /* of the row */
	const char *environment; /* DSTACK_SIMULATOR_ENDPOINT */
	/* Where clients look for the socket, in order; ends NULL. */
	const char *const *paths;
	const char *info, *quote, *key; /* paths of the methods */
	const char *emit;               /* NULL: this API never had it */
	/* The request for a quote over exactly these 64 bytes. */
	void (*write_quote)(
	    struct canon *c, const uint8_t report_data[REPORT_DATA_BYTES]);
	void (*write_key)(
	    struct canon *c, const char *path, const char *purpose);
	const char *key_name, *chain_name; /* in the answer */
	/* Some agents of this API have no keys: their refusal means that. */
	bool key_may_lack;
};

/*
 * Whether such an agent is here, found out by asking it, a quote included.
 * One whose quotes end in a simulator's root is none: simulation is asked for
 * by name. *why says what is missing, or where the agent is.
 */
bool dstack_detect(const struct dstack_api *api, struct fault *why);

/*
 * The rows' functions; `state` is what dstack_open made. Faults are those of
 * agent.h and dstack_answer.h; CONFIG at "dstack.measured" when the guest
 * measured another configuration since it booted; of a quote those of
 * quote_tdx_check, too.
 */
FALLIBLE dstack_open(const struct dstack_api *api,
    const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f);
FALLIBLE dstack_quote(void *state, const uint8_t report_data[REPORT_DATA_BYTES],
    struct attested *out, struct fault *f);
FALLIBLE dstack_derive(void *state, struct attest_key *out, struct fault *f);
FALLIBLE dstack_collateral(void *state, struct blob *out, struct fault *f);
FALLIBLE dstack_seal_root(
    void *state, struct secret32 *root, struct seal_id *id, struct fault *f);
struct attest_facts dstack_facts(const void *state);
void dstack_close(void *state);

#endif
