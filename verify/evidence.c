/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/evidence.h"

#include "verify/base/canon.h"
#include "verify/base/text.h"

#include <string.h>

#define SCHEME "eip712"

void response_doc_drop(struct response_doc *d)
{
	json_drop(&d->json);
	blob_drop(&d->quote);
}

/* ---- writing ------------------------------------------------------------ */

static void write_signature(struct canon *c, const struct response *r)
{
	canon_object(c, NULL);
	canon_hex_0x(c, "digest", span_of(r->digest.b, sizeof(r->digest.b)));
	canon_text(c, "scheme", SCHEME);
	canon_hex_0x(c, "signer", span_of(r->signer.b, sizeof(r->signer.b)));
	canon_hex_0x(
	    c, "value", span_of(r->signature.b, sizeof(r->signature.b)));
	canon_end(c);
}

static void write_batch(struct canon *c, const struct merkle_path *path)
{
	canon_object(c, "batch");
	canon_u64(c, "index", path->index);
	canon_array(c, "path");
	for (size_t i = 0; i < path->n; i++)
		canon_hex(c, NULL, sha256_span(&path->node[i]));
	canon_end(c);
	canon_u64(c, "size", path->size);
	canon_end(c);
}

static void write_evidence(
    struct canon *c, const struct evidence *e, bool in_full)
{
	canon_object(c, NULL);
	if (e->app_compose.n > 0)
		canon_text_span(c, "appCompose", e->app_compose);
	if (e->has_batch)
		write_batch(c, &e->batch);
	if (e->bodies.n > 0 && in_full)
		canon_raw(c, "bodies", e->bodies);
	if (e->collateral.n > 0 && in_full)
		canon_raw(c, "collateral", e->collateral);
	if (e->configuration.n > 0 && in_full)
		canon_text_span(c, "configuration", e->configuration);
	if (e->event_log.n > 0)
		canon_raw(c, "eventLog", e->event_log);
	if (e->key_chain.n > 0)
		canon_raw(c, "keyChain", e->key_chain);
	if (e->mr_config.n > 0)
		canon_text_span(c, "mrConfig", e->mr_config);
	canon_text_span(c, "platform", e->platform);
	canon_text_span(c, "provider", e->provider);
	canon_bool(c, "simulated", e->simulated);
	if (e->tls.n > 0 && in_full)
		canon_raw(c, "tls", e->tls);
	canon_text(c, "type", EVIDENCE_TYPE);
	canon_end(c);
}

FALLIBLE response_encode(const struct response *r, enum response_detail detail,
    struct wr *w, struct fault *f)
{
	bool with_quote =
	    detail != RESPONSE_SIGNATURE && r->evidence.quote.n > 0;
	struct canon c;

	/* The order is for readers; only inner objects are canonical. */
	wr_text(w, "{\"statement\":");
	wr_span(w, r->statement);
	wr_text(w, ",\"reportDataHash\":");
	c = canon_to(w);
	canon_hex(&c, NULL, sha256_span(&r->report_data_hash));
	if (with_quote) {
		wr_text(w, ",\"quote\":");
		c = canon_to(w);
		canon_base64(&c, NULL, r->evidence.quote);
	}
	wr_text(w, ",\"signature\":");
	c = canon_to(w);
	write_signature(&c, r);
	if (with_quote) {
		wr_text(w, ",\"evidence\":");
		c = canon_to(w);
		write_evidence(&c, &r->evidence, detail == RESPONSE_FULL);
	}
	wr_text(w, "}");
	if (!wr_ok(w))
		return fault_raise(
		    f, w->f->kind, "response.size", "%s", w->f->text);
	return true;
}

/* ---- reading ------------------------------------------------------------ */

/* 0x and lower-case digits, exactly n bytes. */
static FALLIBLE take_hex_0x(
    const char *text, void *out, size_t n, const char *at, struct fault *f)
{
	struct span s = span_text(text);

	if (s.n < 2 || !hex_is_lower(span_of(s.p + 2, s.n - 2)))
		return fault_raise(f, FAULT_FORMAT, at,
		    "must be 0x and hexadecimal digits in lower case");
	return hex_decode_0x(s, out, n, at, f);
}

