/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/clock.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* Set by tests only; atomic because the daemon under test has threads. */
static _Atomic bool test_is_set;
static _Atomic int64_t test_ms;

/* CLOCK_REALTIME and CLOCK_MONOTONIC cannot fail on Linux. */
static struct timespec read_clock(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		abort();
	return ts;
}

struct utc clock_now(void)
{
	struct timespec ts;

	if (atomic_load(&test_is_set))
		return (struct utc){ .ms = atomic_load(&test_ms) };
	ts = read_clock(CLOCK_REALTIME);
	return (struct utc){ .ms = (int64_t)ts.tv_sec * 1000 +
		    ts.tv_nsec / 1000000 };
}

uint64_t clock_monotonic_ns(void)
{
	struct timespec ts = read_clock(CLOCK_MONOTONIC);

	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

void clock_set_for_test(const struct utc *t)
{
	if (t != NULL)
		atomic_store(&test_ms, t->ms);
	atomic_store(&test_is_set, t != NULL);
}
