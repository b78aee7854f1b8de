/* SPDX-License-Identifier: Apache-2.0 */
/* `evidence.tls`, written and read. */
#include "tests/unit/check.h"
#include "verify/base/text.h"
#include "verify/tls_bundle.h"

#include <stdlib.h>

static void add(
    struct tls_bundle_maker *m, enum tls_item_kind kind, const char *bytes)
{
	struct fault f = FAULT_INIT;
	struct sha256 hash = sha256_of(span_text(bytes));

	assert_ok(tls_bundle_add(m, kind, &hash, span_text(bytes), &f), f);
}

static struct blob write(struct tls_bundle_maker *m)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "test.bundle", &f);
	struct blob out = { 0 };

	assert_ok(tls_bundle_write(m, &w, &f), f);
	assert_ok(wr_done(&w, &out), f);
	return out;
}

static void bundle__is_read_back_and_found_by_hash(void **state)
{
	static const char *const certs[] = { "one", "two", "three", "four",
		"five", "six", "seven", "eight", "nine" };
	AUTO(tls_bundle_maker_drop) struct tls_bundle_maker m = { 0 };
	AUTO(tls_bundle_drop) struct tls_bundle b = { 0 };
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;
	struct sha256 hash;

	(void)state;
	for (size_t i = 0; i < COUNT(certs); i++)
		add(&m, TLS_ITEM_CERT, certs[i]);
	add(&m, TLS_ITEM_CERT, "one");
	add(&m, TLS_ITEM_SCTS, "list");
	text = write(&m);
	assert_ok(tls_bundle_read(blob_span(&text), &b, &f), f);
	assert_int_equal(b.list[TLS_ITEM_CERT].n, COUNT(certs));
	assert_int_equal(b.list[TLS_ITEM_OCSP].n, 0);
	assert_int_equal(b.list[TLS_ITEM_SCTS].n, 1);
	for (size_t i = 0; i < COUNT(certs); i++) {
		const struct tls_item *item;

		hash = sha256_of(span_text(certs[i]));
		item = tls_bundle_find(&b, TLS_ITEM_CERT, &hash);
		assert_non_null(item);
		assert_span_text(item->bytes, certs[i]);
		/* What is no staple is not found among them. */
		assert_null(tls_bundle_find(&b, TLS_ITEM_OCSP, &hash));
	}
	hash = sha256_of(span_text("none"));
	assert_null(tls_bundle_find(&b, TLS_ITEM_CERT, &hash));
}

static void bundle__of_nothing_has_three_empty_lists(void **state)
{
	struct tls_bundle_maker m = { 0 };
	AUTO(blob_drop) struct blob text = write(&m);

	(void)state;
	assert_string_equal(
	    (char *)text.p, "{\"certificates\":[],\"ocsp\":[],\"scts\":[]}");
}

static void bundle__keeps_to_its_limits(void **state)
{
	AUTO(tls_bundle_maker_drop) struct tls_bundle_maker m = { 0 };
	struct fault f = FAULT_INIT;
	uint8_t *large = calloc(1, LIMIT_CERT_BYTES + 1);
	struct sha256 hash = { { 0 } };
	size_t n = 0;

	(void)state;
	assert_non_null(large);
	assert_refused(tls_bundle_add(&m, TLS_ITEM_CERT, &hash,
			   span_of(large, LIMIT_CERT_BYTES + 1), &f),
	    f, FAULT_LIMIT, "tls.bundle");
	/* The hash is whoever adds it's to know. */
	while (tls_bundle_add(
	    &m, TLS_ITEM_CERT, &hash, span_of(large, LIMIT_CERT_BYTES), &f)) {
		n++;
		hash.b[n % 32]++;
	}
	assert_fault(f, FAULT_LIMIT, "tls.bundle");
	assert_int_equal(n, LIMIT_TLS_BUNDLE_BYTES / LIMIT_CERT_BYTES);
	free(large);
}

static void read__refuses_what_nobody_writes(void **state)
{
	static const char *const bad[] = { "", "[]", "{}",
		"{\"certificates\":[],\"ocsp\":[]}",
		"{\"certificates\":[],\"ocsp\":[],\"scts\":[],\"x\":[]}",
		"{\"certificates\":[\"\"],\"ocsp\":[],\"scts\":[]}",
		"{\"certificates\":[1],\"ocsp\":[],\"scts\":[]}",
		"{\"certificates\":[\"YQ\"],\"ocsp\":[],\"scts\":[]}",
		/* "b" hashes to 3e23, "a" to ca97. */
		"{\"certificates\":[\"YQ==\",\"Yg==\"],\"ocsp\":[],\"scts\":[]"
		"}",
		"{\"certificates\":[\"YQ==\",\"YQ==\"],\"ocsp\":[],"
		"\"scts\":[]}" };
	struct tls_bundle b;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(tls_bundle_read(span_text(bad[i]), &b, &f), f,
		    FAULT_FORMAT, "tls.evidence");
	assert_ok(
	    tls_bundle_read(span_text("{\"certificates\":[\"Yg==\",\"YQ==\"],"
				      "\"ocsp\":[],\"scts\":[]}"),
		&b, &f),
	    f);
	tls_bundle_drop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bundle__is_read_back_and_found_by_hash),
		cmocka_unit_test(bundle__of_nothing_has_three_empty_lists),
		cmocka_unit_test(bundle__keeps_to_its_limits),
		cmocka_unit_test(read__refuses_what_nobody_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
