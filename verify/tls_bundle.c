/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tls_bundle.h"

#include "verify/base/canon.h"
#include "verify/base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *member;
	size_t max_items, max_bytes;
} kinds[TLS_ITEM_KINDS] = {
	[TLS_ITEM_CERT] = { "certificates", LIMIT_TLS_CERTS, LIMIT_CERT_BYTES },
	[TLS_ITEM_OCSP] = { "ocsp", LIMIT_TLS_CONNECTIONS, LIMIT_OCSP_BYTES },
	[TLS_ITEM_SCTS] = { "scts", LIMIT_TLS_CONNECTIONS,
	    LIMIT_SCT_LIST_BYTES },
};

static int compare(const void *a, const void *b)
{
	return memcmp(((const struct tls_item *)a)->hash.b,
	    ((const struct tls_item *)b)->hash.b, sizeof(struct sha256));
}

/* ---- writing ------------------------------------------------------------ */

void tls_bundle_maker_drop(struct tls_bundle_maker *m)
{
	for (size_t k = 0; k < TLS_ITEM_KINDS; k++)
		free(m->list[k].item);
	*m = (struct tls_bundle_maker){ 0 };
}

static bool has(const struct tls_list *list, const struct sha256 *hash)
{
	for (size_t i = 0; i < list->n; i++)
		if (sha256_equal(&list->item[i].hash, hash))
			return true;
	return false;
}

static FALLIBLE make_room(
    struct tls_bundle_maker *m, enum tls_item_kind kind, struct fault *f)
{
	struct tls_list *list = &m->list[kind];
	size_t cap = m->cap[kind] > 0 ? 2 * m->cap[kind] : 8;
	struct tls_item *item;

	if (list->n < m->cap[kind])
		return true;
	item = realloc(list->item, cap * sizeof(*item));
	if (item == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "tls.bundle", "out of memory");
	list->item = item;
	m->cap[kind] = cap;
	return true;
}

FALLIBLE tls_bundle_add(struct tls_bundle_maker *m, enum tls_item_kind kind,
    const struct sha256 *hash, struct span bytes, struct fault *f)
{
	struct tls_list *list = &m->list[kind];

	if (has(list, hash))
		return true;
	if (list->n == kinds[kind].max_items ||
	    bytes.n > kinds[kind].max_bytes ||
	    bytes.n > LIMIT_TLS_BUNDLE_BYTES - m->bytes)
		return fault_raise(f, FAULT_LIMIT, "tls.bundle",
		    "the connections carried more than evidence may hold: %s",
		    kinds[kind].member);
	TRY(make_room(m, kind, f));
	list->item[list->n++] = (struct tls_item){ *hash, bytes };
	m->bytes += bytes.n;
	return true;
}

FALLIBLE tls_bundle_write(
    struct tls_bundle_maker *m, struct wr *w, struct fault *f)
{
	struct canon c = canon_to(w);

	canon_object(&c, NULL);
	for (size_t k = 0; k < TLS_ITEM_KINDS; k++) {
		struct tls_list *list = &m->list[k];

		if (list->n > 0)
			qsort(
			    list->item, list->n, sizeof(*list->item), compare);
		canon_array(&c, kinds[k].member);
		for (size_t i = 0; i < list->n; i++)
			canon_base64(&c, NULL, list->item[i].bytes);
		canon_end(&c);
	}
	canon_end(&c);
	if (!wr_ok(w))
		return fault_raise(
		    f, w->f->kind, "tls.bundle", "%s", w->f->text);
	return true;
}

/* ---- reading ------------------------------------------------------------ */

#define AT "tls.evidence"

void tls_bundle_drop(struct tls_bundle *b)
{
	for (size_t i = 0; i < b->n_own; i++)
		blob_drop(&b->own[i]);
	for (size_t k = 0; k < TLS_ITEM_KINDS; k++)
		free(b->list[k].item);
	free(b->own);
	*b = (struct tls_bundle){ 0 };
}

