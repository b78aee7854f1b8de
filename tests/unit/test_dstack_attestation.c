/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attestations in both encodings: real ones where the vectors are, the same
 * evidence written in the other encoding, and every way in which one can be
 * wrong. Reports of SNP are small and fixed, so most refusals are shown on
 * one that is made here.
 */
#include "tests/unit/check.h"
#include "tests/unit/vectors.h"
#include "verify/base/hash.h"
#include "verify/base/text.h"
#include "verify/dstack_attestation.h"
#include "verify/dstack_log.h"

#include <stdlib.h>

#define FORM "attestation.form"
#define REPORT_BYTES 1184

static uint8_t report[REPORT_BYTES];
static uint8_t report_data[REPORT_DATA_BYTES];

static int make_report(void **state)
{
	(void)state;
	report[0] = 3;
	memset(report_data, 0x5a, sizeof(report_data));
	memcpy(report + 0x50, report_data, sizeof(report_data));
	return 0;
}

/* ---- writing SCALE ----------------------------------------------------------- */

static void compact(struct wr *w, size_t n)
{
	if (n < 64)
		wr_u8(w, (uint8_t)(n << 2));
	else if (n < 16384)
		wr_u16le(w, (uint16_t)(n << 2 | 1));
	else
		wr_u32le(w, (uint32_t)(n << 2 | 2));
}

static void vec(struct wr *w, struct span s)
{
	compact(w, s.n);
	wr_span(w, s);
}

static void scale_end(struct wr *w)
{
	compact(w, 1);
	vec(w, span_text("app-id"));
	vec(w, span_text("xyz"));
	wr_bytes(w, report_data, sizeof(report_data));
	vec(w, span_text("{}"));
}

static void scale_snp(struct wr *w)
{
	wr_u8(w, 0);
	wr_u8(w, 3);
	vec(w, span_of(report, sizeof(report)));
	compact(w, 2);
	vec(w, span_text("VCEK"));
	vec(w, span_text("ASK"));
	vec(w, span_text("{\"version\":3}"));
	scale_end(w);
}

/* ---- writing MessagePack ------------------------------------------------------- */

enum style { AS_BYTES, AS_NUMBERS, AS_TEXT };

static void map(struct wr *w, unsigned n)
{
	wr_u8(w, (uint8_t)(0x80 + n));
}

static void array(struct wr *w, size_t n)
{
	if (n < 16) {
		wr_u8(w, (uint8_t)(0x90 + n));
		return;
	}
	wr_u8(w, 0xdc);
	wr_u16be(w, (uint16_t)n);
}

static void text_of(struct wr *w, struct span s)
{
	if (s.n < 32) {
		wr_u8(w, (uint8_t)(0xa0 + s.n));
	} else if (s.n < 256) {
		wr_u8(w, 0xd9);
		wr_u8(w, (uint8_t)s.n);
	} else {
		wr_u8(w, 0xda);
		wr_u16be(w, (uint16_t)s.n);
	}
	wr_span(w, s);
}

static void text(struct wr *w, const char *s)
{
	text_of(w, span_text(s));
}

static void number(struct wr *w, uint32_t v)
{
	if (v < 128) {
		wr_u8(w, (uint8_t)v);
	} else if (v < 256) {
		wr_u8(w, 0xcc);
		wr_u8(w, (uint8_t)v);
	} else {
		wr_u8(w, 0xce);
		wr_u32be(w, v);
	}
}

static void coded(struct wr *w, struct span s, enum style style, bool base64)
{
	char *as_text;

	switch (style) {
	case AS_BYTES:
		if (s.n < 256) {
			wr_u8(w, 0xc4);
			wr_u8(w, (uint8_t)s.n);
		} else {
			wr_u8(w, 0xc5);
			wr_u16be(w, (uint16_t)s.n);
		}
		wr_span(w, s);
		return;
	case AS_NUMBERS:
		array(w, s.n);
		for (size_t i = 0; i < s.n; i++)
			number(w, s.p[i]);
		return;
	case AS_TEXT:
		as_text = malloc(HEX_SIZE(s.n));
		assert_non_null(as_text);
		if (base64)
			base64_encode(s, as_text);
		else
			hex_encode(s, as_text);
		text(w, as_text);
		free(as_text);
		return;
	}
}

