/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recovery under strict rules, against evm/signature.json, and each refusal by
 * its own name.
 */
#include "tests/unit/evm.h"
#include "verify/base/text.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* onchain.md sections 2 and 3. */
static const char order_text[] =
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
static const char half_order_text[] =
    "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

struct numbers {
	uint8_t order[32], half[32];
};

static struct numbers numbers(void)
{
	struct fault f = FAULT_INIT;
	struct numbers n;

	assert_true(hex_decode(span_text(order_text), n.order, 32, "test", &f));
	assert_true(
	    hex_decode(span_text(half_order_text), n.half, 32, "test", &f));
	return n;
}

/* s := n - s and the other v: the malleable twin. */
static struct eth_sig twin_of(const struct eth_sig *sig)
{
	const struct numbers n = numbers();
	struct eth_sig out = *sig;
	int borrow = 0;

	for (size_t i = 32; i-- > 0;) {
		const int d = n.order[i] - sig->b[32 + i] - borrow;

		out.b[32 + i] = (uint8_t)(d & 0xff);
		borrow = d < 0;
	}
	out.b[64] = (uint8_t)(27 + 28 - sig->b[64]);
	return out;
}

/* A signature by `key` over `digest`, as the daemon's signer makes it. */
static struct eth_sig sign(
    const uint8_t key[32], const struct keccak256 *digest, struct eth_addr *by)
{
	secp256k1_context *ctx =
	    secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	secp256k1_ecdsa_recoverable_signature raw;
	struct eth_sig sig;
	uint8_t point[65];
	int id;

	assert_true(secp256k1_ecdsa_sign_recoverable(
	    ctx, &raw, digest->b, key, NULL, NULL));
	secp256k1_ecdsa_recoverable_signature_serialize_compact(
	    ctx, sig.b, &id, &raw);
	secp256k1_context_destroy(ctx);
	sig.b[64] = (uint8_t)(27 + id);
	assert_true(evm_public_key(key, point));
	*by = eth_addr_from_public_key(point + 1);
	return sig;
}

static struct eth_sig sample(struct keccak256 *digest, struct eth_addr *by)
{
	const struct sha256 key = sha256_of(span_text("affiant test key"));

	*digest = keccak256_of(span_text("affiant test digest"));
	return sign(key.b, digest, by);
}

static void assert_refused(const struct keccak256 *digest,
    const struct eth_sig *sig, enum fault_kind kind, const char *at)
{
	const struct eth_addr before = { "................" };
	struct eth_addr a = before;
	struct fault f = FAULT_INIT;

	assert_false(eth_sig_recover(digest, sig, &a, &f));
	assert_string_equal(f.at, at);
	assert_int_equal(f.kind, kind);
	assert_true(f.text[0] != '\0');
	assert_true(eth_addr_equal(&a, &before));
}

/* ---- the vectors -------------------------------------------------------- */

/* Which rule of the header a signature breaks first; NULL for none. */
static const char *broken_rule(const struct eth_sig *sig)
{
	static const uint8_t zero[32];
	const struct numbers n = numbers();
	const uint8_t *r = sig->b, *s = sig->b + 32;

	if (sig->b[64] != 27 && sig->b[64] != 28)
		return "eth.sig.v";
	if (memcmp(r, zero, 32) == 0 || memcmp(r, n.order, 32) >= 0)
		return "eth.sig.r";
	if (memcmp(s, zero, 32) == 0 || memcmp(s, n.order, 32) >= 0)
		return "eth.sig.s";
	return memcmp(s, n.half, 32) > 0 ? "eth.sig.high-s" : NULL;
}

static void check_sign(const struct json_node *c)
{
	struct fault f = FAULT_INIT;
	struct keccak256 digest;
	struct eth_addr a;
	struct eth_sig sig;
	uint8_t key[32], point[65], compact[64];

	evm_bytes(c, "digest", digest.b, sizeof(digest.b));
	evm_bytes(c, "signature65", sig.b, sizeof(sig.b));
	evm_bytes(c, "private_key", key, sizeof(key));
	EVM_TRUE(c, evm_equals(c, "r", span_of(sig.b, 32)));
	EVM_TRUE(c, evm_equals(c, "s", span_of(sig.b + 32, 32)));
	EVM_TRUE(c, evm_u64(c, "v") == sig.b[64]);
	EVM_TRUE(c, evm_u64(c, "y_parity") + 27 == sig.b[64]);
	memcpy(compact, sig.b, sizeof(compact));
	compact[32] |= (uint8_t)((sig.b[64] - 27) << 7);
	EVM_TRUE(c, evm_equals(c, "compact_eip2098", span_of(compact, 64)));
	if (!eth_sig_recover(&digest, &sig, &a, &f))
		fail_msg("%s: %s", evm_id(c), f.text);
	EVM_TRUE(c, evm_equals(c, "address", span_of(a.b, sizeof(a.b))));
	EVM_TRUE(c, evm_public_key(key, point));
	a = eth_addr_from_public_key(point + 1);
	EVM_TRUE(c, eth_sig_verify(&digest, &sig, &a, &f));
	sig = twin_of(&sig);
	assert_refused(&digest, &sig, FAULT_FORMAT, "eth.sig.high-s");
}

