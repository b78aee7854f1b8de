/* SPDX-License-Identifier: Apache-2.0 */
/* The key that pays: what it signs, where it lies, what is refused. */
#include "attest/attest.h"

#include "attest/provider.h"
#include "tests/unit/check.h"
#include "tests/unit/state_dir.h"
#include "verify/base/seal.h"

static struct attest *opened(const struct state_dir *d)
{
	struct attest_config cfg = { .provider = "simulator",
		.state_dir = d->path };
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(attest_open(&cfg, &a, &f), f);
	return a;
}

static struct eth_tx a_tx(enum eth_tx_type type)
{
	struct eth_tx tx = {
		.type = type,
		.chain_id = 8453,
		.nonce = 7,
		.gas_limit = 90000,
		.max_fee_per_gas = u256_of(25000000),
		.to = { { 0x11, 0x22 } },
		.data = span_text("calldata"),
	};
	if (type == ETH_TX_DYNAMIC_FEE)
		tx.max_priority_fee_per_gas = u256_of(1000000);
	return tx;
}

/* ---- signing ------------------------------------------------------------ */

static void sign__gives_what_a_node_takes(void **state)
{
	(void)state;
	AUTO(payer_drop) struct payer *p = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(payer_make(&p, &f), f);
	for (int type = ETH_TX_LEGACY; type <= ETH_TX_DYNAMIC_FEE; type++) {
		const struct eth_tx tx = a_tx((enum eth_tx_type)type);
		AUTO(blob_drop) struct blob raw = { 0 };
		struct keccak256 hash, want;
		struct eth_addr sender;
		struct eth_tx back;
		struct eth_sig sig;
		assert_ok(payer_sign_tx(p, &tx, &raw, &hash, &f), f);
		want = keccak256_of(blob_span(&raw));
		assert_memory_equal(hash.b, want.b, 32);
		/* Strict: also refuses a high s. */
		assert_ok(eth_tx_decode(blob_span(&raw), &back, &sig, &f), f);
		assert_ok(eth_tx_sender(&back, &sig, &sender, &f), f);
		assert_true(eth_addr_equal(&sender, payer_address(p)));
		assert_int_equal(back.type, type);
		assert_int_equal(back.chain_id, 8453);
		assert_int_equal(back.nonce, 7);
		assert_span_text(back.data, "calldata");
	}
}

static void sign__is_deterministic_and_hears_every_field(void **state)
{
	(void)state;
	AUTO(payer_drop) struct payer *p = NULL;
	AUTO(blob_drop) struct blob a = { 0 }, b = { 0 }, c = { 0 };
	struct eth_tx tx = a_tx(ETH_TX_DYNAMIC_FEE);
	struct fault f = FAULT_INIT;
	struct keccak256 hash;
	assert_ok(payer_make(&p, &f), f);
	assert_ok(payer_sign_tx(p, &tx, &a, &hash, &f), f);
	assert_ok(payer_sign_tx(p, &tx, &b, &hash, &f), f);
	assert_true(span_equal(blob_span(&a), blob_span(&b)));
	tx.nonce++;
	assert_ok(payer_sign_tx(p, &tx, &c, &hash, &f), f);
	assert_false(span_equal(blob_span(&a), blob_span(&c)));
}

static void sign__refuses_what_is_no_transaction(void **state)
{
	(void)state;
	AUTO(payer_drop) struct payer *p = NULL;
	AUTO(blob_drop) struct blob raw = { 0 };
	struct keccak256 hash = { { 0 } };
	struct fault f = FAULT_INIT;
	struct eth_tx tx = a_tx(ETH_TX_DYNAMIC_FEE);
	assert_ok(payer_make(&p, &f), f);
	tx.chain_id = 0;
	assert_refused(payer_sign_tx(p, &tx, &raw, &hash, &f), f, FAULT_USAGE,
	    "eth.tx.chain");
	tx = a_tx(ETH_TX_DYNAMIC_FEE);
	tx.max_priority_fee_per_gas = u256_of(25000001);
	assert_refused(payer_sign_tx(p, &tx, &raw, &hash, &f), f, FAULT_USAGE,
	    "eth.tx.tip");
	assert_null(raw.p);
	assert_true(span_is_zero(span_of(&hash, sizeof(hash))));
}

/* ---- where it lies ------------------------------------------------------ */

static void open__makes_a_key_once_and_finds_it_again(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(signer_drop) struct signer *s = NULL;
	struct payer *p = NULL;
	struct fault f = FAULT_INIT;
	struct eth_addr first;
	bool made = false;
	assert_ok(payer_open(a, d.path, &p, &made, &f), f);
	assert_true(made);
	assert_false(payer_is_ephemeral(p));
	assert_int_equal(state_dir_mode(&d, PAYER_FILE), 0600);
	first = *payer_address(p);
	payer_close(p);
	assert_ok(payer_open(a, d.path, &p, &made, &f), f);
	assert_false(made);
	assert_true(eth_addr_equal(&first, payer_address(p)));
	payer_close(p);
	/* It is not the key that signs statements. */
	assert_ok(signer_open(a, d.path, &s, &made, &f), f);
	assert_true(made);
	assert_false(eth_addr_equal(&first, signer_address(s)));
}

