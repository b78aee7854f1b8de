/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One submission now: a round of the feed, its statement to every chain that
 * has the feed, and what became of it. The submitter is the daemon's own, so
 * what was open in the journal is looked after as well.
 */
#include "oracle/cmd.h"
#include "oracle/submit_hub.h"
#include "verify/base/canon.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_CONFIG, OPTION_TIMEOUT };

static const struct cmd_option options[] = {
	[OPTION_CONFIG] = { "config", "FILE", "the feed and its chains" },
	[OPTION_TIMEOUT] = { "timeout", "SECONDS",
	    "how long to wait for a block; 180 if not given" },
};

#define TIMEOUT_S 180
#define TIMEOUT_MAX_S (24 * 3600)
#define PAUSE_MS 200

static uint64_t tick_ms(void)
{
	return clock_monotonic_ns() / 1000000;
}

/* ---- the receipt --------------------------------------------------------- */

static FALLIBLE print_receipt(struct submitter *s, const char *feed,
    const struct journal_slot *slot, const struct journal_attempt *a,
    struct fault *f)
{
	AUTO(blob_drop) struct blob line = { 0 };
	struct wr w = wr_grow(4096, "submit.print", f);
	struct canon c = canon_to(&w);
	char paid[U256_TEXT_SIZE], to[ETH_ADDR_TEXT_SIZE];

	canon_object(&c, NULL);
	canon_u64(&c, "block", slot->mined.block);
	canon_hex_0x(&c, "blockHash", span_of(slot->mined.block_hash.b, 32));
	canon_u64(&c, "chain", submitter_chain(s)->id);
	canon_text(&c, "contract", eth_addr_format(&a->to, to));
	canon_text(&c, "feed", feed);
	canon_u64(&c, "gas", slot->mined.gas_used);
	canon_hex_0x(&c, "hash", span_of(a->hash.b, 32));
	canon_u64(&c, "nonce", slot->nonce);
	canon_text(&c, "paid", u256_format(&slot->mined.paid, paid));
	if (slot->reason[0] != '\0')
		canon_text(&c, "reason", slot->reason);
	canon_bool(&c, "succeeded", slot->mined.succeeded);
	canon_end(&c);
	TRY(wr_done(&w, &line));
	printf("%s\n", (const char *)line.p);
	return true;
}

/* ---- until it is mined --------------------------------------------------- */

/* Of this feed on this chain; false when the chain does not have it. */
static bool find_feed(
    struct submitter *s, const char *id, struct submitter_feed *out)
{
	for (size_t i = 0; submitter_feed_of(s, i, out); i++) {
		if (strcmp(out->config->feed, id) == 0)
			return true;
	}
	return false;
}

static int say(const struct submitter *s, const char *what, const char *why)
{
	fprintf(stderr, "affiantd: chain %llu: %s%s%s\n",
	    (unsigned long long)submitter_chain(s)->id, what,
	    why[0] != '\0' ? ": " : "", why);
	return CMD_FAILED;
}

/* The step's own words, for when nothing came of it. */
static int give_up(struct submitter *s, const char *what)
{
	struct submitter_state state;

	submitter_state_of(s, &state);
	return say(s, what, state.fault_at != NULL ? state.fault : "");
}

static int finish(struct submitter *s, const char *id, uint64_t nonce)
{
	struct journal_attempt a;
	struct journal_slot slot;
	struct fault f = FAULT_INIT;

	if (!submitter_slot_of(s, nonce, &slot, &a, &f) ||
	    !print_receipt(s, id, &slot, &a, &f))
		return cmd_open_failed(&f);
	return slot.mined.succeeded ? CMD_OK : CMD_FAILED;
}

