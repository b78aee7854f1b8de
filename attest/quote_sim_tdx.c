/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TDX simulator as a quote provider. What it proves is nothing: it holds
 * all the keys itself, under a root that says so (SIMULATOR.md).
 */
#include "attest/provider.h"
#include "attest/sim.h"

#include "verify/base/clock.h"
#include "verify/base/hash.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define AT "sim.tdx"
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
/* Collateral is made anew when it has less than this left. */
#define RENEW_MS (7 * DAY_MS)

struct sim {
	struct sim_keys keys;
	struct sim_certs certs;
	struct sim_recipe recipe; /* of the collateral in `bundle` */
	struct blob tail;         /* of every quote */
	struct blob bundle;       /* empty until asked for */
	uint32_t delay_ms;
	char uuid_path[PATH_MAX];
};

static void sim_free(struct sim *s)
{
	if (!s)
		return;
	sim_pki_drop_keys(&s->keys);
	sim_pki_drop_certs(&s->certs);
	blob_drop(&s->tail);
	blob_drop(&s->bundle);
	free(s);
}

static void sim_drop(struct sim **s)
{
	sim_free(*s);
}

static FALLIBLE path_in(const struct attest_config *cfg, const char *name,
    char out[PATH_MAX], struct fault *f)
{
	if (!cfg->state_dir || !*cfg->state_dir)
		return fault_raise(f, FAULT_CONFIG, AT,
		    "the simulator needs a state folder for its keys");
	int n =
	    snprintf(out, PATH_MAX, "%s/simulator/%s", cfg->state_dir, name);
	if (n < 0 || n >= PATH_MAX)
		return fault_raise(
		    f, FAULT_CONFIG, AT, "the state folder's path is too long");
	return true;
}

static FALLIBLE open_sim(const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f)
{
	char dir[PATH_MAX];
	AUTO(sim_drop) struct sim *s = calloc(1, sizeof(*s));
	if (!s)
		return fault_raise(f, FAULT_SYSTEM, AT, "no memory");
	s->delay_ms = cfg->sim_delay_ms;
	TRY(path_in(cfg, "tdx", dir, f));
	TRY(path_in(cfg, "seal.uuid", s->uuid_path, f));

	struct utc now = clock_now();
	TRY(sim_state_open(dir, now, &s->keys, &s->certs, f));
	sim_recipe_init(&s->recipe, now);
	TRY(sim_tdx_quote_tail(
	    &s->keys, &s->certs, &s->recipe.quote, &s->tail, f));
	*state_out = s;
	*platform_out = "tdx";
	s = NULL;
	return true;
}

static void close_sim(void *state)
{
	sim_free(state);
}

static void rest(uint32_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000 };
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

static FALLIBLE quote(void *state, const uint8_t report_data[REPORT_DATA_BYTES],
    struct attested *out, struct fault *f)
{
	const struct sim *s = state;
	if (s->delay_ms)
		rest(s->delay_ms);
	return sim_tdx_quote_make(&s->keys, &s->recipe.quote,
	    blob_span(&s->tail), report_data, &out->quote, f);
}

static FALLIBLE collateral(void *state, struct blob *out, struct fault *f)
{
	struct sim *s = state;
	struct utc now = clock_now();
	struct utc from = s->recipe.tcb_info.from, to = s->recipe.tcb_info.to;
	bool fresh = now.ms >= from.ms && now.ms <= to.ms - RENEW_MS;
	if (!s->bundle.n || !fresh) {
		AUTO(sim_collateral_drop) struct sim_collateral c = { 0 };
		AUTO(blob_drop) struct blob bundle = { 0 };
		struct sim_recipe recipe;
		sim_recipe_init(&recipe, now);
		TRY(sim_collateral_make(&s->keys, &s->certs, &recipe, &c, f));
		TRY(sim_collateral_bundle(&c, &bundle, f));
		blob_drop(&s->bundle);
		s->bundle = blob_move(&bundle);
		s->recipe = recipe;
	}
	return blob_copy(blob_span(&s->bundle), out, f);
}

/* Sealing, section 4.5: HKDF-Extract over the UUID. Bound to nothing. */
static FALLIBLE seal_root(
    void *state, struct secret32 *root, struct seal_id *id, struct fault *f)
{
	const struct sim *s = state;
	uint8_t uuid[16];
	TRY(sim_state_uuid(s->uuid_path, uuid, f));
	bool ok = hkdf_sha256_extract(
	    (struct span){ 0 }, span_of(uuid, sizeof(uuid)), root->b, f);
	secret_wipe_bytes(uuid, sizeof(uuid));
	if (!ok)
		return false;
	*id = (struct seal_id){
		.platform = "sim:tdx",
		.provider = "sim",
		.platform_no = 1 | SEAL_SIMULATED,
		.provider_no = 0x80,
		.epoch = 1,
	};
	return true;
}

static bool detect(struct fault *why)
{
	return fault_raise(why, FAULT_UNSUPPORTED, "attest.simulator",
	    "a simulator is never taken by itself: ask for it with "
	    "\"provider\":\"simulator\" or AFFIANT_SIMULATE=tdx");
}

static const struct attest_ops ops = {
	.open = open_sim,
	.quote = quote,
	.collateral = collateral,
	.seal_root = seal_root,
	.close = close_sim,
};
static const char *const platforms[] = { "tdx", NULL };
const struct attest_row quote_sim_tdx = {
	.id = "simulator",
	.platforms = platforms,
	.help = "TDX quotes under a root of its own; proves nothing",
	.simulator = true,
	.detect = detect,
	.ops = &ops,
};
