/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nitro attestation documents: genuine ones at exact times, and minted ones
 * that are wrong at one place each.
 */
#include "attest/sim_nitro.h"
#include "tests/unit/check.h"
#include "tests/unit/vectors.h"
#include "verify/base/text.h"
#include "verify/nitro_doc.h"
#include "verify/verify.h"

#include <stdlib.h>

/* 2026-01-15T12:00:00Z */
static const struct utc now = { INT64_C(1768478400000) };

struct world {
	struct sim_nitro_keys keys;
	struct verdict v;
};
static struct world w;

/* What a case hands over. */
struct ask {
	struct utc at;
	const char *policy;
	bool strict; /* simulated evidence is refused */
	struct span nonce, expected, root;
};

static void judge(struct span document, const struct ask *a)
{
	AUTO(policy_drop) struct policy policy = { 0 };
	struct verify_options opt = {
		.at = a->at,
		.allow_simulated = !a->strict,
		.nonce = a->nonce,
		.trust_root = a->root,
	};
	struct fault f = FAULT_INIT;

	if (a->policy != NULL) {
		assert_ok(policy_parse(span_text(a->policy), &policy, &f), f);
		opt.policy = &policy;
	}
	verdict_drop(&w.v);
	verify_quote("nitro", document, a->expected, &opt, &w.v);
}

static const char *first_failure(void)
{
	for (size_t i = 0; i < w.v.n_checks; i++)
		if (w.v.checks[i].result == CHECK_FAIL)
			return w.v.checks[i].info->id;
	return "";
}

static const char *claim(const char *name)
{
	for (size_t i = 0; i < w.v.n_claims; i++)
		if (strcmp(w.v.claims[i].name, name) == 0)
			return w.v.claims[i].value;
	return "";
}

#define assert_fails_at(id)                                            \
	do {                                                           \
		if (strcmp(first_failure(), (id)) != 0)                \
			fail_msg("fails at '%s': %s", first_failure(), \
			    w.v.summary);                              \
	} while (0)

/* ---- genuine documents --------------------------------------------------- */

#define POLICY(pcrs) "{\"type\":\"affiant.policy.v1\",\"nitro\":{" pcrs "}}"

static struct utc time_of(const char *text)
{
	struct fault f = FAULT_INIT;
	struct utc t;

	assert_ok(utc_parse_strict(span_text(text), &t, "test", &f), f);
	return t;
}

/* A policy with the PCR0 that the document itself has. */
static void pin_pcr0(struct span document, char out[256])
{
	struct nitro_envelope e;
	struct nitro_items items;
	struct nitro_doc d;
	struct fault f = FAULT_INIT;
	char hex[HEX_SIZE(48)];

	assert_ok(nitro_doc_envelope(document, &e, &f), f);
	assert_ok(nitro_doc_items(e.payload, &items, &f), f);
	assert_ok(nitro_doc_fields(&items, &d, &f), f);
	hex_encode(d.pcr[0], hex);
	snprintf(out, 256, POLICY("\"pcr0\":[\"%s\"]"), hex);
}

