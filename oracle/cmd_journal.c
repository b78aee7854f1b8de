/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"
#include "oracle/submitter.h"
#include "verify/base/canon.h"
#include "verify/base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A slot with its attempts and their feeds. */
#define LINE_MAX_BYTES (1024 * 1024)

enum { OPTION_CONFIG, OPTION_JSON };

static const struct cmd_option options[] = {
	[OPTION_CONFIG] = { "config", "FILE", "whose state folder to look in" },
	[OPTION_JSON] = { "json", NULL,
	    "an object for each nonce, a line each" },
};

struct printing {
	struct journal *j;
	bool is_json;
};

/* ---- as JSON ------------------------------------------------------------- */

static FALLIBLE put_items(struct canon *c, struct journal *j, uint64_t nonce,
    uint64_t seq, struct fault *f)
{
	struct journal_item items[LIMIT_FEED_CALLS];
	size_t n;

	TRY(journal_find_items(j, nonce, seq, items, COUNT(items), &n, f));
	canon_array(c, "statements");
	for (size_t i = 0; i < n; i++) {
		canon_object(c, NULL);
		canon_text(c, "feed", items[i].feed);
		canon_hex(c, "statement", sha256_span(&items[i].statement));
		canon_u64(c, "timestamp", (uint64_t)items[i].observed.ms);
		canon_end(c);
	}
	canon_end(c);
	return true;
}

static FALLIBLE put_attempt(struct canon *c, struct journal *j, uint64_t nonce,
    uint64_t seq, struct fault *f)
{
	char cap[U256_TEXT_SIZE], tip[U256_TEXT_SIZE], to[ETH_ADDR_TEXT_SIZE];
	struct journal_attempt a;

	TRY(journal_find_attempt(j, nonce, seq, &a, NULL, f));
	canon_object(c, NULL);
	canon_bool(c, "cancels", a.kind == JOURNAL_CANCEL);
	canon_text(c, "cap", u256_format(&a.cap, cap));
	canon_u64(c, "gasLimit", a.gas_limit);
	canon_hex_0x(c, "hash", span_of(a.hash.b, 32));
	canon_u64(c, "signed", (uint64_t)a.signed_at.ms);
	TRY(put_items(c, j, nonce, seq, f));
	canon_text(c, "tip", u256_format(&a.tip, tip));
	canon_text(c, "to", eth_addr_format(&a.to, to));
	canon_end(c);
	return true;
}

static void put_mined(struct canon *c, const struct journal_mined *m)
{
	char paid[U256_TEXT_SIZE];

	canon_object(c, "mined");
	canon_u64(c, "attempt", m->seq);
	canon_u64(c, "block", m->block);
	canon_hex_0x(c, "blockHash", span_of(m->block_hash.b, 32));
	canon_u64(c, "gas", m->gas_used);
	canon_text(c, "paid", u256_format(&m->paid, paid));
	if (m->reason != NULL)
		canon_text(c, "reason", m->reason);
	canon_bool(c, "succeeded", m->succeeded);
	canon_end(c);
}

static bool is_in_block(const struct journal_slot *slot)
{
	return slot->state == JOURNAL_MINED || slot->state == JOURNAL_CONFIRMED;
}

static FALLIBLE print_json(
    struct journal *j, const struct journal_slot *slot, struct fault *f)
{
	AUTO(blob_drop) struct blob line = { 0 };
	AUTO(wr_drop)
	struct wr w = wr_grow(LINE_MAX_BYTES, "journal.print", f);
	struct canon c = canon_to(&w);
	char charge[U256_TEXT_SIZE];

	canon_object(&c, NULL);
	canon_array(&c, "attempts");
	for (uint64_t seq = 0; seq < slot->n_attempts; seq++)
		TRY(put_attempt(&c, j, slot->nonce, seq, f));
	canon_end(&c);
	canon_u64(&c, "chain", journal_owner_of(j)->chain_id);
	canon_u64(&c, "changed", (uint64_t)slot->changed_at.ms);
	canon_text(&c, "charge", u256_format(&slot->charge, charge));
	if (is_in_block(slot))
		put_mined(&c, &slot->mined);
	canon_u64(&c, "nonce", slot->nonce);
	canon_text(&c, "state", journal_state_name(slot->state));
	canon_end(&c);
	TRY(wr_done(&w, &line));
	printf("%s\n", (const char *)line.p);
	return true;
}

