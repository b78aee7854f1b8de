/* SPDX-License-Identifier: Apache-2.0 */
/* chains[]: what is taken, and each rule broken once. */
#include "oracle/config.h"

#include "tests/unit/check.h"

#include <stdlib.h>

#define CONTRACT "\"contract\":\"0x1111111111111111111111111111111111111111\""
#define FEEDS                                                       \
	"\"feeds\":[{\"id\":\"BTC/USD\",\"sources\":[{\"url\":"     \
	"\"https://a.test/\",\"pick\":\"/p\"}]},"                   \
	"{\"id\":\"NEWS\",\"kind\":\"text\",\"sources\":[{\"url\":" \
	"\"https://a.test/n\",\"pick\":\"/p\"}]}]"
#define CHAINS(chains) "{\"chains\":[" chains "]," FEEDS "}"
/* A chain with one endpoint and one feed, and further members. */
#define RPC "\"rpc\":[\"https://a.test/\"],"
#define ON_FEED(name, members) "\"feeds\":{\"" name "\":{" members "}}"
#define CHAIN(members) \
	"{\"id\":8453," RPC members ON_FEED("BTC/USD", CONTRACT) "}"
#define WITH_RPC(list) \
	"{\"id\":8453,\"rpc\":" list "," ON_FEED("BTC/USD", CONTRACT) "}"
#define WITH_FEED(members) "{\"id\":8453," RPC ON_FEED("BTC/USD", members) "}"

static struct config_problems problems;

static struct config *accepted(const char *text)
{
	struct config *c = NULL;

	if (!config_parse(span_text(text), &c, &problems))
		fail_msg(
		    "%s: %s", problems.list[0].pointer, problems.list[0].text);
	return c;
}

static void assert_wei(const struct u256 *found, const char *want)
{
	char text[U256_TEXT_SIZE];

	assert_string_equal(u256_format(found, text), want);
}

static void chain__takes_its_defaults(void **state)
{
	(void)state;
	AUTO(config_drop) struct config *c = accepted(CHAINS(CHAIN("")));
	const struct chain_config *chain = config_chain(c, 8453);

	assert_int_equal(c->n_chains, 1);
	assert_ptr_equal(chain, &c->chains[0]);
	assert_null(config_chain(c, 1));
	assert_int_equal(chain->n_rpc, 1);
	assert_string_equal(chain->rpc[0], "https://a.test/");
	assert_null(chain->ca_file);
	assert_false(chain->allow_http);
	assert_int_equal(chain->timeout_ms, 10000);
	assert_int_equal(chain->poll_ms, 2000);
	assert_int_equal(chain->mode, CHAIN_BATCH);
	assert_int_equal(chain->batch_wait_ms, 500);
	assert_int_equal(chain->delay_ms, 0);
	assert_wei(&chain->fees.max_fee_per_gas, "100000000000");
	assert_wei(&chain->fees.max_priority_fee_per_gas, "5000000000");
	assert_wei(&chain->fees.min_priority_fee_per_gas, "0");
	assert_int_equal(chain->max_gas, 2000000);
	assert_wei(&chain->daily_spend, "100000000000000000");
	assert_wei(&chain->min_balance, "10000000000000000");
	assert_int_equal(chain->finality, RPC_FINALITY_FINALIZED);
	assert_int_equal(chain->confirmations, 12);
	assert_int_equal(chain->reorg_depth, 64);
	assert_int_equal(chain->stuck_after_s, 30);
	assert_int_equal(chain->max_replacements, 10);
	assert_false(chain->allow_ephemeral_payer);
	assert_int_equal(chain->n_feeds, 1);
	assert_string_equal(chain->feeds[0].feed, "BTC/USD");
	assert_int_equal(chain->feeds[0].contract.b[19], 0x11);
	assert_int_equal(chain->feeds[0].deviation_bps, 50);
	assert_int_equal(chain->feeds[0].heartbeat_s, 3600);
	assert_int_equal(chain->feeds[0].min_interval_s, 0);
}

