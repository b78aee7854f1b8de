/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 100 feeds of one chain, each with a newer statement each second, in batches:
 * how much of a core the submitter takes. The chain is the stand-in of the
 * stories, a process of its own with a block each half a second.
 *
 *   bench_submit URL SECONDS      prints cpu_permille=N updates=N transactions=N
 */
#include "oracle/submitter.h"
#include "verify/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define N_FEEDS 100
#define CONTRACT "0xc001000000000000000000000000000000000001"

static char ids[N_FEEDS][16];
static struct feed_config feeds[N_FEEDS];
static struct chain_feed_config chain_feeds[N_FEEDS];

static int failed(const struct fault *f)
{
	fprintf(stderr, "bench_submit: %s (%s)\n", f->text, f->at);
	return 1;
}

static FALLIBLE fill(struct chain_config *chain, struct fault *f)
{
	const struct u256 gwei_1000 = u256_of(1000000000000);
	struct eth_addr contract;

	TRY(eth_addr_parse(span_text(CONTRACT), &contract, f));
	for (size_t i = 0; i < N_FEEDS; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "FEED/%03zu", i);
		feeds[i] = (struct feed_config){ .id = ids[i], .decimals = 8 };
		chain_feeds[i] = (struct chain_feed_config){ .feed = ids[i],
			.contract = contract,
			.heartbeat_s = 3600 };
	}
	*chain = (struct chain_config){ .id = 8453,
		.n_rpc = 1,
		.allow_http = true,
		.timeout_ms = 5000,
		.poll_ms = 500,
		.feeds = chain_feeds,
		.n_feeds = N_FEEDS,
		.mode = CHAIN_BATCH,
		.batch_wait_ms = 100,
		.fees = { .max_fee_per_gas = gwei_1000,
		    .max_priority_fee_per_gas = gwei_1000 },
		.max_gas = ETH_GAS_LIMIT_MAX,
		.daily_spend = u256_of(UINT64_MAX),
		.finality = RPC_FINALITY_BLOCKS,
		.confirmations = 2,
		.reorg_depth = 8,
		.stuck_after_s = 30,
		.max_replacements = 10 };
	return true;
}

static void offer_all(struct submitter *s, uint64_t second)
{
	for (size_t i = 0; i < N_FEEDS; i++) {
		struct feed_call call = { .statement = {
					      .timestamp =
						  (uint64_t)clock_now().ms,
					      .round = second,
					  } };
		uint8_t value[32] = {
			[30] = (uint8_t)(1 + second), [31] = (uint8_t)i
		};

		dec_decode_int256(value, 8, &call.statement.value);
		memcpy(call.statement.feed, ids[i], strlen(ids[i]));
		call.statement.statement =
		    sha256_of(span_of(&call.statement, 64));
		memset(call.signature.b, 1, 64);
		call.signature.b[64] = 27;
		submitter_offer(s, ids[i], &call);
	}
}

static uint64_t cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
	    (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void measure(struct submitter *s, uint64_t seconds)
{
	const uint64_t from_ns = clock_monotonic_ns(), from_us = cpu_us();
	struct submitter_state st;
	struct submitter_feed feed;
	uint64_t updates = 0;

	for (uint64_t i = 1; i <= seconds; i++) {
		offer_all(s, i);
		while (clock_monotonic_ns() - from_ns < i * 1000000000)
			usleep(10000);
	}
	const uint64_t took_us = (clock_monotonic_ns() - from_ns) / 1000;
	const uint64_t used_us = cpu_us() - from_us;
	submitter_state_of(s, &st);
	for (size_t i = 0; submitter_feed_of(s, i, &feed); i++)
		updates += feed.n_pushed;
	printf("cpu_permille=%llu updates=%llu transactions=%llu\n",
	    (unsigned long long)(used_us * 1000 / took_us),
	    (unsigned long long)updates, (unsigned long long)st.counts.mined);
	if (st.fault_at != NULL)
		fprintf(stderr, "bench_submit: %s\n", st.fault);
}

int main(int argc, char **argv)
{
	char state[] = "/tmp/affiant-bench-XXXXXX";
	struct chain_config chain;
	struct config config = { .feeds = feeds, .n_feeds = N_FEEDS };
	struct submitter *s = NULL;
	struct payer *payer = NULL;
	struct fault f = FAULT_INIT;

	if (argc != 3 || mkdtemp(state) == NULL) {
		fprintf(stderr, "usage: bench_submit URL SECONDS\n");
		return 2;
	}
	log_set_level(LOG_WARN);
	const char *url = argv[1];
	if (!fill(&chain, &f) || !payer_make(&payer, &f))
		return failed(&f);
	chain.rpc = &url;
	config.state_dir = state;
	config.chains = &chain;
	config.n_chains = 1;
	const struct submitter_config c = {
		.config = &config, .chain = &chain, .payer = payer
	};
	if (!submitter_open(&c, &s, &f) || !submitter_start(s, &f))
		return failed(&f);
	measure(s, strtoull(argv[2], NULL, 10));
	submitter_close(s);
	payer_close(payer);
	return 0;
}
