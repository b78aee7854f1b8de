/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/sim_guest.h"

#include "chain/eth.h"
#include "verify/base/text.h"

#include <stdio.h>
#include <string.h>

#define RUNTIME_EVENT 0x08000001u
#define ACPI_MARK "ACPI DATA"

/* Pinned images, a key service, nothing that runs outside of them. */
static const char own_compose[] =
    "{\"allowed_envs\":[],\"docker_compose_file\":\"services:\\n"
    "  oracle:\\n    image: affiant@sha256:"
    "aff1a47000000000000000000000000000000000000000000000000000000000\\n"
    "    volumes:\\n      - /var/run/dstack.sock:/var/run/dstack.sock\\n\","
    "\"gateway_enabled\":false,\"key_provider\":\"kms\","
    "\"kms_enabled\":true,\"manifest_version\":2,"
    "\"name\":\"affiant-stand-in\",\"no_instance_id\":false,"
    "\"public_logs\":false,\"public_sysinfo\":false,"
    "\"public_tcbinfo\":true,\"runner\":\"docker-compose\","
    "\"secure_time\":true}";

/* ---- registers ---------------------------------------------------------- */

static FALLIBLE add(struct sim_guest *g, unsigned imr, uint32_t type,
    const char *name, struct span payload, const struct sha384 *digest,
    struct sim_event **out, struct fault *f)
{
	if (g->n_events == LIMIT_EVENTS || strlen(name) > LIMIT_EVENT_NAME ||
	    payload.n > LIMIT_EVENT_PAYLOAD)
		return fault_raise(f, FAULT_LIMIT, "sim.event",
		    "at most %d events, %d characters in a name, %d bytes in "
		    "a payload",
		    LIMIT_EVENTS, LIMIT_EVENT_NAME, LIMIT_EVENT_PAYLOAD);
	struct sim_event *e = &g->event[g->n_events];
	*e = (struct sim_event){ .imr = imr, .type = type, .digest = *digest };
	memcpy(e->name, name, strlen(name));
	TRY(blob_copy(payload, &e->payload, f));
	g->n_events++;
	const struct span both[] = { span_of(g->rtmr[imr].b, 48),
		span_of(digest->b, 48) };
	g->rtmr[imr] = sha384_of_parts(both, COUNT(both));
	*out = e;
	return true;
}

/* Section 7.2: version 1 is bytes, version 2 canonical JSON. */
static FALLIBLE preimage(const struct sim_guest *g, const char *name,
    struct span payload, struct blob *out, struct fault *f)
{
	AUTO(wr_drop)
	struct wr w = wr_grow(4 * LIMIT_EVENT_PAYLOAD, "sim.event", f);
	if (g->v2) {
		struct canon c = canon_to(&w);
		canon_object(&c, NULL);
		canon_text(&c, "name", name);
		canon_hex(&c, "payload", payload);
		canon_u64(&c, "type", RUNTIME_EVENT);
		canon_end(&c);
	} else {
		wr_u32le(&w, RUNTIME_EVENT);
		wr_text(&w, ":");
		wr_text(&w, name);
		wr_text(&w, ":");
		wr_span(&w, payload);
	}
	return wr_done(&w, out);
}

FALLIBLE sim_guest_extend(
    struct sim_guest *g, const char *name, struct span payload, struct fault *f)
{
	AUTO(blob_drop) struct blob said = { 0 };
	struct sim_event *e;
	if (payload.n > LIMIT_EVENT_PAYLOAD)
		return fault_raise(f, FAULT_LIMIT, "sim.event",
		    "a payload has at most %d bytes", LIMIT_EVENT_PAYLOAD);
	TRY(preimage(g, name, payload, &said, f));
	struct sha384 digest = sha384_of(blob_span(&said));
	TRY(add(g, 3, RUNTIME_EVENT, name, payload, &digest, &e, f));
	if (g->v2)
		e->preimage = blob_move(&said);
	return true;
}

/* ---- the boot ----------------------------------------------------------- */

/* Section 7.6: which registers firmware and kernel extend, in which order. */
static const struct {
	unsigned imr;
	uint32_t type;
	const char *name, *content;
} boot_events[] = {
	{ 0, 0x8000000b, "", "TD HOB" },
	{ 0, 0x8000000a, "", "firmware volume" },
	{ 0, 0x80000001, "", "SecureBoot" },
	{ 0, 0x80000001, "", "PK" },
	{ 0, 0x80000001, "", "KEK" },
	{ 0, 0x80000001, "", "db" },
	{ 0, 0x80000001, "", "dbx" },
	{ 0, 0x00000004, "", "separator" },
	{ 0, 0x0000000a, "acpi-loader", "ACPI loader" },
	{ 0, 0x0000000a, "acpi-rsdp", "ACPI RSDP" },
	{ 0, 0x0000000a, "acpi-tables", "ACPI tables" },
	{ 1, 0x80000003, "", "kernel" },
	{ 0, 0x80000002, "", "BootOrder" },
	{ 0, 0x80000002, "", "Boot0000" },
	{ 1, 0x80000007, "", "calling" },
	{ 1, 0x00000004, "", "separator" },
	{ 2, 0x00000006, "", "command line" },
	{ 2, 0x00000006, "", "initrd" },
	{ 1, 0x80000007, "", "exiting" },
	{ 1, 0x80000007, "", "exited" },
};

