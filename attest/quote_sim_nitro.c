/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Nitro simulator as a provider. It holds every key, under a root of its
 * own that says so; what it proves is nothing (SIMULATOR.md). As with the real
 * thing, what stands below the root is short-lived: all of it is made anew when
 * the leaf is about to end, and nothing of it is kept.
 */
#include "attest/provider.h"
#include "attest/sim.h"
#include "attest/sim_nitro.h"
#include "verify/base/clock.h"
#include "verify/base/hash.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define AT "sim.nitro"
/* "The module renews the leaf about 15 minutes before expiry." */
#define RENEW_MS INT64_C(900000)

struct sim {
	struct sim_nitro_keys keys;
	struct sim_nitro_certs certs;
	struct sim_nitro_recipe recipe;
	uint32_t delay_ms;
	char uuid_path[PATH_MAX];
};

static void close_sim(void *state)
{
	struct sim *s = state;

	if (s == NULL)
		return;
	sim_nitro_drop_keys(&s->keys);
	sim_nitro_drop_certs(&s->certs);
	free(s);
}

static void drop_sim(struct sim **s)
{
	close_sim(*s);
	*s = NULL;
}

/* Everything but the root. */
static FALLIBLE renew(struct sim *s, struct fault *f)
{
	for (size_t i = SIM_NITRO_REGION; i < SIM_NITRO_ROLES; i++) {
		EVP_PKEY_free(s->keys.key[i]);
		s->keys.key[i] = NULL;
		X509_free(s->certs.cert[i]);
		s->certs.cert[i] = NULL;
	}
	sim_nitro_recipe_init(&s->recipe, clock_now());
	TRY(sim_nitro_make_keys(&s->keys, f));
	return sim_nitro_make_certs(&s->keys, &s->recipe, &s->certs, f);
}

static FALLIBLE open_sim(const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f)
{
	AUTO(drop_sim) struct sim *s = calloc(1, sizeof(*s));
	char dir[PATH_MAX];
	int n, m;

	if (s == NULL)
		return fault_raise(f, FAULT_SYSTEM, AT, "no memory");
	if (cfg->state_dir == NULL || *cfg->state_dir == '\0')
		return fault_raise(f, FAULT_CONFIG, AT,
		    "the simulator needs a state folder for its keys");
	n = snprintf(dir, sizeof(dir), "%s/simulator/nitro", cfg->state_dir);
	m = snprintf(s->uuid_path, sizeof(s->uuid_path),
	    "%s/simulator/seal.uuid", cfg->state_dir);
	if (n < 0 || n >= (int)sizeof(dir) || m < 0 ||
	    m >= (int)sizeof(s->uuid_path))
		return fault_raise(
		    f, FAULT_CONFIG, AT, "the state folder's path is too long");
	s->delay_ms = cfg->sim_delay_ms;
	TRY(sim_nitro_root(dir, clock_now(), &s->keys.key[SIM_NITRO_ROOT],
	    &s->certs.cert[SIM_NITRO_ROOT], f));
	TRY(renew(s, f));
	*state_out = s;
	*platform_out = "nitro";
	s = NULL;
	return true;
}

static FALLIBLE quote(void *state, const uint8_t report_data[REPORT_DATA_BYTES],
    struct attested *out, struct fault *f)
{
	struct sim *s = state;
	struct utc now = clock_now();
	struct utc end = s->recipe.cert[SIM_NITRO_LEAF].to;

	if (s->delay_ms > 0)
		nanosleep(&(struct timespec){ .tv_sec = s->delay_ms / 1000,
			      .tv_nsec = (long)(s->delay_ms % 1000) * 1000000 },
		    NULL);
	if (now.ms > end.ms - RENEW_MS ||
	    now.ms < s->recipe.cert[SIM_NITRO_LEAF].from.ms)
		TRY(renew(s, f));
	s->recipe.timestamp = now;
	s->recipe.user_data = (struct sim_nitro_bytes){ true,
		span_of(report_data, REPORT_DATA_BYTES) };
	return sim_nitro_document(
	    &s->keys, &s->certs, &s->recipe, &out->quote, f);
}

static FALLIBLE seal_root(
    void *state, struct secret32 *root, struct seal_id *id, struct fault *f)
{
	struct sim *s = state;
	uint8_t uuid[16];
	bool ok;

	TRY(sim_state_uuid(s->uuid_path, uuid, f));
	ok = hkdf_sha256_extract(
	    (struct span){ 0 }, span_of(uuid, sizeof(uuid)), root->b, f);
	secret_wipe_bytes(uuid, sizeof(uuid));
	*id = (struct seal_id){
		.platform = "sim:nitro",
		.provider = "sim",
		.platform_no = 3 | SEAL_SIMULATED,
		.provider_no = 0x80,
		.epoch = 1,
	};
	return ok;
}

static bool detect(struct fault *why)
{
	return fault_raise(why, FAULT_UNSUPPORTED, "attest.simulator",
	    "a simulator is never taken by itself: ask for it with "
	    "\"simulate\":\"nitro\" or AFFIANT_SIMULATE=nitro");
}

static const struct attest_ops ops = {
	.open = open_sim,
	.quote = quote,
	.seal_root = seal_root,
	.close = close_sim,
};
static const char *const platforms[] = { "nitro", NULL };
const struct attest_row quote_sim_nitro = {
	.id = "simulator",
	.platforms = platforms,
	.help = "Nitro documents under a root of its own; proves nothing",
	.simulator = true,
	.detect = detect,
	.ops = &ops,
};
