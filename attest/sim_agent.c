/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/sim_agent.h"

#include "attest/sim_agent_methods.h"
#include "verify/base/clock.h"
#include "verify/base/file.h"
#include "verify/base/text.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- opening ------------------------------------------------------------ */

/* "0.5.11" is 511. */
static FALLIBLE read_version(const char *text, unsigned *out, struct fault *f)
{
	unsigned major = 9, minor = 0, patch = 0;
	const char *p = text;
	unsigned *const parts[] = { &major, &minor, &patch };
	for (size_t i = 0; i < COUNT(parts) && *p; i++) {
		unsigned n = 0;
		for (; *p >= '0' && *p <= '9' && n < 100; p++)
			n = 10 * n + (unsigned)(*p - '0');
		*parts[i] = n;
		if (*p == '.')
			p++;
	}
	unsigned version = 100 * minor + patch;
	if (*p || major != 0 || patch > 99 || version < SIM_GUEST_OLDEST ||
	    version > SIM_GUEST_NEWEST + 99)
		return fault_raise(f, FAULT_CONFIG, "sim.version",
		    "want a version of dstack from 0.3.0 to 0.6.99");
	*out = version;
	return true;
}

/* A secret of 64 digits in a file, which is made where it is not. */
static FALLIBLE read_secret(
    const char *path, struct secret32 *out, struct fault *f)
{
	AUTO(blob_wipe) struct blob text = { 0 };
	char hex[HEX_SIZE(32)];
	if (!path)
		return secret_random(out, f);
	if (!file_exists(path)) {
		TRY(secret_random(out, f));
		hex_encode(span_of(out->b, sizeof(out->b)), hex);
		return file_write(path, span_text(hex), 0600, f);
	}
	TRY(file_read(path, 128, &text, f));
	if (text.n == 65 && text.p[64] == '\n')
		text.n--;
	if (!hex_decode(
		blob_span(&text), out->b, sizeof(out->b), "sim.kms", NULL))
		return fault_raise(f, FAULT_CONFIG, "sim.kms",
		    "%.150s does not hold 64 hexadecimal digits", path);
	return true;
}

static FALLIBLE path_in(
    const char *dir, const char *name, char out[PATH_MAX], struct fault *f)
{
	int n = snprintf(out, PATH_MAX, "%s/simulator/%s", dir, name);
	if (n < 0 || n >= PATH_MAX)
		return fault_raise(f, FAULT_CONFIG, "sim.state",
		    "the state folder's path is too long");
	return true;
}

static FALLIBLE open_keys(struct sim_agent *a, const char *state_dir,
    struct secret32 *instance, struct fault *f)
{
	char dir[PATH_MAX], seed[PATH_MAX];
	struct utc now = clock_now();
	sim_recipe_init(&a->recipe, now);
	if (state_dir) {
		TRY(path_in(state_dir, "tdx", dir, f));
		TRY(path_in(state_dir, "instance.seed", seed, f));
		TRY(sim_state_open(dir, now, &a->keys, &a->certs, f));
	} else {
		TRY(sim_pki_make_keys(&a->keys, f));
		TRY(sim_pki_make_certs(&a->keys, &a->recipe, &a->certs, f));
	}
	TRY(read_secret(state_dir ? seed : NULL, instance, f));
	return sim_tdx_quote_tail(
	    &a->keys, &a->certs, &a->recipe.quote, &a->tail, f);
}

static FALLIBLE open_parts(
    struct sim_agent *a, const struct sim_agent_config *c, struct fault *f)
{
	struct sim_guest_config guest = { .app_compose = c->app_compose,
		.app_id = c->app_id };
	AUTO(blob_drop) struct blob ca = { 0 };
	struct secret32 seed;
	TRY(read_version(c->version ? c->version : "0.6.0", &guest.version, f));
	TRY(open_keys(a, c->state_dir, &guest.seed, f));
	/* MRCONFIGID came with 0.5.2 (section 22). */
	guest.mr_config_id = guest.version >= 502 ? c->mr_config_id : 0;
	TRY(sim_guest_open(&guest, &a->guest, f));
	TRY(read_secret(c->kms_file, &seed, f));
	bool ok =
	    sim_kms_open(&seed, a->guest.has_kms, a->guest.app_id, &a->kms, f);
	secret_wipe(&seed);
	TRY(ok);
	TRY(sim_tls_ca(&a->kms, &ca, f));
	TRY(sim_guest_boot(&a->guest, blob_span(&ca), f));
	a->delay_ms = c->delay_ms;
	return true;
}

