/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify inspect: decodes without judging. */
#include "verify/base/text.h"
#include "verify/cmd.h"
#include "verify/tee.h"

static void print_hex(const char *name, struct span bytes, const char *prefix)
{
	char text[HEX_SIZE(128)];

	if (bytes.n > 128)
		return;
	hex_encode(bytes, text);
	printf("  %-14s %s%s\n", name, prefix, text);
}

static void print_field(const char *name, struct span text)
{
	printf("  %-14s ", name);
	cmd_print_text(stdout, text);
	putchar('\n');
}

/* ---- the quote ---------------------------------------------------------- */

static FALLIBLE print_quote(
    struct span platform, struct span quote, struct fault *f)
{
	const struct tee_platform *p = tee_platform_find(platform);
	AUTO(blob_drop) struct blob text = { 0 };
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "inspect.quote", f);

	printf("quote (%zu bytes, not judged)\n", quote.n);
	if (p == NULL)
		return fault_raise(f, FAULT_UNSUPPORTED, "inspect.platform",
		    "quotes of this platform are not read here");
	if (!p->inspect(quote, &w, f)) {
		wr_drop(&w);
		return false;
	}
	TRY(wr_done(&w, &text));
	/* The platform's lines; everything else in them is control. */
	for (size_t i = 0; i < text.n;) {
		size_t n = 0;

		while (i + n < text.n && text.p[i + n] != '\n')
			n++;
		cmd_print_text(stdout, span_of(text.p + i, n));
		putchar('\n');
		i += n + 1;
	}
	return true;
}

/* ---- the response ------------------------------------------------------- */

static FALLIBLE print_statement(struct span bytes, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;

	TRY(json_parse(
	    bytes, &json_limits_default, "inspect.statement", &doc, f));
	printf("statement (%zu bytes)\n  ", bytes.n);
	cmd_print_json(stdout, doc, json_root(doc), 1);
	putchar('\n');
	return true;
}

static void print_signature(const struct response *r)
{
	struct sha256 sha = sha256_of(r->statement);

	printf("hashes and signature\n");
	print_hex("SHA-256", sha256_span(&sha), "");
	print_hex("reportDataHash", sha256_span(&r->report_data_hash), "");
	print_hex("digest", span_of(r->digest.b, sizeof(r->digest.b)), "0x");
	print_hex("signer", span_of(r->signer.b, sizeof(r->signer.b)), "0x");
	print_hex(
	    "signature", span_of(r->signature.b, sizeof(r->signature.b)), "0x");
}

static void print_evidence(const struct evidence *e)
{
	printf("evidence (hints: nothing of it is believed)\n");
	print_field("platform", e->platform);
	print_field("provider", e->provider);
	printf("  %-14s %s\n", "simulated", e->simulated ? "yes" : "no");
	if (e->has_batch)
		printf("  %-14s leaf %llu of %llu, path of %zu\n", "batch",
		    (unsigned long long)e->batch.index,
		    (unsigned long long)e->batch.size, e->batch.n);
	printf("  %-14s %zu bytes\n", "collateral", e->collateral.n);
	printf("  %-14s %zu bytes\n", "eventLog", e->event_log.n);
	printf("  %-14s %zu bytes\n", "appCompose", e->app_compose.n);
	printf("  %-14s %zu bytes\n", "keyChain", e->key_chain.n);
	printf("  %-14s %zu bytes\n", "mrConfig", e->mr_config.n);
}

static FALLIBLE print_response(struct span in, struct fault *f)
{
	AUTO(response_doc_drop) struct response_doc doc = { 0 };
	struct response r;

	TRY(response_decode(in, &r, &doc, f));
	TRY(print_statement(r.statement, f));
	print_signature(&r);
	if (r.evidence.quote.n == 0)
		return true;
	print_evidence(&r.evidence);
	return print_quote(r.evidence.platform, r.evidence.quote, f);
}

static int run(const struct cmd_options *o, char **files, int n)
{
	AUTO(blob_drop) struct blob file = { 0 };
	struct fault f = FAULT_INIT;
	bool ok = cmd_input_evidence(o, files[0], &file, &f);

	(void)n;
	if (ok)
		ok = o->platform != NULL
		    ? print_quote(span_text(o->platform), blob_span(&file), &f)
		    : print_response(blob_span(&file), &f);
	if (!ok)
		cmd_print_fault(files[0], &f);
	return ok && fflush(stdout) == 0 ? EXIT_OK : EXIT_NOT_JUDGED;
}

const struct cmd cmd_inspect = {
	.name = "inspect",
	.operands = "FILE",
	.help =
	    "decode a response, or with --platform a quote, without judging",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