static void bytes_of(struct wr *w, struct span s, enum style style)
{
	coded(w, s, style, false);
}

/* {"version":1,"platform":{"kind":KIND,"data": ... */
static void packed_start(struct wr *w, unsigned version, const char *kind)
{
	map(w, 3);
	text(w, "version");
	number(w, version);
	text(w, "platform");
	map(w, 2);
	text(w, "kind");
	text(w, kind);
	text(w, "data");
}

static void packed_stack(struct wr *w, const char *kind, unsigned n_members)
{
	text(w, "stack");
	map(w, 2);
	text(w, "kind");
	text(w, kind);
	text(w, "data");
	map(w, n_members);
}

static void packed_runtime(
    struct wr *w, const struct dstack_log *log, enum style style)
{
	size_t n = 0;

	for (size_t i = 0; i < log->n; i++)
		n += log->event[i].imr == 3;
	text(w, "runtime_events");
	array(w, n);
	for (size_t i = 0; i < log->n; i++) {
		if (log->event[i].imr != 3)
			continue;
		map(w, 2);
		text(w, "event");
		text_of(w, log->event[i].name);
		text(w, "payload");
		coded(w, log->event[i].payload, style, true);
	}
}

static void packed_report_data(
    struct wr *w, const uint8_t *data, enum style style)
{
	text(w, "report_data");
	bytes_of(w, span_of(data, REPORT_DATA_BYTES), style);
}

static void packed_snp_data(struct wr *w)
{
	map(w, 3);
	text(w, "report");
	bytes_of(w, span_of(report, sizeof(report)), AS_BYTES);
	text(w, "cert_chain");
	array(w, 1);
	bytes_of(w, span_text("VCEK"), AS_BYTES);
	text(w, "mr_config");
	text(w, "{\"version\":3}");
}

/* A stack without events; `payload` makes it a pod's. */
static void packed_snp(struct wr *w, const char *payload)
{
	const struct dstack_log none = { 0 };

	packed_start(w, 1, "sev-snp");
	packed_snp_data(w);
	packed_stack(w, payload != NULL ? "dstack-pod" : "dstack",
	    payload != NULL ? 4 : 3);
	packed_report_data(w, report_data, AS_BYTES);
	packed_runtime(w, &none, AS_BYTES);
	text(w, "config");
	text(w, "{}");
	if (payload != NULL) {
		text(w, "report_data_payload");
		text(w, payload);
	}
}

/* The evidence of one attestation, as the other version writes it. */
static void packed_tdx(struct wr *w, const struct dstack_attestation *a,
    const struct dstack_log *log, enum style style)
{
	packed_start(w, 1, "tdx");
	map(w, 2);
	text(w, "quote");
	bytes_of(w, a->evidence, style);
	text(w, "event_log");
	array(w, log->n);
	for (size_t i = 0; i < log->n; i++) {
		const struct dstack_event *e = &log->event[i];
		bool has_digest = e->imr != 3 || e->has_given;

		map(w, style == AS_TEXT ? 7 : 5);
		text(w, "imr");
		number(w, e->imr);
		text(w, "event_type");
		number(w, e->type);
		text(w, "digest");
		bytes_of(w, span_of(e->digest.b, has_digest ? 48 : 0), style);
		text(w, "event");
		text_of(w, e->name);
		text(w, "event_payload");
		bytes_of(w, e->payload, style);
		if (style == AS_TEXT) {
			text(w, "version");
			wr_u8(w, 0xc0);
			text(w, "preimage");
			wr_u8(w, 0xc0);
		}
	}
	packed_stack(w, "dstack", 3);
	packed_report_data(w, a->report_data, style);
	packed_runtime(w, log, style);
	text(w, "config");
	text_of(w, a->config);
}

/* ---- shared assertions ----------------------------------------------------------- */

static struct wr writer(struct fault *f)
{
	return wr_grow(1 << 20, "test", f);
}

/* Takes what was written; the writer is done with. */
static bool decode(
    struct wr *w, struct dstack_attestation *out, struct fault *f)
{
	AUTO(blob_drop) struct blob in = { 0 };
	bool ok;

