/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/pccs_double.h"

#include "compose/demo/demo_listen.h"
#include "compose/demo/demo_request.h"
#include "compose/demo/demo_tls.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct pccs_double {
	struct collateral parts;
	struct demo_ca *ca;
	struct demo_leaf leaf, nameless;
	struct demo_tls tls;
	int tls_fd, http_fd, stop_fd;
	uint16_t port, http_port;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	char targets[8192];
};

/* ---- misbehaviour ------------------------------------------------------- */

const struct pccs_mode pccs_modes[] = {
	{ "missing", "404" },
	{ "moved", "302 to somewhere else" },
	{ "nochain", "no header with an issuer chain" },
	{ "twochains", "that header twice" },
	{ "rawchain", "that header without percent-encoding" },
	{ "badpercent", "that header with a bad percent sign" },
	{ "swapped", "that header with the root first" },
	{ "onecert", "that header with the leaf only" },
	{ "notpem", "that header with no PEM in it" },
	{ "truncated", "bodies cut in half, lengths to match" },
	{ "cut", "the connection ends in the middle of a body" },
	{ "huge", "a body of five megabytes" },
	{ "flood", "the same in chunks, its length not declared" },
	{ "unended", "bodies with no declared end" },
	{ "empty", "a body of nothing" },
	{ "html", "an error page with status 200" },
	{ "otherfmspc", "another FMSPC in the TCB info" },
	{ "otherid", "TDX and SGX mixed up" },
	{ "hexcrl", "CRLs as hexadecimal text" },
	{ "oddhex", "CRLs as hexadecimal text that lacks a digit" },
	{ "pemcrl", "CRLs as PEM" },
	{ "lower", "header names in lower case" },
	{ "interim", "a 103 in front of each answer" },
	{ "slow", "no answer for ten seconds" },
	{ NULL, NULL },
};

/* A request: what is asked for, and how to answer. */
struct wish {
	const char *item; /* "tcb", "qe", "pckcrl", "rootcacrl"; NULL: none */
	const char *header;
	struct span body, chain;
	bool is_crl;
	char mode[32];
};

static bool is_mode(const struct wish *w, const char *name)
{
	return strcmp(w->mode, name) == 0;
}

/* "/MODE.ITEM/rest": the mode if it is for this item; *target moves on. */
static void take_mode(const char **target, char mode[32], char only[32])
{
	mode[0] = only[0] = '\0';
	for (size_t i = 0; pccs_modes[i].name != NULL; i++) {
		const char *name = pccs_modes[i].name;
		size_t n = strlen(name);
		const char *p = *target + 1;

		if (strncmp(p, name, n) != 0 || (p[n] != '.' && p[n] != '/'))
			continue;
		snprintf(mode, 32, "%s", name);
		if (p[n] == '.')
			snprintf(only, 32, "%.*s", (int)strcspn(p + n + 1, "/"),
			    p + n + 1);
		*target = p + strcspn(p, "/");
		return;
	}
}

static struct wish read_wish(const struct pccs_double *d, const char *target)
{
	static const char sgx[] = "/sgx/certification/v4/";
	static const char tdx[] = "/tdx/certification/v4/";
	struct wish w = { .item = NULL };
	char only[32];

	take_mode(&target, w.mode, only);
	if (strncmp(target, sgx, strlen(sgx)) != 0 &&
	    strncmp(target, tdx, strlen(tdx)) != 0)
		return w;
	target += strlen(sgx);
	if (strncmp(target, "tcb?fmspc=", 10) == 0) {
		w.item = "tcb";
		w.header = "TCB-Info-Issuer-Chain";
		w.body = d->parts.tcb_info;
		w.chain = d->parts.tcb_info_issuer_chain;
	} else if (strncmp(target, "qe/identity", 11) == 0) {
		w.item = "qe";
		w.header = "SGX-Enclave-Identity-Issuer-Chain";
		w.body = d->parts.qe_identity;
		w.chain = d->parts.qe_identity_issuer_chain;
	} else if (strncmp(target, "pckcrl?ca=", 10) == 0) {
		w.item = "pckcrl";
		w.header = "SGX-PCK-CRL-Issuer-Chain";
		w.body = d->parts.pck_crl;
		w.chain = d->parts.pck_crl_issuer_chain;
		w.is_crl = true;
	} else if (strcmp(target, "rootcacrl") == 0) {
		w.item = "rootcacrl";
		w.body = d->parts.root_ca_crl;
		w.is_crl = true;
	}
	if (w.item != NULL && only[0] != '\0' && strcmp(only, w.item) != 0)
		w.mode[0] = '\0';
	return w;
}

