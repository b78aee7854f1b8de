/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What images measure to: the registers of real guests, recomputed from the
 * measurement files that came with their evidence, and each way in which such
 * a file can be wrong.
 */
#include "tests/unit/check.h"
#include "tests/unit/vectors.h"
#include "verify/base/text.h"
#include "verify/dstack_attestation.h"
#include "verify/dstack_measure.h"

#include <stdlib.h>

#define GIB UINT64_C(0x40000000)

/* ---- files made here --------------------------------------------------------------- */

static void head(struct wr *w, unsigned type, size_t n)
{
	if (n < 24) {
		wr_u8(w, (uint8_t)(type << 5 | n));
	} else {
		wr_u8(w, (uint8_t)(type << 5 | (n < 256 ? 24 : 26)));
		if (n < 256)
			wr_u8(w, (uint8_t)n);
		else
			wr_u32be(w, (uint32_t)n);
	}
}

static void text(struct wr *w, const char *s)
{
	head(w, 3, strlen(s));
	wr_text(w, s);
}

static void bytes(struct wr *w, const char *name, const char *fill, size_t n)
{
	text(w, name);
	head(w, 2, n);
	for (size_t i = 0; i < n; i++)
		wr_u8(w, (uint8_t)fill[0]);
}

struct tdx_file {
	unsigned version;
	const char *last, *ovmf; /* the name of the last member */
	size_t n_hash;
	const char *hob;
	size_t n_hob;
};

#define HOB "\x80\x10\x09\x04\x00\x06\x09\x02\x0b\x02\x10\x10"
static const struct tdx_file good = { 3, "td_hob", "pre202505", 48, HOB, 12 };

static void write_tdx(struct wr *w, const struct tdx_file *t)
{
	head(w, 5, 3);
	text(w, "version");
	head(w, 0, t->version);
	text(w, "image");
	head(w, 5, 3);
	bytes(w, "cmdline_sha384", "c", t->n_hash);
	bytes(w, "kernel_authenticode", "k", 48);
	bytes(w, "initrd_sha384", "i", 48);
	text(w, "tdvf");
	head(w, 5, 3);
	text(w, "ovmf");
	text(w, t->ovmf);
	text(w, "mrtd");
	head(w, 5, 2);
	bytes(w, "single_pass", "1", 48);
	bytes(w, "two_pass", "2", 48);
	text(w, t->last);
	head(w, 2, t->n_hob);
	wr_bytes(w, t->hob, t->n_hob);
}

static struct blob tdx_file(const struct tdx_file *t)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(4096, "test", &f);
	struct blob out = { 0 };

	write_tdx(&w, t);
	assert_ok(wr_done(&w, &out), f);
	return out;
}

static void tdx_refused(
    const struct tdx_file *t, enum fault_kind kind, const char *at)
{
	AUTO(blob_drop) struct blob file = tdx_file(t);
	struct dstack_measure_tdx m;
	struct fault f = FAULT_INIT;

	assert_refused(
	    dstack_measure_tdx_parse(blob_span(&file), &m, &f), f, kind, at);
}

static void a_measurement_has_each_member_once(void **state)
{
	AUTO(blob_drop) struct blob file = tdx_file(&good);
	struct dstack_measure_tdx m;
	struct fault f = FAULT_INIT;
	struct tdx_file t = good;

	(void)state;
	assert_ok(dstack_measure_tdx_parse(blob_span(&file), &m, &f), f);
	assert_int_equal(m.kernel.b[0], 'k');
	assert_int_equal(m.mrtd_two_pass.b[47], '2');
	for (size_t n = 0; n < file.n; n++)
		assert_refused(
		    dstack_measure_tdx_parse(span_of(file.p, n), &m, &f), f,
		    FAULT_FORMAT, "measure.tdx");
	t.version = 2;
	tdx_refused(&t, FAULT_UNSUPPORTED, "measure.tdx");
	t = good;
	t.ovmf = "202505";
	tdx_refused(&t, FAULT_UNSUPPORTED, "measure.tdx.ovmf");
	t = good;
	t.last = "mrtd";
	tdx_refused(&t, FAULT_FORMAT, "measure.tdx");
	t.last = "td_job";
	tdx_refused(&t, FAULT_FORMAT, "measure.tdx");
	t = good;
	t.n_hash = 47;
	tdx_refused(&t, FAULT_FORMAT, "measure.tdx");
}

