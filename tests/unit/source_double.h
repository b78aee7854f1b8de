/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for sources/ in tests of the round: they decide what each source
 * says. As with the real one, what a fetch returned lives until the next
 * fetch, and is then overwritten: whoever kept a view of it is found out.
 */
#ifndef AFFIANT_TEST_SOURCE_DOUBLE_H
#define AFFIANT_TEST_SOURCE_DOUBLE_H

#include "sources/sources.h"

struct source_script {
	const char *value;  /* NULL: the source fails with `reason` */
	const char *reason; /* of the failure */
	int64_t age_ms;     /* of the observation, by the clock at the fetch */
	int64_t date_ahead_s;
	bool has_date;
	bool has_hop;
};

/* What the next fetches say, source by source, for every open set. */
extern struct source_script source_script[LIMIT_SOURCES];
/* How often was fetched. */
extern unsigned source_double_fetches;

#endif
