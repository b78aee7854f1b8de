/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/attest.h"

#include "attest/quote_tdx.h"
#include "tests/unit/check.h"
#include "tests/unit/state_dir.h"
#include "tests/unit/tsm_double.h"
#include "verify/base/hash.h"
#include "verify/base/seal.h"
#include "verify/base/text.h"

#include <pthread.h>
#include <secp256k1_recovery.h>

static struct attest *opened(const struct state_dir *d)
{
	struct attest_config cfg = { .provider = "simulator",
		.state_dir = d->path };
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(attest_open(&cfg, &a, &f), f);
	return a;
}

/* ---- statements to sign ------------------------------------------------- */

/* What the signer looks at; the bytes are checked by those who judge. */
static struct statement a_price(const struct signer *s)
{
	struct statement st = {
		.kind = statement_kind_find(span_text("price")),
		.feed = span_text("BTC/USD"),
		.value = span_text("97234.12"),
		.decimals = 8,
		.round = 42,
		.signer = *signer_address(s),
		.timestamp = { .ms = 1703347200000 },
	};
	assert_non_null(st.kind);
	return st;
}

#define CANONICAL span_text("{\"some\":\"bytes\"}")

struct signature_made {
	struct keccak256 digest;
	struct eth_sig sig;
};

static struct signature_made sign(const struct signer *s)
{
	struct statement st = a_price(s);
	struct signature_made out;
	struct fault f = FAULT_INIT;
	assert_ok(
	    signer_sign_statement(s, &st, CANONICAL, &out.digest, &out.sig, &f),
	    f);
	return out;
}

/* ---- signing ------------------------------------------------------------ */

static void sign__recovers_to_the_signers_address(void **state)
{
	(void)state;
	AUTO(signer_drop) struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	uint8_t xy[64];
	assert_ok(signer_make(&s, &f), f);
	signer_public_key(s, xy);
	struct eth_addr from_key = eth_addr_from_public_key(xy);
	assert_true(eth_addr_equal(&from_key, signer_address(s)));
	assert_false(eth_addr_is_zero(&from_key));

	struct signature_made done = sign(s);
	assert_true(done.sig.b[64] == 27 || done.sig.b[64] == 28);
	/* Strict: also refuses a high s. */
	assert_ok(
	    eth_sig_verify(&done.digest, &done.sig, signer_address(s), &f), f);
}

static void sign__builds_the_digest_from_struct_and_bytes(void **state)
{
	(void)state;
	AUTO(signer_drop) struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(signer_make(&s, &f), f);
	struct statement st = a_price(s);
	struct sha256 sha = sha256_of(CANONICAL);
	struct keccak256 want;
	const char *type;
	assert_ok(statement_signing_digest(&st, &sha, &want, &type, &f), f);
	struct signature_made done = sign(s);
	assert_memory_equal(done.digest.b, want.b, 32);

	/* Every part of it counts. */
	struct keccak256 digest;
	struct eth_sig sig;
	assert_ok(
	    signer_sign_statement(s, &st, span_text("{}"), &digest, &sig, &f),
	    f);
	assert_memory_not_equal(digest.b, want.b, 32);
	st.value = span_text("97234.13");
	assert_ok(
	    signer_sign_statement(s, &st, CANONICAL, &digest, &sig, &f), f);
	assert_memory_not_equal(digest.b, want.b, 32);
}

static void sign__refuses_a_statement_of_another_signer(void **state)
{
	(void)state;
	AUTO(signer_drop) struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(signer_make(&s, &f), f);
	for (size_t i = 0; i < 20; i++) {
		struct statement st = a_price(s);
		struct keccak256 digest = { { 0 } };
		struct eth_sig sig = { { 0 } };
		st.signer.b[i] ^= 1;
		assert_refused(
		    signer_sign_statement(s, &st, CANONICAL, &digest, &sig, &f),
		    f, FAULT_INTERNAL, "signer.statement");
		assert_true(span_is_zero(span_of(&digest, sizeof(digest))));
		assert_true(span_is_zero(span_of(&sig, sizeof(sig))));
	}
}

