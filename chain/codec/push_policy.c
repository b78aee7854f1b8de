/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/push_policy.h"

enum push_reason push_policy_decide(const struct push_policy *policy,
    const struct push_stored *stored, const struct dec *value,
    struct utc observed, struct utc now)
{
	uint64_t age_ms;
	bool is_ahead;

	if (stored == NULL)
		return PUSH_FIRST;
	if (observed.ms <= stored->observed.ms)
		return PUSH_NOT_NEWER;
	/* Unsigned: whatever the two times are, nothing overflows. */
	is_ahead = stored->accepted.ms > now.ms;
	age_ms = (uint64_t)now.ms - (uint64_t)stored->accepted.ms;
	if (!is_ahead && age_ms >= UINT64_C(1000) * policy->heartbeat_s)
		return PUSH_HEARTBEAT;
	if (is_ahead || age_ms < UINT64_C(1000) * policy->min_interval_s)
		return PUSH_MIN_INTERVAL;
	if (dec_reaches(value, &stored->value, policy->deviation_bps))
		return PUSH_DEVIATION;
	return PUSH_QUIET;
}

bool push_policy_pushes(enum push_reason reason)
{
	switch (reason) {
	case PUSH_FIRST:
	case PUSH_HEARTBEAT:
	case PUSH_DEVIATION:
		return true;
	case PUSH_NOT_NEWER:
	case PUSH_MIN_INTERVAL:
	case PUSH_QUIET:
		break;
	}
	return false;
}

const char *push_policy_name(enum push_reason reason)
{
	switch (reason) {
	case PUSH_FIRST:
		return "first";
	case PUSH_NOT_NEWER:
		return "not_newer";
	case PUSH_HEARTBEAT:
		return "heartbeat";
	case PUSH_MIN_INTERVAL:
		return "min_interval";
	case PUSH_DEVIATION:
		return "deviation";
	case PUSH_QUIET:
		break;
	}
	return "quiet";
}