/* Counts what was refused under which rule. */
static void check_recover(const struct json_node *c, size_t *n_good,
    size_t *n_refused, size_t *n_high_s)
{
	struct fault f = FAULT_INIT;
	struct keccak256 digest;
	struct eth_addr a;
	struct eth_sig sig;
	const uint64_t v = evm_u64(c, "v");
	const char *rule;

	evm_bytes(c, "digest", digest.b, sizeof(digest.b));
	evm_bytes(c, "r", sig.b, 32);
	evm_bytes(c, "s", sig.b + 32, 32);
	/* A v of chain ids does not even fit the 65-byte form. */
	sig.b[64] = v > UINT8_MAX ? UINT8_MAX : (uint8_t)v;
	if (evm_bool(c, "strict_valid")) {
		if (!eth_sig_recover(&digest, &sig, &a, &f))
			fail_msg("%s: %s", evm_id(c), f.text);
		EVM_TRUE(c,
		    evm_equals(
			c, "ecrecover_address", span_of(a.b, sizeof(a.b))));
		(*n_good)++;
		return;
	}
	rule = broken_rule(&sig);
	(*n_refused)++;
	assert_refused(&digest, &sig,
	    rule != NULL ? FAULT_FORMAT : FAULT_CRYPTO,
	    rule != NULL ? rule : "eth.sig.recover");
	if (json_kind_of(evm_get(c, "ecrecover_address")) == JSON_NULL)
		return;
	/* The precompile answers although we refuse: only s can be high, and
	 * the low twin is by the same signer. */
	EVM_TRUE(c, rule != NULL && strcmp(rule, "eth.sig.high-s") == 0);
	sig = twin_of(&sig);
	EVM_TRUE(c, eth_sig_recover(&digest, &sig, &a, &f));
	EVM_TRUE(
	    c, evm_equals(c, "ecrecover_address", span_of(a.b, sizeof(a.b))));
	(*n_high_s)++;
}

static void eth_sig_recover__matches_every_case(void **state)
{
	struct evm_file file = evm_open("signature");
	size_t n_sign = 0, n_good = 0, n_refused = 0, n_high_s = 0;

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		const char *op = evm_text(c, "op");

		if (strcmp(op, "sign") == 0) {
			check_sign(c);
			n_sign++;
			continue;
		}
		EVM_TRUE(c, strcmp(op, "recover") == 0);
		check_recover(c, &n_good, &n_refused, &n_high_s);
	}
	assert_true(n_sign > 0);
	assert_true(n_good > 0);
	assert_true(n_high_s > 0);
	assert_true(n_refused > n_high_s);
	evm_close(&file);
}

/* ---- each rule by itself ------------------------------------------------ */

static void eth_sig_recover__refuses_every_v_but_27_and_28(void **state)
{
	struct keccak256 digest;
	struct eth_addr by;
	struct eth_sig sig = sample(&digest, &by);

	(void)state;
	for (unsigned v = 0; v <= UINT8_MAX; v++) {
		if (v == 27 || v == 28)
			continue;
		sig.b[64] = (uint8_t)v;
		assert_refused(&digest, &sig, FAULT_FORMAT, "eth.sig.v");
	}
}

static void refuses_scalar(size_t offset, const char *at)
{
	const struct numbers n = numbers();
	struct keccak256 digest;
	struct eth_addr by;
	struct eth_sig sig = sample(&digest, &by);

	memset(sig.b + offset, 0, 32);
	assert_refused(&digest, &sig, FAULT_FORMAT, at);
	memcpy(sig.b + offset, n.order, 32);
	assert_refused(&digest, &sig, FAULT_FORMAT, at);
	sig.b[offset + 31]++;
	assert_refused(&digest, &sig, FAULT_FORMAT, at);
	memset(sig.b + offset, 0xff, 32);
	assert_refused(&digest, &sig, FAULT_FORMAT, at);
}

static void eth_sig_recover__refuses_r_outside_the_group(void **state)
{
	(void)state;
	refuses_scalar(0, "eth.sig.r");
}

static void eth_sig_recover__refuses_s_outside_the_group(void **state)
{
	(void)state;
	refuses_scalar(32, "eth.sig.s");
}

