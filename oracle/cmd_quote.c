/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"
#include "oracle/feed_response.h"
#include "verify/base/canon.h"
#include "verify/base/text.h"
#include "verify/ratls.h"

#include <stdio.h>
#include <string.h>

enum { OPTION_CONFIG, OPTION_STATE, OPTION_REPORT_DATA };

static const struct cmd_option options[] = {
	[OPTION_CONFIG] = { "config", "FILE",
	    "state folder and provider of this configuration" },
	[OPTION_STATE] = { "state", "DIR",
	    "this state folder, and the provider that is found" },
	[OPTION_REPORT_DATA] = { "report-data", "HEX",
	    "quote these 64 bytes instead of a key statement" },
};

/*
 * SHA-256 and 32 zero bytes is how a statement is bound. Such report data is
 * quoted for statements that this program made and for nothing else: whoever
 * has a shell could otherwise have the hash of any text quoted, and show it
 * as ours.
 */
static FALLIBLE read_report_data(
    const char *text, uint8_t out[REPORT_DATA_BYTES], struct fault *f)
{
	if (strlen(text) != 2 * REPORT_DATA_BYTES)
		return fault_raise(f, FAULT_USAGE, "quote.report_data",
		    "want exactly %d bytes as %d hexadecimal digits",
		    REPORT_DATA_BYTES, 2 * REPORT_DATA_BYTES);
	TRY(hex_decode(
	    span_text(text), out, REPORT_DATA_BYTES, "quote.report_data", f));
	if (span_is_zero(span_of(out + 32, REPORT_DATA_BYTES - 32)))
		return fault_raise(f, FAULT_USAGE, "quote.report_data",
		    "32 bytes and 32 zeros is the form of a statement's hash, "
		    "and is quoted for statements that this program made and "
		    "for nothing else");
	if (ratls_is_report_data(out))
		return fault_raise(f, FAULT_USAGE, "quote.report_data",
		    "this is the form of a TLS key's hash, and is quoted for "
		    "keys that this program made and for nothing else");
	return true;
}

/* `quote` and `evidence` as in a response, without a statement. */
static FALLIBLE print_quote(const struct cmd_engine *e,
    const uint8_t report_data[REPORT_DATA_BYTES], struct fault *f)
{
	AUTO(attested_drop) struct attested got = { .quote = { 0 } };
	AUTO(blob_drop) struct blob collateral = { 0 };
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "quote", f);
	struct canon c = canon_to(&w);
	struct feed_deps deps = cmd_engine_deps(e);

	TRY(attest_quote(e->attest, report_data, &got, f));
	TRY(feed_response_collateral(&deps, RESPONSE_FULL, &collateral, f));
	canon_object(&c, NULL);
	canon_object(&c, "evidence");
	if (got.app_compose.n > 0)
		canon_text_span(&c, "appCompose", blob_span(&got.app_compose));
	if (collateral.n > 0)
		canon_raw(&c, "collateral", blob_span(&collateral));
	if (got.event_log.n > 0)
		canon_raw(&c, "eventLog", blob_span(&got.event_log));
	canon_text(&c, "platform", attest_platform(e->attest));
	canon_text(&c, "provider", attest_provider(e->attest));
	canon_bool(&c, "simulated", attest_is_simulated(e->attest));
	canon_text(&c, "type", EVIDENCE_TYPE);
	canon_end(&c);
	canon_base64(&c, "quote", blob_span(&got.quote));
	canon_end(&c);
	TRY(wr_done(&w, &text));
	printf("%s\n", (const char *)text.p);
	return true;
}

static FALLIBLE print_key(const struct cmd_engine *e, struct fault *f)
{
	AUTO(blob_drop) struct blob body = { 0 };
	struct feed_deps deps = cmd_engine_deps(e);
	const struct span no_nonce = { 0 };

	TRY(key_respond(&deps, no_nonce, RESPONSE_FULL, &body, f));
	printf("%s\n", (const char *)body.p);
	return true;
}

static int run(const struct cmd_args *args)
{
	AUTO(cmd_engine_close) struct cmd_engine e = { 0 };
	const char *config = args->option[OPTION_CONFIG];
	const char *state = args->option[OPTION_STATE];
	const char *hex = args->option[OPTION_REPORT_DATA];
	uint8_t report_data[REPORT_DATA_BYTES];
	struct fault f = FAULT_INIT;

	if ((config == NULL) == (state == NULL)) {
		fprintf(stderr,
		    "affiantd quote: needs --config FILE or --state DIR\n");
		return CMD_USAGE;
	}
	if (hex != NULL && !read_report_data(hex, report_data, &f)) {
		(void)cmd_open_failed(&f);
		return CMD_USAGE;
	}
	if (!cmd_engine_open(config, state, CMD_ASKS, &e))
		return CMD_FAILED;
	if (hex != NULL ? !print_quote(&e, report_data, &f)
			: !print_key(&e, &f))
		return cmd_open_failed(&f);
	return CMD_OK;
}

const struct cmd cmd_quote = {
	.name = "quote",
	.help = "a quote from the provider, with its evidence",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