static void sign__refuses_a_value_that_is_no_int256(void **state)
{
	(void)state;
	AUTO(signer_drop) struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(signer_make(&s, &f), f);
	struct statement st = a_price(s);
	struct keccak256 digest;
	struct eth_sig sig;
	st.decimals = 1; /* 97234.12 would lose a digit */
	assert_refused(
	    signer_sign_statement(s, &st, CANONICAL, &digest, &sig, &f), f,
	    FAULT_FORMAT, "dec.inexact");
}

static void *sign_in_thread(void *s)
{
	struct signature_made *last = malloc(sizeof(*last));
	for (int i = 0; i < 200; i++)
		*last = sign(s);
	return last;
}

static void sign__is_the_same_from_many_threads(void **state)
{
	(void)state;
	AUTO(signer_drop) struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	pthread_t threads[4];
	assert_ok(signer_make(&s, &f), f);
	struct signature_made want = sign(s);
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, sign_in_thread, s), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		struct signature_made *last = NULL;
		assert_int_equal(pthread_join(threads[i], (void **)&last), 0);
		assert_memory_equal(last, &want, sizeof(want));
		free(last);
	}
}

/* ---- a key that we know ------------------------------------------------- */

/* Seals these bytes as the state folder's key, as the signer would. */
static void plant(struct attest *a, const struct state_dir *d,
    const char *key_id, struct span plain)
{
	struct fault f = FAULT_INIT;
	struct secret32 root;
	struct seal_id id;
	AUTO(blob_drop) struct blob sealed = { 0 };
	assert_ok(attest_seal_root(a, &root, &id, &f), f);
	assert_ok(seal_close(&root, &id, key_id, (struct span){ 0 }, plain,
		      &sealed, &f),
	    f);
	assert_ok(file_write(state_dir_file(d, SIGNER_FILE), blob_span(&sealed),
		      0600, &f),
	    f);
}

static void sign__takes_its_nonce_from_rfc_6979(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(signer_drop) struct signer *s = NULL;
	static const uint8_t one[32] = { [31] = 1 };
	struct fault f = FAULT_INIT;
	bool made = true;
	plant(a, &d, SIGNER_SEAL_ID, span_of(one, sizeof(one)));
	assert_ok(signer_open(a, d.path, &s, &made, &f), f);
	assert_false(made);
	/* The address of the private key 1. */
	char text[ETH_ADDR_TEXT_SIZE];
	assert_string_equal(eth_addr_format(signer_address(s), text),
	    "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");

	struct signature_made done = sign(s);
	secp256k1_context *ctx =
	    secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	secp256k1_ecdsa_recoverable_signature want;
	uint8_t rs[64];
	int recid;
	assert_true(secp256k1_ecdsa_sign_recoverable(ctx, &want, done.digest.b,
	    one, secp256k1_nonce_function_rfc6979, NULL));
	secp256k1_ecdsa_recoverable_signature_serialize_compact(
	    ctx, rs, &recid, &want);
	secp256k1_context_destroy(ctx);
	assert_memory_equal(done.sig.b, rs, 64);
	assert_int_equal(done.sig.b[64], 27 + recid);
}

/* The order of the group: the first number that is no key. */
static const uint8_t ORDER[32] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc,
	0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41,
	0x41 };

static void open__refuses_what_is_no_key(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	static const uint8_t zero[33] = { 0 }, ones[33] = { 1, 1, 1 };
	const struct span bad[] = { { zero, 32 }, { ORDER, 32 }, { ones, 31 },
		{ ones, 33 }, { ones, 1 } };
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct signer *s = NULL;
		struct fault f = FAULT_INIT;
		bool made = false;
		plant(a, &d, SIGNER_SEAL_ID, bad[i]);
		assert_refused(signer_open(a, d.path, &s, &made, &f), f,
		    FAULT_CRYPTO, "signer.key");
		assert_null(s);
	}
	/* The number before the order is one. */
	uint8_t last[32];
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = true;
	memcpy(last, ORDER, 32);
	last[31]--;
	plant(a, &d, SIGNER_SEAL_ID, span_of(last, 32));
	assert_ok(signer_open(a, d.path, &s, &made, &f), f);
	assert_false(made);
	signer_close(s);
}

