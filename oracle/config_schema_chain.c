/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of chains[], the on-chain side of the configuration. */
#include "oracle/config_schema.h"

/* In the order of enum chain_mode. */
static const char *word_of_mode(size_t i)
{
	static const char *const words[] = { "push", "packed", "batch" };

	return i < COUNT(words) ? words[i] : NULL;
}

/* In the order of enum rpc_finality_rule. */
static const char *word_of_finality(size_t i)
{
	static const char *const words[] = { "finalized", "safe", "blocks" };

	return i < COUNT(words) ? words[i] : NULL;
}

#define DAYS_S (24ull * 3600)
#define GWEI 9    /* decimals of a wei in a gwei */
#define NATIVE 18 /* and in the coin of the chain */

static const struct config_member chain_feed_members[] = {
	{ "contract", CONFIG_ADDRESS, true, INTO(chain_feed_config, contract),
	    .help = "address of the contract that stores the feed" },
	{ "deviation_bps", CONFIG_NUMBER,
	    INTO(chain_feed_config, deviation_bps), .max = 10000,
	    .fallback = 50,
	    .help = "write a value that moved so far from the stored one, in "
		    "hundredths of a percent; 0 writes every newer one" },
	{ "heartbeat_s", CONFIG_NUMBER, INTO(chain_feed_config, heartbeat_s),
	    .min = 1, .max = 30 * DAYS_S, .fallback = 3600,
	    .help = "write at least this often, whatever the value; consumers "
		    "rely on it, so leave time for a transaction to be "
		    "included" },
	{ "min_interval_s", CONFIG_NUMBER,
	    INTO(chain_feed_config, min_interval_s), .max = DAYS_S,
	    .help = "write at most this often" },
};
const struct config_object config_chain_feed_object = { "chain_feed",
	"chains[].feeds", ROWS(chain_feed_members),
	sizeof(struct chain_feed_config),
	offsetof(struct chain_feed_config, feed) };

static const struct config_member chain_members[] = {
	{ "id", CONFIG_NUMBER, true, INTO(chain_config, id), .min = 1,
	    .max = (1ull << 53) - 1,
	    .help = "chain id; nothing is signed for an endpoint of another" },
	{ "rpc", CONFIG_TEXTS, true, COUNTED(chain_config, rpc, n_rpc),
	    .min = 1, .max = LIMIT_RPC_ENDPOINTS,
	    .help = "URLs of JSON-RPC endpoints by preference; ${NAME} is "
		    "taken from the environment and masked wherever a URL is "
		    "shown; with two or more, two have to agree on what is "
		    "confirmed" },
	{ "ca_file", CONFIG_TEXT, INTO(chain_config, ca_file), .min = 1,
	    .max = LIMIT_PATH_BYTES, .check = config_check_ca_file,
	    .help = "PEM file of the roots to trust for the endpoints, "
		    "instead of the system's" },
	{ "allow_http", CONFIG_FLAG, INTO(chain_config, allow_http),
	    .help = "take endpoints without TLS: a node of one's own" },
	{ "timeout_ms", CONFIG_NUMBER, INTO(chain_config, timeout_ms),
	    .min = 100, .max = LIMIT_TIMEOUT_MS, .fallback = 10000,
	    .help = "for one request" },
	{ "poll_ms", CONFIG_NUMBER, INTO(chain_config, poll_ms), .min = 50,
	    .max = 60000, .fallback = 2000,
	    .help = "how often the chain is looked at; its block time is a "
		    "good choice" },
	{ "feeds", CONFIG_MAP, true, COUNTED(chain_config, feeds, n_feeds),
	    .min = 1, .max = CONFIG_MAX_FEEDS, .check = config_check_feed_id,
	    .object = &config_chain_feed_object,
	    .help = "what is written, by the feed's id" },
	{ "mode", CONFIG_INDEX, INTO(chain_config, mode),
	    .fallback = CHAIN_BATCH, .words = word_of_mode,
	    .help = "push: a transaction for each statement; batch: one for "
		    "those of a contract that are due together; packed: the "
		    "same in fewer bytes, for rollups" },
	{ "batch_wait_ms", CONFIG_NUMBER, INTO(chain_config, batch_wait_ms),
	    .max = 60000, .fallback = 500,
	    .help = "batch and packed: a statement that is due waits so long "
		    "for others" },
	{ "delay_ms", CONFIG_NUMBER, INTO(chain_config, delay_ms),
	    .max = 600000,
	    .help = "wait so long and look whether another instance was "
		    "faster; for replicas, their rank times a few seconds" },
	{ "max_fee_gwei", CONFIG_AMOUNT,
	    INTO(chain_config, fees.max_fee_per_gas), .max = GWEI,
	    .fallback_text = "100",
	    .help = "highest fee per gas that is ever offered; above it "
		    "nothing is sent" },
	{ "max_priority_gwei", CONFIG_AMOUNT,
	    INTO(chain_config, fees.max_priority_fee_per_gas), .max = GWEI,
	    .fallback_text = "5",
	    .help = "highest part of it that goes to the block's maker" },
	{ "min_priority_gwei", CONFIG_AMOUNT,
	    INTO(chain_config, fees.min_priority_fee_per_gas), .max = GWEI,
	    .fallback_text = "0",
	    .help = "least part of it, whatever the last blocks paid" },
	{ "max_gas", CONFIG_NUMBER, INTO(chain_config, max_gas), .min = 21000,
	    .max = ETH_GAS_LIMIT_MAX, .fallback = 2000000,
	    .help = "highest gas limit of a transaction" },
	{ "daily_spend", CONFIG_AMOUNT, INTO(chain_config, daily_spend),
	    .max = NATIVE, .fallback_text = "0.1",
	    .help = "highest sum of fees in 24 hours, in the chain's coin; "
		    "above it nothing is sent" },
	{ "min_balance", CONFIG_AMOUNT, INTO(chain_config, min_balance),
	    .max = NATIVE, .fallback_text = "0.01",
	    .help = "a balance below this is warned of, in the chain's "
		    "coin" },
	{ "finality", CONFIG_INDEX, INTO(chain_config, finality),
	    .fallback = RPC_FINALITY_FINALIZED, .words = word_of_finality,
	    .help = "what confirms a transaction: the chain's tag, or so many "
		    "blocks; blocks too where the chain has no such tag" },
	{ "confirmations", CONFIG_NUMBER, INTO(chain_config, confirmations),
	    .min = 1, .max = 100000, .fallback = 12,
	    .help = "those blocks, the transaction's own counted" },
	{ "reorg_depth", CONFIG_NUMBER, INTO(chain_config, reorg_depth),
	    .max = 100000, .fallback = 64,
	    .help = "blocks for which a confirmed transaction is still "
		    "watched" },
	{ "stuck_after_s", CONFIG_NUMBER, INTO(chain_config, stuck_after_s),
	    .min = 1, .max = DAYS_S, .fallback = 30,
	    .help = "a transaction not mined by then is replaced at higher "
		    "fees" },
	{ "max_replacements", CONFIG_NUMBER,
	    INTO(chain_config, max_replacements), .max = 100, .fallback = 10,
	    .help = "how often" },
	{ "allow_ephemeral_payer", CONFIG_FLAG,
	    INTO(chain_config, allow_ephemeral_payer),
	    .help = "go on where the paying key cannot be sealed, and what is "
		    "sent to its address is lost with the process" },
};
const struct config_object config_chain_object = { "chain", "chains[]",
	ROWS(chain_members), sizeof(struct chain_config), 0 };