static FALLIBLE read_item(struct tls_bundle *b, struct tls_list *list,
    const struct json_node *v, size_t max_bytes, struct fault *f)
{
	struct blob *own = &b->own[b->n_own];
	struct tls_item *item = &list->item[list->n];

	if (json_kind_of(v) != JSON_TEXT)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "has an element that is no text");
	TRY(base64_decode(span_text(json_text(v)), max_bytes, own, AT, f));
	b->n_own++;
	item->bytes = blob_span(own);
	item->hash = sha256_of(item->bytes);
	if (own->n == 0)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "has an element that is empty");
	if (list->n > 0 && compare(item - 1, item) >= 0)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "its elements are not in ascending order of their "
		    "SHA-256, each once");
	list->n++;
	return true;
}

static FALLIBLE read_list(struct tls_bundle *b, enum tls_item_kind kind,
    const struct json_node *array, size_t *bytes, struct fault *f)
{
	struct tls_list *list = &b->list[kind];
	size_t n = json_count(array);

	if (n > kinds[kind].max_items)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "%s has %zu elements, at most %zu are allowed",
		    kinds[kind].member, n, kinds[kind].max_items);
	list->item = calloc(n > 0 ? n : 1, sizeof(*list->item));
	if (list->item == NULL)
		return fault_raise(f, FAULT_SYSTEM, AT, "out of memory");
	for (const struct json_node *v = json_first(array); v != NULL;
	     v = json_next(v)) {
		TRY(read_item(b, list, v, kinds[kind].max_bytes, f));
		*bytes += list->item[list->n - 1].bytes.n;
	}
	if (*bytes > LIMIT_TLS_BUNDLE_BYTES)
		return fault_raise(f, FAULT_LIMIT, AT, "has more than %u bytes",
		    LIMIT_TLS_BUNDLE_BYTES);
	return true;
}

static FALLIBLE read_all(
    const struct json_node *root, struct tls_bundle *b, struct fault *f)
{
	const struct json_node *array[TLS_ITEM_KINDS];
	const struct json_field fields[] = {
		{ "certificates", JSON_WANT_ARRAY, false,
		    &array[TLS_ITEM_CERT] },
		{ "ocsp", JSON_WANT_ARRAY, false, &array[TLS_ITEM_OCSP] },
		{ "scts", JSON_WANT_ARRAY, false, &array[TLS_ITEM_SCTS] },
	};
	size_t n = 0, bytes = 0;

	TRY(json_read(root, fields, COUNT(fields), AT, f));
	for (size_t k = 0; k < TLS_ITEM_KINDS; k++)
		n += json_count(array[k]);
	b->own = calloc(n > 0 ? n : 1, sizeof(*b->own));
	if (b->own == NULL)
		return fault_raise(f, FAULT_SYSTEM, AT, "out of memory");
	for (size_t k = 0; k < TLS_ITEM_KINDS; k++)
		TRY(read_list(b, (enum tls_item_kind)k, array[k], &bytes, f));
	return true;
}

FALLIBLE tls_bundle_read(
    struct span json, struct tls_bundle *out, struct fault *f)
{
	const struct json_limits limits = {
		.max_bytes = LIMIT_RESPONSE_BYTES,
		.max_depth = 2,
		.max_values = LIMIT_TLS_CERTS + 2 * LIMIT_TLS_CONNECTIONS + 8,
	};
	AUTO(tls_bundle_drop) struct tls_bundle b = { 0 };
	AUTO(json_drop) struct json *doc = NULL;

	TRY(json_parse(json, &limits, AT, &doc, f));
	TRY(read_all(json_root(doc), &b, f));
	*out = b;
	b = (struct tls_bundle){ 0 };
	return true;
}

const struct tls_item *tls_bundle_find(const struct tls_bundle *b,
    enum tls_item_kind kind, const struct sha256 *hash)
{
	const struct tls_item key = { .hash = *hash };
	const struct tls_list *list = &b->list[kind];

	if (list->n == 0)
		return NULL;
	return bsearch(&key, list->item, list->n, sizeof(*list->item), compare);
}
