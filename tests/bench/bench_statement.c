/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building, hashing and signing a statement, against one bare recoverable
 * signature of libsecp256k1. Target: at most 1.5 times. Medians of batches that
 * take turns, so that whatever else the machine does hits both.
 */
#include "attest/attest.h"
#include "tests/unit/statements.h"
#include "verify/base/clock.h"

#include <secp256k1_recovery.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCHES 41
#define PER_BATCH 50

struct subject {
	const char *name;
	void (*fill)(struct statement *s);
	uint64_t ns[BATCHES]; /* per statement */
	size_t bytes;
};

static struct signer *signer;
static secp256k1_context *ctx;
static volatile uint8_t sink;

static void must(bool ok)
{
	if (!ok) {
		fprintf(stderr, "bench_statement: a step failed\n");
		exit(1);
	}
}

static void sign_bare(uint64_t n)
{
	const uint8_t key[32] = { [31] = 7 };
	uint8_t digest[32] = { 0 };
	secp256k1_ecdsa_recoverable_signature sig;

	for (uint64_t i = 0; i < n; i++) {
		memcpy(digest, &i, sizeof(i));
		must(secp256k1_ecdsa_sign_recoverable(
			 ctx, &sig, digest, key, NULL, NULL) == 1);
		sink = sig.data[0];
	}
}

static void make_statement(struct subject *of, uint64_t round)
{
	static struct statement s;
	static uint8_t room[LIMIT_STATEMENT_BYTES];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(room, sizeof(room), "bench", &f);
	struct keccak256 digest;
	struct eth_sig sig;

	/* Filling is not what is measured in a round either: it is where the
	 * values land that were fetched. */
	if (round == 0) {
		of->fill(&s);
		s.signer = *signer_address(signer);
	}
	s.round = round;
	must(statement_encode(&s, &w, &f));
	must(signer_sign_statement(signer, &s, wr_view(&w), &digest, &sig, &f));
	of->bytes = wr_view(&w).n;
	sink = sig.b[0];
}

static uint64_t time_of(struct subject *of)
{
	uint64_t begin = clock_monotonic_ns();

	if (of->fill == NULL)
		sign_bare(PER_BATCH);
	else
		for (uint64_t i = 0; i < PER_BATCH; i++)
			make_statement(of, i);
	return (clock_monotonic_ns() - begin) / PER_BATCH;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int main(void)
{
	static struct subject subjects[] = {
		{ .name = "bare signature", .fill = NULL },
		{ .name = "price, one source", .fill = statements_one },
		{ .name = "price, five sources", .fill = statements_many },
		{ .name = "text, one source", .fill = statements_text },
		{ .name = "key", .fill = statements_key },
	};
	struct fault f = FAULT_INIT;
	uint64_t floor_ns = 0;

	ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	must(ctx != NULL && signer_make(&signer, &f));
	for (size_t b = 0; b < BATCHES; b++)
		for (size_t i = 0; i < COUNT(subjects); i++)
			subjects[i].ns[b] = time_of(&subjects[i]);
	printf("statement: built, hashed and signed\n"
	       "  %-22s %8s %10s %7s\n",
	    "", "bytes", "median us", "ratio");
	for (size_t i = 0; i < COUNT(subjects); i++) {
		uint64_t ns;

		qsort(subjects[i].ns, BATCHES, sizeof(uint64_t), by_size);
		ns = subjects[i].ns[BATCHES / 2];
		floor_ns = i == 0 ? ns : floor_ns;
		printf("  %-22s %8zu %6llu.%03llu %4llu.%02llu\n",
		    subjects[i].name, subjects[i].bytes,
		    (unsigned long long)(ns / 1000),
		    (unsigned long long)(ns % 1000),
		    (unsigned long long)(ns / floor_ns),
		    (unsigned long long)(ns * 100 / floor_ns % 100));
	}
	printf("  target for the ratio: at most 1.50\n");
	signer_drop(&signer);
	secp256k1_context_destroy(ctx);
	return 0;
}