/* ---- the chain's header ------------------------------------------------- */

/* The certificates of the chain in another order, or not all of them. */
static struct span reorder(const struct wish *w, char out[8192])
{
	static const char end[] = "-----END CERTIFICATE-----\n";
	const char *text = (const char *)w->chain.p;
	const char *second = strstr(text, end);

	if (second == NULL ||
	    (!is_mode(w, "swapped") && !is_mode(w, "onecert")))
		return w->chain;
	size_t n = (size_t)(second - text) + strlen(end);
	if (is_mode(w, "onecert"))
		return span_of(w->chain.p, n);
	snprintf(out, 8192, "%.*s%.*s", (int)(w->chain.n - n), text + n, (int)n,
	    text);
	return span_text(out);
}

static void put_value(struct wr *w, const struct wish *wish)
{
	char memory[8192];
	struct span chain = reorder(wish, memory);

	if (is_mode(wish, "notpem"))
		chain = span_text("not PEM");
	if (is_mode(wish, "badpercent"))
		wr_text(w, "%2");
	for (size_t i = 0; i < chain.n; i++) {
		uint8_t c = chain.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-';

		if (is_mode(wish, "rawchain"))
			wr_u8(w, c == '\n' ? ' ' : c);
		else if (plain)
			wr_u8(w, c);
		else
			wr_printf(w, "%%%02X", c);
	}
}

static void put_chain(struct wr *w, const struct wish *wish)
{
	if (wish->header == NULL || is_mode(wish, "nochain"))
		return;
	for (int i = 0; i < (is_mode(wish, "twochains") ? 2 : 1); i++) {
		for (const char *p = wish->header; *p != '\0'; p++)
			wr_u8(w,
			    (uint8_t)(is_mode(wish, "lower") && *p >= 'A' &&
					*p <= 'Z'
				    ? *p + 32
				    : *p));
		wr_text(w, ": ");
		put_value(w, wish);
		wr_text(w, "\r\n");
	}
}

/* ---- the body ----------------------------------------------------------- */

static void put_hex(struct wr *w, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		wr_printf(w, "%02x", s.p[i]);
}

/* With the first occurrence of one text replaced by another as long. */
static void put_edited(
    struct wr *w, struct span body, const char *from, const char *to)
{
	const uint8_t *at = memmem(body.p, body.n, from, strlen(from));
	size_t n = at != NULL ? (size_t)(at - body.p) : body.n;

	wr_bytes(w, body.p, n);
	if (at != NULL) {
		wr_text(w, to);
		wr_bytes(w, at + strlen(from), body.n - n - strlen(from));
	}
}

