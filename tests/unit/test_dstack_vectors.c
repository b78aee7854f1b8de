/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The computed and recorded values of the dstack vectors: digests, registers,
 * chains, hashes; and real quotes with the logs that came with them. Not here:
 * images (test_dstack_measure.c), versioned blobs (test_dstack_attestation.c),
 * secrets inside of a key service (derive_dh_secret, env_decrypt), what is
 * Marlin's.
 */
#include "tests/unit/check.h"
#include "tests/unit/vectors.h"
#include "verify/base/text.h"
#include "verify/collateral.h"
#include "verify/dstack_images.h"
#include "verify/dstack_key.h"
#include "verify/dstack_mr_config.h"
#include "verify/dstack_normalize.h"
#include "verify/intel_quote.h"
#include "verify/known_keys.h"
#include "verify/report_data.h"
#include "verify/verify.h"

#include <openssl/evp.h>
#include <stdlib.h>

static struct json *computed, *expected;

static const struct json_node *computed_at(const char *name)
{
	return vectors_member(json_root(computed), name);
}

static void expect_hex(
    const struct json_node *v, const char *name, struct span got)
{
	char *text = malloc(HEX_SIZE(got.n));

	assert_non_null(text);
	hex_encode(got, text);
	assert_string_equal(text, vectors_text(v, name));
	free(text);
}

static struct eth_sig signature_of(struct span bytes)
{
	struct eth_sig sig = { { 0 } };
	struct fault f = FAULT_INIT;

	assert_ok(dstack_key_signature(bytes, &sig, &f), f);
	return sig;
}

static struct eth_sig hex_signature(const char *hex)
{
	struct fault f = FAULT_INIT;
	uint8_t raw[65];

	assert_ok(hex_decode(span_text(hex), raw, 65, "test", &f), f);
	return signature_of(span_of(raw, 65));
}

/* ---- key chains -------------------------------------------------------------- */

/* HKDF under the salt that dstack uses everywhere. */
static void derive(struct span key, struct span info, uint8_t out[32])
{
	struct fault f = FAULT_INIT;

	assert_ok(hkdf_sha256(span_text("RATLS"), key, info, out, 32, &f), f);
}

static void check_getkey(const struct json_node *v)
{
	const struct json_node *chain = vectors_member(v, "signature_chain");
	struct eth_sig by_app = hex_signature(json_text(json_first(chain)));
	struct eth_sig by_root =
	    hex_signature(json_text(json_next(json_first(chain))));
	AUTO(blob_drop) struct blob public_key = vectors_hex(v, "pubkey");
	struct span message = span_text(vectors_text(v, "sig0_message"));
	struct keccak256 digest = keccak256_of(message);
	struct eth_key app, root;
	struct fault f = FAULT_INIT;
	uint8_t app_id[20];

	vectors_hex_into(v, "app_id", app_id, sizeof(app_id));
	expect_hex(v, "sig0_digest", span_of(digest.b, 32));
	assert_ok(dstack_key_app(blob_span(&public_key),
		      span_text(vectors_text(v, "purpose")), &by_app, &app, &f),
	    f);
	expect_hex(v, "app_pubkey", span_of(app.b, sizeof(app.b)));
	assert_ok(dstack_key_root(app_id, &app, &by_root, &root, &f), f);
	expect_hex(v, "kms_root_pubkey", span_of(root.b, sizeof(root.b)));
	/* Both are simulators': their secrets are published. */
	assert_non_null(known_key_find(span_of(app.b, sizeof(app.b))));
	assert_non_null(known_key_find(span_of(root.b, sizeof(root.b))));
}

static void check_address(const struct json_node *v)
{
	struct eth_key key;
	struct eth_addr a, want;
	struct fault f = FAULT_INIT;

	if (json_find(v, "address") == NULL)
		return;
	vectors_hex_into(v, "pubkey", key.b, sizeof(key.b));
	assert_ok(eth_addr_from_key(&key, &a, &f), f);
	assert_ok(
	    eth_addr_parse(span_text(vectors_text(v, "address")), &want, &f),
	    f);
	assert_true(eth_addr_equal(&a, &want));
}

static void key_chains_recover_to_their_roots(void **state)
{
	const struct json_node *list = computed_at("getkey");
	size_t n = 0;

	(void)state;
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v), n++) {
		check_getkey(v);
		check_address(v);
	}
	assert_int_equal(n, 8);
}