static void open__refuses_a_secret_sealed_for_something_else(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	static const uint8_t one[32] = { [31] = 1 };
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	plant(a, &d, "affiant-transaction-key-v1", span_of(one, 32));
	assert_refused(
	    signer_open(a, d.path, &s, &made, &f), f, FAULT_CRYPTO, "seal.tag");
}

/* ---- at rest ------------------------------------------------------------ */

static void open__makes_a_key_once_and_finds_it_again(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(signer_drop) struct signer *first = NULL;
	AUTO(signer_drop) struct signer *second = NULL;
	AUTO(blob_drop) struct blob file = { 0 };
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_ok(signer_open(a, d.path, &first, &made, &f), f);
	assert_true(made);
	assert_int_equal(state_dir_mode(&d, SIGNER_FILE), 0600);
	/* Header 22, nonce 12, key 32, tag 16. */
	assert_ok(
	    file_read(state_dir_file(&d, SIGNER_FILE), 4096, &file, &f), f);
	assert_int_equal(file.n, 82);

	AUTO(attest_drop) struct attest *restarted = opened(&d);
	assert_ok(signer_open(restarted, d.path, &second, &made, &f), f);
	assert_false(made);
	assert_true(
	    eth_addr_equal(signer_address(first), signer_address(second)));
	struct signature_made one = sign(first), two = sign(second);
	assert_memory_equal(&one, &two, sizeof(one));
}

static void make__draws_another_key_each_time(void **state)
{
	(void)state;
	AUTO(signer_drop) struct signer *s = NULL;
	AUTO(signer_drop) struct signer *t = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(signer_make(&s, &f), f);
	assert_ok(signer_make(&t, &f), f);
	assert_false(eth_addr_equal(signer_address(s), signer_address(t)));
}

/* Opening fails as `at` (or any seal.*), and leaves the file as it was. */
static void assert_kept(struct attest *a, const struct state_dir *d,
    struct span file, const char *at)
{
	AUTO(blob_drop) struct blob after = { 0 };
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	const char *path = state_dir_file(d, SIGNER_FILE);
	bool made = false;
	assert_ok(file_write(path, file, 0600, &f), f);
	assert_false(signer_open(a, d->path, &s, &made, &f));
	assert_null(s);
	assert_false(made);
	if (at)
		assert_string_equal(f.at, at);
	else
		assert_memory_equal(f.at, "seal.", 5);
	assert_non_null(strstr(f.text, SIGNER_FILE));
	fault_clear(&f);
	assert_ok(file_read(path, 8192, &after, &f), f);
	assert_true(span_equal(blob_span(&after), file));
}

static void whole_file(
    struct attest *a, const struct state_dir *d, struct blob *out)
{
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_ok(signer_open(a, d->path, &s, &made, &f), f);
	signer_close(s);
	assert_ok(file_read(state_dir_file(d, SIGNER_FILE), 4096, out, &f), f);
}

static void open__refuses_a_file_cut_anywhere(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(blob_drop) struct blob file = { 0 };
	whole_file(a, &d, &file);
	for (size_t n = 0; n < file.n; n++)
		assert_kept(a, &d, span_of(file.p, n), NULL);
}

static void open__refuses_a_file_with_one_bit_flipped(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(blob_drop) struct blob file = { 0 };
	whole_file(a, &d, &file);
	for (size_t i = 0; i < file.n; i++) {
		/* Each byte once, each bit of it in turn. */
		uint8_t bit = (uint8_t)(1u << (i % 8));
		file.p[i] ^= bit;
		assert_kept(a, &d, blob_span(&file),
		    i < 4         ? "seal.form"
			: i >= 22 ? "seal.tag"
				  : NULL);
		file.p[i] ^= bit;
	}
}

