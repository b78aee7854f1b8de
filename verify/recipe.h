/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a feed's values come about, read from the oracle's configuration: what
 * each source is asked and what is picked from its answer. The daemon's own
 * reader (oracle/) knows the whole configuration; this one knows what has to
 * be known to pick again, and refuses where it does not know enough. A test
 * holds the two against each other.
 */
#ifndef AFFIANT_RECIPE_H
#define AFFIANT_RECIPE_H

#include "verify/base/json.h"
#include "verify/pick.h"
#include "verify/request.h"

/* One feed of a configuration. The document owns every string. */
struct recipe {
	struct json *doc;
	const struct json_node *sources;
	size_t n_sources; /* 1 to LIMIT_SOURCES */
	bool is_number, must_be_positive;
	uint8_t decimals;
	enum dec_round rounding;
};
void recipe_drop(struct recipe *r);

struct recipe_source {
	const struct pick_kind *picks;
	struct pick_rule rule;
	struct request request;
	/* What the two above point into. */
	struct pick_guard require[LIMIT_GUARDS];
	const char *forbid[LIMIT_GUARDS];
	struct request_header headers[LIMIT_SOURCE_HEADERS];
};

/*
 * FORMAT or LIMIT at "recipe.json", "recipe.feed" (no such feed, or twice),
 * "recipe.MEMBER"; UNSUPPORTED at "recipe.MEMBER" when a member of the feed or
 * of a source is not known here: it might change the value.
 */
FALLIBLE recipe_open(struct span configuration, struct span feed,
    struct recipe *out, struct fault *f);
/* Source i of the feed; `out` points into itself and must not be copied. */
FALLIBLE recipe_source_at(const struct recipe *r, size_t i,
    struct recipe_source *out, struct fault *f);

#endif