/* Another app id, purpose or key recovers too: to somebody else. */
static void a_chain_recovers_to_another_root_for_another_app(void **state)
{
	const struct json_node *v = json_first(computed_at("getkey"));
	const struct json_node *chain = vectors_member(v, "signature_chain");
	struct eth_sig by_root =
	    hex_signature(json_text(json_next(json_first(chain))));
	struct eth_key app, root;
	struct fault f = FAULT_INIT;
	uint8_t app_id[20];

	(void)state;
	vectors_hex_into(v, "app_id", app_id, sizeof(app_id));
	vectors_hex_into(v, "app_pubkey", app.b, sizeof(app.b));
	app_id[19] ^= 1;
	assert_ok(dstack_key_root(app_id, &app, &by_root, &root, &f), f);
	assert_null(known_key_find(span_of(root.b, sizeof(root.b))));
}

static void keys_derive_as_key_services_derive_them(void **state)
{
	const struct json_node *v = computed_at("kms_app_key");
	AUTO(blob_drop) struct blob root = vectors_hex(v, "root_k256");
	AUTO(blob_drop) struct blob app_id = vectors_hex(v, "app_id");
	AUTO(blob_drop) struct blob message = vectors_hex(v, "message");
	AUTO(blob_drop) struct blob sig = vectors_hex(v, "k256_signature");
	struct keccak256 digest = keccak256_of(blob_span(&message));
	struct eth_sig by_root = signature_of(blob_span(&sig));
	struct eth_key app_key, root_key;
	struct fault f = FAULT_INIT;
	uint8_t info[27], app[32];

	(void)state;
	memcpy(info, app_id.p, 20);
	memcpy(info + 20, "app-key", 7);
	derive(blob_span(&root), span_of(info, sizeof(info)), app);
	expect_hex(v, "app_k256", span_of(app, sizeof(app)));
	expect_hex(v, "digest", span_of(digest.b, 32));
	vectors_hex_into(v, "app_pubkey", app_key.b, sizeof(app_key.b));
	assert_ok(
	    dstack_key_root(app_id.p, &app_key, &by_root, &root_key, &f), f);
	expect_hex(v, "root_pubkey", span_of(root_key.b, 33));
}

/* A service signs the key under which environments are encrypted, two ways. */
static void signatures_of_environment_keys_recover(void **state)
{
	const struct json_node *v = computed_at("env_pubkey_signature_legacy");
	AUTO(blob_drop) struct blob key = vectors_hex(v, "public_key");
	AUTO(blob_drop) struct blob app_id = vectors_hex(v, "app_id");
	AUTO(blob_drop) struct blob sig = vectors_hex(v, "signature");
	struct span parts[] = { span_text("dstack-env-encrypt-pubkey:"),
		blob_span(&app_id), blob_span(&key) };
	struct keccak256 digest = keccak256_of_parts(parts, COUNT(parts));
	struct eth_sig by = signature_of(blob_span(&sig));
	AUTO(blob_drop) struct blob newer = { 0 };
	AUTO(blob_drop) struct blob message = { 0 };
	struct eth_key who;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(eth_sig_recover_key(&digest, &by, &who, &f), f);
	expect_hex(v, "recovered_signer", span_of(who.b, 33));
	v = computed_at("env_pubkey_signature_v1");
	newer = vectors_hex(v, "signature");
	message = vectors_hex(v, "message");
	digest = keccak256_of(blob_span(&message));
	by = signature_of(blob_span(&newer));
	assert_ok(eth_sig_recover_key(&digest, &by, &who, &f), f);
	expect_hex(v, "signer", span_of(who.b, 33));
}

static void published_keys_are_known(void **state)
{
	const struct json_node *list = vectors_member(
	    computed_at("marlin"), "mock_derive_server_zero_seed");
	struct eth_addr a = { { 0 } };
	struct fault f = FAULT_INIT;

	(void)state;
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v)) {
		assert_ok(
		    eth_addr_parse(
			span_text(vectors_text(v, "ethereum_address")), &a, &f),
		    f);
		assert_non_null(known_key_find(span_of(a.b, sizeof(a.b))));
	}
	a.b[0] ^= 1;
	assert_null(known_key_find(span_of(a.b, sizeof(a.b))));
}

/* ---- digests and registers ----------------------------------------------------- */