static void open__refuses_the_key_of_another_state_folder(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(state_dir_drop) struct state_dir e = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(attest_drop) struct attest *b = opened(&e);
	AUTO(blob_drop) struct blob file = { 0 };
	whole_file(b, &e, &file);
	assert_kept(a, &d, blob_span(&file), "seal.tag");
}

static void open__refuses_a_key_whose_root_was_lost(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	AUTO(blob_drop) struct blob file = { 0 };
	whole_file(a, &d, &file);
	assert_int_equal(unlink(state_dir_file(&d, "simulator/seal.uuid")), 0);
	assert_kept(a, &d, blob_span(&file), "seal.tag");
}

static void open__refuses_a_folder_in_the_files_place(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_int_equal(mkdir(state_dir_file(&d, SIGNER_FILE), 0700), 0);
	assert_false(signer_open(a, d.path, &s, &made, &f));
	assert_int_equal(f.kind, FAULT_SYSTEM);
	assert_false(made);
}

static void open__refuses_a_state_folder_that_is_a_file(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_ok(
	    file_write(state_dir_file(&d, "f"), span_text("x"), 0600, &f), f);
	assert_refused(signer_open(a, state_dir_file(&d, "f"), &s, &made, &f),
	    f, FAULT_SYSTEM, "signer.path");
}

/* ---- where nothing can be sealed ---------------------------------------- */

static FALLIBLE open_tdx(const struct attest_config *cfg, void **state_out,
    const char **platform_out, struct fault *f)
{
	(void)cfg;
	return quote_tdx_open(&tsm_double()->tsm, state_out, platform_out, f);
}

static struct attest *opened_tdx(void)
{
	static struct attest_ops ops;
	static struct attest_row row;
	const struct attest_config cfg = { 0 };
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	ops = *quote_tdx_tsm.ops;
	ops.open = open_tdx;
	row = quote_tdx_tsm;
	row.ops = &ops;
	assert_ok(attest_open_row(&row, &cfg, &a, &f), f);
	return a;
}

static void open__keeps_a_key_in_memory_where_nothing_seals_it(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened_tdx();
	AUTO(signer_drop) struct signer *first = NULL;
	AUTO(signer_drop) struct signer *second = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_ok(signer_open(a, d.path, &first, &made, &f), f);
	assert_true(made);
	assert_true(signer_is_ephemeral(first));
	struct signature_made done = sign(first);
	assert_ok(
	    eth_sig_verify(&done.digest, &done.sig, signer_address(first), &f),
	    f);

	/* After a restart it is another one: nothing was written. */
	made = false;
	assert_ok(signer_open(a, d.path, &second, &made, &f), f);
	assert_true(made);
	assert_false(
	    eth_addr_equal(signer_address(first), signer_address(second)));
	assert_int_equal(rmdir(d.path), 0);
}

/* Neither overwritten nor passed by: whose key it is, only they can say. */
static void open__refuses_a_key_that_this_provider_did_not_seal(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *sim = opened(&d);
	AUTO(attest_drop) struct attest *tdx = opened_tdx();
	AUTO(blob_drop) struct blob file = { 0 };
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	whole_file(sim, &d, &file);
	assert_false(signer_open(tdx, d.path, &s, &made, &f));
	assert_non_null(strstr(f.text, "provider tdx-tsm cannot seal"));
	fault_clear(&f);
	assert_kept(tdx, &d, blob_span(&file), "signer.provider");
	/* Even when there is nothing in it. */
	assert_kept(tdx, &d, (struct span){ 0 }, "signer.provider");
}

static FALLIBLE broken_seal_root(
    void *st, struct secret32 *root, struct seal_id *id, struct fault *f)
{
	(void)st, (void)root, (void)id;
	return fault_raise(f, FAULT_REMOTE, "test.seal", "not today");
}

