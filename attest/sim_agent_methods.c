/* SPDX-License-Identifier: Apache-2.0 */
/* dstack.sock's own methods, and what both sockets share (dstack section 2). */
#include "attest/sim_agent_methods.h"

#include "verify/base/text.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* ---- requests ----------------------------------------------------------- */

const char *sim_ask_text(const struct json_node *request, const char *name)
{
	const struct json_node *v = json_find(request, name);
	return v ? json_text(v) : "";
}

bool sim_ask_flag(const struct json_node *request, const char *name)
{
	const struct json_node *v = json_find(request, name);
	return v && json_bool(v);
}

FALLIBLE sim_ask_hex(const struct json_node *request, const char *name,
    size_t max, struct blob *out, struct fault *f)
{
	struct span text = span_text(sim_ask_text(request, name));
	if (text.n >= 2 && text.p[0] == '0' && text.p[1] == 'x')
		text = span_of(text.p + 2, text.n - 2);
	if (text.n == 0)
		return true;
	return hex_decode_blob(text, max, out, "sim.request", f);
}

/* ---- evidence ----------------------------------------------------------- */

static void rest(uint32_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000 };
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

FALLIBLE sim_agent_quote(struct sim_agent *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *out,
    struct fault *f)
{
	struct sim_quote q = a->recipe.quote;
	sim_guest_fill(&a->guest, &q);
	if (a->delay_ms)
		rest(a->delay_ms);
	return sim_tdx_quote_make(
	    &a->keys, &q, blob_span(&a->tail), report_data, out, f);
}

FALLIBLE sim_agent_log(
    const struct sim_agent *a, struct blob *out, struct fault *f)
{
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_AGENT_BYTES, "sim.log", f);
	struct canon c = canon_to(&w);
	sim_guest_write_log(&a->guest, &c);
	return wr_done(&w, out);
}

