/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/json.h"

#include "verify/base/json_scan.h"
#include "verify/base/limits.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

const struct json_limits json_limits_default = {
	.max_bytes = LIMIT_RESPONSE_BYTES,
	.max_depth = LIMIT_JSON_DEPTH,
	.max_values = LIMIT_JSON_VALUES,
};

/* Up to this many members are compared with each other; more are sorted. */
#define FEW_MEMBERS 12

struct json {
	struct blob source; /* the document as it came */
	/*
	 * First what cJSON reads: the document with every number replaced by
	 * 0 and spaces, so that no number passes through its `double`. Then
	 * the numbers stand here again, each with a NUL behind it.
	 */
	struct blob work;
	struct json_nodes nodes;
	cJSON *tree; /* owns names and unescaped texts */
};

static bool make_work(struct json *doc, struct fault *f)
{
	TRY(blob_copy(blob_span(&doc->source), &doc->work, f));
	for (size_t i = 0; i < doc->nodes.n; i++) {
		const struct json_node *v = &doc->nodes.v[i];

		if (v->kind != JSON_NUMBER)
			continue;
		memset(doc->work.p + v->start, ' ', v->end - v->start);
		doc->work.p[v->start] = '0';
	}
	return true;
}

/*
 * After our scan cJSON has nothing to refuse. It writes NULL and 0 to a global
 * of its own at every call; no one here reads that.
 */
static bool make_tree(struct json *doc, const char *at, struct fault *f)
{
	doc->tree = cJSON_ParseWithLengthOpts(
	    (const char *)doc->work.p, doc->work.n + 1, NULL, true);
	if (doc->tree == NULL)
		return fault_raise(f, FAULT_SYSTEM, at,
		    "no memory for a JSON document of %zu bytes",
		    doc->source.n);
	return true;
}

static bool same_kind(enum json_kind kind, const cJSON *item)
{
	switch (kind) {
	case JSON_NULL:
		return cJSON_IsNull(item);
	case JSON_BOOL:
		return cJSON_IsBool(item);
	case JSON_NUMBER:
		return cJSON_IsNumber(item);
	case JSON_TEXT:
		return cJSON_IsString(item) && item->valuestring != NULL;
	case JSON_ARRAY:
		return cJSON_IsArray(item);
	case JSON_OBJECT:
		return cJSON_IsObject(item);
	}
	return false;
}

static const char *number_text(struct json *doc, const struct json_node *v)
{
	char *text = (char *)doc->work.p + v->start;

	memcpy(text, doc->source.p + v->start, v->end - v->start);
	/* Behind a number stands a comma, a bracket, space or our NUL. */
	text[v->end - v->start] = '\0';
	return text;
}

/* Both see the same values in the same order, or we do not go on. */
static bool attach(struct json *doc, const char *at, struct fault *f)
{
	for (size_t i = 0; i < doc->nodes.n; i++) {
		struct json_node *v = &doc->nodes.v[i];
		struct json_node *parent =
		    i > 0 ? &doc->nodes.v[v->parent] : NULL;
		const cJSON *item = parent != NULL ? parent->cursor : doc->tree;
		bool named = parent != NULL && parent->kind == JSON_OBJECT;

		if (item == NULL || !same_kind(v->kind, item) ||
		    named != (item->string != NULL) ||
		    (v->is_last && item->next != NULL))
			return fault_raise_at(f, FAULT_INTERNAL, at, v->start,
			    "two readers of this JSON document disagree");
		if (parent != NULL)
			parent->cursor = item->next;
		v->cursor = item->child;
		v->name = item->string;
		if (v->kind == JSON_TEXT)
			v->text = item->valuestring;
		else if (v->kind == JSON_NUMBER)
			v->text = number_text(doc, v);
	}
	return true;
}

/* ---- duplicate names ---------------------------------------------------- */

/* By name, then by place. */
static int by_name(const void *a, const void *b)
{
	const struct json_node *x = *(const struct json_node *const *)a;
	const struct json_node *y = *(const struct json_node *const *)b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : (x > y) - (x < y);
}

/* The first member whose name stands in front of it already, or NULL. */
static const struct json_node *duplicate_of_few(const struct json_node *object)
{
	const struct json_node *a, *b;

	for (b = json_first(object); b != NULL; b = json_next(b)) {
		for (a = json_first(object); a != b; a = json_next(a)) {
			if (strcmp(a->name, b->name) == 0)
				return b;
		}
	}
	return NULL;
}

/* The same in n log n, for the hostile ones. */
static const struct json_node *duplicate_of_many(
    const struct json_node *object, const struct json_node **members)
{
	const struct json_node *v, *found = NULL;
	size_t n = 0;

	for (v = json_first(object); v != NULL; v = json_next(v))
		members[n++] = v;
	qsort(members, n, sizeof(members[0]), by_name);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(members[i - 1]->name, members[i]->name) == 0 &&
		    (found == NULL || members[i] < found))
			found = members[i];
	}
	return found;
}