static bool rtmr0_of(const struct tdx_file *t, uint64_t memory,
    struct sha384 *out, struct fault *f)
{
	static const struct sha384 acpi[3];
	AUTO(blob_drop) struct blob file = tdx_file(t);
	struct dstack_measure_tdx m;

	assert_ok(dstack_measure_tdx_parse(blob_span(&file), &m, f), *f);
	return dstack_measure_rtmr0(&m, memory, acpi, out, f);
}

static void memory_of_other_sizes_is_refused(void **state)
{
	static const uint64_t sizes[] = { 0, GIB, 2 * GIB - 4096,
		2 * GIB + 4096, UINT64_C(0xb0000000) - 4096, 4 * GIB + 1,
		UINT64_MAX };
	struct sha384 mr, other;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++)
		assert_refused(rtmr0_of(&good, sizes[i], &mr, &f), f,
		    FAULT_LIMIT, "measure.memory");
	assert_ok(rtmr0_of(&good, 4 * GIB, &mr, &f), f);
	assert_ok(rtmr0_of(&good, 8 * GIB, &other, &f), f);
	assert_memory_not_equal(mr.b, other.b, sizeof(mr.b));
}

static void memory_lists_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} lists[] = {
		{ "", 0 }, { HOB, 11 },                   /* cut */
		{ HOB "\x00", 13 },                       /* longer */
		{ "\x00\x01\x01\x02\x00", 5 },            /* an empty range */
		{ "\x00\x01\x02\x05\x05\x06\x01", 7 },    /* overlapping */
		{ "\x00\x01\x01\x00\x80\x80\x20", 7 },    /* all memory */
		{ "\x80\x80\x80\x80\x80\x01\x01\x00", 8 } /* too long */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct tdx_file t = good;
		struct sha384 mr;
		struct fault f = FAULT_INIT;

		t.hob = lists[i].bytes;
		t.n_hob = lists[i].n;
		assert_refused(rtmr0_of(&t, 2 * GIB, &mr, &f), f, FAULT_FORMAT,
		    "measure.td-hob");
	}
}

static void acpi_tables_have_three_events(void **state)
{
	struct dstack_event event[4] = { { .imr = 0 } };
	struct dstack_log log = { .event = event, .n = 4 };
	struct sha384 acpi[3];
	struct fault f = FAULT_INIT;

	(void)state;
	for (int i = 0; i < 4; i++) {
		event[i].type = 0x0a;
		event[i].digest.b[0] = (uint8_t)i;
	}
	assert_refused(dstack_measure_acpi(&log, acpi, &f), f, FAULT_FORMAT,
	    "measure.acpi");
	event[1].imr = 1;
	assert_ok(dstack_measure_acpi(&log, acpi, &f), f);
	assert_int_equal(acpi[1].b[0], 2);
	event[2].type = 4;
	assert_refused(dstack_measure_acpi(&log, acpi, &f), f, FAULT_FORMAT,
	    "measure.acpi");
}

/* ---- launches ------------------------------------------------------------------------ */

static struct snp_launch launch_of_one(void)
{
	return (struct snp_launch){ .section = { { 0x1000, 0x2000, 1 } },
		.n_sections = 1,
		.vcpus = 1 };
}

static void launch_refused(const struct snp_launch *m, enum fault_kind kind)
{
	struct sha384 out;
	struct fault f = FAULT_INIT;

	assert_refused(snp_launch_measure(m, &out, &f), f, kind, "snp.launch");
}

