/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of recipe*.c, and for the test that holds these tables against the
 * daemon's: the members of a feed and of a source in a configuration. Those
 * without a reader have no part in which value is picked. A member that is
 * missing here makes a configuration one that nothing can be recomputed from:
 * whoever gives the daemon a new one decides here what it does to the value.
 */
#ifndef AFFIANT_RECIPE_MEMBERS_H
#define AFFIANT_RECIPE_MEMBERS_H

#include "verify/recipe.h"

struct recipe_member {
	const char *name;
	enum json_kind kind;
	/* `into`: struct recipe or struct recipe_source. NULL: no part. */
	FALLIBLE(*read)
	(const struct json_node *v, void *into, struct fault *f);
};

extern const struct recipe_member recipe_feed_members[];
extern const size_t recipe_n_feed_members;
extern const struct recipe_member recipe_source_members[];
extern const size_t recipe_n_source_members;

bool recipe_knows(
    const struct recipe_member *table, size_t n, const char *name);

#endif
