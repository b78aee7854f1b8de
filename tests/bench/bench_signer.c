/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a round costs: building a statement's canonical bytes, hashing and
 * signing them, beside one bare recoverable signature of libsecp256k1; and a
 * whole transaction that writes it to a chain. The target of both is 150 %.
 * Then a simulated quote, beside one P-256 signature.
 * Medians of one run, the rows interleaved, so that a busy machine slows all
 * of them.
 */
#include "attest/attest.h"
#include "attest/sim.h"

#include "verify/base/clock.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAMPLES 101
#define CALLS 50 /* per sample */

static const uint8_t bare_key[32] = { [31] = 7 };
static secp256k1_context *ctx;
static struct signer *signer;
static struct payer *payer;
static uint8_t calldata[356]; /* of one push */
static struct statement statement;
static struct keccak256 digest;
static struct sim_keys keys;
static struct sim_certs certs;
static struct sim_recipe recipe;
static struct blob tail;

static void must(bool ok, const struct fault *f)
{
	if (ok)
		return;
	(void)fprintf(stderr, "%s: %s\n", f->at, f->text);
	exit(2);
}

static void bare_signature(void)
{
	secp256k1_ecdsa_recoverable_signature raw;
	uint8_t rs[64];
	int id = 0;

	if (!secp256k1_ecdsa_sign_recoverable(
		ctx, &raw, digest.b, bare_key, NULL, NULL))
		abort();
	secp256k1_ecdsa_recoverable_signature_serialize_compact(
	    ctx, rs, &id, &raw);
	memcpy(digest.b, rs, sizeof(digest.b));
}

static void whole_statement(void)
{
	static uint8_t buf[4096];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(buf, sizeof(buf), "bench", &f);
	struct eth_sig sig;

	statement.round++;
	must(statement_encode(&statement, &w, &f), &f);
	must(signer_sign_statement(
		 signer, &statement, wr_view(&w), &digest, &sig, &f),
	    &f);
}

static void whole_transaction(void)
{
	static uint64_t nonce;
	const struct eth_tx tx = {
		.type = ETH_TX_DYNAMIC_FEE,
		.chain_id = 8453,
		.nonce = nonce++,
		.gas_limit = 90000,
		.max_fee_per_gas = u256_of(25000000),
		.max_priority_fee_per_gas = u256_of(1000000),
		.to = { { 0x11 } },
		.data = span_of(calldata, sizeof(calldata)),
	};
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob raw = { 0 };

	memcpy(calldata + 4, digest.b, sizeof(digest.b));
	must(payer_sign_tx(payer, &tx, &raw, &digest, &f), &f);
}

static void bare_p256(void)
{
	struct fault f = FAULT_INIT;
	uint8_t rs[64];

	must(sim_pki_sign(keys.key[SIM_AK], span_of(digest.b, 32), rs, &f), &f);
	memcpy(digest.b, rs, sizeof(digest.b));
}

static void simulated_quote(void)
{
	struct fault f = FAULT_INIT;
	uint8_t report_data[REPORT_DATA_BYTES] = { 0 };
	AUTO(blob_drop) struct blob quote = { 0 };

	memcpy(report_data, digest.b, sizeof(digest.b));
	must(sim_tdx_quote_make(&keys, &recipe.quote, blob_span(&tail),
		 report_data, &quote, &f),
	    &f);
	memcpy(digest.b, quote.p + 636, sizeof(digest.b));
}

static const struct {
	const char *name;
	void (*call)(void);
	size_t beside; /* the row that it is compared with */
} rows[] = {
	{ "secp256k1 signature", bare_signature, 0 },
	{ "statement, hash, sign", whole_statement, 0 },
	{ "transaction, signed", whole_transaction, 0 },
	{ "P-256 signature", bare_p256, 3 },
	{ "simulated quote", simulated_quote, 3 },
};

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A price of one source with TLS evidence, like the README's. */
static void fill(struct statement *s)
{
	struct statement_source *b = &s->source[0];

	*s = (struct statement){
		.kind = statement_kind_find(span_text("price")),
		.feed = span_text("BTC/USD"),
		.value = span_text("97234.12"),
		.decimals = 8,
		.signer = *signer_address(signer),
		.timestamp = { .ms = 1767225600000 },
		.n_sources = 1,
	};
	b->host = span_text("api.exchange.example");
	b->url = span_text("https://api.exchange.example/products/x/ticker");
	b->status = 200;
	b->body = sha256_of(span_text("body"));
	b->observed_at = s->timestamp;
	b->value = s->value;
	b->used = true;
	b->tls = (struct tls_evidence){
		.leaf = sha256_of(span_text("leaf")),
		.spki = sha256_of(span_text("spki")),
		.chain = { sha256_of(span_text("leaf")),
		    sha256_of(span_text("between")) },
		.n_chain = 2,
		.root = sha256_of(span_text("root")),
		.issuer = span_text("CN=Example CA,O=Example,C=US"),
		.subject = span_text("CN=api.exchange.example"),
		.valid_from = { .ms = 1764547200000 },
		.valid_to = { .ms = 1772323200000 },
		.version = span_text("TLSv1.3"),
		.cipher = span_text("TLS_AES_256_GCM_SHA384"),
	};
}

static void prepare(void)
{
	struct fault f = FAULT_INIT;

	ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	must(signer_make(&signer, &f), &f);
	must(payer_make(&payer, &f), &f);
	fill(&statement);
	sim_recipe_init(&recipe, clock_now());
	must(sim_pki_make_keys(&keys, &f), &f);
	must(sim_pki_make_certs(&keys, &recipe, &certs, &f), &f);
	must(sim_tdx_quote_tail(&keys, &certs, &recipe.quote, &tail, &f), &f);
}

int main(void)
{
	static uint64_t ns[COUNT(rows)][SAMPLES];

	prepare();
	for (size_t i = 0; i < SAMPLES; i++)
		for (size_t r = 0; r < COUNT(rows); r++) {
			const uint64_t start = clock_monotonic_ns();

			for (size_t j = 0; j < CALLS; j++)
				rows[r].call();
			ns[r][i] = (clock_monotonic_ns() - start) / CALLS;
		}
	printf("%-26s %10s %14s\n", "", "ns", "of the bare one");
	for (size_t r = 0; r < COUNT(rows); r++) {
		qsort(ns[r], SAMPLES, sizeof(ns[r][0]), by_size);
		const uint64_t mine = ns[r][SAMPLES / 2];
		const uint64_t bare = ns[rows[r].beside][SAMPLES / 2];

		printf("%-26s %10llu %13llu %%\n", rows[r].name,
		    (unsigned long long)mine,
		    (unsigned long long)(mine * 100 / (bare ? bare : 1)));
	}
	signer_close(signer);
	payer_close(payer);
	secp256k1_context_destroy(ctx);
	blob_drop(&tail);
	sim_pki_drop_certs(&certs);
	sim_pki_drop_keys(&keys);
	return 0;
}
