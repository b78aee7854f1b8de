/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/request.h"

#include "tests/unit/check.h"

static void request__is_hashed_as_the_page_says(void **state)
{
	static const struct request_header headers[] = {
		{ "X-Api-Key", "${KEY}" },
		{ "Accept", "a/b" },
	};
	const struct request r = {
		.url = "https://h.example/${ID}",
		.headers = headers,
		.n_headers = COUNT(headers),
		.body = "{\"a\":1}",
	};
	const struct sha256 want = sha256_of(span_text(
	    "{\"body\":\"{\\\"a\\\":1}\",\"headers\":{\"accept\":\"a/b\","
	    "\"x-api-key\":\"${KEY}\"},\"method\":\"POST\","
	    "\"url\":\"https://h.example/${ID}\"}"));
	const struct request get = { .url = "https://h.example/" };
	const struct sha256 want_get = sha256_of(
	    span_text("{\"method\":\"GET\",\"url\":\"https://h.example/\"}"));
	struct fault f = FAULT_INIT;
	struct sha256 hash;

	(void)state;
	assert_ok(request_hash(&r, &hash, &f), f);
	assert_true(sha256_equal(&hash, &want));
	assert_ok(request_hash(&get, &hash, &f), f);
	assert_true(sha256_equal(&hash, &want_get));
}

static void request__is_refused_with_a_name_twice(void **state)
{
	static const struct request_header headers[] = {
		{ "X-A", "1" },
		{ "b", "1" },
		{ "x-a", "2" },
	};
	static const struct request_header nameless = { "", "1" };
	struct request r = {
		.url = "https://h.example/",
		.headers = headers,
		.n_headers = COUNT(headers),
	};
	struct fault f = FAULT_INIT;
	struct sha256 hash;

	(void)state;
	assert_refused(
	    request_hash(&r, &hash, &f), f, FAULT_FORMAT, "request.hash");
	r.headers = &nameless;
	r.n_headers = 1;
	assert_refused(
	    request_hash(&r, &hash, &f), f, FAULT_LIMIT, "request.hash");
	r.n_headers = LIMIT_SOURCE_HEADERS + 1;
	assert_refused(
	    request_hash(&r, &hash, &f), f, FAULT_LIMIT, "request.hash");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request__is_hashed_as_the_page_says),
		cmocka_unit_test(request__is_refused_with_a_name_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