	assert_true(wr_done(w, &in));
	ok = dstack_attestation_decode(blob_span(&in), out, f);
	/* Views into the input would dangle: what stays is checked here. */
	if (ok) {
		assert_true(dstack_attestation_is(blob_span(&in)));
		assert_memory_equal(
		    out->report_data, report_data, REPORT_DATA_BYTES);
		assert_true(
		    span_equal(out->evidence, span_of(report, sizeof(report))));
		assert_span_text(out->mr_config, "{\"version\":3}");
		assert_span_text(out->config, "{}");
		assert_string_equal(dstack_attestation_platform(out), "snp");
		assert_int_equal(out->log.n, 0);
	}
	return ok;
}

static void refused(struct wr *w, enum fault_kind kind, const char *at)
{
	struct dstack_attestation a = { .n_certs = 0 };
	struct fault f = FAULT_INIT;

	if (decode(w, &a, &f) || f.kind != kind || strcmp(f.at, at) != 0)
		fail_msg("want %s, got %s: %s", at,
		    f.at != NULL ? f.at : "no fault", f.text);
	assert_null(a.bytes.p);
}

static void flip(struct wr *w, size_t at, uint8_t by)
{
	w->p[at] ^= by;
}

/* ---- made here ---------------------------------------------------------------------- */

static void a_report_is_read_in_both_versions(void **state)
{
	struct dstack_attestation a = { .n_certs = 0 };
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	(void)state;
	scale_snp(&w);
	assert_ok(decode(&w, &a, &f), f);
	assert_int_equal(a.n_certs, 2);
	dstack_attestation_drop(&a);
	w = writer(&f);
	packed_snp(&w, NULL);
	assert_ok(decode(&w, &a, &f), f);
	assert_int_equal(a.n_certs, 1);
	dstack_attestation_drop(&a);
}

static void what_is_none_is_not_taken_for_one(void **state)
{
	static const char *const others[] = { "\x03", "\x04", "\x84", "\xd2",
		"{", "[", "0" };
	struct dstack_attestation a;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(dstack_attestation_is(span_text(others[i])));
	assert_false(dstack_attestation_is(span_of(NULL, 0)));
	assert_refused(dstack_attestation_decode(span_of(NULL, 0), &a, &f), f,
	    FAULT_FORMAT, FORM);
	assert_refused(dstack_attestation_decode(span_text("\x04"), &a, &f), f,
	    FAULT_FORMAT, FORM);
}

static void every_prefix_is_refused(void **state)
{
	for (int version = 0; version < 2; version++) {
		AUTO(blob_drop) struct blob in = { 0 };
		struct fault f = FAULT_INIT;
		struct wr w = writer(&f);

		(void)state;
		if (version == 0)
			scale_snp(&w);
		else
			packed_snp(&w, NULL);
		assert_true(wr_done(&w, &in));
		for (size_t n = 0; n < in.n; n++) {
			struct dstack_attestation a;
			/* A copy, so that reading too far is seen. */
			AUTO(blob_drop) struct blob part = { 0 };

			assert_true(blob_copy(span_of(in.p, n), &part, &f));
			assert_refused(
			    dstack_attestation_decode(blob_span(&part), &a, &f),
			    f, FAULT_FORMAT, FORM);
		}
	}
}

static void leftover_bytes_are_refused(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	(void)state;
	scale_snp(&w);
	wr_u8(&w, 0);
	refused(&w, FAULT_FORMAT, FORM);
	w = writer(&f);
	packed_snp(&w, NULL);
	wr_u8(&w, 0xc0);
	refused(&w, FAULT_FORMAT, FORM);
}

static void report_data_that_is_not_the_evidences_is_refused(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	(void)state;
	scale_snp(&w);
	flip(&w, w.n - 4, 1); /* the last byte in front of "{}" */
	refused(&w, FAULT_CRYPTO, "attestation.report-data");
	w = writer(&f);
	scale_snp(&w);
	flip(&w, 4 + 0x50, 1); /* the report's own */
	refused(&w, FAULT_CRYPTO, "attestation.report-data");
}

static void a_report_of_another_length_is_refused(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	(void)state;
	wr_u8(&w, 0);
	wr_u8(&w, 3);
	vec(&w, span_of(report, sizeof(report) - 1));
	compact(&w, 0);
	vec(&w, span_text("{}"));
	scale_end(&w);
	refused(&w, FAULT_FORMAT, FORM);
}

