/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/dstack_world.h"

#include "tests/unit/check.h"
#include "verify/base/text.h"
#include "verify/dstack_mr_config.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>

static const uint8_t root_secret[32] = { 0x11, 0x11, 0x11, 0x11, 1 };
/* Fixed at deployment, as an app under a key service's rule has it. */
static const uint8_t app_id[20] = { 0xa9, 0x91, 0xd0 };
static const uint8_t app_secret[32] = { 0x22, 0x22, 0x22, 0x22, 2 };

static const char compose_text[] =
    "{\"allowed_envs\":[],\"docker_compose_file\":\"services:\\n"
    "  oracle:\\n"
    "    image: registry.example/affiant@sha256:"
    "0f0e0d0c0b0a09080706050403020100ffeeddccbbaa99887766554433221100\\n"
    "    ports:\\n"
    "      - \\\"8080:8080\\\"\\n"
    "    volumes:\\n"
    "      - /var/run/dstack.sock:/var/run/dstack.sock\\n\","
    "\"gateway_enabled\":false,\"key_provider\":\"kms\",\"kms_enabled\":true,"
    "\"manifest_version\":2,\"name\":\"oracle\",\"public_logs\":false,"
    "\"public_sysinfo\":false,\"public_tcbinfo\":false,"
    "\"runner\":\"docker-compose\"}";

/* ---- texts ------------------------------------------------------------------ */

static struct blob text_of(const char *text)
{
	struct fault f = FAULT_INIT;
	struct blob out = { 0 };

	assert_ok(blob_copy(span_text(text), &out, &f), f);
	return out;
}

static void replace(struct blob *text, const char *from, const char *to)
{
	char *at = strstr((char *)text->p, from);
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "test.edit", &f);
	struct blob out = { 0 };

	if (at == NULL || strstr(at + 1, from) != NULL)
		fail_msg(
		    "'%s' stands not once in\n%.4000s", from, (char *)text->p);
	wr_bytes(&w, text->p, (size_t)(at - (char *)text->p));
	wr_text(&w, to);
	wr_text(&w, at + strlen(from));
	assert_ok(wr_done(&w, &out), f);
	blob_drop(text);
	*text = out;
}

static void edit(
    const struct dstack_plan *plan, enum dstack_place where, struct blob *text)
{
	for (size_t i = 0; i < DSTACK_WORLD_EDITS; i++)
		if (plan->edit[i].where == where)
			replace(text, plan->edit[i].from, plan->edit[i].to);
}

/* `"name":[...],` becomes `to`; lists of texts, and not the last member. */
static void change_list(struct blob *text, const char *name, const char *to)
{
	char pattern[64], list[512], *begin, *end;

	snprintf(pattern, sizeof(pattern), "\"%s\":[", name);
	begin = strstr((char *)text->p, pattern);
	assert_non_null(begin);
	end = strstr(begin, "],");
	assert_non_null(end);
	snprintf(list, sizeof(list), "%.*s", (int)(end + 2 - begin), begin);
	replace(text, list, to);
}

static void edit_lists(const struct dstack_plan *plan, struct blob *text)
{
	char empty[64];

	for (size_t i = 0; i < DSTACK_WORLD_EDITS; i++) {
		const struct dstack_edit *e = &plan->edit[i];

		snprintf(empty, sizeof(empty), "\"%s\":[],",
		    e->from != NULL ? e->from : "");
		if (e->where == DSTACK_EMPTY)
			change_list(text, e->from, empty);
		else if (e->where == DSTACK_DROP)
			change_list(text, e->from, "");
	}
}

static bool leaves(const struct dstack_plan *plan, const char *what)
{
	for (size_t i = 0; i < DSTACK_WORLD_EDITS; i++)
		if (plan->edit[i].where == DSTACK_LEAVE &&
		    strcmp(plan->edit[i].from, what) == 0)
			return true;
	return false;
}

/* ---- the log ---------------------------------------------------------------- */

static void put_boot(
    struct wr *w, unsigned imr, unsigned long type, unsigned char fill)
{
	uint8_t digest[48];
	char hex[HEX_SIZE(48)];

