/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the stand-in agent: its state, and the table of methods. Which
 * versions have which is section 22 of the dstack notes.
 */
#ifndef AFFIANT_SIM_AGENT_METHODS_H
#define AFFIANT_SIM_AGENT_METHODS_H

#include "attest/sim_agent.h"
#include "attest/sim_agent_parts.h"

#include <pthread.h>

struct sim_agent {
	struct sim_keys keys;
	struct sim_certs certs;
	struct sim_recipe recipe;
	struct blob tail; /* of every quote */
	struct sim_guest guest;
	struct sim_kms kms;
	uint32_t delay_ms;
	pthread_mutex_t lock; /* one call at a time */
};

struct sim_agent_method {
	const char *name;
	enum sim_agent_api api;
	unsigned from, to; /* versions */
	/* Writes members, in canonical order, into the open object. */
	FALLIBLE(*answer)
	(struct sim_agent *a, const struct json_node *request, struct canon *c,
	    struct fault *f);
};
/* Ends with a name of NULL (sim_agent_methods.c). */
extern const struct sim_agent_method sim_agent_methods[];

/* ---- what the methods of both sockets share ----------------------------- */

/* A text of the request; "" when it is absent or of another kind. */
const char *sim_ask_text(const struct json_node *request, const char *name);
bool sim_ask_flag(const struct json_node *request, const char *name);
/* Hexadecimal, a leading 0x tolerated, at most `max` bytes; empty is allowed. */
FALLIBLE sim_ask_hex(const struct json_node *request, const char *name,
    size_t max, struct blob *out, struct fault *f);

FALLIBLE sim_agent_quote(struct sim_agent *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *out,
    struct fault *f);
/* The log as text; what GetQuote has in event_log. */
FALLIBLE sim_agent_log(
    const struct sim_agent *a, struct blob *out, struct fault *f);
FALLIBLE sim_agent_vm_config(
    const struct sim_agent *a, struct blob *out, struct fault *f);

/* The methods themselves, by socket. */
typedef FALLIBLE sim_agent_fn(struct sim_agent *a,
    const struct json_node *request, struct canon *c, struct fault *f);
sim_agent_fn sim_method_info, sim_method_version, sim_method_tls_key;
sim_agent_fn sim_method_k256_key, sim_method_derive_key;
sim_agent_fn sim_method_tdx_quote, sim_method_raw_quote;
sim_agent_fn sim_method_sign, sim_method_verify;

#endif