static void check_event(const struct json_node *v)
{
	AUTO(blob_drop) struct blob first = vectors_hex(v, "v1_preimage");
	struct span name = span_text(vectors_text(v, "event"));
	struct span second = span_text(vectors_text(v, "v2_preimage_utf8"));
	struct blob payload = { 0 };
	struct sha256 on_tpm = sha256_of(blob_span(&first));
	struct sha384 digest, want = sha384_of(second);
	struct fault f = FAULT_INIT;

	if (vectors_text(v, "payload")[0] != '\0')
		payload = vectors_hex(v, "payload");
	assert_ok(
	    dstack_event_digest(1, name, blob_span(&payload), &digest, &f), f);
	expect_hex(v, "v1_sha384", span_of(digest.b, 48));
	assert_ok(
	    dstack_event_digest(2, name, blob_span(&payload), &digest, &f), f);
	expect_hex(v, "v2_sha384", span_of(digest.b, 48));
	assert_memory_equal(want.b, digest.b, 48);
	expect_hex(v, "v1_sha256", sha256_span(&on_tpm));
	blob_drop(&payload);
}

/* The log that these events make, and its register 3. */
static void check_replay(const char *member, const char *version)
{
	const struct json_node *list = computed_at("runtime_event_digests");
	AUTO(dstack_log_drop) struct dstack_log log = { 0 };
	char text[4096] = "[";
	struct sha384 mr;
	struct fault f = FAULT_INIT;

	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v))
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "%s{\"digest\":\"\",\"event\":\"%s\","
		    "\"event_payload\":\"%s\",\"event_type\":134217729,"
		    "\"imr\":3,\"version\":%s}",
		    text[1] != '\0' ? "," : "", vectors_text(v, "event"),
		    vectors_text(v, "payload"), version);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "]");
	assert_ok(dstack_log_parse(span_text(text), &log, &f), f);
	mr = dstack_log_replay(&log, 3);
	expect_hex(computed_at("runtime_event_replay"), member,
	    span_of(mr.b, sizeof(mr.b)));
}

static void runtime_events_have_the_computed_digests(void **state)
{
	const struct json_node *list = computed_at("runtime_event_digests");

	(void)state;
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v))
		check_event(v);
	check_replay("v1_rtmr3", "1");
	check_replay("v2_rtmr3", "2");
}

static void mrconfigid_is_made_as_hosts_make_it(void **state)
{
	const struct json_node *v = computed_at("mr_config_id");
	AUTO(blob_drop) struct blob id = vectors_hex(v, "key_provider_id");
	struct span document = span_text(vectors_text(v, "v3_document"));
	uint8_t app_id[20], got[DSTACK_MR_CONFIG_BYTES];
	struct sha256 hash;

	(void)state;
	vectors_hex_into(v, "compose_hash", hash.b, sizeof(hash.b));
	vectors_hex_into(v, "app_id", app_id, sizeof(app_id));
	dstack_mr_config_v1(&hash, got);
	expect_hex(v, "v1", span_of(got, sizeof(got)));
	dstack_mr_config_v2(
	    &hash, app_id, DSTACK_KEYS_KMS, blob_span(&id), got);
	expect_hex(v, "v2_kms", span_of(got, sizeof(got)));
	dstack_mr_config_v3(document, got);
	expect_hex(v, "v3", span_of(got, sizeof(got)));
	expect_hex(v, "v3_snp_host_data", span_of(got + 1, 32));
}

/* ---- hashes ---------------------------------------------------------------------- */

static void check_normal(
    const struct json_node *v, bool drop, const char *text, const char *hash)
{
	struct span in = json_source(computed, vectors_member(v, "input"));
	AUTO(blob_drop) struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1 << 16, "test", &f);
	struct sha256 got;

	assert_ok(dstack_normalize(in, drop, &w, &f), f);
	assert_ok(wr_done(&w, &out), f);
	assert_string_equal((char *)out.p, vectors_text(v, text));
	got = sha256_of(blob_span(&out));
	expect_hex(v, hash, sha256_span(&got));
}

static void composes_normalise_as_tools_do(void **state)
{
	const struct json_node *v = computed_at("compose_hash_helper");

	(void)state;
	check_normal(v, false, "canonical_utf8", "hash_no_normalize");
	check_normal(v, true, "canonical_normalized", "hash_normalized");
}

