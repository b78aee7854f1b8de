/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/base/canon.h"
#include "verify/collateral.h"

#define ROOM 8192

static const uint8_t der[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };

static struct collateral whole(void)
{
	return (struct collateral){
		.pck_chain = span_text("pck\n"),
		.pck_crl = span_of(der, sizeof(der)),
		.pck_crl_issuer_chain = span_text("pck crl issuer\n"),
		.qe_identity = span_text("{\"enclaveIdentity\": \"\xc3\xa9\"}"),
		.qe_identity_issuer_chain = span_text("qe issuer\n"),
		.root_ca_crl = span_of(der, sizeof(der) - 1),
		.tcb_info = span_text("{\"tcbInfo\":{}}\n"),
		.tcb_info_issuer_chain = span_text("tcb issuer\n"),
	};
}

static struct span *part(struct collateral *c, size_t i)
{
	return (struct span *)((uint8_t *)c + collateral_files[i].offset);
}

static size_t encode(const struct collateral *c, uint8_t room[ROOM])
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(room, ROOM, "test.collateral", &f);
	size_t n = 0;

	assert_ok(collateral_encode(c, &w, &f), f);
	assert_ok(wr_done_into(&w, &n), f);
	assert_ok(canon_check(
		      span_of(room, n), &json_limits_default, "test.canon", &f),
	    f);
	return n;
}

static void collateral__is_packed_and_unpacked_byte_for_byte(void **state)
{
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	struct collateral made = whole(), read;
	struct fault f = FAULT_INIT;
	uint8_t room[ROOM], again[ROOM];
	size_t n = encode(&made, room);

	(void)state;
	assert_ok(collateral_decode(span_of(room, n), &read, &doc, &f), f);
	memcpy(again, room, n);
	memset(room, 0, sizeof(room)); /* the document keeps a copy */
	for (size_t i = 0; i < n_collateral_files; i++)
		assert_true(span_equal(*part(&made, i), *part(&read, i)));
	assert_int_equal(encode(&read, room), n);
	assert_memory_equal(room, again, n);
}

/* Which files a bundle has, each alone. */
static void collateral__leaves_out_what_is_not_there(void **state)
{
	struct collateral all = whole();

	(void)state;
	assert_int_equal(n_collateral_files, 8);
	for (size_t i = 0; i < n_collateral_files; i++) {
		AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
		struct collateral one = { 0 }, read;
		struct fault f = FAULT_INIT;
		uint8_t room[ROOM];
		size_t n;

		*part(&one, i) = *part(&all, i);
		n = encode(&one, room);
		assert_ok(
		    collateral_decode(span_of(room, n), &read, &doc, &f), f);
		for (size_t k = 0; k < n_collateral_files; k++)
			assert_true(
			    span_equal(*part(&one, k), *part(&read, k)));
	}
}

static void refuses(const char *text, enum fault_kind kind, const char *at)
{
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	struct collateral c;
	struct fault f = FAULT_INIT;

	assert_refused(
	    collateral_decode(span_text(text), &c, &doc, &f), f, kind, at);
}

#define TYPE "\"type\":\"affiant.collateral.v1\""

static void collateral_decode__refuses_what_is_no_bundle(void **state)
{
	(void)state;
	refuses("", FAULT_FORMAT, "collateral.json");
	refuses("{" TYPE "}x", FAULT_FORMAT, "collateral.json");
	refuses("{" TYPE "," TYPE "}", FAULT_FORMAT, "collateral.json");
	refuses("[]", FAULT_FORMAT, "collateral.members");
	refuses("{}", FAULT_FORMAT, "collateral.members");
	refuses("{\"type\":\"affiant.collateral.v2\"}", FAULT_UNSUPPORTED,
	    "collateral.type");
	refuses(
	    "{" TYPE ",\"tcbinfo\":\"x\"}", FAULT_FORMAT, "collateral.members");
	refuses("{" TYPE ",\"tcbInfo\":1}", FAULT_FORMAT, "collateral.members");
	refuses(
	    "{" TYPE ",\"tcbInfo\":\"\"}", FAULT_FORMAT, "collateral.tcbInfo");
	refuses(
	    "{" TYPE ",\"pckCrl\":\"MA\"}", FAULT_FORMAT, "collateral.pckCrl");
	refuses(
	    "{" TYPE ",\"pckCrl\":\"\"}", FAULT_FORMAT, "collateral.pckCrl");
	refuses("{" TYPE ",\"rootCaCrl\":\"M A==\"}", FAULT_FORMAT,
	    "collateral.rootCaCrl");
	/* An object where the exact body is due invites reformatting. */
	refuses("{" TYPE ",\"qeIdentity\":{}}", FAULT_LIMIT, "collateral.json");
}

static void collateral_encode__needs_room(void **state)
{
	struct collateral all = whole();
	struct fault f = FAULT_INIT;
	uint8_t room[ROOM];
	struct wr w = wr_into(room, encode(&all, room) - 1, "test.room", &f);

	(void)state;
	assert_refused(
	    collateral_encode(&all, &w, &f), f, FAULT_LIMIT, "test.room");
}

static void collateral_decode__keeps_to_its_limits(void **state)
{
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "test", &f);
	struct collateral c;

	(void)state;
	wr_text(&w, "{" TYPE ",\"pckChain\":\"");
	for (size_t i = 0; i < LIMIT_PEM_BYTES + 1; i++)
		wr_u8(&w, 'A');
	wr_text(&w, "\"}");
	assert_ok(wr_done(&w, &text), f);
	assert_refused(collateral_decode(blob_span(&text), &c, &doc, &f), f,
	    FAULT_LIMIT, "collateral.pckChain");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    collateral__is_packed_and_unpacked_byte_for_byte),
		cmocka_unit_test(collateral__leaves_out_what_is_not_there),
		cmocka_unit_test(collateral_decode__refuses_what_is_no_bundle),
		cmocka_unit_test(collateral_encode__needs_room),
		cmocka_unit_test(collateral_decode__keeps_to_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
