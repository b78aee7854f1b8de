/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a dstack guest is measured as (dstack sections 7 and 8), for the
 * stand-in agent: an event log that replays to the registers, registers that
 * go into the simulated quote, a compose text that is hashed in both. All of
 * it is made up, and fits together.
 */
#ifndef AFFIANT_SIM_GUEST_H
#define AFFIANT_SIM_GUEST_H

#include "attest/sim.h"
#include "attest/sim_kms.h"
#include "verify/base/canon.h"
#include "verify/base/limits.h"

/* A version as a number: 0.5.11 is 511, 0.6.0 is 600. */
#define SIM_GUEST_OLDEST 300
#define SIM_GUEST_NEWEST 600
#define SIM_GUEST_EMIT_LAST 511

struct sim_event {
	unsigned imr;
	uint32_t type;
	char name[LIMIT_EVENT_NAME + 1];
	struct blob payload;
	struct blob preimage; /* version 2 only */
	struct sha384 digest;
};

struct sim_guest {
	unsigned version;
	struct blob app_compose;
	struct sha256 compose_hash, os_image_hash;
	uint8_t app_id[SIM_KMS_APP_ID], instance_id[20];
	size_t instance_n; /* 20, or 0: the compose wants none */
	bool has_kms;      /* the compose's key provider */
	bool v2;           /* its event_log_version */
	uint8_t mr_config_id[48];
	struct sha384 rtmr[4];
	struct sim_event event[LIMIT_EVENTS];
	size_t n_events;
};

struct sim_guest_config {
	unsigned version;
	struct span app_compose; /* empty: one of our own */
	const uint8_t *app_id;   /* NULL: from the compose's hash */
	struct secret32 seed;    /* of the instance */
	unsigned mr_config_id;   /* 0 (none), 1 or 2: section 8.4 */
};

/*
 * Everything that is known before the first event. CONFIG at "sim.compose": the
 * text is no compose, or wants a key provider other than kms or none.
 */
FALLIBLE sim_guest_open(
    const struct sim_guest_config *c, struct sim_guest *out, struct fault *f);
/* The log of a boot; `ca` is the DER key of the key service, or empty. */
FALLIBLE sim_guest_boot(struct sim_guest *g, struct span ca, struct fault *f);
void sim_guest_drop(struct sim_guest *g);

/* A runtime event. LIMIT at "sim.event": name, payload or log too long. */
FALLIBLE sim_guest_extend(struct sim_guest *g, const char *name,
    struct span payload, struct fault *f);

/* The log as an agent of this version gives it. */
void sim_guest_write_log(const struct sim_guest *g, struct canon *c);
/* The registers into a quote's recipe. */
void sim_guest_fill(const struct sim_guest *g, struct sim_quote *q);
/* Section 9. */
struct sha256 sim_guest_aggregated(
    const struct sim_guest *g, const struct sim_quote *q);

#endif