static void other_hashes_are_as_computed(void **state)
{
	const struct json_node *v = computed_at("launch_token_hash");
	struct span token[] = { span_text("dstack-launch-token/v1:"),
		span_text(vectors_text(v, "token")) };
	struct sha256 hash = sha256_of_parts(token, COUNT(token));
	AUTO(blob_drop) struct blob seed = { 0 };
	AUTO(blob_drop) struct blob app_id = { 0 };

	(void)state;
	expect_hex(v, "hash", sha256_span(&hash));
	v = computed_at("instance_id");
	seed = vectors_hex(v, "seed");
	app_id = vectors_hex(v, "app_id");
	{
		struct span parts[] = { blob_span(&seed), blob_span(&app_id) };

		hash = sha256_of_parts(parts, COUNT(parts));
	}
	expect_hex(v, "instance_id", span_of(hash.b, 20));
	hash = sha256_of(span_text("{}"));
	expect_hex(
	    json_root(computed), "gpu_policy_hash_default", sha256_span(&hash));
}

/* ---- what others bind --------------------------------------------------------------- */

static void each_style_of_binding_is_named(void **state)
{
	static const struct {
		const char *member, *name; /* NULL: accepted */
	} styles[] = {
		{ "getquote_raw_digest", NULL },
		{ "getquote_ascii_hex_digest", "hexadecimal text" },
		{ "tdxquote_default_over_raw_digest", "app-data:" },
		{ "tdxquote_default_over_ascii_hex", "app-data:" },
		{ "tdxquote_raw_left_padded", "right-aligned" },
	};
	const struct json_node *v = computed_at("statement_binding_styles");
	struct span statement = span_text(vectors_text(v, "statement_utf8"));
	struct sha256 hash = sha256_of(statement);

	(void)state;
	expect_hex(v, "sha256", sha256_span(&hash));
	for (size_t i = 0; i < COUNT(styles); i++) {
		uint8_t got[REPORT_DATA_BYTES];
		struct fault f = FAULT_INIT;
		bool ok;

		vectors_hex_into(v, styles[i].member, got, sizeof(got));
		ok = report_data_check(got, &hash, statement, &f);
		assert_int_equal(ok, styles[i].name == NULL);
		if (!ok)
			assert_non_null(strstr(f.text, styles[i].name));
	}
}

/* What a tappd makes of a digest that is not sent as raw, by each algorithm. */
static void each_hash_of_a_tappd_is_named(void **state)
{
	static const char *const algorithms[] = { "SHA256", "SHA384", "SHA512",
		"SHA3-256", "SHA3-384", "SHA3-512" };
	static const char *const names[] = { "sha256", "sha384", "sha512",
		"sha3-256", "sha3-384", "sha3-512" };
	const struct json_node *v = computed_at("tappd_report_data");
	const struct json_node *all = vectors_member(v, "default_prefix");
	AUTO(blob_drop) struct blob content = vectors_hex(v, "content_hex");
	struct span parts[] = { span_text("app-data:"), blob_span(&content) };
	uint8_t message[256], got[REPORT_DATA_BYTES];
	struct keccak256 keccak = keccak256_of_parts(parts, COUNT(parts));
	struct sha256 hash = sha256_of(blob_span(&content));

	(void)state;
	assert_true(content.n < 200);
	memcpy(message, "app-data:", 9);
	memcpy(message + 9, content.p, content.n);
	for (size_t i = 0; i < COUNT(names); i++) {
		unsigned n = 0;

		memset(got, 0, sizeof(got));
		assert_true(EVP_Digest(message, 9 + content.n, got, &n,
		    EVP_get_digestbyname(algorithms[i]), NULL));
		expect_hex(all, names[i], span_of(got, sizeof(got)));
	}
	memset(got, 0, sizeof(got));
	memcpy(got, keccak.b, sizeof(keccak.b));
	expect_hex(all, "keccak256", span_of(got, sizeof(got)));

	/* Those that are recognised, with the content as the statement. */
	for (size_t i = 0; i < 3; i++) {
		struct fault f = FAULT_INIT;

		vectors_hex_into(all, names[i], got, sizeof(got));
		assert_refused(
		    report_data_check(got, &hash, blob_span(&content), &f), f,
		    FAULT_CRYPTO, "binding.report-data");
	}
}

