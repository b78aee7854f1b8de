/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/text.h"
#include "verify/statement_members.h"
#include "verify/statement_rules.h"

#include <stdlib.h>
#include <string.h>

static FALLIBLE read_hops(const struct json_node *array,
    struct statement_source *b, struct statement_doc *doc, struct fault *f);

static void *field_in(void *base, size_t offset)
{
	return (uint8_t *)base + offset;
}

static FALLIBLE want(const struct json_node *v, enum json_kind kind,
    const char *at, struct fault *f)
{
	if (json_kind_of(v) != kind)
		return fault_raise(f, FAULT_FORMAT, at, "is %s, not %s",
		    json_kind_name(json_kind_of(v)), json_kind_name(kind));
	return true;
}

static FALLIBLE read_text(const struct json_node *v, struct span *out,
    const char *at, struct fault *f)
{
	TRY(want(v, JSON_TEXT, at, f));
	*out = span_text(json_text(v));
	return true;
}

/* Lower-case digits behind an optional prefix, exactly n bytes. */
static FALLIBLE read_hex(const struct json_node *v, const char *prefix,
    void *out, size_t n, const char *at, struct fault *f)
{
	size_t skip = strlen(prefix);
	struct span text, digits;

	TRY(read_text(v, &text, at, f));
	if (text.n < skip || memcmp(text.p, prefix, skip) != 0)
		return fault_raise(
		    f, FAULT_FORMAT, at, "must begin with %s", prefix);
	digits = span_of(text.p + skip, text.n - skip);
	if (!hex_is_lower(digits))
		return fault_raise(f, FAULT_FORMAT, at,
		    "must be hexadecimal digits in lower case");
	return hex_decode(digits, out, n, at, f);
}

static FALLIBLE read_hash(const struct json_node *v, struct sha256 *out,
    const char *at, struct fault *f)
{
	return read_hex(v, "", out->b, sizeof(out->b), at, f);
}

static FALLIBLE read_fingerprint(const struct json_node *v, struct sha256 *out,
    const char *at, struct fault *f)
{
	struct span text;

	TRY(read_text(v, &text, at, f));
	return hex_decode_colon(text, out->b, sizeof(out->b), at, f);
}

static FALLIBLE read_u64(const struct json_node *v, uint64_t max, uint64_t *out,
    const char *at, struct fault *f)
{
	TRY(want(v, JSON_NUMBER, at, f));
	return json_u64(v, max, out, at, f);
}

static FALLIBLE read_decimals(
    const struct json_node *v, uint8_t *out, const char *at, struct fault *f)
{
	uint64_t n;

	TRY(read_u64(v, DEC_MAX_DECIMALS, &n, at, f));
	*out = (uint8_t)n;
	return true;
}

static FALLIBLE read_ms(
    const struct json_node *v, struct utc *out, const char *at, struct fault *f)
{
	uint64_t ms;

	TRY(read_u64(v, STATEMENT_MAX_MS, &ms, at, f));
	out->ms = (int64_t)ms;
	return true;
}

static FALLIBLE read_time(
    const struct json_node *v, struct utc *out, const char *at, struct fault *f)
{
	struct span text;

	TRY(read_text(v, &text, at, f));
	return utc_parse_strict(text, out, at, f);
}

static FALLIBLE read_true(
    const struct json_node *v, bool *out, const char *at, struct fault *f)
{
	TRY(want(v, JSON_BOOL, at, f));
	if (!json_bool(v))
		return fault_raise(
		    f, FAULT_FORMAT, at, "is true or it is absent");
	*out = true;
	return true;
}

static FALLIBLE read_type(
    const struct json_node *v, const char *at, struct fault *f)
{
	struct span text;

	TRY(read_text(v, &text, at, f));
	if (!span_equal_text(text, STATEMENT_TYPE))
		return fault_raise(f, FAULT_UNSUPPORTED, at,
		    "is not %s, the only type known here", STATEMENT_TYPE);
	return true;
}