static FALLIBLE read_signature(
    const struct json_node *v, struct response *r, struct fault *f)
{
	const char *digest, *scheme, *signer, *value;
	const struct json_field fields[] = {
		{ "digest", JSON_WANT_TEXT, false, &digest },
		{ "scheme", JSON_WANT_TEXT, false, &scheme },
		{ "signer", JSON_WANT_TEXT, false, &signer },
		{ "value", JSON_WANT_TEXT, false, &value },
	};

	TRY(json_read(v, fields, COUNT(fields), "response.signature", f));
	if (strcmp(scheme, SCHEME) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED,
		    "response.signature.scheme",
		    "is not %s, the only scheme known here", SCHEME);
	TRY(take_hex_0x(digest, r->digest.b, sizeof(r->digest.b),
	    "response.signature.digest", f));
	TRY(take_hex_0x(signer, r->signer.b, sizeof(r->signer.b),
	    "response.signature.signer", f));
	return take_hex_0x(value, r->signature.b, sizeof(r->signature.b),
	    "response.signature.value", f);
}

static FALLIBLE read_batch(
    const struct json_node *v, struct merkle_path *out, struct fault *f)
{
	const char *at = "response.batch";
	const struct json_node *path;
	const struct json_field fields[] = {
		{ "index", JSON_WANT_U64, false, &out->index },
		{ "path", JSON_WANT_ARRAY, false, &path },
		{ "size", JSON_WANT_U64, false, &out->size },
	};

	TRY(json_read(v, fields, COUNT(fields), at, f));
	if (json_count(path) > LIMIT_BATCH_PATH)
		return fault_raise(f, FAULT_LIMIT, at,
		    "a path of %zu nodes, at most %d are allowed",
		    json_count(path), LIMIT_BATCH_PATH);
	for (const struct json_node *e = json_first(path); e != NULL;
	     e = json_next(e)) {
		if (json_kind_of(e) != JSON_TEXT ||
		    !hex_is_lower(span_text(json_text(e))))
			return fault_raise(f, FAULT_FORMAT, at,
			    "the path is hexadecimal text in lower case");
		TRY(hex_decode(span_text(json_text(e)), out->node[out->n++].b,
		    sizeof(struct sha256), at, f));
	}
	return true;
}

static struct span source_of(const struct json *doc, const struct json_node *v)
{
	return v == NULL ? (struct span){ 0 } : json_source(doc, v);
}

static FALLIBLE read_evidence(const struct json *doc, const struct json_node *v,
    struct evidence *e, struct fault *f)
{
	const char *platform, *provider, *type;
	const char *compose = NULL, *mr_config = NULL, *configuration = NULL;
	const struct json_node *bodies = NULL, *tls = NULL;
	const struct json_node *batch = NULL, *collateral = NULL;
	const struct json_node *event_log = NULL, *key_chain = NULL;
	const struct json_field fields[] = {
		{ "appCompose", JSON_WANT_TEXT, true, &compose },
		{ "batch", JSON_WANT_OBJECT, true, &batch },
		{ "bodies", JSON_WANT_ARRAY, true, &bodies },
		{ "collateral", JSON_WANT_OBJECT, true, &collateral },
		{ "configuration", JSON_WANT_TEXT, true, &configuration },
		{ "eventLog", JSON_WANT_ARRAY, true, &event_log },
		{ "keyChain", JSON_WANT_OBJECT, true, &key_chain },
		{ "mrConfig", JSON_WANT_TEXT, true, &mr_config },
		{ "platform", JSON_WANT_TEXT, false, &platform },
		{ "provider", JSON_WANT_TEXT, false, &provider },
		{ "simulated", JSON_WANT_BOOL, false, &e->simulated },
		{ "tls", JSON_WANT_OBJECT, true, &tls },
		{ "type", JSON_WANT_TEXT, false, &type },
	};

