/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/attest.h"

#include "attest/provider.h"
#include "tests/unit/check.h"
#include "tests/unit/state_dir.h"
#include "verify/base/clock.h"
#include "verify/base/hash.h"
#include "verify/base/seal.h"
#include "verify/base/text.h"
#include "verify/collateral.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
/* 2026-01-15T00:00:00Z */
static const struct utc NOW = { .ms = 1768435200000 };

static void set_clock(int64_t days_later)
{
	struct utc t = { .ms = NOW.ms + days_later * DAY_MS };
	clock_set_for_test(&t);
}

static int before_each(void **state)
{
	(void)state;
	set_clock(0);
	return unsetenv("AFFIANT_SIMULATE");
}

static struct attest_config simulator(const struct state_dir *d)
{
	return (struct attest_config){ .provider = "simulator",
		.state_dir = d->path };
}

static struct attest *opened(const struct state_dir *d)
{
	struct attest_config cfg = simulator(d);
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(attest_open(&cfg, &a, &f), f);
	return a;
}

/* ---- which provider ----------------------------------------------------- */

static void open__auto_never_falls_back_to_a_simulator(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const char *const names[] = { "auto", NULL };
	for (size_t i = 0; i < COUNT(names); i++) {
		struct attest_config cfg = { .provider = names[i],
			.state_dir = d.path };
		struct attest *a = NULL;
		struct fault f = FAULT_INIT;
		if (attest_open(&cfg, &a, &f)) {
			/* These tests may run inside a TEE one day. */
			assert_false(attest_is_simulated(a));
			attest_close(a);
			continue;
		}
		assert_non_null(strstr(f.text, "AFFIANT_SIMULATE=tdx"));
		assert_non_null(strstr(f.text, "\"provider\":\"simulator\""));
		assert_fault(f, FAULT_UNSUPPORTED, "attest.detect");
		assert_false(file_exists(state_dir_file(&d, "simulator")));
	}
}

static void open__simulates_when_asked_in_any_of_three_ways(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const struct {
		const char *provider, *simulate, *environment;
	} ways[] = {
		{ "simulator", NULL, NULL },
		{ "auto", "tdx", NULL },
		{ "auto", NULL, "tdx" },
		{ NULL, NULL, "tdx" },
		{ "simulator", "tdx", "tdx" },
		{ "simulator", NULL, "" },
		/* The configuration wins over the environment. */
		{ "auto", "tdx", "no-such-platform" },
	};
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct attest_config cfg = { .provider = ways[i].provider,
			.simulate = ways[i].simulate,
			.state_dir = d.path };
		AUTO(attest_drop) struct attest *a = NULL;
		struct fault f = FAULT_INIT;
		if (ways[i].environment)
			setenv("AFFIANT_SIMULATE", ways[i].environment, 1);
		else
			unsetenv("AFFIANT_SIMULATE");
		assert_ok(attest_open(&cfg, &a, &f), f);
		assert_string_equal(attest_provider(a), "simulator");
		assert_string_equal(attest_platform(a), "tdx");
		assert_true(attest_is_simulated(a));
	}
}

static void open__takes_an_empty_environment_as_none(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct attest_config cfg = { .provider = "auto", .state_dir = d.path };
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	setenv("AFFIANT_SIMULATE", "", 1);
	if (attest_open(&cfg, &a, &f)) {
		assert_false(attest_is_simulated(a));
		attest_close(a);
		return;
	}
	assert_fault(f, FAULT_UNSUPPORTED, "attest.detect");
}

static void open__names_the_platforms_it_can_simulate(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const char *const platforms[] = { "sev-snp", "TDX", "tdx ", "1" };
	for (size_t i = 0; i < COUNT(platforms); i++) {
		struct attest_config cfg = simulator(&d);
		struct attest *a = NULL;
		struct fault f = FAULT_INIT;
		cfg.simulate = platforms[i];
		assert_false(attest_open(&cfg, &a, &f));
		assert_non_null(strstr(f.text, platforms[i]));
		assert_non_null(strstr(f.text, "are: tdx"));
		assert_fault(f, FAULT_UNSUPPORTED, "attest.simulate");
		assert_null(a);
	}
}

