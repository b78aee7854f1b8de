/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"
#include "oracle/collateral_quote.h"
#include "sources/collateral_fetch.h"
#include "verify/base/file.h"
#include "verify/base/text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
	OPTION_PCCS,
	OPTION_QUOTE,
	OPTION_FMSPC,
	OPTION_CA,
	OPTION_TEE,
	OPTION_UPDATE,
	OPTION_ROOT_CRL,
	OPTION_CA_FILE,
	OPTION_ALLOW_HTTP,
	OPTION_OUTPUT
};

static const struct cmd_option options[] = {
	[OPTION_PCCS] = { "pccs", "URL",
	    "Intel's provisioning service or a cache of it" },
	[OPTION_QUOTE] = { "quote", "FILE",
	    "what this quote needs; - is standard input" },
	[OPTION_FMSPC] = { "fmspc", "HEX",
	    "what this platform needs, by its 6 bytes" },
	[OPTION_CA] = { "ca", "WORD",
	    "platform or processor: who certified it; with --fmspc" },
	[OPTION_TEE] = { "tee", "WORD", "tdx (default) or sgx; with --fmspc" },
	[OPTION_UPDATE] = { "update", "WORD",
	    "standard or early; the service's own choice if not given" },
	[OPTION_ROOT_CRL] = { "root-crl", "URL",
	    "where the root's CRL is, if not where it is expected" },
	[OPTION_CA_FILE] = { "ca-file", "FILE",
	    "PEM roots for the service's TLS, instead of the system's" },
	[OPTION_ALLOW_HTTP] = { "allow-http", NULL,
	    "take a service without TLS" },
	[OPTION_OUTPUT] = { "output", "FILE",
	    "-o FILE: the bundle goes there; - is standard output" },
};

/* ---- what is asked for --------------------------------------------------- */

static FALLIBLE read_word(const char *text, const char *yes, const char *no,
    bool *out, const char *at, struct fault *f)
{
	if (strcmp(text, yes) != 0 && strcmp(text, no) != 0)
		return fault_raise(
		    f, FAULT_USAGE, at, "want %s or %s", yes, no);
	*out = strcmp(text, yes) == 0;
	return true;
}

static FALLIBLE read_named(const struct cmd_args *args,
    struct collateral_platform *out, struct fault *f)
{
	const char *fmspc = args->option[OPTION_FMSPC];
	const char *ca = args->option[OPTION_CA];
	const char *tee = args->option[OPTION_TEE];
	struct collateral_platform p = { .is_tdx = true };

	if (strlen(fmspc) != 2 * sizeof(p.fmspc))
		return fault_raise(f, FAULT_USAGE, "--fmspc",
		    "want exactly %zu hexadecimal digits", 2 * sizeof(p.fmspc));
	TRY(hex_decode(
	    span_text(fmspc), p.fmspc, sizeof(p.fmspc), "--fmspc", f));
	if (ca == NULL)
		return fault_raise(f, FAULT_USAGE, "--ca",
		    "is needed with --fmspc: platform (servers with several "
		    "packages, all with TDX) or processor");
	TRY(read_word(ca, "processor", "platform", &p.is_processor, "--ca", f));
	if (tee != NULL)
		TRY(read_word(tee, "tdx", "sgx", &p.is_tdx, "--tee", f));
	*out = p;
	return true;
}

static FALLIBLE check_usage(const struct cmd_args *args, struct fault *f)
{
	const char *const *o = args->option;

	if (o[OPTION_PCCS] == NULL)
		return fault_raise(
		    f, FAULT_USAGE, "--pccs", "needs --pccs URL");
	if ((o[OPTION_QUOTE] == NULL) == (o[OPTION_FMSPC] == NULL))
		return fault_raise(f, FAULT_USAGE, "--quote",
		    "needs --quote FILE or --fmspc HEX");
	if (o[OPTION_QUOTE] != NULL &&
	    (o[OPTION_CA] != NULL || o[OPTION_TEE] != NULL))
		return fault_raise(f, FAULT_USAGE, "--quote",
		    "--ca and --tee stand in the quote");
	if (o[OPTION_OUTPUT] == NULL)
		return fault_raise(f, FAULT_USAGE, "--output",
		    "needs --output FILE (-o FILE)");
	return true;
}

/* Twice the quote in base64, and what else a response has. */
static FALLIBLE read_platform(const struct cmd_args *args,
    struct collateral_platform *out, struct fault *f)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	const char *path = args->option[OPTION_QUOTE];

	if (path == NULL)
		return read_named(args, out, f);
	TRY(file_read(path, LIMIT_RESPONSE_BYTES, &quote, f));
	if (!collateral_quote_platform(blob_span(&quote), out, f))
		return fault_within(f, "%s", path);
	return true;
}

/* ---- the bundle --------------------------------------------------------- */

static void tell(void *user, const char *what, const char *url)
{
	(void)user;
	fprintf(stderr, "affiantd: %s: %s\n", what, url);
}

static FALLIBLE put_bundle(
    const char *path, struct blob *bundle, struct fault *f)
{
	if (strcmp(path, "-") != 0)
		return file_write(path, blob_span(bundle), 0644, f);
	if (fwrite(bundle->p, 1, bundle->n, stdout) != bundle->n ||
	    fflush(stdout) != 0)
		return fault_raise(f, FAULT_SYSTEM, "--output",
		    "standard output cannot be written");
	return true;
}

static void tell_facts(const struct collateral_facts *facts)
{
	const struct collateral_platform *p = &facts->platform;
	char hex[HEX_SIZE(COLLATERAL_FMSPC_BYTES)], to[UTC_TEXT_SIZE];

	hex_encode(span_of(p->fmspc, sizeof(p->fmspc)), hex);
	fprintf(stderr,
	    "affiantd: collateral of %s %s, %s CA, evaluation data number "
	    "%llu, valid until %s (%s)\n",
	    p->is_tdx ? "TDX" : "SGX", hex,
	    p->is_processor ? "Processor" : "Platform",
	    (unsigned long long)facts->evaluation, utc_format(facts->to, to),
	    facts->ends);
}

static FALLIBLE fetch(const struct cmd_args *args,
    const struct collateral_platform *p, struct fault *f)
{
	AUTO(blob_drop) struct blob bundle = { 0 };
	const struct collateral_service service = {
		.url = args->option[OPTION_PCCS],
		.root_crl_url = args->option[OPTION_ROOT_CRL],
		.ca_file = args->option[OPTION_CA_FILE],
		.allow_http = args->option[OPTION_ALLOW_HTTP] != NULL,
		.update = args->option[OPTION_UPDATE],
	};
	struct collateral_facts facts;

	TRY(collateral_fetch(
	    &service, p, tell, NULL, NULL, &bundle, &facts, f));
	TRY(put_bundle(args->option[OPTION_OUTPUT], &bundle, f));
	tell_facts(&facts);
	return true;
}

static int run(const struct cmd_args *args)
{
	struct collateral_platform platform;
	struct fault f = FAULT_INIT;

	if (!check_usage(args, &f) || !read_platform(args, &platform, &f)) {
		(void)cmd_open_failed(&f);
		return f.kind == FAULT_USAGE ? CMD_USAGE : CMD_FAILED;
	}
	signal(SIGPIPE, SIG_IGN);
	if (!sources_init(&f))
		return cmd_open_failed(&f);
	bool ok = fetch(args, &platform, &f);
	sources_exit();
	return ok ? CMD_OK : cmd_open_failed(&f);
}

const struct cmd cmd_collateral = {
	.name = "collateral",
	.help = "fetch what Intel says of a platform, for the verifier",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
