/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One chain, seen through JSON-RPC endpoints that nobody has to trust (onchain
 * sections 9 to 11.6). They can delay, drop and lie; they cannot sign. So: an
 * endpoint is used only while its chain id is the configured one, every answer
 * is bounded and parsed strictly, fees and gas are held against the
 * operator's maxima, and what is called confirmed was said by two endpoints
 * where two are configured. Implemented in chain/rpc/.
 *
 * What is sent was signed elsewhere: no key comes near this box.
 *
 * Faults of every call that asks, REMOTE unless said; `at` is one of
 *	rpc.connect	no connection, or closed before an answer came
 *	rpc.tls		the certificate, its name or the handshake
 *	rpc.timeout	no complete answer in time
 *	rpc.stopped	*stop turned true
 *	rpc.http	a status other than 200, no JSON content type
 *	rpc.limit	429 or -32005, or the endpoint is asked to wait
 *	rpc.size	a longer answer than is read
 *	rpc.answer	no JSON-RPC answer to this very request
 *	rpc.result	a result of another form than the method's
 *	rpc.error	a JSON-RPC error; the text has its code, not its words
 *	rpc.funds	such an error that speaks of insufficient funds
 *	rpc.chain-id	the endpoint serves another chain
 *	rpc.stale	the endpoint is behind what was seen already
 *	rpc.internal	SYSTEM or INTERNAL: memory, libcurl
 * With several endpoints it is the fault of the first that was asked. Texts
 * name an endpoint by what it is shown as.
 */
#ifndef AFFIANT_RPC_H
#define AFFIANT_RPC_H

#include "chain/eth_gas.h"
#include "verify/base/limits.h"

/* ---- a chain and its endpoints ------------------------------------------ */

struct rpc_endpoint_config {
	/* https://..., ready to be asked, its secrets filled in. Copied, and
	 * wiped when the chain is closed. */
	const char *url;
	/* What faults and health call it: the URL as configured, ${NAME} in
	 * the place of secrets. Copied. */
	const char *shown;
};

/* What makes a mined transaction a confirmed one. */
enum rpc_finality_rule {
	RPC_FINALITY_FINALIZED, /* the chain's own tag; blocks without one */
	RPC_FINALITY_SAFE,      /* the same with "safe" */
	RPC_FINALITY_BLOCKS     /* so many blocks, whatever the tags say */
};

struct rpc_config {
	uint64_t chain_id;                           /* 1 to LIMIT_CHAIN_ID */
	const struct rpc_endpoint_config *endpoints; /* by preference */
	size_t n_endpoints;  /* 1 to LIMIT_RPC_ENDPOINTS */
	const char *ca_file; /* PEM; NULL: the system's roots */
	bool allow_http;     /* plain http:// on purpose */
	uint32_t timeout_ms; /* of one request; 0: 10 s */
	/* The first wait after a failure, doubled with each further one up to
	 * LIMIT_RPC_BACKOFF_MS; 0: 500 ms. */
	uint32_t backoff_ms;
	enum rpc_finality_rule finality;
	uint32_t confirmations; /* blocks, its own counted; 0: 12 */
	/* Turning true it ends every call within 100 ms. May be NULL. */
	const volatile bool *stop;
};

/*
 * For one thread at a time, but for rpc_chain_health. A request blocks at most
 * the timeout for each endpoint, twice where a chain id is due.
 */
struct rpc_chain;

/*
 * Opens nothing yet: the first call connects. CONFIG at "rpc.config" (number
 * of endpoints, chain id, a URL that is no https:// one), "rpc.ca_file".
 */
FALLIBLE rpc_chain_open(
    const struct rpc_config *c, struct rpc_chain **out, struct fault *f);
void rpc_chain_close(struct rpc_chain *c); /* NULL is accepted */
void rpc_chain_drop(struct rpc_chain **c); /* for AUTO */

/*
 * True when an endpoint serves the configured chain; otherwise the fault of
 * the first. To be called before a transaction is signed: it costs nothing
 * while the last check of the endpoint in use is younger than ten minutes.
 * (Reads and sends check it by themselves.)
 */
FALLIBLE rpc_chain_check(struct rpc_chain *c, struct fault *f);

struct rpc_health {
	const char *shown; /* lives as long as the chain */
	bool is_usable;    /* right chain id, not waiting, not behind */
	bool is_wrong_chain;
	bool has_head;
	uint64_t head; /* the highest block it spoke of */
	uint64_t n_calls, n_failures;
	uint32_t latency_ms;    /* of the last answer */
	uint32_t wait_ms;       /* until it is asked again; 0: now */
	const char *failure_at; /* "rpc.timeout", or NULL */
};
/* Of endpoint i; false behind the last. From any thread. */
bool rpc_chain_health(
    const struct rpc_chain *c, size_t i, struct rpc_health *out);

/*
 * Reads stick to one endpoint until it fails: nodes that are not in step are
 * the classic source of duplicates. The next one is asked after a transport
 * failure, a bad answer, a limit, a wrong chain or a head that is more than
 * LIMIT_RPC_LAG_BLOCKS behind the best seen; never after an error that is the
 * answer (a revert).
 */

