/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Methods of the stand-in agent about keys: TLS keys, signatures, and the
 * legacy socket's (dstack sections 2.4, 2.6 and 3).
 */
#include "attest/sim_agent_methods.h"

#include "attest/ossl.h"
#include "chain/eth.h"
#include "verify/base/text.h"

#include <string.h>

#define MAX_ALT_NAMES 16

/* ---- TLS keys ----------------------------------------------------------- */

struct chain {
	struct blob pem[3];
};

static void chain_drop(struct chain *chain)
{
	for (size_t i = 0; i < COUNT(chain->pem); i++)
		blob_drop(&chain->pem[i]);
}

static FALLIBLE time_of(const struct json_node *request, const char *name,
    struct utc *out, struct fault *f)
{
	const struct json_node *v = json_find(request, name);
	uint64_t seconds = 0;
	if (v && json_kind_of(v) == JSON_NUMBER)
		TRY(json_u64(
		    v, UINT64_C(253402300799), &seconds, "sim.request", f));
	out->ms = (int64_t)seconds * 1000;
	return true;
}

static FALLIBLE read_ask(const struct json_node *request,
    const char *names[MAX_ALT_NAMES], struct sim_tls_ask *ask, struct fault *f)
{
	const struct json_node *list = json_find(request, "alt_names");
	*ask = (struct sim_tls_ask){
		.subject = sim_ask_text(request, "subject"),
		.alt_names = names,
		.server = sim_ask_flag(request, "usage_server_auth"),
		.client = sim_ask_flag(request, "usage_client_auth"),
	};
	for (const struct json_node *v = json_first(list);
	     v && ask->n_alt_names < MAX_ALT_NAMES; v = json_next(v))
		names[ask->n_alt_names++] = json_text(v);
	TRY(time_of(request, "not_before", &ask->from, f));
	TRY(time_of(request, "not_after", &ask->to, f));
	if (ask->from.ms && ask->to.ms && ask->from.ms >= ask->to.ms)
		return fault_raise(f, FAULT_FORMAT, "sim.request",
		    "not_before is not before not_after");
	return true;
}

static FALLIBLE answer_tls(struct sim_agent *a, EVP_PKEY *key,
    const struct json_node *request, struct canon *c, struct fault *f)
{
	AUTO(chain_drop) struct chain chain = { .pem = { { 0 } } };
	AUTO(blob_wipe) struct blob pem = { 0 };
	AUTO(blob_drop) struct blob quote = { 0 }, log = { 0 };
	const char *names[MAX_ALT_NAMES];
	uint8_t report_data[REPORT_DATA_BYTES];
	struct sim_tls_ask ask;
	TRY(read_ask(request, names, &ask, f));
	if (sim_ask_flag(request, "usage_ra_tls")) {
		TRY(sim_tls_report_data(key, report_data, f));
		TRY(sim_agent_quote(a, report_data, &quote, f));
		TRY(sim_agent_log(a, &log, f));
		ask.quote = blob_span(&quote);
		ask.log = blob_span(&log);
	}
	TRY(sim_tls_chain(&a->kms, key, &ask, chain.pem, f));
	TRY(sim_tls_key_pem(key, &pem, f));
	canon_array(c, "certificate_chain");
	for (size_t i = 0; i < COUNT(chain.pem); i++)
		canon_text_span(c, NULL, blob_span(&chain.pem[i]));
	canon_end(c);
	canon_text_span(c, "key", blob_span(&pem));
	return true;
}

/* "Random on every call." */
FALLIBLE sim_method_tls_key(struct sim_agent *a,
    const struct json_node *request, struct canon *c, struct fault *f)
{
	AUTO(ossl_drop_key) EVP_PKEY *key = EVP_EC_gen("P-256");
	if (!key)
		return ossl_broken(f, "sim.tls", "a P-256 key");
	return answer_tls(a, key, request, c, f);
}

