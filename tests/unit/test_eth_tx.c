/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions against every case of evm/tx.json and evm/tx_invalid.json. The
 * signatures are made here, by RFC 6979, and compared byte for byte.
 */
#include "chain/eth_tx.h"

#include "chain/eth_rlp.h"
#include "tests/unit/check.h"
#include "tests/unit/evm.h"
#include "verify/base/text.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

static struct eth_sig sign(
    const uint8_t key[32], const struct keccak256 *digest)
{
	secp256k1_context *ctx =
	    secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	secp256k1_ecdsa_recoverable_signature raw;
	struct eth_sig sig;
	int id;

	assert_true(secp256k1_ecdsa_sign_recoverable(
	    ctx, &raw, digest->b, key, NULL, NULL));
	secp256k1_ecdsa_recoverable_signature_serialize_compact(
	    ctx, sig.b, &id, &raw);
	secp256k1_context_destroy(ctx);
	sig.b[64] = (uint8_t)(27 + id);
	return sig;
}

/* ---- a transaction from its case ---------------------------------------- */

static struct u256 quantity(const struct json_node *c, const char *name)
{
	struct fault f = FAULT_INIT;
	struct u256 v = { 0 };

	if (!u256_parse_quantity(span_text(evm_text(c, name)), &v, "test", &f))
		fail_msg("%s: %s: %s", evm_id(c), name, f.text);
	return v;
}

static uint64_t number(const struct json_node *c, const char *name)
{
	const struct u256 v = quantity(c, name);
	struct fault f = FAULT_INIT;
	uint64_t out = 0;

	if (!u256_to_u64(&v, &out, &f))
		fail_msg("%s: %s: %s", evm_id(c), name, f.text);
	return out;
}

/* [{"address":, "storage_keys": [...]}] as RLP: the lists from the inside. */
static struct blob access_list(const struct json_node *list)
{
	struct fault f = FAULT_INIT;
	struct wr all = wr_grow(1u << 20, "test", &f);
	AUTO(blob_drop) struct blob items = { 0 };
	struct blob out = { 0 };

	for (const struct json_node *e = json_first(list); e != NULL;
	     e = json_next(e)) {
		const struct json_node *keys = evm_get(e, "storage_keys");
		const size_t n_keys = 33 * json_count(keys);
		uint8_t address[20];

		evm_bytes(e, "address", address, sizeof(address));
		eth_rlp_list(&all, 21 + eth_rlp_list_size(n_keys));
		eth_rlp_string(&all, span_of(address, sizeof(address)));
		eth_rlp_list(&all, n_keys);
		for (const struct json_node *k = json_first(keys); k != NULL;
		     k = json_next(k)) {
			AUTO(blob_drop) struct blob key = evm_blob_of(k);

			assert_int_equal(key.n, 32);
			eth_rlp_string(&all, blob_span(&key));
		}
	}
	assert_ok(wr_done(&all, &items), f);
	all = wr_grow(1u << 20, "test", &f);
	eth_rlp_list(&all, items.n);
	wr_span(&all, blob_span(&items));
	assert_ok(wr_done(&all, &out), f);
	return out;
}

struct owner {
	struct blob data, access_list;
};

static struct eth_tx tx_of(const struct json_node *c, struct owner *owner)
{
	struct eth_tx tx = { .type = (enum eth_tx_type)evm_u64(c, "type") };

	*owner = (struct owner){ .data = evm_blob(c, "data") };
	tx.chain_id = number(c, "chain_id");
	tx.nonce = number(c, "nonce");
	tx.gas_limit = number(c, "gas_limit");
	tx.value = quantity(c, "value");
	tx.data = blob_span(&owner->data);
	tx.is_creation = json_kind_of(evm_get(c, "to")) == JSON_NULL;
	if (!tx.is_creation)
		evm_bytes(c, "to", tx.to.b, sizeof(tx.to.b));
	if (tx.type == ETH_TX_DYNAMIC_FEE) {
		tx.max_fee_per_gas = quantity(c, "max_fee_per_gas");
		tx.max_priority_fee_per_gas =
		    quantity(c, "max_priority_fee_per_gas");
	} else {
		tx.max_fee_per_gas = quantity(c, "gas_price");
	}
	if (tx.type != ETH_TX_LEGACY) {
		owner->access_list = access_list(evm_get(c, "access_list"));
		tx.access_list = blob_span(&owner->access_list);
	}
	return tx;
}

