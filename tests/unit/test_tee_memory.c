/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept from one judgement serves the next with the very same bytes,
 * and nothing else; time and revocation are asked every time.
 */
#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "verify/base/text.h"
#include "verify/tee_platforms.h"

#include <stdlib.h>

static struct sim_keys keys;
static struct sim_recipe recipe;
static struct intel_world world;
static struct tee_memory memory;
static struct span apart; /* the PCK chain, where quotes carry none */

static struct collateral parts_of(const struct intel_world *w)
{
	return (struct collateral){
		.pck_crl = blob_span(&w->file[INTEL_PCK_CRL]),
		.qe_identity = blob_span(&w->file[INTEL_QE_IDENTITY]),
		.qe_identity_issuer_chain = blob_span(&w->file[INTEL_QE_CHAIN]),
		.root_ca_crl = blob_span(&w->file[INTEL_ROOT_CRL]),
		.tcb_info = blob_span(&w->file[INTEL_TCB_INFO]),
		.tcb_info_issuer_chain = blob_span(&w->file[INTEL_TCB_CHAIN]),
	};
}

struct asked {
	bool authentic;
	bool was_known; /* the memory served */
	bool simulated;
	const char *id; /* of the check that failed */
};

/* As a bundle when `bundle` is not empty, in parts otherwise. */
static struct asked judge(const struct intel_world *w, struct span bundle)
{
	struct collateral parts = parts_of(w);
	const struct verify_options opt = { .at = w->at,
		.trust_root = blob_span(&w->root),
		.pck_chain = apart,
		.memory = &memory };
	struct tee_case c = { .quote = blob_span(&w->file[INTEL_QUOTE]),
		.collateral = bundle,
		.opt = &opt };
	struct asked out = { .authentic = true };

	struct fault f = FAULT_INIT;
	assert_ok(tee_tdx.open(&c, &f), f);
	if (bundle.n == 0)
		intel_case_use(&c, &parts);
	for (size_t i = 0; i < tee_tdx.n_checks && out.authentic; i++) {
		if (strcmp(tee_tdx.checks[i].info.id, "tdx.collateral") == 0)
			out.was_known = intel_case_is_known(&c);
		out.authentic = tee_tdx.checks[i].run(&c, &f);
		out.id = tee_tdx.checks[i].info.id;
	}
	out.simulated = c.simulated;
	tee_tdx.close(&c);
	return out;
}

static const struct span in_parts = { NULL, 0 };

static void memory__serves_the_same_bytes_again(void **state)
{
	struct asked a = judge(&world, in_parts);

	(void)state;
	assert_true(a.authentic);
	assert_false(a.was_known);
	for (int i = 0; i < 3; i++) {
		a = judge(&world, in_parts);
		assert_true(a.authentic);
		assert_true(a.was_known);
		assert_true(a.simulated);
	}
}

static void memory__serves_the_same_bundle_again(void **state)
{
	struct collateral parts = parts_of(&world);
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "test", &f);
	AUTO(blob_drop) struct blob bundle = { 0 };
	AUTO(blob_drop) struct blob spaced = { 0 };

	(void)state;
	assert_ok(collateral_encode(&parts, &w, &f), f);
	assert_ok(wr_done(&w, &bundle), f);
	assert_false(judge(&world, blob_span(&bundle)).was_known);
	assert_true(judge(&world, blob_span(&bundle)).was_known);
	/* One byte of white space behind it is another bundle. */
	spaced = intel_world_copy(blob_span(&bundle));
	spaced.p[spaced.n++] = ' ';
	assert_false(judge(&world, blob_span(&spaced)).was_known);
	assert_true(judge(&world, blob_span(&spaced)).was_known);
	/* And parts are no bundle. */
	assert_false(judge(&world, in_parts).was_known);
}

static void memory__asks_about_time_every_time(void **state)
{
	struct utc good = world.at;
	struct asked a;

	(void)state;
	assert_true(judge(&world, in_parts).authentic);
	world.at.ms += INT64_C(40) * 24 * 60 * 60 * 1000;
	a = judge(&world, in_parts);
	world.at = good;
	assert_true(a.was_known);
	assert_false(a.authentic);
	assert_string_equal(a.id, "tdx.crl.root.time");
	/* What was verified stays verified. */
	a = judge(&world, in_parts);
	assert_true(a.was_known && a.authentic);
}

static void memory__does_not_serve_other_collateral(void **state)
{
	enum intel_file files[] = { INTEL_PCK_CRL, INTEL_QE_IDENTITY,
		INTEL_QE_CHAIN, INTEL_ROOT_CRL, INTEL_TCB_INFO,
		INTEL_TCB_CHAIN };

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		/* In other memory: the parts that are kept are views. */
		AUTO(blob_drop)
		struct blob other =
		    intel_world_copy(blob_span(&world.file[files[i]]));
		struct intel_world changed = world;
		struct asked a;

		assert_true(judge(&world, in_parts).authentic);
		other.p[other.n - 8] ^= 1;
		changed.file[files[i]] = other;
		a = judge(&changed, in_parts);
		assert_false(a.was_known);
		assert_false(a.authentic);
	}
}

