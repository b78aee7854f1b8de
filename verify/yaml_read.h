/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of YAML that compose files are written in, and nothing else: blocks
 * of names and lists, plain and quoted values of one line, block texts, lists
 * in brackets. What could make two readers see two different documents is
 * refused: anchors, aliases, tags, merges, escapes in names, tabs, odd line
 * breaks, braces, several documents, names that stand twice. A file that is
 * refused is not wrong; it is one of which nothing can be said.
 */
#ifndef AFFIANT_YAML_READ_H
#define AFFIANT_YAML_READ_H

#include "verify/base/bytes.h"
#include "verify/base/limits.h"

/* From the root down; an element of a list has the empty name. */
struct yaml_path {
	struct span name[LIMIT_YAML_DEPTH];
	size_t n;
};
bool yaml_path_is(const struct yaml_path *p, size_t at, const char *name);

enum yaml_style {
	YAML_NONE,    /* a name with nothing behind it */
	YAML_PLAIN,   /* the value itself */
	YAML_QUOTED,  /* the value, without its quotes */
	YAML_ESCAPED, /* as it stands between its quotes: not the value */
	YAML_BLOCK,   /* the lines of a block text, with their indentation */
	YAML_LIST     /* a list in brackets, or an empty one in braces */
};

/* Called for each value that is not a block of names or a list of lines. */
typedef bool yaml_visit(void *ctx, const struct yaml_path *path,
    struct span value, enum yaml_style style, struct fault *f);

/*
 * UNSUPPORTED at "yaml.form" for what this reader does not take, LIMIT at
 * "yaml.limit", with the line in the text; or the visitor's fault.
 */
FALLIBLE yaml_read(
    struct span text, yaml_visit *visit, void *ctx, struct fault *f);

#endif
