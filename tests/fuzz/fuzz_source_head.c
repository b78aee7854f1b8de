/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the lines of an HTTP head, cut as libcurl cuts them: within
 * limits, and a body is good only with exactly one declared end.
 */
#include "sources/source_head.h"
#include "tests/fuzz/must.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source_head h = { 0 };
	struct fault f = FAULT_INIT;
	size_t at = 0;

	while (at < size) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t n =
		    end != NULL ? (size_t)(end - data) + 1 - at : size - at;
		if (!source_head_take(&h, span_of(data + at, n), &f)) {
			MUST(f.kind == FAULT_REMOTE);
			MUST(strncmp(f.at, "source.", 7) == 0);
			return 0;
		}
		at += n;
		MUST(h.bytes == at);
		MUST(h.bytes <= LIMIT_HEADER_BYTES);
		MUST(h.lines <= LIMIT_HEADER_LINES);
	}
	if (source_head_check_body(&h, &f)) {
		MUST(h.has_length != h.is_chunked);
		MUST(!h.is_encoded);
		MUST(h.status >= 200 && h.status <= 999);
	}
	if (h.has_location)
		MUST(strlen(h.location) <= LIMIT_URL_BYTES);
	return 0;
}
