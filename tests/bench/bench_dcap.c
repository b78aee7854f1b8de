/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging an Intel quote, beside the least that any judge must do: nine P-256
 * verifications, three certificate, two CRL and two JSON parses, one key
 * import. The target is 125 % cold; and, with collateral and chain known from
 * the quote before, 120 % of two verifications and one key import. Real
 * evidence when AFFIANT_VECTORS names it, else the simulator's. Medians of one
 * run, the rows interleaved, so that a busy machine slows all of them.
 */
#include "tests/unit/sim_world.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"
#include "verify/tee_platforms.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define SAMPLES 201

static struct intel_world world;
static struct collateral parts;
static struct x509_pem pck_pem, signer_pem;
static struct tee_memory memory;

/* The pieces that the floor works on, taken from a judged case. */
static struct tee_case judged;
static struct intel_case *k;

static void must(bool ok, const struct fault *f)
{
	if (ok)
		return;
	(void)fprintf(stderr, "%s: %s\n", f->at, f->text);
	exit(2);
}

static struct verify_options options, with_memory;

static void judge(struct tee_case *c, const struct verify_options *opt)
{
	struct fault f = FAULT_INIT;

	*c = (struct tee_case){ .quote = blob_span(&world.file[INTEL_QUOTE]),
		.opt = opt };
	must(tee_tdx.open(c, &f), &f);
	intel_case_use(c, &parts);
	for (size_t i = 0; i < tee_tdx.n_checks; i++)
		must(tee_tdx.checks[i].run(c, &f), &f);
}

static void cold(void)
{
	struct tee_case c;

	judge(&c, &options);
	tee_tdx.close(&c);
}

static void warm(void)
{
	struct tee_case c;

	judge(&c, &with_memory);
	tee_tdx.close(&c);
}

/* ---- the floor ------------------------------------------------------------------ */

static void parse_certificate(struct span der)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);

	if (x == NULL)
		abort();
	X509_free(x);
}

static void parse_crl(struct span der)
{
	const unsigned char *p = der.p;
	X509_CRL *x = d2i_X509_CRL(NULL, &p, (long)der.n);

	if (x == NULL)
		abort();
	X509_CRL_free(x);
}

static void parse_json(struct span body)
{
	struct fault f = FAULT_INIT;
	struct json *doc = NULL;

	must(json_parse(body, &json_limits_default, "bench", &doc, &f), &f);
	json_free(doc);
}

static void verify_json(const struct intel_json *j, const struct x509_cert *by)
{
	struct x509_key key = x509_cert_key(by);
	struct fault f = FAULT_INIT;

	must(intel_json_signature(j, &key, &f), &f);
}

static void two_and_a_key(void)
{
	struct fault f = FAULT_INIT;
	struct x509_key key = { 0 }, pck = x509_cert_key(&k->known->pck);

	must(x509_key_p256(k->q.ak, &key, "bench", &f), &f);
	must(x509_key_verify_raw(
		 &pck, k->q.qe_signature, k->q.qe_report, "bench", &f),
	    &f);
	must(x509_key_verify_raw(
		 &key, k->q.signature, k->q.signed_part, "bench", &f),
	    &f);
	x509_key_drop(&key);
}

static void floor_of_all(void)
{
	const struct intel_known *n = k->known;
	struct x509_key ca = x509_cert_key(&k->known->ca);
	struct fault f = FAULT_INIT;

	parse_certificate(blob_span(&pck_pem.der[0]));
	parse_certificate(blob_span(&pck_pem.der[1]));
	parse_certificate(blob_span(&signer_pem.der[0]));
	parse_crl(parts.pck_crl);
	parse_crl(parts.root_ca_crl);
	parse_json(parts.tcb_info);
	parse_json(parts.qe_identity);
	must(x509_cert_signed_by(&k->known->pck, &ca, "bench", &f), &f);
	must(x509_cert_signed_by(
		 &k->known->ca, &k->known->root.key, "bench", &f),
	    &f);
	must(x509_cert_signed_by(
		 n->tcb_signer.cert, &k->known->root.key, "bench", &f),
	    &f);
	must(x509_crl_signed_by(&n->root_crl, &k->known->root.key, "bench", &f),
	    &f);
	must(x509_crl_signed_by(&n->pck_crl, &ca, "bench", &f), &f);
	verify_json(&n->tcb_json, n->tcb_signer.cert);
	verify_json(&n->qe_json, n->qe_signer.cert);
	two_and_a_key();
	/* A simulator's root is no pinned one: it has to be read, and its own
	 * signature to be checked. */
	if (k->known->root.is_simulator) {
		parse_certificate(k->known->root.der);
		must(x509_cert_signed_by(&k->known->root.cert,
			 &k->known->root.key, "bench", &f),
		    &f);
	}
}