static void put_body(struct wr *w, const struct wish *wish)
{
	if (is_mode(wish, "truncated")) {
		wr_bytes(w, wish->body.p, wish->body.n / 2);
	} else if (is_mode(wish, "huge") || is_mode(wish, "flood")) {
		for (int i = 0; i < 5 * 1024 * 1024; i++)
			wr_u8(w, ' ');
	} else if (is_mode(wish, "html")) {
		wr_text(w, "<!doctype html><title>Oops</title>");
	} else if (is_mode(wish, "empty")) {
		wr_text(w, "");
	} else if (is_mode(wish, "otherfmspc")) {
		put_edited(w, wish->body, "\"fmspc\":\"",
		    "\"fmspc\":\"0123456789AB\",\"_\":\"");
	} else if (is_mode(wish, "otherid")) {
		put_edited(w, wish->body, "\"id\":\"TDX\"", "\"id\":\"SGX\"");
	} else if (wish->is_crl && is_mode(wish, "hexcrl")) {
		put_hex(w, wish->body);
		wr_text(w, "\n");
	} else if (wish->is_crl && is_mode(wish, "oddhex")) {
		put_hex(w, wish->body);
		wr_text(w, "0");
	} else if (wish->is_crl && is_mode(wish, "pemcrl")) {
		wr_text(w, "-----BEGIN X509 CRL-----\n");
	} else {
		wr_span(w, wish->body);
	}
}

static bool answer(
    struct pccs_double *d, struct demo_stream *s, const char *target)
{
	struct wish wish = read_wish(d, target);
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr body = wr_grow(8u << 20, "pccs", &f);
	AUTO(wr_drop) struct wr head = wr_grow(65536, "pccs", &f);