static void chain__keeps_what_it_is_told(void **state)
{
	(void)state;
	AUTO(config_drop)
	struct config *c = accepted(CHAINS(
	    "{\"id\":31337,\"rpc\":[\"http://127.0.0.1:8545\","
	    "\"https://b.test/\"],\"allow_http\":true,\"timeout_ms\":500,"
	    "\"poll_ms\":100,\"mode\":\"packed\",\"batch_wait_ms\":0,"
	    "\"delay_ms\":3000,\"max_fee_gwei\":\"0.123456789\","
	    "\"max_priority_gwei\":\"0.1\",\"min_priority_gwei\":\"0.001\","
	    "\"max_gas\":500000,\"daily_spend\":\"0.000000000000000001\","
	    "\"min_balance\":\"12\",\"finality\":\"blocks\","
	    "\"confirmations\":1,\"reorg_depth\":0,\"stuck_after_s\":5,"
	    "\"max_replacements\":3,\"allow_ephemeral_payer\":true,"
	    "\"feeds\":{\"BTC/USD\":{" CONTRACT ",\"deviation_bps\":0,"
	    "\"heartbeat_s\":60,\"min_interval_s\":7}}}"));
	const struct chain_config *chain = config_chain(c, 31337);

	assert_non_null(chain);
	assert_int_equal(chain->n_rpc, 2);
	assert_true(chain->allow_http);
	assert_int_equal(chain->timeout_ms, 500);
	assert_int_equal(chain->poll_ms, 100);
	assert_int_equal(chain->mode, CHAIN_PACKED);
	assert_int_equal(chain->batch_wait_ms, 0);
	assert_int_equal(chain->delay_ms, 3000);
	assert_wei(&chain->fees.max_fee_per_gas, "123456789");
	assert_wei(&chain->fees.max_priority_fee_per_gas, "100000000");
	assert_wei(&chain->fees.min_priority_fee_per_gas, "1000000");
	assert_int_equal(chain->max_gas, 500000);
	assert_wei(&chain->daily_spend, "1");
	assert_wei(&chain->min_balance, "12000000000000000000");
	assert_int_equal(chain->finality, RPC_FINALITY_BLOCKS);
	assert_int_equal(chain->confirmations, 1);
	assert_int_equal(chain->reorg_depth, 0);
	assert_int_equal(chain->stuck_after_s, 5);
	assert_int_equal(chain->max_replacements, 3);
	assert_true(chain->allow_ephemeral_payer);
	assert_int_equal(chain->feeds[0].deviation_bps, 0);
	assert_int_equal(chain->feeds[0].heartbeat_s, 60);
	assert_int_equal(chain->feeds[0].min_interval_s, 7);
}

static void chain__may_be_absent(void **state)
{
	(void)state;
	AUTO(config_drop) struct config *none = accepted("{" FEEDS "}");
	AUTO(config_drop) struct config *empty = accepted(CHAINS(""));

	assert_int_equal(none->n_chains, 0);
	assert_int_equal(empty->n_chains, 0);
}

static void chain__keeps_secrets_out(void **state)
{
	(void)state;
	const char *text =
	    CHAINS(WITH_RPC("[\"https://a.test/${AFFIANT_T}\"]"));

	assert_int_equal(setenv("AFFIANT_T", "se-cr-et", 1), 0);
	AUTO(config_drop) struct config *c = accepted(text);
	assert_string_equal(c->chains[0].rpc[0], "https://a.test/${AFFIANT_T}");
	assert_int_equal(unsetenv("AFFIANT_T"), 0);
}

