/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a new value is worth a transaction (onchain section 12): heartbeat,
 * deviation, minimum interval, in integer arithmetic with room for every
 * operand. What is stored is what the contract says, not what we believe to
 * have sent.
 */
#ifndef AFFIANT_PUSH_POLICY_H
#define AFFIANT_PUSH_POLICY_H

#include "verify/base/dec.h"
#include "verify/base/utc.h"

struct push_policy {
	/* The published heartbeat less the time that inclusion takes, because
	 * consumers compare the block's time with what was published. */
	uint32_t heartbeat_s;
	uint32_t min_interval_s;
	uint32_t deviation_bps; /* 0: every newer observation */
};

struct push_stored {
	struct dec value;
	struct utc observed; /* the statement's own timestamp */
	struct utc accepted; /* the time of the block that took it */
};

/* The rules, in their order: the first that applies decides. */
enum push_reason {
	PUSH_FIRST,        /* nothing is stored: push */
	PUSH_NOT_NEWER,    /* the contract would refuse it: no */
	PUSH_HEARTBEAT,    /* the last is as old as the heartbeat: push */
	PUSH_MIN_INTERVAL, /* the last is too fresh: no */
	PUSH_DEVIATION,    /* moved by the threshold or more: push */
	PUSH_QUIET         /* nothing of that: no */
};

/*
 * `stored` is NULL when the contract has no value. The values may differ in
 * their decimals. A block time ahead of `now` is younger than any interval.
 */
enum push_reason push_policy_decide(const struct push_policy *policy,
    const struct push_stored *stored, const struct dec *value,
    struct utc observed, struct utc now);
bool push_policy_pushes(enum push_reason reason);
/* "first", "not_newer", ...: stable words, for logs and metrics. */
const char *push_policy_name(enum push_reason reason);

#endif