static void launches_out_of_their_range_are_refused(void **state)
{
	struct snp_launch m = launch_of_one();
	struct sha384 out;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(snp_launch_measure(&m, &out, &f), f);
	m.vcpus = 0;
	launch_refused(&m, FAULT_LIMIT);
	m.vcpus = SNP_VCPUS + 1;
	launch_refused(&m, FAULT_LIMIT);
	m = launch_of_one();
	m.section[0].type = 5;
	launch_refused(&m, FAULT_FORMAT);
	m = launch_of_one();
	m.section[0].gpa++;
	launch_refused(&m, FAULT_FORMAT);
	m = launch_of_one();
	m.section[0].size--;
	launch_refused(&m, FAULT_FORMAT);
	m = launch_of_one();
	m.section[0].size = SNP_SECTION_BYTES + 4096;
	launch_refused(&m, FAULT_LIMIT);
	m = launch_of_one();
	m.hashes_gpa = 4096 - 167;
	launch_refused(&m, FAULT_FORMAT);
	m = launch_of_one();
	m.reset_eip = UINT64_C(1) << 32;
	launch_refused(&m, FAULT_FORMAT);
}

static void processors_are_known_by_qemus_names(void **state)
{
	uint32_t signature = 0;

	(void)state;
	assert_true(snp_launch_cpu("EPYC-v4", &signature));
	assert_int_equal(signature, 0x00800f12);
	assert_true(snp_launch_cpu("EPYC-Rome", &signature));
	assert_int_equal(signature, 0x00830f10);
	assert_true(snp_launch_cpu("epyc-milan", &signature));
	assert_int_equal(signature, 0x00a00f11);
	assert_true(snp_launch_cpu("EPYC-Genoa", &signature));
	assert_int_equal(signature, 0x00a10f10);
	assert_false(snp_launch_cpu("EPYC-Turin", &signature));
	assert_false(snp_launch_cpu("", &signature));
}

/* ---- real ones --------------------------------------------------------------------------- */

/* What came in the configuration: {"measurement":base64,...}, perhaps as text. */
static struct json *measurement_of(
    struct span config, const char *member, struct blob *file)
{
	struct json *doc = NULL, *inner = NULL;
	const struct json_node *v;
	struct fault f = FAULT_INIT;

	assert_ok(
	    json_parse(config, &json_limits_default, "test", &doc, &f), f);
	v = vectors_member(json_root(doc), member);
	if (json_kind_of(v) == JSON_TEXT) {
		assert_ok(json_parse(span_text(json_text(v)),
			      &json_limits_default, "test", &inner, &f),
		    f);
		json_free(doc);
		doc = inner;
		v = json_root(doc);
	}
	assert_ok(base64_decode(span_text(vectors_text(v, "measurement")),
		      65536, file, "test", &f),
	    f);
	return doc;
}

static void open_real(
    const char *name, struct blob *in, struct dstack_attestation *a)
{
	struct json *doc = vectors_json(name);
	struct fault f = FAULT_INIT;

	*in = vectors_hex(json_root(doc), "attestation");
	json_free(doc);
	assert_ok(dstack_attestation_decode(blob_span(in), a, &f), f);
}

static void expect(
    const struct json_node *v, const char *name, const struct sha384 *got)
{
	AUTO(blob_drop) struct blob want = vectors_hex(v, name);

	assert_int_equal(want.n, sizeof(got->b));
	assert_memory_equal(want.p, got->b, want.n);
}

