/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/json_scan.h"

#include "verify/base/text.h"

#include <stdlib.h>
#include <string.h>

struct scan {
	struct span in;
	size_t pos;
	unsigned depth;
	size_t parent; /* the array or object we are in */
	size_t name_start;
	const struct json_limits *limits;
	struct json_nodes *nodes;
	const char *at;
	struct fault *f;
};

/* The next byte; -1 at the end. */
static int peek(const struct scan *s)
{
	return s->pos < s->in.n ? s->in.p[s->pos] : -1;
}

static bool refuse(const struct scan *s, const char *why)
{
	return fault_raise_at(s->f, FAULT_FORMAT, s->at, s->pos, "%s",
	    peek(s) < 0 ? "the JSON document ends early" : why);
}

static void skip_space(struct scan *s)
{
	while (s->pos < s->in.n) {
		uint8_t c = s->in.p[s->pos];
		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			return;
		s->pos++;
	}
}

/* ---- scalars ------------------------------------------------------------ */

/* Four digits of \uXXXX; pos stands behind the u. */
static bool scan_unit(struct scan *s, unsigned *out)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		int c = peek(s);

		if (c >= '0' && c <= '9')
			v = 16 * v + (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = 16 * v + (unsigned)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			v = 16 * v + (unsigned)(c - 'A') + 10;
		else
			return refuse(s, "\\u needs four hexadecimal digits");
		s->pos++;
	}
	*out = v;
	return true;
}

/* pos stands on the backslash. */
static bool scan_escape(struct scan *s)
{
	size_t start = s->pos++;
	unsigned unit = 0, low = 0;
	int c = peek(s);

	/* strchr would also find its NUL. */
	if (c > 0 && strchr("\"\\/bfnrt", c) != NULL) {
		s->pos++;
		return true;
	}
	if (c != 'u')
		return refuse(s, "no such escape in JSON");
	s->pos++;
	TRY(scan_unit(s, &unit));
	if (unit == 0)
		return fault_raise_at(s->f, FAULT_FORMAT, s->at, start,
		    "\\u0000 cannot stand in text");
	if (unit < 0xd800 || unit > 0xdfff)
		return true;
	if (unit <= 0xdbff && s->in.n - s->pos >= 2 &&
	    s->in.p[s->pos] == '\\' && s->in.p[s->pos + 1] == 'u') {
		s->pos += 2;
		TRY(scan_unit(s, &low));
	}
	if (low < 0xdc00 || low > 0xdfff)
		return fault_raise_at(s->f, FAULT_FORMAT, s->at, start,
		    "half of a surrogate pair");
	return true;
}

