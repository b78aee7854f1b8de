/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dstack.sock, the API of dstack 0.5 and later (dstack section 2). Only methods
 * that no agent has lost: Info, GetQuote, GetKey; EmitEvent where it is.
 */
#include "attest/dstack.h"

static const char *const paths[] = { "/var/run/dstack.sock", "/run/dstack.sock",
	"/var/run/dstack/dstack.sock", "/run/dstack/dstack.sock", NULL };

static void write_quote(
    struct canon *c, const uint8_t report_data[REPORT_DATA_BYTES])
{
	canon_hex(c, "report_data", span_of(report_data, REPORT_DATA_BYTES));
}

/* No algorithm: secp256k1 in every generation (2.3). */
static void write_key(struct canon *c, const char *path, const char *purpose)
{
	canon_text(c, "path", path);
	canon_text(c, "purpose", purpose);
}

static const struct dstack_api api = {
	.id = "dstack",
	.environment = "DSTACK_SIMULATOR_ENDPOINT",
	.paths = paths,
	.info = "/Info",
	.quote = "/GetQuote",
	.key = "/GetKey",
	.emit = "/EmitEvent",
	.write_quote = write_quote,
	.write_key = write_key,
	.key_name = "key",
	.chain_name = "signature_chain",
};

static bool detect(struct fault *why)
{
	return dstack_detect(&api, why);
}

static FALLIBLE open_row(const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f)
{
	return dstack_open(&api, cfg, state_out, platform_out, f);
}

static const struct attest_ops ops = {
	.open = open_row,
	.quote = dstack_quote,
	.derive = dstack_derive,
	.collateral = dstack_collateral,
	.seal_root = dstack_seal_root,
	.facts = dstack_facts,
	.close = dstack_close,
};
static const char *const platforms[] = { "tdx", NULL };
const struct attest_row quote_dstack = {
	.id = "dstack",
	.platforms = platforms,
	.help = "TDX quotes and keys from a dstack guest agent (dstack.sock)",
	.simulator = false,
	.detect = detect,
	.ops = &ops,
	.is_agent = true,
};
