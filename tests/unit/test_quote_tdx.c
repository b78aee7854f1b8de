/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TDX through configfs-tsm, on a kernel made for tests (tsm_double.h): every
 * step of it, every error it may give, and quotes that the host changed.
 */
#include "attest/quote_tdx.h"

#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "tests/unit/state_dir.h"
#include "tests/unit/tsm_double.h"
#include "verify/base/hash.h"
#include "verify/base/limits.h"
#include "verify/base/seal.h"
#include "verify/intel_quote.h"

#include <errno.h>

static const uint8_t REPORT_DATA[REPORT_DATA_BYTES] = { 0xaa, 0xbb,
	0xcc, [63] = 0xdd };

static int before_each(void **state)
{
	(void)state;
	(void)tsm_double();
	return 0;
}

/* Whatever a test did: no entry and no open file is left behind. */
static int after_each(void **state)
{
	(void)state;
	tsm_double_check_left_clean();
	return 0;
}

static bool take(struct tsm_double *d, struct blob *out, struct fault *f)
{
	return quote_tdx_take(&d->tsm, REPORT_DATA, out, f);
}

static void assert_taken(struct tsm_double *d, unsigned tries)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	struct intel_quote q;
	struct fault f = FAULT_INIT;
	assert_ok(take(d, &quote, &f), f);
	assert_ok(intel_quote_parse(blob_span(&quote), &q, &f), f);
	assert_int_equal(q.canonical.n, quote.n);
	assert_memory_equal(
	    q.td.report_data.p, REPORT_DATA, sizeof(REPORT_DATA));
	assert_int_equal(d->made, tries);
}

static void assert_no_quote(
    struct tsm_double *d, enum fault_kind kind, const char *at)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	struct fault f = FAULT_INIT;
	assert_refused(take(d, &quote, &f), f, kind, at);
	assert_null(quote.p);
}

/* ---- going well --------------------------------------------------------- */

static void take__gives_a_quote_of_either_version(void **state)
{
	(void)state;
	tsm_report_fn *const reports[] = { tsm_double_quote_v4,
		tsm_double_quote_v5 };
	for (size_t i = 0; i < COUNT(reports); i++) {
		struct tsm_double *d = tsm_double();
		d->report = reports[i];
		assert_taken(d, 1);
		assert_int_equal(d->reports, 1);
		assert_int_equal(d->rests, 0);
		tsm_double_check_left_clean();
	}
}

static void take__reads_on_until_the_end(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	d->piece = 7;
	assert_taken(d, 1);
}

static void with_zero_tail(const uint8_t in[TSM_INBLOB_BYTES], struct blob *out)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	struct fault f = FAULT_INIT;
	tsm_double_quote_v4(in, &quote);
	struct wr w = wr_grow(LIMIT_QUOTE_BYTES, "test", &f);
	wr_span(&w, blob_span(&quote));
	wr_zero(&w, 8000 - quote.n);
	assert_ok(wr_done(&w, out), f);
}

static void take__cuts_the_zeros_behind_the_quote(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	AUTO(blob_drop) struct blob plain = { 0 }, cut = { 0 };
	struct fault f = FAULT_INIT;
	assert_ok(take(d, &plain, &f), f);
	d->report = with_zero_tail;
	assert_ok(take(d, &cut, &f), f);
	assert_true(cut.n < 8000);
	/* Signatures differ, lengths do not. */
	assert_int_equal(cut.n, plain.n);
}

/* ---- real quotes -------------------------------------------------------- */

static struct blob a_real_quote;
/* Published with a few words behind it, where zeros would be cut off. */
#define WITH_A_TAIL "go-tdx-v4-spr-e4"

static void the_real_quote(const uint8_t in[TSM_INBLOB_BYTES], struct blob *out)
{
	struct fault f = FAULT_INIT;
	(void)in;
	assert_ok(blob_copy(blob_span(&a_real_quote), out, &f), f);
}