static void copy_file(
    const struct state_dir *d, const char *from, const char *to)
{
	AUTO(blob_drop) struct blob file = { 0 };
	struct fault f = FAULT_INIT;
	assert_ok(file_read(state_dir_file(d, from), 8192, &file, &f), f);
	assert_ok(
	    file_write(state_dir_file(d, to), blob_span(&file), 0600, &f), f);
}

static void open__refuses_the_statement_key_in_its_place(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	struct signer *s = NULL;
	struct payer *p = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_ok(signer_open(a, d.path, &s, &made, &f), f);
	signer_close(s);
	copy_file(&d, SIGNER_FILE, PAYER_FILE);
	made = false;
	assert_refused(
	    payer_open(a, d.path, &p, &made, &f), f, FAULT_CRYPTO, "seal.tag");
	assert_null(p);
	assert_false(made);
}

static void open__never_makes_a_key_over_a_broken_file(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(blob_drop) struct blob file = { 0 }, after = { 0 };
	const char *path = state_dir_file(&d, PAYER_FILE);
	struct payer *p = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_ok(payer_open(a, d.path, &p, &made, &f), f);
	payer_close(p);
	p = NULL;
	assert_ok(file_read(path, 8192, &file, &f), f);
	file.p[file.n - 1] ^= 1;
	assert_ok(file_write(path, blob_span(&file), 0600, &f), f);
	assert_refused(
	    payer_open(a, d.path, &p, &made, &f), f, FAULT_CRYPTO, "seal.tag");
	assert_null(p);
	assert_ok(file_read(path, 8192, &after, &f), f);
	assert_true(span_equal(blob_span(&file), blob_span(&after)));
}

static void open__refuses_sealed_bytes_that_are_no_key(void **state)
{
	(void)state;
	static const uint8_t bad[][33] = { { 0 },
		{ [0] = 1, [31] = 1, [32] = 1 } };
	static const size_t n_bad[] = { 32, 33 };
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(state_dir_drop) struct state_dir d = state_dir_new();
		AUTO(attest_drop) struct attest *a = opened(&d);
		AUTO(blob_drop) struct blob sealed = { 0 };
		struct secret32 root;
		struct seal_id id;
		struct payer *p = NULL;
		struct fault f = FAULT_INIT;
		bool made = false;
		assert_ok(attest_seal_root(a, &root, &id, &f), f);
		assert_ok(
		    seal_close(&root, &id, PAYER_SEAL_ID, (struct span){ 0 },
			span_of(bad[i], n_bad[i]), &sealed, &f),
		    f);
		assert_ok(file_write(state_dir_file(&d, PAYER_FILE),
			      blob_span(&sealed), 0600, &f),
		    f);
		assert_refused(payer_open(a, d.path, &p, &made, &f), f,
		    FAULT_CRYPTO, "payer.key");
	}
}

/* ---- where nothing seals ------------------------------------------------ */

/* The simulator, without the function that seals. */
static struct attest *opened_unsealing(
    const struct state_dir *d, struct attest_ops *ops, struct attest_row *row)
{
	struct attest_config cfg = { .state_dir = d->path };
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	*ops = *quote_sim_tdx.ops;
	*row = quote_sim_tdx;
	ops->seal_root = NULL;
	row->ops = ops;
	assert_ok(attest_open_row(row, &cfg, &a, &f), f);
	return a;
}

static void ephemeral__is_said_and_writes_nothing(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct attest_ops ops;
	struct attest_row row;
	AUTO(attest_drop) struct attest *a = opened_unsealing(&d, &ops, &row);
	struct payer *p = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_ok(payer_open(a, d.path, &p, &made, &f), f);
	assert_true(made);
	assert_true(payer_is_ephemeral(p));
	assert_false(file_exists(state_dir_file(&d, PAYER_FILE)));
	payer_close(p);
}

static void ephemeral__leaves_the_key_of_another_provider_alone(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct attest_ops ops;
	struct attest_row row;
	struct attest *a = opened(&d);
	struct payer *p = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_ok(payer_open(a, d.path, &p, &made, &f), f);
	payer_close(p);
	p = NULL;
	attest_close(a);
	a = opened_unsealing(&d, &ops, &row);
	assert_refused(payer_open(a, d.path, &p, &made, &f), f, FAULT_CONFIG,
	    "payer.provider");
	assert_null(p);
	assert_true(file_exists(state_dir_file(&d, PAYER_FILE)));
	attest_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sign__gives_what_a_node_takes),
		cmocka_unit_test(sign__is_deterministic_and_hears_every_field),
		cmocka_unit_test(sign__refuses_what_is_no_transaction),
		cmocka_unit_test(open__makes_a_key_once_and_finds_it_again),
		cmocka_unit_test(open__refuses_the_statement_key_in_its_place),
		cmocka_unit_test(open__never_makes_a_key_over_a_broken_file),
		cmocka_unit_test(open__refuses_sealed_bytes_that_are_no_key),
		cmocka_unit_test(ephemeral__is_said_and_writes_nothing),
		cmocka_unit_test(
		    ephemeral__leaves_the_key_of_another_provider_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
