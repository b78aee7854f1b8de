/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dstack guest that never was: an app-compose, a log around its hash, a quote
 * of the TDX simulator with the registers of that log, a key service's chain to
 * the signer, a statement. Each can be changed before the next is made from it
 * (as another guest would be) or after (as a forger would).
 */
#ifndef AFFIANT_TEST_DSTACK_WORLD_H
#define AFFIANT_TEST_DSTACK_WORLD_H

#include "tests/unit/response_world.h"
#include "verify/dstack_kind.h"

#define DSTACK_WORLD_EDITS 4

/* Where the text `from` stands once, `to` is put instead. */
enum dstack_place {
	DSTACK_NOWHERE,
	DSTACK_COMPOSE,      /* before it is hashed */
	DSTACK_COMPOSE_SENT, /* after */
	DSTACK_LOG,          /* before the registers are computed from it */
	DSTACK_LOG_SENT,     /* after */
	DSTACK_CHAIN_SENT,
	DSTACK_MR_CONFIG, /* the document, before it is hashed */
	DSTACK_MR_CONFIG_SENT,
	DSTACK_POLICY,   /* of the policy that the untouched guest satisfies */
	DSTACK_EMPTY,    /* `from`: a list of the policy, emptied */
	DSTACK_DROP,     /* `from`: the same, left out */
	DSTACK_REGISTER, /* `from`: "mrtd", "rtmr1", ...: another value */
	DSTACK_LEAVE,    /* `from`: "log", "compose", "chain", "mr-config" */
};
struct dstack_edit {
	enum dstack_place where;
	const char *from, *to;
};

/* How MRCONFIGID is made. */
enum dstack_binding {
	DSTACK_BIND_ZERO,
	DSTACK_BIND_V1,
	DSTACK_BIND_V2,
	DSTACK_BIND_V3,
	DSTACK_BIND_UNTAGGED,
	DSTACK_BIND_OTHER, /* V1 of another compose hash */
};

struct dstack_plan {
	const char *compose; /* NULL: the world's own */
	enum dstack_binding binding;
	/* Instead of the secrets 11...11 of the root and 22...22 of the app. */
	const uint8_t *root_secret, *app_secret;
	bool other_key; /* the chain is that of another key */
	bool other_app; /* the key service signed for another app id */
	bool no_root;   /* there is no key service: an empty signature */
	bool no_config; /* no event of ours */
	bool measured_config_is_other;
	struct dstack_edit edit[DSTACK_WORLD_EDITS];
};

struct dstack_world {
	struct response_world w;
	struct verify_options opt; /* simulated evidence is taken */
	/* Of the last response, as sent. */
	struct blob compose, log, chain, mr_config;
};

void dstack_world_open(struct dstack_world *w);
void dstack_world_close(struct dstack_world *w);
/* A response in full detail; the caller drops it. */
struct blob dstack_world_make(
    struct dstack_world *w, const struct dstack_plan *plan);
/* The policy that the untouched guest satisfies, with the plan's edits. */
struct blob dstack_world_policy(
    struct dstack_world *w, const struct dstack_plan *plan);
/* Judges under `policy` (empty: none); the caller drops the verdict. */
void dstack_world_judge(struct dstack_world *w, struct span response,
    struct span policy, struct verdict *out);

/* 65 bytes, recovery id 0 or 1. */
void dstack_world_sign(
    const uint8_t secret[32], const struct keccak256 *digest, uint8_t out[65]);
void dstack_world_public(const uint8_t secret[32], struct eth_key *out);

#endif
