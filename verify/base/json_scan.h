/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to json.c and json_scan.c: what a value is, and the scan that finds
 * all of them in one pass, without recursion.
 *
 * Nodes stand in one array in document order, so the first child of v is v + 1
 * and its next sibling v + v->n_nodes.
 */
#ifndef AFFIANT_JSON_SCAN_H
#define AFFIANT_JSON_SCAN_H

#include "verify/base/json.h"

#define JSON_NO_PARENT ((size_t)-1)

struct cJSON;

struct json_node {
	enum json_kind kind;
	bool boolean;
	bool is_last; /* of its siblings; the root is */
	size_t start; /* the value is in[start .. end-1] */
	size_t end;
	size_t name_start; /* opening quote of the name; only in objects */
	size_t parent;     /* index, or JSON_NO_PARENT */
	size_t last_child; /* index; 0 while there is none */
	size_t n_children;
	size_t n_nodes;             /* this one and all below it */
	const char *name;           /* unescaped; NULL outside objects */
	const char *text;           /* TEXT: unescaped; NUMBER: as it stands */
	const struct cJSON *cursor; /* next child while json.c attaches */
};

/* A growing array of nodes. */
struct json_nodes {
	struct json_node *v;
	size_t n, cap;
};

/*
 * Finds every value of `in`, which has passed max_bytes. Everything of RFC
 * 8259 and of json.h is checked here, but for duplicate names. name, text and
 * cursor are left NULL. On failure *nodes is to be freed all the same.
 */
FALLIBLE json_scan(struct span in, const struct json_limits *limits,
    const char *at, struct json_nodes *nodes, struct fault *f);

#endif
