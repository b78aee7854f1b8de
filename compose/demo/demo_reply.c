/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_reply.h"

#include <stdio.h>
#include <string.h>

#define CHUNK_BYTES 4096

void demo_reply_drop(struct demo_reply *r)
{
	blob_drop(&r->body);
	*r = (struct demo_reply){ 0 };
}

static bool has_body(const struct demo_reply *r)
{
	return r->status >= 200 && r->status != 204 && r->status != 304;
}

/* ---- the head ----------------------------------------------------------- */

static void write_head(const struct demo_reply *r, struct utc now, struct wr *w)
{
	char date[30];
	bool closes = r->framing == DEMO_FRAMING_NONE || r->sent != DEMO_ALL;

	if (r->interim)
		wr_text(w,
		    "HTTP/1.1 103 Early Hints\r\n"
		    "Link: </x>; rel=preload\r\n\r\n");
	wr_printf(w, "HTTP/1.1 %u %s\r\n", r->status, r->reason);
	if (r->has_date)
		wr_printf(w, "Date: %s\r\n", utc_format_http(now, date));
	wr_text(w,
	    "Server: affiant-demo-exchange\r\n"
	    "Cache-Control: no-store\r\n");
	if (has_body(r)) {
		wr_printf(w, "Content-Type: %s\r\n", r->type);
		if (r->framing == DEMO_FRAMING_LENGTH ||
		    r->framing == DEMO_FRAMING_BOTH)
			wr_printf(w, "Content-Length: %zu\r\n", r->body.n);
		if (r->framing == DEMO_FRAMING_CHUNKED ||
		    r->framing == DEMO_FRAMING_BOTH)
			wr_text(w, "Transfer-Encoding: chunked\r\n");
	}
	if (closes)
		wr_text(w, "Connection: close\r\n");
	wr_text(w, r->headers);
	if (!r->endless_head)
		wr_text(w, "\r\n");
}

static bool drip(struct demo_stream *s, const uint8_t *p, size_t n, unsigned ms)
{
	for (size_t i = 0; i < n; i++) {
		if (!demo_stream_write(s, &p[i], 1) || !demo_stream_wait(s, ms))
			return false;
	}
	return true;
}

static bool send_head(
    const struct demo_reply *r, struct demo_stream *s, struct utc now)
{
	struct fault f = FAULT_INIT;
	char head[sizeof(r->headers) + 1024];
	struct wr w = wr_into(head, sizeof(head), "demo.head", &f);
	struct span text;

	write_head(r, now, &w);
	text = wr_view(&w);
	if (!wr_ok(&w))
		return false;
	if (r->head_drip_ms > 0)
		return drip(s, text.p, text.n, r->head_drip_ms);
	if (!demo_stream_write(s, text.p, text.n))
		return false;
	while (r->endless_head) {
		const char *more =
		    r->headers[0] != '\0' ? r->headers : "X-More: and more\r\n";
		if (!demo_stream_write(s, more, strlen(more)))
			return false;
	}
	return true;
}

/* ---- the body ----------------------------------------------------------- */

static bool send_plain(
    const struct demo_reply *r, struct demo_stream *s, size_t n)
{
	if (r->drip_ms > 0)
		return drip(s, r->body.p, n, r->drip_ms);
	return demo_stream_write(s, r->body.p, n);
}

static bool send_chunks(
    const struct demo_reply *r, struct demo_stream *s, size_t n)
{
	char line[32];

	for (size_t at = 0; at < n;) {
		size_t part = n - at < CHUNK_BYTES ? n - at : CHUNK_BYTES;
		int length = snprintf(line, sizeof(line), "%zx\r\n", part);
		if (!demo_stream_write(s, line, (size_t)length) ||
		    !demo_stream_write(s, &r->body.p[at], part) ||
		    !demo_stream_write(s, "\r\n", 2))
			return false;
		at += part;
	}
	return r->sent != DEMO_ALL || demo_stream_write(s, "0\r\n\r\n", 5);
}

static bool send_body(const struct demo_reply *r, struct demo_stream *s)
{
	size_t n = r->sent < r->body.n ? r->sent : r->body.n;

	if (!has_body(r))
		return true;
	switch (r->framing) {
	case DEMO_FRAMING_LENGTH:
	case DEMO_FRAMING_NONE:
		return send_plain(r, s, n);
	case DEMO_FRAMING_CHUNKED:
	case DEMO_FRAMING_BOTH:
		return send_chunks(r, s, n);
	}
	return false;
}

bool demo_reply_send(
    const struct demo_reply *r, struct demo_stream *s, struct utc now)
{
	if (r->silent || (r->wait_ms > 0 && !demo_stream_wait(s, r->wait_ms)))
		return false;
	if (r->raw != NULL) {
		demo_stream_write(s, r->raw, strlen(r->raw));
		return false;
	}
	return send_head(r, s, now) && send_body(r, s) &&
	    r->framing != DEMO_FRAMING_NONE && r->sent == DEMO_ALL;
}