/* Each breaks one rule: exactly one problem, there, about that. */
static const struct {
	const char *text, *pointer, *about;
} refusals[] = {
	{ "{\"chains\":{}," FEEDS "}", "/chains", "want array" },
	{ CHAINS("1"), "/chains/0", "want object" },
	{ CHAINS(CHAIN("\"x\":1,")), "/chains/0/x", "unknown member" },
	{ CHAINS(CHAIN("") "," CHAIN("")), "/chains/1/id", "another chain" },
	{ CHAINS("{" RPC ON_FEED("BTC/USD", CONTRACT) "}"), "/chains/0/id",
	    "is missing" },
	{ CHAINS("{\"id\":0," RPC ON_FEED("BTC/USD", CONTRACT) "}"),
	    "/chains/0/id", "integer from 1" },

	/* Endpoints. */
	{ CHAINS("{\"id\":1," ON_FEED("BTC/USD", CONTRACT) "}"),
	    "/chains/0/rpc", "is missing" },
	{ CHAINS(WITH_RPC("[]")), "/chains/0/rpc", "1 to 8 entries" },
	{ CHAINS(WITH_RPC("\"https://a.test/\"")), "/chains/0/rpc",
	    "want array" },
	{ CHAINS(WITH_RPC("[1]")), "/chains/0/rpc/0", "want text" },
	{ CHAINS(WITH_RPC("[\"\"]")), "/chains/0/rpc/0", "https://" },
	{ CHAINS(WITH_RPC("[\"http://a.test/\"]")), "/chains/0/rpc/0",
	    "plain http://" },
	{ CHAINS(WITH_RPC("[\"https://me:pw@a.test/\"]")), "/chains/0/rpc/0",
	    "user:password@" },
	{ CHAINS(WITH_RPC("[\"https://a.test/${AFFIANT_UNSET}\"]")),
	    "/chains/0/rpc/0", "${AFFIANT_UNSET} is not set" },
	{ CHAINS(WITH_RPC("[\"https://a.test/\",\"https://b.test/\","
			  "\"https://a.test/\"]")),
	    "/chains/0/rpc/2", "the same as endpoint 0" },
	{ CHAINS(CHAIN("\"ca_file\":\"/nonexistent.pem\",")),
	    "/chains/0/ca_file", "no such file" },
	{ CHAINS(CHAIN("\"allow_http\":1,")), "/chains/0/allow_http",
	    "want bool" },

	/* Feeds. */
	{ CHAINS("{\"id\":1,\"rpc\":[\"https://a.test/\"]}"), "/chains/0/feeds",
	    "is missing" },
	{ CHAINS("{\"id\":1," RPC "\"feeds\":{}}"), "/chains/0/feeds",
	    "1 to 512 entries" },
	{ CHAINS("{\"id\":1," RPC "\"feeds\":[]}"), "/chains/0/feeds",
	    "want object" },
	{ CHAINS("{\"id\":1," RPC ON_FEED("BTC USD", CONTRACT) "}"),
	    "/chains/0/feeds/BTC USD", "printable ASCII" },
	{ CHAINS("{\"id\":1," RPC ON_FEED("ETH/USD", CONTRACT) "}"),
	    "/chains/0/feeds/ETH~1USD", "no feed" },
	{ CHAINS("{\"id\":1," RPC ON_FEED("NEWS", CONTRACT) "}"),
	    "/chains/0/feeds/NEWS", "no number" },
	{ CHAINS(WITH_FEED("\"heartbeat_s\":1")),
	    "/chains/0/feeds/BTC~1USD/contract", "is missing" },
	{ CHAINS(WITH_FEED("\"contract\":1")),
	    "/chains/0/feeds/BTC~1USD/contract", "want text" },
	{ CHAINS(WITH_FEED("\"contract\":\"0x11\"")),
	    "/chains/0/feeds/BTC~1USD/contract", "" },
	{ CHAINS(WITH_FEED("\"contract\":"
			   "\"0x82Fc9472BCcc07ce4d121f464Cd00AC8Be2b3d50\"")),
	    "/chains/0/feeds/BTC~1USD/contract", "" },
	{ CHAINS(WITH_FEED("\"contract\":"
			   "\"0x0000000000000000000000000000000000000000\"")),
	    "/chains/0/feeds/BTC~1USD/contract", "zero address" },
	{ CHAINS(WITH_FEED(CONTRACT ",\"heartbeat_s\":0")),
	    "/chains/0/feeds/BTC~1USD/heartbeat_s", "integer from 1" },
	{ CHAINS(WITH_FEED(CONTRACT ",\"heartbeat_s\":9,"
				    "\"min_interval_s\":10")),
	    "/chains/0/feeds/BTC~1USD/min_interval_s", "heartbeat_s" },

	/* Money. */
	{ CHAINS(CHAIN("\"max_fee_gwei\":100,")), "/chains/0/max_fee_gwei",
	    "want text" },
	{ CHAINS(CHAIN("\"max_fee_gwei\":\"\",")), "/chains/0/max_fee_gwei",
	    "decimal number" },
	{ CHAINS(CHAIN("\"max_fee_gwei\":\"-1\",")), "/chains/0/max_fee_gwei",
	    "decimal number" },
	{ CHAINS(CHAIN("\"max_fee_gwei\":\"5e1\",")), "/chains/0/max_fee_gwei",
	    "decimal number" },
	{ CHAINS(CHAIN("\"max_fee_gwei\":\"5.0\",")), "/chains/0/max_fee_gwei",
	    "decimal number" },
	{ CHAINS(CHAIN("\"max_fee_gwei\":\"9.0123456789\",")),
	    "/chains/0/max_fee_gwei", "at most 9 decimals" },
	{ CHAINS(CHAIN("\"daily_spend\":\"1.0000000000000000001\",")),
	    "/chains/0/daily_spend", "at most 18 decimals" },
	{ CHAINS(CHAIN("\"max_fee_gwei\":\"4\",")),
	    "/chains/0/max_priority_gwei", "more than max_fee_gwei" },
	{ CHAINS(CHAIN("\"min_priority_gwei\":\"6\",")),
	    "/chains/0/min_priority_gwei", "more than max_priority_gwei" },
	{ CHAINS(CHAIN("\"max_gas\":16777217,")), "/chains/0/max_gas",
	    "to 16777216" },

	{ CHAINS(CHAIN("\"mode\":\"pull\",")), "/chains/0/mode",
	    "not known here" },
	{ CHAINS(CHAIN("\"finality\":\"latest\",")), "/chains/0/finality",
	    "not known here" },
	{ CHAINS(CHAIN("\"confirmations\":0,")), "/chains/0/confirmations",
	    "integer from 1" },
};

static void chain__is_refused_at_the_member_that_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct config *c = NULL;

		if (config_parse(span_text(refusals[i].text), &c, &problems))
			fail_msg("accepted: %s", refusals[i].text);
		const struct config_problem *p = &problems.list[0];
		if (problems.n != 1 ||
		    strcmp(p->pointer, refusals[i].pointer) != 0 ||
		    strstr(p->text, refusals[i].about) == NULL)
			fail_msg("%zu problems, %s: %s in %s", problems.n,
			    p->pointer, p->text, refusals[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain__takes_its_defaults),
		cmocka_unit_test(chain__keeps_what_it_is_told),
		cmocka_unit_test(chain__may_be_absent),
		cmocka_unit_test(chain__keeps_secrets_out),
		cmocka_unit_test(chain__is_refused_at_the_member_that_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