static void a_real_guests_registers_are_recomputed(void **state)
{
	AUTO(blob_drop) struct blob in = { 0 }, file = { 0 };
	AUTO(dstack_attestation_drop)
	struct dstack_attestation a = { .n_certs = 0 };
	AUTO(dstack_log_drop) struct dstack_log log = { 0 };
	struct json *expected, *config;
	const struct json_node *want;
	struct dstack_measure_tdx m;
	struct sha384 mr, acpi[3];
	struct fault f = FAULT_INIT;

	(void)state;
	if (!vectors_present())
		skip();
	expected = vectors_json("dstack/expected.json");
	want = vectors_member(
	    json_root(expected), "verifier-fixtures/tdx-lite-attestation.json");
	open_real(
	    "dstack/verifier-fixtures/tdx-lite-attestation.json", &in, &a);
	config = measurement_of(a.config, "tdx_measurement", &file);
	assert_ok(dstack_measure_tdx_parse(blob_span(&file), &m, &f), f);
	expect(want, "mrtd", &m.mrtd_two_pass);
	assert_ok(dstack_log_parse(blob_span(&a.log), &log, &f), f);
	assert_ok(dstack_measure_acpi(&log, acpi, &f), f);
	assert_ok(dstack_measure_rtmr0(&m, 2 * GIB, acpi, &mr, &f), f);
	expect(want, "rtmr0", &mr);
	mr = dstack_measure_rtmr1(&m);
	expect(want, "rtmr1", &mr);
	mr = dstack_measure_rtmr2(&m);
	expect(want, "rtmr2", &mr);

	/* And the file, member by member. */
	want = vectors_member(vectors_member(json_root(expected),
				  "verifier-fixtures/tdx-lite-getquote.json"),
	    "measurement");
	expect(vectors_member(want, "image"), "cmdline_sha384", &m.cmdline);
	expect(vectors_member(want, "image"), "kernel_authenticode", &m.kernel);
	expect(vectors_member(want, "image"), "initrd_sha384", &m.initrd);
	expect(
	    vectors_member(want, "mrtd"), "single_pass", &m.mrtd_single_pass);
	json_free(config);
	json_free(expected);
}

static void a_real_launch_is_recomputed(void **state)
{
	AUTO(blob_drop) struct blob in = { 0 }, file = { 0 };
	AUTO(dstack_attestation_drop)
	struct dstack_attestation a = { .n_certs = 0 };
	struct json *expected, *config;
	const struct json_node *want;
	struct snp_launch m;
	struct sha384 out;
	struct fault f = FAULT_INIT;

	(void)state;
	if (!vectors_present())
		skip();
	expected = vectors_json("dstack/expected.json");
	want = vectors_member(
	    json_root(expected), "verifier-fixtures/sev-snp-attestation.json");
	open_real("dstack/verifier-fixtures/sev-snp-attestation.json", &in, &a);
	config = measurement_of(a.config, "sev_snp_measurement", &file);
	assert_ok(dstack_measure_snp_parse(blob_span(&file), &m, &f), f);
	m.vcpus = vectors_u64(want, "vcpus");
	m.guest_features = vectors_u64(want, "guest_features");
	assert_true(
	    snp_launch_cpu(vectors_text(want, "vcpu_type"), &m.cpu_signature));
	assert_ok(snp_launch_measure(&m, &out, &f), f);
	expect(want, "measurement", &out);
	/* Another machine, another measurement. */
	m.vcpus++;
	assert_ok(snp_launch_measure(&m, &out, &f), f);
	assert_memory_not_equal(out.b, a.evidence.p + 0x90, sizeof(out.b));
	for (size_t n = 0; n < file.n; n++)
		assert_refused(
		    dstack_measure_snp_parse(span_of(file.p, n), &m, &f), f,
		    FAULT_FORMAT, "measure.snp");
	json_free(config);
	json_free(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_measurement_has_each_member_once),
		cmocka_unit_test(memory_of_other_sizes_is_refused),
		cmocka_unit_test(memory_lists_that_are_none_are_refused),
		cmocka_unit_test(acpi_tables_have_three_events),
		cmocka_unit_test(launches_out_of_their_range_are_refused),
		cmocka_unit_test(processors_are_known_by_qemus_names),
		cmocka_unit_test(a_real_guests_registers_are_recomputed),
		cmocka_unit_test(a_real_launch_is_recomputed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
