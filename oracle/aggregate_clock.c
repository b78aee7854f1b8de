/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/aggregate.h"

bool aggregate_clock_check(const struct source_result *results, size_t n,
    struct utc now, struct fault *f)
{
	int64_t
	    ahead_ms[LIMIT_SOURCES]; /* their clocks minus ours, ascending */
	size_t n_dates = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = n_dates;

		if (!results[i].has_server_date)
			continue;
		int64_t ahead = results[i].server_date.ms - now.ms;
		while (k > 0 && ahead_ms[k - 1] > ahead) {
			ahead_ms[k] = ahead_ms[k - 1];
			k--;
		}
		ahead_ms[k] = ahead;
		n_dates++;
	}
	if (n_dates < AGGREGATE_CLOCK_MIN)
		return true;
	/* Of an even number the one nearer to us: the doubt is ours. */
	int64_t low = ahead_ms[(n_dates - 1) / 2];
	int64_t high = ahead_ms[n_dates / 2];
	int64_t median = low > 0 ? low : high < 0 ? high : 0;
	if (median <= AGGREGATE_CLOCK_MAX_MS &&
	    median >= -AGGREGATE_CLOCK_MAX_MS)
		return true;
	return fault_raise(f, FAULT_REMOTE, "aggregate.clock",
	    "our clock is %lld s %s by the Date of %zu servers: set it, or "
	    "find out who set it",
	    (long long)((median < 0 ? -median : median) / 1000),
	    median < 0 ? "ahead" : "behind", n_dates);
}