static void drop(struct owner *owner)
{
	blob_drop(&owner->data);
	blob_drop(&owner->access_list);
}

static void assert_same_tx(
    const struct json_node *c, const struct eth_tx *a, const struct eth_tx *b)
{
	EVM_TRUE(c, a->type == b->type && a->chain_id == b->chain_id);
	EVM_TRUE(c, a->nonce == b->nonce && a->gas_limit == b->gas_limit);
	EVM_TRUE(
	    c, u256_compare(&a->max_fee_per_gas, &b->max_fee_per_gas) == 0);
	EVM_TRUE(c,
	    u256_compare(&a->max_priority_fee_per_gas,
		&b->max_priority_fee_per_gas) == 0);
	EVM_TRUE(c, a->is_creation == b->is_creation);
	EVM_TRUE(c, eth_addr_equal(&a->to, &b->to));
	EVM_TRUE(c, u256_compare(&a->value, &b->value) == 0);
	EVM_TRUE(c, span_equal(a->data, b->data));
	EVM_TRUE(c, span_equal(a->access_list, b->access_list));
}

/* ---- the cases ---------------------------------------------------------- */

static struct blob encoded(const struct json_node *c, const struct eth_tx *tx,
    const struct eth_sig *sig)
{
	struct fault f = FAULT_INIT, wf = FAULT_INIT;
	struct wr w = wr_grow(1u << 20, "test", &wf);
	struct blob out = { 0 };

	if (sig != NULL ? !eth_tx_encode(tx, sig, &w, &f)
			: !eth_tx_encode_unsigned(tx, &w, &f))
		fail_msg("%s: %s: %s", evm_id(c), f.at, f.text);
	assert_ok(wr_done(&w, &out), wf);
	return out;
}

static void check_decode(const struct json_node *c, const struct eth_tx *want,
    const struct eth_sig *want_sig, struct span raw)
{
	struct fault f = FAULT_INIT;
	struct eth_sig sig;
	struct eth_addr sender;
	struct eth_tx tx;

	if (!eth_tx_decode(raw, &tx, &sig, &f))
		fail_msg("%s: %s: %s", evm_id(c), f.at, f.text);
	assert_same_tx(c, want, &tx);
	EVM_TRUE(c, memcmp(sig.b, want_sig->b, sizeof(sig.b)) == 0);
	EVM_TRUE(c, eth_tx_sender(&tx, &sig, &sender, &f));
	EVM_TRUE(
	    c, evm_equals(c, "sender", span_of(sender.b, sizeof(sender.b))));
}

static void check_case(const struct json_node *c)
{
	AUTO(drop) struct owner owner = { 0 };
	const struct eth_tx tx = tx_of(c, &owner);
	AUTO(blob_drop) struct blob preimage = encoded(c, &tx, NULL);
	AUTO(blob_drop) struct blob raw = { 0 };
	struct keccak256 hash = keccak256_of(blob_span(&preimage));
	struct fault f = FAULT_INIT;
	struct eth_sig sig;
	uint8_t key[32];

	EVM_TRUE(c, evm_equals(c, "unsigned", blob_span(&preimage)));
	EVM_TRUE(
	    c, evm_equals(c, "signing_hash", span_of(hash.b, sizeof(hash.b))));
	assert_ok(eth_tx_signing_hash(&tx, &hash, &f), f);
	EVM_TRUE(
	    c, evm_equals(c, "signing_hash", span_of(hash.b, sizeof(hash.b))));

	evm_bytes(c, "private_key", key, sizeof(key));
	sig = sign(key, &hash);
	EVM_TRUE(c, evm_equals(c, "r", span_of(sig.b, 32)));
	EVM_TRUE(c, evm_equals(c, "s", span_of(sig.b + 32, 32)));
	EVM_TRUE(c, evm_u64(c, "y_parity") + 27 == sig.b[64]);
	if (evm_has(c, "v"))
		EVM_TRUE(
		    c, number(c, "v") == 35 + 2 * tx.chain_id + sig.b[64] - 27);

	raw = encoded(c, &tx, &sig);
	EVM_TRUE(c, evm_equals(c, "raw", blob_span(&raw)));
	hash = keccak256_of(blob_span(&raw));
	EVM_TRUE(c, evm_equals(c, "hash", span_of(hash.b, sizeof(hash.b))));
	check_decode(c, &tx, &sig, blob_span(&raw));
}

