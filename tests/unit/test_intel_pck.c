/* SPDX-License-Identifier: Apache-2.0 */
/* The SGX extension: every entry, and every way of writing it wrongly. */
#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "verify/base/rd_der.h"
#include "verify/intel_pck.h"

static struct blob encode(const struct sim_sgx *sgx)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(4096, "test", &f);
	struct blob out = { 0 };

	assert_ok(sim_sgx_encode(sgx, &w, &f), f);
	assert_ok(wr_done(&w, &out), f);
	return out;
}

static struct sim_sgx honest(void)
{
	struct sim_recipe r;

	sim_recipe_init(&r, sim_world_now);
	return r.sgx;
}

static void extension__gives_all_entries(void **state)
{
	struct sim_sgx sgx = honest();
	AUTO(blob_drop) struct blob der = { 0 };
	struct fault f = FAULT_INIT;
	struct intel_pck p;

	(void)state;
	sgx.component[4] = 200; /* two bytes: 00 c8 */
	sgx.cpusvn[4] = 200;
	sgx.pcesvn = 65535;
	der = encode(&sgx);
	assert_ok(intel_pck_parse(blob_span(&der), &p, &f), f);
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(p.component[i], sgx.component[i]);
	assert_int_equal(p.pcesvn, 65535);
	assert_memory_equal(p.ppid, sgx.ppid, 16);
	assert_memory_equal(p.fmspc, sgx.fmspc, 6);
	assert_memory_equal(p.pceid, sgx.pceid, 2);
	assert_memory_equal(p.cpusvn, sgx.cpusvn, 16);
	assert_int_equal(p.sgx_type, 1);
	assert_true(p.has_platform_id);
	assert_memory_equal(p.platform_id, sgx.instance, 16);
	assert_true(p.has_configuration);
	assert_ok(intel_pck_consistent(&p, &f), f);
	p.cpusvn[15] ^= 1;
	assert_refused(
	    intel_pck_consistent(&p, &f), f, FAULT_FORMAT, "intel.pck.cpusvn");
}

static void extension__refuses_what_is_out_of_range_or_missing(void **state)
{
	static const unsigned flaws[] = { SIM_SGX_FMSPC_TWICE,
		SIM_SGX_NO_COMPONENT7, SIM_SGX_FMSPC_SHORT, SIM_SGX_TRAILING };
	struct fault f = FAULT_INIT;
	struct intel_pck p;

	(void)state;
	for (size_t i = 0; i < COUNT(flaws) + 4; i++) {
		struct sim_sgx sgx = honest();

		if (i < COUNT(flaws))
			sgx.flaws = flaws[i];
		else if (i == COUNT(flaws))
			sgx.component[15] = 256;
		else if (i == COUNT(flaws) + 1)
			sgx.component[0] = -1;
		else if (i == COUNT(flaws) + 2)
			sgx.pcesvn = 65536;
		else
			sgx.type = 3;
		AUTO(blob_drop) struct blob der = encode(&sgx);
		assert_refused(intel_pck_parse(blob_span(&der), &p, &f), f,
		    FAULT_FORMAT, "intel.pck.extension");
	}
}

static void extension__refuses_every_truncation(void **state)
{
	struct sim_sgx sgx = honest();
	AUTO(blob_drop) struct blob der = encode(&sgx);
	struct fault f = FAULT_INIT;
	struct intel_pck p;

	(void)state;
	for (size_t n = 0; n < der.n; n++)
		assert_refused(intel_pck_parse(span_of(der.p, n), &p, &f), f,
		    FAULT_FORMAT, "intel.pck.extension");
}

/*
 * A change of any byte is refused or seen: nothing in the extension is
 * skipped over.
 */
static void extension__has_no_byte_that_does_not_count(void **state)
{
	struct sim_sgx sgx = honest();
	AUTO(blob_drop) struct blob der = encode(&sgx);
	struct fault f = FAULT_INIT;
	struct intel_pck good, p;

	(void)state;
	memset(&good, 0, sizeof(good));
	assert_ok(intel_pck_parse(blob_span(&der), &good, &f), f);
	for (size_t i = 0; i < der.n * 8; i++) {
		der.p[i / 8] ^= (uint8_t)(1u << i % 8);
		memset(&p, 0, sizeof(p));
		if (intel_pck_parse(blob_span(&der), &p, &f))
			assert_memory_not_equal(&p, &good, sizeof(p));
		fault_clear(&f);
		der.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
}

/* An unknown entry in the place of the platform instance (.6). */
static void extension__refuses_entries_it_does_not_know(void **state)
{
	static const uint8_t six[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01,
		0x0d, 0x01, 0x06 };
	struct sim_sgx sgx = honest();
	AUTO(blob_drop) struct blob der = encode(&sgx);
	struct fault f = FAULT_INIT;
	struct intel_pck p;
	uint8_t *at = memmem(der.p, der.n, six, sizeof(six));

	(void)state;
	assert_non_null(at);
	at[9] = 8;
	assert_refused(intel_pck_parse(blob_span(&der), &p, &f), f,
	    FAULT_FORMAT, "intel.pck.extension");
	at[9] = 6;
	at[8] = 2; /* another arc altogether */
	assert_refused(intel_pck_parse(blob_span(&der), &p, &f), f,
	    FAULT_FORMAT, "intel.pck.extension");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extension__gives_all_entries),
		cmocka_unit_test(
		    extension__refuses_what_is_out_of_range_or_missing),
		cmocka_unit_test(extension__refuses_every_truncation),
		cmocka_unit_test(extension__has_no_byte_that_does_not_count),
		cmocka_unit_test(extension__refuses_entries_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