/* ---- reading ------------------------------------------------------------ */

enum rpc_tag {
	RPC_LATEST,
	RPC_PENDING,
	RPC_SAFE,
	RPC_FINALIZED,
	RPC_NUMBER /* rpc_at.number */
};
struct rpc_at {
	enum rpc_tag tag;
	uint64_t number;
};

struct rpc_block {
	uint64_t number;
	struct keccak256 hash, parent_hash;
	uint64_t timestamp_s;
	uint64_t gas_limit, gas_used;
	bool has_base_fee; /* false: a chain of legacy transactions */
	struct u256 base_fee;
};

FALLIBLE rpc_get_block_number(
    struct rpc_chain *c, uint64_t *out, struct fault *f);
/* *found is false where there is no such block, or no such tag. */
FALLIBLE rpc_get_block(struct rpc_chain *c, struct rpc_at at, bool *found,
    struct rpc_block *out, struct fault *f);
FALLIBLE rpc_get_block_by_hash(struct rpc_chain *c,
    const struct keccak256 *hash, bool *found, struct rpc_block *out,
    struct fault *f);

/*
 * `mined` is the larger one of two endpoints where there are two, and goes
 * back only when every endpoint that answers says so (a reorganisation);
 * `pending` is the first endpoint's word, a hint, at least `mined`.
 */
struct rpc_nonces {
	uint64_t mined, pending;
};
FALLIBLE rpc_get_nonces(struct rpc_chain *c, const struct eth_addr *of,
    struct rpc_nonces *out, struct fault *f);
FALLIBLE rpc_get_balance(struct rpc_chain *c, const struct eth_addr *of,
    struct u256 *out, struct fault *f);
/* *out is empty where no contract is. */
FALLIBLE rpc_get_code(struct rpc_chain *c, const struct eth_addr *of,
    struct blob *out, struct fault *f);

/* A transaction as this endpoint knows it: is it still there at all. */
struct rpc_tx {
	struct keccak256 hash;
	struct eth_addr from;
	uint64_t nonce;
	bool is_mined;
	uint64_t block; /* mined ones */
	struct keccak256 block_hash;
};
/* Not found: no endpoint that answers knows it. */
FALLIBLE rpc_get_tx(struct rpc_chain *c, const struct keccak256 *hash,
    bool *found, struct rpc_tx *out, struct fault *f);

struct rpc_log {
	struct eth_addr address;
	struct keccak256 topics[4];
	size_t n_topics;
	struct span data; /* of the receipt's memory */
};
struct rpc_receipt {
	struct keccak256 hash; /* of the transaction */
	uint64_t block;
	struct keccak256 block_hash;
	bool succeeded; /* false: reverted, the nonce is used all the same */
	uint64_t gas_used;
	struct u256 gas_price; /* effective, wei */
	struct u256 l1_fee;    /* wei, what a rollup charges apart; 0: none */
	struct rpc_log *logs;
	size_t n_logs;
	struct blob memory; /* of logs */
};
void rpc_receipt_drop(struct rpc_receipt *r);
/*
 * Not found: not mined, as far as the endpoint knows. A receipt that was given
 * once is missed only when every endpoint that answers misses it (a
 * reorganisation), not when another node lags. One endpoint's word: a hint.
 */
FALLIBLE rpc_get_receipt(struct rpc_chain *c, const struct keccak256 *hash,
    bool *found, struct rpc_receipt *out, struct fault *f);

/* ---- confirmed ---------------------------------------------------------- */

enum rpc_finality {
	RPC_FINALITY_GONE,  /* another block stands there: reorganised */
	RPC_FINALITY_MINED, /* there, and not deep enough or not agreed on */
	RPC_FINALITY_CONFIRMED
};
/*
 * What has become of a receipt (hash, block, block_hash and succeeded count).
 * CONFIRMED needs the canonical block at that height to be the recorded one,
 * at the depth of the configured rule, and where two endpoints are configured,
 * two that say so, receipt and status included. GONE as soon as the first
 * says so and no other contradicts.
 */
FALLIBLE rpc_finality_check(struct rpc_chain *c, const struct rpc_receipt *r,
    enum rpc_finality *out, struct fault *f);
/* "gone", "mined", "confirmed" */
const char *rpc_finality_name(enum rpc_finality v);

/* ---- fees --------------------------------------------------------------- */

#define RPC_FEE_BLOCKS 20

struct rpc_fee_history {
	size_t n_blocks;   /* 1 to RPC_FEE_BLOCKS */
	bool has_base_fee; /* false: legacy; what follows is then zero */
	struct u256 next_base_fee;
	/* The reward that half the gas of a block paid more than; wei. */
	struct u256 tips[RPC_FEE_BLOCKS];
};
FALLIBLE rpc_get_fee_history(
    struct rpc_chain *c, struct rpc_fee_history *out, struct fault *f);
/* eth_gasPrice, for legacy chains. */
FALLIBLE rpc_get_gas_price(
    struct rpc_chain *c, struct u256 *out, struct fault *f);

