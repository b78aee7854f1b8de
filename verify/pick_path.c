/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick_path.h"

#include "verify/base/dec.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <string.h>

/* Digits of an index: beyond any document (LIMIT_JSON_VALUES). */
#define INDEX_DIGITS 9

enum step_kind { STEP_NAME, STEP_INDEX, STEP_ALL, STEP_FILTER };

struct step {
	enum step_kind kind;
	const char *name;      /* NAME */
	long index;            /* INDEX; negative: from the end */
	size_t first, n;       /* FILTER: its steps in path.filters */
	enum json_kind wanted; /* FILTER: TEXT, NUMBER or BOOL */
	const char *text;      /* TEXT */
	struct dec number;     /* NUMBER */
	bool flag;             /* BOOL */
};

struct path {
	struct step steps[LIMIT_PATH_STEPS];
	size_t n_steps;
	struct step filters[LIMIT_PATH_STEPS];
	size_t n_filters;
	/* Names and texts with their NULs: each is shorter than in the path,
	 * where something stands around it. */
	char names[LIMIT_POINTER_BYTES + 1];
	size_t n_names;
};

/* ---- reading ------------------------------------------------------------ */

struct reader {
	const char *text;
	size_t pos;
	struct path *path;
	const char *at;
	struct fault *f;
};

static char here(const struct reader *r)
{
	return r->text[r->pos];
}

static bool refuse(const struct reader *r, const char *why)
{
	return fault_raise_at(r->f, FAULT_CONFIG, r->at, r->pos,
	    "no path of the kind we know (JSONPath): %s (character %zu)", why,
	    r->pos + 1);
}

static bool take(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(&r->text[r->pos], word, n) != 0)
		return false;
	r->pos += n;
	return true;
}

static void skip_blanks(struct reader *r)
{
	r->pos += strspn(&r->text[r->pos], " \t\r\n");
}