static void open__names_the_providers_it_knows(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct attest_config cfg = { .provider = "no-such",
		.state_dir = d.path };
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	assert_false(attest_open(&cfg, &a, &f));
	assert_non_null(strstr(f.text, "\"no-such\""));
	assert_non_null(strstr(f.text,
	    "auto, dstack, tappd, tdx-tsm, nitro, "
	    "marlin, simulator"));
	assert_fault(f, FAULT_CONFIG, "attest.provider");
}

static void open__needs_a_state_folder_for_the_simulator(void **state)
{
	(void)state;
	const char *const folders[] = { NULL, "" };
	for (size_t i = 0; i < COUNT(folders); i++) {
		struct attest_config cfg = { .provider = "simulator",
			.state_dir = folders[i] };
		struct attest *a = NULL;
		struct fault f = FAULT_INIT;
		assert_refused(
		    attest_open(&cfg, &a, &f), f, FAULT_CONFIG, "sim.tdx");
	}
}

/* ---- the same with hardware that exists ---------------------------------- */

static bool is_here(struct fault *why)
{
	(void)why;
	return true;
}

static bool is_not_here(struct fault *why)
{
	return fault_raise(why, FAULT_UNSUPPORTED, "test", "no device");
}

static const char *const tdx[] = { "tdx", NULL };
static const char *const snp_and_tdx[] = { "sev-snp", "tdx", NULL };
static const struct attest_row sim_tdx = { "simulator", tdx, "", true, is_here,
	NULL, false };
static const struct attest_row sim_more = { "simulator", snp_and_tdx, "", true,
	is_here, NULL, false };
static const struct attest_row absent = { "absent", tdx, "", false, is_not_here,
	NULL, false };
static const struct attest_row present = { "present", tdx, "", false, is_here,
	NULL, false };
static const struct attest_row later = { "later", tdx, "", false, is_here, NULL,
	false };
static const struct attest_row *const table[] = { &sim_tdx, &absent, &present,
	&later, &sim_more, NULL };

static void choose__takes_what_was_asked_for(void **state)
{
	(void)state;
	const struct {
		const char *provider, *simulate;
		const struct attest_row *want;
	} cases[] = {
		/* The first that detects its hardware, and no simulator. */
		{ "auto", NULL, &present },
		{ NULL, NULL, &present },
		{ "auto", "", &present },
		{ "auto", "tdx", &sim_tdx },
		{ "auto", "sev-snp", &sim_more },
		/* By name, detected or not: its own open says what is wrong. */
		{ "later", NULL, &later },
		{ "absent", NULL, &absent },
		{ "simulator", NULL, &sim_tdx },
		{ "simulator", "sev-snp", &sim_more },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct attest_row *row = NULL;
		struct fault f = FAULT_INIT;
		assert_ok(attest_choose(table, cases[i].provider,
			      cases[i].simulate, &row, &f),
		    f);
		assert_ptr_equal(row, cases[i].want);
	}
}

static void choose__refuses_hardware_and_simulation_together(void **state)
{
	(void)state;
	const struct attest_row *row = NULL;
	struct fault f = FAULT_INIT;
	assert_refused(attest_choose(table, "present", "tdx", &row, &f), f,
	    FAULT_CONFIG, "attest.simulate");
	assert_null(row);
}

static void choose__says_what_can_be_chosen(void **state)
{
	(void)state;
	const struct attest_row *row = NULL;
	struct fault f = FAULT_INIT;
	assert_false(attest_choose(table, "x", NULL, &row, &f));
	assert_non_null(
	    strstr(f.text, "are: auto, simulator, absent, present, later"));
	fault_clear(&f);
	assert_false(attest_choose(table, "auto", "x", &row, &f));
	assert_non_null(strstr(f.text, "are: tdx, sev-snp, tdx"));
}

