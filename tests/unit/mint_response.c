/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence for shell tests: mint_response DIR writes simulated responses, a
 * bare quote and its collateral, certificates that carry one, all good at 2026-01-01T00:00:02Z.
 */
#include "attest/tls_cert.h"
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/collateral.h"
#include "verify/ratls.h"

#include <openssl/ec.h>
#include <stdio.h>
#include <stdlib.h>

static const char *dir;

static void write_file(const char *name, struct span content)
{
	struct fault f = FAULT_INIT;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!file_write(path, content, 0644, &f)) {
		fprintf(stderr, "mint_response: %s\n", f.text);
		exit(1);
	}
}

static void write_response(struct response_world *w, const char *name,
    void (*of)(struct statement *), enum response_detail detail)
{
	static struct statement s;
	const struct response_plan plan = { .has_detail = true,
		.detail = detail };
	struct blob response;

	of(&s);
	response = response_world_make(w, &s, &plan);
	write_file(name, blob_span(&response));
	blob_drop(&response);
}

static void write_quote(struct response_world *w)
{
	static const uint8_t report_data[REPORT_DATA_BYTES] = { 0xab };
	struct blob quote = response_world_quote(w, report_data);
	char *hex = malloc(HEX_SIZE(quote.n));
	char *base64 = malloc(BASE64_SIZE(quote.n));

	if (hex == NULL || base64 == NULL)
		exit(1);
	hex_encode(blob_span(&quote), hex);
	base64_encode(blob_span(&quote), base64);
	write_file("quote.bin", blob_span(&quote));
	write_file("quote.hex", span_text(hex));
	write_file("quote.b64", span_text(base64));
	free(hex);
	free(base64);
	blob_drop(&quote);
}

/* The bundle in its two forms. */
static void write_collateral(struct response_world *w)
{
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	struct fault f = FAULT_INIT;
	struct collateral c;
	char path[4096];

	write_file("bundle.json", blob_span(&w->bundle));
	snprintf(path, sizeof(path), "%s/collateral", dir);
	if (!dir_make(path, 0755, &f) ||
	    !collateral_decode(blob_span(&w->bundle), &c, &doc, &f))
		exit(1);
	for (size_t i = 0; i < n_collateral_files; i++) {
		struct span part = *(
		    struct span *)((uint8_t *)&c + collateral_files[i].offset);
		char name[128];

		if (part.n == 0)
			continue;
		snprintf(name, sizeof(name), "collateral/%s",
		    collateral_files[i].name);
		write_file(name, part);
	}
}

/* Good for an hour from statements_now on. */
static struct blob mint_certificate(
    struct response_world *w, EVP_PKEY *key, EVP_PKEY *quoted)
{
	AUTO(blob_drop) struct blob spki = { 0 };
	AUTO(blob_drop) struct blob quote = { 0 };
	AUTO(blob_drop) struct blob value = { 0 };
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr out = wr_grow(1 << 16, "mint", &f);
	uint8_t report_data[REPORT_DATA_BYTES];
	struct blob der = { 0 };
	X509 *cert = NULL;

	if (key == NULL || quoted == NULL || !tls_cert_spki(quoted, &spki, &f))
		exit(1);
	ratls_report_data(RATLS_AFFIANT, blob_span(&spki), report_data);
	quote = response_world_quote(w, report_data);
	const struct evidence e = { .platform = span_text("tdx"),
		.quote = blob_span(&quote) };
	if (!ratls_encode(&e, &out, &f) || !wr_done(&out, &value))
		exit(1);
	const struct tls_cert_ext ext = { RATLS_OID_TEXT, blob_span(&value) };
	const struct tls_cert_plan plan = {
		.name = "oracle.test",
		.from = statements_now,
		.to = { statements_now.ms + 3600000 },
		.ext = &ext,
		.n_ext = 1,
	};
	if (!tls_cert_make(key, &plan, &cert, &f) ||
	    !tls_cert_der(cert, &der, &f))
		exit(1);
	X509_free(cert);
	return der;
}

/* A certificate in both encodings, and one whose quote is of another key. */
static void write_certificates(struct response_world *w)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
	struct blob der = mint_certificate(w, key, key);
	struct blob bad = mint_certificate(w, other, key);
	char *base64 = malloc(BASE64_SIZE(der.n)), *pem = NULL;

	if (base64 == NULL)
		exit(1);
	base64_encode(blob_span(&der), base64);
	if (asprintf(&pem,
		"-----BEGIN CERTIFICATE-----\n%s\n"
		"-----END CERTIFICATE-----\n",
		base64) < 0)
		exit(1);
	write_file("tls.der", blob_span(&der));
	write_file("tls-other.der", blob_span(&bad));
	write_file("tls.pem", span_text(pem));
	free(pem);
	free(base64);
	blob_drop(&der);
	blob_drop(&bad);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

int main(int argc, char **argv)
{
	static struct response_world w;

	if (argc != 2)
		return 2;
	dir = argv[1];
	response_world_open(&w, NULL);
	write_response(&w, "price.json", statements_one, RESPONSE_FULL);
	write_response(&w, "median.json", statements_many, RESPONSE_FULL);
	write_response(&w, "key.json", statements_key, RESPONSE_FULL);
	write_response(&w, "plain.json", statements_plain, RESPONSE_FULL);
	write_response(&w, "light.json", statements_one, RESPONSE_QUOTE);
	write_response(
	    &w, "signature.json", statements_one, RESPONSE_SIGNATURE);
	write_quote(&w);
	write_collateral(&w);
	write_certificates(&w);
	response_world_close(&w);
	return 0;
}