/* pos stands on the opening quote. */
static bool scan_text(struct scan *s)
{
	s->pos++;
	for (;;) {
		int c = peek(s);

		if (c == '"') {
			s->pos++;
			return true;
		}
		if (c == '\\') {
			TRY(scan_escape(s));
		} else if (c < 0x20) {
			return refuse(s, "control character in text");
		} else if (c < 0x80) {
			s->pos++;
		} else {
			size_t n = utf8_length(
			    span_of(s->in.p + s->pos, s->in.n - s->pos));
			if (n == 0)
				return refuse(s, "not UTF-8");
			s->pos += n;
		}
	}
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool scan_digits(struct scan *s)
{
	if (!is_digit(peek(s)))
		return refuse(s, "a digit is missing in a number");
	while (is_digit(peek(s)))
		s->pos++;
	return true;
}

static bool scan_number(struct scan *s)
{
	if (peek(s) == '-')
		s->pos++;
	if (peek(s) == '0') {
		s->pos++;
		if (is_digit(peek(s)))
			return refuse(s, "number with a leading zero");
	} else {
		TRY(scan_digits(s));
	}
	if (peek(s) == '.') {
		s->pos++;
		TRY(scan_digits(s));
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		s->pos++;
		if (peek(s) == '+' || peek(s) == '-')
			s->pos++;
		TRY(scan_digits(s));
	}
	return true;
}

static bool scan_word(struct scan *s, const char *word)
{
	for (; *word != '\0'; word++) {
		if (peek(s) != *word)
			return refuse(s, "not a JSON value");
		s->pos++;
	}
	return true;
}

/* ---- nodes -------------------------------------------------------------- */

static struct json_node *node_add(struct scan *s, enum json_kind kind)
{
	struct json_nodes *nodes = s->nodes;
	struct json_node *v;

	if (nodes->n >= s->limits->max_values) {
		fault_raise_at(s->f, FAULT_LIMIT, s->at, s->pos,
		    "more than %zu values", s->limits->max_values);
		return NULL;
	}
	if (nodes->n == nodes->cap) {
		size_t cap = nodes->cap > 0 ? 2 * nodes->cap : 32;

		v = reallocarray(nodes->v, cap, sizeof(*v));
		if (v == NULL) {
			fault_raise(s->f, FAULT_SYSTEM, s->at,
			    "no memory for JSON values");
			return NULL;
		}
		nodes->v = v;
		nodes->cap = cap;
	}
	if (s->parent != JSON_NO_PARENT) {
		nodes->v[s->parent].last_child = nodes->n;
		nodes->v[s->parent].n_children++;
	}
	v = &nodes->v[nodes->n++];
	*v = (struct json_node){
		.kind = kind,
		.start = s->pos,
		.name_start = s->name_start,
		.parent = s->parent,
		.n_nodes = 1,
	};
	return v;
}

static bool scan_name(struct scan *s)
{
	skip_space(s);
	if (peek(s) != '"')
		return refuse(s, "want a member name in quotes");
	s->name_start = s->pos;
	TRY(scan_text(s));
	skip_space(s);
	if (peek(s) != ':')
		return refuse(s, "want a colon behind the member name");
	s->pos++;
	return true;
}

/* The array or object we are in ends with the byte that was just read. */
static void leave(struct scan *s)
{
	struct json_node *v = &s->nodes->v[s->parent];

	v->end = s->pos;
	v->n_nodes = s->nodes->n - s->parent;
	if (v->n_children > 0)
		s->nodes->v[v->last_child].is_last = true;
	s->parent = v->parent;
	s->depth--;
}

/*
 * Reads `[` or `{`. *complete says whether it was closed at once; otherwise
 * the next thing is a value.
 */
static bool enter(struct scan *s, enum json_kind kind, bool *complete)
{
	int close = kind == JSON_OBJECT ? '}' : ']';

	if (s->depth >= s->limits->max_depth)
		return fault_raise_at(s->f, FAULT_LIMIT, s->at, s->pos,
		    "nested deeper than %u", s->limits->max_depth);
	if (node_add(s, kind) == NULL)
		return false;
	s->parent = s->nodes->n - 1;
	s->depth++;
	s->pos++;
	skip_space(s);
	*complete = peek(s) == close;
	if (*complete) {
		s->pos++;
		leave(s);
		return true;
	}
	return kind == JSON_OBJECT ? scan_name(s) : true;
}

static bool scan_scalar(struct scan *s, enum json_kind kind)
{
	struct json_node *v = node_add(s, kind);

	if (v == NULL)
		return false;
	switch (kind) {
	case JSON_NULL:
		TRY(scan_word(s, "null"));
		break;
	case JSON_BOOL:
		v->boolean = peek(s) == 't';
		TRY(scan_word(s, v->boolean ? "true" : "false"));
		break;
	case JSON_NUMBER:
		TRY(scan_number(s));
		break;
	case JSON_TEXT:
		TRY(scan_text(s));
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		return fault_raise(s->f, FAULT_INTERNAL, s->at, "not a scalar");
	}
	v->end = s->pos;
	return true;
}

static bool scan_value(struct scan *s, bool *complete)
{
	*complete = true;
	skip_space(s);
	switch (peek(s)) {
	case '{':
		return enter(s, JSON_OBJECT, complete);
	case '[':
		return enter(s, JSON_ARRAY, complete);
	case '"':
		return scan_scalar(s, JSON_TEXT);
	case 't':
	case 'f':
		return scan_scalar(s, JSON_BOOL);
	case 'n':
		return scan_scalar(s, JSON_NULL);
	case '-':
		return scan_scalar(s, JSON_NUMBER);
	default:
		if (is_digit(peek(s)))
			return scan_scalar(s, JSON_NUMBER);
		return refuse(s, "not a JSON value");
	}
}

/*
 * What stands behind a complete value: ends of arrays and objects, then either
 * a comma (*more) or nothing.
 */
static bool scan_behind(struct scan *s, bool *more)
{
	*more = false;
	while (s->parent != JSON_NO_PARENT) {
		bool object = s->nodes->v[s->parent].kind == JSON_OBJECT;

		skip_space(s);
		if (peek(s) == ',') {
			s->pos++;
			*more = true;
			return object ? scan_name(s) : true;
		}
		if (peek(s) != (object ? '}' : ']'))
			return refuse(
			    s, object ? "want , or }" : "want , or ]");
		s->pos++;
		leave(s);
	}
	return true;
}

FALLIBLE json_scan(struct span in, const struct json_limits *limits,
    const char *at, struct json_nodes *nodes, struct fault *f)
{
	struct scan s = {
		.in = in,
		.parent = JSON_NO_PARENT,
		.limits = limits,
		.nodes = nodes,
		.at = at,
		.f = f,
	};
	bool complete, more = true;

	while (more) {
		do
			TRY(scan_value(&s, &complete));
		while (!complete);
		TRY(scan_behind(&s, &more));
	}
	nodes->v[0].is_last = true;
	skip_space(&s);
	if (peek(&s) >= 0)
		return refuse(&s, "text behind the JSON document");
	return true;
}