/* ---- the tutorial's oracle ------------------------------------------------------------ */

static void the_tutorials_values_are_reproduced(void **state)
{
	const struct json_node *v = computed_at("tutorial_oracle");
	struct span statement = span_text(vectors_text(v, "statement_01_utf8"));
	struct sha256 hash = sha256_of(statement);
	AUTO(blob_drop) struct blob packed = vectors_hex(v, "encode_packed_02");
	struct keccak256 message = keccak256_of(blob_span(&packed));
	struct keccak256 digest = eip191_digest(span_of(message.b, 32));
	struct fault f = FAULT_INIT;
	uint8_t got[REPORT_DATA_BYTES];
	struct eth_sig sig;
	struct eth_addr signer;

	(void)state;
	expect_hex(v, "statement_01_sha256", sha256_span(&hash));
	vectors_hex_into(v, "report_data_01_as_produced_by_tutorial", got, 64);
	assert_false(report_data_check(got, &hash, statement, &f));
	assert_non_null(strstr(f.text, "hexadecimal text"));
	fault_clear(&f);
	vectors_hex_into(v, "report_data_01_as_documented", got, 64);
	assert_ok(report_data_check(got, &hash, statement, &f), f);
	expect_hex(v, "message_hash_02", span_of(message.b, 32));
	expect_hex(v, "eip191_digest_02", span_of(digest.b, 32));
	sig = hex_signature(vectors_text(v, "signature_02_v27"));
	assert_ok(eth_addr_parse(span_text(vectors_text(v, "signer_address")),
		      &signer, &f),
	    f);
	assert_ok(eth_sig_verify(&digest, &sig, &signer, &f), f);
}

/* ---- recorded evidence ------------------------------------------------------------------ */

/* Quote and log of a file; the log may lie in one of its own. */
struct recorded {
	const char *file, *quote_file, *log_file;
};

static const struct recorded recorded[] = {
	{ "verifier-fixtures/quote-report.json", NULL, NULL },
	{ "verifier-fixtures/tdx-lite-getquote.json", NULL, NULL },
	{ "rtmr3-example/report.json", NULL, NULL },
	{ "simulator-v0.5.5/quote.hex", "simulator-v0.5.5/quote.hex",
	    "simulator-v0.5.5/eventlog.json" },
};

static struct blob file_of(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "dstack/%s", name);
	return vectors_file(path);
}