	memset(digest, fill, sizeof(digest));
	hex_encode(span_of(digest, sizeof(digest)), hex);
	wr_printf(w,
	    "{\"digest\":\"%s\",\"event\":\"\",\"event_payload\":\"\","
	    "\"event_type\":%lu,\"imr\":%u},",
	    hex, type, imr);
}

static void put_event(struct wr *w, const char *name, struct span payload)
{
	char hex[HEX_SIZE(512)];

	assert_true(payload.n <= 512);
	hex_encode(payload, hex);
	wr_text(w, "{\"digest\":\"\",\"event\":\"");
	wr_text(w, name);
	wr_text(w, "\",\"event_payload\":\"");
	wr_text(w, hex);
	wr_text(w, "\",\"event_type\":134217729,\"imr\":3}");
}

static struct blob make_log(const struct dstack_plan *plan,
    const struct sha256 *compose_hash, const struct sha256 *config)
{
	static const char provider[] =
	    "{\"name\":\"kms\",\"id\":\"3059301306072a86\"}";
	const struct sha256 other = { { 9 } };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1 << 20, "test.log", &f);
	struct blob out = { 0 };

	wr_text(&w, "[");
	put_boot(&w, 0, 0x8000000bul, 0xa0);
	put_boot(&w, 0, 10, 0xa1);
	put_boot(&w, 0, 10, 0xa2);
	put_boot(&w, 0, 10, 0xa3);
	put_boot(&w, 1, 0x80000003ul, 0xb0);
	put_boot(&w, 1, 0x80000007ul, 0xb1);
	put_boot(&w, 2, 6, 0xc0);
	put_event(&w, "system-preparing", span_of(NULL, 0));
	wr_text(&w, ",");
	put_event(&w, "app-id", span_of(app_id, sizeof(app_id)));
	wr_text(&w, ",");
	put_event(&w, "compose-hash", sha256_span(compose_hash));
	wr_text(&w, ",");
	put_event(&w, "instance-id", span_text("instance-of-20-bytes"));
	wr_text(&w, ",");
	put_event(&w, "boot-mr-done", span_of(NULL, 0));
	wr_text(&w, ",");
	put_event(&w, "key-provider", span_text(provider));
	wr_text(&w, ",");
	put_event(&w, "system-ready", span_of(NULL, 0));
	if (!plan->no_config) {
		wr_text(&w, ",");
		put_event(&w, DSTACK_CONFIG_EVENT,
		    sha256_span(
			plan->measured_config_is_other ? &other : config));
	}
	wr_text(&w, "]");
	assert_ok(wr_done(&w, &out), f);
	return out;
}

/* The registers that a machine with this log has. */
static void extend(struct dstack_world *w, struct span text)
{
	AUTO(dstack_log_drop) struct dstack_log log = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(dstack_log_parse(text, &log, &f), f);
	for (unsigned i = 0; i < 4; i++) {
		struct sha384 mr = dstack_log_replay(&log, i);

		memcpy(w->w.recipe.quote.rtmr[i], mr.b, sizeof(mr.b));
	}
}

/* ---- MRCONFIGID --------------------------------------------------------------- */

static struct blob make_document(const struct sha256 *compose_hash)
{
	char hash[HEX_SIZE(32)], app[HEX_SIZE(20)], text[512];

	hex_encode(sha256_span(compose_hash), hash);
	hex_encode(span_of(app_id, sizeof(app_id)), app);
	snprintf(text, sizeof(text),
	    "{\"app_id\":\"%s\",\"compose_hash\":\"%s\","
	    "\"key_provider\":\"kms\","
	    "\"key_provider_id\":\"3059301306072a86\",\"version\":3}",
	    app, hash);
	return text_of(text);
}

static void bind(struct dstack_world *w, const struct dstack_plan *plan,
    const struct sha256 *compose_hash)
{
	static const uint8_t id[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a,
		0x86 };
	struct sha256 other = *compose_hash;
	uint8_t *out = w->w.recipe.quote.mr_config_id;

	other.b[0] ^= 1;
	memset(out, 0, 48);
	switch (plan->binding) {
	case DSTACK_BIND_ZERO:
		return;
	case DSTACK_BIND_V1:
		dstack_mr_config_v1(compose_hash, out);
		return;
	case DSTACK_BIND_V2:
		dstack_mr_config_v2(compose_hash, app_id, DSTACK_KEYS_KMS,
		    span_of(id, sizeof(id)), out);
		return;
	case DSTACK_BIND_V3:
		w->mr_config = make_document(compose_hash);
		edit(plan, DSTACK_MR_CONFIG, &w->mr_config);
		dstack_mr_config_v3(blob_span(&w->mr_config), out);
		edit(plan, DSTACK_MR_CONFIG_SENT, &w->mr_config);
		return;
	case DSTACK_BIND_UNTAGGED:
		memcpy(out, compose_hash->b, sizeof(compose_hash->b));
		return;
	case DSTACK_BIND_OTHER:
		dstack_mr_config_v1(&other, out);
		return;
	}
}

