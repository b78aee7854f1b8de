/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_loop.h"

#include "verify/base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Handles kept for the next transfer; each has some 6 KB. */
#define POOL_MAX 64
/* Idle connections kept; each has some 30 KB. Beyond it the oldest goes. */
#define CONNECTIONS_KEPT 4096L
#define EVENTS_AT_ONCE 64
#define RETRY_TENTHS (10u * SOURCE_RETRIES_KEPT)

struct source_desk {
	struct source_host host;
	struct source_turn *first, *last; /* who waits */
	struct source_timer again;
	struct source_loop *loop;
	struct source_desk *next_desk;
	char *name, *port;
};

struct source_loop {
	struct source_limits limits;
	CURLM *multi;
	int poller, waker;
	struct source_timers timers;
	struct source_timer curl_timer;
	bool curl_due;
	struct source_desk *desks;
	CURL *pool[POOL_MAX];
	size_t n_pool;
	unsigned retry_tenths;
	uint64_t random;
};

struct source_timers *source_loop_timers(struct source_loop *l)
{
	return &l->timers;
}

const struct source_limits *source_loop_limits(const struct source_loop *l)
{
	return &l->limits;
}

/* Marsaglia's xorshift: not for secrets, only to keep clients apart. */
uint64_t source_loop_random(struct source_loop *l, uint64_t n)
{
	l->random ^= l->random << 13;
	l->random ^= l->random >> 7;
	l->random ^= l->random << 17;
	return n > 0 ? l->random % n : 0;
}

void source_loop_earn_retry(struct source_loop *l)
{
	if (l->retry_tenths < RETRY_TENTHS)
		l->retry_tenths++;
}

bool source_loop_take_retry(struct source_loop *l)
{
	if (l->retry_tenths < 10)
		return false;
	l->retry_tenths -= 10;
	return true;
}

/* ---- what libcurl wants to know ------------------------------------------ */

static int on_socket(
    CURL *easy, curl_socket_t fd, int what, void *user, void *known)
{
	struct source_loop *l = user;
	struct epoll_event event = { .data.fd = fd };

	(void)easy;
	(void)known;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(l->poller, EPOLL_CTL_DEL, fd, &event);
		return 0;
	}
	if ((what & CURL_POLL_IN) != 0)
		event.events |= EPOLLIN;
	if ((what & CURL_POLL_OUT) != 0)
		event.events |= EPOLLOUT;
	/* The kernel knows best whether it is new: numbers come again. */
	if (epoll_ctl(l->poller, EPOLL_CTL_MOD, fd, &event) == 0)
		return 0;
	return epoll_ctl(l->poller, EPOLL_CTL_ADD, fd, &event);
}

/* libcurl must not be called back from in here. */
static int on_timer(CURLM *multi, long ms, void *user)
{
	struct source_loop *l = user;

	(void)multi;
	if (ms < 0)
		source_timer_clear(&l->curl_timer);
	else
		source_timer_set(&l->curl_timer,
		    clock_monotonic_ns() + (uint64_t)ms * 1000000);
	return 0;
}

static void curl_is_due(void *user)
{
	struct source_loop *l = user;

	l->curl_due = true;
}

static void act(struct source_loop *l, curl_socket_t fd, int what)
{
	int n_running;

	(void)curl_multi_socket_action(l->multi, fd, what, &n_running);
}

/* ---- transfers ---------------------------------------------------------- */

static void give_back(struct source_loop *l, CURL *easy)
{
	if (l->n_pool == POOL_MAX) {
		curl_easy_cleanup(easy);
		return;
	}
	curl_easy_reset(easy);
	l->pool[l->n_pool++] = easy;
}

CURL *source_transfer_take(struct source_loop *l, struct source_transfer *t)
{
	t->easy = l->n_pool > 0 ? l->pool[--l->n_pool] : curl_easy_init();
	return t->easy;
}

bool source_transfer_run(struct source_loop *l, struct source_transfer *t)
{
	if (curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t) == CURLE_OK &&
	    curl_multi_add_handle(l->multi, t->easy) == CURLM_OK)
		return true;
	give_back(l, t->easy);
	t->easy = NULL;
	return false;
}

