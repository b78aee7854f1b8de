/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration of requests is refused for, and where. */
#include "oracle/config.h"
#include "tests/unit/check.h"

#include <string.h>

#define DOC(templates)                                                   \
	"{\"listen\":\"127.0.0.1:0\",\"state_dir\":\"/tmp\",\"feeds\":[" \
	"{\"id\":\"A\",\"sources\":[{\"url\":\"https://a.example/\","    \
	"\"pick\":\"/a\"}]}],\"requests\":{\"templates\":[" templates "]}}"
#define ONE(id, source, holes)                                        \
	"{\"id\":\"" id "\",\"source\":{\"pick\":\"/a\"," source "}," \
	"\"holes\":[" holes "]}"
#define URL "\"url\":\"https://a.example/${X}\""
#define HOLE "{\"name\":\"X\"}"

static struct config_problems problems;

static void requests__are_read(void **state)
{
	(void)state;
	AUTO(config_drop) struct config *c = NULL;

	if (!config_parse(span_text(DOC(ONE("T", URL, HOLE))), &c, &problems))
		fail_msg(
		    "%s: %s", problems.list[0].pointer, problems.list[0].text);
	assert_int_equal(c->requests.per_minute, 30);
	assert_int_equal(c->requests.at_once, 2);
	assert_int_equal(c->requests.n_templates, 1);
	assert_int_equal(c->requests.templates[0].holes[0].max, 64);
	assert_string_equal(c->requests.templates[0].holes[0].chars, "alnum");
}

static void requests__are_refused_at_their_place(void **state)
{
	(void)state;
	static const struct {
		const char *doc, *at;
	} bad[] = {
		{ DOC(ONE("A", URL, HOLE)), "/requests/templates/0/id" },
		{ DOC(ONE("T", URL, HOLE) "," ONE("T", URL, HOLE)),
		    "/requests/templates/1/id" },
		{ DOC(ONE("T", "\"url\":\"https://a.example/\"", HOLE)),
		    "/requests/templates/0/holes" },
		{ DOC(ONE("T", URL, HOLE "," HOLE)),
		    "/requests/templates/0/holes" },
		{ DOC(ONE("T", URL, "{\"name\":\"x\"}")),
		    "/requests/templates/0/holes/0/name" },
		{ DOC(ONE("T", "\"url\":\"https://${X}.example/\"", HOLE)),
		    "/requests/templates/0/source/url" },
		{ DOC(ONE("T", URL ",\"max_redirects\":1", HOLE)),
		    "/requests/templates/0/source/max_redirects" },
		{ DOC(ONE("T", URL ",\"keep_body\":true", HOLE)),
		    "/requests/templates/0/source/keep_body" },
		{ DOC(ONE("T", URL ",\"body\":\"{}\"", HOLE)),
		    "/requests/templates/0/source/body" },
		{ DOC(ONE("T", URL ",\"kind\":\"http-text\"", HOLE)),
		    "/requests/templates/0/source/kind" },
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct config *c = NULL;
		bool found = false;

		if (config_parse(span_text(bad[i].doc), &c, &problems))
			fail_msg("taken: %s", bad[i].doc);
		for (size_t k = 0; k < problems.n; k++)
			found |=
			    strcmp(problems.list[k].pointer, bad[i].at) == 0;
		if (!found)
			fail_msg(
			    "%s, not %s", problems.list[0].pointer, bad[i].at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests__are_read),
		cmocka_unit_test(requests__are_refused_at_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
