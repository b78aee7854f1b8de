/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_normalize.h"

#include "verify/base/canon.h"
#include "verify/base/limits.h"

#include <string.h>

#define AT "dstack.normalize"
#define MAX_MEMBERS 64

struct list {
	const struct json_node *v[MAX_MEMBERS];
	size_t n;
};

static const char *text_of(const struct json_node *root, const char *name)
{
	const struct json_node *v = json_find(root, name);

	return v != NULL ? json_text(v) : "";
}

static bool is_empty(const struct json_node *v)
{
	switch (json_kind_of(v)) {
	case JSON_NULL:
		return true;
	case JSON_BOOL:
		return !json_bool(v);
	case JSON_TEXT:
		return json_text(v)[0] == '\0';
	case JSON_NUMBER:
	case JSON_ARRAY:
	case JSON_OBJECT:
		return false;
	}
	return false;
}

static bool is_dropped(
    const struct json_node *root, const struct json_node *member)
{
	const char *runner = text_of(root, "runner"), *name = json_name(member);

	if (strcmp(name, "docker_compose_file") == 0)
		return strcmp(runner, "bash") == 0;
	if (strcmp(name, "bash_script") == 0)
		return strcmp(runner, "docker-compose") == 0 ||
		    strcmp(runner, "nerdctl-compose") == 0;
	return strcmp(name, "pre_launch_script") == 0 && is_empty(member);
}

/* In the order of names; beyond ASCII the writer has the last word. */
static void insert(struct list *l, const struct json_node *v)
{
	size_t at = l->n++;

	for (; at > 0 && strcmp(json_name(l->v[at - 1]), json_name(v)) > 0;
	     at--)
		l->v[at] = l->v[at - 1];
	l->v[at] = v;
}

static FALLIBLE collect(
    const struct json_node *root, bool drop, struct list *l, struct fault *f)
{
	for (const struct json_node *v = json_first(root); v != NULL;
	     v = json_next(v)) {
		if (drop && is_dropped(root, v))
			continue;
		if (l->n == MAX_MEMBERS ||
		    strlen(json_name(v)) > CANON_MAX_NAME)
			return fault_raise(f, FAULT_LIMIT, AT,
			    "has too many members, or too long a name");
		insert(l, v);
	}
	return true;
}

static FALLIBLE put_member(
    struct canon *c, const struct json_node *v, struct fault *f)
{
	AUTO(blob_drop) struct blob value = { 0 };
	struct wr w = wr_grow(LIMIT_APP_COMPOSE_BYTES, AT, f);

	if (!canon_print(v, &w, AT, f)) {
		wr_drop(&w);
		return false;
	}
	TRY(wr_done(&w, &value));
	canon_raw(c, json_name(v), blob_span(&value));
	return true;
}

FALLIBLE dstack_normalize(
    struct span text, bool drop, struct wr *w, struct fault *f)
{
	const struct json_limits limits = {
		.max_bytes = LIMIT_APP_COMPOSE_BYTES,
		.max_depth = 16,
		.max_values = 4096,
	};
	AUTO(json_drop) struct json *doc = NULL;
	struct list members = { .n = 0 };
	struct canon c = canon_to(w);

	TRY(json_parse(text, &limits, AT, &doc, f));
	if (json_kind_of(json_root(doc)) != JSON_OBJECT)
		return fault_raise(f, FAULT_FORMAT, AT, "is not an object");
	TRY(collect(json_root(doc), drop, &members, f));
	canon_object(&c, NULL);
	for (size_t i = 0; i < members.n; i++)
		TRY(put_member(&c, members.v[i], f));
	canon_end(&c);
	if (!wr_ok(w))
		return fault_raise(
		    f, w->f->kind, AT, "has no canonical form here");
	return true;
}
