/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/canon.h"

#include "verify/base/text.h"

#include <stdlib.h>
#include <string.h>

/* RFC 8785 section 3.2.2.3 with the range of RFC 7493: exact in a double. */
#define INTEGER_LIMIT (UINT64_C(1) << 53)

/*
 * RFC 8785 3.2.3: names sort by UTF-16 code units. In UTF-8 that is the order
 * of bytes with one exception: characters above U+FFFF (first byte F0 and up)
 * are surrogates in UTF-16 and stand in front of U+E000..U+FFFF (EE, EF).
 */
static int name_order(const char *a, const char *b)
{
	uint8_t x, y;

	for (; *a == *b; a++, b++) {
		if (*a == '\0')
			return 0;
	}
	x = (uint8_t)*a;
	y = (uint8_t)*b;
	if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
		return x >= 0xf0 ? -1 : 1;
	return x < y ? -1 : 1;
}

/* ---- scalars, used by both writers -------------------------------------- */

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* A high bit where a byte of v is zero, and perhaps in bytes above it. */
static uint64_t zero_bytes(uint64_t v)
{
	return (v - EACH(1)) & ~v & EACH(0x80);
}

/*
 * How many bytes in front need neither an escape nor a look at UTF-8: eight at
 * a time, for statements are mostly such text. May stop up to seven early.
 */
static size_t plain_prefix(struct span text)
{
	size_t done = 0;

	for (; text.n - done >= 8; done += 8) {
		uint64_t v;

		memcpy(&v, text.p + done, sizeof(v));
		if ((v & EACH(0x80)) != 0 || zero_bytes(v ^ EACH('"')) != 0 ||
		    zero_bytes(v ^ EACH('\\')) != 0 ||
		    ((v - EACH(0x20)) & ~v & EACH(0x80)) != 0)
			break;
	}
	return done;
}

/* RFC 8785 3.2.2.2. For control characters, the quote and the backslash. */
static void write_escape(struct wr *w, uint8_t c)
{
	static const char digits[] = "0123456789abcdef";
	char six[6] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] };
	char two[2] = { '\\', (char)c };

	switch (c) {
	case '"':
	case '\\':
		break;
	case '\b':
		two[1] = 'b';
		break;
	case '\t':
		two[1] = 't';
		break;
	case '\n':
		two[1] = 'n';
		break;
	case '\f':
		two[1] = 'f';
		break;
	case '\r':
		two[1] = 'r';
		break;
	default:
		wr_bytes(w, six, sizeof(six));
		return;
	}
	wr_bytes(w, two, sizeof(two));
}

static void write_text(struct wr *w, struct span text)
{
	size_t done = 0;
	bool ascii = true;

	wr_u8(w, '"');
	for (size_t i = plain_prefix(text); i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c >= 0x80)
			ascii = false;
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		if (c == 0)
			fault_raise(w->f, FAULT_FORMAT, "canon.text",
			    "a NUL cannot stand in text");
		wr_bytes(w, text.p + done, i - done);
		write_escape(w, c);
		done = i + 1;
	}
	if (!ascii && !utf8_is_valid(text))
		fault_raise(
		    w->f, FAULT_FORMAT, "canon.text", "text is not UTF-8");
	if (done < text.n)
		wr_bytes(w, text.p + done, text.n - done);
	wr_u8(w, '"');
}

