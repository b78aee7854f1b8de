/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_answer.h"

#include "compose/demo/demo_exchange.h"
#include "compose/demo/demo_request.h"
#include "compose/demo/demo_shapes.h"
#include "verify/base/clock.h"
#include "verify/base/json.h"

#include <string.h>

#define MAX_BODY (64 * 1024)

struct question {
	struct demo_floor *floor;
	const struct demo_place *here;
	const struct demo_request_head *head;
	const struct demo_mode *mode;
	struct utc now;
};

static const char *reason_of(unsigned status)
{
	switch (status) {
	case 200:
		return "OK";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 421:
		return "Misdirected Request";
	default:
		return "Error";
	}
}

static void put_body(struct demo_reply *r, unsigned status, struct wr *w)
{
	r->status = status;
	r->reason = reason_of(status);
	if (!wr_done(w, &r->body))
		r->status = 500;
}

static void answer_text(struct demo_reply *r, unsigned status, const char *text)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(MAX_BODY, "demo.body", &f);

	wr_text(&w, text);
	put_body(r, status, &w);
}

/* Whether this is a question that comes with a body, to a host for such. */
static bool asks_with_body(const struct demo_request_head *head)
{
	const struct demo_host *row = demo_market_find(head->host);

	if (head->n_body == 0 || strcmp(head->method, "POST") != 0)
		return false;
	return row != NULL ? row->takes_post
			   : strcmp(head->host, DEMO_SHAPES_HOST) == 0;
}

/* A call of JSON-RPC 2.0, as far as a node would look. */
static bool is_call(const struct demo_request_head *head)
{
	AUTO(json_drop) struct json *doc = NULL;

	return asks_with_body(head) &&
	    json_parse(span_text(head->body), &json_limits_default, "demo.call",
		&doc, NULL) &&
	    json_kind_of(json_find(json_root(doc), "method")) == JSON_TEXT;
}

/* ---- the market --------------------------------------------------------- */

static void answer_market(
    const struct question *q, const struct demo_host *own, struct demo_reply *r)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(MAX_BODY, "demo.body", &f);
	bool is_eth;
	const struct demo_host *row =
	    demo_market_find_target(q->head->target, &is_eth);

	/* Only the host that others moved to sells what is not its own. */
	if (row == NULL || (own != NULL && row != own)) {
		wr_text(&w, own != NULL ? own->error : "{\"error\":\"?\"}");
		put_body(r, own != NULL ? own->error_status : 404, &w);
		return;
	}
	if (q->mode->quirk == DEMO_QUIRK_ERROR ||
	    (row->takes_post && !is_call(q->head)))
		wr_text(&w, row->error);
	else
		row->write(row, is_eth, q->now, q->mode->quirk, &w);
	put_body(r, 200, &w);
}

/* ---- control ------------------------------------------------------------ */

static void answer_list(const struct question *q, struct demo_reply *r)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(MAX_BODY, "demo.body", &f);
	const char *host;

	wr_text(&w, "{\"hosts\":[");
	for (size_t i = 0; (host = demo_floor_host(q->floor, i)) != NULL; i++) {
		const struct demo_host *row = demo_market_find(host);
		wr_printf(&w, "%s\n  {\"host\":\"%s\",\"mode\":\"%s\"",
		    i > 0 ? "," : "", host,
		    demo_floor_mode(q->floor, host)->id);
		if (row != NULL)
			wr_printf(&w, ",\"is\":\"%s\",\"target\":\"%s\"",
			    row->help, row->btc);
		wr_text(&w, "}");
	}
	wr_text(&w, "],\n \"modes\":[");
	for (size_t i = 0; i < demo_mode_n_rows; i++)
		wr_printf(&w, "%s\n  {\"mode\":\"%s\",\"is\":\"%s\"}",
		    i > 0 ? "," : "", demo_mode_rows[i].id,
		    /* One help text has quotes in it. */
		    strchr(demo_mode_rows[i].help, '"') == NULL
			? demo_mode_rows[i].help
			: "an empty text");
	wr_text(&w, "]}\n");
	put_body(r, 200, &w);
}

