/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify inspect: decodes without judging. */
#include "verify/base/text.h"
#include "verify/cmd.h"
#include "verify/ratls.h"
#include "verify/tee.h"
#include "verify/x509_pem.h"

#include <string.h>

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

/* ---- a certificate ------------------------------------------------------- */

static bool is_certificate(struct span in)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";

	return in.n > strlen(begin) &&
	    (in.p[0] == 0x30 || memcmp(in.p, begin, strlen(begin)) == 0);
}

static FALLIBLE print_found(const struct x509_cert *cert, struct fault *f)
{
	AUTO(blob_drop) struct blob spki = { 0 };
	struct evidence e;
	enum ratls_form form;
	struct sha256 hash;
	char text[UTC_TEXT_SIZE];

	TRY(x509_cert_spki(cert, &spki, "inspect.certificate", f));
	hash = sha256_of(blob_span(&spki));
	printf("certificate (%zu bytes, not judged)\n", cert->der.n);
	print_field("subject", x509_cert_cn(cert));
	print_field("notBefore", span_text(utc_format(cert->from, text)));
	print_field("notAfter", span_text(utc_format(cert->to, text)));
	print_hex("SHA-256 of key", sha256_span(&hash), "");
	TRY(ratls_find(cert, &form, &e, f));
	printf("evidence (hints: nothing of it is believed)\n");
	print_field("extension", span_text(ratls_form_names[form]));
	print_field("platform", e.platform);
	printf("  %-14s %zu bytes\n", "eventLog", e.event_log.n);
	printf("  %-14s %zu bytes\n", "appCompose", e.app_compose.n);
	return print_quote(e.platform, e.quote, f);
}

/* DER, or the first of a chain in PEM. */
static FALLIBLE print_certificate(struct span in, struct fault *f)
{
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	AUTO(x509_cert_drop) struct x509_cert cert = { 0 };

	if (in.p[0] != 0x30) {
		TRY(x509_pem_read(in, false, &pem, "inspect.certificate", f));
		in = blob_span(&pem.der[0]);
	}
	TRY(x509_cert_parse(in, &cert, "inspect.certificate", f));
	return print_found(&cert, f);
}

static FALLIBLE print_any(
    const struct cmd_options *o, struct span in, struct fault *f)
{
	if (o->platform != NULL)
		return print_quote(span_text(o->platform), in, f);
	if (is_certificate(in))
		return print_certificate(in, f);
	return print_response(in, f);
}

static int run(const struct cmd_options *o, char **files, int n)
{
	AUTO(blob_drop) struct blob file = { 0 };
	struct fault f = FAULT_INIT;
	bool ok = cmd_input_evidence(o, files[0], &file, &f);

	(void)n;
	if (ok)
		ok = print_any(o, blob_span(&file), &f);
	if (!ok)
		cmd_print_fault(files[0], &f);
	return ok && fflush(stdout) == 0 ? EXIT_OK : EXIT_NOT_JUDGED;
}

const struct cmd cmd_inspect = {
	.name = "inspect",
	.operands = "FILE",
	.help = "decode a response, a certificate, or with --platform a quote, "
		"without judging",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
