/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_request.h"

#include "verify/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- reading ------------------------------------------------------------ */

/*
 * Up to the empty line, and what came with it of the body. Requests of ours
 * are not pipelined.
 */
static enum demo_request_end read_head(struct demo_stream *s,
    char text[DEMO_HEAD_MAX + 1], size_t *n, size_t *n_head)
{
	*n = 0;
	for (;;) {
		const char *end;
		size_t got;
		text[*n] = '\0';
		end = strstr(text, "\r\n\r\n");
		if (end != NULL) {
			*n_head = (size_t)(end - text) + 4;
			return DEMO_REQUEST_OK;
		}
		if (*n == DEMO_HEAD_MAX || strlen(text) != *n)
			return DEMO_REQUEST_BAD;
		got = demo_stream_read(s, &text[*n], DEMO_HEAD_MAX - *n);
		if (got == 0)
			return DEMO_REQUEST_GONE;
		*n += got;
		/* A TLS hello where HTTP is spoken, for one. */
		if (text[0] < 'A' || text[0] > 'Z')
			return DEMO_REQUEST_BAD;
	}
}

/* The rest of the body, behind what has come. */
static enum demo_request_end read_body(
    struct demo_stream *s, struct demo_request_head *h, size_t n, size_t n_head)
{
	if (h->n_body > DEMO_HEAD_MAX - n_head || n - n_head > h->n_body)
		return DEMO_REQUEST_BAD;
	while (n - n_head < h->n_body) {
		size_t got = demo_stream_read(
		    s, &h->text[n], n_head + (size_t)h->n_body - n);
		if (got == 0)
			return DEMO_REQUEST_GONE;
		n += got;
	}
	h->text[n] = '\0';
	h->body = &h->text[n_head];
	return DEMO_REQUEST_OK;
}

/* ---- parsing ------------------------------------------------------------ */

/* Copies up to one of `stops`; *text moves behind it. */
static bool take_word(
    const char **text, const char *stops, char *out, size_t cap)
{
	size_t n = strcspn(*text, stops);

	if (n == 0 || n >= cap || (*text)[n] == '\0')
		return false;
	memcpy(out, *text, n);
	out[n] = '\0';
	*text += n + 1;
	return true;
}

static void take_host(const char *value, char *out, size_t cap)
{
	size_t n = strcspn(value, ":\r ");

	if (n < cap) {
		memcpy(out, value, n);
		out[n] = '\0';
	}
}

/* What is no number stays a body of unknown length, which is refused. */
static void take_length(struct demo_request_head *h, const char *value)
{
	struct span digits = span_of(value, strcspn(value, "\r"));

	h->has_body = *value != '0';
	if (!u64_parse(digits, &h->n_body, "demo.length", NULL))
		h->n_body = 0;
}

static void take_field(struct demo_request_head *h, const char *line)
{
	size_t n = strcspn(line, ":\r");
	const char *value = &line[n];

	if (*value != ':')
		return;
	value += 1 + strspn(value + 1, " \t");
	if (n == 4 && strncasecmp(line, "host", n) == 0)
		take_host(value, h->host, sizeof(h->host));
	if (n == 10 && strncasecmp(line, "user-agent", n) == 0)
		h->has_user_agent = *value != '\r';
	if (n == 10 && strncasecmp(line, "connection", n) == 0)
		h->closes = strncasecmp(value, "close", 5) == 0;
	if (n == 14 && strncasecmp(line, "content-length", n) == 0)
		take_length(h, value);
	if (n == 17 && strncasecmp(line, "transfer-encoding", n) == 0)
		h->has_body = true;
}

static bool parse_head(const char *head, struct demo_request_head *h)
{
	const char *rest = head;
	const char *line;

	if (!take_word(&rest, " \r", h->method, sizeof(h->method)) ||
	    !take_word(&rest, " \r", h->target, sizeof(h->target)) ||
	    strncmp(rest, "HTTP/1.1\r\n", 10) != 0 || h->target[0] != '/')
		return false;
	for (line = strstr(rest, "\r\n");
	     line != NULL && strncmp(line, "\r\n\r\n", 4) != 0;
	     line = strstr(line, "\r\n")) {
		line += 2;
		take_field(h, line);
	}
	return true;
}

enum demo_request_end demo_request_read(
    struct demo_stream *s, struct demo_request_head *out)
{
	enum demo_request_end end;
	size_t n, n_head;

	*out = (struct demo_request_head){ 0 };
	end = read_head(s, out->text, &n, &n_head);
	if (end != DEMO_REQUEST_OK)
		return end;
	if (!parse_head(out->text, out))
		return DEMO_REQUEST_BAD;
	return read_body(s, out, n, n_head);
}

bool demo_request_parameter(
    const char *target, const char *name, char *out, size_t cap)
{
	size_t n_name = strlen(name);
	const char *p = strchr(target, '?');

	while (p != NULL) {
		p++;
		if (strncmp(p, name, n_name) == 0 && p[n_name] == '=') {
			size_t n = strcspn(p + n_name + 1, "&");
			if (n >= cap)
				return false;
			memcpy(out, p + n_name + 1, n);
			out[n] = '\0';
			return true;
		}
		p = strchr(p, '&');
	}
	return false;
}