/* The operator's maxima; wei per gas. Zero for none is no choice: a maximum
 * of zero allows nothing. */
struct rpc_fee_caps {
	struct u256 max_fee_per_gas;
	struct u256 max_priority_fee_per_gas;
	struct u256 min_priority_fee_per_gas;
};
/*
 * tip = median of the tips, within the caps; cap = 2 * next base fee + tip,
 * at most max_fee_per_gas. Pure. LIMIT at "rpc.fees.cap" when that leaves less
 * than next base fee + tip: do not send, tell the operator. LIMIT at
 * "u256.overflow" for numbers that no chain has.
 */
FALLIBLE rpc_fees_choose(const struct rpc_fee_history *h,
    const struct rpc_fee_caps *caps, struct eth_gas_fees *out, struct fault *f);
/* Legacy: the price is max_fee_per_gas, the other field zero. LIMIT at
 * "rpc.fees.cap". */
FALLIBLE rpc_fees_choose_legacy(const struct u256 *gas_price,
    const struct rpc_fee_caps *caps, struct eth_gas_fees *out, struct fault *f);
/*
 * What has to be offered to replace `old`: the mempool's rule, or the fresh
 * choice where that is larger. LIMIT at "rpc.fees.cap" beyond the caps: then
 * wait. (A legacy transaction has no use for the tip that comes out.)
 */
FALLIBLE rpc_fees_replace(const struct eth_gas_fees *old,
    const struct eth_gas_fees *fresh, const struct rpc_fee_caps *caps,
    struct eth_gas_fees *out, struct fault *f);

/* ---- calls -------------------------------------------------------------- */

struct rpc_call {
	struct eth_addr from; /* zero: nobody */
	struct eth_addr to;
	struct span data;
	struct u256 value;
};
/* Owned. What a call returned, or why it reverted (eth_revert_decode). */
struct rpc_called {
	bool reverted;
	struct blob data;
};
void rpc_called_drop(struct rpc_called *r);
FALLIBLE rpc_call(struct rpc_chain *c, const struct rpc_call *call,
    struct rpc_at at, struct rpc_called *out, struct fault *f);

/*
 * The estimate * 1.2, rounded up, as a gas limit; it simulates as well: on a
 * revert *gas is 0 and *why has the reason. LIMIT at "rpc.gas.cap" when it is
 * above max_gas.
 */
FALLIBLE rpc_call_estimate(struct rpc_chain *c, const struct rpc_call *call,
    uint64_t max_gas, uint64_t *gas, struct rpc_called *why, struct fault *f);

/* ---- sending ------------------------------------------------------------ */

/* What an endpoint made of a raw transaction (onchain section 9.4). */
enum rpc_sent {
	RPC_SENT_ACCEPTED,    /* it answered our own hash */
	RPC_SENT_KNOWN,       /* this very transaction is in its pool */
	RPC_SENT_NONCE_LOW,   /* used: by this one, mined already, or another */
	RPC_SENT_REPLACEMENT, /* another is pending: raise both fees */
	RPC_SENT_UNDERPRICED, /* below the node's least tip */
	RPC_SENT_BASE_FEE,    /* the cap is below the base fee */
	RPC_SENT_TIP,         /* tip above cap: our own mistake */
	RPC_SENT_FUNDS,       /* the balance does not cover it */
	RPC_SENT_GAS,         /* gas limit too low or too high */
	RPC_SENT_NONCE_HIGH,  /* a gap in front of it */
	RPC_SENT_INVALID,     /* wrong chain, or corrupted bytes */
	/* Timeout, broken connection, 5xx, 429, another hash, unknown words:
	 * possibly sent. Send the same bytes again; never sign anew. */
	RPC_SENT_UNKNOWN
};
/* "accepted", "known", "nonce-low", ...: stable words. */
const char *rpc_sent_name(enum rpc_sent v);
/* ACCEPTED and KNOWN. */
bool rpc_sent_is_success(enum rpc_sent v);
/* From the error's code and words; words decide where they are known. */
enum rpc_sent rpc_sent_classify(int64_t code, struct span message);

struct rpc_send_result {
	struct keccak256 hash; /* our own: keccak of the bytes */
	/*
	 * Of all endpoints together: success if any took it; else UNKNOWN if
	 * any is; else NONCE_LOW if any says so; else the first one's word.
	 */
	enum rpc_sent outcome;
	enum rpc_sent each[LIMIT_RPC_ENDPOINTS];
	size_t n; /* endpoints that were asked, in their order */
};
/*
 * Broadcasts to every endpoint that serves this chain and does not have to
 * wait. Before that the bytes are read: INTERNAL at "rpc.send.tx" unless they
 * are one transaction of this chain. True with an outcome whatever the
 * endpoints answered; false only when nothing was sent (no endpoint serves
 * this chain, all have to wait, stopped before the first).
 *
 * A kept connection that turns out dead is tried once more on a fresh one, so
 * an endpoint may be sent the bytes twice and call them KNOWN at first sight.
 */
FALLIBLE rpc_send_raw(struct rpc_chain *c, struct span raw,
    struct rpc_send_result *out, struct fault *f);

#endif
