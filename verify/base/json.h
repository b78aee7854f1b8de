/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict JSON (RFC 8259) over cJSON; the only file that knows cJSON. A scan
 * of our own runs first and refuses what cJSON lets pass: duplicate member
 * names at any depth, anything after the document but white space, a byte
 * order mark, bad UTF-8, control characters, NUL and \u0000, lone surrogates,
 * numbers like 01, 1. or +1, depth and size beyond the limits. Numbers keep
 * their original text: nothing here ever passes through binary floating point.
 */
#ifndef AFFIANT_JSON_H
#define AFFIANT_JSON_H

#include "verify/base/bytes.h"

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_TEXT,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json;      /* a document: owns everything below it */
struct json_node; /* a value in it: lives as long as the document */

struct json_limits {
	size_t max_bytes;
	unsigned max_depth; /* nesting of arrays and objects */
	size_t max_values;  /* values of any kind, members included */
};

/* For documents we publish or are given as files (limits.h). */
extern const struct json_limits json_limits_default;

/*
 * Parses one document. `at` is a literal that faults carry; offsets are those
 * of the offending byte in `in`. The document keeps a copy of `in`.
 * Faults: FORMAT (grammar, duplicates, UTF-8), LIMIT.
 */
FALLIBLE json_parse(struct span in, const struct json_limits *limits,
    const char *at, struct json **out, struct fault *f);
/*
 * Whether json_parse would take it but for duplicate names: what tells a
 * document that contradicts itself from half a file.
 */
bool json_is_grammatical(struct span in, const struct json_limits *limits);
void json_free(struct json *doc);
void json_drop(struct json **doc); /* for AUTO; sets NULL */

const struct json_node *json_root(const struct json *doc);

/* What is not there is null. */
enum json_kind json_kind_of(const struct json_node *v);
const char *json_kind_name(enum json_kind kind);

/* Member by exact name, or NULL (also when v is NULL or no object). */
const struct json_node *json_find(const struct json_node *v, const char *name);
/* RFC 6901 pointer, or NULL. "" is v itself. Bad pointer syntax: NULL. */
const struct json_node *json_pointer(
    const struct json_node *v, const char *pointer);
/* Whether the text is a pointer at all: "" or starts with /, ~0 ~1 only. */
bool json_pointer_is_valid(const char *pointer);

/* Children in document order; NULL at the end. Of NULL there are none. */
const struct json_node *json_first(const struct json_node *v);
const struct json_node *json_next(const struct json_node *v);
size_t json_count(const struct json_node *v);
/* Name of an object's child; NULL for elements and the root. */
const char *json_name(const struct json_node *v);

/*
 * The exact source bytes of a value, from its first byte to its last, without
 * surrounding white space: what a signature over part of a document covers.
 * Borrowed from the document.
 */
struct span json_source(const struct json *doc, const struct json_node *v);

/*
 * Views; the caller has checked the kind. Never NULL; of another kind "" and
 * false.
 */
const char *json_text(const struct json_node *v);   /* TEXT: unescaped UTF-8 */
const char *json_number(const struct json_node *v); /* NUMBER: as it stands */
bool json_bool(const struct json_node *v);
/* Where the value starts in the document, for faults. */
size_t json_offset(const struct json_node *v);

/*
 * Guided reading of an object: a table says which members may stand in it.
 * json_read checks kind, presence and "nothing else", in that order, and
 * fills the targets on success only. Faults carry at = `at` and name the
 * member. A target of kind TEXT is a `const char *` borrowed from the
 * document; U64 accepts integers 0..2^53-1 in plain digits only.
 */
enum json_want {
	JSON_WANT_TEXT,   /* const char ** */
	JSON_WANT_U64,    /* uint64_t * */
	JSON_WANT_BOOL,   /* bool * */
	JSON_WANT_OBJECT, /* const struct json_node ** */
	JSON_WANT_ARRAY,  /* const struct json_node ** */
	JSON_WANT_ANY     /* const struct json_node ** */
};
struct json_field {
	const char *name;
	enum json_want want;
	bool optional; /* absent: the target is left as it was */
	void *target;
};
FALLIBLE json_read(const struct json_node *v, const struct json_field *fields,
    size_t n_fields, const char *at, struct fault *f);
/* The same, but unknown members are allowed (vendors' JSON only). */
FALLIBLE json_read_loose(const struct json_node *v,
    const struct json_field *fields, size_t n_fields, const char *at,
    struct fault *f);
/* An integer 0..max in plain digits. */
FALLIBLE json_u64(const struct json_node *v, uint64_t max, uint64_t *out,
    const char *at, struct fault *f);

#endif
