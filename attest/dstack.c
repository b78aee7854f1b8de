/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/dstack.h"

#include "attest/agent.h"
#include "attest/quote_tdx.h"
#include "verify/base/canon.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"
#include "verify/intel_quote.h"
#include "verify/intel_root.h"
#include "verify/x509_pem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Quotes take a second; "allow 30 s" (dstack section 1). */
#define TIMEOUT_MS 30000

struct dstack {
	const struct dstack_api *api;
	struct agent *agent;
	struct dstack_info info;
	char *key_path, *key_purpose;
	struct attest_facts facts;
};

static void dstack_free(struct dstack *d)
{
	if (!d)
		return;
	agent_close(d->agent);
	dstack_info_drop(&d->info);
	free(d->key_path);
	free(d->key_purpose);
	free(d);
}

static void dstack_drop(struct dstack **d)
{
	dstack_free(*d);
	*d = NULL;
}

void dstack_close(void *state)
{
	dstack_free(state);
}

/* ---- where the agent is ------------------------------------------------- */

/*
 * What the configuration names, else the environment, else the first path
 * where anything is; else the first path, whose fault then says that nothing
 * is there.
 */
static const char *endpoint_of(const struct dstack_api *api, const char *socket)
{
	struct stat st;
	if (socket && *socket)
		return socket;
	const char *named = getenv(api->environment);
	if (named && *named)
		return named;
	for (const char *const *p = api->paths; *p; p++)
		if (stat(*p, &st) == 0)
			return *p;
	return api->paths[0];
}

/* ---- calls -------------------------------------------------------------- */

static FALLIBLE call(struct dstack *d, const char *method, struct wr *w,
    struct json **out, struct fault *f)
{
	AUTO(blob_drop) struct blob request = { 0 };
	TRY(wr_done(w, &request));
	if (!agent_call(d->agent, method, blob_span(&request), out, f))
		return fault_within(f, "%s", method + 1);
	return true;
}

