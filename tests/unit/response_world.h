/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole responses for tests, minted by the TDX simulator: honestly signed and
 * quoted, also around a statement or a report_data that is wrong, so that
 * checks behind signatures are reached.
 */
#ifndef AFFIANT_TEST_RESPONSE_WORLD_H
#define AFFIANT_TEST_RESPONSE_WORLD_H

#include "attest/attest.h"
#include "attest/sim.h"
#include "tests/unit/statements.h"
#include "verify/verify.h"

struct response_world {
	struct sim_keys keys;
	struct sim_certs certs;
	struct sim_recipe recipe;
	struct blob tail;   /* of the quote */
	struct blob bundle; /* collateral */
	struct signer *signer, *stranger;
};

/* Everything as it should be at statements_now; a recipe may be given. */
void response_world_open(
    struct response_world *w, const struct sim_recipe *recipe);
void response_world_close(struct response_world *w);

/* What becomes of one statement; zeroed: a response in full detail. */
struct response_plan {
	/* Instead of what statement_encode writes; signed and quoted all the
	 * same. Empty: none. */
	struct span canonical;
	bool by_stranger; /* another key signs; the statement names ours */
	/* Other statements' hashes in the batch; then there is one. */
	size_t n_others;
	/* What travels beside it in full detail; empty: nothing. */
	struct span configuration;
	struct span bodies; /* JSON array */
	/* 64 bytes instead of hash (or root) and zeros; NULL: none. */
	const uint8_t *report_data;
	/* Event log, app-compose, key chain, document; or NULL. */
	const struct evidence *beside;
	struct span tls;             /* evidence.tls; empty: none */
	enum response_detail detail; /* RESPONSE_FULL when `has_detail` is
					false */
	bool has_detail;
};

/* s->signer becomes ours. The caller drops the response's text. */
struct blob response_world_make(struct response_world *w, struct statement *s,
    const struct response_plan *plan);

/* A quote over these 64 bytes. */
struct blob response_world_quote(
    struct response_world *w, const uint8_t report_data[REPORT_DATA_BYTES]);

/* Judged 2 s after statements_now, simulated evidence allowed. */
struct verify_options response_world_options(void);

/* Where the first failure is, or "". */
const char *response_world_first_failure(const struct verdict *v);

#endif
