/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operator's configuration: one JSON file, read with unknown members
 * refused and every problem reported at once, each with its JSON pointer.
 * The schema is published in config.schema.json; man page affiant.conf(5).
 */
#ifndef AFFIANT_CONFIG_H
#define AFFIANT_CONFIG_H

#include "chain/rpc.h"
#include "oracle/log.h"
#include "sources/sources.h"
#include "verify/ratls.h"

/*
 * Measured: five hundred feeds of four sources, polled every second, take
 * half a core. Twice as many leave nothing in reserve, and their index, page
 * and metrics would be megabytes.
 */
#define CONFIG_MAX_FEEDS 512
#define CONFIG_MAX_CHAINS 16
#define CONFIG_MAX_TEMPLATES 32
#define CONFIG_MAX_PROBLEMS 64

struct aggregate_config {
	const char *method; /* a row of the table of methods: "median" */
	uint64_t trim;      /* trimmed-mean: values dropped on each side */
	uint64_t min_sources;
	uint64_t max_deviation_bps; /* 0: no rejection by deviation */
	uint64_t max_jump_bps;      /* from what was published; 0: no breaker */
	uint64_t confirm_rounds;    /* that must agree on a jump */
	uint64_t max_age_ms;        /* of an observation, and of a statement */
};

struct feed_config {
	const char *id;   /* "BTC/USD" */
	const char *path; /* "/price", or NULL */
	const struct statement_kind *kind;
	const char *unit; /* kinds with a unit */
	uint8_t decimals; /* kinds with a number */
	enum dec_round rounding;
	uint64_t interval_ms;
	uint64_t deadline_ms; /* of a round's fetch; 0: rounds.c decides */
	struct aggregate_config aggregate;
	struct source_config *sources;
	size_t n_sources;
};

/* A place for a value that a caller gives: ${NAME} in url and headers. */
struct request_hole {
	const char *name;
	uint64_t max;      /* characters */
	const char *chars; /* a row of request_classes */
};

/* What a caller may have asked; the id is the feed of the statement. */
struct request_template {
	const char *id;
	struct source_config source;
	struct request_hole *holes;
	size_t n_holes;
};

/* Requests with sealed parameters; no template: there are none. */
struct requests_config {
	uint64_t per_minute, at_once;
	struct request_template *templates;
	size_t n_templates;
};

/* Collateral for a provider that has none: a service, or a file, or (both
 * NULL) nothing. */
struct collateral_config {
	const char *pccs;     /* URL */
	const char *root_crl; /* URL, or NULL: where it is expected */
	const char *ca_file;  /* of the service; NULL: the system's roots */
	const char *update;   /* "standard", "early", or NULL */
	const char *file;
	bool allow_http;
	uint64_t refresh_s;
};

/* What the clock is held against (trusted_time.h). */
struct time_config {
	uint64_t min_sources; /* hosts */
	uint64_t tolerance_ms;
	bool require; /* nothing is signed before so many were heard */
};

/* HTTPS by the daemon itself (verify/FORMAT.ratls.md). */
struct tls_config {
	const char *mode; /* "ra-tls", or NULL: plain HTTP */
	enum ratls_form form;
	const char *name; /* of the server, in the certificate */
	uint64_t valid_s; /* of a certificate */
};

/* When a feed's new value is worth a transaction (chain/push_policy.h). */
struct chain_feed_config {
	const char *feed; /* id of a feed of this configuration */
	struct eth_addr contract;
	uint32_t deviation_bps;
	uint32_t heartbeat_s;
	uint32_t min_interval_s;
};

/* How statements are written into transactions. */
enum chain_mode {
	CHAIN_PUSH,   /* one each */
	CHAIN_PACKED, /* as a batch, in the contract's packed form */
	CHAIN_BATCH   /* those of one contract that are due together */
};

/* A chain that is written to. Amounts are in wei. */
struct chain_config {
	uint64_t id;
	const char **rpc; /* URLs as configured, ${NAME} and all */
	size_t n_rpc;
	const char *ca_file; /* of the endpoints; NULL: the system's roots */
	bool allow_http;
	uint32_t timeout_ms; /* of one request */
	uint32_t poll_ms;    /* how often the chain is looked at */
	struct chain_feed_config *feeds;
	size_t n_feeds;
	enum chain_mode mode;
	uint32_t batch_wait_ms; /* what is due waits so long for others */
	uint32_t delay_ms;      /* of a replica: its rank times some seconds */
	struct rpc_fee_caps fees;
	uint64_t max_gas;
	struct u256 daily_spend; /* in any 24 hours */
	struct u256 min_balance; /* below it: warned of */
	enum rpc_finality_rule finality;
	uint32_t confirmations;
	uint32_t reorg_depth; /* blocks that a confirmed one is watched on */
	uint32_t stuck_after_s;
	uint32_t max_replacements;
	/* Goes on although the paying key ends with the process. */
	bool allow_ephemeral_payer;
};

struct config {
	const char *listen; /* "0.0.0.0:8080" */
	uint64_t threads;   /* of the HTTP server */
	struct tls_config tls;
	const char *state_dir;
	const char *ca_file;      /* of sources that name none, or NULL */
	const char *ct_logs;      /* a list as browsers publish it, or NULL */
	struct tls_logs *logs;    /* what stands in it */
	const char *provider;     /* attest.provider */
	const char *simulate;     /* attest.simulate, or NULL */
	const char *agent_socket; /* attest.socket, or NULL */
	const char *key_path, *key_purpose;  /* attest.key_*, or NULL */
	uint32_t agent_timeout_ms;           /* attest.timeout_ms */
	struct collateral_config collateral; /* attest.collateral */
	enum log_level log_level;
	struct source_limits limits;
	struct time_config time;
	struct feed_config *feeds;
	size_t n_feeds;
	struct chain_config *chains;
	size_t n_chains;
	struct requests_config requests;
	/* SHA-256 of the canonical configuration: stands in every statement.
	 * ${NAME} is hashed as written, never its value; what the file leaves
	 * out is not hashed as its default. */
	struct sha256 hash;
	/* The canonical text that it is the hash of. */
	struct blob canonical;
	struct json *doc; /* owns the strings */
};

struct config_problem {
	char pointer[128]; /* "/feeds/0/sources/1/url" */
	char text[FAULT_TEXT_MAX];
};
struct config_problems {
	struct config_problem list[CONFIG_MAX_PROBLEMS];
	size_t n;
	bool more; /* there were more than the list holds */
};

/*
 * All problems at once; false when there is at least one. Nothing is opened
 * or created: files named in the configuration are only looked at.
 */
FALLIBLE config_parse(
    struct span text, struct config **out, struct config_problems *problems);
void config_free(struct config *c);
void config_drop(struct config **c); /* for AUTO */
const struct feed_config *config_feed(const struct config *c, const char *id);
const struct chain_config *config_chain(const struct config *c, uint64_t id);

#endif