FALLIBLE sim_agent_vm_config(
    const struct sim_agent *a, struct blob *out, struct fault *f)
{
	AUTO(wr_drop) struct wr w = wr_grow(4096, "sim.vm_config", f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	canon_u64(&c, "cpu_count", 2);
	canon_text(&c, "image", "affiant-stand-in");
	canon_u64(&c, "memory_size", UINT64_C(2) << 30);
	canon_hex(&c, "os_image_hash", sha256_span(&a->guest.os_image_hash));
	canon_u64(&c, "spec_version", 1);
	canon_end(&c);
	return wr_done(&w, out);
}

/* "Shorter input is right-padded with zero bytes to 64." */
static FALLIBLE take_report_data(const struct json_node *request,
    uint8_t out[REPORT_DATA_BYTES], struct fault *f)
{
	AUTO(blob_drop) struct blob given = { 0 };
	TRY(sim_ask_hex(request, "report_data", REPORT_DATA_BYTES, &given, f));
	memset(out, 0, REPORT_DATA_BYTES);
	if (given.n)
		memcpy(out, given.p, given.n);
	return true;
}

static FALLIBLE get_quote(struct sim_agent *a, const struct json_node *request,
    struct canon *c, struct fault *f)
{
	AUTO(blob_drop)
	struct blob quote = { 0 }, log = { 0 }, vm = { 0 }, scale = { 0 };
	uint8_t report_data[REPORT_DATA_BYTES];
	TRY(take_report_data(request, report_data, f));
	TRY(sim_agent_quote(a, report_data, &quote, f));
	TRY(sim_agent_log(a, &log, f));
	TRY(sim_agent_vm_config(a, &vm, f));
	if (a->guest.version > SIM_GUEST_EMIT_LAST) {
		TRY(sim_scale_attestation(&a->guest, blob_span(&quote),
		    report_data, blob_span(&vm), &scale, f));
		canon_hex(c, "attestation", blob_span(&scale));
	}
	canon_text_span(c, "event_log", blob_span(&log));
	canon_hex(c, "quote", blob_span(&quote));
	canon_hex(c, "report_data", span_of(report_data, REPORT_DATA_BYTES));
	if (a->guest.version >= 504)
		canon_text_span(c, "vm_config", blob_span(&vm));
	return true;
}

static FALLIBLE attest(struct sim_agent *a, const struct json_node *request,
    struct canon *c, struct fault *f)
{
	AUTO(blob_drop)
	struct blob quote = { 0 }, vm = { 0 }, scale = { 0 };
	uint8_t report_data[REPORT_DATA_BYTES];
	TRY(take_report_data(request, report_data, f));
	TRY(sim_agent_quote(a, report_data, &quote, f));
	TRY(sim_agent_vm_config(a, &vm, f));
	TRY(sim_scale_attestation(&a->guest, blob_span(&quote), report_data,
	    blob_span(&vm), &scale, f));
	canon_hex(c, "attestation", blob_span(&scale));
	return true;
}

static FALLIBLE emit_event(struct sim_agent *a, const struct json_node *request,
    struct canon *c, struct fault *f)
{
	AUTO(blob_drop) struct blob payload = { 0 };
	const char *name = sim_ask_text(request, "event");
	(void)c;
	if (!*name)
		return fault_raise(
		    f, FAULT_FORMAT, "sim.event", "an event has a name");
	TRY(sim_ask_hex(request, "payload", LIMIT_EVENT_PAYLOAD, &payload, f));
	return sim_guest_extend(&a->guest, name, blob_span(&payload), f);
}

static FALLIBLE gpu_info(struct sim_agent *a, const struct json_node *request,
    struct canon *c, struct fault *f)
{
	(void)a, (void)request, (void)f;
	canon_text(c, "attestation", "");
	return true;
}

FALLIBLE sim_method_version(struct sim_agent *a,
    const struct json_node *request, struct canon *c, struct fault *f)
{
	char text[24];
	size_t n;
	struct wr w = wr_into(text, sizeof(text) - 1, "sim.version", f);
	(void)request;
	wr_printf(
	    &w, "0.%u.%u", a->guest.version / 100, a->guest.version % 100);
	TRY(wr_done_into(&w, &n));
	canon_text(c, "rev", "affiant stand-in");
	canon_text_span(c, "version", span_of(text, n));
	return true;
}

/* ---- Info --------------------------------------------------------------- */

static void write_tcb_info(
    const struct sim_agent *a, struct canon *c, const struct sha256 *mr)
{
	static const char *const names[] = { "rtmr0", "rtmr1", "rtmr2",
		"rtmr3" };
	const struct sim_guest *g = &a->guest;
	bool is_old = g->version < 500;
	struct sha256 nobody = sha256_of(span_text(""));
	canon_object(c, NULL);
	if (!is_old) {
		canon_text_span(c, "app_compose", blob_span(&g->app_compose));
		canon_hex(c, "compose_hash", sha256_span(&g->compose_hash));
		canon_hex(c, "device_id", sha256_span(&nobody));
	}
	/* An array here, and a text in the answers about quotes. */
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob log = { 0 };
	if (sim_agent_log(a, &log, &f))
		canon_raw(c, "event_log", blob_span(&log));
	if (!is_old)
		canon_hex(c, "mr_aggregated", sha256_span(mr));
	canon_hex(c, "mrtd", span_of(a->recipe.quote.mr_td, 48));
	if (!is_old)
		canon_hex(c, "os_image_hash", sha256_span(&g->os_image_hash));
	else
		canon_hex(c, "rootfs_hash", sha256_span(&g->os_image_hash));
	for (size_t i = 0; i < COUNT(names); i++)
		canon_hex(c, names[i], span_of(g->rtmr[i].b, 48));
	canon_end(c);
}

static FALLIBLE app_cert(
    const struct sim_agent *a, struct blob *out, struct fault *f)
{
	struct blob chain[3] = { { 0 }, { 0 }, { 0 } };
	const struct sim_tls_ask ask = { .subject = "affiant stand-in app" };
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_AGENT_BYTES, "sim.tls", f);
	struct secret32 scalar;
	EVP_PKEY *key = NULL;
	bool ok = sim_kms_derive(&a->kms.app, span_text("app cert"),
		      (struct span){ 0 }, &scalar, f) &&
	    sim_kms_p256(&scalar, &key, f) &&
	    sim_tls_chain(&a->kms, key, &ask, chain, f);
	for (size_t i = 0; i < COUNT(chain); i++) {
		wr_span(&w, blob_span(&chain[i]));
		blob_drop(&chain[i]);
	}
	secret_wipe(&scalar);
	EVP_PKEY_free(key);
	return ok && wr_done(&w, out);
}

static FALLIBLE key_provider(
    const struct sim_agent *a, struct blob *out, struct fault *f)
{
	for (size_t i = 0; i < a->guest.n_events; i++)
		if (strcmp(a->guest.event[i].name, "key-provider") == 0)
			return blob_copy(
			    blob_span(&a->guest.event[i].payload), out, f);
	return fault_raise(f, FAULT_INTERNAL, "sim.info", "no key provider");
}

