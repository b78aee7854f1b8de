/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linked around attest_quote (-Wl,--wrap) in a copy of the daemon: a quote
 * that takes 20 ms, one at a time, as hardware does. When it ends, the daemon
 * says how long those who waited for quotes had to.
 */
#include "oracle/quoter.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

FALLIBLE __real_attest_quote(struct attest *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct attested *out,
    struct fault *f);
FALLIBLE __wrap_attest_quote(struct attest *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct attested *out,
    struct fault *f);
void __real_quoter_close(struct quoter *q);
void __wrap_quoter_close(struct quoter *q);

FALLIBLE __wrap_attest_quote(struct attest *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct attested *out,
    struct fault *f)
{
	static pthread_mutex_t device = PTHREAD_MUTEX_INITIALIZER;
	const struct timespec busy = { .tv_nsec = 20 * 1000 * 1000 };

	pthread_mutex_lock(&device);
	nanosleep(&busy, NULL);
	bool ok = __real_attest_quote(a, report_data, out, f);
	pthread_mutex_unlock(&device);
	return ok;
}

void __wrap_quoter_close(struct quoter *q)
{
	if (q != NULL) {
		struct quoter_stats s = quoter_stats_of(q);

		fprintf(stderr,
		    "quotes=%llu statements=%llu largest_batch=%llu "
		    "longest_wait=%llu failures=%llu\n",
		    (unsigned long long)s.quotes,
		    (unsigned long long)s.statements,
		    (unsigned long long)s.largest_batch,
		    (unsigned long long)s.longest_wait,
		    (unsigned long long)s.failures);
	}
	__real_quoter_close(q);
}