static void platforms_that_nobody_judges_are_said_so(void **state)
{
	static const uint8_t kinds[] = { 1, 4, 5, 255 };
	struct fault f = FAULT_INIT;
	struct wr w;

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		w = writer(&f);
		scale_snp(&w);
		flip(&w, 1, 3 ^ kinds[i]);
		refused(&w, FAULT_UNSUPPORTED, "attestation.kind");
	}
	w = writer(&f);
	packed_start(&w, 1, "gcp-tdx");
	refused(&w, FAULT_UNSUPPORTED, "attestation.kind");
}

static void too_many_certificates_are_refused(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	(void)state;
	wr_u8(&w, 0);
	wr_u8(&w, 3);
	vec(&w, span_of(report, sizeof(report)));
	compact(&w, LIMIT_ATTESTATION_CERTS + 1);
	for (int i = 0; i <= LIMIT_ATTESTATION_CERTS; i++)
		vec(&w, span_text("c"));
	refused(&w, FAULT_LIMIT, FORM);
}

static void more_bytes_than_the_limit_are_refused(void **state)
{
	struct dstack_attestation a;
	struct fault f = FAULT_INIT;
	uint8_t *big = calloc(1, LIMIT_ATTESTATION_BYTES + 1);

	(void)state;
	assert_non_null(big);
	assert_refused(dstack_attestation_decode(
			   span_of(big, LIMIT_ATTESTATION_BYTES + 1), &a, &f),
	    f, FAULT_LIMIT, FORM);
	free(big);
}

/* ---- members of version 1 ------------------------------------------------------------- */

static void another_version_is_refused(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	(void)state;
	packed_start(&w, 2, "sev-snp");
	packed_snp_data(&w);
	refused(&w, FAULT_UNSUPPORTED, FORM);
}

static void members_stand_once_and_are_known(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w;

	(void)state;
	w = writer(&f);
	map(&w, 3);
	text(&w, "versions");
	number(&w, 1);
	refused(&w, FAULT_FORMAT, FORM);
	w = writer(&f);
	map(&w, 3);
	text(&w, "version");
	number(&w, 1);
	text(&w, "version");
	number(&w, 1);
	refused(&w, FAULT_FORMAT, FORM);
	/* One that is missing. */
	w = writer(&f);
	map(&w, 1);
	text(&w, "version");
	number(&w, 1);
	refused(&w, FAULT_FORMAT, FORM);
}

static void data_in_front_of_its_kind_is_refused(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	(void)state;
	map(&w, 3);
	text(&w, "version");
	number(&w, 1);
	text(&w, "platform");
	map(&w, 2);
	text(&w, "data");
	packed_snp_data(&w);
	refused(&w, FAULT_FORMAT, FORM);
}

static void bytes_of_other_forms_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} reports[] = {
		{ "\x92\x00\xcd\x01\x00", 5 }, /* 256 */
		{ "\xa3"
		  "00f",
		    4 },
		{ "\xa2"
		  "zz",
		    3 },
		{ "\x01", 1 },
		{ "\xc0", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(reports); i++) {
		struct fault f = FAULT_INIT;
		struct wr w = writer(&f);

		packed_start(&w, 1, "sev-snp");
		map(&w, 3);
		text(&w, "report");
		wr_bytes(&w, reports[i].bytes, reports[i].n);
		refused(&w, FAULT_FORMAT, FORM);
	}
}

static void a_pods_report_data_is_the_hash_of_its_payload(void **state)
{
	struct span parts[] = { span_text("app-data:"), span_text("hello") };
	struct sha512 hash = sha512_of_parts(parts, COUNT(parts));
	struct dstack_attestation a = { .n_certs = 0 };
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	(void)state;
	memcpy(report_data, hash.b, sizeof(hash.b));
	memcpy(report + 0x50, hash.b, sizeof(hash.b));
	packed_snp(&w, "hello");
	assert_ok(decode(&w, &a, &f), f);
	dstack_attestation_drop(&a);
	w = writer(&f);
	packed_snp(&w, "Hello");
	refused(&w, FAULT_CRYPTO, "attestation.report-data");
	make_report(NULL);
}

/* ---- what stands twice ------------------------------------------------------------------ */

