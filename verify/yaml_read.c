/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/yaml_read.h"

#include "verify/base/text.h"

#include <string.h>

struct yaml {
	struct span in;
	size_t pos;
	/* Behind "- ": what follows counts as a line of that indentation. */
	size_t column;
	struct yaml_path path;
	yaml_visit *visit;
	void *ctx;
	struct fault *f;
};

/* A line that has something to say. */
struct line {
	size_t indent;
	struct span text; /* without spaces around it */
	size_t begin;     /* of the text, in the input */
	size_t next;      /* the position behind its line break */
};

bool yaml_path_is(const struct yaml_path *p, size_t at, const char *name)
{
	return at < p->n && span_equal_text(p->name[at], name);
}

static size_t line_number(const struct yaml *y)
{
	size_t n = 1;

	for (size_t i = 0; i < y->pos && i < y->in.n; i++)
		n += y->in.p[i] == '\n' ? 1 : 0;
	return n;
}

static bool refuse(const struct yaml *y, const char *why)
{
	return fault_raise(y->f, FAULT_UNSUPPORTED, "yaml.form", "line %zu: %s",
	    line_number(y), why);
}

static struct span cut(struct span s, size_t begin, size_t end)
{
	return span_of(s.p + begin, end - begin);
}

static struct span trim(struct span s)
{
	while (s.n > 0 && s.p[0] == ' ')
		s = cut(s, 1, s.n);
	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* ---- lines ------------------------------------------------------------------- */

static size_t end_of_line(const struct yaml *y, size_t from)
{
	const uint8_t *p = memchr(y->in.p + from, '\n', y->in.n - from);

	return p == NULL ? y->in.n : (size_t)(p - y->in.p);
}

/* The next line that is neither empty nor a comment; false at the end. */
static bool peek(const struct yaml *y, struct line *out)
{
	size_t pos = y->pos, column = y->column;

	while (pos < y->in.n) {
		size_t end = end_of_line(y, pos), at = pos;

		while (at < end && y->in.p[at] == ' ')
			at++;
		if (at < end && y->in.p[at] != '#') {
			out->indent = column + (at - pos);
			out->begin = at;
			out->text = trim(cut(y->in, at, end));
			out->next = end < y->in.n ? end + 1 : end;
			return true;
		}
		pos = end + 1;
		column = 0;
	}
	return false;
}

static void consume(struct yaml *y, const struct line *l)
{
	y->pos = l->next;
	y->column = 0;
}

static bool is_dash(struct span text)
{
	return text.n > 0 && text.p[0] == '-' &&
	    (text.n == 1 || text.p[1] == ' ');
}

/* ---- names ------------------------------------------------------------------- */

static bool is_name_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("_./$-", c) != NULL);
}

/* Where the quote at text[0] is closed; 0 when it is not, or has escapes. */
static size_t closing_quote(struct span text, bool *escapes)
{
	const uint8_t quote = text.p[0];

	*escapes = false;
	for (size_t i = 1; i < text.n; i++) {
		bool twice = i + 1 < text.n && text.p[i + 1] == quote;

		if (quote == '"' && text.p[i] == '\\') {
			*escapes = true;
			i++;
		} else if (text.p[i] == quote && quote == '\'' && twice) {
			*escapes = true;
			i++;
		} else if (text.p[i] == quote) {
			return i;
		}
	}
	return 0;
}

/* Empty, or a comment behind a space. */
static bool is_over(struct span rest)
{
	struct span text = trim(rest);

	return text.n == 0 || (rest.p[0] == ' ' && text.p[0] == '#');
}

/* "name: rest" or "name:"; false when it is none. */
static bool split_name(struct span text, struct span *name, struct span *rest)
{
	size_t end = 0;
	bool escapes = false;

	if (text.n > 0 && (text.p[0] == '"' || text.p[0] == '\'')) {
		end = closing_quote(text, &escapes);
		if (end == 0 || escapes)
			return false;
		*name = cut(text, 1, end);
		end++;
	} else {
		while (end < text.n && is_name_byte(text.p[end]))
			end++;
		*name = cut(text, 0, end);
	}
	if (name->n == 0 || end == text.n || text.p[end] != ':')
		return false;
	*rest = cut(text, end + 1, text.n);
	if (rest->n > 0 && rest->p[0] != ' ')
		return false;
	if (rest->n > 0 && is_over(*rest))
		*rest = cut(*rest, 0, 0);
	*rest = trim(*rest);
	return true;
}