static void take__knows_the_form_of_real_quotes(void **state)
{
	(void)state;
	AUTO(json_drop) struct json *doc = vectors_json("intel/vectors.json");
	const struct json_node *list = vectors_member(json_root(doc), "quotes");
	size_t taken = 0, refused = 0;
	for (const struct json_node *v = json_first(list); v;
	     v = json_next(v)) {
		char name[128];
		struct fault f = FAULT_INIT;
		struct intel_quote q;
		AUTO(blob_drop) struct blob quote = { 0 };
		struct tsm_double *d = tsm_double();
		(void)snprintf(
		    name, sizeof(name), "intel/%s", vectors_text(v, "file"));
		a_real_quote = vectors_file(name);
		d->report = the_real_quote;
		if (strcmp(vectors_text(v, "tee"), "tdx") != 0) {
			assert_no_quote(d, FAULT_REMOTE, "intel.quote.tee");
			refused++;
		} else if (strcmp(vectors_text(v, "id"), WITH_A_TAIL) == 0) {
			assert_no_quote(d, FAULT_REMOTE, "intel.quote.tail");
			refused++;
		} else {
			assert_ok(
			    intel_quote_parse(blob_span(&a_real_quote), &q, &f),
			    f);
			assert_ok(quote_tdx_take(
				      &d->tsm, q.td.report_data.p, &quote, &f),
			    f);
			assert_int_equal(
			    quote.n, vectors_u64(v, "canonical_bytes"));
			/* The very same, and we did not ask for that one. */
			assert_no_quote(d, FAULT_REMOTE, "tdx.report_data");
			taken++;
		}
		blob_drop(&a_real_quote);
		tsm_double_check_left_clean();
	}
	assert_true(taken >= 8 && refused >= 4);
}

/* ---- a host that lies --------------------------------------------------- */

static size_t edit_at;
static int edit_length;

/* The quote with one byte changed, or cut, or with one byte more. */
static void edited(const uint8_t in[TSM_INBLOB_BYTES], struct blob *out)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	struct fault f = FAULT_INIT;
	tsm_double_quote_v4(in, &quote);
	if (edit_length == 0)
		quote.p[edit_at] ^= 0x10;
	struct wr w = wr_grow(2 * LIMIT_QUOTE_BYTES, "test", &f);
	if (edit_length < 0)
		wr_bytes(&w, quote.p, edit_at);
	else
		wr_span(&w, blob_span(&quote));
	for (int i = 0; i < edit_length; i++)
		wr_u8(&w, 1);
	assert_ok(wr_done(&w, out), f);
}

static void take__refuses_what_has_not_the_form_of_a_tdx_quote(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		const char *fault;
	} edits[] = {
		{ 0, "intel.quote.version" },
		{ 2, "intel.quote.key_type" },
		{ 4, "intel.quote.tee" },
		{ 12, "intel.quote.vendor" },
		{ 634, "intel.quote.auth" },
		{ 764, "intel.quote.wrapper" },
		{ 766, "intel.quote.wrapper" },
		{ 1252, "intel.quote.certification" },
		{ 1254, "intel.quote.parts" },
	};
	for (size_t i = 0; i < COUNT(edits); i++) {
		struct tsm_double *d = tsm_double();
		d->report = edited;
		edit_at = edits[i].at;
		edit_length = 0;
		assert_no_quote(d, FAULT_REMOTE, edits[i].fault);
		tsm_double_check_left_clean();
	}
}

static void take__refuses_a_quote_cut_anywhere(void **state)
{
	(void)state;
	AUTO(blob_drop) struct blob quote = { 0 };
	tsm_double_quote_v4(REPORT_DATA, &quote);
	for (size_t n = 1; n < quote.n; n += n < 1300 ? 41 : 397) {
		struct tsm_double *d = tsm_double();
		AUTO(blob_drop) struct blob got = { 0 };
		struct fault f = FAULT_INIT;
		d->report = edited;
		edit_at = n;
		edit_length = -1;
		assert_false(take(d, &got, &f));
		assert_int_equal(f.kind, FAULT_REMOTE);
		assert_memory_equal(f.at, "intel.quote.", 12);
		assert_non_null(strstr(f.text, "no TDX quote"));
		tsm_double_check_left_clean();
	}
}

static void take__refuses_bytes_behind_the_quote(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	d->report = edited;
	edit_length = 1;
	assert_no_quote(d, FAULT_REMOTE, "intel.quote.tail");
}