	TRY(json_read(v, fields, COUNT(fields), "response.evidence", f));
	if (strcmp(type, EVIDENCE_TYPE) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED,
		    "response.evidence.type",
		    "is not %s, the only type known here", EVIDENCE_TYPE);
	e->platform = span_text(platform);
	e->provider = span_text(provider);
	e->app_compose = span_text(compose);
	e->mr_config = span_text(mr_config);
	e->bodies = source_of(doc, bodies);
	e->collateral = source_of(doc, collateral);
	e->configuration = span_text(configuration);
	e->event_log = source_of(doc, event_log);
	e->key_chain = source_of(doc, key_chain);
	e->tls = source_of(doc, tls);
	e->has_batch = batch != NULL;
	return batch == NULL || read_batch(batch, &e->batch, f);
}

/* Whether this claims to be a response at all: else nobody can judge it. */
static FALLIBLE check_kind(const struct json_node *root, struct fault *f)
{
	if (json_kind_of(root) == JSON_OBJECT &&
	    json_find(root, "statement") != NULL &&
	    json_find(root, "reportDataHash") != NULL)
		return true;
	return fault_raise(f, FAULT_UNSUPPORTED, "response.kind",
	    "is JSON, but no response: no statement and reportDataHash");
}

/*
 * What is no JSON at all cannot be judged; what is JSON and contradicts itself
 * (a name twice) is refused.
 */
static FALLIBLE parse(struct span in, const struct json_limits *limits,
    struct response_doc *doc, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (json_parse(in, limits, "response.json", &doc->json, &why))
		return true;
	if (why.kind != FAULT_FORMAT) {
		*f = why;
		return false;
	}
	if (json_is_grammatical(in, limits))
		return fault_raise_at(f, FAULT_FORMAT, "response.members",
		    why.offset, "%s", why.text);
	return fault_raise_at(f, FAULT_UNSUPPORTED, "response.json", why.offset,
	    "not JSON: %s", why.text);
}

static FALLIBLE decode(struct span in, struct response *r,
    struct response_doc *doc, struct fault *f)
{
	const struct json_limits limits = {
		.max_bytes = LIMIT_RESPONSE_BYTES,
		.max_depth = LIMIT_JSON_DEPTH,
		.max_values = LIMIT_JSON_VALUES,
	};
	const struct json_node *statement, *signature, *evidence = NULL;
	const char *hash, *quote = NULL;
	const struct json_field fields[] = {
		{ "evidence", JSON_WANT_OBJECT, true, &evidence },
		{ "quote", JSON_WANT_TEXT, true, &quote },
		{ "reportDataHash", JSON_WANT_TEXT, false, &hash },
		{ "signature", JSON_WANT_OBJECT, false, &signature },
		{ "statement", JSON_WANT_OBJECT, false, &statement },
	};

	TRY(parse(in, &limits, doc, f));
	TRY(check_kind(json_root(doc->json), f));
	TRY(json_read(json_root(doc->json), fields, COUNT(fields),
	    "response.members", f));
	r->statement = json_source(doc->json, statement);
	if (!hex_is_lower(span_text(hash)))
		return fault_raise(f, FAULT_FORMAT, "response.reportDataHash",
		    "must be hexadecimal digits in lower case");
	TRY(hex_decode(span_text(hash), r->report_data_hash.b,
	    sizeof(r->report_data_hash.b), "response.reportDataHash", f));
	TRY(read_signature(signature, r, f));
	if ((quote == NULL) != (evidence == NULL))
		return fault_raise(f, FAULT_FORMAT, "response.members",
		    "quote and evidence stand together or not at all");
	if (quote == NULL)
		return true;
	TRY(base64_decode(span_text(quote), LIMIT_QUOTE_BYTES, &doc->quote,
	    "response.quote", f));
	r->evidence.quote = blob_span(&doc->quote);
	if (r->evidence.quote.n == 0)
		return fault_raise(
		    f, FAULT_FORMAT, "response.quote", "is empty");
	return read_evidence(doc->json, evidence, &r->evidence, f);
}

FALLIBLE response_decode(struct span in, struct response *out,
    struct response_doc *doc, struct fault *f)
{
	AUTO(response_doc_drop) struct response_doc mine = { 0 };
	struct response r = { 0 };

	TRY(decode(in, &r, &mine, f));
	*out = r;
	*doc = mine;
	mine = (struct response_doc){ 0 };
	return true;
}
