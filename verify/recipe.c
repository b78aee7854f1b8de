/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/recipe.h"

#include "verify/base/text.h"
#include "verify/recipe_members.h"
#include "verify/statement.h"

#include <string.h>

void recipe_drop(struct recipe *r)
{
	json_drop(&r->doc);
	*r = (struct recipe){ 0 };
}

/* ---- members in general ------------------------------------------------- */

bool recipe_knows(const struct recipe_member *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(table[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Every member is known, has its kind, and is read if anything reads it. */
static FALLIBLE read_object(const struct json_node *v,
    const struct recipe_member *table, size_t n, void *into, struct fault *f)
{
	if (json_kind_of(v) != JSON_OBJECT)
		return fault_raise(
		    f, FAULT_FORMAT, "recipe.json", "an object is wanted");
	for (const struct json_node *m = json_first(v); m != NULL;
	     m = json_next(m)) {
		if (!recipe_knows(table, n, json_name(m)))
			return fault_raise(f, FAULT_UNSUPPORTED,
			    "recipe.member",
			    "the configuration has a member that is not known "
			    "here and might change the value");
	}
	for (size_t i = 0; i < n; i++) {
		const struct json_node *m = json_find(v, table[i].name);

		if (m == NULL || table[i].read == NULL)
			continue;
		if (json_kind_of(m) != table[i].kind)
			return fault_raise(f, FAULT_FORMAT, "recipe.member",
			    "\"%s\" is %s in the configuration", table[i].name,
			    json_kind_name(json_kind_of(m)));
		TRY(table[i].read(m, into, f));
	}
	return true;
}

/* ---- the feed ----------------------------------------------------------- */

static FALLIBLE read_kind(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe *r = into;
	const struct statement_kind *kind =
	    statement_kind_find(span_text(json_text(v)));

	if (kind == NULL || !kind->has_sources)
		return fault_raise(f, FAULT_UNSUPPORTED, "recipe.kind",
		    "the feed is of no kind that is observed");
	r->is_number = kind->is_number;
	r->must_be_positive = strcmp(kind->id, "price") == 0;
	return true;
}

static FALLIBLE read_decimals(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe *r = into;
	uint64_t n;

	TRY(json_u64(v, DEC_MAX_DECIMALS, &n, "recipe.decimals", f));
	r->decimals = (uint8_t)n;
	return true;
}

static FALLIBLE read_rounding(
    const struct json_node *v, void *into, struct fault *f)
{
	static const struct {
		const char *word;
		enum dec_round rounding;
	} words[] = {
		{ "exact", DEC_EXACT },
		{ "trunc", DEC_TRUNC },
		{ "half_even", DEC_HALF_EVEN },
	};
	struct recipe *r = into;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(json_text(v), words[i].word) == 0) {
			r->rounding = words[i].rounding;
			return true;
		}
	}
	return fault_raise(f, FAULT_UNSUPPORTED, "recipe.rounding",
	    "the feed's rounding is not known here");
}

static FALLIBLE read_sources(
    const struct json_node *v, void *into, struct fault *f)
{
	struct recipe *r = into;
	size_t n = json_count(v);

	if (n < 1 || n > LIMIT_SOURCES)
		return fault_raise(f, FAULT_FORMAT, "recipe.sources",
		    "the feed has %zu sources; 1 to %d can be", n,
		    LIMIT_SOURCES);
	r->sources = v;
	r->n_sources = n;
	return true;
}

const struct recipe_member recipe_feed_members[] = {
	{ "kind", JSON_TEXT, read_kind },
	{ "decimals", JSON_NUMBER, read_decimals },
	{ "rounding", JSON_TEXT, read_rounding },
	{ "sources", JSON_ARRAY, read_sources },
	/* The verifier combines by what the statement itself says. */
	{ "aggregate", JSON_OBJECT, NULL },
	{ "deadline_ms", JSON_NUMBER, NULL },
	{ "id", JSON_TEXT, NULL },
	{ "deadline_ms", JSON_NUMBER, NULL },
	{ "interval_ms", JSON_NUMBER, NULL },
	{ "path", JSON_TEXT, NULL },
	{ "unit", JSON_TEXT, NULL },
};
const size_t recipe_n_feed_members = COUNT(recipe_feed_members);

static FALLIBLE find_feed(const struct json_node *root, struct span feed,
    const struct json_node **out, struct fault *f)
{
	const struct json_node *feeds = json_find(root, "feeds");

	*out = NULL;
	for (const struct json_node *v = json_first(feeds); v != NULL;
	     v = json_next(v)) {
		const struct json_node *id = json_find(v, "id");

		if (id == NULL || json_kind_of(id) != JSON_TEXT ||
		    !span_equal_text(feed, json_text(id)))
			continue;
		if (*out != NULL)
			return fault_raise(f, FAULT_FORMAT, "recipe.feed",
			    "the configuration has this feed twice");
		*out = v;
	}
	if (*out == NULL)
		return fault_raise(f, FAULT_FORMAT, "recipe.feed",
		    "the configuration has no such feed");
	return true;
}

bool recipe_open(struct span configuration, struct span feed,
    struct recipe *out, struct fault *f)
{
	/* What the daemon takes when the file says nothing (affiant.conf). */
	AUTO(recipe_drop)
	struct recipe r = {
		.is_number = true,
		.must_be_positive = true,
		.decimals = 8,
		.rounding = DEC_HALF_EVEN,
	};
	struct json_limits limits = json_limits_default;
	const struct json_node *v;

	limits.max_bytes = LIMIT_CONFIG_BYTES;
	TRY(json_parse(configuration, &limits, "recipe.json", &r.doc, f));
	TRY(find_feed(json_root(r.doc), feed, &v, f));
	TRY(read_object(v, recipe_feed_members, recipe_n_feed_members, &r, f));
	if (r.sources == NULL)
		return fault_raise(f, FAULT_FORMAT, "recipe.sources",
		    "the feed has no sources");
	*out = r;
	r = (struct recipe){ 0 };
	return true;
}

/* ---- a source ----------------------------------------------------------- */

bool recipe_source_at(const struct recipe *r, size_t i,
    struct recipe_source *out, struct fault *f)
{
	const struct json_node *v = json_first(r->sources);
	struct fault why = FAULT_INIT;

	*out = (struct recipe_source){
		.picks = pick_kind_find("http-json"),
		.rule = {
			.is_number = r->is_number,
			.must_be_positive = r->must_be_positive,
			.decimals = r->decimals,
			.rounding = r->rounding,
		},
	};
	for (; v != NULL && i > 0; i--)
		v = json_next(v);
	TRY(read_object(
	    v, recipe_source_members, recipe_n_source_members, out, f));
	if (out->request.url == NULL)
		return fault_raise(
		    f, FAULT_FORMAT, "recipe.url", "a source has no URL");
	if (!out->picks->check(&out->rule, &why))
		return fault_raise(f, FAULT_FORMAT, "recipe.rule",
		    "a source's rule is none: %.120s: %.60s", why.at, why.text);
	return true;
}