static FALLIBLE read_kind(const struct json_node *v,
    const struct statement_kind **out, const char *at, struct fault *f)
{
	struct span text;

	TRY(read_text(v, &text, at, f));
	*out = statement_kind_find(text);
	if (*out == NULL)
		return fault_raise(
		    f, FAULT_UNSUPPORTED, at, "is of no kind known here");
	return true;
}

static FALLIBLE read_nonce(const struct json_node *v, struct span *out,
    struct statement_doc *doc, const char *at, struct fault *f)
{
	struct span text;

	TRY(read_text(v, &text, at, f));
	if (text.n == 0 || !hex_is_lower(text))
		return fault_raise(f, FAULT_FORMAT, at,
		    "must be hexadecimal digits in lower case");
	TRY(hex_decode_blob(text, LIMIT_NONCE_BYTES, &doc->nonce, at, f));
	*out = blob_span(&doc->nonce);
	return true;
}

static FALLIBLE read_chain(const struct json_node *v, struct tls_evidence *t,
    const char *at, struct fault *f)
{
	TRY(want(v, JSON_ARRAY, at, f));
	if (json_count(v) > LIMIT_CHAIN_CERTS)
		return fault_raise(f, FAULT_LIMIT, at,
		    "has %zu elements, at most %d are allowed", json_count(v),
		    LIMIT_CHAIN_CERTS);
	t->n_chain = 0;
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		TRY(read_hash(e, &t->chain[t->n_chain++], at, f));
	return true;
}

static FALLIBLE read_member(const struct json_node *v, const struct member *m,
    void *base, struct statement_doc *doc, struct fault *f)
{
	void *p = field_in(base, m->offset);
	struct eth_addr *addr = p;

	if (m->has != 0)
		*(bool *)field_in(base, m->has) = true;
	switch (m->form) {
	case FORM_TYPE:
		return read_type(v, m->at, f);
	case FORM_KIND:
		return read_kind(v, p, m->at, f);
	case FORM_HASH:
		return read_hash(v, p, m->at, f);
	case FORM_FINGERPRINT:
		return read_fingerprint(v, p, m->at, f);
	case FORM_ADDRESS:
		return read_hex(v, "0x", addr->b, sizeof(addr->b), m->at, f);
	case FORM_TEXT:
		return read_text(v, p, m->at, f);
	case FORM_U64:
		return read_u64(v, STATEMENT_MAX_INTEGER, p, m->at, f);
	case FORM_DECIMALS:
		return read_decimals(v, p, m->at, f);
	case FORM_TRUE:
		return read_true(v, p, m->at, f);
	case FORM_MS:
		return read_ms(v, p, m->at, f);
	case FORM_TIME:
		return read_time(v, p, m->at, f);
	case FORM_NONCE:
		return read_nonce(v, p, doc, m->at, f);
	case FORM_CHAIN:
		return read_chain(v, p, m->at, f);
	case FORM_HOPS:
		return read_hops(v, base, doc, f);
	case FORM_SOURCES:
	case FORM_USED:
	case FORM_REJECTED:
		/* They refer to each other: read_many. */
		return want(v, JSON_ARRAY, m->at, f);
	}
	return fault_raise(f, FAULT_INTERNAL, m->at, "no such form");
}

static FALLIBLE refuse_unknown(const struct json_node *object,
    const struct member_shape *shape, struct fault *f)
{
	for (const struct json_node *v = json_first(object); v != NULL;
	     v = json_next(v)) {
		const char *name = json_name(v);
		bool known =
		    shape->value != NULL && strcmp(name, shape->value) == 0;

		for (size_t i = 0; i < shape->n_rows && !known; i++)
			known = statement_members_due(shape, &shape->rows[i]) &&
			    strcmp(name, shape->rows[i].name) == 0;
		if (!known)
			return fault_raise(f, FAULT_FORMAT, "statement.members",
			    "the member %.64s does not belong there", name);
	}
	return true;
}