FALLIBLE sim_method_info(struct sim_agent *a, const struct json_node *request,
    struct canon *c, struct fault *f)
{
	const struct sim_guest *g = &a->guest;
	struct sha256 mr = sim_guest_aggregated(g, &a->recipe.quote);
	struct sha256 nobody = sha256_of(span_text(""));
	bool is_old = g->version < 500;
	AUTO(blob_drop)
	struct blob cert = { 0 }, tcb = { 0 }, vm = { 0 }, provider = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_AGENT_BYTES, "sim.info", f);
	struct canon inner = canon_to(&w);
	(void)request;
	write_tcb_info(a, &inner, &mr);
	TRY(wr_done(&w, &tcb));
	TRY(app_cert(a, &cert, f));
	TRY(sim_agent_vm_config(a, &vm, f));
	TRY(key_provider(a, &provider, f));
	canon_text_span(c, "app_cert", blob_span(&cert));
	canon_hex(c, "app_id", span_of(g->app_id, sizeof(g->app_id)));
	canon_text(c, "app_name", "affiant-stand-in");
	if (g->version >= 506) {
		canon_text(c, "cloud_product", "");
		canon_text(c, "cloud_vendor", "");
	}
	if (!is_old) {
		canon_hex(c, "compose_hash", sha256_span(&g->compose_hash));
		canon_hex(c, "device_id", sha256_span(&nobody));
	}
	canon_hex(c, "instance_id", span_of(g->instance_id, g->instance_n));
	if (!is_old) {
		canon_text_span(c, "key_provider_info", blob_span(&provider));
		canon_hex(c, "mr_aggregated", sha256_span(&mr));
		canon_hex(c, "os_image_hash", sha256_span(&g->os_image_hash));
	} else {
		canon_bool(c, "public_logs", false);
		canon_bool(c, "public_sysinfo", false);
	}
	canon_text_span(c, "tcb_info", blob_span(&tcb));
	if (g->version >= 504)
		canon_text_span(c, "vm_config", blob_span(&vm));
	return true;
}

/* ---- the table ---------------------------------------------------------- */

static FALLIBLE get_key(struct sim_agent *a, const struct json_node *request,
    struct canon *c, struct fault *f)
{
	const char *algorithm = sim_ask_text(request, "algorithm");
	/* "Older agents ignore the field." */
	bool is_ed25519 =
	    a->guest.version >= 506 && strcmp(algorithm, "ed25519") == 0;
	if (a->guest.version >= 506 && *algorithm && !is_ed25519 &&
	    strcmp(algorithm, "secp256k1") != 0 &&
	    strcmp(algorithm, "k256") != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "sim.key",
		    "keys are secp256k1 or ed25519");
	struct sim_kms_key key;
	TRY(sim_kms_key(&a->kms, sim_ask_text(request, "path"),
	    sim_ask_text(request, "purpose"),
	    is_ed25519 ? SIM_KMS_ED25519 : SIM_KMS_SECP256K1, &key, f));
	canon_hex(c, "key", span_of(key.key.b, sizeof(key.key.b)));
	canon_array(c, "signature_chain");
	canon_hex(c, NULL, span_of(key.signature, 65));
	canon_hex(
	    c, NULL, span_of(a->kms.root_signature, a->kms.has_root ? 65 : 0));
	canon_end(c);
	secret_wipe(&key.key);
	return true;
}

#define NEWEST (SIM_GUEST_NEWEST + 99)
#define LAST SIM_GUEST_EMIT_LAST
const struct sim_agent_method sim_agent_methods[] = {
	{ "Info", SIM_AGENT_DSTACK, 500, NEWEST, sim_method_info },
	{ "GetQuote", SIM_AGENT_DSTACK, 500, NEWEST, get_quote },
	{ "GetKey", SIM_AGENT_DSTACK, 500, NEWEST, get_key },
	{ "GetTlsKey", SIM_AGENT_DSTACK, 500, NEWEST, sim_method_tls_key },
	{ "EmitEvent", SIM_AGENT_DSTACK, 500, LAST, emit_event },
	{ "Attest", SIM_AGENT_DSTACK, 506, NEWEST, attest },
	{ "Sign", SIM_AGENT_DSTACK, 506, NEWEST, sim_method_sign },
	{ "Verify", SIM_AGENT_DSTACK, 506, LAST, sim_method_verify },
	{ "Version", SIM_AGENT_DSTACK, 507, NEWEST, sim_method_version },
	{ "GpuInfo", SIM_AGENT_DSTACK, LAST + 1, NEWEST, gpu_info },

	{ "Info", SIM_AGENT_TAPPD, 300, NEWEST, sim_method_info },
	{ "DeriveKey", SIM_AGENT_TAPPD, 300, NEWEST, sim_method_derive_key },
	{ "DeriveK256Key", SIM_AGENT_TAPPD, 400, NEWEST, sim_method_k256_key },
	{ "TdxQuote", SIM_AGENT_TAPPD, 300, NEWEST, sim_method_tdx_quote },
	{ "RawQuote", SIM_AGENT_TAPPD, 300, NEWEST, sim_method_raw_quote },
	{ "Version", SIM_AGENT_TAPPD, 507, NEWEST, sim_method_version },
	{ NULL, SIM_AGENT_DSTACK, 0, 0, NULL },
};
