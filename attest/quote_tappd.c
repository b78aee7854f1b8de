/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tappd.sock, the API of dstack before 0.5, still served beside the other
 * (dstack section 3). The quote is asked for with algorithm `raw`: our 64
 * bytes as they are, no prefix and no hash.
 */
#include "attest/dstack.h"

static const char *const paths[] = { "/var/run/tappd.sock", "/run/tappd.sock",
	"/var/run/dstack/tappd.sock", "/run/dstack/tappd.sock", NULL };

static void write_quote(
    struct canon *c, const uint8_t report_data[REPORT_DATA_BYTES])
{
	canon_text(c, "hash_algorithm", "raw");
	canon_text(c, "prefix", "");
	canon_hex(c, "report_data", span_of(report_data, REPORT_DATA_BYTES));
}

static void write_key(struct canon *c, const char *path, const char *purpose)
{
	canon_text(c, "path", path);
	canon_text(c, "purpose", purpose);
}

static const struct dstack_api api = {
	.id = "tappd",
	.environment = "TAPPD_SIMULATOR_ENDPOINT",
	.paths = paths,
	.info = "/prpc/Tappd.Info",
	.quote = "/prpc/Tappd.TdxQuote",
	.key = "/prpc/Tappd.DeriveK256Key",
	.emit = NULL,
	.write_quote = write_quote,
	.write_key = write_key,
	.key_name = "k256_key",
	.chain_name = "k256_signature_chain",
	/* DeriveKey's P-256 keys have no chain (23, trap 10): not taken. */
	.key_may_lack = true,
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
const struct attest_row quote_tappd = {
	.id = "tappd",
	.platforms = platforms,
	.help = "TDX quotes and keys from a legacy dstack agent (tappd.sock)",
	.simulator = false,
	.detect = detect,
	.ops = &ops,
	.is_agent = true,
};