static void rows__are_complete_and_simulators_detect_nothing(void **state)
{
	(void)state;
	assert_non_null(attest_rows[0]);
	for (size_t i = 0; attest_rows[i]; i++) {
		const struct attest_row *row = attest_rows[i];
		struct fault why = FAULT_INIT;
		assert_true(row->id[0] && row->help[0] && row->platforms[0]);
		assert_non_null(row->ops);
		bool here = row->detect(&why);
		if (row->simulator)
			assert_false(here);
		if (!here)
			assert_true(why.text[0]);
	}
}

/* ---- the simulator's folder --------------------------------------------- */

static const char *const KEYS[] = { "root.key", "platform_ca.key",
	"tcb_signer.key", "pck.key", "attestation.key" };
static const char *const CERTS[] = { "root.pem", "platform_ca.pem",
	"tcb_signer.pem", "pck.pem" };

static const char *tdx_file(const struct state_dir *d, const char *name)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "simulator/tdx/%s", name);
	return state_dir_file(d, path);
}

static void get_quote(struct attest *a, uint8_t mark, struct blob *out)
{
	struct fault f = FAULT_INIT;
	const uint8_t report_data[REPORT_DATA_BYTES] = { mark };
	struct attested got = { .quote = { 0 } };
	assert_ok(attest_quote(a, report_data, &got, &f), f);
	assert_int_equal(got.event_log.n + got.app_compose.n, 0);
	*out = got.quote;
	assert_true(out->n > 1258);
	assert_memory_equal(out->p + 568, report_data, sizeof(report_data));
}

static void folder__keeps_its_keys_to_itself(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	attest_close(opened(&d));
	char name[64];
	assert_int_equal(state_dir_mode(&d, "simulator"), 0700);
	assert_int_equal(state_dir_mode(&d, "simulator/tdx"), 0700);
	for (size_t i = 0; i < COUNT(KEYS); i++) {
		(void)snprintf(name, sizeof(name), "simulator/tdx/%s", KEYS[i]);
		assert_int_equal(state_dir_mode(&d, name), 0600);
	}
}

static void folder__keeps_one_root_over_restarts(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(blob_drop) struct blob before = { 0 }, after = { 0 };
	AUTO(attest_drop) struct attest *first = opened(&d);
	get_quote(first, 1, &before);
	set_clock(400);
	AUTO(attest_drop) struct attest *second = opened(&d);
	get_quote(second, 1, &after);
	/* Attestation key and PCK chain are the same. */
	assert_int_equal(before.n, after.n);
	assert_memory_equal(before.p + 700, after.p + 700, 64);
	assert_memory_equal(before.p + 1258, after.p + 1258, after.n - 1258);
}

static void folder__of_another_state_has_another_root(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(state_dir_drop) struct state_dir e = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(attest_drop) struct attest *b = opened(&e);
	AUTO(blob_drop) struct blob qa = { 0 }, qb = { 0 };
	get_quote(a, 1, &qa);
	get_quote(b, 1, &qb);
	assert_memory_not_equal(qa.p + 700, qb.p + 700, 64);
}

/* Opening fails at sim.state, names the file, and repairs nothing. */
static void assert_unusable(const struct state_dir *d, const char *name)
{
	struct attest_config cfg = simulator(d);
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	assert_false(attest_open(&cfg, &a, &f));
	assert_null(a);
	assert_string_equal(f.at, "sim.state");
	if (!strstr(f.text, name) || !strstr(f.text, "delete the folder"))
		fail_msg("%s is not named: %s", name, f.text);
}

static void folder__with_a_missing_file_is_refused(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	attest_close(opened(&d));
	for (size_t i = 0; i < COUNT(KEYS) + COUNT(CERTS); i++) {
		const char *name =
		    i < COUNT(KEYS) ? KEYS[i] : CERTS[i - COUNT(KEYS)];
		const char *path = tdx_file(&d, name);
		const char *aside = tdx_file(&d, "aside");
		assert_int_equal(rename(path, aside), 0);
		assert_unusable(&d, name);
		assert_false(file_exists(path));
		assert_int_equal(rename(aside, path), 0);
	}
	attest_close(opened(&d));
}

