/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_mode.h"

#include "compose/demo/demo_date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOW_MS 20000
#define HUGE_BODY (16u * 1024 * 1024)

/* ---- helpers ------------------------------------------------------------ */

static void set_body(struct demo_reply *r, const void *p, size_t n)
{
	struct blob body = { 0 };

	if (blob_copy(span_of(p, n), &body, NULL)) {
		blob_drop(&r->body);
		r->body = blob_move(&body);
	}
}

static void set_text(struct demo_reply *r, const char *text)
{
	set_body(r, text, strlen(text));
}

static void set_status(
    struct demo_reply *r, unsigned status, const char *reason, const char *text)
{
	r->status = status;
	r->reason = reason;
	set_text(r, text);
}

static void add_header(struct demo_reply *r, const char *line)
{
	size_t n = strlen(r->headers);

	snprintf(r->headers + n, sizeof(r->headers) - n, "%s\r\n", line);
}

static void redirect_to(struct demo_reply *r, unsigned status,
    const char *scheme, const char *host, unsigned port, const char *target)
{
	size_t n = strlen(r->headers);

	r->type = "text/html";
	set_status(r, status, "Moved", "<html>moved</html>\n");
	snprintf(r->headers + n, sizeof(r->headers) - n,
	    "Location: %s://%s:%u%s\r\n", scheme, host, port, target);
}

/* ---- time and size ------------------------------------------------------ */

static void slow(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->wait_ms = SLOW_MS;
}

static void slow_body(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->drip_ms = 1000;
}

static void slow_headers(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->head_drip_ms = 200;
}

static void endless_headers(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->endless_head = true;
}

static void long_header(struct demo_reply *r, const struct demo_request *q)
{
	static const char name[] = "X-Long: ";

	(void)q;
	memset(r->headers, 'a', sizeof(r->headers) - 1);
	memcpy(r->headers, name, strlen(name));
	memcpy(r->headers + sizeof(r->headers) - 3, "\r\n", 3);
	r->endless_head = true;
}

static void endless_line(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	memset(r->headers, 'a', sizeof(r->headers) - 1);
	r->endless_head = true;
}

static void make_huge(struct demo_reply *r)
{
	uint8_t *p = malloc(HUGE_BODY);

	if (p == NULL)
		return;
	memset(p, ' ', HUGE_BODY);
	blob_drop(&r->body);
	r->body = (struct blob){ p, HUGE_BODY };
}

static void huge_body(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	make_huge(r);
}

static void huge_chunked(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	make_huge(r);
	r->framing = DEMO_FRAMING_CHUNKED;
}

/* ---- framing ------------------------------------------------------------ */

static void chunked(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->framing = DEMO_FRAMING_CHUNKED;
}

static void no_length(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->framing = DEMO_FRAMING_NONE;
}

static void length_and_chunks(
    struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->framing = DEMO_FRAMING_BOTH;
}

static void two_lengths(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	add_header(r, "Content-Length: 3");
}

static void closed_in_the_middle(
    struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->sent = r->body.n / 2;
}

static void chunks_cut(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->framing = DEMO_FRAMING_CHUNKED;
	r->sent = r->body.n / 2;
}

static void closed_at_once(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->silent = true;
}

static void headers_cut(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->raw = "HTTP/1.1 200 OK\r\nContent-Len";
}

static void not_http(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->raw = "220 mail.demo.localhost ESMTP\r\n";
}

static void early_hints(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->interim = true;
}

/* Compressed although nobody asked: a member of RFC 1952, stored block. */
static void gzip_always(struct demo_reply *r, const struct demo_request *q)
{
	static const uint8_t gzip[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3,
		0x01, 2, 0, 0xfd, 0xff, '{', '}', 0x43, 0xbf, 0xa6, 0xa3, 2, 0,
		0, 0 };

	(void)q;
	add_header(r, "Content-Encoding: gzip");
	set_body(r, gzip, sizeof(gzip));
}

/* ---- bodies ------------------------------------------------------------- */

static void truncated(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->body.n /= 2;
}

static void wrong_json(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	set_text(r, "{'price': 97234.12,}");
}

static void html_200(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->type = "text/html";
	set_text(r,
	    "<!DOCTYPE html>\n<html><body><h1>Down for "
	    "maintenance</h1></body></html>\n");
}

