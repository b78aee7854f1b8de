/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/base/file.h"
#include "verify/policy.h"

#include <stdlib.h>

#define TYPE "\"type\":\"affiant.policy.v1\""
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ADDR "0x0123456789abcdef0123456789abcdef01234567"

static void takes(const char *text)
{
	AUTO(policy_drop) struct policy p = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(policy_parse(span_text(text), &p, &f), f);
	assert_non_null(p.doc);
}

static void refuses(const char *text, enum fault_kind kind, const char *at)
{
	AUTO(policy_drop) struct policy p = { 0 };
	struct fault f = FAULT_INIT;

	if (policy_parse(span_text(text), &p, &f) || f.kind != kind ||
	    strcmp(f.at, at) != 0)
		fail_msg("want %s, got %s: %s\n%s", at, f.at, f.text, text);
	assert_null(p.doc);
}

static void policy_parse__takes_every_member(void **state)
{
	(void)state;
	takes("{" TYPE "}");
	takes("{" TYPE ",\"configs\":[\"" HASH "\"],\"feeds\":[\"BTC/USD\"],"
	      "\"kinds\":[\"price\",\"key\"],\"maxAgeMs\":1,\"minSources\":3,"
	      "\"plainHttp\":true,\"signers\":[\"" ADDR "\"],\"sources\":["
	      "{\"source\":\"a.example\"},"
	      "{\"source\":\"b.example\",\"tlsRoots\":[\"" HASH "\"],"
	      "\"tlsSpki\":[]}],\"tdx\":{},\"sgx\":{}}");
	takes(" { \"configs\" : [ ] ,\n" TYPE "\n}\n");
}

static void policy_parse__refuses_what_it_does_not_know(void **state)
{
	(void)state;
	refuses("", FAULT_FORMAT, "policy.json");
	refuses("{" TYPE "} x", FAULT_FORMAT, "policy.json");
	refuses("{" TYPE "," TYPE "}", FAULT_FORMAT, "policy.json");
	refuses("[]", FAULT_FORMAT, "policy.members");
	refuses("{}", FAULT_FORMAT, "policy.members");
	refuses("{\"type\":\"affiant.policy.v2\"}", FAULT_UNSUPPORTED,
	    "policy.type");
	refuses("{\"type\":1}", FAULT_UNSUPPORTED, "policy.type");
	refuses("{" TYPE ",\"config\":[]}", FAULT_FORMAT, "policy.members");
	refuses("{" TYPE ",\"Feeds\":[]}", FAULT_FORMAT, "policy.members");
	refuses("{" TYPE ",\"comment\":\"\"}", FAULT_FORMAT, "policy.members");
	/* A platform by its alias, or none at all. */
	refuses("{" TYPE ",\"intel-tdx\":{}}", FAULT_FORMAT, "policy.members");
	refuses("{" TYPE ",\"tdx\":[]}", FAULT_FORMAT, "policy.members");
	refuses("{" TYPE ",\"vax\":{}}", FAULT_FORMAT, "policy.members");
}

