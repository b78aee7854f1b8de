/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_checksums.h"

#include "verify/base/text.h"

#include <string.h>

#define AT "image.checksums"
#define HASH_DIGITS 64

const struct dstack_checksum *dstack_checksums_find(
    const struct dstack_checksums *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->file[i].name, name) == 0)
			return &c->file[i];
	return NULL;
}

/* A name becomes a path: nothing in it may lead out of the folder. */
static bool is_plain(struct span name)
{
	if (name.n == 0 || name.n > LIMIT_IMAGE_NAME || name.p[0] == '.' ||
	    !ascii_is_printable(name))
		return false;
	return memchr(name.p, '/', name.n) == NULL;
}

static FALLIBLE take_line(
    struct span line, struct dstack_checksums *c, struct fault *f)
{
	struct dstack_checksum *file = &c->file[c->n];
	struct span digits, name;

	if (c->n == LIMIT_IMAGE_FILES)
		return fault_raise(f, FAULT_LIMIT, AT, "more than %d files",
		    LIMIT_IMAGE_FILES);
	if (line.n < HASH_DIGITS + 2 ||
	    memcmp(line.p + HASH_DIGITS, "  ", 2) != 0)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "line %zu is no hash, two spaces and a name", c->n + 1);
	digits = span_of(line.p, HASH_DIGITS);
	name = span_of(line.p + HASH_DIGITS + 2, line.n - HASH_DIGITS - 2);
	if (!hex_is_lower(digits) || !is_plain(name))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "line %zu has no plain hash or name", c->n + 1);
	TRY(hex_decode(digits, file->hash.b, sizeof(file->hash.b), AT, f));
	memcpy(file->name, name.p, name.n);
	file->name[name.n] = '\0';
	if (dstack_checksums_find(c, file->name) != NULL)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "%s stands twice", file->name);
	c->n++;
	return true;
}

FALLIBLE dstack_checksums_parse(
    struct span text, struct dstack_checksums *out, struct fault *f)
{
	out->n = 0;
	while (text.n > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t n;

		if (end == NULL)
			return fault_raise(
			    f, FAULT_FORMAT, AT, "the last line has no end");
		n = (size_t)(end - text.p);
		TRY(take_line(span_of(text.p, n), out, f));
		text = span_of(text.p + n + 1, text.n - n - 1);
	}
	if (out->n == 0)
		return fault_raise(f, FAULT_FORMAT, AT, "it names no file");
	return true;
}