/* ---- the chain ------------------------------------------------------------------ */

void dstack_world_sign(
    const uint8_t secret[32], const struct keccak256 *digest, uint8_t out[65])
{
	secp256k1_context *ctx =
	    secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	secp256k1_ecdsa_recoverable_signature sig;
	int id = 0;

	assert_true(secp256k1_ecdsa_sign_recoverable(
	    ctx, &sig, digest->b, secret, NULL, NULL));
	secp256k1_ecdsa_recoverable_signature_serialize_compact(
	    ctx, out, &id, &sig);
	out[64] = (uint8_t)id;
	secp256k1_context_destroy(ctx);
}

void dstack_world_public(const uint8_t secret[32], struct eth_key *out)
{
	secp256k1_context *ctx =
	    secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	secp256k1_pubkey key;
	size_t n = sizeof(out->b);

	assert_true(secp256k1_ec_pubkey_create(ctx, &key, secret));
	assert_true(secp256k1_ec_pubkey_serialize(
	    ctx, out->b, &n, &key, SECP256K1_EC_COMPRESSED));
	secp256k1_context_destroy(ctx);
}

/* Compressed: 02 or 03 by the last bit of Y. */
static struct eth_key key_of(const struct signer *s)
{
	struct eth_key key;
	uint8_t xy[64];

	signer_public_key(s, xy);
	key.b[0] = (uint8_t)(2 + (xy[63] & 1));
	memcpy(key.b + 1, xy, 32);
	return key;
}

static void sign_chain(const struct dstack_plan *plan, const char *key_hex,
    const uint8_t id[20], uint8_t by_app[65], uint8_t by_root[65])
{
	const uint8_t *app = plan->app_secret, *root = plan->root_secret;
	struct eth_key app_key;
	struct span first[] = { span_text("ethereum:"), span_text(key_hex) };
	struct span second[] = { span_text("dstack-kms-issued:"),
		span_of(id, 20), { 0 } };
	struct keccak256 digest = keccak256_of_parts(first, COUNT(first));

	app = app != NULL ? app : app_secret;
	root = root != NULL ? root : root_secret;
	dstack_world_sign(app, &digest, by_app);
	dstack_world_public(app, &app_key);
	second[2] = span_of(app_key.b, sizeof(app_key.b));
	digest = keccak256_of_parts(second, COUNT(second));
	dstack_world_sign(root, &digest, by_root);
}

static struct blob make_chain(
    struct dstack_world *w, const struct dstack_plan *plan)
{
	struct eth_key key =
	    key_of(plan->other_key ? w->w.stranger : w->w.signer);
	char key_hex[HEX_SIZE(33)], app_hex[HEX_SIZE(20)];
	char first[HEX_SIZE(65)], second[HEX_SIZE(65)], text[1024];
	uint8_t id[20], by_app[65], by_root[65];

	memcpy(id, app_id, sizeof(id));
	id[0] ^= plan->other_app ? 1 : 0;
	hex_encode(span_of(key.b, sizeof(key.b)), key_hex);
	hex_encode(span_of(id, sizeof(id)), app_hex);
	sign_chain(plan, key_hex, id, by_app, by_root);
	hex_encode(span_of(by_app, 65), first);
	hex_encode(span_of(by_root, 65), second);
	snprintf(text, sizeof(text),
	    "{\"appId\":\"%s\",\"path\":\"/oracle\",\"publicKey\":\"%s\","
	    "\"purpose\":\"ethereum\",\"signatures\":[\"%s\",\"%s\"],"
	    "\"type\":\"dstack-getkey\"}",
	    app_hex, key_hex, first, plan->no_root ? "" : second);
	return text_of(text);
}