static bool check_duplicates(
    const struct json *doc, const char *at, struct fault *f)
{
	const struct json_node *found = NULL;
	const struct json_node **members = NULL;
	size_t most = 0;

	for (size_t i = 0; i < doc->nodes.n; i++) {
		const struct json_node *v = &doc->nodes.v[i];
		if (v->kind == JSON_OBJECT && v->n_children > most)
			most = v->n_children;
	}
	if (most > FEW_MEMBERS) {
		members = calloc(most, sizeof(members[0]));
		if (members == NULL)
			return fault_raise(f, FAULT_SYSTEM, at,
			    "no memory for %zu members", most);
	}
	for (size_t i = 0; i < doc->nodes.n && found == NULL; i++) {
		const struct json_node *v = &doc->nodes.v[i];

		if (v->kind != JSON_OBJECT)
			continue;
		found = v->n_children <= FEW_MEMBERS
		    ? duplicate_of_few(v)
		    : duplicate_of_many(v, members);
	}
	free(members);
	if (found != NULL)
		return fault_raise_at(f, FAULT_FORMAT, at, found->name_start,
		    "member \"%.64s\" stands twice in one object", found->name);
	return true;
}

/* ---- documents ---------------------------------------------------------- */

FALLIBLE json_parse(struct span in, const struct json_limits *limits,
    const char *at, struct json **out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct json_limits within = *limits;

	if (in.n > limits->max_bytes)
		return fault_raise(f, FAULT_LIMIT, at,
		    "a JSON document of %zu bytes; the limit is %zu", in.n,
		    limits->max_bytes);
	/* cJSON recurses, and refuses beyond this itself. */
	if (within.max_depth > CJSON_NESTING_LIMIT)
		within.max_depth = CJSON_NESTING_LIMIT;
	doc = calloc(1, sizeof(*doc));
	if (doc == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, at, "no memory for a JSON document");
	TRY(blob_copy(in, &doc->source, f));
	TRY(json_scan(blob_span(&doc->source), &within, at, &doc->nodes, f));
	TRY(make_work(doc, f));
	TRY(make_tree(doc, at, f));
	TRY(attach(doc, at, f));
	TRY(check_duplicates(doc, at, f));
	*out = doc;
	doc = NULL;
	return true;
}

bool json_is_grammatical(struct span in, const struct json_limits *limits)
{
	struct json_nodes nodes = { 0 };
	struct fault f = FAULT_INIT;
	bool ok = in.n <= limits->max_bytes &&
	    json_scan(in, limits, "json.grammar", &nodes, &f);

	free(nodes.v);
	return ok;
}

void json_free(struct json *doc)
{
	if (doc == NULL)
		return;
	cJSON_Delete(doc->tree);
	free(doc->nodes.v);
	blob_drop(&doc->work);
	blob_drop(&doc->source);
	free(doc);
}

void json_drop(struct json **doc)
{
	json_free(*doc);
	*doc = NULL;
}

const struct json_node *json_root(const struct json *doc)
{
	return doc->nodes.v;
}

struct span json_source(const struct json *doc, const struct json_node *v)
{
	return span_of(doc->source.p + v->start, v->end - v->start);
}

/* ---- views -------------------------------------------------------------- */

enum json_kind json_kind_of(const struct json_node *v)
{
	return v == NULL ? JSON_NULL : v->kind;
}

const char *json_kind_name(enum json_kind kind)
{
	switch (kind) {
	case JSON_NULL:
		return "null";
	case JSON_BOOL:
		return "bool";
	case JSON_NUMBER:
		return "number";
	case JSON_TEXT:
		return "text";
	case JSON_ARRAY:
		return "array";
	case JSON_OBJECT:
		return "object";
	}
	return "unknown";
}

const struct json_node *json_first(const struct json_node *v)
{
	return v != NULL && v->n_children > 0 ? v + 1 : NULL;
}

const struct json_node *json_next(const struct json_node *v)
{
	return v->is_last ? NULL : v + v->n_nodes;
}

size_t json_count(const struct json_node *v)
{
	return v != NULL ? v->n_children : 0;
}

const char *json_name(const struct json_node *v)
{
	return v->name;
}

const char *json_text(const struct json_node *v)
{
	return v->kind == JSON_TEXT ? v->text : "";
}

const char *json_number(const struct json_node *v)
{
	return v->kind == JSON_NUMBER ? v->text : "";
}

bool json_bool(const struct json_node *v)
{
	return v->kind == JSON_BOOL && v->boolean;
}

size_t json_offset(const struct json_node *v)
{
	return v->start;
}