static void write_u64(struct wr *w, uint64_t v)
{
	char text[20];
	size_t i = sizeof(text);

	do {
		text[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	wr_bytes(w, text + i, sizeof(text) - i);
}

/* ---- the streaming writer ----------------------------------------------- */

struct canon canon_to(struct wr *w)
{
	return (struct canon){ .w = w };
}

/* Nothing in it that has to be escaped or checked. */
static bool is_plain(struct span text)
{
	for (size_t i = plain_prefix(text); i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] > 0x7e || text.p[i] == '"' ||
		    text.p[i] == '\\')
			return false;
	return true;
}

/* The comma, the name, the colon: in one piece, for there are many. */
static void write_plain_name(struct canon *c, const char *name, size_t n)
{
	char text[CANON_MAX_NAME + 4];
	size_t at = 0;

	if (c->level[c->depth - 1].started)
		text[at++] = ',';
	text[at++] = '"';
	memcpy(text + at, name, n);
	at += n;
	text[at++] = '"';
	text[at++] = ':';
	wr_bytes(c->w, text, at);
}

/* The name, and that it comes behind the one before it. */
static bool write_name(struct canon *c, const char *name)
{
	struct fault *f = c->w->f;
	char *last = c->level[c->depth - 1].last;
	size_t n = strlen(name);

	if (n > CANON_MAX_NAME)
		return fault_raise(f, FAULT_INTERNAL, "canon.name",
		    "member name of %zu bytes", n);
	if (c->level[c->depth - 1].started && name_order(last, name) >= 0)
		return fault_raise(f, FAULT_INTERNAL, "canon.order",
		    "member \"%s\" cannot stand behind \"%s\"", name, last);
	memcpy(last, name, n + 1);
	if (is_plain(span_of(name, n))) {
		write_plain_name(c, name, n);
		return wr_ok(c->w);
	}
	if (c->level[c->depth - 1].started)
		wr_u8(c->w, ',');
	write_text(c->w, span_of(name, n));
	wr_u8(c->w, ':');
	return wr_ok(c->w);
}

/* Everything that stands in front of a value. */
static bool before(struct canon *c, const char *name)
{
	bool in_object = c->depth > 0 && c->level[c->depth - 1].is_object;

	if (!wr_ok(c->w))
		return false;
	if (in_object != (name != NULL))
		return fault_raise(c->w->f, FAULT_INTERNAL, "canon.name", "%s",
		    in_object ? "a member without a name"
			      : "a name outside of an object");
	if (c->depth == 0) {
		if (c->has_root)
			return fault_raise(c->w->f, FAULT_INTERNAL,
			    "canon.nesting", "a second document");
		c->has_root = true;
		return true;
	}
	if (in_object)
		TRY(write_name(c, name));
	else if (c->level[c->depth - 1].started)
		wr_u8(c->w, ',');
	c->level[c->depth - 1].started = true;
	return true;
}

static void open_level(struct canon *c, const char *name, bool is_object)
{
	if (!before(c, name))
		return;
	if (c->depth == CANON_MAX_DEPTH) {
		fault_raise(c->w->f, FAULT_INTERNAL, "canon.nesting",
		    "nested deeper than %d", CANON_MAX_DEPTH);
		return;
	}
	c->level[c->depth].is_object = is_object;
	c->level[c->depth].started = false;
	c->depth++;
	wr_u8(c->w, is_object ? '{' : '[');
}

void canon_object(struct canon *c, const char *name)
{
	open_level(c, name, true);
}

void canon_array(struct canon *c, const char *name)
{
	open_level(c, name, false);
}

void canon_end(struct canon *c)
{
	if (!wr_ok(c->w))
		return;
	if (c->depth == 0) {
		fault_raise(c->w->f, FAULT_INTERNAL, "canon.nesting",
		    "nothing is open");
		return;
	}
	c->depth--;
	wr_u8(c->w, c->level[c->depth].is_object ? '}' : ']');
}

void canon_text(struct canon *c, const char *name, const char *value)
{
	canon_text_span(c, name, span_text(value));
}

void canon_text_span(struct canon *c, const char *name, struct span value)
{
	if (before(c, name))
		write_text(c->w, value);
}

void canon_u64(struct canon *c, const char *name, uint64_t value)
{
	if (!before(c, name))
		return;
	if (value >= INTEGER_LIMIT)
		fault_raise(c->w->f, FAULT_INTERNAL, "canon.integer",
		    "an integer of 2^53 or above travels as text");
	write_u64(c->w, value);
}

void canon_bool(struct canon *c, const char *name, bool value)
{
	if (before(c, name))
		wr_text(c->w, value ? "true" : "false");
}

/* In pieces, so that no length needs memory. */
static void write_hex(struct canon *c, struct span bytes)
{
	char piece[HEX_SIZE(64)];

	while (bytes.n > 0) {
		size_t n = bytes.n < 64 ? bytes.n : 64;

		hex_encode(span_of(bytes.p, n), piece);
		wr_bytes(c->w, piece, 2 * n);
		bytes = span_of(bytes.p + n, bytes.n - n);
	}
}

void canon_hex(struct canon *c, const char *name, struct span bytes)
{
	if (!before(c, name))
		return;
	wr_u8(c->w, '"');
	write_hex(c, bytes);
	wr_u8(c->w, '"');
}

void canon_hex_0x(struct canon *c, const char *name, struct span bytes)
{
	if (!before(c, name))
		return;
	wr_text(c->w, "\"0x");
	write_hex(c, bytes);
	wr_u8(c->w, '"');
}

void canon_base64(struct canon *c, const char *name, struct span bytes)
{
	/* A multiple of three bytes: padding only behind the last piece. */
	char piece[BASE64_SIZE(96)];

	if (!before(c, name))
		return;
	wr_u8(c->w, '"');
	while (bytes.n > 0) {
		size_t n = bytes.n < 96 ? bytes.n : 96;

		base64_encode(span_of(bytes.p, n), piece);
		wr_text(c->w, piece);
		bytes = span_of(bytes.p + n, bytes.n - n);
	}
	wr_u8(c->w, '"');
}

void canon_raw(struct canon *c, const char *name, struct span canonical)
{
	if (before(c, name))
		wr_span(c->w, canonical);
}

/* ---- parsed documents --------------------------------------------------- */

struct print {
	struct wr *w;
	const char *at;
	struct fault *f;
};

/* Recurses as deep as the document is, which json_parse has limited. */
static bool print_value(struct print *p, const struct json_node *v);

static bool print_number(struct print *p, const struct json_node *v)
{
	const char *text = json_number(v);
	bool negative = text[0] == '-';
	uint64_t n;

	if (!u64_parse(span_text(text + negative), &n, "canon.number", NULL) ||
	    n >= INTEGER_LIMIT)
		return fault_raise_at(p->f, FAULT_FORMAT, p->at, json_offset(v),
		    "canonical JSON has integers below 2^53 only, not %.40s",
		    text);
	/* ECMAScript prints -0 as 0. */
	if (negative && n > 0)
		wr_u8(p->w, '-');
	write_u64(p->w, n);
	return true;
}

static bool print_array(struct print *p, const struct json_node *v)
{
	const struct json_node *child;

	wr_u8(p->w, '[');
	for (child = json_first(v); child != NULL; child = json_next(child)) {
		if (child != json_first(v))
			wr_u8(p->w, ',');
		TRY(print_value(p, child));
	}
	wr_u8(p->w, ']');
	return true;
}

static bool print_member(
    struct print *p, const struct json_node *v, bool is_first)
{
	if (!is_first)
		wr_u8(p->w, ',');
	write_text(p->w, span_text(json_name(v)));
	wr_u8(p->w, ':');
	return print_value(p, v);
}

static int by_name(const void *a, const void *b)
{
	return name_order(json_name(*(const struct json_node *const *)a),
	    json_name(*(const struct json_node *const *)b));
}

static bool is_sorted(const struct json_node *object)
{
	const struct json_node *a = json_first(object), *b;

	for (; a != NULL && (b = json_next(a)) != NULL; a = b) {
		if (name_order(json_name(a), json_name(b)) > 0)
			return false;
	}
	return true;
}

static bool print_sorted(struct print *p, const struct json_node *v)
{
	const struct json_node *child;
	const struct json_node **members;
	bool ok = true;
	size_t n = 0;

	members = calloc(json_count(v), sizeof(members[0]));
	if (members == NULL)
		return fault_raise(
		    p->f, FAULT_SYSTEM, p->at, "no memory for members");
	for (child = json_first(v); child != NULL; child = json_next(child))
		members[n++] = child;
	qsort(members, n, sizeof(members[0]), by_name);
	for (size_t i = 0; ok && i < n; i++)
		ok = print_member(p, members[i], i == 0);
	free(members);
	return ok;
}

static bool print_object(struct print *p, const struct json_node *v)
{
	const struct json_node *child;

	wr_u8(p->w, '{');
	if (is_sorted(v)) {
		for (child = json_first(v); child != NULL;
		     child = json_next(child))
			TRY(print_member(p, child, child == json_first(v)));
	} else {
		TRY(print_sorted(p, v));
	}
	wr_u8(p->w, '}');
	return true;
}

static bool print_value(struct print *p, const struct json_node *v)
{
	switch (json_kind_of(v)) {
	case JSON_NULL:
		return fault_raise_at(p->f, FAULT_FORMAT, p->at, json_offset(v),
		    "null has no place in canonical JSON");
	case JSON_BOOL:
		wr_text(p->w, json_bool(v) ? "true" : "false");
		return true;
	case JSON_NUMBER:
		return print_number(p, v);
	case JSON_TEXT:
		write_text(p->w, span_text(json_text(v)));
		return true;
	case JSON_ARRAY:
		return print_array(p, v);
	case JSON_OBJECT:
		return print_object(p, v);
	}
	return false;
}

FALLIBLE canon_print(
    const struct json_node *v, struct wr *w, const char *at, struct fault *f)
{
	struct print p = { .w = w, .at = at, .f = f };

	TRY(print_value(&p, v));
	/* The writer may carry another fault than ours. */
	if (!wr_ok(w))
		return fault_raise(f, w->f->kind, w->f->at, "%s", w->f->text);
	return true;
}

FALLIBLE canon_check(struct span in, const struct json_limits *limits,
    const char *at, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	/* No canonical form is longer than what it was made from. */
	AUTO(wr_drop) struct wr w = wr_grow(in.n, at, f);
	struct span canonical;
	size_t same = 0;

	TRY(json_parse(in, limits, at, &doc, f));
	TRY(canon_print(json_root(doc), &w, at, f));
	canonical = wr_view(&w);
	if (span_equal(in, canonical))
		return true;
	while (same < in.n && same < canonical.n &&
	    in.p[same] == canonical.p[same])
		same++;
	return fault_raise_at(f, FAULT_FORMAT, at, same,
	    "not in canonical form (RFC 8785: sorted members, no space, one "
	    "spelling of every value)");
}