FALLIBLE sim_method_derive_key(struct sim_agent *a,
    const struct json_node *request, struct canon *c, struct fault *f)
{
	AUTO(ossl_drop_key) EVP_PKEY *key = NULL;
	const struct span none = { 0 };
	struct secret32 scalar;
	if (sim_ask_flag(request, "random_seed"))
		return sim_method_tls_key(a, request, c, f);
	TRY(sim_kms_derive(&a->kms.app,
	    span_text(sim_ask_text(request, "path")), none, &scalar, f));
	bool ok = sim_kms_p256(&scalar, &key, f);
	secret_wipe(&scalar);
	return ok && answer_tls(a, key, request, c, f);
}

FALLIBLE sim_method_k256_key(struct sim_agent *a,
    const struct json_node *request, struct canon *c, struct fault *f)
{
	struct sim_kms_key key;
	TRY(sim_kms_key(&a->kms, sim_ask_text(request, "path"),
	    sim_ask_text(request, "purpose"), SIM_KMS_SECP256K1, &key, f));
	canon_hex(c, "k256_key", span_of(key.key.b, sizeof(key.key.b)));
	canon_array(c, "k256_signature_chain");
	canon_hex(c, NULL, span_of(key.signature, 65));
	canon_hex(
	    c, NULL, span_of(a->kms.root_signature, a->kms.has_root ? 65 : 0));
	canon_end(c);
	secret_wipe(&key.key);
	return true;
}

/* ---- Sign and Verify ---------------------------------------------------- */

/* What is signed: the hash, or the bytes themselves. */
static FALLIBLE message_of(const struct json_node *request,
    enum sim_kms_algorithm *algorithm, struct blob *out, struct fault *f)
{
	const char *name = sim_ask_text(request, "algorithm");
	AUTO(blob_drop) struct blob data = { 0 };
	TRY(sim_ask_hex(request, "data", LIMIT_AGENT_BYTES, &data, f));
	*algorithm = SIM_KMS_SECP256K1;
	if (strcmp(name, "ed25519") == 0) {
		*algorithm = SIM_KMS_ED25519;
		return blob_copy(blob_span(&data), out, f);
	}
	if (strcmp(name, "secp256k1_prehashed") == 0) {
		if (data.n != 32)
			return fault_raise(f, FAULT_FORMAT, "sim.sign",
			    "a hash of 32 bytes is wanted");
		return blob_copy(blob_span(&data), out, f);
	}
	if (strcmp(name, "secp256k1") != 0 && strcmp(name, "k256") != 0)
		return fault_raise(
		    f, FAULT_UNSUPPORTED, "sim.sign", "no such algorithm");
	struct sha256 h = sha256_of(blob_span(&data));
	return blob_copy(sha256_span(&h), out, f);
}

/* "The key is GetKey(path vms, purpose signing)." */
FALLIBLE sim_method_sign(struct sim_agent *a, const struct json_node *request,
    struct canon *c, struct fault *f)
{
	AUTO(blob_drop) struct blob message = { 0 };
	enum sim_kms_algorithm algorithm;
	struct sim_kms_key key;
	uint8_t sig[64];
	TRY(message_of(request, &algorithm, &message, f));
	TRY(sim_kms_key(&a->kms, "vms", "signing", algorithm, &key, f));
	bool ok = sim_kms_sign(&key, algorithm, blob_span(&message), sig, f);
	secret_wipe(&key.key);
	TRY(ok);
	canon_hex(c, "public_key", span_of(key.public_key, key.public_n));
	canon_hex(c, "signature", span_of(sig, sizeof(sig)));
	canon_array(c, "signature_chain");
	canon_hex(c, NULL, span_of(sig, sizeof(sig)));
	canon_hex(c, NULL, span_of(key.signature, 65));
	canon_hex(
	    c, NULL, span_of(a->kms.root_signature, a->kms.has_root ? 65 : 0));
	canon_end(c);
	return true;
}