/* ---- values ------------------------------------------------------------------ */

static FALLIBLE visit(struct yaml *y, struct span value, enum yaml_style style)
{
	return y->visit(y->ctx, &y->path, value, style, y->f);
}

/* Lines that are empty or deeper than the block that the text stands in. */
static FALLIBLE block_text(struct yaml *y, size_t parent, struct span header)
{
	size_t begin = y->pos, end = y->pos;

	for (size_t i = 1; i < header.n && header.p[i] != ' '; i++)
		if (header.p[i] != '-' && header.p[i] != '+')
			return refuse(y, "a block text of unusual form");
	while (y->pos < y->in.n) {
		size_t stop = end_of_line(y, y->pos), at = y->pos;

		while (at < stop && y->in.p[at] == ' ')
			at++;
		if (at < stop && at - y->pos <= parent)
			break;
		y->pos = stop < y->in.n ? stop + 1 : stop;
		end = y->pos;
	}
	return visit(y, cut(y->in, begin, end), YAML_BLOCK);
}

static FALLIBLE quoted(struct yaml *y, struct span text)
{
	bool escapes;
	size_t end = closing_quote(text, &escapes);

	if (end == 0)
		return refuse(y, "a quoted value of several lines");
	if (end + 1 < text.n && !is_over(cut(text, end + 1, text.n)))
		return refuse(y, "something stands behind a quoted value");
	return visit(
	    y, cut(text, 1, end), escapes ? YAML_ESCAPED : YAML_QUOTED);
}

/* "[a, 'b']" on one line, without anything nested; "{}" has nothing in it. */
static FALLIBLE bracketed(struct yaml *y, struct span text)
{
	const uint8_t closing = text.p[0] == '[' ? ']' : '}';
	size_t i = 1;

	for (; i < text.n && text.p[i] != closing; i++) {
		bool escapes;
		size_t end = 0;

		if (closing == '}' || strchr("[]{}&*!#", text.p[i]) != NULL)
			break;
		if (text.p[i] != '"' && text.p[i] != '\'')
			continue;
		end = closing_quote(cut(text, i, text.n), &escapes);
		if (end == 0)
			break;
		i += end;
	}
	if (i >= text.n || text.p[i] != closing)
		return refuse(y, "brackets or braces with more in them");
	if (i + 1 < text.n && !is_over(cut(text, i + 1, text.n)))
		return refuse(y, "something stands behind brackets");
	return visit(y, cut(text, 0, i + 1), YAML_LIST);
}

static FALLIBLE plain(struct yaml *y, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool last = i + 1 == text.n;

		if (text.p[i] == ':' && (last || text.p[i + 1] == ' '))
			return refuse(y, "a name where a value is wanted");
		if (text.p[i] == ' ' && !last && text.p[i + 1] == '#')
			text.n = i;
	}
	return visit(y, trim(text), YAML_PLAIN);
}

static FALLIBLE value_of(struct yaml *y, struct span text, size_t parent)
{
	struct line next;
	bool ok;

	switch (text.p[0]) {
	case '|':
	case '>':
		return block_text(y, parent, text);
	case '"':
	case '\'':
		ok = quoted(y, text);
		break;
	case '[':
	case '{':
		ok = bracketed(y, text);
		break;
	default:
		/* What YAML gives a meaning of its own. */
		if (strchr("&*!%@`?,]}#-:<", text.p[0]) != NULL &&
		    (text.p[0] != '-' || is_dash(text)))
			return refuse(y, "a value that needs more of YAML");
		ok = plain(y, text);
		break;
	}
	TRY(ok);
	if (peek(y, &next) && next.indent > parent)
		return refuse(y, "a value of several lines");
	return true;
}

/* ---- blocks ------------------------------------------------------------------ */

static FALLIBLE block_of(struct yaml *y, size_t least);

static FALLIBLE enter(struct yaml *y, struct span name)
{
	if (y->path.n == LIMIT_YAML_DEPTH)
		return fault_raise(y->f, FAULT_LIMIT, "yaml.limit",
		    "line %zu: blocks are nested too deeply", line_number(y));
	y->path.name[y->path.n++] = name;
	return true;
}

/* Goes on at `text`, which stands in the line, as if it began there. */
static void go_on(struct yaml *y, const struct line *l, struct span text)
{
	size_t at = (size_t)(text.p - y->in.p);

	y->pos = at;
	y->column = l->indent + (at - l->begin);
}