/* ---- the world ------------------------------------------------------------------- */

void dstack_world_open(struct dstack_world *w)
{
	*w = (struct dstack_world){ 0 };
	response_world_open(&w->w, NULL);
	w->opt = response_world_options();
}

static void forget(struct dstack_world *w)
{
	blob_drop(&w->compose);
	blob_drop(&w->log);
	blob_drop(&w->chain);
	blob_drop(&w->mr_config);
}

void dstack_world_close(struct dstack_world *w)
{
	forget(w);
	response_world_close(&w->w);
}

static void change_registers(
    struct dstack_world *w, const struct dstack_plan *plan)
{
	struct sim_quote *q = &w->w.recipe.quote;
	const struct {
		const char *name;
		uint8_t *value;
	} registers[] = { { "mrtd", q->mr_td }, { "rtmr0", q->rtmr[0] },
		{ "rtmr1", q->rtmr[1] }, { "rtmr2", q->rtmr[2] },
		{ "rtmr3", q->rtmr[3] } };

	for (size_t i = 0; i < DSTACK_WORLD_EDITS; i++)
		for (size_t k = 0; k < COUNT(registers); k++)
			if (plan->edit[i].where == DSTACK_REGISTER &&
			    strcmp(plan->edit[i].from, registers[k].name) == 0)
				registers[k].value[0] ^= 1;
}

static struct span unless_left(
    const struct dstack_plan *plan, const char *what, const struct blob *text)
{
	return leaves(plan, what) ? span_of(NULL, 0) : blob_span(text);
}

struct blob dstack_world_make(
    struct dstack_world *w, const struct dstack_plan *plan)
{
	static struct statement s;
	struct sim_quote before = w->w.recipe.quote;
	struct evidence beside = { 0 };
	struct response_plan response = { .beside = &beside };
	struct sha256 hash;
	struct blob out;

	forget(w);
	statements_one(&s);
	w->compose =
	    text_of(plan->compose != NULL ? plan->compose : compose_text);
	edit(plan, DSTACK_COMPOSE, &w->compose);
	hash = sha256_of(blob_span(&w->compose));
	edit(plan, DSTACK_COMPOSE_SENT, &w->compose);
	w->log = make_log(plan, &hash, &s.config);
	edit(plan, DSTACK_LOG, &w->log);
	extend(w, blob_span(&w->log));
	edit(plan, DSTACK_LOG_SENT, &w->log);
	bind(w, plan, &hash);
	change_registers(w, plan);
	w->chain = make_chain(w, plan);
	edit(plan, DSTACK_CHAIN_SENT, &w->chain);
	beside.app_compose = unless_left(plan, "compose", &w->compose);
	beside.event_log = unless_left(plan, "log", &w->log);
	beside.key_chain = unless_left(plan, "chain", &w->chain);
	beside.mr_config = unless_left(plan, "mr-config", &w->mr_config);
	out = response_world_make(&w->w, &s, &response);
	w->w.recipe.quote = before;
	return out;
}

struct blob dstack_world_policy(
    struct dstack_world *w, const struct dstack_plan *plan)
{
	const struct dstack_plan untouched = { .compose = plan->compose };
	AUTO(blob_drop) struct blob response = dstack_world_make(w, &untouched);
	struct verdict *v = calloc(1, sizeof(*v));
	struct fault f = FAULT_INIT;
	struct wr out = wr_grow(1 << 20, "test.policy", &f);
	struct blob text = { 0 };

	assert_non_null(v);
	assert_ok(verify_suggest_policy(
		      blob_span(&response), NULL, &w->opt, v, &out, &f),
	    f);
	assert_ok(wr_done(&out, &text), f);
	verdict_drop(v);
	free(v);
	edit(plan, DSTACK_POLICY, &text);
	edit_lists(plan, &text);
	return text;
}

void dstack_world_judge(struct dstack_world *w, struct span response,
    struct span policy, struct verdict *out)
{
	AUTO(policy_drop) struct policy p = { 0 };
	struct verify_options opt = w->opt;
	struct fault f = FAULT_INIT;

	if (policy.n > 0) {
		assert_ok(policy_parse(policy, &p, &f), f);
		opt.policy = &p;
	}
	verify_response(response, &opt, out);
}