static FALLIBLE ask_info(struct dstack *d, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct wr w = wr_grow(LIMIT_AGENT_BYTES, "dstack.request", f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	canon_end(&c);
	TRY(call(d, d->api->info, &w, &doc, f));
	return dstack_answer_info(json_root(doc), &d->info, f);
}

static FALLIBLE ask_quote(struct dstack *d,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *quote,
    struct blob *log, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	AUTO(blob_drop) struct blob raw = { 0 }, events = { 0 };
	struct wr w = wr_grow(LIMIT_AGENT_BYTES, "dstack.request", f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	d->api->write_quote(&c, report_data);
	canon_end(&c);
	TRY(call(d, d->api->quote, &w, &doc, f));
	TRY(dstack_answer_quote(json_root(doc), &raw, &events, f));
	TRY(quote_tdx_check(blob_span(&raw), report_data, quote, f));
	*log = blob_move(&events);
	return true;
}

static FALLIBLE ask_key(struct dstack *d, const char *path, const char *purpose,
    struct attest_key *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault why = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_AGENT_BYTES, "dstack.request", f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	d->api->write_key(&c, path, purpose);
	canon_end(&c);
	if (!call(d, d->api->key, &w, &doc, &why)) {
		if (d->api->key_may_lack &&
		    strcmp(why.at, "agent.refused") == 0)
			why.kind = FAULT_UNSUPPORTED;
		*f = why;
		return false;
	}
	return dstack_answer_key(
	    doc, d->api->key_name, d->api->chain_name, out, f);
}

/* ---- our configuration as an event -------------------------------------- */

static FALLIBLE emit(
    struct dstack *d, const struct sha256 *config, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct wr w = wr_grow(LIMIT_AGENT_BYTES, "dstack.request", f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	canon_text(&c, "event", DSTACK_CONFIG_EVENT);
	canon_hex(&c, "payload", sha256_span(config));
	canon_end(&c);
	return call(d, d->api->emit, &w, &doc, f);
}

/*
 * FORMAT.evidence.md section 7: the event is emitted only if the log has none
 * yet. Agents before 0.5.0 and after 0.5.11 refuse: the configuration is then
 * bound by the statement alone, which the verdict says.
 */
static FALLIBLE measure(struct dstack *d, const struct sha256 *config,
    struct span log, struct fault *f)
{
	struct fault why = FAULT_INIT;
	switch (dstack_answer_measured(log, config)) {
	case DSTACK_MEASURED:
		d->facts.measured = true;
		return true;
	case DSTACK_MEASURED_OTHER:
		return fault_raise(f, FAULT_CONFIG, "dstack.measured",
		    "this guest has measured another configuration since it "
		    "booted, and verifiers refuse two: restart the guest, not "
		    "only the daemon");
	case DSTACK_UNMEASURED:
		break;
	}
	if (!d->api->emit)
		return true;
	if (!emit(d, config, &why)) {
		if (strcmp(why.at, "agent.refused") == 0)
			return true;
		*f = why;
		return false;
	}
	d->facts.measured = true;
	return true;
}

/* ---- opening ------------------------------------------------------------ */

/* Whether the chain of a quote ends in a simulator's root: only a hint. */
static bool is_simulated(struct span quote)
{
	AUTO(x509_pem_drop) struct x509_pem pem = { .n = 0 };
	struct intel_root root = { .is_simulator = false };
	struct intel_quote q;
	struct fault ignored = FAULT_INIT;
	if (!intel_quote_parse(quote, &q, &ignored) ||
	    q.cert_type != INTEL_CERT_PCK_CHAIN ||
	    !x509_pem_read(q.cert_data, true, &pem, "dstack.quote", &ignored))
		return false;
	bool simulated =
	    intel_root_simulated(blob_span(&pem.der[pem.n - 1]), &root);
	intel_root_drop(&root);
	return simulated;
}

/*
 * A quote that is given to nobody, over report data that has not the form of
 * a statement's hash: it shows the log so far, and whose root signs here.
 */
static FALLIBLE look(
    struct dstack *d, const struct sha256 *config, struct fault *f)
{
	AUTO(blob_drop) struct blob quote = { 0 }, log = { 0 };
	uint8_t report_data[REPORT_DATA_BYTES];
	TRY(random_bytes(report_data, sizeof(report_data), f));
	TRY(ask_quote(d, report_data, &quote, &log, f));
	d->facts.simulated = is_simulated(blob_span(&quote));
	return config ? measure(d, config, blob_span(&log), f) : true;
}

static FALLIBLE copy_text(
    const char *text, const char *otherwise, char **out, struct fault *f)
{
	*out = strdup(text ? text : otherwise);
	return *out ? true
		    : fault_raise(f, FAULT_SYSTEM, "dstack.open", "no memory");
}

static FALLIBLE open_agent(
    struct dstack *d, const struct attest_config *cfg, struct fault *f)
{
	const struct agent_config agent = {
		.endpoint = endpoint_of(d->api, cfg->socket),
		.timeout_ms = cfg->timeout_ms ? cfg->timeout_ms : TIMEOUT_MS,
	};
	TRY(copy_text(cfg->key_path, ATTEST_KEY_PATH, &d->key_path, f));
	TRY(copy_text(
	    cfg->key_purpose, ATTEST_KEY_PURPOSE, &d->key_purpose, f));
	TRY(agent_open(&agent, &d->agent, f));
	TRY(ask_info(d, f));
	return look(d, cfg->config, f);
}

FALLIBLE dstack_open(const struct dstack_api *api,
    const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f)
{
	AUTO(dstack_drop) struct dstack *d = calloc(1, sizeof(*d));
	if (!d)
		return fault_raise(f, FAULT_SYSTEM, "dstack.open", "no memory");
	d->api = api;
	TRY(open_agent(d, cfg, f));
	*state_out = d;
	*platform_out = "tdx";
	d = NULL;
	return true;
}

bool dstack_detect(const struct dstack_api *api, struct fault *why)
{
	const struct attest_config cfg = { .timeout_ms = TIMEOUT_MS };
	const char *platform;
	void *state = NULL;
	if (!dstack_open(api, &cfg, &state, &platform, why))
		return false;
	struct dstack *d = state;
	bool here = !d->facts.simulated;
	if (here)
		fault_raise(why, FAULT_NONE, "dstack.detect",
		    "an agent answers at %.160s", agent_endpoint(d->agent));
	else
		fault_raise(why, FAULT_UNSUPPORTED, "dstack.simulated",
		    "the agent at %.100s gives simulated quotes, which are "
		    "never taken by themselves: ask for it with "
		    "\"provider\":\"%s\"",
		    agent_endpoint(d->agent), api->id);
	dstack_free(d);
	return here;
}

/* ---- what the rows do --------------------------------------------------- */

FALLIBLE dstack_quote(void *state, const uint8_t report_data[REPORT_DATA_BYTES],
    struct attested *out, struct fault *f)
{
	struct dstack *d = state;
	AUTO(attested_drop) struct attested got = { .quote = { 0 } };
	TRY(ask_quote(d, report_data, &got.quote, &got.event_log, f));
	if (d->info.app_compose.n)
		TRY(blob_copy(
		    blob_span(&d->info.app_compose), &got.app_compose, f));
	*out = got;
	got = (struct attested){ .quote = { 0 } };
	return true;
}

FALLIBLE dstack_derive(void *state, struct attest_key *out, struct fault *f)
{
	struct dstack *d = state;
	TRY(ask_key(d, d->key_path, d->key_purpose, out, f));
	memcpy(out->app_id, d->info.app_id, sizeof(out->app_id));
	out->path = d->key_path;
	out->purpose = d->key_purpose;
	return true;
}

/* It is not in the guest: it comes from Intel, by the platform's FMSPC. */
FALLIBLE dstack_collateral(void *state, struct blob *out, struct fault *f)
{
	(void)state, (void)out;
	return fault_raise(f, FAULT_UNSUPPORTED, "attest.collateral",
	    "a dstack guest has no collateral: it is Intel's; have it fetched "
	    "(attest.collateral), or give it to affiant-verify with "
	    "--collateral");
}

/*
 * Sealing, section 4: the key service is the root, and the instance's own path
 * keeps replicas apart (what pays for transactions is each one's own). Without
 * a key service the agent's keys may end with the machine: nothing is sealed.
 */
FALLIBLE dstack_seal_root(
    void *state, struct secret32 *root, struct seal_id *id, struct fault *f)
{
	struct dstack *d = state;
	char instance[HEX_SIZE(20)] = "app", path[80];
	struct attest_key k = { .has_service = false };
	if (d->info.has_instance)
		hex_encode(
		    span_of(d->info.instance_id, sizeof(d->info.instance_id)),
		    instance);
	(void)snprintf(path, sizeof(path), "affiant/seal/v1/%s", instance);
	TRY(ask_key(d, path, "affiant/seal/v1", &k, f));
	if (k.has_service)
		*root = k.key;
	secret_wipe(&k.key);
	if (!k.has_service)
		return fault_raise(f, FAULT_UNSUPPORTED, "attest.seal",
		    "sealing unavailable: this guest has no key service");
	*id = (struct seal_id){
		.platform = d->facts.simulated ? "sim:tdx" : "tdx",
		.provider = "dstack-kms",
		.platform_no = d->facts.simulated ? 1 | SEAL_SIMULATED : 1,
		.provider_no = 2,
		.epoch = 1,
	};
	return true;
}

struct attest_facts dstack_facts(const void *state)
{
	return ((const struct dstack *)state)->facts;
}