/* Each byte of report data, and each signed byte that is not of the form. */
static void take__refuses_a_quote_over_other_report_data(void **state)
{
	(void)state;
	for (size_t i = 0; i < REPORT_DATA_BYTES; i++) {
		struct tsm_double *d = tsm_double();
		d->report = edited;
		edit_at = 568 + i;
		edit_length = 0;
		assert_no_quote(d, FAULT_REMOTE, "tdx.report_data");
		tsm_double_check_left_clean();
	}
}

static void nothing(const uint8_t in[TSM_INBLOB_BYTES], struct blob *out)
{
	(void)in, (void)out;
}

static void take__refuses_an_empty_report(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	d->report = nothing;
	assert_no_quote(d, FAULT_REMOTE, "tsm.outblob");
}

static size_t zeros_length;

/* A quote and so many zeros that it has the length asked for. */
static void long_tail(const uint8_t in[TSM_INBLOB_BYTES], struct blob *out)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	struct fault f = FAULT_INIT;
	tsm_double_quote_v4(in, &quote);
	struct wr w = wr_grow(zeros_length, "test", &f);
	wr_span(&w, blob_span(&quote));
	wr_zero(&w, zeros_length - quote.n);
	assert_ok(wr_done(&w, out), f);
}

static void take__refuses_a_report_beyond_the_limit(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	d->report = long_tail;
	zeros_length = LIMIT_QUOTE_BYTES;
	assert_taken(d, 1);
	zeros_length = LIMIT_QUOTE_BYTES + 1;
	assert_no_quote(d, FAULT_REMOTE, "tsm.outblob");
	zeros_length = 16 * LIMIT_QUOTE_BYTES;
	assert_no_quote(d, FAULT_REMOTE, "tsm.outblob");
}

/* ---- other processes ---------------------------------------------------- */

/* Without the generation, the second case would pass for ours. */
static void take__discards_what_another_process_had_a_hand_in(void **state)
{
	(void)state;
	for (int tidies = 0; tidies < 2; tidies++) {
		struct tsm_double *d = tsm_double();
		d->strangers = 2;
		d->stranger_tidies = tidies;
		assert_taken(d, 3);
		assert_int_equal(d->reports, 3);
		assert_true(d->rests > 0);
		tsm_double_check_left_clean();
	}
}

static void take__gives_up_on_a_stranger_who_never_stops(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	d->strangers = UINT32_MAX;
	d->stranger_tidies = true;
	assert_no_quote(d, FAULT_REMOTE, "tsm.busy");
}

static void take__tries_again_when_somebody_is_quoting(void **state)
{
	(void)state;
	static const int passing[] = { EBUSY, EINTR, ETIMEDOUT };
	for (size_t i = 0; i < COUNT(passing); i++) {
		struct tsm_double *d = tsm_double();
		d->outblob_error[0] = d->outblob_error[1] = passing[i];
		assert_taken(d, 3);
		assert_int_equal(d->reports, 1);
		assert_int_equal(d->rests, 2);
		tsm_double_check_left_clean();
	}
}

static void take__takes_another_name_when_one_is_taken(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	d->mkdir_error[0] = EEXIST;
	d->mkdir_error[1] = EINTR;
	assert_taken(d, 1);
	assert_int_equal(d->rests, 2);
}

