/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/text.h"
#include "verify/statement_members.h"

#include <string.h>

static void write_hops(struct canon *c, const struct statement_source *b);
static void write_sources(struct canon *c, const struct statement *s);
static void write_used(struct canon *c, const struct statement *s);
static void write_rejected(struct canon *c, const struct statement *s);

static const void *field_of(const void *base, size_t offset)
{
	return (const uint8_t *)base + offset;
}

static void write_fingerprint(
    struct canon *c, const char *name, const struct sha256 *hash)
{
	char text[HEX_COLON_SIZE(32)];

	hex_encode_colon(sha256_span(hash), text);
	canon_text(c, name, text);
}

static void write_time(struct canon *c, const char *name, struct utc t)
{
	char text[UTC_TEXT_SIZE];

	canon_text(c, name, utc_format(t, text));
}

static void write_chain(
    struct canon *c, const char *name, const struct tls_evidence *t)
{
	canon_array(c, name);
	for (size_t i = 0; i < t->n_chain; i++)
		canon_hex(c, NULL, sha256_span(&t->chain[i]));
	canon_end(c);
}

static void write_member(
    struct canon *c, const struct member *m, const void *base)
{
	const void *p = field_of(base, m->offset);
	const struct statement_kind *const *kind = p;
	const struct eth_addr *addr = p;
	const struct utc *t = p;

	switch (m->form) {
	case FORM_TYPE:
		canon_text(c, m->name, STATEMENT_TYPE);
		break;
	case FORM_KIND:
		canon_text(c, m->name, (*kind)->id);
		break;
	case FORM_HASH:
		canon_hex(c, m->name, sha256_span(p));
		break;
	case FORM_FINGERPRINT:
		write_fingerprint(c, m->name, p);
		break;
	case FORM_ADDRESS:
		canon_hex_0x(c, m->name, span_of(addr->b, sizeof(addr->b)));
		break;
	case FORM_TEXT:
		canon_text_span(c, m->name, *(const struct span *)p);
		break;
	case FORM_U64:
		canon_u64(c, m->name, *(const uint64_t *)p);
		break;
	case FORM_DECIMALS:
		canon_u64(c, m->name, *(const uint8_t *)p);
		break;
	case FORM_TRUE:
		canon_bool(c, m->name, true);
		break;
	case FORM_MS:
		canon_u64(c, m->name, (uint64_t)t->ms);
		break;
	case FORM_TIME:
		write_time(c, m->name, *t);
		break;
	case FORM_NONCE:
		canon_hex(c, m->name, *(const struct span *)p);
		break;
	case FORM_CHAIN:
		write_chain(c, m->name, p);
		break;
	case FORM_HOPS:
		write_hops(c, base);
		break;
	case FORM_SOURCES:
		write_sources(c, base);
		break;
	case FORM_USED:
		write_used(c, base);
		break;
	case FORM_REJECTED:
		write_rejected(c, base);
		break;
	}
}

/* Whether an optional member stands there. */
static bool is_there(const struct member *m, const void *base)
{
	const struct statement_source *b = base;

	if (m->has != 0)
		return *(const bool *)field_of(base, m->has);
	if (m->form == FORM_HOPS)
		return b->n_hops > 0;
	if (m->form == FORM_U64)
		return *(const uint64_t *)field_of(base, m->offset) != 0;
	return ((const struct span *)field_of(base, m->offset))->n > 0;
}

/*
 * Walks the table in canonical order. `source` is the base of rows with
 * IF_ONE; in the other tables there are none.
 */
static void write_members(struct canon *c, const struct member_shape *shape,
    const void *base, const struct statement_source *source, struct span value)
{
	bool value_due = shape->value != NULL;

	for (size_t i = 0; i < shape->n_rows; i++) {
		const struct member *m = &shape->rows[i];
		const void *of = (m->when & IF_ONE) != 0 ? source : base;

		if (!statement_members_due(shape, m))
			continue;
		if (value_due && strcmp(shape->value, m->name) < 0) {
			canon_text_span(c, shape->value, value);
			value_due = false;
		}
		if ((m->when & OPTIONAL) == 0 || is_there(m, of))
			write_member(c, m, of);
	}
	if (value_due)
		canon_text_span(c, shape->value, value);
}

static void write_hops(struct canon *c, const struct statement_source *b)
{
	canon_array(c, "hops");
	for (size_t i = 0; i < b->n_hops; i++) {
		const struct statement_hop *h = &b->hops[i];
		struct member_shape shape =
		    statement_members_hop(h->tls.plain_http);

		canon_object(c, NULL);
		write_members(c, &shape, h, NULL, (struct span){ 0 });
		canon_end(c);
	}
	canon_end(c);
}

static void write_sources(struct canon *c, const struct statement *s)
{
	canon_array(c, "sources");
	for (size_t i = 0; i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];
		struct member_shape shape =
		    statement_members_source(s->kind, b->tls.plain_http);

		if (b->failed)
			continue;
		canon_object(c, NULL);
		write_members(c, &shape, b, NULL, b->value);
		canon_end(c);
	}
	canon_end(c);
}

/* Indices count the elements of `sources`: those that did not fail. */
static void write_used(struct canon *c, const struct statement *s)
{
	uint64_t index = 0;

	canon_array(c, "used");
	for (size_t i = 0; i < s->n_sources; i++) {
		if (s->source[i].used)
			canon_u64(c, NULL, index);
		if (!s->source[i].failed)
			index++;
	}
	canon_end(c);
}

static void write_rejection(
    struct canon *c, const struct statement_source *b, const uint64_t *index)
{
	canon_object(c, NULL);
	canon_text_span(c, "detail", b->detail);
	if (index != NULL)
		canon_u64(c, "index", *index);
	canon_text_span(c, "reason", b->reason);
	canon_text_span(c, "source", b->host);
	canon_text_span(c, "url", b->url);
	canon_end(c);
}

static void write_rejected(struct canon *c, const struct statement *s)
{
	uint64_t index = 0;

	canon_array(c, "rejected");
	for (size_t i = 0; i < s->n_sources; i++) {
		if (s->source[i].failed)
			continue;
		if (!s->source[i].used)
			write_rejection(c, &s->source[i], &index);
		index++;
	}
	for (size_t i = 0; i < s->n_sources; i++)
		if (s->source[i].failed)
			write_rejection(c, &s->source[i], NULL);
	canon_end(c);
}

void statement_write(struct canon *c, const struct statement *s)
{
	bool one = s->n_sources == 1;
	struct member_shape shape = statement_members_root(
	    s->kind, one, one && s->source[0].tls.plain_http);

	canon_object(c, NULL);
	write_members(c, &shape, s, &s->source[0], s->value);
	canon_end(c);
}