FALLIBLE sim_method_verify(struct sim_agent *a, const struct json_node *request,
    struct canon *c, struct fault *f)
{
	AUTO(blob_drop) struct blob message = { 0 }, sig = { 0 }, pub = { 0 };
	enum sim_kms_algorithm algorithm;
	(void)a;
	TRY(message_of(request, &algorithm, &message, f));
	TRY(sim_ask_hex(request, "signature", 64, &sig, f));
	TRY(sim_ask_hex(request, "public_key", 65, &pub, f));
	canon_bool(c, "valid",
	    sig.n == 64 &&
		sim_kms_verify(
		    algorithm, blob_span(&pub), blob_span(&message), sig.p));
	return true;
}

/* ---- quotes of the legacy socket ---------------------------------------- */

/* Hash, then zeros; which of them are here is said where one is not. */
static FALLIBLE hashed(const char *algorithm, const char *tag,
    struct span content, uint8_t out[REPORT_DATA_BYTES], struct fault *f)
{
	const struct span parts[] = { span_text(tag), span_text(":"), content };
	memset(out, 0, REPORT_DATA_BYTES);
	if (strcmp(algorithm, "sha512") == 0) {
		struct sha512 h = sha512_of_parts(parts, COUNT(parts));
		memcpy(out, h.b, sizeof(h.b));
	} else if (strcmp(algorithm, "sha384") == 0) {
		struct sha384 h = sha384_of_parts(parts, COUNT(parts));
		memcpy(out, h.b, sizeof(h.b));
	} else if (strcmp(algorithm, "sha256") == 0) {
		struct sha256 h = sha256_of_parts(parts, COUNT(parts));
		memcpy(out, h.b, sizeof(h.b));
	} else if (strcmp(algorithm, "keccak256") == 0) {
		struct keccak256 h = keccak256_of_parts(parts, COUNT(parts));
		memcpy(out, h.b, sizeof(h.b));
	} else {
		return fault_raise(f, FAULT_UNSUPPORTED, "sim.quote",
		    "this stand-in hashes with sha256, sha384, sha512 and "
		    "keccak256, or takes raw");
	}
	return true;
}

static FALLIBLE answer_quote(struct sim_agent *a,
    const uint8_t report_data[REPORT_DATA_BYTES], const char *algorithm,
    const char *tag, struct canon *c, struct fault *f)
{
	AUTO(blob_drop) struct blob quote = { 0 }, log = { 0 };
	TRY(sim_agent_quote(a, report_data, &quote, f));
	TRY(sim_agent_log(a, &log, f));
	canon_text_span(c, "event_log", blob_span(&log));
	canon_text(c, "hash_algorithm", algorithm);
	canon_text(c, "prefix", tag);
	canon_hex(c, "quote", blob_span(&quote));
	return true;
}

FALLIBLE sim_method_raw_quote(struct sim_agent *a,
    const struct json_node *request, struct canon *c, struct fault *f)
{
	AUTO(blob_drop) struct blob data = { 0 };
	TRY(sim_ask_hex(request, "report_data", REPORT_DATA_BYTES, &data, f));
	if (data.n != REPORT_DATA_BYTES)
		return fault_raise(f, FAULT_FORMAT, "sim.quote",
		    "raw report data has exactly 64 bytes");
	return answer_quote(a, data.p, "raw", "", c, f);
}

FALLIBLE sim_method_tdx_quote(struct sim_agent *a,
    const struct json_node *request, struct canon *c, struct fault *f)
{
	AUTO(blob_drop) struct blob data = { 0 };
	const char *algorithm = sim_ask_text(request, "hash_algorithm");
	const char *tag = sim_ask_text(request, "prefix");
	uint8_t report_data[REPORT_DATA_BYTES];
	if (!*algorithm)
		algorithm = "sha512";
	if (!*tag)
		tag = "app-data";
	if (strcmp(algorithm, "raw") == 0)
		return sim_method_raw_quote(a, request, c, f);
	TRY(sim_ask_hex(request, "report_data", LIMIT_AGENT_BYTES, &data, f));
	TRY(hashed(algorithm, tag, blob_span(&data), report_data, f));
	return answer_quote(a, report_data, algorithm, tag, c, f);
}