static void take__is_patient_and_not_for_ever(void **state)
{
	(void)state;
	static const struct {
		const char *attribute;
		int error;
		uint64_t takes_ms;
	} cases[] = {
		{ "generation", EBUSY, 0 },
		{ "provider", EINTR, 0 },
		{ "provider", EBUSY, 30000 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tsm_double *d = tsm_double();
		struct fault f = FAULT_INIT;
		AUTO(blob_drop) struct blob quote = { 0 };
		d->broken = cases[i].attribute;
		d->read_error = cases[i].error;
		d->read_takes_ms = cases[i].takes_ms;
		assert_false(take(d, &quote, &f));
		assert_non_null(strstr(f.text, cases[i].attribute));
		assert_fault(f, FAULT_REMOTE, "tsm.busy");
		assert_in_range(d->now_ns / 1000000, TSM_PATIENCE_MS,
		    TSM_PATIENCE_MS + 30000);
		/* It rests in between, and no longer than a second. */
		assert_in_range(d->rests, 1, 100);
		assert_int_equal(d->made, d->rests + 1);
		tsm_double_check_left_clean();
	}
}

/* ---- errors that stay --------------------------------------------------- */

static void take__says_what_failed_and_does_not_insist(void **state)
{
	(void)state;
	static const struct {
		int error;
		enum fault_kind kind;
		const char *at, *word;
	} cases[] = {
		{ EIO, FAULT_REMOTE, "tsm.service", "quoting service" },
		{ EFBIG, FAULT_REMOTE, "tsm.outblob", "larger" },
		{ EINVAL, FAULT_SYSTEM, "tsm.outblob", "outblob" },
		{ ENXIO, FAULT_SYSTEM, "tsm.outblob", "outblob" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tsm_double *d = tsm_double();
		AUTO(blob_drop) struct blob quote = { 0 };
		struct fault f = FAULT_INIT;
		d->outblob_error[0] = cases[i].error;
		assert_false(take(d, &quote, &f));
		assert_non_null(strstr(f.text, cases[i].word));
		assert_fault(f, cases[i].kind, cases[i].at);
		assert_int_equal(d->made, 1);
		assert_int_equal(d->rests, 0);
		tsm_double_check_left_clean();
	}
}

static void take__names_the_attribute_that_fails(void **state)
{
	(void)state;
	static const struct {
		const char *attribute;
		int open, read, write, close;
		const char *at;
	} cases[] = {
		{ "generation", EACCES, 0, 0, 0, "tsm.generation" },
		{ "generation", 0, ENOENT, 0, 0, "tsm.generation" },
		{ "inblob", EACCES, 0, 0, 0, "tsm.inblob" },
		{ "inblob", 0, 0, EINVAL, 0, "tsm.inblob" },
		{ "inblob", 0, 0, 0, ENOSPC, "tsm.inblob" },
		{ "outblob", EACCES, 0, 0, 0, "tsm.outblob" },
		{ "provider", EACCES, 0, 0, 0, "tsm.provider" },
		{ "provider", 0, ENOENT, 0, 0, "tsm.provider" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tsm_double *d = tsm_double();
		AUTO(blob_drop) struct blob quote = { 0 };
		struct fault f = FAULT_INIT;
		d->broken = cases[i].attribute;
		d->open_error = cases[i].open;
		d->read_error = cases[i].read;
		d->write_error = cases[i].write;
		d->close_error = cases[i].close;
		assert_false(take(d, &quote, &f));
		assert_non_null(strstr(f.text, cases[i].attribute));
		assert_fault(f, FAULT_SYSTEM, cases[i].at);
		assert_int_equal(d->made, 1);
		tsm_double_check_left_clean();
	}
}

/* "Exactly 64 bytes in one write": no second one for the rest. */
static void take__writes_once_or_not_at_all(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	d->written_most = 32;
	assert_no_quote(d, FAULT_SYSTEM, "tsm.inblob");
	assert_int_equal(d->reports, 0);
}

static void take__refuses_attributes_that_are_no_line_of_text(void **state)
{
	(void)state;
	static const char LONG[] = "0000000000000000000000000000000000000000000"
				   "000000000000000000000\n";
	static const char *const generations[] = { "", "7", "x\n", "-1\n",
		"7\n7\n", " 7\n", "18446744073709551616\n", LONG };
	for (size_t i = 0; i < COUNT(generations); i++) {
		struct tsm_double *d = tsm_double();
		d->generation = generations[i];
		assert_no_quote(d, FAULT_SYSTEM, "tsm.generation");
		tsm_double_check_left_clean();
	}
	static const char *const providers[] = { "", "tdx_guest", LONG };
	for (size_t i = 0; i < COUNT(providers); i++) {
		struct tsm_double *d = tsm_double();
		d->provider = providers[i];
		assert_no_quote(d, FAULT_SYSTEM, "tsm.provider");
		tsm_double_check_left_clean();
	}
}

static void take__refuses_a_generation_that_stands_still(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	d->generation = "7\n";
	assert_no_quote(d, FAULT_REMOTE, "tsm.busy");
}

static void take__refuses_another_tee(void **state)
{
	(void)state;
	static const char *const names[] = { "sev_guest\n", "tdx_guest2\n",
		"tdx\n", "TDX_GUEST\n", "tdx_guest\n\n", "\n" };
	for (size_t i = 0; i < COUNT(names); i++) {
		struct tsm_double *d = tsm_double();
		d->provider = names[i];
		assert_no_quote(d, FAULT_UNSUPPORTED, "tsm.provider");
		tsm_double_check_left_clean();
	}
}

/* ---- where there is no surface ------------------------------------------ */

struct missing {
	enum tsm_absent absent;
	int mkdir_error;
	const char *provider;
	enum fault_kind kind;
	const char *at, *word, *advice;
};
static const struct missing missing[] = {
	{ TSM_NO_CONFIGFS, 0, "", FAULT_UNSUPPORTED, "tsm.configfs",
	    "no configfs at /config", "mount" },
	{ TSM_NO_REPORT, 0, "", FAULT_UNSUPPORTED, "tsm.module",
	    "no tsm/report in /config", "modprobe" },
	{ TSM_ALL_THERE, ENXIO, "", FAULT_UNSUPPORTED, "tsm.module",
	    "no TEE's guest module", "modprobe" },
	{ TSM_ALL_THERE, 0, "sev_guest\n", FAULT_UNSUPPORTED, "tsm.provider",
	    "come from sev_guest", "tdx_guest" },
	{ TSM_ALL_THERE, EACCES, "", FAULT_SYSTEM, "tsm.entry",
	    "Permission denied", "permitted" },
	{ TSM_ALL_THERE, EPERM, "", FAULT_SYSTEM, "tsm.entry", "not permitted",
	    "root" },
	{ TSM_ALL_THERE, EROFS, "", FAULT_SYSTEM, "tsm.entry", "Read-only",
	    "container" },
};

static struct tsm_double *without(const struct missing *m)
{
	struct tsm_double *d = tsm_double();
	d->absent = m->absent;
	d->mkdir_error[0] = m->mkdir_error;
	d->provider = m->provider;
	return d;
}

static void assert_says(struct fault *f, const struct missing *m)
{
	assert_non_null(strstr(f->text, m->word));
	assert_non_null(strstr(f->text, m->advice));
	assert_fault(*f, m->kind, m->at);
}

static void missing__is_told_by_detect_open_and_quote(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(missing); i++) {
		struct fault f = FAULT_INIT;
		void *opened = NULL;
		const char *platform = NULL;
		AUTO(blob_drop) struct blob quote = { 0 };
		struct tsm_double *d = without(&missing[i]);
		assert_false(quote_tdx_detect(&d->tsm, &f));
		assert_says(&f, &missing[i]);
		/* Another TEE is not asked to quote. */
		assert_int_equal(d->reports, 0);
		tsm_double_check_left_clean();
		d = without(&missing[i]);
		assert_false(quote_tdx_open(&d->tsm, &opened, &platform, &f));
		assert_says(&f, &missing[i]);
		assert_null(opened);
		tsm_double_check_left_clean();
		d = without(&missing[i]);
		assert_false(take(d, &quote, &f));
		assert_says(&f, &missing[i]);
		assert_int_equal(d->rests, 0);
		tsm_double_check_left_clean();
	}
}

static void detect__confirms_by_a_quote(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	struct fault f = FAULT_INIT;
	assert_ok(quote_tdx_detect(&d->tsm, &f), f);
	assert_int_equal(d->reports, 1);
	/* Everything looks right, and the host cannot quote. */
	d = tsm_double();
	d->outblob_error[0] = EIO;
	assert_refused(
	    quote_tdx_detect(&d->tsm, &f), f, FAULT_REMOTE, "tsm.service");
	d = tsm_double();
	d->report = edited;
	edit_at = 0;
	edit_length = 0;
	assert_refused(quote_tdx_detect(&d->tsm, &f), f, FAULT_REMOTE,
	    "intel.quote.version");
}

static uint8_t detected_with[2][TSM_INBLOB_BYTES];
static size_t n_detected;

static void remember(const uint8_t in[TSM_INBLOB_BYTES], struct blob *out)
{
	memcpy(detected_with[n_detected++ % 2], in, TSM_INBLOB_BYTES);
	tsm_double_quote_v4(in, out);
}

/* It could be shown around as the quote of a statement otherwise. */
static void detect__quotes_nothing_that_looks_like_a_statement(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	struct fault f = FAULT_INIT;
	d->report = remember;
	n_detected = 0;
	assert_ok(quote_tdx_detect(&d->tsm, &f), f);
	assert_ok(quote_tdx_detect(&d->tsm, &f), f);
	for (size_t i = 0; i < 2; i++)
		assert_false(span_is_zero(span_of(detected_with[i] + 32, 32)));
	assert_memory_not_equal(
	    detected_with[0], detected_with[1], TSM_INBLOB_BYTES);
}

/* The service on the host may come later; until then quotes fail. */
static void open__needs_the_surface_and_no_quote(void **state)
{
	(void)state;
	struct tsm_double *d = tsm_double();
	struct fault f = FAULT_INIT;
	const char *platform = NULL;
	void *opened = NULL;
	d->outblob_error[0] = EIO;
	assert_ok(quote_tdx_open(&d->tsm, &opened, &platform, &f), f);
	assert_string_equal(platform, "tdx");
	assert_int_equal(d->reports, 0);
	quote_tdx_tsm.ops->close(opened);
}

/* ---- the row ------------------------------------------------------------ */

static FALLIBLE open_double(const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f)
{
	(void)cfg;
	return quote_tdx_open(&tsm_double()->tsm, state_out, platform_out, f);
}

static void row__quotes_and_has_neither_collateral_nor_secret(void **state)
{
	(void)state;
	struct attest_ops ops = *quote_tdx_tsm.ops;
	struct attest_row row = quote_tdx_tsm;
	const struct attest_config cfg = { 0 };
	AUTO(attest_drop) struct attest *a = NULL;
	AUTO(attested_drop) struct attested got = { .quote = { 0 } };
	AUTO(blob_drop) struct blob collateral = { 0 };
	struct secret32 root = { { 0 } };
	struct seal_id id;
	struct fault f = FAULT_INIT;
	ops.open = open_double;
	row.ops = &ops;
	assert_ok(attest_open_row(&row, &cfg, &a, &f), f);
	assert_string_equal(attest_provider(a), "tdx-tsm");
	assert_string_equal(attest_platform(a), "tdx");
	assert_false(attest_is_simulated(a));
	assert_ok(attest_quote(a, REPORT_DATA, &got, &f), f);
	assert_memory_equal(
	    got.quote.p + 568, REPORT_DATA, sizeof(REPORT_DATA));

	assert_false(attest_collateral(a, &collateral, &f));
	assert_non_null(strstr(f.text, "--collateral"));
	assert_fault(f, FAULT_UNSUPPORTED, "attest.collateral");
	assert_false(attest_seal_root(a, &root, &id, &f));
	assert_non_null(
	    strstr(f.text, "sealing unavailable: TDX has no sealing key; "));
	assert_fault(f, FAULT_UNSUPPORTED, "attest.seal");
	assert_true(span_is_zero(span_of(&root, sizeof(root))));
}

/* ---- the system's own calls --------------------------------------------- */

/*
 * A plain folder is no configfs: its entry has no attributes. The entry goes
 * all the same.
 */
static void linux__entry_of_a_plain_folder_is_refused_and_removed(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir dir = state_dir_new();
	const char *root = state_dir_file(&dir, "tsm/report");
	const struct tsm t = { root, "tdx_guest", &tsm_linux };
	AUTO(blob_drop) struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	assert_ok(dir_make(root, 0700, &f), f);
	assert_refused(tsm_probe(&t, &f), f, FAULT_SYSTEM, "tsm.provider");
	assert_refused(quote_tdx_take(&t, REPORT_DATA, &out, &f), f,
	    FAULT_SYSTEM, "tsm.generation");
	assert_int_equal(rmdir(root), 0); /* empty */
	assert_refused(tsm_probe(&t, &f), f, FAULT_UNSUPPORTED, "tsm.module");
	state_dir_drop(&dir);
	assert_refused(tsm_probe(&t, &f), f, FAULT_UNSUPPORTED, "tsm.configfs");
}

/* Real files, filled as the kernel would: when the entry is made ... */
static const char *const attributes[] = { "generation", "inblob", "outblob",
	"provider" };

static void put(const char *dir, const char *name, struct span content)
{
	char path[PATH_MAX];
	struct fault f = FAULT_INIT;
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_ok(file_write(path, content, 0600, &f), f);
}

static char made_dir[PATH_MAX];

static int mkdir_and_fill(const char *path, mode_t mode)
{
	if (mkdir(path, mode) != 0)
		return -1;
	(void)snprintf(made_dir, sizeof(made_dir), "%s", path);
	put(path, "generation", span_text("0\n"));
	put(path, "inblob", span_text(""));
	put(path, "provider", span_text("tdx_guest\n"));
	return 0;
}

/* ... and when inblob is written. */
static ssize_t write_and_report(int fd, const void *p, size_t n)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	ssize_t written = write(fd, p, n);
	assert_int_equal(n, TSM_INBLOB_BYTES);
	tsm_double_quote_v4(p, &quote);
	put(made_dir, "outblob", blob_span(&quote));
	put(made_dir, "generation", span_text("1\n"));
	return written;
}

static int empty_and_rmdir(const char *path)
{
	char file[PATH_MAX + 32];
	for (size_t i = 0; i < COUNT(attributes); i++) {
		(void)snprintf(
		    file, sizeof(file), "%s/%s", path, attributes[i]);
		assert_int_equal(unlink(file), 0);
	}
	return rmdir(path);
}

static void linux__calls_read_and_write_files(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir dir = state_dir_new();
	struct tsm_system system = tsm_linux;
	const struct tsm t = { dir.path, "tdx_guest", &system };
	AUTO(blob_drop) struct blob quote = { 0 };
	struct fault f = FAULT_INIT;
	system.mkdir = mkdir_and_fill;
	system.write = write_and_report;
	system.rmdir = empty_and_rmdir;
	assert_ok(quote_tdx_take(&t, REPORT_DATA, &quote, &f), f);
	assert_memory_equal(quote.p + 568, REPORT_DATA, sizeof(REPORT_DATA));
	assert_int_equal(rmdir(dir.path), 0); /* nothing is left in it */
}

static void linux__rests_as_long_as_asked(void **state)
{
	(void)state;
	uint64_t start = tsm_linux.now_ns();
	tsm_linux.rest(20);
	assert_true(tsm_linux.now_ns() - start >= 20 * UINT64_C(1000000));
}

#define T(name) cmocka_unit_test_setup_teardown(name, before_each, after_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(take__gives_a_quote_of_either_version),
		T(take__reads_on_until_the_end),
		T(take__cuts_the_zeros_behind_the_quote),
		T(take__knows_the_form_of_real_quotes),
		T(take__refuses_what_has_not_the_form_of_a_tdx_quote),
		T(take__refuses_a_quote_cut_anywhere),
		T(take__refuses_bytes_behind_the_quote),
		T(take__refuses_a_quote_over_other_report_data),
		T(take__refuses_an_empty_report),
		T(take__refuses_a_report_beyond_the_limit),
		T(take__discards_what_another_process_had_a_hand_in),
		T(take__gives_up_on_a_stranger_who_never_stops),
		T(take__tries_again_when_somebody_is_quoting),
		T(take__takes_another_name_when_one_is_taken),
		T(take__is_patient_and_not_for_ever),
		T(take__says_what_failed_and_does_not_insist),
		T(take__names_the_attribute_that_fails),
		T(take__writes_once_or_not_at_all),
		T(take__refuses_attributes_that_are_no_line_of_text),
		T(take__refuses_a_generation_that_stands_still),
		T(take__refuses_another_tee),
		T(missing__is_told_by_detect_open_and_quote),
		T(detect__confirms_by_a_quote),
		T(detect__quotes_nothing_that_looks_like_a_statement),
		T(open__needs_the_surface_and_no_quote),
		T(row__quotes_and_has_neither_collateral_nor_secret),
		T(linux__entry_of_a_plain_folder_is_refused_and_removed),
		T(linux__calls_read_and_write_files),
		T(linux__rests_as_long_as_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
