/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stand-in for dstack's guest agent, of any generation, for tests and for
 * people without a host (DSTACK.md). Its quotes are the simulator's, its key
 * service is made at start, and all that it hands out fits together: the
 * compose is the one that is hashed, the log replays to the quote's registers,
 * chains of signatures end in the service's root. It proves nothing.
 */
#ifndef AFFIANT_SIM_AGENT_H
#define AFFIANT_SIM_AGENT_H

#include "verify/base/bytes.h"

struct sim_agent;

struct sim_agent_config {
	const char *version;   /* "0.5.11"; NULL: the newest known */
	const char *state_dir; /* simulator's root, instance; NULL: in memory */
	/* 64 hexadecimal digits, made if not there; NULL: in memory. Agents
	 * with the same file are replicas under one key service. */
	const char *kms_file;
	struct span app_compose; /* empty: one of our own */
	const uint8_t *app_id;   /* 20 bytes; NULL: by the compose */
	unsigned mr_config_id;   /* generation 0, 1 or 2 of section 8.4 */
	uint32_t delay_ms;       /* of each quote */
};

/* CONFIG at "sim.version", "sim.compose", "sim.kms"; sim_state's own. */
FALLIBLE sim_agent_open(
    const struct sim_agent_config *c, struct sim_agent **out, struct fault *f);
void sim_agent_close(struct sim_agent *a);
void sim_agent_drop(struct sim_agent **a);

/* For whoever starts it: what a policy has to name. */
void sim_agent_root(const struct sim_agent *a, uint8_t compressed[33]);
void sim_agent_app_id(const struct sim_agent *a, uint8_t app_id[20]);

enum sim_agent_api { SIM_AGENT_DSTACK, SIM_AGENT_TAPPD };
/* Whether agents of this version had that socket. */
bool sim_agent_has(const struct sim_agent *a, enum sim_agent_api api);

/*
 * One call: "/GetQuote" or "/prpc/Tappd.TdxQuote", and a JSON object. The
 * answer is the status, 200 or 400, and a JSON object. Any thread.
 */
unsigned sim_agent_answer(struct sim_agent *a, enum sim_agent_api api,
    const char *path, struct span request, struct blob *answer);

/* ---- serving it (sim_agent_http.c) -------------------------------------- */

struct sim_agent_server;
/*
 * Listens on a unix socket, in threads of its own; what stood at the path is
 * replaced if it was a socket. SYSTEM at "sim.socket".
 */
FALLIBLE sim_agent_serve(struct sim_agent *a, enum sim_agent_api api,
    const char *path, struct sim_agent_server **out, struct fault *f);
/* The same of Marlin's routes; "127.0.0.1:PORT" is no path but a port of the
 * loopback, where its clients ask. */
struct sim_marlin;
FALLIBLE sim_marlin_serve(struct sim_marlin *m, const char *path,
    struct sim_agent_server **out, struct fault *f);
/* Ends connections, and removes the socket. */
void sim_agent_server_stop(struct sim_agent_server *s);

#endif