static FALLIBLE boot_firmware(struct sim_guest *g, struct fault *f)
{
	for (size_t i = 0; i < COUNT(boot_events); i++) {
		const struct span parts[] = { span_text("affiant simulator: "),
			span_text(boot_events[i].content) };
		struct sha384 digest = sha384_of_parts(parts, COUNT(parts));
		bool is_acpi = boot_events[i].name[0] != '\0';
		bool named = is_acpi && g->version > SIM_GUEST_EMIT_LAST;
		/* Payloads were left out from 0.5.6 on; the newest has the
		 * mark again (7.1). */
		struct span payload = span_text("");
		if (g->version < 506)
			payload = span_text(
			    is_acpi ? ACPI_MARK : boot_events[i].content);
		else if (named)
			payload = span_text(ACPI_MARK);
		struct sim_event *e;
		TRY(add(g, boot_events[i].imr, boot_events[i].type,
		    named ? boot_events[i].name : "", payload, &digest, &e, f));
	}
	return true;
}

/* An event that versions from..to have (section 7.4). */
#define EVENT(from, to, name, payload)                              \
	do {                                                        \
		if (g->version >= (from) && g->version <= (to))     \
			TRY(sim_guest_extend(g, name, payload, f)); \
	} while (0)
#define HASH(h) span_of((h).b, sizeof((h).b))

static FALLIBLE boot_dstack(
    struct sim_guest *g, struct span ca, struct span provider, struct fault *f)
{
	const struct span none = { 0 };
	const struct sha256 gpu_policy = sha256_of(span_text("{}"));
	const struct sha256 mr_kms = sha256_of(span_text("affiant simulator"));
	const struct sha256 ca_hash = sha256_of(ca);
	const unsigned newest = SIM_GUEST_NEWEST + 99;
	const unsigned kms_from = g->has_kms ? 400 : newest + 1;
	const unsigned image_from = g->has_kms ? 501 : newest + 1;
	EVENT(400, newest, "system-preparing", none);
	EVENT(300, 499, "rootfs-hash", HASH(g->os_image_hash));
	EVENT(300, newest, "app-id", span_of(g->app_id, sizeof(g->app_id)));
	EVENT(300, newest, "compose-hash", HASH(g->compose_hash));
	EVENT(512, newest, "gpu-policy-hash", HASH(gpu_policy));
	EVENT(300, 399, "ca-cert-hash", HASH(ca_hash));
	EVENT(
	    300, newest, "instance-id", span_of(g->instance_id, g->instance_n));
	EVENT(300, newest, "boot-mr-done", none);
	EVENT(kms_from, 511, "mr-kms", HASH(mr_kms));
	EVENT(image_from, newest, "os-image-hash", HASH(g->os_image_hash));
	EVENT(300, newest, "key-provider", provider);
	EVENT(505, newest, "storage-fs", span_text("zfs"));
	EVENT(300, newest, "system-ready", none);
	return true;
}
#undef EVENT
#undef HASH

FALLIBLE sim_guest_boot(struct sim_guest *g, struct span ca, struct fault *f)
{
	AUTO(blob_drop) struct blob provider = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(4096, "sim.event", f);
	/* In the agent's order of members, which is not ours. */
	wr_printf(
	    &w, "{\"name\":\"%s\",\"id\":\"", g->has_kms ? "kms" : "none");
	for (size_t i = 0; g->has_kms && i < ca.n; i++)
		wr_printf(&w, "%02x", ca.p[i]);
	wr_text(&w, "\"}");
	TRY(wr_done(&w, &provider));
	TRY(boot_firmware(g, f));
	return boot_dstack(g, ca, blob_span(&provider), f);
}

/* ---- the compose -------------------------------------------------------- */

static bool flag(const struct json_node *root, const char *name)
{
	const struct json_node *v = json_find(root, name);
	return v && json_kind_of(v) == JSON_BOOL && json_bool(v);
}

/* Section 8.2: key_provider, else kms_enabled, else none. */
static FALLIBLE read_compose(
    struct sim_guest *g, struct blob *provider_id, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault why = FAULT_INIT;
	if (!json_parse(blob_span(&g->app_compose), &json_limits_default,
		"sim.compose", &doc, &why) ||
	    json_kind_of(json_root(doc)) != JSON_OBJECT)
		return fault_raise(f, FAULT_CONFIG, "sim.compose",
		    "the app-compose is no JSON object: %s", why.text);
	const struct json_node *root = json_root(doc);
	const struct json_node *named = json_find(root, "key_provider");
	const struct json_node *id = json_find(root, "key_provider_id");
	const struct json_node *version = json_find(root, "event_log_version");
	const char *provider = named    ? json_text(named)
	    : flag(root, "kms_enabled") ? "kms"
					: "none";
	g->has_kms = strcmp(provider, "kms") == 0;
	if (!g->has_kms && strcmp(provider, "none") != 0)
		return fault_raise(f, FAULT_CONFIG, "sim.compose",
		    "this stand-in has the key providers kms and none only");
	g->v2 = version && strcmp(json_number(version), "2") == 0;
	g->instance_n =
	    flag(root, "no_instance_id") ? 0 : sizeof(g->instance_id);
	if (id && json_text(id)[0] != '\0')
		return hex_decode_blob(span_text(json_text(id)), 256,
		    provider_id, "sim.compose", f);
	return true;
}