static void empty_body(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	set_text(r, "");
}

static void bom(struct demo_reply *r, const struct demo_request *q)
{
	size_t n = r->body.n + 3;
	uint8_t *p = malloc(n);

	(void)q;
	if (p == NULL)
		return;
	memcpy(p, "\xef\xbb\xbf", 3);
	memcpy(p + 3, r->body.p, r->body.n);
	blob_drop(&r->body);
	r->body = (struct blob){ p, n };
}

static void text_type(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->type = "text/plain";
}

/* ---- dates -------------------------------------------------------------- */

/* ---- statuses ----------------------------------------------------------- */

static void status_101(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	set_status(r, 101, "Switching Protocols", "");
	add_header(r, "Upgrade: h2c");
}

static void status_204(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	set_status(r, 204, "No Content", "");
}

static void status_304(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	set_status(r, 304, "Not Modified", "");
}

static void status_404(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->status = 404;
	r->reason = "Not Found";
}

static void status_429(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	set_status(r, 429, "Too Many Requests",
	    "{\"status\":{\"error_code\":429,\"error_message\":\"You've "
	    "exceeded the Rate Limit.\"}}");
	add_header(r, "Retry-After: 119");
}

static void status_451(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	set_status(r, 451, "Unavailable For Legal Reasons",
	    "{\"code\":0,\"msg\":\"Service unavailable from a restricted "
	    "location\"}");
}

static void status_500(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	/* The price is in it: only the status says that it is no answer. */
	r->status = 500;
	r->reason = "Internal Server Error";
}

static void status_503(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	r->type = "text/html";
	set_status(r, 503, "Service Unavailable",
	    "<html><body>Just a moment...</body></html>");
}

static void ua_required(struct demo_reply *r, const struct demo_request *q)
{
	if (!q->has_user_agent)
		set_status(r, 400, "Bad Request",
		    "{\"message\":\"User-Agent header is required.\"}");
}

/* ---- redirects ---------------------------------------------------------- */

static void redirect(struct demo_reply *r, const struct demo_request *q)
{
	redirect_to(r, 301, "https", q->moved_host, q->port, q->target);
}

static void redirect_http(struct demo_reply *r, const struct demo_request *q)
{
	redirect_to(r, 302, "http", q->host, q->http_port, q->target);
}

static void redirect_self(struct demo_reply *r, const struct demo_request *q)
{
	redirect_to(r, 302, "https", q->host, q->port, q->target);
}

static void redirect_loop(struct demo_reply *r, const struct demo_request *q)
{
	bool is_a = strcmp(q->target, "/loop/a") == 0;

	redirect_to(
	    r, 307, "https", q->host, q->port, is_a ? "/loop/b" : "/loop/a");
}

static void redirect_many(struct demo_reply *r, const struct demo_request *q)
{
	char target[64];

	/* /hop/x, /hop/xx, ...: never the same place twice. */
	if (strncmp(q->target, "/hop/", 5) == 0 && strlen(q->target) < 40)
		snprintf(target, sizeof(target), "%sx", q->target);
	else
		snprintf(target, sizeof(target), "/hop/x");
	redirect_to(r, 308, "https", q->host, q->port, target);
}

/* Each hop within its time, all together not. */
static void redirect_slowly(struct demo_reply *r, const struct demo_request *q)
{
	redirect_many(r, q);
	r->wait_ms = 150;
}

static void redirect_huge(struct demo_reply *r, const struct demo_request *q)
{
	redirect(r, q);
	make_huge(r);
}

static void redirect_nowhere(struct demo_reply *r, const struct demo_request *q)
{
	(void)q;
	set_status(r, 302, "Found", "");
}

/* ---- the table ---------------------------------------------------------- */