static FALLIBLE missing(const char *name, struct fault *f)
{
	return fault_raise(f, FAULT_FORMAT, "statement.members",
	    "the member %s is missing", name);
}

static FALLIBLE read_members(const struct json_node *object,
    const struct member_shape *shape, void *base,
    struct statement_source *source, struct span *value,
    struct statement_doc *doc, struct fault *f)
{
	TRY(refuse_unknown(object, shape, f));
	for (size_t i = 0; i < shape->n_rows; i++) {
		const struct member *m = &shape->rows[i];
		const struct json_node *v;

		if (!statement_members_due(shape, m))
			continue;
		v = json_find(object, m->name);
		if (v == NULL && (m->when & OPTIONAL) != 0)
			continue;
		if (v == NULL)
			return missing(m->name, f);
		TRY(read_member(v, m,
		    (m->when & IF_ONE) != 0 ? (void *)source : base, doc, f));
	}
	if (shape->value != NULL) {
		const struct json_node *v = json_find(object, shape->value);

		if (v == NULL)
			return missing(shape->value, f);
		TRY(read_text(v, value, "statement.value", f));
	}
	return true;
}

/* Room for the most there may be at once: it does not move then. */
static struct statement_hop *next_hop(struct statement_doc *doc)
{
	enum { MAX = LIMIT_SOURCES * LIMIT_REDIRECTS };

	if (doc->hops == NULL)
		doc->hops = calloc(MAX, sizeof(*doc->hops));
	if (doc->hops == NULL || doc->n_hops == MAX)
		return NULL;
	return &doc->hops[doc->n_hops++];
}

static FALLIBLE read_hops(const struct json_node *array,
    struct statement_source *b, struct statement_doc *doc, struct fault *f)
{
	TRY(want(array, JSON_ARRAY, "statement.hops", f));
	if (json_count(array) > LIMIT_REDIRECTS)
		return fault_raise(f, FAULT_LIMIT, "statement.hops",
		    "has %zu elements, at most %d are allowed",
		    json_count(array), LIMIT_REDIRECTS);
	for (const struct json_node *v = json_first(array); v != NULL;
	     v = json_next(v)) {
		struct member_shape shape =
		    statement_members_hop(json_find(v, "plainHttp") != NULL);

		TRY(want(v, JSON_OBJECT, "statement.hops", f));
		struct statement_hop *hop = next_hop(doc);
		if (hop == NULL)
			return fault_raise(f, FAULT_SYSTEM, "statement.memory",
			    "out of memory");
		if (!read_members(v, &shape, hop, NULL, NULL, NULL, f))
			return fault_within(f, "hops[%zu]", b->n_hops);
		if (b->n_hops++ == 0)
			b->hops = hop;
	}
	return true;
}

static FALLIBLE read_sources(const struct json_node *array, struct statement *s,
    struct statement_doc *doc, struct fault *f)
{
	if (json_count(array) > LIMIT_SOURCES)
		return fault_raise(f, FAULT_LIMIT, "statement.sources",
		    "has %zu elements, at most %d are allowed",
		    json_count(array), LIMIT_SOURCES);
	for (const struct json_node *v = json_first(array); v != NULL;
	     v = json_next(v)) {
		struct statement_source *b = &s->source[s->n_sources];
		struct member_shape shape = statement_members_source(
		    s->kind, json_find(v, "plainHttp") != NULL);

		TRY(want(v, JSON_OBJECT, "statement.sources", f));
		if (!read_members(v, &shape, b, NULL, &b->value, doc, f))
			return fault_within(f, "sources[%zu]", s->n_sources);
		s->n_sources++;
	}
	return true;
}