	if (is_mode(&wish, "slow") && !demo_stream_wait(s, 10000))
		return false;
	if (wish.item == NULL || is_mode(&wish, "missing"))
		return demo_stream_write(s,
		    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 45);
	put_body(&body, &wish);
	if (is_mode(&wish, "interim"))
		wr_text(&head,
		    "HTTP/1.1 103 Early Hints\r\n"
		    "TCB-Info-Issuer-Chain: of no answer\r\n\r\n");
	wr_text(&head,
	    is_mode(&wish, "moved") ? "HTTP/1.1 302 Found\r\nLocation: /\r\n"
				    : "HTTP/1.1 200 OK\r\n");
	put_chain(&head, &wish);
	size_t n = wr_view(&body).n;
	bool unended = is_mode(&wish, "unended");
	bool cut = is_mode(&wish, "cut");
	if (is_mode(
		&wish, "flood")) /* one chunk, which nobody reads to its end */
		wr_printf(
		    &head, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", n);
	else if (unended)
		wr_text(&head, "Connection: close\r\n\r\n");
	else
		wr_printf(&head, "Content-Length: %zu\r\n\r\n", n);
	return wr_ok(&head) &&
	    demo_stream_write(s, wr_view(&head).p, wr_view(&head).n) &&
	    demo_stream_write(s, wr_view(&body).p, cut ? n / 2 : n) && !cut &&
	    !unended;
}

/* ---- connections -------------------------------------------------------- */

static void note(struct pccs_double *d, const char *target)
{
	pthread_mutex_lock(&d->lock);
	size_t n = strlen(d->targets);
	snprintf(d->targets + n, sizeof(d->targets) - n, "%s\n", target);
	pthread_mutex_unlock(&d->lock);
}

struct visit {
	struct pccs_double *d;
	struct demo_stream stream;
	bool is_tls;
};

static void visit(struct visit *v)
{
	struct demo_request_head head;

	if (v->is_tls) {
		v->stream.ssl = SSL_new(v->d->tls.ctx);
		if (v->stream.ssl == NULL ||
		    SSL_set_fd(v->stream.ssl, v->stream.fd) != 1 ||
		    SSL_accept(v->stream.ssl) != 1)
			return;
	}
	while (demo_request_read(&v->stream, &head) == DEMO_REQUEST_OK) {
		note(v->d, head.target);
		if (!answer(v->d, &v->stream, head.target))
			return;
	}
}

/* One connection after the other: whoever is tested has one at a time. */
static void *serve(void *arg)
{
	struct pccs_double *d = arg;
	struct pollfd fds[] = { { .fd = d->stop_fd, .events = POLLIN },
		{ .fd = d->tls_fd, .events = POLLIN },
		{ .fd = d->http_fd, .events = POLLIN } };

	while (fds[0].revents == 0) {
		if (poll(fds, COUNT(fds), -1) < 0)
			continue;
		for (size_t i = 1; i < COUNT(fds); i++) {
			struct visit v = { d,
				{ .fd = -1, .stop_fd = d->stop_fd }, i == 1 };

			if (fds[i].revents != 0)
				v.stream.fd = demo_listen_accept(fds[i].fd);
			if (v.stream.fd < 0)
				continue;
			visit(&v);
			SSL_free(v.stream.ssl);
			close(v.stream.fd);
		}
	}
	return NULL;
}

static bool look(void *user, const char *host, struct demo_tls_look *out)
{
	struct pccs_double *d = user;

	const struct demo_leaf *leaf =
	    strcmp(host, PCCS_NAMELESS) == 0 ? &d->nameless : &d->leaf;

	*out = (struct demo_tls_look){ .face = DEMO_FACE_GOOD };
	if (X509_up_ref(leaf->cert) != 1 ||
	    X509_up_ref(demo_ca_intermediate(d->ca)) != 1 ||
	    EVP_PKEY_up_ref(leaf->key) != 1)
		return false;
	out->leaf = leaf->cert;
	out->intermediate = demo_ca_intermediate(d->ca);
	out->key = leaf->key;
	return true;
}

static FALLIBLE start(struct pccs_double *d, const char *dir, struct fault *f)
{
	const struct utc now = clock_now();

	TRY(demo_ca_new(now, &d->ca, f));
	TRY(demo_ca_write(d->ca, dir, f));
	TRY(demo_ca_issue(d->ca, "localhost", "DNS:localhost,IP:127.0.0.1",
	    DEMO_LEAF_GOOD, now, &d->leaf, f));
	TRY(demo_ca_issue(d->ca, PCCS_NAMELESS, "DNS:" PCCS_NAMELESS,
	    DEMO_LEAF_NO_SAN, now, &d->nameless, f));
	d->tls.ask = look;
	d->tls.user = d;
	TRY(demo_tls_open(&d->tls, f));
	TRY(demo_listen_open(0, &d->tls_fd, &d->port, f));
	TRY(demo_listen_open(0, &d->http_fd, &d->http_port, f));
	d->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (d->stop_fd < 0 || pthread_create(&d->thread, NULL, serve, d) != 0)
		return fault_raise(f, FAULT_SYSTEM, "pccs", "no thread");
	d->running = true;
	return true;
}

FALLIBLE pccs_double_start(const struct collateral *c, const char *dir,
    struct pccs_double **out, struct fault *f)
{
	struct pccs_double *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return fault_raise(f, FAULT_SYSTEM, "pccs", "out of memory");
	d->tls_fd = d->http_fd = d->stop_fd = -1;
	d->parts = *c;
	pthread_mutex_init(&d->lock, NULL);
	if (!start(d, dir, f)) {
		pccs_double_stop(d);
		return false;
	}
	*out = d;
	return true;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void pccs_double_stop(struct pccs_double *d)
{
	if (d == NULL)
		return;
	if (d->running) {
		eventfd_write(d->stop_fd, 1);
		pthread_join(d->thread, NULL);
	}
	close_fd(d->tls_fd);
	close_fd(d->http_fd);
	close_fd(d->stop_fd);
	demo_tls_drop(&d->tls);
	demo_leaf_drop(&d->leaf);
	demo_leaf_drop(&d->nameless);
	demo_ca_free(d->ca);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

uint16_t pccs_double_port(const struct pccs_double *d)
{
	return d->port;
}

uint16_t pccs_double_http_port(const struct pccs_double *d)
{
	return d->http_port;
}

void pccs_double_serve(struct pccs_double *d, const struct collateral *c)
{
	d->parts = *c;
}

void pccs_double_targets(struct pccs_double *d, char *out, size_t cap)
{
	pthread_mutex_lock(&d->lock);
	snprintf(out, cap, "%s", d->targets);
	d->targets[0] = '\0';
	pthread_mutex_unlock(&d->lock);
}