static void vectors__have_the_verdict_that_is_recorded(void **state)
{
	static const struct {
		const char *file, *at, *from, *to; /* the window */
		const char *fails;                 /* under its own PCR0 */
	} cases[] = {
		{ "nitro/oyster-2024-12-13.cose", "2024-12-13T07:37:58Z",
		    "2024-12-13T05:57:42Z", "2024-12-13T08:57:45Z", "" },
		{ "nitro/oyster-2025-04-29-pcr16.cose", "2025-04-29T10:32:39Z",
		    "2025-04-29T10:31:39Z", "2025-04-29T13:31:42Z", "" },
		{ "nitro/dstack-2025-12-25.cose", "2025-12-25T16:04:19Z",
		    "2025-12-25T16:04:16Z", "2025-12-25T19:04:19Z", "" },
		{ "nitro/evervault-2023-09-18-debug.cose",
		    "2023-09-18T15:03:30Z", "2023-09-18T14:37:09Z",
		    "2023-09-18T17:37:12Z", "nitro.policy.debug" },
		{ "nitro/evervault-2022-10-12-debug.cose",
		    "2022-10-12T13:50:06Z", "2022-10-12T13:49:51Z",
		    "2022-10-12T16:49:54Z", "nitro.policy.debug" },
		{ "nitro/oyster-mock-root.cose", "2024-12-13T09:05:45Z", NULL,
		    NULL, "nitro.cert.root" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(blob_drop) struct blob b = vectors_file(cases[i].file);
		static const uint8_t zero[32];
		char policy[256];
		struct ask a = { .at = time_of(cases[i].at), .strict = true };

		pin_pcr0(blob_span(&b), policy);
		a.policy = policy;
		judge(blob_span(&b), &a);
		assert_fails_at(cases[i].fails);
		assert_int_equal(w.v.kind,
		    cases[i].fails[0] == '\0' ? VERDICT_ACCEPTED
					      : VERDICT_REJECTED);
		if (cases[i].from == NULL)
			continue;
		a.at.ms = time_of(cases[i].to).ms + 1000;
		judge(blob_span(&b), &a);
		assert_fails_at("nitro.cert.time");
		a.at.ms = time_of(cases[i].from).ms - 10000;
		judge(blob_span(&b), &a);
		assert_fails_at("nitro.cert.time");
		a.at = time_of(cases[i].at);
		a.nonce = span_of(zero, sizeof(zero));
		a.policy = NULL;
		judge(blob_span(&b), &a);
		if (cases[i].fails[0] == '\0')
			assert_fails_at("nitro.policy.nonce");
	}
}

static void vectors__bind_what_they_bind(void **state)
{
	AUTO(blob_drop)
	struct blob b = vectors_file("nitro/dstack-2025-12-25.cose");
	struct sha256 empty = sha256_of(span_text(""));
	uint8_t expected[REPORT_DATA_BYTES];
	struct ask a = { .at = time_of("2025-12-25T16:04:19Z"),
		.expected = span_of(expected, sizeof(expected)) };

	(void)state;
	report_data_of(&empty, expected);
	judge(blob_span(&b), &a);
	assert_fails_at("");
	expected[0] ^= 1;
	judge(blob_span(&b), &a);
	assert_fails_at("binding.report-data");
}

static void vectors__of_debug_mode_are_taken_by_name_only(void **state)
{
	AUTO(blob_drop)
	struct blob b = vectors_file("nitro/evervault-2023-09-18-debug.cose");
	struct ask a = { .at = time_of("2023-09-18T15:03:30Z"),
		.policy = POLICY("\"allowDebug\":true,\"pcr8\":[]") };
	char policy[256];

	(void)state;
	pin_pcr0(blob_span(&b), policy);
	memcpy(strstr(policy, "\"pcr0\""), "\"pcr8\"", 6);
	judge(blob_span(&b), &a);
	assert_fails_at("nitro.policy.pcr");
	a.policy = POLICY("\"allowDebug\":true,\"pcr8\":[\""
			  "00000000000000000000000000000000"
			  "00000000000000000000000000000000"
			  "00000000000000000000000000000000\"]");
	judge(blob_span(&b), &a);
	assert_fails_at("");
	/* Nothing says which image it is. */
	assert_int_equal(w.v.kind, VERDICT_AUTHENTIC);
	assert_string_equal(claim("debug"), "true");
}

static void vectors__with_leftovers_are_refused(void **state)
{
	AUTO(blob_drop)
	struct blob b = vectors_file("nitro/dstack-2025-12-25.cose");
	AUTO(blob_drop) struct blob more = { 0 };
	struct fault f = FAULT_INIT;
	struct wr t = wr_grow(8192, "test", &f);
	struct ask a = { .at = time_of("2025-12-25T16:04:19Z") };

	(void)state;
	wr_span(&t, blob_span(&b));
	wr_u8(&t, 0);
	assert_ok(wr_done(&t, &more), f);
	judge(blob_span(&more), &a);
	assert_fails_at("nitro.cose.form");
}

/* ---- minted documents ---------------------------------------------------- */

static void mint_and_judge(
    const struct sim_nitro_recipe *r, const struct ask *a)
{
	AUTO(sim_nitro_drop_certs) struct sim_nitro_certs certs = { 0 };
	AUTO(blob_drop) struct blob doc = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(sim_nitro_make_certs(&w.keys, r, &certs, &f), f);
	assert_ok(sim_nitro_document(&w.keys, &certs, r, &doc, &f), f);
	judge(blob_span(&doc), a);
}

static const struct ask plain = { .at = { INT64_C(1768478400000) } };

static void minted__is_authentic_in_both_encodings(void **state)
{
	struct sim_nitro_recipe r;

	(void)state;
	sim_nitro_recipe_init(&r, now);
	for (int i = 0; i < 4; i++) {
		r.indefinite = (i & 1) != 0;
		r.tagged = (i & 2) != 0;
		mint_and_judge(&r, &plain);
		assert_fails_at("");
		assert_int_equal(w.v.kind, VERDICT_AUTHENTIC);
		assert_true(w.v.simulated);
	}
}

static void minted__is_simulated_whatever_it_says(void **state)
{
	struct sim_nitro_recipe r;
	struct ask a = plain;

	(void)state;
	sim_nitro_recipe_init(&r, now);
	a.strict = true;
	mint_and_judge(&r, &a);
	assert_fails_at("policy.simulated");
	/* A simulator's root without its name is nobody's. */
	r.cert[SIM_NITRO_ROOT].cn = "aws.nitro-enclaves";
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.cert.root");
}

static void minted__fails_where_its_envelope_is_wrong(void **state)
{
	static const uint8_t es256[] = { 0xa1, 0x01, 0x26 };
	static const uint8_t wide[] = { 0xa1, 0x01, 0x39, 0x00, 0x22 };
	static const uint8_t kid[] = { 0xa1, 0x04, 0x41, 0x31 };
	struct sim_nitro_recipe good, r;

	(void)state;
	sim_nitro_recipe_init(&good, now);
	r = good;
	r.tail = span_text("x");
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.cose.form");
	r = good;
	r.protected_header = span_of(es256, sizeof(es256));
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.cose.protected");
	r.protected_header = span_of(wide, sizeof(wide));
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.cose.protected");
	r = good;
	r.unprotected = span_of(kid, sizeof(kid));
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.cose.unprotected");
	r = good;
	r.swapped = true;
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.signature");
}

static void minted__fails_where_its_payload_is_wrong(void **state)
{
	static const char *const mandatory[] = { "module_id", "digest",
		"timestamp", "pcrs", "certificate", "cabundle" };
	static const uint8_t nonce_again[] = { 0x65, 'n', 'o', 'n', 'c', 'e',
		0xf6 };
	static const uint8_t tpm[] = { 0x6d, 'n', 'i', 't', 'r', 'o', 't', 'p',
		'm', '_', 'p', 'c', 'r', 0xa0 };
	static uint8_t big[1025];
	struct sim_nitro_recipe good, r;

	(void)state;
	sim_nitro_recipe_init(&good, now);
	for (size_t i = 0; i < COUNT(mandatory); i++) {
		r = good;
		r.without = mandatory[i];
		mint_and_judge(&r, &plain);
		assert_fails_at("nitro.payload.form");
	}
	r = good;
	r.more = span_of(nonce_again, sizeof(nonce_again));
	r.n_more = 1;
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.payload.form");
	r.more = span_of(tpm, sizeof(tpm));
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.payload.form");
	r = good;
	r.digest = "SHA256";
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.payload.types");
	r = good;
	r.n_cabundle = 0;
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.payload.types");
	r = good;
	memset(r.has_pcr, 0, sizeof(r.has_pcr));
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.payload.types");
	r = good;
	r.user_data = (struct sim_nitro_bytes){ true, span_of(big, 1025) };
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.payload.types");
	r.user_data.value.n = 1024;
	mint_and_judge(&r, &plain);
	assert_fails_at("");
	/* Empty is a key that is there and none. */
	r.public_key = (struct sim_nitro_bytes){ true, span_of(big, 0) };
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.payload.types");
}

static void minted__fails_where_its_chain_is_wrong(void **state)
{
	struct sim_nitro_recipe good, r;

	(void)state;
	sim_nitro_recipe_init(&good, now);
#define refuse(id, change)                  \
	do {                                \
		r = good;                   \
		change;                     \
		mint_and_judge(&r, &plain); \
		assert_fails_at(id);        \
	} while (0)
#define CHAIN "nitro.cert.chain"
	refuse(CHAIN, r.cert[SIM_NITRO_ZONE].signed_by = SIM_NITRO_ROOT);
	refuse(CHAIN, r.cert[SIM_NITRO_ZONE].issuer = SIM_NITRO_ROOT);
	refuse(CHAIN, r.cert[SIM_NITRO_LEAF].signed_by = SIM_NITRO_ZONE);
	refuse(CHAIN, r.cert[SIM_NITRO_LEAF].sha256 = true);
	refuse(CHAIN, r.cert[SIM_NITRO_ZONE].critical = true);
	refuse(CHAIN, r.cert[SIM_NITRO_ZONE].constraints = "critical,CA:FALSE");
	refuse(CHAIN, r.cert[SIM_NITRO_ZONE].constraints = NULL);
	refuse(CHAIN, r.cert[SIM_NITRO_ZONE].constraints = "CA:TRUE");
	refuse(CHAIN,
	    r.cert[SIM_NITRO_REGION].constraints =
		"critical,CA:TRUE,pathlen:1");
	refuse(CHAIN, r.cert[SIM_NITRO_ZONE].usage = "critical,cRLSign");
	refuse(CHAIN, r.cert[SIM_NITRO_LEAF].usage = "keyAgreement");
	refuse(CHAIN, r.cert[SIM_NITRO_LEAF].constraints = "critical,CA:TRUE");
	/* Left out, and out of order. */
	refuse(CHAIN, {
		r.cabundle[2] = SIM_NITRO_INSTANCE;
		r.n_cabundle = 3;
	});
	refuse(CHAIN, {
		r.cabundle[1] = SIM_NITRO_ZONE;
		r.cabundle[2] = SIM_NITRO_REGION;
	});
	refuse("nitro.cert.root", r.cabundle[0] = SIM_NITRO_REGION);
	refuse("nitro.cert.time", r.cert[SIM_NITRO_LEAF].to.ms = now.ms - 1000);
	refuse("nitro.cert.time",
	    r.cert[SIM_NITRO_REGION].from.ms = now.ms + 1000);
	refuse("nitro.cert.module", r.module_id = "i-0aff1a47000000000-enc02");
	refuse("nitro.cert.module", r.module_id = "i-0aff1a47000000000-enc0");
	refuse("nitro.time",
	    r.timestamp.ms = r.cert[SIM_NITRO_LEAF].from.ms - 6000);
	refuse("nitro.time", r.timestamp.ms = now.ms + 61000);
	refuse("", r.timestamp.ms = r.cert[SIM_NITRO_LEAF].from.ms - 4000);
#undef refuse
}

static void minted__with_a_certificate_that_is_none_is_refused(void **state)
{
	static const uint8_t pair[] = { 0x6b, 'c', 'e', 'r', 't', 'i', 'f', 'i',
		'c', 'a', 't', 'e', 0x42, 0x30, 0x00 };
	struct sim_nitro_recipe r;

	(void)state;
	sim_nitro_recipe_init(&r, now);
	r.without = "certificate";
	r.more = span_of(pair, sizeof(pair));
	r.n_more = 1;
	mint_and_judge(&r, &plain);
	assert_fails_at("nitro.cert.parse");
}

static void signature__has_96_bytes_within_the_order(void **state)
{
	AUTO(sim_nitro_drop_certs) struct sim_nitro_certs certs = { 0 };
	AUTO(blob_drop) struct blob doc = { 0 };
	struct sim_nitro_recipe r;
	struct fault f = FAULT_INIT;

	(void)state;
	sim_nitro_recipe_init(&r, now);
	assert_ok(sim_nitro_make_certs(&w.keys, &r, &certs, &f), f);
	assert_ok(sim_nitro_document(&w.keys, &certs, &r, &doc, &f), f);
	memset(doc.p + doc.n - 48, 0, 48);
	judge(blob_span(&doc), &plain);
	assert_fails_at("nitro.signature");
	/* One byte less, and its head says so. */
	doc.p[doc.n - 97] = 95;
	doc.n--;
	judge(blob_span(&doc), &plain);
	assert_fails_at("nitro.cose.sigsize");
}

static void every_bit__of_a_document_counts(void **state)
{
	AUTO(sim_nitro_drop_certs) struct sim_nitro_certs certs = { 0 };
	AUTO(blob_drop) struct blob doc = { 0 };
	struct sim_nitro_recipe r;
	struct fault f = FAULT_INIT;

	(void)state;
	sim_nitro_recipe_init(&r, now);
	assert_ok(sim_nitro_make_certs(&w.keys, &r, &certs, &f), f);
	assert_ok(sim_nitro_document(&w.keys, &certs, &r, &doc, &f), f);
	for (size_t i = 0; i < doc.n; i += 7) {
		doc.p[i] ^= (uint8_t)(1u << (i % 8));
		judge(blob_span(&doc), &plain);
		if (w.v.kind == VERDICT_AUTHENTIC)
			fail_msg("byte %zu does not count", i);
		doc.p[i] ^= (uint8_t)(1u << (i % 8));
		judge(span_of(doc.p, i), &plain);
		assert_fails_at(i > 0 ? "nitro.cose.form" : "quote.present");
	}
}

/* ---- policy -------------------------------------------------------------- */

static void policy__holds_registers_against_the_document(void **state)
{
	static const char pcr0[] = POLICY(
	    "\"pcr0\":[\"505050505050505050505050505050505050505050505050"
	    "505050505050505050505050505050505050505050505050\"]%s");
	struct sim_nitro_recipe r;
	struct ask a = plain;
	char text[512];

	(void)state;
	sim_nitro_recipe_init(&r, now);
	a.policy = text;
	snprintf(text, sizeof(text), pcr0, "");
	mint_and_judge(&r, &a);
	assert_int_equal(w.v.kind, VERDICT_ACCEPTED);
	/* Named and missing is not the same as zero. */
	snprintf(text, sizeof(text), pcr0, ",\"pcr16\":[]");
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.pcr");
	snprintf(text, sizeof(text), pcr0, ",\"imageIds\":[]");
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.image");
	snprintf(text, sizeof(text), pcr0, ",\"publicKeys\":[\"aa\"]");
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.public-key");
	r.public_key = (struct sim_nitro_bytes){ true, span_text("\xaa") };
	mint_and_judge(&r, &a);
	assert_fails_at("");
	r.public_key.value = span_text("\xab");
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.public-key");
	snprintf(text, sizeof(text), pcr0, ",\"maxAgeMs\":1000");
	r.timestamp.ms = now.ms - 1001;
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.age");
	r.pcr[0][47] ^= 1;
	r.timestamp = now;
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.pcr");
	memset(r.pcr, 0, sizeof(r.pcr));
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.debug");
}

static void policy__takes_the_image_id_alone(void **state)
{
	struct sim_nitro_recipe r;
	struct ask a = plain;
	char text[256], id[65];

	(void)state;
	sim_nitro_recipe_init(&r, now);
	mint_and_judge(&r, &plain);
	snprintf(id, sizeof(id), "%s", claim("imageId"));
	snprintf(text, sizeof(text), POLICY("\"imageIds\":[\"%s\"]"), id);
	a.policy = text;
	mint_and_judge(&r, &a);
	assert_int_equal(w.v.kind, VERDICT_ACCEPTED);
	/* Other initialisation parameters are another set. */
	r.has_pcr[16] = true;
	r.pcr[16][0] = 1;
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.image");
}

static void policy__wants_the_nonce_of_a_bare_document(void **state)
{
	struct sim_nitro_recipe r;
	struct ask a = plain;

	(void)state;
	sim_nitro_recipe_init(&r, now);
	a.nonce = span_text("challenge");
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.nonce");
	r.nonce = (struct sim_nitro_bytes){ true, span_text("challenge") };
	mint_and_judge(&r, &a);
	assert_fails_at("");
	r.nonce.value = span_text("challeng");
	mint_and_judge(&r, &a);
	assert_fails_at("nitro.policy.nonce");
}

static void policy__is_refused_in_another_form(void **state)
{
	static const char *const bad[] = { POLICY(""), POLICY("\"pcr1\":[]"),
		POLICY("\"pcr0\":{}"), POLICY("\"pcr0\":[\"00\"]"),
		POLICY("\"pcr0\":[],\"pcr32\":[]"),
		POLICY("\"pcr0\":[],\"allowDebug\":false"),
		POLICY("\"pcr0\":[],\"maxAgeMs\":0"),
		POLICY("\"pcr0\":[],\"publicKeys\":[\"\"]"),
		POLICY("\"pcr0\":[],\"imageIds\":[1]") };
	AUTO(policy_drop) struct policy p = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(policy_parse(span_text(bad[i]), &p, &f), f,
		    FAULT_FORMAT, "policy.nitro");
}

static void binding__needs_64_bytes_of_user_data(void **state)
{
	static uint8_t zero[REPORT_DATA_BYTES + 1];
	struct sim_nitro_recipe r;
	struct ask a = plain;

	(void)state;
	sim_nitro_recipe_init(&r, now);
	a.expected = span_of(zero, REPORT_DATA_BYTES);
	mint_and_judge(&r, &a);
	assert_fails_at("binding.report-data");
	r.user_data = (struct sim_nitro_bytes){ true, span_of(zero, 65) };
	mint_and_judge(&r, &a);
	assert_fails_at("binding.report-data");
	zero[0] = 1;
	r.user_data.value.n = REPORT_DATA_BYTES;
	mint_and_judge(&r, &a);
	assert_fails_at("");
	assert_string_equal(
	    verdict_find(&w.v, "binding.report-data")->result == CHECK_PASS
		? "pass"
		: "",
	    "pass");
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	return sim_nitro_make_keys(&w.keys, &f) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	verdict_drop(&w.v);
	sim_nitro_drop_keys(&w.keys);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors__have_the_verdict_that_is_recorded),
		cmocka_unit_test(vectors__bind_what_they_bind),
		cmocka_unit_test(vectors__of_debug_mode_are_taken_by_name_only),
		cmocka_unit_test(vectors__with_leftovers_are_refused),
		cmocka_unit_test(minted__is_authentic_in_both_encodings),
		cmocka_unit_test(minted__is_simulated_whatever_it_says),
		cmocka_unit_test(minted__fails_where_its_envelope_is_wrong),
		cmocka_unit_test(minted__fails_where_its_payload_is_wrong),
		cmocka_unit_test(minted__fails_where_its_chain_is_wrong),
		cmocka_unit_test(
		    minted__with_a_certificate_that_is_none_is_refused),
		cmocka_unit_test(signature__has_96_bytes_within_the_order),
		cmocka_unit_test(every_bit__of_a_document_counts),
		cmocka_unit_test(policy__holds_registers_against_the_document),
		cmocka_unit_test(policy__takes_the_image_id_alone),
		cmocka_unit_test(policy__wants_the_nonce_of_a_bare_document),
		cmocka_unit_test(policy__is_refused_in_another_form),
		cmocka_unit_test(binding__needs_64_bytes_of_user_data),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
