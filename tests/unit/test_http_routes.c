/* SPDX-License-Identifier: Apache-2.0 */
/* The table of routes and the configuration's own list of taken paths. */
#include "oracle/config.h"
#include "oracle/http_routes.h"
#include "tests/unit/check.h"

/* Whether a feed may have this path; a star stands for something. */
static bool is_free(const char *path)
{
	static struct config_problems problems;
	struct config *config = NULL;
	char text[1024];
	bool ok = true;

	snprintf(text, sizeof(text),
	    "{\"listen\":\"127.0.0.1:0\",\"state_dir\":\"/tmp\","
	    "\"feeds\":[{\"id\":\"A\",\"path\":\"%.*sx\",\"interval_ms\":1000,"
	    "\"sources\":[{\"url\":\"https://a.example/\",\"pick\":\"/a\"}]}]}",
	    (int)strcspn(path, "*"), path);
	/* An exact path ends as it is written. */
	if (strchr(path, '*') == NULL) {
		char *end = strstr(text, "x\",\"interval_ms\"");

		memmove(end, end + 1, strlen(end + 1) + 1);
	}
	if (config_parse(span_text(text), &config, &problems)) {
		config_free(config);
		return true;
	}
	for (size_t i = 0; i < problems.n; i++) {
		if (strcmp(problems.list[i].pointer, "/feeds/0/path") == 0)
			ok = false;
		else
			fail_msg("%s: %s", problems.list[i].pointer,
			    problems.list[i].text);
	}
	return ok;
}

static void routes__cannot_be_taken_by_a_feed(void **state)
{
	(void)state;
	for (const struct http_route *r = http_routes; r->path != NULL; r++) {
		bool wanted = strcmp(r->path, "/price") == 0;

		if (is_free(r->path) != wanted)
			fail_msg("%s is %s", r->path,
			    wanted ? "taken" : "free for a feed");
	}
	for (const struct http_route *r = http_post_routes; r->path != NULL;
	     r++)
		assert_false(is_free(r->path));
	assert_true(is_free("/eth"));
}

static void routes__say_what_they_are_for(void **state)
{
	(void)state;
	for (const struct http_route *r = http_routes; r->path != NULL; r++) {
		assert_non_null(r->handle);
		assert_non_null(r->help);
		assert_in_range(strlen(r->help), 10, 70);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes__cannot_be_taken_by_a_feed),
		cmocka_unit_test(routes__say_what_they_are_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
