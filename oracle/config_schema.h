/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration as tables: one row per member, with what may stand in it
 * and one line of help. The reader (config.c), config.schema.json, the list in
 * affiant.conf(5) and `affiantd check --schema` all come from these rows, and
 * a test compares them.
 */
#ifndef AFFIANT_CONFIG_SCHEMA_H
#define AFFIANT_CONFIG_SCHEMA_H

#include "oracle/config.h"

#include <stddef.h>

enum config_want {
	CONFIG_TEXT,    /* const char *, borrowed from the document */
	CONFIG_WORD,    /* one of words(): const char * */
	CONFIG_INDEX,   /* one of words(): its number, in an enum */
	CONFIG_KIND,    /* one of words(): const struct statement_kind * */
	CONFIG_NUMBER,  /* min..max, in an unsigned of `width` bytes */
	CONFIG_FLAG,    /* bool */
	CONFIG_OBJECT,  /* an object that is part of the same struct */
	CONFIG_ARRAY,   /* min..max objects, each in an element of an array */
	CONFIG_HEADERS, /* names and text values: request_header[] */
	CONFIG_GUARDS,  /* names and text, integer or bool: pick_guard[] */
	CONFIG_TEXTS,   /* array of texts: const char *[] */
	CONFIG_SIGNED,  /* -max..max, in an int32_t */
	CONFIG_MAP,     /* names and objects: as ARRAY, each with its name */
	CONFIG_ADDRESS, /* of a chain, as text: struct eth_addr */
	CONFIG_AMOUNT   /* decimal text, `max` decimals: struct u256, scaled */
};

struct config_object;

struct config_member {
	const char *name;
	enum config_want want;
	bool required;
	size_t at, width;  /* in the struct of the object */
	size_t count_at;   /* ARRAY to TEXTS: the size_t beside the pointer */
	uint64_t min, max; /* NUMBER: value; TEXT: bytes; ARRAY: elements;
			    * AMOUNT: its decimals are `max` */
	uint64_t fallback; /* NUMBER, INDEX */
	const char *fallback_text; /* TEXT, WORD, KIND, AMOUNT; NULL: none */
	/* The words that may stand here, in order; NULL ends them. */
	const char *(*words)(size_t i);
	/* TEXT: its form. Null: any text within the length. */
	FALLIBLE (*check)(const char *value, struct fault *f);
	const struct config_object *object; /* OBJECT, ARRAY, MAP */
	const char *help;
};

struct config_object {
	const char *name;  /* "feed": in the schema's $defs */
	const char *title; /* "feeds[]": as the man page names it */
	const struct config_member *members;
	size_t n;
	size_t size;    /* ARRAY, MAP: of one element */
	size_t name_at; /* MAP: where an element keeps its name */
};

/* Where a member of the struct is, and how wide. */
#define INTO(type, member)                   \
	.at = offsetof(struct type, member), \
	.width = sizeof(((struct type *)0)->member)
#define COUNTED(type, member, n_member)      \
	.at = offsetof(struct type, member), \
	.count_at = offsetof(struct type, n_member)
#define ROWS(rows) .members = (rows), .n = COUNT(rows)

extern const struct config_object config_root;
extern const struct config_object config_tls_object;
extern const struct config_object config_chain_object, config_chain_feed_object;
extern const struct config_object config_source_object, config_requests_object,
    config_template_object, config_hole_object;
/* The objects below the root, by name; ends NULL. */
extern const struct config_object *const config_objects[];

/*
 * The JSON Schema (2020-12) of the tables as compact JSON: the content of
 * config.schema.json.
 */
FALLIBLE config_schema_encode(struct wr *w, struct fault *f);

/* Forms of texts that more than one table has. */
FALLIBLE config_check_no_control(const char *value, struct fault *f);
FALLIBLE config_check_ca_file(const char *value, struct fault *f);
FALLIBLE config_check_feed_id(const char *value, struct fault *f);

#endif
