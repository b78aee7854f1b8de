/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keccak-256, the digest of a statement and a whole submission, beside what
 * they must be small against: one recoverable signature of libsecp256k1.
 * Medians of one run.
 */
#include "chain/eth_abi.h"
#include "chain/eth_tx.h"
#include "verify/base/clock.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES 101
#define CALLS 200 /* per sample */

static const uint8_t key[32] = { [31] = 7 };
static secp256k1_context *ctx;
static struct keccak256 digest;
static struct eth_sig sig;
static uint8_t input[1024];

/* Each result is the next call's input, so that none can be left out. */
static void one_block(void)
{
	digest = keccak256_of(span_of(digest.b, sizeof(digest.b)));
}

static void one_kilobyte(void)
{
	digest = keccak256_of(span_of(input, sizeof(input)));
	memcpy(input, digest.b, sizeof(digest.b));
}

static void statement(void)
{
	static struct eip712_statement s = { .feed = "BTC/USD",
		.value = { .units = { { 9723412000000 } }, .decimals = 8 },
		.timestamp = 1760000000000 };

	s.round++;
	memcpy(s.statement.b, digest.b, sizeof(digest.b));
	digest = eip712_statement_digest(&s);
}

static void sign(void)
{
	secp256k1_ecdsa_recoverable_signature raw;
	int id = 0;

	if (!secp256k1_ecdsa_sign_recoverable(
		ctx, &raw, digest.b, key, NULL, NULL))
		abort();
	secp256k1_ecdsa_recoverable_signature_serialize_compact(
	    ctx, sig.b, &id, &raw);
	sig.b[64] = (uint8_t)(27 + id);
}

static void recover(void)
{
	struct fault f = FAULT_INIT;
	struct eth_addr a;

	if (!eth_sig_recover(&digest, &sig, &a, &f))
		abort();
}

/* A signed transaction from the values on: at most 1.5 signatures' time. */
static void submission(void)
{
	static const char signature[] =
	    "submit(bytes32,int256,uint8,uint64,uint64,bytes32,bytes)";
	static const uint8_t word[32] = { [31] = 1 };
	const struct span w = span_of(word, sizeof(word));
	const struct eth_value args[] = { { .bytes = span_of(
						digest.b, sizeof(digest.b)) },
		{ .bytes = w }, { .bytes = w }, { .bytes = w }, { .bytes = w },
		{ .bytes = w }, { .bytes = span_of(sig.b, sizeof(sig.b)) } };
	struct eth_tx tx = { .type = ETH_TX_DYNAMIC_FEE,
		.chain_id = 8453,
		.nonce = 7,
		.gas_limit = 90000,
		.max_fee_per_gas = u256_of(25000000),
		.max_priority_fee_per_gas = u256_of(1000000) };
	struct fault f = FAULT_INIT;
	uint8_t data[512], raw[1024];
	struct wr call = wr_into(data, sizeof(data), "bench", &f);
	struct wr w_raw = wr_into(raw, sizeof(raw), "bench", &f);

	if (!eth_abi_encode_call(
		span_text(signature), args, COUNT(args), &call, &f))
		abort();
	tx.data = wr_view(&call);
	if (!eth_tx_signing_hash(&tx, &digest, &f))
		abort();
	sign();
	if (!eth_tx_encode(&tx, &sig, &w_raw, &f))
		abort();
	digest = keccak256_of(wr_view(&w_raw));
}

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Nanoseconds of one call. */
static uint64_t median(void (*call)(void))
{
	uint64_t ns[SAMPLES];

	for (size_t i = 0; i < SAMPLES; i++) {
		const uint64_t start = clock_monotonic_ns();

		for (size_t j = 0; j < CALLS; j++)
			call();
		ns[i] = (clock_monotonic_ns() - start) / CALLS;
	}
	qsort(ns, SAMPLES, sizeof(ns[0]), by_size);
	return ns[SAMPLES / 2];
}

int main(void)
{
	/* The signature first: recovery needs one, and the ratio its time. */
	static const struct {
		const char *name;
		void (*call)(void);
	} rows[] = {
		{ "sign, recoverable", sign },
		{ "eth_sig_recover", recover },
		{ "keccak256, one block", one_block },
		{ "keccak256, 1024 bytes", one_kilobyte },
		{ "eip712_statement_digest", statement },
		{ "a signed submission", submission },
	};
	uint64_t sign_ns = 0;

	ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	printf("%-26s %10s %14s\n", "", "ns", "of a signature");
	for (size_t i = 0; i < COUNT(rows); i++) {
		const uint64_t ns = median(rows[i].call);

		if (i == 0)
			sign_ns = ns > 0 ? ns : 1;
		printf("%-26s %10llu %12llu %%\n", rows[i].name,
		    (unsigned long long)ns,
		    (unsigned long long)(ns * 100 / sign_ns));
	}
	secp256k1_context_destroy(ctx);
	return 0;
}