static void folder__with_a_truncated_file_is_refused(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	attest_close(opened(&d));
	for (size_t i = 0; i < COUNT(KEYS) + COUNT(CERTS); i++) {
		const char *name =
		    i < COUNT(KEYS) ? KEYS[i] : CERTS[i - COUNT(KEYS)];
		const char *path = tdx_file(&d, name);
		AUTO(blob_drop) struct blob whole = { 0 };
		struct fault f = FAULT_INIT;
		assert_ok(file_read(path, 65536, &whole, &f), f);
		assert_int_equal(truncate(path, (off_t)whole.n / 2), 0);
		assert_unusable(&d, name);
		assert_int_equal(truncate(path, 0), 0);
		assert_unusable(&d, name);
		assert_ok(file_write(path, blob_span(&whole), 0600, &f), f);
	}
	attest_close(opened(&d));
}

static void swap_files(
    const struct state_dir *d, const struct state_dir *e, const char *name)
{
	if (!name)
		return;
	const char *ours = tdx_file(d, name), *theirs = tdx_file(e, name);
	const char *aside = tdx_file(d, "aside");
	assert_int_equal(rename(ours, aside), 0);
	assert_int_equal(rename(theirs, ours), 0);
	assert_int_equal(rename(aside, theirs), 0);
}

/* A file of another simulator is well formed and does not fit. */
static void folder__with_a_file_of_another_is_refused(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(state_dir_drop) struct state_dir e = state_dir_new();
	attest_close(opened(&d));
	attest_close(opened(&e));
	/* The files that are swapped, and the one that then does not fit. */
	static const char *const cases[][3] = {
		{ "root.key", NULL, "root.pem" },
		{ "platform_ca.key", NULL, "platform_ca.pem" },
		{ "tcb_signer.key", NULL, "tcb_signer.pem" },
		{ "pck.key", NULL, "pck.pem" },
		{ "root.pem", NULL, "root.pem" },
		{ "platform_ca.pem", NULL, "platform_ca.pem" },
		{ "tcb_signer.pem", NULL, "tcb_signer.pem" },
		{ "pck.pem", NULL, "pck.pem" },
		/* A pair that fits, under another root. */
		{ "root.pem", "root.key", "platform_ca.pem" },
		{ "platform_ca.pem", "platform_ca.key", "platform_ca.pem" },
		{ "tcb_signer.pem", "tcb_signer.key", "tcb_signer.pem" },
		{ "pck.pem", "pck.key", "pck.pem" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		swap_files(&d, &e, cases[i][0]);
		swap_files(&d, &e, cases[i][1]);
		assert_unusable(&d, cases[i][2]);
		swap_files(&d, &e, cases[i][0]);
		swap_files(&d, &e, cases[i][1]);
	}
	attest_close(opened(&d));
	attest_close(opened(&e));
}

/* The attestation key has no certificate that would notice. */
static void folder__with_a_key_of_another_curve_is_refused(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	attest_close(opened(&d));
	EVP_PKEY *key = EVP_EC_gen("P-384");
	BIO *bio = BIO_new(BIO_s_mem());
	struct fault f = FAULT_INIT;
	char *text = NULL;
	assert_true(key && bio);
	PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	long n = BIO_get_mem_data(bio, &text);
	assert_ok(file_write(tdx_file(&d, "attestation.key"),
		      span_of(text, (size_t)n), 0600, &f),
	    f);
	BIO_free(bio);
	EVP_PKEY_free(key);
	assert_unusable(&d, "attestation.key");
}

static void folder__is_refused_outside_of_its_validity(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	attest_close(opened(&d));
	set_clock(-2);
	assert_unusable(&d, "root.pem");
	set_clock(8 * 365);
	assert_unusable(&d, "tcb_signer.pem");
}

static void folder__that_cannot_be_made_is_a_fault(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct fault f = FAULT_INIT;
	struct attest *a = NULL;
	assert_ok(
	    file_write(state_dir_file(&d, "file"), span_text("x"), 0600, &f),
	    f);
	struct attest_config cfg = { .provider = "simulator",
		.state_dir = state_dir_file(&d, "file") };
	assert_false(attest_open(&cfg, &a, &f));
	assert_int_equal(f.kind, FAULT_SYSTEM);
}

static void *open_in_thread(void *dir)
{
	return opened(dir);
}

static void folder__is_made_once_when_two_start_together(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	pthread_t threads[4];
	struct attest *a[COUNT(threads)];
	AUTO(blob_drop) struct blob first = { 0 };
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, open_in_thread, &d), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		AUTO(blob_drop) struct blob q = { 0 };
		assert_int_equal(pthread_join(threads[i], (void **)&a[i]), 0);
		get_quote(a[i], 1, &q);
		if (i == 0)
			first = blob_move(&q);
		else
			assert_memory_equal(q.p + 700, first.p + 700, 64);
		attest_close(a[i]);
	}
}