static int submit_to(struct submitter *s, const char *id, uint64_t until)
{
	struct submitter_feed feed;
	uint64_t nonce = 0;
	bool is_signed = false;

	submitter_force(s, id);
	while (tick_ms() < until) {
		const uint64_t wait = submitter_step(s, clock_now(), tick_ms());

		if (!find_feed(s, id, &feed))
			return CMD_OK;
		if (feed.is_pending) {
			is_signed = true;
			nonce = feed.nonce;
		} else if (is_signed) {
			return finish(s, id, nonce);
		} else if (feed.refusal[0] != '\0') {
			return say(s, "the contract refuses", feed.refusal);
		} else if (strcmp(feed.decision, "not_newer") == 0) {
			return say(s, "what is stored is as new", "");
		}
		usleep((useconds_t)(wait < PAUSE_MS ? wait : PAUSE_MS) * 1000);
	}
	return give_up(s,
	    is_signed ? "not mined in time; the journal has it"
		      : "nothing was signed in time");
}

/* ---- the command --------------------------------------------------------- */

static int submit(struct submit_hub *hub, const char *id, uint64_t timeout_s)
{
	const uint64_t until = tick_ms() + timeout_s * 1000;
	struct submitter *s;
	int exit_code = CMD_FAILED;
	bool any = false;

	for (size_t i = 0; (s = submit_hub_chain(hub, i)) != NULL; i++) {
		struct submitter_feed feed;

		if (!find_feed(s, id, &feed))
			continue;
		int code = submit_to(s, id, until);
		exit_code = any && exit_code != CMD_OK ? exit_code : code;
		any = true;
	}
	if (!any)
		fprintf(stderr, "affiantd: no chain has feed %s\n", id);
	return exit_code;
}

/* A round, published to nobody but the chains. */
static FALLIBLE make_round(struct cmd_engine *e, struct submit_hub *hub,
    const struct feed_config *cfg, struct fault *f)
{
	AUTO(trusted_time_drop) struct trusted_time *time = NULL;
	struct feed_deps deps = cmd_engine_deps(e);
	struct feed *feed = NULL;

	deps.offer = submit_hub_offer;
	deps.offer_to = hub;
	TRY(trusted_time_new(&e->config->time, &time, f));
	deps.time = time;
	TRY(feed_open(cfg, &deps, &feed, f));
	bool ok = feed_round(feed, NULL, f);
	feed_free(feed);
	return ok;
}

static int submit_feed_now(
    struct cmd_engine *e, const struct feed_config *feed, uint64_t timeout_s)
{
	struct submit_hub *hub = NULL;
	struct fault f = FAULT_INIT;
	int exit_code;

	if (!submit_hub_open(e->config, e->attest, &hub, &f) ||
	    !make_round(e, hub, feed, &f))
		exit_code = cmd_open_failed(&f);
	else
		exit_code = submit(hub, feed->id, timeout_s);
	submit_hub_close(hub);
	return exit_code;
}

static int run(const struct cmd_args *args)
{
	AUTO(cmd_engine_close) struct cmd_engine e = { 0 };
	const char *timeout = args->option[OPTION_TIMEOUT];
	uint64_t timeout_s = TIMEOUT_S;
	struct fault f = FAULT_INIT;

	if (args->option[OPTION_CONFIG] == NULL) {
		fprintf(stderr, "affiantd submit: needs --config FILE\n");
		return CMD_USAGE;
	}
	if (timeout != NULL &&
	    (!u64_parse(span_text(timeout), &timeout_s, "timeout", &f) ||
		timeout_s > TIMEOUT_MAX_S)) {
		fprintf(stderr,
		    "affiantd submit: --timeout is a number of "
		    "seconds\n");
		return CMD_USAGE;
	}
	/* Alone: who serves owns the paying account. */
	if (!cmd_engine_open(args->option[OPTION_CONFIG], NULL, CMD_SERVES, &e))
		return CMD_FAILED;
	log_set_level(LOG_WARN);
	const struct feed_config *feed =
	    config_feed(e.config, args->operand[0]);
	if (feed == NULL) {
		fprintf(stderr, "affiantd: no feed %s\n", args->operand[0]);
		return CMD_FAILED;
	}
	if (!sources_init(&f))
		return cmd_open_failed(&f);
	int exit_code = submit_feed_now(&e, feed, timeout_s);
	sources_exit();
	return exit_code;
}

const struct cmd cmd_submit = {
	.name = "submit",
	.help = "one round, written to its chains now, and the receipts",
	.options = options,
	.n_options = COUNT(options),
	.operand = "FEED",
	.run = run,
};
