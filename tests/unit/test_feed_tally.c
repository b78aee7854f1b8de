/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_tally.h"

#include "tests/unit/check.h"
#include "verify/base/file.h"

#include <dirent.h>
#include <stdlib.h>

static struct aggregate round_of;
static struct feed_tally tally;

static size_t index_of(const char *outcome)
{
	for (size_t i = 0; i < FEED_TALLY_OUTCOMES; i++) {
		if (strcmp(feed_tally_outcomes[i], outcome) == 0)
			return i;
	}
	fail_msg("%s is no outcome", outcome);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	memset(&round_of, 0, sizeof(round_of));
	memset(&tally, 0, sizeof(tally));
	return 0;
}

static void tally__counts_each_source_by_its_outcome(void **state)
{
	(void)state;
	round_of.source[0].used = true;
	round_of.source[1].reason = span_text("timeout");
	round_of.source[2].reason = span_text("never heard of");
	/* Behind the feed's sources: nobody's. */
	round_of.source[3].used = true;
	feed_tally_round(&tally, 3, &round_of);
	round_of.source[1].used = true;
	feed_tally_round(&tally, 3, &round_of);
	for (size_t i = 0; i < LIMIT_SOURCES; i++) {
		for (size_t k = 0; k < FEED_TALLY_OUTCOMES; k++) {
			uint64_t want = 0;

			if (i == 0 && k == index_of("used"))
				want = 2;
			if (i == 1 &&
			    (k == index_of("used") || k == index_of("timeout")))
				want = 1;
			if (i == 2 && k == index_of("other"))
				want = 2;
			assert_int_equal(feed_tally_count(&tally, i, k), want);
		}
	}
}

static void outcomes__are_words_and_each_stands_once(void **state)
{
	(void)state;
	assert_string_equal(feed_tally_outcomes[0], "used");
	for (size_t i = 0; i < FEED_TALLY_OUTCOMES; i++) {
		const char *word = feed_tally_outcomes[i];

		assert_non_null(word);
		assert_int_equal(
		    strspn(word, "abcdefghijklmnopqrstuvwxyz"), strlen(word));
		assert_int_equal(index_of(word), i);
	}
}

/* Every "source.WORD" that a file raises is counted under its word. */
static void read_words(const char *path)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(file_read(path, LIMIT_CONFIG_BYTES, &text, &f), f);
	const char *p = (const char *)text.p;
	while ((p = strstr(p, "\"source.")) != NULL) {
		char word[32];
		size_t n;

		p += strlen("\"source.");
		n = strspn(p, "abcdefghijklmnopqrstuvwxyz");
		assert_in_range(n, 0, sizeof(word) - 1);
		memcpy(word, p, n);
		word[n] = '\0';
		/* (url and path are of opening, not of a fetch) */
		if (n > 0 && p[n] == '"' && strcmp(word, "url") != 0 &&
		    strcmp(word, "path") != 0)
			assert_in_range(
			    index_of(word), 1, FEED_TALLY_OUTCOMES - 2);
	}
}

static void outcomes__are_all_reasons_that_sources_give(void **state)
{
	const char *root = getenv("AFFIANT_SOURCE");
	char path[4096];
	int n = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/sources", root != NULL ? root : ".");
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		size_t len = strlen(e->d_name);

		if (len < 3 || strcmp(e->d_name + len - 2, ".c") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/sources/%s",
		    root != NULL ? root : ".", e->d_name);
		read_words(path);
		n++;
	}
	closedir(dir);
	assert_in_range(n, 5, 1000);
}

/* Every word that aggregate.h names as the reason of a rejection. */
static void outcomes__are_all_reasons_that_aggregation_gives(void **state)
{
	const char *root = getenv("AFFIANT_SOURCE");
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;
	char path[4096];
	int n = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/oracle/aggregate.h",
	    root != NULL ? root : ".");
	assert_ok(file_read(path, LIMIT_CONFIG_BYTES, &text, &f), f);
	const char *p = (const char *)text.p;
	while ((p = strstr(p, "#define AGGREGATE_")) != NULL) {
		char word[32];

		p += strcspn(p, "\"\n");
		if (*p != '"')
			continue;
		size_t len = strcspn(++p, "\"");
		assert_in_range(len, 1, sizeof(word) - 1);
		memcpy(word, p, len);
		word[len] = '\0';
		assert_in_range(index_of(word), 1, FEED_TALLY_OUTCOMES - 2);
		n++;
	}
	assert_in_range(n, 3, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    tally__counts_each_source_by_its_outcome, set_up),
		cmocka_unit_test(outcomes__are_words_and_each_stands_once),
		cmocka_unit_test(outcomes__are_all_reasons_that_sources_give),
		cmocka_unit_test(
		    outcomes__are_all_reasons_that_aggregation_gives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