static void keep(struct reader *r, char c)
{
	r->path->names[r->path->n_names++] = c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* RFC 9535 2.5.1.1, name-first; the text as a whole is UTF-8. */
static bool starts_name(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
	    (unsigned char)c >= 0x80;
}

static FALLIBLE read_bare_name(struct reader *r, const char **out)
{
	*out = &r->path->names[r->path->n_names];
	if (!starts_name(here(r)))
		return refuse(r, "want a name, or * behind the dot");
	while (starts_name(here(r)) || is_digit(here(r)))
		keep(r, r->text[r->pos++]);
	keep(r, '\0');
	return true;
}

static FALLIBLE read_escape(struct reader *r, char quote)
{
	static const char letters[] = "bfnrt\\/", meant[] = "\b\f\n\r\t\\/";
	const char *which = here(r) != '\0' ? strchr(letters, here(r)) : NULL;

	if (which == NULL && here(r) != quote)
		return refuse(r, "what follows the backslash is not known");
	keep(r, which != NULL ? meant[which - letters] : quote);
	r->pos++;
	return true;
}

static FALLIBLE read_quoted(struct reader *r, const char **out)
{
	char quote = here(r);

	*out = &r->path->names[r->path->n_names];
	for (r->pos++; here(r) != quote;) {
		if ((unsigned char)here(r) < 0x20)
			return refuse(r, "the quotation has no end");
		if (take(r, "\\"))
			TRY(read_escape(r, quote));
		else
			keep(r, r->text[r->pos++]);
	}
	r->pos++;
	keep(r, '\0');
	return true;
}

static FALLIBLE read_index(struct reader *r, long *out)
{
	bool negative = take(r, "-");
	size_t n = strspn(&r->text[r->pos], "0123456789");
	long v = 0;

	if (n == 0 || n > INDEX_DIGITS ||
	    (here(r) == '0' && (n > 1 || negative)))
		return refuse(r, "want a name in quotes, an index, * or ?@");
	while (n-- > 0)
		v = v * 10 + (r->text[r->pos++] - '0');
	*out = negative ? -v : v;
	return true;
}

/* What stands in brackets, or behind a dot, and leads to one value. */
static FALLIBLE read_single(struct reader *r, bool bracket, struct step *out)
{
	if (!bracket) {
		out->kind = STEP_NAME;
		return read_bare_name(r, &out->name);
	}
	if (here(r) == '\'' || here(r) == '"') {
		out->kind = STEP_NAME;
		return read_quoted(r, &out->name);
	}
	out->kind = STEP_INDEX;
	return read_index(r, &out->index);
}

static FALLIBLE close_bracket(struct reader *r)
{
	skip_blanks(r);
	return take(r, "]") || refuse(r, "want ] here");
}

static FALLIBLE read_number(struct reader *r, struct step *out)
{
	size_t n = strspn(&r->text[r->pos], "-+.0123456789eE");

	if (!dec_parse_any(span_of(&r->text[r->pos], n), &out->number, NULL))
		return refuse(r,
		    "want a text in quotes, a number, true or "
		    "false");
	out->wanted = JSON_NUMBER;
	r->pos += n;
	return true;
}

static FALLIBLE read_literal(struct reader *r, struct step *out)
{
	if (here(r) == '\'' || here(r) == '"') {
		out->wanted = JSON_TEXT;
		return read_quoted(r, &out->text);
	}
	out->wanted = JSON_BOOL;
	if (take(r, "true")) {
		out->flag = true;
		return true;
	}
	return take(r, "false") || read_number(r, out);
}

/* Behind "?": @ and where to go, ==, and what is wanted there. */
static FALLIBLE read_filter(struct reader *r, struct step *out)
{
	struct path *p = r->path;

	out->kind = STEP_FILTER;
	out->first = p->n_filters;
	skip_blanks(r);
	if (!take(r, "@"))
		return refuse(r, "want @ behind the question mark");
	while (here(r) == '.' || here(r) == '[') {
		bool bracket = r->text[r->pos++] == '[';

		if (p->n_filters == COUNT(p->filters))
			return refuse(r, "too many steps");
		if (bracket)
			skip_blanks(r);
		TRY(read_single(r, bracket, &p->filters[p->n_filters++]));
		if (bracket)
			TRY(close_bracket(r));
	}
	out->n = p->n_filters - out->first;
	skip_blanks(r);
	if (!take(r, "=="))
		return refuse(r, "a filter compares with ==");
	skip_blanks(r);
	return read_literal(r, out);
}

static FALLIBLE read_step(struct reader *r, struct step *out)
{
	bool bracket = here(r) == '[';

	if (!bracket && here(r) != '.')
		return refuse(r, "want . or [ here");
	r->pos++;
	if (bracket)
		skip_blanks(r);
	if (take(r, "*"))
		out->kind = STEP_ALL;
	else if (bracket && take(r, "?"))
		TRY(read_filter(r, out));
	else
		TRY(read_single(r, bracket, out));
	return !bracket || close_bracket(r);
}

static FALLIBLE read_path(
    const char *text, struct path *out, const char *at, struct fault *f)
{
	struct reader r = { .text = text, .path = out, .at = at, .f = f };

	if (strlen(text) > LIMIT_POINTER_BYTES ||
	    !utf8_is_valid(span_text(text)))
		return refuse(&r, "too long, or not UTF-8");
	if (!take(&r, "$"))
		return refuse(&r, "it starts with $");
	while (here(&r) != '\0') {
		if (out->n_steps == COUNT(out->steps))
			return refuse(&r, "too many steps");
		TRY(read_step(&r, &out->steps[out->n_steps++]));
	}
	return true;
}

bool pick_path_is(const char *text)
{
	return text[0] == '$';
}

FALLIBLE pick_path_check(const char *path, const char *at, struct fault *f)
{
	struct path p = { 0 };

	return read_path(path, &p, at, f);
}

/* ---- walking ------------------------------------------------------------ */

static const struct json_node *element(const struct json_node *v, long index)
{
	const struct json_node *e;

	if (json_kind_of(v) != JSON_ARRAY)
		return NULL;
	if (index < 0)
		index += (long)json_count(v);
	if (index < 0)
		return NULL;
	for (e = json_first(v); e != NULL && index > 0; index--)
		e = json_next(e);
	return e;
}

/* NAME and INDEX. */
static const struct json_node *single(
    const struct step *s, const struct json_node *v)
{
	if (s->kind == STEP_INDEX)
		return element(v, s->index);
	return json_kind_of(v) == JSON_OBJECT ? json_find(v, s->name) : NULL;
}

static bool is_wanted(const struct step *s, const struct json_node *v)
{
	struct dec number;

	if (v == NULL || json_kind_of(v) != s->wanted)
		return false;
	if (s->wanted == JSON_TEXT)
		return strcmp(json_text(v), s->text) == 0;
	if (s->wanted == JSON_BOOL)
		return json_bool(v) == s->flag;
	return dec_parse_any(span_text(json_number(v)), &number, NULL) &&
	    dec_compare(&number, &s->number) == 0;
}

static bool passes(
    const struct path *p, const struct step *filter, const struct json_node *v)
{
	for (size_t i = 0; i < filter->n && v != NULL; i++)
		v = single(&p->filters[filter->first + i], v);
	return is_wanted(filter, v);
}

struct finding {
	const struct json_node *node;
	size_t n; /* 2: two or more, and nobody looks further */
};

/* As deep as the path has steps: at most LIMIT_PATH_STEPS. */
static void walk(const struct path *p, size_t i, const struct json_node *v,
    struct finding *out)
{
	const struct step *s = &p->steps[i];

	if (v == NULL)
		return;
	if (i == p->n_steps) {
		out->node = v;
		out->n++;
		return;
	}
	if (s->kind == STEP_NAME || s->kind == STEP_INDEX) {
		walk(p, i + 1, single(s, v), out);
		return;
	}
	if (json_kind_of(v) != JSON_ARRAY && json_kind_of(v) != JSON_OBJECT)
		return;
	for (const struct json_node *e = json_first(v); e != NULL && out->n < 2;
	     e = json_next(e)) {
		if (s->kind == STEP_ALL || passes(p, s, e))
			walk(p, i + 1, e, out);
	}
}

enum pick_path_found pick_path_find(const struct json_node *root,
    const char *path, const struct json_node **out)
{
	struct path p = { 0 };
	struct finding found = { 0 };

	if (!read_path(path, &p, "source.path", NULL))
		return PICK_PATH_NONE;
	walk(&p, 0, root, &found);
	if (found.n == 0)
		return PICK_PATH_NONE;
	if (found.n > 1)
		return PICK_PATH_MANY;
	*out = found.node;
	return PICK_PATH_ONE;
}
