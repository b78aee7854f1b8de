/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The row of Marlin's Oyster: an attestation server that takes user data
 * (the "custom" one, not part of the stock image), or else the security module
 * itself, which the stock image leaves to whoever asks it.
 */
#include "attest/nitro.h"

#include <stdlib.h>
#include <unistd.h>

/* A server asks the module in turn, which takes milliseconds. */
#define TIMEOUT_MS 10000

/* What somebody named, or NULL. */
static const char *named(const struct attest_config *cfg)
{
	const char *environment = getenv(MARLIN_ENVIRONMENT);

	if (cfg->socket != NULL && *cfg->socket != '\0')
		return cfg->socket;
	return environment != NULL && *environment != '\0' ? environment : NULL;
}

static FALLIBLE open_server(const struct attest_config *cfg,
    const char *endpoint, void **state_out, struct fault *f)
{
	const struct agent_config c = {
		.endpoint = endpoint,
		.timeout_ms =
		    cfg->timeout_ms > 0 ? cfg->timeout_ms : TIMEOUT_MS,
	};
	struct agent *server = NULL;

	TRY(agent_open(&c, &server, f));
	return nitro_open(NULL, server, state_out, f);
}

static FALLIBLE open_row(const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f)
{
	const char *endpoint = named(cfg);
	struct nsm nsm;

	*platform_out = "nitro";
	if (endpoint != NULL)
		return open_server(cfg, endpoint, state_out, f);
	/* Without a go-between where that can be. */
	if (access(NSM_DEVICE, F_OK) == 0) {
		TRY(nsm_open(&nsm, f));
		return nitro_open(&nsm, NULL, state_out, f);
	}
	return open_server(cfg, MARLIN_ENDPOINT, state_out, f);
}

/* Only what is named: the port may be anybody's. The module alone is found as
 * "nitro". */
static bool detect(struct fault *why)
{
	const struct attest_config cfg = { .timeout_ms = TIMEOUT_MS };
	void *state = NULL;
	bool here;

	if (named(&cfg) == NULL)
		return fault_raise(why, FAULT_UNSUPPORTED, "marlin.detect",
		    "%s is not set", MARLIN_ENVIRONMENT);
	TRY(open_server(&cfg, named(&cfg), &state, why));
	here = !nitro_facts(state).simulated;
	nitro_close(state);
	return here ||
	    fault_raise(why, FAULT_UNSUPPORTED, "marlin.simulated",
		"the attestation server gives simulated documents, which are "
		"never taken by themselves: ask for it with "
		"\"provider\":\"marlin\"");
}

static const struct attest_ops ops = {
	.open = open_row,
	.quote = nitro_quote,
	.seal_root = nitro_seal_root,
	.facts = nitro_facts,
	.close = nitro_close,
};
static const char *const platforms[] = { "nitro", NULL };
const struct attest_row quote_marlin = {
	.id = "marlin",
	.platforms = platforms,
	.help = "Nitro documents on Marlin's Oyster: an attestation server, or "
		"the security module itself",
	.simulator = false,
	.detect = detect,
	.ops = &ops,
	.is_agent = true,
};