static FALLIBLE element(struct yaml *y, const struct line *l)
{
	struct span rest = trim(cut(l->text, 1, l->text.n));
	struct span name, value;

	if (rest.n == 0 || rest.p[0] == '#') {
		consume(y, l);
		return block_of(y, l->indent + 1);
	}
	if (is_dash(rest) || split_name(rest, &name, &value)) {
		go_on(y, l, rest);
		return block_of(y, y->column);
	}
	consume(y, l);
	return value_of(y, rest, l->indent);
}

static FALLIBLE list_of(struct yaml *y, size_t indent)
{
	struct line l;

	while (peek(y, &l) && l.indent == indent && is_dash(l.text)) {
		TRY(enter(y, span_of(NULL, 0)));
		TRY(element(y, &l));
		y->path.n--;
	}
	if (peek(y, &l) && l.indent > indent)
		return refuse(y, "indentation that fits nothing above it");
	return true;
}

static FALLIBLE member(struct yaml *y, const struct line *l, struct span rest)
{
	struct line next;

	consume(y, l);
	if (rest.n > 0)
		return value_of(y, rest, l->indent);
	/* A list may stand as far left as the name above it. */
	if (peek(y, &next) && next.indent == l->indent && is_dash(next.text))
		return list_of(y, l->indent);
	return block_of(y, l->indent + 1);
}

static bool stands_in(struct span name, const struct span *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_equal(name, names[i]))
			return true;
	return false;
}

static FALLIBLE names_of(struct yaml *y, size_t indent)
{
	struct span names[LIMIT_YAML_NAMES], rest;
	struct line l;
	size_t n = 0;

	while (peek(y, &l) && l.indent == indent) {
		if (n == LIMIT_YAML_NAMES)
			return fault_raise(y->f, FAULT_LIMIT, "yaml.limit",
			    "line %zu: too many names", line_number(y));
		if (is_dash(l.text) || !split_name(l.text, &names[n], &rest))
			return refuse(y, "no name where one is wanted");
		if (stands_in(names[n], names, n))
			return refuse(y, "a name that stands twice");
		TRY(enter(y, names[n]));
		TRY(member(y, &l, rest));
		y->path.n--;
		n++;
	}
	if (peek(y, &l) && l.indent > indent)
		return refuse(y, "indentation that fits nothing above it");
	return true;
}

/* Whatever stands at `least` or deeper; nothing is a value of none. */
static FALLIBLE block_of(struct yaml *y, size_t least)
{
	struct line l;

	if (!peek(y, &l) || l.indent < least)
		return visit(y, span_of(NULL, 0), YAML_NONE);
	return is_dash(l.text) ? list_of(y, l.indent) : names_of(y, l.indent);
}

/* ---- the document ------------------------------------------------------------- */

/*
 * No byte that some reader takes for a line break, an end or an indentation:
 * controls but LF, the separators U+0085, U+2028, U+2029, a byte order mark.
 */
static FALLIBLE check_bytes(struct yaml *y)
{
	const struct span s = y->in;

	if (!utf8_is_valid(s))
		return refuse(y, "is not UTF-8");
	for (size_t i = 0; i < s.n; i++) {
		const uint8_t c = s.p[i];
		bool odd = (c < 0x20 && c != '\n') || c == 0x7f;

		if (i + 1 < s.n && c == 0xc2)
			odd = s.p[i + 1] < 0xa0;
		if (i + 2 < s.n && c == 0xe2 && s.p[i + 1] == 0x80)
			odd = s.p[i + 2] == 0xa8 || s.p[i + 2] == 0xa9;
		if (i + 2 < s.n && c == 0xef && s.p[i + 1] == 0xbb)
			odd = s.p[i + 2] == 0xbf;
		y->pos = i;
		if (odd)
			return refuse(y, "a tab, or another odd character");
	}
	y->pos = 0;
	return true;
}

FALLIBLE yaml_read(
    struct span text, yaml_visit *visit_value, void *ctx, struct fault *f)
{
	struct yaml y = {
		.in = text, .visit = visit_value, .ctx = ctx, .f = f
	};
	struct line l;

	TRY(check_bytes(&y));
	if (peek(&y, &l) && l.indent == 0 && span_equal_text(l.text, "---"))
		consume(&y, &l);
	if (!peek(&y, &l))
		return refuse(&y, "there is nothing in it");
	TRY(names_of(&y, l.indent));
	if (peek(&y, &l))
		return refuse(&y, "something stands left of the rest");
	return true;
}