const struct demo_mode demo_mode_rows[] = {
	{ .id = "none", .help = "behaves" },

	{ .id = "wrong-certificate",
	    .help = "signed by itself, for the right name",
	    .face = DEMO_FACE_SELF_SIGNED },
	{ .id = "expired-certificate",
	    .help = "expired an hour ago",
	    .face = DEMO_FACE_EXPIRED },
	{ .id = "other-hosts-certificate",
	    .help = "the certificate of another host of ours",
	    .face = DEMO_FACE_OTHER_HOST },
	{ .id = "no-san",
	    .help = "the name stands in the CN only",
	    .face = DEMO_FACE_NO_SAN },
	{ .id = "no-intermediate",
	    .help = "the leaf alone",
	    .face = DEMO_FACE_NO_INTERMEDIATE },
	{ .id = "old-tls",
	    .help = "nothing newer than TLS 1.1",
	    .face = DEMO_FACE_OLD_TLS },

	{ .id = "name-constraints",
	    .help = "by an authority that may sign for another domain only",
	    .face = DEMO_FACE_CONSTRAINED },
	{ .id = "staple",
	    .help = "an OCSP response is stapled: fine",
	    .staple = DEMO_STAPLE_GOOD },
	{ .id = "staple-revoked",
	    .help = "stapled: the certificate is revoked",
	    .staple = DEMO_STAPLE_REVOKED },
	{ .id = "staple-expired",
	    .help = "stapled, and out of date for an hour",
	    .staple = DEMO_STAPLE_EXPIRED },
	{ .id = "staple-other",
	    .help = "stapled, about another certificate",
	    .staple = DEMO_STAPLE_OTHER },
	{ .id = "staple-forged",
	    .help = "stapled, and signed by the server itself",
	    .staple = DEMO_STAPLE_FORGED },
	{ .id = "must-staple",
	    .help = "the certificate demands a staple, and there is none",
	    .face = DEMO_FACE_MUST_STAPLE },
	{ .id = "must-staple-kept",
	    .help = "it demands one, and there is one: fine",
	    .face = DEMO_FACE_MUST_STAPLE,
	    .staple = DEMO_STAPLE_GOOD },
	{ .id = "sct-none",
	    .help = "no log has stamped the certificate",
	    .face = DEMO_FACE_UNSTAMPED },
	{ .id = "sct-tls",
	    .help = "stamps in the TLS extension, not in it: fine",
	    .face = DEMO_FACE_UNSTAMPED,
	    .stamps = DEMO_STAMPS_GOOD },
	{ .id = "sct-broken",
	    .help = "of two stamps one has a broken signature",
	    .face = DEMO_FACE_UNSTAMPED,
	    .stamps = DEMO_STAMPS_BROKEN },
	{ .id = "sct-unknown",
	    .help = "stamped by a log that nobody lists",
	    .face = DEMO_FACE_UNSTAMPED,
	    .stamps = DEMO_STAMPS_UNKNOWN },
	{ .id = "new-leaf",
	    .help = "from now on another certificate: fine",
	    .renews = true },
	{ .id = "slow", .help = "no answer for 20 s", .change = slow },
	{ .id = "slow-body",
	    .help = "one byte of the body per second",
	    .change = slow_body },
	{ .id = "slow-headers",
	    .help = "five bytes of the head per second",
	    .change = slow_headers },
	{ .id = "endless-headers",
	    .help = "header lines without end",
	    .change = endless_headers },
	{ .id = "long-header",
	    .help = "a header of 4 KB, again and again",
	    .change = long_header },
	{ .id = "endless-line",
	    .help = "a header line without end",
	    .change = endless_line },
	{ .id = "huge-body", .help = "16 MiB, declared", .change = huge_body },
	{ .id = "huge-chunked",
	    .help = "16 MiB in chunks, undeclared",
	    .change = huge_chunked },

	{ .id = "chunked", .help = "chunks: fine", .change = chunked },
	{ .id = "early-hints",
	    .help = "a 103 in front: fine",
	    .change = early_hints },
	{ .id = "no-length",
	    .help = "the body ends where the connection does",
	    .change = no_length },
	{ .id = "length-and-chunks",
	    .help = "declares both",
	    .change = length_and_chunks },
	{ .id = "two-lengths",
	    .help = "two different Content-Length lines",
	    .change = two_lengths },
	{ .id = "closed-in-the-middle",
	    .help = "half of the declared body",
	    .change = closed_in_the_middle },
	{ .id = "chunks-cut",
	    .help = "chunks without the last",
	    .change = chunks_cut },
	{ .id = "closed-at-once",
	    .help = "reads the request and closes",
	    .change = closed_at_once },
	{ .id = "headers-cut",
	    .help = "closed within the head",
	    .change = headers_cut },
	{ .id = "not-http",
	    .help = "a mail server, by its greeting",
	    .change = not_http },
	{ .id = "gzip-always",
	    .help = "compressed, asked for or not",
	    .change = gzip_always },

	{ .id = "truncated",
	    .help = "half of the JSON, correctly declared",
	    .change = truncated },
	{ .id = "wrong-json",
	    .help = "something that only looks like JSON",
	    .change = wrong_json },
	{ .id = "html-200",
	    .help = "a maintenance page with status 200",
	    .change = html_200 },
	{ .id = "empty-body", .help = "no body", .change = empty_body },
	{ .id = "bom",
	    .help = "a byte order mark in front: fine",
	    .change = bom },
	{ .id = "text-type",
	    .help = "JSON as text/plain: fine",
	    .change = text_type },

	{ .id = "number-as-text",
	    .help = "a string where a number stood, and back: fine",
	    .quirk = DEMO_QUIRK_OTHER_TYPE },
	{ .id = "exponent",
	    .help = "9723412e-2: fine",
	    .quirk = DEMO_QUIRK_EXPONENT },
	{ .id = "null-value",
	    .help = "null for a price",
	    .quirk = DEMO_QUIRK_NULL },
	{ .id = "zero", .help = "0 for a price", .quirk = DEMO_QUIRK_ZERO },
	{ .id = "negative",
	    .help = "-1 for a price",
	    .quirk = DEMO_QUIRK_NEGATIVE },
	{ .id = "empty-value",
	    .help = "\"\" for a price",
	    .quirk = DEMO_QUIRK_EMPTY },
	{ .id = "comma", .help = "a decimal comma", .quirk = DEMO_QUIRK_COMMA },
	{ .id = "duplicate-key",
	    .help = "the price twice, not equal",
	    .quirk = DEMO_QUIRK_DUPLICATE },
	{ .id = "future",
	    .help = "times of tomorrow in the body",
	    .quirk = DEMO_QUIRK_FUTURE },
	{ .id = "error-in-200",
	    .help = "this host's error report with status 200",
	    .quirk = DEMO_QUIRK_ERROR },

	{ .id = "no-date", .help = "no Date: fine", .change = demo_date_no },
	{ .id = "two-dates",
	    .help = "two Dates that differ",
	    .change = demo_date_two },

	{ .id = "old-date", .help = "a Date of 1994", .change = demo_date_old },
	{ .id = "cached",
	    .help = "an Age of 58 s",
	    .change = demo_date_cached },
	{ .id = "bad-age",
	    .help = "an Age in words",
	    .change = demo_date_bad_age },

	{ .id = "101", .help = "another protocol", .change = status_101 },
	{ .id = "204", .help = "No Content", .change = status_204 },
	{ .id = "304", .help = "Not Modified, unasked", .change = status_304 },
	{ .id = "404", .help = "with the usual body", .change = status_404 },
	{ .id = "429", .help = "with Retry-After", .change = status_429 },
	{ .id = "451", .help = "not in your country", .change = status_451 },
	{ .id = "500", .help = "with the usual body", .change = status_500 },
	{ .id = "503", .help = "a challenge page", .change = status_503 },
	{ .id = "ua-required",
	    .help = "400 without a User-Agent",
	    .change = ua_required },

	{ .id = "redirect",
	    .help = "to another host, which answers",
	    .change = redirect },
	{ .id = "redirect-http",
	    .help = "to plain http",
	    .change = redirect_http },
	{ .id = "redirect-self", .help = "to itself", .change = redirect_self },
	{ .id = "redirect-loop",
	    .help = "around two places",
	    .change = redirect_loop },
	{ .id = "redirect-many",
	    .help = "from place to place without end",
	    .change = redirect_many },
	{ .id = "redirect-slowly",
	    .help = "the same, 150 ms each",
	    .change = redirect_slowly },
	{ .id = "redirect-huge",
	    .help = "with a body of 16 MiB",
	    .change = redirect_huge },
	{ .id = "redirect-nowhere",
	    .help = "without a Location",
	    .change = redirect_nowhere },
};
const size_t demo_mode_n_rows = COUNT(demo_mode_rows);

const struct demo_mode *demo_mode_find(const char *id)
{
	for (size_t i = 0; i < demo_mode_n_rows; i++) {
		if (strcmp(demo_mode_rows[i].id, id) == 0)
			return &demo_mode_rows[i];
	}
	return NULL;
}
