/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recipe book: feeds of public APIs, ready to be used, with what an
 * operator should know about each. The files are sources/recipes/NAME.json:
 *
 *   { "about": { "domain": .., "what": .., "limits": .., "terms": ..,
 *                "notes": [..] },
 *     "feed": an element of `feeds` as affiant.conf(5) has it }
 *
 * They are part of the program, so that it can print them wherever it runs.
 */
#ifndef AFFIANT_RECIPE_BOOK_H
#define AFFIANT_RECIPE_BOOK_H

#include "verify/base/json.h"

struct recipe {
	const char *name; /* of the file, without .json */
	struct span text;
};
extern const struct recipe recipe_book[];
extern const size_t recipe_book_n;

/* By exact name, or NULL. */
const struct recipe *recipe_book_find(const char *name);

/* A recipe that was read; the views live as long as it. */
struct recipe_page {
	struct json *doc;
	const char *domain; /* "spot prices" */
	const char *what;   /* one line */
	const char *limits; /* how often the host may be asked */
	const char *terms;
	const struct json_node *notes; /* array of texts */
	struct span feed;              /* as it stands in the file */
};
/* FORMAT at "recipe" for what is no recipe; the feed is not judged. */
FALLIBLE recipe_page_read(
    struct span text, struct recipe_page *out, struct fault *f);
void recipe_page_drop(struct recipe_page *p);

/* A whole configuration with these feeds, for a person to go on from. */
void recipe_book_configure(
    const struct recipe_page *pages, size_t n, struct wr *w);

#endif