/* A provider that can seal and fails at it is not one that cannot. */
static void open__makes_no_key_when_sealing_fails(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	struct attest_ops ops = *quote_tdx_tsm.ops;
	struct attest_row row = quote_tdx_tsm;
	const struct attest_config cfg = { 0 };
	AUTO(attest_drop) struct attest *a = NULL;
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	ops.open = open_tdx;
	ops.seal_root = broken_seal_root;
	row.ops = &ops;
	assert_ok(attest_open_row(&row, &cfg, &a, &f), f);
	assert_refused(signer_open(a, d.path, &s, &made, &f), f, FAULT_REMOTE,
	    "test.seal");
	assert_null(s);
	assert_false(made);

	/* None at all is the same as saying so. */
	ops.seal_root = NULL;
	assert_ok(signer_open(a, d.path, &s, &made, &f), f);
	assert_true(made && signer_is_ephemeral(s));
	signer_close(s);
}

static void ephemeral__is_what_was_never_sealed(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened(&d);
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	assert_ok(signer_open(a, d.path, &s, &made, &f), f);
	assert_true(made);
	assert_false(signer_is_ephemeral(s));
	signer_close(s);
	assert_ok(signer_open(a, d.path, &s, &made, &f), f);
	assert_false(signer_is_ephemeral(s));
	signer_close(s);
	assert_ok(signer_make(&s, &f), f);
	assert_true(signer_is_ephemeral(s));
	signer_close(s);
}

/* ---- in memory ---------------------------------------------------------- */

/* The flags of the mapping that `p` lies in ("rd wr mr ... dd"). */
static bool mapping_flags(const void *p, char *out, size_t n)
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	char line[512];
	bool ours = false;
	if (!maps)
		return false;
	while (fgets(line, sizeof(line), maps)) {
		char *end = NULL;
		unsigned long from = strtoul(line, &end, 16);
		if (end != line && *end == '-') {
			unsigned long to = strtoul(end + 1, NULL, 16);
			ours = (uintptr_t)p >= from && (uintptr_t)p < to;
		} else if (ours && !strncmp(line, "VmFlags:", 8)) {
			(void)snprintf(out, n, "%s", line + 8);
			fclose(maps);
			return true;
		}
	}
	fclose(maps);
	return false;
}

static void key__is_left_out_of_core_dumps(void **state)
{
	(void)state;
	AUTO(signer_drop) struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	char flags[512];
	assert_ok(signer_make(&s, &f), f);
	/* The address stands beside the key. */
	if (!mapping_flags(signer_address(s), flags, sizeof(flags)))
		skip();
	assert_non_null(strstr(flags, " dd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sign__recovers_to_the_signers_address),
		cmocka_unit_test(sign__builds_the_digest_from_struct_and_bytes),
		cmocka_unit_test(sign__refuses_a_statement_of_another_signer),
		cmocka_unit_test(sign__refuses_a_value_that_is_no_int256),
		cmocka_unit_test(sign__is_the_same_from_many_threads),
		cmocka_unit_test(sign__takes_its_nonce_from_rfc_6979),
		cmocka_unit_test(open__refuses_what_is_no_key),
		cmocka_unit_test(
		    open__refuses_a_secret_sealed_for_something_else),
		cmocka_unit_test(open__makes_a_key_once_and_finds_it_again),
		cmocka_unit_test(make__draws_another_key_each_time),
		cmocka_unit_test(open__refuses_a_file_cut_anywhere),
		cmocka_unit_test(open__refuses_a_file_with_one_bit_flipped),
		cmocka_unit_test(open__refuses_the_key_of_another_state_folder),
		cmocka_unit_test(open__refuses_a_key_whose_root_was_lost),
		cmocka_unit_test(open__refuses_a_folder_in_the_files_place),
		cmocka_unit_test(open__refuses_a_state_folder_that_is_a_file),
		cmocka_unit_test(
		    open__keeps_a_key_in_memory_where_nothing_seals_it),
		cmocka_unit_test(
		    open__refuses_a_key_that_this_provider_did_not_seal),
		cmocka_unit_test(open__makes_no_key_when_sealing_fails),
		cmocka_unit_test(ephemeral__is_what_was_never_sealed),
		cmocka_unit_test(key__is_left_out_of_core_dumps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
