/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_request.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- reading ------------------------------------------------------------ */

/* Up to the empty line. A request of ours is one packet: no pipelining. */
static enum demo_request_end read_head(
    struct demo_stream *s, char head[DEMO_HEAD_MAX + 1])
{
	size_t n = 0;

	for (;;) {
		size_t got;
		head[n] = '\0';
		if (n >= 4 && memcmp(&head[n - 4], "\r\n\r\n", 4) == 0)
			return strlen(head) == n ? DEMO_REQUEST_OK
						 : DEMO_REQUEST_BAD;
		if (n == DEMO_HEAD_MAX)
			return DEMO_REQUEST_BAD;
		got = demo_stream_read(s, &head[n], DEMO_HEAD_MAX - n);
		if (got == 0)
			return DEMO_REQUEST_GONE;
		n += got;
		/* A TLS hello where HTTP is spoken, for one. */
		if (head[0] < 'A' || head[0] > 'Z')
			return DEMO_REQUEST_BAD;
	}
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
		h->has_body = *value != '0';
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
	for (line = strstr(rest, "\r\n"); line != NULL;
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

	*out = (struct demo_request_head){ 0 };
	end = read_head(s, out->text);
	if (end == DEMO_REQUEST_OK && !parse_head(out->text, out))
		end = DEMO_REQUEST_BAD;
	return end;
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