static bool decodes(const struct json_node *c, struct fault *f)
{
	AUTO(blob_drop) struct blob raw = evm_blob(c, "raw");
	struct eth_sig sig;
	struct eth_tx tx;

	return eth_tx_decode(blob_span(&raw), &tx, &sig, f);
}

static void eth_tx__matches_every_case(void **state)
{
	struct evm_file file = evm_open("tx");
	size_t n[3] = { 0 };

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		struct fault f = FAULT_INIT;

		if (evm_is_negative(c)) {
			EVM_TRUE(c, !decodes(c, &f));
			continue;
		}
		check_case(c);
		n[evm_u64(c, "type")]++;
	}
	for (size_t i = 0; i < COUNT(n); i++)
		assert_true(n[i] > 0);
	evm_close(&file);
}

static void eth_tx_decode__refuses_every_invalid_case(void **state)
{
	struct evm_file file = evm_open("tx_invalid");

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		struct fault f = FAULT_INIT;

		if (decodes(c, &f) == evm_is_negative(c))
			fail_msg("%s: %s", evm_id(c),
			    evm_is_negative(c) ? "accepted" : f.text);
		if (evm_is_negative(c))
			EVM_TRUE(c, strncmp(f.at, "eth.", 4) == 0);
	}
	evm_close(&file);
}

/* A changed bit is refused, or is another transaction with one encoding, by
 * another sender. A transaction cut short is refused. */
static void eth_tx_decode__survives_every_flip_and_cut(void **state)
{
	struct evm_file file = evm_open("tx");

	(void)state;
	for (const struct json_node *c = json_first(file.cases); c != NULL;
	     c = json_next(c)) {
		AUTO(blob_drop) struct blob raw = evm_blob(c, "raw");
		struct fault f = FAULT_INIT;
		struct eth_addr sender;
		struct eth_sig sig;
		struct eth_tx tx;

		if (evm_is_negative(c) || raw.n > 400)
			continue;
		for (size_t n = 0; n < raw.n; n++) {
			AUTO(blob_drop) struct blob cut = { 0 };

			fault_clear(&f);
			assert_ok(blob_copy(span_of(raw.p, n), &cut, &f), f);
			EVM_TRUE(
			    c, !eth_tx_decode(blob_span(&cut), &tx, &sig, &f));
		}
		for (size_t bit = 0; bit < 8 * raw.n; bit++) {
			fault_clear(&f);
			raw.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
			if (eth_tx_decode(blob_span(&raw), &tx, &sig, &f)) {
				AUTO(blob_drop)
				struct blob again = encoded(c, &tx, &sig);

				EVM_TRUE(c,
				    span_equal(
					blob_span(&raw), blob_span(&again)));
				/* Recovery is slow: some of them. */
				if (bit % 64 == 0 &&
				    eth_tx_sender(&tx, &sig, &sender, &f))
					EVM_TRUE(c,
					    !evm_equals(c, "sender",
						span_of(sender.b,
						    sizeof(sender.b))));
			}
			raw.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		}
	}
	evm_close(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eth_tx__matches_every_case),
		cmocka_unit_test(eth_tx_decode__refuses_every_invalid_case),
		cmocka_unit_test(eth_tx_decode__survives_every_flip_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
