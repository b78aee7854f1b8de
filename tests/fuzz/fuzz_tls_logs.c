/* SPDX-License-Identifier: Apache-2.0 */
/* A list of logs is read, with logs in it, or refused at its place. */
#include "tests/fuzz/must.h"
#include "verify/base/limits.h"
#include "verify/tls_logs.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(tls_logs_drop) struct tls_logs *logs = NULL;
	struct fault f = FAULT_INIT;

	if (tls_logs_read(span_of(data, size), &logs, &f)) {
		MUST(tls_logs_count(logs) > 0);
		MUST(tls_logs_count(logs) <= LIMIT_CT_LOGS);
	} else {
		MUST(logs == NULL);
		MUST(strcmp(f.at, "ct_logs") == 0);
	}
	return 0;
}