/* ---- quotes and collateral ---------------------------------------------- */

struct asker {
	struct attest *a;
	uint8_t mark;
};

static void *ask(void *p)
{
	struct asker *asker = p;
	for (int i = 0; i < 20; i++) {
		AUTO(blob_drop) struct blob q = { 0 };
		get_quote(asker->a, asker->mark, &q);
	}
	return NULL;
}

static void quote__serves_many_threads(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	pthread_t threads[4];
	struct asker askers[COUNT(threads)];
	for (size_t i = 0; i < COUNT(threads); i++) {
		askers[i] = (struct asker){ a, (uint8_t)(i + 1) };
		assert_int_equal(
		    pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
	}
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void quote__takes_as_long_as_configured(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct attest_config cfg = simulator(&d);
	AUTO(attest_drop) struct attest *a = NULL;
	AUTO(blob_drop) struct blob q = { 0 };
	struct fault f = FAULT_INIT;
	cfg.sim_delay_ms = 20;
	assert_ok(attest_open(&cfg, &a, &f), f);
	uint64_t start = clock_monotonic_ns();
	get_quote(a, 1, &q);
	assert_true(clock_monotonic_ns() - start >= 20 * 1000000ull);
}

static bool collateral_at(
    struct attest *a, int64_t days_later, struct blob *out)
{
	struct fault f = FAULT_INIT;
	set_clock(days_later);
	blob_drop(out);
	assert_ok(attest_collateral(a, out, &f), f);
	return true;
}

static void collateral__is_kept_until_a_week_before_its_end(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(blob_drop) struct blob first = { 0 }, next = { 0 };
	/* Valid from a day before now, for 30 days. */
	collateral_at(a, 0, &first);
	collateral_at(a, 22, &next);
	assert_true(span_equal(blob_span(&first), blob_span(&next)));
	collateral_at(a, 23, &next);
	assert_false(span_equal(blob_span(&first), blob_span(&next)));
	assert_non_null(strstr(
	    (char *)next.p, "\\\"issueDate\\\":\\\"2026-02-06T00:00:00Z\\\""));
	/* A clock that was set back would be in front of its window. */
	collateral_at(a, 0, &next);
	assert_non_null(strstr(
	    (char *)next.p, "\\\"issueDate\\\":\\\"2026-01-14T00:00:00Z\\\""));
}

static void collateral__is_a_bundle_with_everything_in_it(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(blob_drop) struct blob bundle = { 0 };
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	struct collateral c = { 0 };
	struct fault f = FAULT_INIT;
	collateral_at(a, 0, &bundle);
	assert_ok(collateral_decode(blob_span(&bundle), &c, &doc, &f), f);
	assert_true(c.pck_crl.n && c.pck_crl_issuer_chain.n &&
	    c.qe_identity.n && c.qe_identity_issuer_chain.n &&
	    c.root_ca_crl.n && c.tcb_info.n && c.tcb_info_issuer_chain.n);
	/* The quote carries that one. */
	assert_int_equal(c.pck_chain.n, 0);
}

/* ---- the sealing secret ------------------------------------------------- */

static void seal_root__is_extracted_from_the_uuid(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	struct secret32 root, again;
	struct seal_id id;
	struct fault f = FAULT_INIT;
	assert_ok(attest_seal_root(a, &root, &id, &f), f);
	assert_string_equal(id.platform, "sim:tdx");
	assert_string_equal(id.provider, "sim");
	assert_int_equal(id.platform_no, 1 | SEAL_SIMULATED);
	assert_int_equal(id.provider_no, 0x80);
	/* Another epoch would not open what was sealed before. */
	assert_int_equal(id.epoch, 1);
	assert_int_equal(id.counter, 0);
	assert_int_equal(state_dir_mode(&d, "simulator/seal.uuid"), 0600);

	AUTO(blob_drop) struct blob text = { 0 };
	assert_ok(
	    file_read(state_dir_file(&d, "simulator/seal.uuid"), 64, &text, &f),
	    f);
	assert_int_equal(text.n, 37);
	char digits[33] = "";
	for (size_t i = 0, n = 0; i < 36; i++)
		if (text.p[i] != '-')
			digits[n++] = (char)text.p[i];
	uint8_t uuid[16], prk[32];
	assert_ok(hex_decode(span_text(digits), uuid, 16, "uuid", &f), f);
	assert_int_equal(uuid[6] >> 4, 4); /* RFC 9562: random */
	assert_int_equal(uuid[8] >> 6, 2);
	assert_ok(
	    hkdf_sha256_extract((struct span){ 0 }, span_of(uuid, 16), prk, &f),
	    f);
	assert_memory_equal(prk, root.b, 32);

	AUTO(attest_drop) struct attest *restarted = opened(&d);
	assert_ok(attest_seal_root(restarted, &again, &id, &f), f);
	assert_memory_equal(again.b, root.b, 32);
}

/* Longer than what is read of the file. */
#define LONG_UUID                              \
	"00000000-0000-4000-8000-000000000000" \
	"00000000000000000000000000000000000000"

static void seal_root__refuses_a_file_that_is_no_uuid(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	static const char *const bad[] = { "", "x",
		"00000000-0000-4000-8000-00000000000",
		"00000000-0000-4000-8000-00000000000g\n",
		"00000000-0000-4000-8000-000000000000\n\n",
		"00000000-0000-4000-8000-000000000000 ",
		"0000000000000-4000-8000-000000000000", LONG_UUID };
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct secret32 root;
		struct seal_id id;
		struct fault f = FAULT_INIT;
		assert_ok(file_write(state_dir_file(&d, "simulator/seal.uuid"),
			      span_text(bad[i]), 0600, &f),
		    f);
		assert_false(attest_seal_root(a, &root, &id, &f));
		assert_non_null(strstr(f.text, "seal.uuid"));
		assert_string_equal(f.at, "sim.state");
	}
}

#define T(name) cmocka_unit_test_setup(name, before_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(open__auto_never_falls_back_to_a_simulator),
		T(open__simulates_when_asked_in_any_of_three_ways),
		T(open__takes_an_empty_environment_as_none),
		T(open__names_the_platforms_it_can_simulate),
		T(open__names_the_providers_it_knows),
		T(open__needs_a_state_folder_for_the_simulator),
		T(choose__takes_what_was_asked_for),
		T(choose__refuses_hardware_and_simulation_together),
		T(choose__says_what_can_be_chosen),
		T(rows__are_complete_and_simulators_detect_nothing),
		T(folder__keeps_its_keys_to_itself),
		T(folder__keeps_one_root_over_restarts),
		T(folder__of_another_state_has_another_root),
		T(folder__with_a_missing_file_is_refused),
		T(folder__with_a_truncated_file_is_refused),
		T(folder__with_a_file_of_another_is_refused),
		T(folder__with_a_key_of_another_curve_is_refused),
		T(folder__is_refused_outside_of_its_validity),
		T(folder__that_cannot_be_made_is_a_fault),
		T(folder__is_made_once_when_two_start_together),
		T(quote__serves_many_threads),
		T(quote__takes_as_long_as_configured),
		T(collateral__is_kept_until_a_week_before_its_end),
		T(collateral__is_a_bundle_with_everything_in_it),
		T(seal_root__is_extracted_from_the_uuid),
		T(seal_root__refuses_a_file_that_is_no_uuid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
