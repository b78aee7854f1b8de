/* SPDX-License-Identifier: Apache-2.0 */
/* The row of an enclave that asks its own security module. */
#include "attest/nitro.h"

static FALLIBLE open_row(const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f)
{
	struct nsm nsm;

	(void)cfg;
	TRY(nsm_open(&nsm, f));
	TRY(nitro_open(&nsm, NULL, state_out, f));
	*platform_out = "nitro";
	return true;
}

static bool detect(struct fault *why)
{
	const char *platform;
	void *state = NULL;

	if (!open_row(NULL, &state, &platform, why))
		return false;
	nitro_close(state);
	return true;
}

static const struct attest_ops ops = {
	.open = open_row,
	.quote = nitro_quote,
	.seal_root = nitro_seal_root,
	.facts = nitro_facts,
	.close = nitro_close,
};
static const char *const platforms[] = { "nitro", NULL };
const struct attest_row quote_nitro = {
	.id = "nitro",
	.platforms = platforms,
	.help = "documents of the Nitro security module (/dev/nsm)",
	.simulator = false,
	.detect = detect,
	.ops = &ops,
};
