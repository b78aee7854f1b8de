/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the daemon's collateral comes from: a file, or a service that is asked
 * for the machine whose quote this is. The provider is the test's own, linked
 * in place of attest/.
 */
#include "oracle/collateral_source.h"

#include "sources/sources.h"
#include "tests/unit/check.h"
#include "tests/unit/pccs_double.h"
#include "tests/unit/sim_world.h"
#include "verify/base/file.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/affiant-source-XXXXXX";
static char path[64], ca[64], other[64], url[64];
static struct pccs_double *pccs;
static struct intel_world world;
static struct blob bundle;
static unsigned quotes;
static bool quote_fails;

void attested_drop(struct attested *q)
{
	blob_drop(&q->quote);
}

FALLIBLE attest_quote(struct attest *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct attested *out,
    struct fault *f)
{
	const uint8_t zeros[32] = { 0 };

	(void)a;
	quotes++;
	/* A statement is bound by a hash and zeros. */
	assert_memory_not_equal(report_data + 32, zeros, sizeof(zeros));
	if (quote_fails)
		return fault_raise(f, FAULT_REMOTE, "double.quote", "no quote");
	return blob_copy(blob_span(&world.file[INTEL_QUOTE]), &out->quote, f);
}

static struct collateral parts_of(const struct intel_world *w)
{
	return (struct collateral){
		.pck_crl = blob_span(&w->file[INTEL_PCK_CRL]),
		.pck_crl_issuer_chain =
		    blob_span(&w->file[INTEL_PCK_CRL_CHAIN]),
		.qe_identity = blob_span(&w->file[INTEL_QE_IDENTITY]),
		.qe_identity_issuer_chain = blob_span(&w->file[INTEL_QE_CHAIN]),
		.root_ca_crl = blob_span(&w->file[INTEL_ROOT_CRL]),
		.tcb_info = blob_span(&w->file[INTEL_TCB_INFO]),
		.tcb_info_issuer_chain = blob_span(&w->file[INTEL_TCB_CHAIN]),
	};
}

static int start(void **state)
{
	struct sim_keys keys = { { NULL } };
	struct sim_recipe recipe;
	struct fault f = FAULT_INIT;
	struct collateral c;
	struct wr w = wr_grow(1 << 20, "test", &f);

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	sim_recipe_init(&recipe, sim_world_now);
	assert_ok(sim_pki_make_keys(&keys, &f), f);
	world = sim_world_mint(&keys, &recipe);
	sim_pki_drop_keys(&keys);
	c = parts_of(&world);
	assert_ok(collateral_encode(&c, &w, &f), f);
	assert_ok(wr_done(&w, &bundle), f);
	assert_non_null(mkdtemp(dir));
	assert_ok(sources_init(&f), f);
	assert_ok(pccs_double_start(&c, dir, &pccs, &f), f);
	snprintf(path, sizeof(path), "%s/bundle.json", dir);
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	snprintf(other, sizeof(other), "%s/intermediate.pem", dir);
	snprintf(
	    url, sizeof(url), "https://localhost:%u", pccs_double_port(pccs));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	pccs_double_stop(pccs);
	sources_exit();
	blob_drop(&bundle);
	intel_world_drop(&world);
	unlink(path);
	unlink(ca);
	unlink(other);
	return rmdir(dir);
}

static void put_file(struct span text)
{
	struct fault f = FAULT_INIT;

	assert_ok(file_write(path, text, 0644, &f), f);
}

static void assert_obtained(struct collateral_source *s)
{
	AUTO(blob_drop) struct blob got = { 0 };
	struct collateral_facts facts;
	struct fault f = FAULT_INIT;
	const volatile bool running = false;

	assert_ok(collateral_source_obtain(s, &running, &got, &facts, &f), f);
	assert_true(span_equal(blob_span(&got), blob_span(&bundle)));
	assert_true(facts.platform.is_tdx);
}

static void assert_not_obtained(struct collateral_source *s,
    enum fault_kind kind, const char *at, const char *text)
{
	AUTO(blob_drop) struct blob got = { 0 };
	struct collateral_facts facts;
	struct fault f = FAULT_INIT;
	const volatile bool running = false;

	assert_false(collateral_source_obtain(s, &running, &got, &facts, &f));
	assert_null(got.p);
	assert_non_null(strstr(f.text, text));
	assert_fault(f, kind, at);
}

static void obtain__asks_a_service_for_this_machine(void **state)
{
	(void)state;
	const struct collateral_config config = {
		.pccs = url, .ca_file = ca, .update = "standard"
	};
	struct collateral_source s = { .config = &config };
	char targets[4096];

	quotes = 0;
	assert_obtained(&s);
	assert_obtained(&s);
	/* The machine stays the same. */
	assert_int_equal(quotes, 1);
	pccs_double_targets(pccs, targets, sizeof(targets));
	assert_non_null(strstr(targets, "&update=standard\n"));
	assert_non_null(strstr(targets, "ca=platform"));
}

static void obtain__reads_a_file_into_canonical_form(void **state)
{
	(void)state;
	const struct collateral_config config = { .file = path };
	struct collateral_source s = { .config = &config };
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr w = wr_grow(1 << 20, "test", &f);

	wr_text(&w, " { ");
	wr_bytes(&w, bundle.p + 1, bundle.n - 1);
	wr_text(&w, "\n");
	put_file(wr_view(&w));
	assert_obtained(&s);
}

static void obtain__refuses_a_file_that_is_no_bundle_or_anothers(void **state)
{
	(void)state;
	const struct collateral_config config = { .file = path };
	struct collateral_source s = { .config = &config };

	unlink(path);
	assert_not_obtained(&s, FAULT_SYSTEM, "file.open", "bundle.json");
	put_file(span_text("{\"type\":\"affiant.collateral.v1\"}"));
	assert_not_obtained(&s, FAULT_FORMAT, "collateral.tcbInfo",
	    "bundle.json: tcbInfo: is missing");
	put_file(blob_span(&bundle));
	s.platform.fmspc[0] ^= 1;
	assert_not_obtained(
	    &s, FAULT_FORMAT, "collateral.tcbInfo.fmspc", "is for FMSPC");
}

static void obtain__needs_a_quote_to_know_the_machine(void **state)
{
	(void)state;
	const struct collateral_config config = { .file = path };
	struct collateral_source s = { .config = &config };

	put_file(blob_span(&bundle));
	quote_fails = true;
	assert_not_obtained(&s, FAULT_REMOTE, "double.quote",
	    "finding out the platform: no quote");
	quote_fails = false;
	assert_obtained(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(obtain__asks_a_service_for_this_machine),
		cmocka_unit_test(obtain__reads_a_file_into_canonical_form),
		cmocka_unit_test(
		    obtain__refuses_a_file_that_is_no_bundle_or_anothers),
		cmocka_unit_test(obtain__needs_a_quote_to_know_the_machine),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