static void memory__does_not_serve_another_root(void **state)
{
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	struct fault f = FAULT_INIT;
	struct asked a;

	(void)state;
	assert_true(judge(&world, in_parts).authentic);
	assert_ok(x509_pem_read(blob_span(&world.file[INTEL_TCB_CHAIN]), false,
		      &pem, "test", &f),
	    f);
	world.root = intel_world_copy(blob_span(&pem.der[1]));
	a = judge(&world, in_parts);
	assert_true(a.authentic);
	assert_false(a.was_known);
	assert_true(a.simulated);
	a = judge(&world, in_parts);
	assert_true(a.was_known);
	assert_true(a.simulated);
	blob_drop(&world.root);
	a = judge(&world, in_parts);
	assert_false(a.was_known);
	assert_true(a.simulated);
}

static void memory__verifies_every_quote(void **state)
{
	struct blob *q = &world.file[INTEL_QUOTE];
	struct asked a;

	(void)state;
	assert_true(judge(&world, in_parts).authentic);
	q->p[600] ^= 1; /* REPORTDATA */
	a = judge(&world, in_parts);
	q->p[600] ^= 1;
	assert_true(a.was_known);
	assert_false(a.authentic);
	assert_string_equal(a.id, "tdx.quote.signature");
	q->p[770] ^= 1; /* QE report */
	a = judge(&world, in_parts);
	q->p[770] ^= 1;
	assert_true(a.was_known);
	assert_string_equal(a.id, "tdx.qe.report");
}

/*
 * A quote of type 4 has its own certificate inside: also when the chain given
 * apart is known, it must be the one that the chain starts with.
 */
static void memory__does_not_replace_a_certificate_in_the_quote(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr out = wr_grow(LIMIT_PEM_BYTES, "test", &f);
	AUTO(blob_drop) struct blob chain = { 0 };
	struct sim_recipe r = recipe;
	struct intel_quote q;
	struct asked a;

	(void)state;
	r.quote.inner_type = 4;
	r.quote.n_chain = 1;
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	AUTO(intel_world_drop)
	struct intel_world other = sim_world_mint(&keys, &r);
	assert_ok(
	    intel_quote_parse(blob_span(&w.file[INTEL_QUOTE]), &q, &f), f);
	wr_bytes(&out, q.cert_data.p, q.cert_data.n - 1);
	wr_span(&out, blob_span(&w.file[INTEL_PCK_CRL_CHAIN]));
	assert_ok(wr_done(&out, &chain), f);
	apart = blob_span(&chain);
	assert_true(judge(&w, in_parts).authentic);
	assert_true(judge(&w, in_parts).was_known);
	/* The other quote, with everything else as it was. */
	blob_drop(&w.file[INTEL_QUOTE]);
	w.file[INTEL_QUOTE] = blob_move(&other.file[INTEL_QUOTE]);
	a = judge(&w, in_parts);
	apart = in_parts;
	assert_true(a.was_known);
	assert_false(a.authentic);
	assert_string_equal(a.id, "tdx.pck.chain");
	tee_memory_drop(&memory);
}

static void memory__keeps_nothing_of_a_failure(void **state)
{
	struct utc good = world.at;

	(void)state;
	tee_memory_drop(&memory);
	world.at.ms += INT64_C(40) * 24 * 60 * 60 * 1000;
	assert_false(judge(&world, in_parts).authentic);
	world.at = good;
	assert_null(memory.kept);
}

static int forget(void **state)
{
	(void)state;
	tee_memory_drop(&memory);
	return 0;
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	if (!sim_pki_make_keys(&keys, &f))
		return -1;
	sim_recipe_init(&recipe, sim_world_now);
	world = sim_world_mint(&keys, &recipe);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tee_memory_drop(&memory);
	intel_world_drop(&world);
	sim_pki_drop_keys(&keys);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    memory__serves_the_same_bytes_again, forget),
		cmocka_unit_test_setup(
		    memory__serves_the_same_bundle_again, forget),
		cmocka_unit_test_setup(
		    memory__asks_about_time_every_time, forget),
		cmocka_unit_test_setup(
		    memory__does_not_serve_other_collateral, forget),
		cmocka_unit_test_setup(
		    memory__does_not_serve_another_root, forget),
		cmocka_unit_test_setup(memory__verifies_every_quote, forget),
		cmocka_unit_test_setup(
		    memory__does_not_replace_a_certificate_in_the_quote,
		    forget),
		cmocka_unit_test_setup(
		    memory__keeps_nothing_of_a_failure, forget),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