/* ---- for people ---------------------------------------------------------- */

static FALLIBLE print_text(
    struct journal *j, const struct journal_slot *slot, struct fault *f)
{
	const uint64_t seq =
	    is_in_block(slot) ? slot->mined.seq : slot->n_attempts - 1;
	struct journal_item items[LIMIT_FEED_CALLS];
	char at[UTC_TEXT_SIZE], hash[HEX_SIZE(32)], wei[U256_TEXT_SIZE];
	struct journal_attempt a;
	size_t n;

	TRY(journal_find_attempt(j, slot->nonce, seq, &a, NULL, f));
	TRY(journal_find_items(
	    j, slot->nonce, seq, items, COUNT(items), &n, f));
	hex_encode(span_of(a.hash.b, 32), hash);
	printf("%6llu  %-9s  %s  0x%s  %s wei", (unsigned long long)slot->nonce,
	    journal_state_name(slot->state), utc_format(slot->changed_at, at),
	    hash, u256_format(&slot->charge, wei));
	if (slot->n_attempts > 1)
		printf("  %llu attempts", (unsigned long long)slot->n_attempts);
	if (is_in_block(slot))
		printf("  block %llu", (unsigned long long)slot->mined.block);
	if (is_in_block(slot) && !slot->mined.succeeded)
		printf("  reverted: %s", slot->reason);
	if (a.kind == JOURNAL_CANCEL)
		printf("  cancels");
	for (size_t i = 0; i < n; i++)
		printf("%s%s", i == 0 ? "  " : " ", items[i].feed);
	printf("\n");
	return true;
}

static bool print_slot(
    void *user, const struct journal_slot *slot, struct fault *f)
{
	struct printing *p = user;

	return p->is_json ? print_json(p->j, slot, f)
			  : print_text(p->j, slot, f);
}

static FALLIBLE print_journal(const char *path, bool is_json, struct fault *f)
{
	AUTO(journal_drop) struct journal *j = NULL;
	char address[ETH_ADDR_TEXT_SIZE];

	TRY(journal_inspect(path, &j, f));
	struct printing p = { .j = j, .is_json = is_json };
	const struct journal_owner *owner = journal_owner_of(j);
	if (!is_json)
		printf("chain %llu, paid by %s\n",
		    (unsigned long long)owner->chain_id,
		    eth_addr_format(&owner->payer, address));
	return journal_each_slot(j, false, print_slot, &p, f);
}

/* ---- the command --------------------------------------------------------- */

static int is_journal(const struct dirent *entry)
{
	static const char end[] = ".journal";
	size_t n = strlen(entry->d_name);

	return n >= sizeof(end) &&
	    strcmp(entry->d_name + n - (sizeof(end) - 1), end) == 0;
}

/* By their files: the paying key need not be opened to look. */
static int print_all(const char *state_dir, bool is_json)
{
	char dir[LIMIT_PATH_BYTES + 1], path[2 * LIMIT_PATH_BYTES];
	struct dirent **names = NULL;
	int exit_code = CMD_OK;

	(void)snprintf(dir, sizeof(dir), "%s/chains", state_dir);
	int n = scandir(dir, &names, is_journal, alphasort);
	if (n <= 0)
		fprintf(stderr, "affiantd: no journal in %s\n", dir);
	for (int i = 0; i < n; i++) {
		struct fault f = FAULT_INIT;

		(void)snprintf(
		    path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (!print_journal(path, is_json, &f))
			exit_code = cmd_open_failed(&f);
		free(names[i]);
	}
	free(names);
	return exit_code;
}

static int run(const struct cmd_args *args)
{
	AUTO(config_drop) struct config *config = NULL;

	if (args->option[OPTION_CONFIG] == NULL) {
		fprintf(stderr, "affiantd journal: needs --config FILE\n");
		return CMD_USAGE;
	}
	config = cmd_open_config(args->option[OPTION_CONFIG]);
	if (config == NULL)
		return CMD_FAILED;
	return print_all(config->state_dir, args->option[OPTION_JSON] != NULL);
}

const struct cmd cmd_journal = {
	.name = "journal",
	.help = "what was signed for which chain, and what became of it",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