/* A blob of TDX with one event in its log, another or none beside it. */
static void scale_tdx(struct wr *w, const char *in_log, const char *beside)
{
	wr_u8(w, 0);
	wr_u8(w, 0);
	vec(w, span_text("quote"));
	compact(w, 1);
	wr_u32le(w, 3);
	wr_u32le(w, DSTACK_RUNTIME_EVENT);
	vec(w, span_text(""));
	vec(w, span_text(in_log));
	vec(w, span_text("p"));
	compact(w, beside != NULL);
	if (beside != NULL) {
		vec(w, span_text(beside));
		vec(w, span_text("p"));
	}
	wr_bytes(w, report_data, sizeof(report_data));
	vec(w, span_text("{}"));
}

static void runtime_events_that_differ_are_refused(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = writer(&f);

	(void)state;
	scale_tdx(&w, "app-id", "app-ie");
	refused(&w, FAULT_FORMAT, "attestation.events");
	w = writer(&f);
	scale_tdx(&w, "app-id", NULL);
	refused(&w, FAULT_FORMAT, "attestation.events");
	/* The same events: then it is the quote that is none. */
	w = writer(&f);
	scale_tdx(&w, "app-id", "app-id");
	refused(&w, FAULT_FORMAT, "intel.quote.length");
}

/* ---- real ones ------------------------------------------------------------------------------ */

static struct json *expected;

static const struct json_node *expected_of(const char *name)
{
	return vectors_member(json_root(expected), name);
}

static struct blob blob_file(const char *name)
{
	char path[128];
	struct blob out;
	struct json *doc;

	snprintf(path, sizeof(path), "dstack/%s", name);
	if (strstr(name, ".json") == NULL)
		return vectors_file(path);
	doc = vectors_json(path);
	out = vectors_hex(json_root(doc), "attestation");
	json_free(doc);
	return out;
}

static void expect_hex(
    const struct json_node *v, const char *name, struct span got)
{
	AUTO(blob_drop) struct blob want = vectors_hex(v, name);

	assert_true(span_equal(blob_span(&want), got));
}

/* The log that was decoded says what the expectations say. */
static void check_log(const struct json_node *want, const struct dstack_log *l)
{
	for (unsigned i = 0; i < DSTACK_REGISTERS; i++) {
		const char name[] = { 'r', 't', 'm', 'r', (char)('0' + i), 0 };
		const struct json_node *v =
		    vectors_member(vectors_member(want, "replay"), name);
		struct sha384 mr = dstack_log_replay(l, i);
		size_t n = 0;

		for (size_t k = 0; k < l->n; k++)
			n += l->event[k].imr == i;
		assert_int_equal(n, vectors_u64(v, "events"));
		expect_hex(v, "replay", span_of(mr.b, sizeof(mr.b)));
	}
}

/* Version 1 of the same, in each form that bytes can have. */
static void check_packed(
    const struct dstack_attestation *a, const struct dstack_log *log)
{
	static const enum style styles[] = { AS_BYTES, AS_NUMBERS, AS_TEXT };

	for (size_t i = 0; i < COUNT(styles); i++) {
		AUTO(dstack_attestation_drop)
		struct dstack_attestation again = { .n_certs = 0 };
		AUTO(blob_drop) struct blob in = { 0 };
		struct fault f = FAULT_INIT;
		struct wr w = writer(&f);

		packed_tdx(&w, a, log, styles[i]);
		assert_true(wr_done(&w, &in));
		assert_ok(
		    dstack_attestation_decode(blob_span(&in), &again, &f), f);
		assert_int_equal(again.kind, a->kind);
		assert_true(span_equal(again.evidence, a->evidence));
		assert_true(
		    span_equal(blob_span(&again.log), blob_span(&a->log)));
		assert_true(span_equal(again.config, a->config));
	}
}

static void real_logs_and_quotes_come_out_of_both_versions(void **state)
{
	static const char *const files[] = { "simulator-main/attestation.bin",
		"verifier-fixtures/tdx-lite-attestation.json" };

	(void)state;
	if (expected == NULL)
		skip();
	for (size_t i = 0; i < COUNT(files); i++) {
		const struct json_node *want = expected_of(files[i]);
		AUTO(blob_drop) struct blob in = blob_file(files[i]);
		AUTO(dstack_attestation_drop)
		struct dstack_attestation a = { .n_certs = 0 };
		AUTO(dstack_log_drop) struct dstack_log log = { 0 };
		struct fault f = FAULT_INIT;

		assert_ok(dstack_attestation_decode(blob_span(&in), &a, &f), f);
		assert_string_equal(dstack_attestation_platform(&a), "tdx");
		assert_int_equal(a.evidence.n, vectors_u64(want, "quote_len"));
		expect_hex(want, "report_data",
		    span_of(a.report_data, sizeof(a.report_data)));
		assert_ok(dstack_log_parse(blob_span(&a.log), &log, &f), f);
		assert_ok(dstack_log_check_digests(&log, &f), f);
		check_log(want, &log);
		check_packed(&a, &log);
	}
}

