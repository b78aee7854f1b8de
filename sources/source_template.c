/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_template.h"

#include "verify/base/limits.h"
#include "verify/base/secret.h"
#include "verify/base/text.h"

#include <stdlib.h>
#include <string.h>

/* The next piece of a text: literal characters, or one name. */
struct piece {
	bool is_name;
	char name[SOURCE_NAME_MAX + 1];
	struct span literal;
};

static bool is_name_char(char c, bool first)
{
	return (c >= 'A' && c <= 'Z') || c == '_' ||
	    (!first && c >= '0' && c <= '9');
}

/* Reads one piece at *pos. False with a fault on "${" that is no name. */
static FALLIBLE next_piece(const char *text, size_t *pos, struct piece *out,
    const char *at, struct fault *f)
{
	const char *start = &text[*pos];
	const char *name;
	size_t n = 0;

	*out = (struct piece){ 0 };
	if (strncmp(start, "${", 2) != 0) {
		const char *end = strstr(start, "${");
		n = end != NULL ? (size_t)(end - start) : strlen(start);
		out->literal = span_of(start, n);
		*pos += n;
		return true;
	}
	name = start + 2;
	while (n < SOURCE_NAME_MAX && is_name_char(name[n], n == 0))
		n++;
	if (n == 0 || name[n] != '}')
		return fault_raise_at(f, FAULT_CONFIG, at, *pos,
		    "\"${\" must be followed by a name of A-Z, 0-9 and _ "
		    "(at most %d) and \"}\"",
		    SOURCE_NAME_MAX);
	out->is_name = true;
	memcpy(out->name, name, n);
	*pos += 2 + n + 1;
	return true;
}

FALLIBLE source_template_check(
    const char *text, const char *at, struct fault *f)
{
	struct piece p;

	for (size_t pos = 0; text[pos] != '\0';)
		TRY(next_piece(text, &pos, &p, at, f));
	return true;
}

bool source_template_has_names(const char *text)
{
	return strstr(text, "${") != NULL;
}

static bool is_unreserved(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

static void write_percent(struct wr *w, struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (is_unreserved(value.p[i]))
			wr_u8(w, value.p[i]);
		else
			wr_printf(w, "%%%02X", value.p[i]);
	}
}

static void write_json(struct wr *w, struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			wr_u8(w, '\\');
		wr_u8(w, value.p[i]);
	}
}

static const char *value_of(
    const char *name, const struct source_values *values)
{
	for (size_t i = 0; i < values->n; i++) {
		if (strcmp(values->list[i].name, name) == 0)
			return values->list[i].value;
	}
	return getenv(name);
}

/* The value of a name, checked. */
static FALLIBLE find_value(const char *name, const struct source_values *values,
    const char *at, struct span *out, struct fault *f)
{
	const char *value = value_of(name, values);

	if (value == NULL || value[0] == '\0')
		return fault_raise(f, FAULT_CONFIG, at,
		    "${%s} is not set in the environment", name);
	*out = span_text(value);
	if (out->n > LIMIT_SOURCE_HEADER_BYTES)
		return fault_raise(f, FAULT_CONFIG, at,
		    "the value of ${%s} is longer than %d bytes", name,
		    LIMIT_SOURCE_HEADER_BYTES);
	if (!ascii_is_printable(*out))
		return fault_raise(f, FAULT_CONFIG, at,
		    "the value of ${%s} has characters outside printable "
		    "ASCII",
		    name);
	return true;
}

static FALLIBLE write_expanded(const char *text,
    const struct source_values *values, enum source_template_form form,
    struct wr *w, const char *at, struct fault *f)
{
	struct piece p;
	struct span value;

	for (size_t pos = 0; text[pos] != '\0';) {
		TRY(next_piece(text, &pos, &p, at, f));
		if (!p.is_name) {
			wr_span(w, p.literal);
			continue;
		}
		TRY(find_value(p.name, values, at, &value, f));
		switch (form) {
		case SOURCE_TEMPLATE_RAW:
			wr_span(w, value);
			break;
		case SOURCE_TEMPLATE_PERCENT:
			write_percent(w, value);
			break;
		case SOURCE_TEMPLATE_JSON:
			write_json(w, value);
			break;
		}
	}
	return wr_ok(w);
}

FALLIBLE source_template_expand(const char *text,
    enum source_template_form form, size_t max_bytes, const char *at,
    struct blob *out, struct fault *f)
{
	const struct source_values none = { 0 };

	return source_template_fill(text, &none, form, max_bytes, at, out, f);
}

FALLIBLE source_template_fill(const char *text,
    const struct source_values *values, enum source_template_form form,
    size_t max_bytes, const char *at, struct blob *out, struct fault *f)
{
	/* Fixed, so that growing leaves no copy of a secret behind. */
	char buf[LIMIT_SOURCE_HEADER_BYTES];
	struct wr w = wr_into(
	    buf, max_bytes < sizeof(buf) ? max_bytes : sizeof(buf), at, f);
	bool ok = write_expanded(text, values, form, &w, at, f) &&
	    blob_copy(wr_view(&w), out, f);

	secret_wipe_bytes(buf, sizeof(buf));
	return ok;
}

FALLIBLE source_template_neutral(const char *text, size_t max_bytes,
    const char *at, struct blob *out, struct fault *f)
{
	AUTO(wr_drop) struct wr w = wr_grow(max_bytes, at, f);
	struct piece p;

	for (size_t pos = 0; text[pos] != '\0';) {
		TRY(next_piece(text, &pos, &p, at, f));
		if (p.is_name)
			wr_u8(&w, 'x');
		else
			wr_span(&w, p.literal);
	}
	return wr_done(&w, out);
}

bool source_template_reveals(const char *configured,
    const struct source_values *values, struct span text)
{
	struct piece p;
	struct span value;
	size_t pos = 0;

	while (configured[pos] != '\0') {
		if (!next_piece(configured, &pos, &p, "source", NULL))
			return false;
		if (p.is_name &&
		    find_value(p.name, values, "source", &value, NULL) &&
		    memmem(text.p, text.n, value.p, value.n) != NULL)
			return true;
	}
	return false;
}
