/* SPDX-License-Identifier: Apache-2.0 */
/* Which collateral a quote needs, read from its PCK chain. */
#include "oracle/collateral_quote.h"

#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "tests/unit/vectors.h"
#include "verify/base/text.h"

static struct sim_keys keys;
static struct sim_recipe recipe;

static int make_keys(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(sim_pki_make_keys(&keys, &f), f);
	return 0;
}

static int drop_keys(void **state)
{
	(void)state;
	sim_pki_drop_keys(&keys);
	return 0;
}

static int fresh(void **state)
{
	(void)state;
	sim_recipe_init(&recipe, sim_world_now);
	return 0;
}

static void mint(struct blob *quote)
{
	struct intel_world w = sim_world_mint(&keys, &recipe);

	*quote = blob_move(&w.file[INTEL_QUOTE]);
	intel_world_drop(&w);
}

static void assert_refused_quote(enum fault_kind kind, const char *at)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	struct collateral_platform p;
	struct fault f = FAULT_INIT;

	mint(&quote);
	assert_refused(
	    collateral_quote_platform(blob_span(&quote), &p, &f), f, kind, at);
}

static void platform__stands_in_the_pck_chain(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob quote = { 0 };
	struct collateral_platform p;
	struct fault f = FAULT_INIT;

	recipe.sgx.fmspc[0] = 0xa7;
	mint(&quote);
	assert_ok(collateral_quote_platform(blob_span(&quote), &p, &f), f);
	assert_memory_equal(p.fmspc, recipe.sgx.fmspc, sizeof(p.fmspc));
	assert_true(p.is_tdx);
	assert_false(p.is_processor);
	blob_drop(&quote);

	recipe.cert[SIM_PLATFORM_CA].cn = "Intel SGX PCK Processor CA";
	mint(&quote);
	assert_ok(collateral_quote_platform(blob_span(&quote), &p, &f), f);
	assert_true(p.is_processor);
}

static void platform__is_read_from_a_response_too(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob quote = { 0 };
	struct collateral_platform p;
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr w = wr_grow(1 << 20, "test", &f);
	char *base64;

	mint(&quote);
	base64 = test_malloc(BASE64_SIZE(quote.n));
	base64_encode(blob_span(&quote), base64);
	wr_printf(&w, "{\"quote\":\"");
	wr_text(&w, base64);
	wr_text(&w, "\"}\n");
	test_free(base64);
	assert_true(wr_ok(&w));
	assert_ok(collateral_quote_platform(wr_view(&w), &p, &f), f);
	assert_memory_equal(p.fmspc, recipe.sgx.fmspc, sizeof(p.fmspc));

	assert_refused(
	    collateral_quote_platform(span_text("{\"quot\":1}"), &p, &f), f,
	    FAULT_FORMAT, "collateral.quote");
	assert_refused(
	    collateral_quote_platform(span_text("{\"quote\":1}"), &p, &f), f,
	    FAULT_FORMAT, "collateral.quote");
	assert_refused(
	    collateral_quote_platform(span_text("{\"quote\":\"??\"}"), &p, &f),
	    f, FAULT_FORMAT, "collateral.quote");
	assert_refused(collateral_quote_platform(span_text("{"), &p, &f), f,
	    FAULT_FORMAT, "collateral.quote");
	assert_false(collateral_quote_platform(span_text(""), &p, &f));
}

static void platform__needs_a_whole_chain_of_known_names(void **state)
{
	(void)state;
	recipe.quote.inner_type = 4;
	assert_refused_quote(FAULT_UNSUPPORTED, "collateral.quote");
	sim_recipe_init(&recipe, sim_world_now);
	recipe.quote.n_chain = 2;
	assert_refused_quote(FAULT_FORMAT, "collateral.quote");
	sim_recipe_init(&recipe, sim_world_now);
	recipe.quote.chain_text = span_text("no PEM");
	assert_refused_quote(FAULT_FORMAT, "collateral.quote");
	sim_recipe_init(&recipe, sim_world_now);
	recipe.cert[SIM_PLATFORM_CA].cn = "Intel SGX PCK Other CA";
	assert_refused_quote(FAULT_FORMAT, "collateral.quote");
	sim_recipe_init(&recipe, sim_world_now);
}

static void platform__needs_the_sgx_extension(void **state)
{
	(void)state;
	recipe.sgx.flaws = SIM_SGX_ABSENT;
	assert_refused_quote(FAULT_FORMAT, "collateral.quote");
	recipe.sgx.flaws = SIM_SGX_FMSPC_SHORT;
	AUTO(blob_drop) struct blob quote = { 0 };
	struct collateral_platform p;
	struct fault f = FAULT_INIT;
	mint(&quote);
	assert_false(collateral_quote_platform(blob_span(&quote), &p, &f));
	assert_int_equal(f.kind, FAULT_FORMAT);
}

static const struct {
	const char *quote, *fmspc;
	bool is_tdx, is_processor;
} real[] = {
	{ "ph-tdx-v4", "b0c06f000000", true, false },
	{ "ph-tdx-v5-outdated", "90c06f000000", true, false },
	{ "ph-sgx-v3", "00a067110000", false, true },
	{ "au-gcp-tdx-v4", "00806f050000", true, false },
	{ "au-sgx-v3", "00606a000000", false, false },
};

static void platform__is_that_of_real_quotes(void **state)
{
	(void)state;
	if (!vectors_present())
		skip();
	for (size_t i = 0; i < COUNT(real); i++) {
		char name[128];
		uint8_t fmspc[COLLATERAL_FMSPC_BYTES];
		struct collateral_platform p;
		struct fault f = FAULT_INIT;

		snprintf(
		    name, sizeof(name), "intel/quotes/%s.bin", real[i].quote);
		struct blob quote = vectors_file(name);
		assert_ok(hex_decode(span_text(real[i].fmspc), fmspc,
			      sizeof(fmspc), "test", &f),
		    f);
		assert_ok(
		    collateral_quote_platform(blob_span(&quote), &p, &f), f);
		assert_memory_equal(p.fmspc, fmspc, sizeof(fmspc));
		assert_int_equal(p.is_tdx, real[i].is_tdx);
		assert_int_equal(p.is_processor, real[i].is_processor);
		blob_drop(&quote);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    platform__stands_in_the_pck_chain, fresh),
		cmocka_unit_test_setup(
		    platform__is_read_from_a_response_too, fresh),
		cmocka_unit_test_setup(
		    platform__needs_a_whole_chain_of_known_names, fresh),
		cmocka_unit_test_setup(
		    platform__needs_the_sgx_extension, fresh),
		cmocka_unit_test(platform__is_that_of_real_quotes),
	};
	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