void source_transfer_drop(struct source_loop *l, struct source_transfer *t)
{
	if (t->easy == NULL)
		return;
	/* Says so when it was never added, which is fine. */
	curl_multi_remove_handle(l->multi, t->easy);
	give_back(l, t->easy);
	t->easy = NULL;
}

static void collect(struct source_loop *l)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(l->multi, &left)) != NULL) {
		CURL *easy = message->easy_handle;
		CURLcode code = message->data.result;
		struct source_transfer *t = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
		curl_multi_remove_handle(l->multi, easy);
		t->easy = NULL;
		t->ended(t->user, easy, code);
		give_back(l, easy);
	}
}

/* ---- turns -------------------------------------------------------------- */

static void serve_desk(void *user)
{
	struct source_desk *d = user;
	uint64_t now_ns = clock_monotonic_ns(), again_ns;

	while (d->first != NULL) {
		struct source_turn *t = d->first;

		if (!source_host_enter(
			&d->host, &d->loop->limits, now_ns, &again_ns)) {
			if (again_ns != UINT64_MAX)
				source_timer_set(&d->again, again_ns);
			return;
		}
		d->first = t->next;
		if (d->first == NULL)
			d->last = NULL;
		t->next = NULL;
		t->state = SOURCE_TURN_HAS;
		t->granted(t->user);
	}
}

/* Soon, and not from within whatever is going on now. */
static void serve_soon(struct source_desk *d)
{
	if (d->first != NULL)
		source_timer_set(&d->again, clock_monotonic_ns());
}

void source_turn_ask(
    struct source_loop *l, struct source_turn *t, struct source_desk *d)
{
	(void)l;
	t->state = SOURCE_TURN_WAITS;
	t->desk = d;
	t->next = NULL;
	if (d->last != NULL)
		d->last->next = t;
	else
		d->first = t;
	d->last = t;
	serve_soon(d);
}

static void leave_line(struct source_turn *t)
{
	struct source_desk *d = t->desk;
	struct source_turn *before = NULL;

	for (struct source_turn *i = d->first; i != t; i = i->next)
		before = i;
	if (before != NULL)
		before->next = t->next;
	else
		d->first = t->next;
	if (d->last == t)
		d->last = before;
	t->next = NULL;
}

void source_turn_end(struct source_loop *l, struct source_turn *t)
{
	(void)l;
	if (t->state == SOURCE_TURN_WAITS) {
		leave_line(t);
	} else if (t->state == SOURCE_TURN_HAS) {
		source_host_leave(&t->desk->host);
		serve_soon(t->desk);
	}
	t->state = SOURCE_TURN_NONE;
}

struct source_host *source_desk_host(struct source_desk *d)
{
	return &d->host;
}

static void free_desk(struct source_desk *d)
{
	source_timer_close(&d->again);
	free(d->name);
	free(d->port);
	free(d);
}

struct source_desk *source_loop_desk(
    struct source_loop *l, const char *host, const char *port)
{
	struct source_desk *d;

	for (d = l->desks; d != NULL; d = d->next_desk) {
		if (strcmp(d->name, host) == 0 && strcmp(d->port, port) == 0)
			return d;
	}
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->loop = l;
	d->name = strdup(host);
	d->port = strdup(port);
	if (d->name == NULL || d->port == NULL ||
	    !source_timer_open(&l->timers, &d->again, serve_desk, d, NULL)) {
		free_desk(d);
		return NULL;
	}
	d->next_desk = l->desks;
	l->desks = d;
	return d;
}

/* ---- alarms of others --------------------------------------------------- */

struct source_alarm {
	struct source_timer timer;
};

bool source_alarm_open(struct source_loop *l, void (*ring)(void *user),
    void *user, struct source_alarm **out, struct fault *f)
{
	struct source_alarm *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	if (!source_timer_open(&l->timers, &a->timer, ring, user, f)) {
		free(a);
		return false;
	}
	*out = a;
	return true;
}

void source_alarm_set(struct source_alarm *a, uint64_t at_ns)
{
	source_timer_set(&a->timer, at_ns);
}

void source_alarm_close(struct source_alarm *a)
{
	if (a == NULL)
		return;
	source_timer_close(&a->timer);
	free(a);
}

/* ---- turning ------------------------------------------------------------ */