/* ---- measuring --------------------------------------------------------------------- */

static struct {
	const char *name;
	void (*run)(void);
	uint64_t ns[SAMPLES];
} rows[] = {
	{ "floor: 9 verifications and all parses", floor_of_all, { 0 } },
	{ "cold judgement", cold, { 0 } },
	{ "floor: 2 verifications and a key", two_and_a_key, { 0 } },
	{ "warm judgement", warm, { 0 } },
};

static int order(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void set_up(void)
{
	struct fault f = FAULT_INIT;

	if (vectors_present()) {
		world.is_tdx = true;
		intel_world_load(
		    &world, INTEL_QUOTE, "quotes", "ph-tdx-v4.bin");
		intel_world_load_set(
		    &world, "collateral/tdx-b0c06f000000-2025-06");
		must(utc_parse_strict(span_text("2025-07-04T10:16:31Z"),
			 &world.at, "bench", &f),
		    &f);
	} else {
		struct sim_keys keys;
		struct sim_recipe r;

		must(sim_pki_make_keys(&keys, &f), &f);
		sim_recipe_init(&r, sim_world_now);
		world = sim_world_mint(&keys, &r);
		sim_pki_drop_keys(&keys);
	}
	options.at = world.at;
	parts = (struct collateral){
		.pck_crl = blob_span(&world.file[INTEL_PCK_CRL]),
		.qe_identity = blob_span(&world.file[INTEL_QE_IDENTITY]),
		.qe_identity_issuer_chain =
		    blob_span(&world.file[INTEL_QE_CHAIN]),
		.root_ca_crl = blob_span(&world.file[INTEL_ROOT_CRL]),
		.tcb_info = blob_span(&world.file[INTEL_TCB_INFO]),
		.tcb_info_issuer_chain =
		    blob_span(&world.file[INTEL_TCB_CHAIN]),
	};
	with_memory = options;
	with_memory.memory = &memory;
	judge(&judged, &options);
	k = judged.state;
	must(
	    x509_pem_read(k->known->pck_text, true, &pck_pem, "bench", &f), &f);
	must(x509_pem_read(
		 parts.tcb_info_issuer_chain, false, &signer_pem, "bench", &f),
	    &f);
}

int main(void)
{
	struct rusage usage;

	set_up();
	for (size_t s = 0; s < SAMPLES; s++)
		for (size_t i = 0; i < COUNT(rows); i++) {
			uint64_t start = clock_monotonic_ns();

			rows[i].run();
			rows[i].ns[s] = clock_monotonic_ns() - start;
		}
	printf("%-40s %10s\n", "judging an Intel quote", "us");
	for (size_t i = 0; i < COUNT(rows); i++) {
		qsort(rows[i].ns, SAMPLES, sizeof(rows[i].ns[0]), order);
		printf("%-40s %10llu", rows[i].name,
		    (unsigned long long)rows[i].ns[SAMPLES / 2] / 1000);
		if (i % 2 == 1)
			printf("   %3llu %% of its floor",
			    (unsigned long long)(rows[i].ns[SAMPLES / 2] * 100 /
				rows[i - 1].ns[SAMPLES / 2]));
		printf("\n");
	}
	if (getrusage(RUSAGE_SELF, &usage) == 0)
		printf(
		    "peak memory of this program: %ld KB\n", usage.ru_maxrss);
	tee_tdx.close(&judged);
	tee_memory_drop(&memory);
	x509_pem_drop(&pck_pem);
	x509_pem_drop(&signer_pem);
	intel_world_drop(&world);
	return 0;
}