/* What could never match would accept nothing and look like a pin. */
static void policy_parse__refuses_forms_that_never_match(void **state)
{
	static const struct {
		const char *member;
		const char *at;
	} bad[] = {
		{ "\"configs\":\"" HASH "\"", "policy.configs" },
		{ "\"configs\":[\"" HASH "0\"]", "policy.configs" },
		{ "\"configs\":[\"0123456789ABCDEF0123456789abcdef0123456789"
		  "abcdef0123456789abcdef\"]",
		    "policy.configs" },
		{ "\"configs\":[1]", "policy.configs" },
		{ "\"configs\":{}", "policy.configs" },
		{ "\"configs\":null", "policy.configs" },
		{ "\"feeds\":[\"\"]", "policy.feeds" },
		{ "\"feeds\":[\"BTC USD\"]", "policy.feeds" },
		{ "\"feeds\":[\"012345678901234567890123456789012\"]",
		    "policy.feeds" },
		{ "\"kinds\":[\"prices\"]", "policy.kinds" },
		{ "\"maxAgeMs\":0", "policy.maxAgeMs" },
		{ "\"maxAgeMs\":-1", "policy.maxAgeMs" },
		{ "\"maxAgeMs\":\"1\"", "policy.maxAgeMs" },
		{ "\"maxAgeMs\":1.5", "policy.maxAgeMs" },
		{ "\"minSources\":0", "policy.minSources" },
		{ "\"minSources\":[3]", "policy.minSources" },
		{ "\"plainHttp\":false", "policy.plainHttp" },
		{ "\"plainHttp\":1", "policy.plainHttp" },
		{ "\"signers\":[\"" HASH "\"]", "policy.signers" },
		{ "\"signers\":[\"0X0123456789abcdef0123456789abcdef01234567"
		  "\"]",
		    "policy.signers" },
		{ "\"sources\":{}", "policy.sources" },
		{ "\"sources\":[\"a.example\"]", "policy.sources" },
		{ "\"sources\":[{}]", "policy.sources" },
		{ "\"sources\":[{\"source\":\"A.example\"}]",
		    "policy.sources" },
		{ "\"sources\":[{\"source\":\"\"}]", "policy.sources" },
		{ "\"sources\":[{\"source\":\"a\",\"url\":\"\"}]",
		    "policy.sources" },
		{ "\"sources\":[{\"source\":\"a\"},{\"source\":\"a\"}]",
		    "policy.sources" },
		{ "\"sources\":[{\"source\":\"a\",\"tlsRoots\":[\"\"]}]",
		    "policy.tlsRoots" },
		{ "\"sources\":[{\"source\":\"a\",\"tlsSpki\":[\"5A\"]}]",
		    "policy.tlsSpki" },
		{ "\"tdx\":{\"mrtd\":[\"00\"]}", "policy.intel" },
		{ "\"tdx\":{\"mrdt\":[]}", "policy.intel" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char text[512];

		snprintf(text, sizeof(text), "{%s," TYPE "}", bad[i].member);
		refuses(text, FAULT_FORMAT, bad[i].at);
	}
}

static void policy_find__tells_absent_from_empty(void **state)
{
	static const char text[] = "{\"feeds\":[],\"kinds\":[\"price\"],"
				   "\"tdx\":{}," TYPE "}";
	AUTO(policy_drop) struct policy p = { 0 };
	struct policy none = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(policy_parse(span_text(text), &p, &f), f);
	assert_null(policy_find(&p, "configs"));
	assert_null(policy_find(&none, "feeds"));
	assert_null(policy_find(NULL, "feeds"));
	assert_non_null(policy_find(&p, "feeds"));
	assert_false(
	    policy_list_has(policy_find(&p, "feeds"), span_text("BTC/USD")));
	assert_false(policy_list_has(policy_find(&p, "feeds"), span_text("")));
	assert_true(
	    policy_list_has(policy_find(&p, "kinds"), span_text("price")));
	assert_false(
	    policy_list_has(policy_find(&p, "kinds"), span_text("pric")));
	assert_true(policy_has_platforms(&p));
	assert_non_null(policy_platform(&p, "tdx"));
	assert_null(policy_platform(&p, "sgx"));
	assert_false(policy_has_platforms(&none));
	assert_false(policy_has_platforms(NULL));
}

/* The example of FORMAT.policy.md is one. */
static void policy_parse__takes_the_example_of_its_format(void **state)
{
	AUTO(blob_drop) struct blob page = { 0 };
	const char *root = getenv("AFFIANT_SOURCE");
	struct fault f = FAULT_INIT;
	char path[4096], *begin, *end;

	(void)state;
	snprintf(path, sizeof(path), "%s/verify/FORMAT.policy.md",
	    root != NULL ? root : ".");
	assert_ok(file_read(path, 1 << 20, &page, &f), f);
	begin = strstr((char *)page.p, "```json\n");
	assert_non_null(begin);
	begin += 8;
	end = strstr(begin, "```");
	assert_non_null(end);
	*end = '\0';
	takes(begin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy_parse__takes_every_member),
		cmocka_unit_test(policy_parse__refuses_what_it_does_not_know),
		cmocka_unit_test(policy_parse__refuses_forms_that_never_match),
		cmocka_unit_test(policy_find__tells_absent_from_empty),
		cmocka_unit_test(policy_parse__takes_the_example_of_its_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
