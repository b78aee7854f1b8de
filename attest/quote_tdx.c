/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel TDX through configfs-tsm. The kernel hands our report data to the TDX
 * module and the report to the quoting service on the host: what comes back
 * passed through hands that we do not trust.
 */
#include "attest/quote_tdx.h"

#include "verify/base/limits.h"
#include "verify/base/secret.h"
#include "verify/intel_quote.h"

#include <stdlib.h>

static const struct tsm kernel = {
	.root = TSM_ROOT,
	.provider = "tdx_guest",
	.sys = &tsm_linux,
};

FALLIBLE quote_tdx_check(struct span quote,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *out,
    struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct intel_quote q;
	if (!intel_quote_parse(quote, &q, &why))
		return fault_raise(f, FAULT_REMOTE, why.at,
		    "the host gave what is no TDX quote: %s", why.text);
	/* Versions 4 and 5 are TDX here, version 3 is SGX (rule Q04). */
	if (q.tee != INTEL_TEE_TDX)
		return fault_raise(f, FAULT_REMOTE, "intel.quote.tee",
		    "the host gave an SGX quote where TDX was asked for");
	if (!span_equal(
		q.td.report_data, span_of(report_data, REPORT_DATA_BYTES)))
		return fault_raise(f, FAULT_REMOTE, "tdx.report_data",
		    "the host gave a quote over other report data than it was "
		    "asked for");
	/* "Work with, hash and store the canonical bytes only." */
	return blob_copy(q.canonical, out, f);
}

FALLIBLE quote_tdx_take(const struct tsm *t,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *out,
    struct fault *f)
{
	AUTO(blob_drop) struct blob raw = { 0 };
	TRY(tsm_report(t, report_data, LIMIT_QUOTE_BYTES, &raw, f));
	return quote_tdx_check(blob_span(&raw), report_data, out, f);
}

/*
 * The quote of a detection is given to nobody, and its report data has not the
 * form of a statement's hash and 32 zeros.
 */
bool quote_tdx_detect(const struct tsm *t, struct fault *why)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	uint8_t report_data[REPORT_DATA_BYTES];
	return tsm_probe(t, why) &&
	    random_bytes(report_data, sizeof(report_data), why) &&
	    quote_tdx_take(t, report_data, &quote, why);
}

FALLIBLE quote_tdx_open(const struct tsm *t, void **state_out,
    const char **platform_out, struct fault *f)
{
	TRY(tsm_probe(t, f));
	struct tsm *state = malloc(sizeof(*state));
	if (!state)
		return fault_raise(f, FAULT_SYSTEM, "tdx.open", "no memory");
	*state = *t;
	*state_out = state;
	*platform_out = "tdx";
	return true;
}

/* ---- the row ------------------------------------------------------------ */

static bool detect(struct fault *why)
{
	return quote_tdx_detect(&kernel, why);
}

static FALLIBLE open_kernel(const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f)
{
	(void)cfg;
	return quote_tdx_open(&kernel, state_out, platform_out, f);
}

static FALLIBLE quote(void *state, const uint8_t report_data[REPORT_DATA_BYTES],
    struct attested *out, struct fault *f)
{
	return quote_tdx_take(state, report_data, &out->quote, f);
}

/* It is not in the guest: it comes from Intel, by the platform's FMSPC. */
static FALLIBLE collateral(void *state, struct blob *out, struct fault *f)
{
	(void)state, (void)out;
	return fault_raise(f, FAULT_UNSUPPORTED, "attest.collateral",
	    "a TDX guest has no collateral: it is Intel's; have it fetched "
	    "(attest.collateral), or give it to affiant-verify with "
	    "--collateral");
}

/* "A TDX guest [...] must report sealing unavailable" (sealing, section 4). */
static FALLIBLE seal_root(
    void *state, struct secret32 *root, struct seal_id *id, struct fault *f)
{
	(void)state, (void)root, (void)id;
	return fault_raise(f, FAULT_UNSUPPORTED, "attest.seal",
	    "sealing unavailable: TDX has no sealing key; keys live in memory "
	    "and are made anew at each start");
}

static void close_state(void *state)
{
	free(state); /* nothing is held between two quotes */
}

static const struct attest_ops ops = {
	.open = open_kernel,
	.quote = quote,
	.collateral = collateral,
	.seal_root = seal_root,
	.close = close_state,
};
static const char *const platforms[] = { "tdx", NULL };
const struct attest_row quote_tdx_tsm = {
	.id = "tdx-tsm",
	.platforms = platforms,
	.help = "TDX quotes through the kernel (configfs-tsm)",
	.simulator = false,
	.detect = detect,
	.ops = &ops,
};
