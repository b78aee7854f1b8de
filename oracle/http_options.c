/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_options.h"

#include "verify/base/fault.h"
#include "verify/base/limits.h"

#include <stdio.h>

void http_options_fill(
    struct http_options *out, const char *listen, unsigned threads)
{
	/* No document_root: nothing is ever served from a file. */
	const struct {
		const char *name, *value;
	} options[] = {
		{ "listening_ports", listen },
		{ "num_threads", out->threads },
		{ "max_request_size", out->head_bytes },
		{ "listen_backlog", out->backlog },
		{ "connection_queue", "64" },
		{ "request_timeout_ms", out->first },
		{ "keep_alive_timeout_ms", out->next },
		{ "enable_keep_alive", "yes" },
		/* With one write per answer: 35 times the throughput. */
		{ "tcp_nodelay", "1" },
		/* Paths are decoded by http_uri.c, strictly. */
		{ "decode_url", "no" },
		{ "enable_directory_listing", "no" },
		{ "enable_auth_domain_check", "no" },
	};
	size_t n = 0;

	_Static_assert(2 * COUNT(options) < COUNT(out->list), "no room");
	snprintf(out->threads, sizeof(out->threads), "%u", threads);
	snprintf(out->head_bytes, sizeof(out->head_bytes), "%d",
	    LIMIT_HTTP_HEAD_BYTES);
	snprintf(out->backlog, sizeof(out->backlog), "%d", LIMIT_HTTP_BACKLOG);
	snprintf(out->first, sizeof(out->first), "%d", HTTP_FIRST_HEAD_MS);
	snprintf(out->next, sizeof(out->next), "%d", HTTP_NEXT_HEAD_MS);
	for (size_t i = 0; i < COUNT(options); i++) {
		out->list[n++] = options[i].name;
		out->list[n++] = options[i].value;
	}
	out->list[n] = NULL;
}