/* Section 8.4. */
static void bind_config(
    struct sim_guest *g, unsigned generation, struct span provider_id)
{
	const uint8_t kind = g->has_kms ? 2 : 0;
	const struct span parts[] = { sha256_span(&g->compose_hash),
		span_of(g->app_id, sizeof(g->app_id)), span_of(&kind, 1),
		provider_id };
	if (generation == 0)
		return;
	struct keccak256 all = keccak256_of_parts(parts, COUNT(parts));
	g->mr_config_id[0] = (uint8_t)generation;
	memcpy(g->mr_config_id + 1, generation == 1 ? g->compose_hash.b : all.b,
	    32);
}

FALLIBLE sim_guest_open(
    const struct sim_guest_config *c, struct sim_guest *out, struct fault *f)
{
	AUTO(blob_drop) struct blob provider_id = { 0 };
	AUTO(sim_guest_drop) struct sim_guest g = { .version = c->version };
	struct span compose =
	    c->app_compose.n ? c->app_compose : span_text(own_compose);
	TRY(blob_copy(compose, &g.app_compose, f));
	g.compose_hash = sha256_of(compose);
	g.os_image_hash = sha256_of(span_text("affiant simulator: OS image"));
	memcpy(g.app_id, c->app_id ? c->app_id : g.compose_hash.b,
	    sizeof(g.app_id));
	/* "First 20 bytes of sha256(seed || app id)" (8.3). */
	const struct span seed[] = { span_of(c->seed.b, 20),
		span_of(g.app_id, sizeof(g.app_id)) };
	struct sha256 instance = sha256_of_parts(seed, COUNT(seed));
	memcpy(g.instance_id, instance.b, sizeof(g.instance_id));
	TRY(read_compose(&g, &provider_id, f));
	bind_config(&g, c->mr_config_id, blob_span(&provider_id));
	*out = g;
	g = (struct sim_guest){ .version = 0 };
	return true;
}

void sim_guest_drop(struct sim_guest *g)
{
	for (size_t i = 0; i < g->n_events; i++) {
		blob_drop(&g->event[i].payload);
		blob_drop(&g->event[i].preimage);
	}
	g->n_events = 0;
	blob_drop(&g->app_compose);
}

/* ---- what others see of it ---------------------------------------------- */

void sim_guest_write_log(const struct sim_guest *g, struct canon *c)
{
	canon_array(c, NULL);
	for (size_t i = 0; i < g->n_events; i++) {
		const struct sim_event *e = &g->event[i];
		/* "Agents >= 0.5.6 send an empty digest here" (7.1); with
		 * version 2 the preimage is to hash to it. */
		bool blank =
		    e->type == RUNTIME_EVENT && g->version >= 506 && !g->v2;
		canon_object(c, NULL);
		canon_hex(c, "digest", span_of(e->digest.b, blank ? 0 : 48));
		canon_text(c, "event", e->name);
		canon_hex(c, "event_payload", blob_span(&e->payload));
		canon_u64(c, "event_type", e->type);
		canon_u64(c, "imr", e->imr);
		if (e->preimage.n) {
			canon_hex(c, "preimage", blob_span(&e->preimage));
			canon_u64(c, "version", 2);
		}
		canon_end(c);
	}
	canon_end(c);
}

void sim_guest_fill(const struct sim_guest *g, struct sim_quote *q)
{
	memcpy(q->mr_config_id, g->mr_config_id, sizeof(q->mr_config_id));
	for (size_t i = 0; i < COUNT(g->rtmr); i++)
		memcpy(q->rtmr[i], g->rtmr[i].b, sizeof(q->rtmr[i]));
}

struct sha256 sim_guest_aggregated(
    const struct sim_guest *g, const struct sim_quote *q)
{
	struct span parts[] = { span_of(q->mr_td, 48),
		span_of(g->rtmr[0].b, 48), span_of(g->rtmr[1].b, 48),
		span_of(g->rtmr[2].b, 48), span_of(g->rtmr[3].b, 48),
		span_of(g->mr_config_id, 48), span_of(q->mr_owner, 48),
		span_of(q->mr_owner_config, 48) };
	bool bound = !span_is_zero(parts[5]) || !span_is_zero(parts[6]) ||
	    !span_is_zero(parts[7]);
	return sha256_of_parts(parts, bound ? 8 : 5);
}