static int wait_ms(const struct source_loop *l, uint32_t max_ms)
{
	uint64_t next_ns = source_timers_next(&l->timers);
	uint64_t now_ns = clock_monotonic_ns(), ms;

	if (next_ns == UINT64_MAX)
		return (int)max_ms;
	if (next_ns <= now_ns)
		return 0;
	/* Rounded up: not to wake a moment too early, again and again. */
	ms = (next_ns - now_ns + 999999) / 1000000;
	return ms < max_ms ? (int)ms : (int)max_ms;
}

void source_loop_turn(struct source_loop *l, uint32_t max_ms)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int n =
	    epoll_wait(l->poller, events, EVENTS_AT_ONCE, wait_ms(l, max_ms));
	eventfd_t count;

	for (int i = 0; i < n; i++) {
		int what = 0;

		if (events[i].data.fd == l->waker) {
			(void)eventfd_read(l->waker, &count);
			continue;
		}
		if ((events[i].events & EPOLLIN) != 0)
			what |= CURL_CSELECT_IN;
		if ((events[i].events & EPOLLOUT) != 0)
			what |= CURL_CSELECT_OUT;
		if ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0)
			what |= CURL_CSELECT_ERR;
		act(l, events[i].data.fd, what);
	}
	source_timers_ring(&l->timers, clock_monotonic_ns());
	if (l->curl_due) {
		l->curl_due = false;
		act(l, CURL_SOCKET_TIMEOUT, 0);
	}
	collect(l);
}

void source_loop_wake(struct source_loop *l)
{
	(void)eventfd_write(l->waker, 1);
}

/* ---- opening and closing ------------------------------------------------ */

const struct source_limits source_limits_default = {
	.per_host_connections = 6,
	.per_host_per_s = 20,
	.connect_timeout_ms = 3000,
	.retries = 1,
};

static bool set_multi(struct source_loop *l)
{
	bool ok = true;

#define SET(option, value) \
	(ok = ok && curl_multi_setopt(l->multi, option, value) == CURLM_OK)
	SET(CURLMOPT_SOCKETFUNCTION, on_socket);
	SET(CURLMOPT_SOCKETDATA, l);
	SET(CURLMOPT_TIMERFUNCTION, on_timer);
	SET(CURLMOPT_TIMERDATA, l);
	SET(CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
#undef SET
	return ok;
}

static FALLIBLE open_parts(struct source_loop *l, struct fault *f)
{
	struct epoll_event event = { .events = EPOLLIN };

	l->multi = curl_multi_init();
	l->poller = epoll_create1(EPOLL_CLOEXEC);
	l->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	event.data.fd = l->waker;
	if (l->multi == NULL || l->poller < 0 || l->waker < 0 ||
	    epoll_ctl(l->poller, EPOLL_CTL_ADD, l->waker, &event) != 0 ||
	    !set_multi(l))
		return fault_raise(f, FAULT_SYSTEM, "source.internal",
		    "the loop cannot be made: %s", strerror(errno));
	return source_timer_open(&l->timers, &l->curl_timer, curl_is_due, l, f);
}

bool source_loop_open(const struct source_limits *limits,
    struct source_loop **out, struct fault *f)
{
	struct source_loop *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	l->limits = *limits;
	l->poller = l->waker = -1;
	l->retry_tenths = RETRY_TENTHS / 5;
	l->random = clock_monotonic_ns() | 1;
	if (!open_parts(l, f)) {
		source_loop_close(l);
		return false;
	}
	*out = l;
	return true;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void source_loop_close(struct source_loop *l)
{
	if (l == NULL)
		return;
	while (l->n_pool > 0)
		curl_easy_cleanup(l->pool[--l->n_pool]);
	/* It takes its sockets and its timer back while it goes. */
	if (l->multi != NULL)
		curl_multi_cleanup(l->multi);
	while (l->desks != NULL) {
		struct source_desk *d = l->desks;

		l->desks = d->next_desk;
		free_desk(d);
	}
	source_timer_close(&l->curl_timer);
	source_timers_drop(&l->timers);
	close_fd(l->poller);
	close_fd(l->waker);
	free(l);
}

void source_loop_drop(struct source_loop **l)
{
	source_loop_close(*l);
	*l = NULL;
}