static FALLIBLE read_used(
    const struct json_node *array, struct statement *s, struct fault *f)
{
	for (const struct json_node *v = json_first(array); v != NULL;
	     v = json_next(v)) {
		uint64_t i;

		TRY(read_u64(v, LIMIT_SOURCES, &i, "statement.used", f));
		if (i >= s->n_sources || s->source[i].used)
			return fault_raise(f, FAULT_FORMAT, "statement.used",
			    "names no element of sources, or one twice");
		s->source[i].used = true;
	}
	return true;
}

/* A rejected source with a block has its host and URL there already. */
static FALLIBLE read_rejection(const struct json_node *v, struct statement *s,
    size_t n_blocks, struct fault *f)
{
	const char *at = "statement.rejected";
	const char *detail, *reason, *host, *url;
	uint64_t index = UINT64_MAX;
	const struct json_field fields[] = {
		{ "detail", JSON_WANT_TEXT, false, &detail },
		{ "index", JSON_WANT_U64, true, &index },
		{ "reason", JSON_WANT_TEXT, false, &reason },
		{ "source", JSON_WANT_TEXT, false, &host },
		{ "url", JSON_WANT_TEXT, false, &url },
	};
	struct statement_source *b;

	TRY(json_read(v, fields, COUNT(fields), at, f));
	if (index == UINT64_MAX) {
		if (s->n_sources >= LIMIT_SOURCES)
			return fault_raise(f, FAULT_LIMIT, at,
			    "more than %d sources", LIMIT_SOURCES);
		b = &s->source[s->n_sources++];
		b->failed = true;
		b->host = span_text(host);
		b->url = span_text(url);
	} else {
		if (index >= n_blocks || s->source[index].used ||
		    s->source[index].reason.n > 0)
			return fault_raise(f, FAULT_FORMAT, at,
			    "names no element of sources, or one that is "
			    "used or rejected already");
		b = &s->source[index];
		if (!span_equal_text(b->host, host) ||
		    !span_equal_text(b->url, url))
			return fault_raise(f, FAULT_FORMAT, at,
			    "names another source than the element it "
			    "points to");
	}
	b->reason = span_text(reason);
	b->detail = span_text(detail);
	return true;
}

static FALLIBLE read_many(const struct json_node *root, struct statement *s,
    struct statement_doc *doc, struct fault *f)
{
	const struct json_node *rejected = json_find(root, "rejected");
	size_t n_blocks;

	TRY(read_sources(json_find(root, "sources"), s, doc, f));
	TRY(read_used(json_find(root, "used"), s, f));
	n_blocks = s->n_sources;
	for (const struct json_node *v = json_first(rejected); v != NULL;
	     v = json_next(v))
		TRY(read_rejection(v, s, n_blocks, f));
	if (s->n_sources < 2)
		return fault_raise(f, FAULT_FORMAT, "statement.sources",
		    "one source stands inline, without sources");
	return true;
}

FALLIBLE statement_read(const struct json_node *root, struct statement *s,
    struct statement_doc *doc, struct fault *f)
{
	const struct json_node *type = json_find(root, "type");
	const struct json_node *kind = json_find(root, "kind");
	bool many = json_find(root, "sources") != NULL;
	bool plain = !many && json_find(root, "plainHttp") != NULL;
	struct member_shape shape;

	TRY(want(root, JSON_OBJECT, "statement.json", f));
	if (type == NULL)
		return missing("type", f);
	TRY(read_type(type, "statement.type", f));
	if (kind == NULL)
		return missing("kind", f);
	TRY(read_kind(kind, &s->kind, "statement.kind", f));
	shape = statement_members_root(s->kind, !many, plain);
	TRY(read_members(root, &shape, s, &s->source[0], &s->value, doc, f));
	if (!s->kind->has_sources)
		return true;
	if (many)
		return read_many(root, s, doc, f);
	s->n_sources = 1;
	s->source[0].used = true;
	s->source[0].value = s->value;
	return true;
}