FALLIBLE sim_agent_open(
    const struct sim_agent_config *c, struct sim_agent **out, struct fault *f)
{
	AUTO(sim_agent_drop) struct sim_agent *a = calloc(1, sizeof(*a));
	if (!a || pthread_mutex_init(&a->lock, NULL) != 0)
		return fault_raise(f, FAULT_SYSTEM, "sim.agent", "no memory");
	TRY(open_parts(a, c, f));
	*out = a;
	a = NULL;
	return true;
}

void sim_agent_close(struct sim_agent *a)
{
	if (!a)
		return;
	sim_pki_drop_keys(&a->keys);
	sim_pki_drop_certs(&a->certs);
	blob_drop(&a->tail);
	sim_guest_drop(&a->guest);
	sim_kms_wipe(&a->kms);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

void sim_agent_drop(struct sim_agent **a)
{
	sim_agent_close(*a);
	*a = NULL;
}

void sim_agent_root(const struct sim_agent *a, uint8_t compressed[33])
{
	memcpy(compressed, a->kms.root_public, 33);
}

void sim_agent_app_id(const struct sim_agent *a, uint8_t app_id[20])
{
	memcpy(app_id, a->guest.app_id, 20);
}

bool sim_agent_has(const struct sim_agent *a, enum sim_agent_api api)
{
	return api == SIM_AGENT_TAPPD || a->guest.version >= 500;
}

/* ---- a call ------------------------------------------------------------- */

/* "Every failure = 400 + an error, unknown methods included." */
static unsigned refuse(const struct fault *why, struct blob *answer)
{
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr w = wr_grow(4096, "sim.agent", &f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	canon_text(&c, "error", why->text);
	canon_end(&c);
	return wr_done(&w, answer) ? 400 : 500;
}

/* "/GetQuote"; "/prpc/Tappd.TdxQuote", with or without the prefix. */
static const char *method_name(enum sim_agent_api api, const char *path)
{
	static const char prpc[] = "/prpc/", prefix[] = "Tappd.";
	if (strncmp(path, prpc, sizeof(prpc) - 1) == 0)
		path += sizeof(prpc) - 1;
	else if (*path == '/')
		path++;
	if (api == SIM_AGENT_TAPPD &&
	    strncmp(path, prefix, sizeof(prefix) - 1) == 0)
		path += sizeof(prefix) - 1;
	return path;
}

static const struct sim_agent_method *find(
    const struct sim_agent *a, enum sim_agent_api api, const char *path)
{
	const char *name = method_name(api, path);
	for (const struct sim_agent_method *m = sim_agent_methods; m->name; m++)
		if (m->api == api && strcmp(m->name, name) == 0 &&
		    a->guest.version >= m->from && a->guest.version <= m->to)
			return m;
	return NULL;
}

static FALLIBLE run(struct sim_agent *a, const struct sim_agent_method *m,
    struct span request, struct blob *answer, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_AGENT_BYTES, "sim.agent", f);
	struct canon c = canon_to(&w);
	if (request.n == 0)
		request = span_text("{}");
	TRY(json_parse(request, &json_limits_default, "sim.request", &doc, f));
	canon_object(&c, NULL);
	pthread_mutex_lock(&a->lock);
	bool ok = m->answer(a, json_root(doc), &c, f);
	pthread_mutex_unlock(&a->lock);
	TRY(ok);
	canon_end(&c);
	return wr_done(&w, answer);
}

unsigned sim_agent_answer(struct sim_agent *a, enum sim_agent_api api,
    const char *path, struct span request, struct blob *answer)
{
	struct fault f = FAULT_INIT;
	const struct sim_agent_method *m = find(a, api, path);
	if (!m)
		fault_raise(&f, FAULT_UNSUPPORTED, "sim.method",
		    "this agent has no such method");
	if (!m || !run(a, m, request, answer, &f))
		return refuse(&f, answer);
	return 200;
}