static void answer_misbehave(const struct question *q, struct demo_reply *r)
{
	struct fault f = FAULT_INIT;
	char host[DEMO_HOST_MAX + 1], mode[64];

	if (strcmp(q->head->method, "POST") != 0 ||
	    !demo_request_parameter(
		q->head->target, "host", host, sizeof(host)) ||
	    !demo_request_parameter(
		q->head->target, "mode", mode, sizeof(mode)))
		answer_text(r, 400,
		    "{\"error\":\"want POST "
		    "/_demo/misbehave?host=...&mode=...\"}\n");
	else if (!demo_floor_misbehave(q->floor, host, mode, q->now, &f))
		answer_text(r, 400,
		    "{\"error\":\"no such host or mode; see /_demo\"}\n");
	else
		answer_text(r, 200, "{\"ok\":true}\n");
}

/* ---- one answer --------------------------------------------------------- */

static bool is_control(const char *target)
{
	return strncmp(target, "/_demo", 6) == 0;
}

static void answer_control(const struct question *q, struct demo_reply *r)
{
	const char *target = q->head->target;

	if (strncmp(target, "/_demo/misbehave?", 17) == 0)
		answer_misbehave(q, r);
	else if (strcmp(target, "/_demo") == 0)
		answer_list(q, r);
	else
		answer_text(r, 404, "{\"error\":\"see /_demo\"}\n");
}

/* The name of the hello and that of the request are the same, or somebody
 * mixes up connections. */
static bool is_misdirected(
    const struct demo_stream *s, const struct demo_request_head *head)
{
	const char *name = s->ssl != NULL
	    ? SSL_get_servername(s->ssl, TLSEXT_NAMETYPE_host_name)
	    : NULL;

	return name != NULL && strcmp(name, head->host) != 0;
}

static void answer_host(const struct question *q, struct demo_reply *r)
{
	const struct demo_request request = {
		.target = q->head->target,
		.host = q->head->host,
		.moved_host = DEMO_MOVED_HOST,
		.port = q->here->port,
		.http_port = q->here->http_port,
		.has_user_agent = q->head->has_user_agent,
	};

	if (strcmp(q->head->host, DEMO_SHAPES_HOST) == 0)
		demo_shapes_answer(q->here->shapes, q->head->target, r);
	else
		answer_market(q, demo_market_find(q->head->host), r);
	if (q->mode->change != NULL)
		q->mode->change(r, &request);
}

/* False: the connection is to be closed. */
static bool answer(struct demo_floor *floor, const struct demo_place *here,
    struct demo_stream *s, const struct demo_request_head *head)
{
	AUTO(demo_reply_drop)
	struct demo_reply r = {
		.type = "application/json", .sent = DEMO_ALL, .has_date = true
	};
	struct question q = { floor, here, head,
		demo_floor_mode(floor, head->host), clock_now() };

	if (q.mode == NULL || is_misdirected(s, head))
		answer_text(&r, 421, "{\"error\":\"not this host\"}\n");
	else if (head->has_body && !asks_with_body(head))
		answer_text(&r, 400, "{\"error\":\"a request with a body\"}\n");
	else if (is_control(head->target))
		answer_control(&q, &r);
	else
		answer_host(&q, &r);
	return demo_reply_send(&r, s, q.now) && !head->closes &&
	    (!head->has_body || asks_with_body(head));
}

void demo_answer_all(struct demo_floor *floor, const struct demo_place *here,
    struct demo_stream *s)
{
	static const char bad[] = "HTTP/1.1 400 Bad Request\r\n"
				  "Content-Length: 0\r\n"
				  "Connection: close\r\n\r\n";
	struct demo_request_head head;
	enum demo_request_end end;

	while ((end = demo_request_read(s, &head)) == DEMO_REQUEST_OK) {
		demo_floor_note(floor, head.host, head.text);
		if (!answer(floor, here, s, &head))
			return;
	}
	if (end == DEMO_REQUEST_BAD && !demo_stream_write(s, bad, strlen(bad)))
		return; /* It has left: as well. */
}