static void a_real_nitro_document_comes_out(void **state)
{
	static const char file[] = "nitro/nitro_attestation_v0.bin";
	AUTO(blob_drop) struct blob in = { 0 };
	AUTO(dstack_attestation_drop)
	struct dstack_attestation a = { .n_certs = 0 };
	const struct json_node *want;
	struct fault f = FAULT_INIT;

	(void)state;
	if (expected == NULL)
		skip();
	want = expected_of(file);
	in = blob_file(file);
	assert_ok(dstack_attestation_decode(blob_span(&in), &a, &f), f);
	assert_string_equal(dstack_attestation_platform(&a), "nitro");
	assert_int_equal(a.evidence.n, vectors_u64(want, "doc_len"));
	expect_hex(want, "stack_report_data",
	    span_of(a.report_data, sizeof(a.report_data)));
	assert_span_text(a.config, vectors_text(want, "config"));
	assert_int_equal(a.log.n, 0);
	dstack_attestation_drop(&a);
	a = (struct dstack_attestation){ .n_certs = 0 };
	in.p[in.n - 100] ^= 1; /* in the 64 bytes behind the events */
	assert_false(dstack_attestation_decode(blob_span(&in), &a, &f));
}

static void a_real_snp_report_comes_out(void **state)
{
	static const char file[] = "verifier-fixtures/sev-snp-attestation.json";
	AUTO(blob_drop) struct blob in = { 0 };
	AUTO(dstack_attestation_drop)
	struct dstack_attestation a = { .n_certs = 0 };
	const struct json_node *want;
	struct fault f = FAULT_INIT;

	(void)state;
	if (expected == NULL)
		skip();
	want = expected_of(file);
	in = blob_file(file);
	assert_ok(dstack_attestation_decode(blob_span(&in), &a, &f), f);
	assert_string_equal(dstack_attestation_platform(&a), "snp");
	assert_int_equal(a.evidence.n, vectors_u64(want, "report_len"));
	assert_int_equal(a.n_certs, 2);
	assert_span_text(a.mr_config, vectors_text(want, "mr_config_document"));
	expect_hex(want, "measurement", span_of(a.evidence.p + 0x90, 48));
	expect_hex(want, "host_data", span_of(a.evidence.p + 0xc0, 32));
}

/* ---- main ------------------------------------------------------------------------------------ */

static int open_files(void **state)
{
	if (vectors_present())
		expected = vectors_json("dstack/expected.json");
	return make_report(state);
}

static int close_files(void **state)
{
	(void)state;
	json_drop(&expected);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_read_in_both_versions),
		cmocka_unit_test(what_is_none_is_not_taken_for_one),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(leftover_bytes_are_refused),
		cmocka_unit_test(
		    report_data_that_is_not_the_evidences_is_refused),
		cmocka_unit_test(a_report_of_another_length_is_refused),
		cmocka_unit_test(platforms_that_nobody_judges_are_said_so),
		cmocka_unit_test(too_many_certificates_are_refused),
		cmocka_unit_test(more_bytes_than_the_limit_are_refused),
		cmocka_unit_test(another_version_is_refused),
		cmocka_unit_test(members_stand_once_and_are_known),
		cmocka_unit_test(data_in_front_of_its_kind_is_refused),
		cmocka_unit_test(bytes_of_other_forms_are_refused),
		cmocka_unit_test(a_pods_report_data_is_the_hash_of_its_payload),
		cmocka_unit_test(runtime_events_that_differ_are_refused),
		cmocka_unit_test(
		    real_logs_and_quotes_come_out_of_both_versions),
		cmocka_unit_test(a_real_nitro_document_comes_out),
		cmocka_unit_test(a_real_snp_report_comes_out),
	};

	return cmocka_run_group_tests(tests, open_files, close_files);
}
