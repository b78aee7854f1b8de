/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_exchange.h"

#include "sources/source_code.h"
#include "verify/base/clock.h"

#include <stdlib.h>
#include <string.h>

#define MS UINT64_C(1000000)
/* A host that asks for more time than this is asked again after it. */
#define HOLD_MAX_S 3600
/* The first wait before another attempt: this part of the time there is, and
 * up to as much again. */
#define BACKOFF_PART 16

/* ---- the question ------------------------------------------------------- */

void source_question_drop(struct source_question *q)
{
	source_request_drop(&q->request);
	source_url_drop(&q->url);
	blob_drop(&q->shown);
}

FALLIBLE source_question_open(struct source_loop *loop,
    const struct source_config *c, struct source_question *out, struct fault *f)
{
	AUTO(source_question_drop)
	struct source_question q = { .loop = loop, .config = c };
	char masked[LIMIT_URL_BYTES + 1];

	TRY(source_url_fill(c->url, &c->values, c->allow_http, &q.url, f));
	TRY(source_url_masked(c->url, masked, sizeof(masked), f));
	TRY(blob_copy(span_text(masked), &q.shown, f));
	TRY(source_request_open(c, &q.request, f));
	q.desk = source_loop_desk(loop, q.url.host, q.url.port);
	if (q.desk == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	*out = q;
	q = (struct source_question){ 0 };
	return true;
}

/* ---- where it is -------------------------------------------------------- */

const struct source_url *source_exchange_url(const struct source_exchange *x)
{
	return x->n_hops > 0 ? &x->url : &x->question->url;
}

struct span source_exchange_shown(const struct source_exchange *x)
{
	return blob_span(x->n_hops > 0 ? &x->shown : &x->question->shown);
}

static void forget_hops(struct source_exchange *x)
{
	for (size_t i = 0; i < x->n_hops; i++) {
		source_url_drop(&x->hops[i].url);
		blob_drop(&x->hops[i].shown);
		source_tls_drop(&x->hops[i].tls);
	}
	x->n_hops = 0;
	source_url_drop(&x->url);
	blob_drop(&x->shown);
}

/* ---- the end ------------------------------------------------------------ */

static void take_what_came(struct source_exchange *x, struct source_answer *a)
{
	x->status = a->head.status;
	x->tls = a->tls;
	a->tls = (struct source_tls){ 0 };
	x->has_server_date =
	    a->head.has_date && !a->head.has_two_dates && !a->head.has_bad_age;
	x->server_date = a->head.date;
	x->server_age_s = a->head.age_s;
}

static void drop_answer(struct source_answer **a)
{
	if (*a != NULL)
		source_answer_drop(*a);
	free(*a);
	*a = NULL;
}

static void leave(struct source_exchange *x)
{
	struct source_loop *loop = x->question->loop;

	source_transfer_drop(loop, &x->transfer);
	source_turn_end(loop, &x->turn);
	source_timer_close(&x->timer);
	x->received = clock_now();
	x->received_ns = clock_monotonic_ns();
	x->took_ms = (x->received_ns - x->started_ns) / MS;
}

/* From done() on x is not ours to look at. */
static void finish(struct source_exchange *x)
{
	AUTO(drop_answer) struct source_answer *a = x->answer;

	leave(x);
	take_what_came(x, a);
	x->answer = NULL;
	x->done(x->user, a);
}

static void fail(struct source_exchange *x, const struct fault *why)
{
	x->fault = *why;
	finish(x);
}

/* ---- another attempt ---------------------------------------------------- */

/* Nothing was sent, or what was sent may be sent again. */
static bool is_worth_another(const struct source_exchange *x, CURLcode code)
{
	const struct source_answer *a = x->answer;

	if (a->refused != NULL)
		return false;
	if (code == CURLE_COULDNT_CONNECT ||
	    code == CURLE_COULDNT_RESOLVE_HOST ||
	    code == CURLE_OPERATION_TIMEDOUT)
		return true;
	if (x->question->config->body != NULL)
		return false;
	if (a->head.state == SOURCE_HEAD_START)
		return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
		    code == CURLE_SEND_ERROR;
	return a->head.status >= 500 && !a->head.has_retry_after &&
	    strcmp(a->fault.at, "source.http") == 0;
}

static bool try_again(struct source_exchange *x, CURLcode code)
{
	struct source_loop *loop = x->question->loop;
	uint64_t now_ns = clock_monotonic_ns();
	uint64_t part_ns = (x->deadline_ns - x->started_ns) / BACKOFF_PART;
	uint64_t wait_ns;

	if (x->n_attempts > source_loop_limits(loop)->retries ||
	    !is_worth_another(x, code))
		return false;
	wait_ns = part_ns + source_loop_random(loop, part_ns);
	/* As much time to answer as was waited, or it is in vain. */
	if (now_ns + 2 * wait_ns >= x->deadline_ns ||
	    !source_loop_take_retry(loop))
		return false;
	/* Others may go meanwhile. */
	source_turn_end(loop, &x->turn);
	forget_hops(x);
	x->in_backoff = true;
	source_timer_set(&x->timer, now_ns + wait_ns);
	return true;
}

/* ---- one hop after the other -------------------------------------------- */

static void hold_host(struct source_exchange *x)
{
	const struct source_head *head = &x->answer->head;
	uint64_t s = head->retry_after_s;

	if (!head->has_retry_after ||
	    (head->status != 429 && head->status != 503))
		return;
	x->retry_after_s = s;
	source_host_hold(source_desk_host(x->question->desk),
	    clock_monotonic_ns() +
		(s < HOLD_MAX_S ? s : HOLD_MAX_S) * 1000 * MS);
}

static FALLIBLE keep_hop(
    struct source_exchange *x, struct source_url *next, struct fault *f)
{
	AUTO(blob_drop) struct blob shown = { 0 };
	struct source_hop *hop;

	if (x->hops == NULL)
		x->hops = calloc(LIMIT_REDIRECTS, sizeof(*x->hops));
	if (x->hops == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	TRY(source_url_shown(next, x->question->config, &shown, f));
	hop = &x->hops[x->n_hops];
	*hop = (struct source_hop){ .status = x->answer->head.status };
	if (x->n_hops == 0) {
		TRY(source_url_copy(&x->question->url, &hop->url, f));
		if (!blob_copy(
			blob_span(&x->question->shown), &hop->shown, f)) {
			source_url_drop(&hop->url);
			return false;
		}
	} else {
		hop->url = x->url;
		hop->shown = x->shown;
	}
	hop->tls = x->answer->tls;
	x->answer->tls = (struct source_tls){ 0 };
	x->url = *next;
	*next = (struct source_url){ 0 };
	x->shown = blob_move(&shown);
	x->n_hops++;
	return true;
}

static FALLIBLE follow(struct source_exchange *x, struct fault *f)
{
	AUTO(source_url_drop) struct source_url next = { 0 };
	const struct source_head *head = &x->answer->head;
	bool again;

	if (!head->has_location)
		return fault_raise(f, FAULT_REMOTE, "source.redirect",
		    "status %u names no place to go", head->status);
	if (x->n_hops >= x->question->config->max_redirects)
		return fault_raise(f, FAULT_REMOTE, "source.redirect",
		    "more than %u redirects",
		    x->question->config->max_redirects);
	TRY(source_url_follow(
	    source_exchange_url(x), head->location, &next, f));
	again = source_url_equal(source_exchange_url(x), &next);
	for (size_t i = 0; i < x->n_hops; i++)
		again |= source_url_equal(&x->hops[i].url, &next);
	if (again)
		return fault_raise(f, FAULT_REMOTE, "source.redirect",
		    "the redirects form a loop");
	return keep_hop(x, &next, f);
}

static uint32_t connect_ms(const struct source_exchange *x)
{
	uint32_t limit =
	    source_loop_limits(x->question->loop)->connect_timeout_ms;
	uint64_t left_ns = x->deadline_ns - x->started_ns;

	/* Where there is no time for both, the deadline speaks alone. */
	return limit * MS < left_ns ? limit : (uint32_t)(left_ns / MS) + 1000;
}

static FALLIBLE request_hop(struct source_exchange *x, struct fault *f)
{
	const struct source_question *q = x->question;
	const struct source_url *to = source_exchange_url(x);
	const struct source_want_answer want = {
		.url = to,
		.max_bytes = q->config->max_bytes,
		.allow_private = q->config->allow_private,
		.may_redirect = q->config->max_redirects > 0,
		.header = q->header,
		.config = q->config,
	};
	CURL *easy = source_transfer_take(q->loop, &x->transfer);

	if (easy == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	x->connect_ms = connect_ms(x);
	TRY(source_answer_await(x->answer, &want, easy, f));
	TRY(source_request_dress(q->config, &q->request, to,
	    source_url_same_origin(to, &q->url), x->connect_ms, easy, f));
	if (!source_transfer_run(q->loop, &x->transfer))
		return fault_raise(f, FAULT_SYSTEM, "source.internal",
		    "libcurl refused a request");
	return true;
}

static void on_granted(void *user)
{
	struct source_exchange *x = user;
	struct fault f = FAULT_INIT;

	x->n_attempts++;
	if (x->n_attempts == 1)
		source_loop_earn_retry(x->question->loop);
	if (!request_hop(x, &f))
		fail(x, &f);
}

static void on_ended(void *user, CURL *easy, CURLcode code)
{
	struct source_exchange *x = user;
	struct fault f = FAULT_INIT;

	(void)easy;
	if (!source_answer_judge(x->answer, code, x->connect_ms)) {
		hold_host(x);
		if (!try_again(x, code))
			fail(x, &x->answer->fault);
		return;
	}
	if (!source_answer_is_redirect(x->answer)) {
		finish(x);
		return;
	}
	if (!follow(x, &f) || !request_hop(x, &f))
		fail(x, &f);
}

/* ---- time --------------------------------------------------------------- */

static uint32_t time_ms(const struct source_exchange *x)
{
	return (uint32_t)((x->deadline_ns - x->started_ns) / MS);
}

static bool raise_hold(
    const struct source_exchange *x, uint64_t now_ns, struct fault *f)
{
	uint64_t until_ns = source_desk_host(x->question->desk)->held_ns;

	return fault_raise(f, FAULT_REMOTE, "source.wait",
	    "not asked: the host wants %llu s more before it is asked again",
	    (unsigned long long)((until_ns - now_ns + 1000 * MS - 1) /
		(1000 * MS)));
}

/* Its turn has not come. */
static void give_up_waiting(struct source_exchange *x, uint64_t now_ns)
{
	struct fault f = FAULT_INIT;

	if (x->n_attempts > 0)
		f = x->answer->fault; /* of the attempt before */
	else if (source_desk_host(x->question->desk)->held_ns > now_ns)
		(void)raise_hold(x, now_ns, &f);
	else
		fault_raise(&f, FAULT_REMOTE, "source.rate",
		    "not asked: its turn at the host did not come within "
		    "%u ms",
		    time_ms(x));
	fail(x, &f);
}

static void on_timer(void *user)
{
	struct source_exchange *x = user;

	if (x->in_backoff) {
		x->in_backoff = false;
		source_timer_set(&x->timer, x->deadline_ns);
		source_turn_ask(x->question->loop, &x->turn, x->question->desk);
	} else if (x->turn.state == SOURCE_TURN_WAITS) {
		give_up_waiting(x, clock_monotonic_ns());
	} else {
		if (x->answer->fault.kind == FAULT_NONE)
			source_code_raise(CURLE_OPERATION_TIMEDOUT, "", 0,
			    &x->answer->head, time_ms(x), &x->answer->fault);
		fail(x, &x->answer->fault);
	}
}

/* ---- start and stop ----------------------------------------------------- */

static FALLIBLE start(struct source_exchange *x, struct fault *f)
{
	const struct source_question *q = x->question;

	x->answer = calloc(1, sizeof(*x->answer));
	if (x->answer == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	x->answer->fault = FAULT_INIT;
	if (source_desk_host(q->desk)->held_ns >= x->deadline_ns)
		return raise_hold(x, x->started_ns, f);
	TRY(source_timer_open(
	    source_loop_timers(q->loop), &x->timer, on_timer, x, f));
	source_timer_set(&x->timer, x->deadline_ns);
	source_turn_ask(q->loop, &x->turn, q->desk);
	return true;
}

bool source_exchange_start(struct source_exchange *x,
    const struct source_question *q, uint32_t time_in_ms,
    source_exchange_done done, void *user)
{
	*x = (struct source_exchange){
		.question = q,
		.turn = { .granted = on_granted, .user = x },
		.transfer = { .ended = on_ended, .user = x },
		.done = done,
		.user = user,
		.started_ns = clock_monotonic_ns(),
		.fault = FAULT_INIT,
	};
	x->deadline_ns = x->started_ns + time_in_ms * MS;
	if (start(x, &x->fault))
		return true;
	leave(x);
	drop_answer(&x->answer);
	return false;
}

void source_exchange_stop(struct source_exchange *x)
{
	fault_clear(&x->fault);
	fault_raise(&x->fault, FAULT_REMOTE, "source.stopped",
	    "stopped before the answer was complete");
	leave(x);
	drop_answer(&x->answer);
}

void source_exchange_drop(struct source_exchange *x)
{
	if (x->question == NULL)
		return;
	if (x->answer != NULL)
		leave(x);
	drop_answer(&x->answer);
	forget_hops(x);
	free(x->hops);
	source_tls_drop(&x->tls);
	*x = (struct source_exchange){ 0 };
}