static void eth_sig_recover__takes_s_up_to_half_the_order(void **state)
{
	const struct numbers n = numbers();
	struct fault f = FAULT_INIT;
	struct keccak256 digest;
	struct eth_addr by, a;
	struct eth_sig sig = sample(&digest, &by);

	(void)state;
	memcpy(sig.b + 32, n.half, 32);
	assert_true(eth_sig_recover(&digest, &sig, &a, &f));
	sig.b[32 + 31]++;
	assert_refused(&digest, &sig, FAULT_FORMAT, "eth.sig.high-s");
	/* n - 1 is a scalar, and high. */
	memcpy(sig.b + 32, n.order, 32);
	sig.b[32 + 31]--;
	assert_refused(&digest, &sig, FAULT_FORMAT, "eth.sig.high-s");
}

static void eth_sig_recover__refuses_r_that_is_no_coordinate(void **state)
{
	struct keccak256 digest;
	struct eth_addr by;
	struct eth_sig sig = sample(&digest, &by);

	(void)state;
	/* 5^3 + 7 has no square root modulo p. */
	memset(sig.b, 0, 32);
	sig.b[31] = 5;
	assert_refused(&digest, &sig, FAULT_CRYPTO, "eth.sig.recover");
}

/* With the nonce 1, s = digest + r * key; s = digest means key zero. */
static void eth_sig_recover__refuses_the_point_at_infinity(void **state)
{
	const uint8_t one[32] = { [31] = 1 };
	const struct keccak256 digest = { { [31] = 2 } };
	struct eth_sig sig = { { 0 } };
	uint8_t generator[65];

	(void)state;
	assert_true(evm_public_key(one, generator));
	memcpy(sig.b, generator + 1, 32);
	memcpy(sig.b + 32, digest.b, 32);
	sig.b[64] = (uint8_t)(27 + (generator[64] & 1));
	assert_refused(&digest, &sig, FAULT_CRYPTO, "eth.sig.recover");
}

static void eth_sig_verify__refuses_another_signer(void **state)
{
	struct fault f = FAULT_INIT;
	struct keccak256 digest;
	struct eth_addr by, other;
	const struct eth_addr nobody = { { 0 } };
	const struct eth_sig sig = sample(&digest, &by);

	(void)state;
	assert_true(eth_sig_verify(&digest, &sig, &by, &f));
	other = by;
	other.b[19] ^= 1;
	assert_false(eth_sig_verify(&digest, &sig, &other, &f));
	assert_string_equal(f.at, "eth.sig.signer");
	assert_int_equal(f.kind, FAULT_CRYPTO);
	fault_clear(&f);
	assert_false(eth_sig_verify(&digest, &sig, &nobody, &f));
	assert_string_equal(f.at, "eth.sig.signer");
}

static void eth_sig_verify__refuses_every_flipped_bit(void **state)
{
	struct keccak256 digest;
	struct eth_addr by;
	const struct eth_sig sig = sample(&digest, &by);

	(void)state;
	for (size_t bit = 0; bit < 8 * sizeof(sig.b); bit++) {
		struct eth_sig bad = sig;
		struct fault f = FAULT_INIT;

		bad.b[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		assert_false(eth_sig_verify(&digest, &bad, &by, &f));
		assert_true(strncmp(f.at, "eth.sig.", 8) == 0);
	}
	for (size_t bit = 0; bit < 8 * sizeof(digest.b); bit++) {
		struct keccak256 bad = digest;
		struct fault f = FAULT_INIT;

		bad.b[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		assert_false(eth_sig_verify(&bad, &sig, &by, &f));
		assert_string_equal(f.at, "eth.sig.signer");
	}
}

/* The static context is right only in a library built for this machine. */
static void libsecp256k1__passes_its_own_test(void **state)
{
	(void)state;
	secp256k1_selftest();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libsecp256k1__passes_its_own_test),
		cmocka_unit_test(eth_sig_recover__matches_every_case),
		cmocka_unit_test(
		    eth_sig_recover__refuses_every_v_but_27_and_28),
		cmocka_unit_test(eth_sig_recover__refuses_r_outside_the_group),
		cmocka_unit_test(eth_sig_recover__refuses_s_outside_the_group),
		cmocka_unit_test(eth_sig_recover__takes_s_up_to_half_the_order),
		cmocka_unit_test(
		    eth_sig_recover__refuses_r_that_is_no_coordinate),
		cmocka_unit_test(
		    eth_sig_recover__refuses_the_point_at_infinity),
		cmocka_unit_test(eth_sig_verify__refuses_another_signer),
		cmocka_unit_test(eth_sig_verify__refuses_every_flipped_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