static struct blob text_hex(struct span text)
{
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	while (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	assert_ok(
	    hex_decode_blob(text, LIMIT_QUOTE_BYTES, &out, "test", &f), f);
	return out;
}

static void load(const struct recorded *r, struct blob *quote, struct blob *log)
{
	char path[128];
	struct fault f = FAULT_INIT;
	struct json *doc;

	if (r->quote_file != NULL) {
		AUTO(blob_drop) struct blob text = file_of(r->quote_file);

		*quote = text_hex(blob_span(&text));
		*log = file_of(r->log_file);
		return;
	}
	snprintf(path, sizeof(path), "dstack/%s", r->file);
	doc = vectors_json(path);
	*quote = text_hex(span_text(vectors_text(json_root(doc), "quote")));
	assert_ok(
	    blob_copy(
		span_text(vectors_text(json_root(doc), "event_log")), log, &f),
	    f);
	json_free(doc);
}

static void check_fields(
    const struct json_node *want, const struct intel_quote *q)
{
	expect_hex(want, "mrtd", q->td.mrtd);
	expect_hex(want, "rtmr0", q->td.rtmr[0]);
	expect_hex(want, "rtmr1", q->td.rtmr[1]);
	expect_hex(want, "rtmr2", q->td.rtmr[2]);
	expect_hex(want, "rtmr3", q->td.rtmr[3]);
	expect_hex(want, "mrconfigid", q->td.mrconfigid);
	expect_hex(want, "tdattr", q->td.attributes);
	expect_hex(want, "xfam", q->td.xfam);
	expect_hex(want, "report_data", q->td.report_data);
	assert_int_equal(q->raw.n, vectors_u64(want, "quote_len"));
	assert_int_equal(q->raw.n - q->canonical.n,
	    vectors_u64(want, "trailing_zero_bytes"));
}

static void check_registers(const struct json_node *want,
    const struct dstack_log *log, const struct intel_quote *q)
{
	for (unsigned i = 0; i < 4; i++) {
		const char name[] = { 'r', 't', 'm', 'r', (char)('0' + i), 0 };
		const struct json_node *v =
		    vectors_member(vectors_member(want, "replay"), name);
		struct sha384 mr = dstack_log_replay(log, i);
		size_t n = 0;

		for (size_t k = 0; k < log->n; k++)
			n += log->event[k].imr == i ? 1 : 0;
		assert_int_equal(n, vectors_u64(v, "events"));
		expect_hex(v, "replay", span_of(mr.b, sizeof(mr.b)));
		assert_true(span_equal(q->td.rtmr[i], span_of(mr.b, 48)));
	}
}

static void check_names(
    const struct json_node *want, const struct dstack_log *log)
{
	const struct json_node *v =
	    json_first(vectors_member(want, "rtmr3_events"));

	for (size_t i = 0; i < log->n; i++) {
		if (log->event[i].imr != 3)
			continue;
		assert_non_null(v);
		assert_true(span_equal_text(
		    log->event[i].name, json_text(json_first(v))));
		v = json_next(v);
	}
	assert_null(v);
}

static void real_logs_replay_to_their_quotes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(recorded); i++) {
		const struct json_node *want =
		    vectors_member(json_root(expected), recorded[i].file);
		AUTO(blob_drop) struct blob quote = { 0 };
		AUTO(blob_drop) struct blob text = { 0 };
		AUTO(dstack_log_drop) struct dstack_log log = { 0 };
		AUTO(dstack_identity_drop) struct dstack_identity id = { 0 };
		struct intel_quote q;
		struct fault f = FAULT_INIT;

		load(&recorded[i], &quote, &text);
		assert_ok(intel_quote_parse(blob_span(&quote), &q, &f), f);
		check_fields(want, &q);
		assert_ok(dstack_log_parse(blob_span(&text), &log, &f), f);
		assert_ok(dstack_log_check_digests(&log, &f), f);
		check_registers(want, &log, &q);
		check_names(want, &log);
		assert_ok(dstack_identity_read(&log, &id, &f), f);
	}
}

/* The only fixture whose compose is the one that was measured. */
static void the_real_compose_is_the_one_that_was_measured(void **state)
{
	const struct recorded *r = &recorded[2];
	const struct json_node *want = vectors_member(
	    json_root(expected), "rtmr3-example/app-compose.json");
	AUTO(blob_drop) struct blob quote = { 0 };
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(blob_drop)
	struct blob compose = file_of("rtmr3-example/app-compose.json");
	AUTO(dstack_log_drop) struct dstack_log log = { 0 };
	AUTO(dstack_identity_drop) struct dstack_identity id = { 0 };
	struct dstack_compose app = { 0 };
	struct sha256 hash = sha256_of(blob_span(&compose));
	struct fault f = FAULT_INIT;

	(void)state;
	load(r, &quote, &text);
	assert_ok(dstack_log_parse(blob_span(&text), &log, &f), f);
	assert_ok(dstack_identity_read(&log, &id, &f), f);
	expect_hex(want, "sha256", sha256_span(&hash));
	assert_true(sha256_equal(&hash, &id.compose_hash));
	compose.p[compose.n / 2] ^= 1;
	hash = sha256_of(blob_span(&compose));
	assert_false(sha256_equal(&hash, &id.compose_hash));
	compose.p[compose.n / 2] ^= 1;
	assert_ok(dstack_compose_parse(blob_span(&compose), &app, &f), f);
	assert_int_equal(app.n_images, 1);
	assert_false(app.image[0].is_pinned);
	assert_true(app.gateway); /* by its old name only */
	assert_int_equal(app.key_provider, DSTACK_KEYS_KMS);
	assert_true(app.public_tcbinfo);
	dstack_compose_drop(&app);
}

/* The real quote whose machine has collateral here, under its own policy. */
static void a_real_quote_is_accepted_under_the_policy_made_from_it(void **state)
{
	static const char folder[] =
	    "intel/collateral/tdx-90c06f000000-2026-02";
	struct blob part[16] = { 0 };
	AUTO(blob_drop) struct blob quote = { 0 };
	AUTO(blob_drop) struct blob log = { 0 };
	AUTO(blob_drop) struct blob bundle = { 0 };
	AUTO(blob_drop) struct blob suggested = { 0 };
	AUTO(policy_drop) struct policy policy = { 0 };
	struct evidence beside = { .event_log = { 0 } };
	struct verify_options opt = { .beside = &beside };
	struct collateral c = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1 << 20, "test", &f);
	struct verdict *v = calloc(1, sizeof(*v));

	(void)state;
	assert_non_null(v);
	for (size_t i = 0; i < n_collateral_files; i++) {
		char path[160];

		snprintf(path, sizeof(path), "%s/%s", folder,
		    collateral_files[i].name);
		if (!vectors_has(path))
			continue;
		part[i] = vectors_file(path);
		*(struct span *)((uint8_t *)&c + collateral_files[i].offset) =
		    blob_span(&part[i]);
	}
	assert_ok(collateral_encode(&c, &w, &f) && wr_done(&w, &bundle), f);
	load(&recorded[0], &quote, &log);
	beside.event_log = blob_span(&log);
	opt.collateral = blob_span(&bundle);
	assert_ok(utc_parse_rfc3339(
		      span_text("2026-02-20T00:00:00Z"), &opt.at, "test", &f),
	    f);
	w = wr_grow(1 << 20, "test", &f);
	assert_ok(
	    verify_suggest_policy(blob_span(&quote), "tdx", &opt, v, &w, &f),
	    f);
	verdict_drop(v);
	assert_ok(wr_done(&w, &suggested), f);
	assert_ok(policy_parse(blob_span(&suggested), &policy, &f), f);
	opt.policy = &policy;
	verify_quote("tdx", blob_span(&quote), span_of(NULL, 0), &opt, v);
	assert_int_equal(v->kind, VERDICT_ACCEPTED);
	verdict_drop(v);

	/* Without its log, or with another machine's, it is not. */
	opt.beside = NULL;
	verify_quote("tdx", blob_span(&quote), span_of(NULL, 0), &opt, v);
	assert_int_equal(v->kind, VERDICT_REJECTED);
	assert_int_equal(
	    verdict_find(v, "dstack.policy.evidence")->result, CHECK_FAIL);
	verdict_drop(v);
	blob_drop(&log);
	blob_drop(&quote);
	load(&recorded[1], &quote, &log);
	blob_drop(&quote);
	{
		AUTO(blob_drop) struct blob other = { 0 };

		load(&recorded[0], &quote, &other);
	}
	beside.event_log = blob_span(&log);
	opt.beside = &beside;
	verify_quote("tdx", blob_span(&quote), span_of(NULL, 0), &opt, v);
	assert_int_equal(v->kind, VERDICT_REJECTED);
	assert_int_equal(
	    verdict_find(v, "dstack.log.rtmr0")->result, CHECK_FAIL);
	verdict_drop(v);
	free(v);
	for (size_t i = 0; i < COUNT(part); i++)
		blob_drop(&part[i]);
}

/* ---- main ---------------------------------------------------------------------------------- */

static int open_files(void **state)
{
	(void)state;
	if (!vectors_present())
		return 0;
	computed = vectors_json("dstack/computed.json");
	expected = vectors_json("dstack/expected.json");
	return 0;
}

static int close_files(void **state)
{
	(void)state;
	json_drop(&computed);
	json_drop(&expected);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_chains_recover_to_their_roots),
		cmocka_unit_test(
		    a_chain_recovers_to_another_root_for_another_app),
		cmocka_unit_test(keys_derive_as_key_services_derive_them),
		cmocka_unit_test(signatures_of_environment_keys_recover),
		cmocka_unit_test(published_keys_are_known),
		cmocka_unit_test(runtime_events_have_the_computed_digests),
		cmocka_unit_test(mrconfigid_is_made_as_hosts_make_it),
		cmocka_unit_test(composes_normalise_as_tools_do),
		cmocka_unit_test(other_hashes_are_as_computed),
		cmocka_unit_test(each_style_of_binding_is_named),
		cmocka_unit_test(each_hash_of_a_tappd_is_named),
		cmocka_unit_test(the_tutorials_values_are_reproduced),
		cmocka_unit_test(real_logs_replay_to_their_quotes),
		cmocka_unit_test(the_real_compose_is_the_one_that_was_measured),
		cmocka_unit_test(
		    a_real_quote_is_accepted_under_the_policy_made_from_it),
	};

	if (!vectors_present()) {
		print_message("skipped: no vectors\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, open_files, close_files);
}
