/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_floor.h"

#include "compose/demo/demo_exchange.h"
#include "compose/demo/demo_show.h"
#include "verify/base/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_HOSTS 16
#define KEPT_HEAD 4096

struct stand {
	const char *name;
	const struct demo_mode *mode;
	struct demo_leaf leaves[DEMO_LEAF_KINDS];
	char last_head[KEPT_HEAD];
};

struct demo_floor {
	struct demo_ca *ca;
	size_t n;
	pthread_mutex_t lock; /* of stands and n_requests */
	struct stand stands[MAX_HOSTS];
	uint64_t n_requests;
};

/* ---- opening ------------------------------------------------------------ */

static FALLIBLE issue(struct demo_floor *floor, const char *name,
    enum demo_leaf_kind kind, struct utc now, struct demo_leaf *out,
    struct fault *f)
{
	char sans[512];
	const char *more = strcmp(name, DEMO_CONTROL_HOST) == 0
	    ? ",DNS:localhost,IP:127.0.0.1"
	    : "";

	snprintf(sans, sizeof(sans), "DNS:%s%s", name, more);
	return demo_ca_issue(floor->ca, name, sans, kind, now, out, f);
}

static FALLIBLE open_stand(
    struct demo_floor *floor, const char *name, struct utc now, struct fault *f)
{
	struct stand *s = &floor->stands[floor->n];

	s->name = name;
	s->mode = &demo_mode_rows[0];
	floor->n++;
	for (int kind = 0; kind < DEMO_LEAF_KINDS; kind++)
		TRY(issue(floor, name, (enum demo_leaf_kind)kind, now,
		    &s->leaves[kind], f));
	return true;
}

static FALLIBLE open_all(
    struct demo_floor *floor, struct utc now, const char *dir, struct fault *f)
{
	TRY(demo_ca_new(now, &floor->ca, f));
	/* The first is whoever comes without a name. */
	TRY(open_stand(floor, DEMO_CONTROL_HOST, now, f));
	TRY(open_stand(floor, DEMO_MOVED_HOST, now, f));
	TRY(open_stand(floor, DEMO_SHAPES_HOST, now, f));
	for (size_t i = 0; i < demo_market_n_hosts; i++)
		TRY(open_stand(floor, demo_market_hosts[i].name, now, f));
	return demo_ca_write(floor->ca, dir, f);
}

FALLIBLE demo_floor_open(
    struct utc now, const char *dir, struct demo_floor **out, struct fault *f)
{
	struct demo_floor *floor = calloc(1, sizeof(*floor));

	if (floor == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "demo.floor", "out of memory");
	pthread_mutex_init(&floor->lock, NULL);
	if (!open_all(floor, now, dir, f)) {
		demo_floor_close(floor);
		return false;
	}
	*out = floor;
	return true;
}

void demo_floor_close(struct demo_floor *floor)
{
	if (floor == NULL)
		return;
	for (size_t i = 0; i < floor->n; i++) {
		for (size_t kind = 0; kind < DEMO_LEAF_KINDS; kind++)
			demo_leaf_drop(&floor->stands[i].leaves[kind]);
	}
	demo_ca_free(floor->ca);
	pthread_mutex_destroy(&floor->lock);
	free(floor);
}

/* ---- looking ------------------------------------------------------------ */

static struct stand *find(struct demo_floor *floor, const char *host)
{
	if (host[0] == '\0' || strcmp(host, "localhost") == 0 ||
	    strcmp(host, "127.0.0.1") == 0)
		return &floor->stands[0];
	for (size_t i = 0; i < floor->n; i++) {
		if (strcmp(floor->stands[i].name, host) == 0)
			return &floor->stands[i];
	}
	return NULL;
}

/* Which of its leaves a host shows. */
static enum demo_leaf_kind kind_of(enum demo_face face)
{
	switch (face) {
	case DEMO_FACE_GOOD:
	case DEMO_FACE_OLD_TLS:
	case DEMO_FACE_OTHER_HOST:
	case DEMO_FACE_NO_INTERMEDIATE:
		return DEMO_LEAF_GOOD;
	case DEMO_FACE_SELF_SIGNED:
		return DEMO_LEAF_SELF_SIGNED;
	case DEMO_FACE_EXPIRED:
		return DEMO_LEAF_EXPIRED;
	case DEMO_FACE_NO_SAN:
		return DEMO_LEAF_NO_SAN;
	case DEMO_FACE_UNSTAMPED:
		return DEMO_LEAF_UNSTAMPED;
	case DEMO_FACE_MUST_STAPLE:
		return DEMO_LEAF_MUST_STAPLE;
	case DEMO_FACE_CONSTRAINED:
		return DEMO_LEAF_CONSTRAINED;
	}
	return DEMO_LEAF_GOOD;
}

static bool look(const struct demo_floor *floor, const struct stand *s,
    struct demo_tls_look *out)
{
	size_t next = (size_t)(s - floor->stands + 1) % floor->n;
	enum demo_leaf_kind kind = kind_of(s->mode->face);
	const struct stand *of =
	    s->mode->face == DEMO_FACE_OTHER_HOST ? &floor->stands[next] : s;
	const struct demo_leaf *leaf = &of->leaves[kind];
	const struct demo_show shown = { floor->ca, s->mode, leaf,
		&floor->stands[next].leaves[DEMO_LEAF_GOOD], kind,
		clock_now() };
	struct fault f = FAULT_INIT;

	out->face = s->mode->face;
	if (s->mode->face != DEMO_FACE_SELF_SIGNED &&
	    s->mode->face != DEMO_FACE_NO_INTERMEDIATE)
		out->intermediate = demo_ca_issuer(floor->ca, kind)->cert;
	out->leaf = leaf->cert;
	out->key = leaf->key;
	X509_up_ref(out->leaf);
	EVP_PKEY_up_ref(out->key);
	if (out->intermediate != NULL)
		X509_up_ref(out->intermediate);
	return demo_show_staple(&shown, &out->staple, &f) &&
	    demo_show_stamps(&shown, &out->stamps, &f);
}

bool demo_floor_look(
    struct demo_floor *floor, const char *host, struct demo_tls_look *out)
{
	const struct stand *s;
	bool ok;

	pthread_mutex_lock(&floor->lock);
	s = find(floor, host);
	ok = s != NULL && look(floor, s, out);
	pthread_mutex_unlock(&floor->lock);
	return ok;
}

const struct demo_mode *demo_floor_mode(
    struct demo_floor *floor, const char *host)
{
	const struct demo_mode *mode = NULL;
	const struct stand *s;

	pthread_mutex_lock(&floor->lock);
	s = find(floor, host);
	if (s != NULL)
		mode = s->mode;
	pthread_mutex_unlock(&floor->lock);
	return mode;
}

const char *demo_floor_host(const struct demo_floor *floor, size_t i)
{
	return i < floor->n ? floor->stands[i].name : NULL;
}

/* ---- telling ------------------------------------------------------------ */

static FALLIBLE set_mode(struct demo_floor *floor, struct stand *s,
    const struct demo_mode *mode, struct utc now, struct fault *f)
{
	struct demo_leaf fresh = { 0 };

	s->mode = mode;
	if (!mode->renews)
		return true;
	TRY(issue(floor, s->name, DEMO_LEAF_GOOD, now, &fresh, f));
	demo_leaf_drop(&s->leaves[DEMO_LEAF_GOOD]);
	s->leaves[DEMO_LEAF_GOOD] = fresh;
	return true;
}

FALLIBLE demo_floor_misbehave(struct demo_floor *floor, const char *host,
    const char *mode_id, struct utc now, struct fault *f)
{
	const struct demo_mode *mode = demo_mode_find(mode_id);
	struct stand *s;
	bool ok;

	if (mode == NULL)
		return fault_raise(
		    f, FAULT_USAGE, "demo.mode", "there is no such mode");
	pthread_mutex_lock(&floor->lock);
	s = find(floor, host);
	if (s == NULL || s == &floor->stands[0])
		ok = fault_raise(f, FAULT_USAGE, "demo.host",
		    "there is no such host that could misbehave");
	else
		ok = set_mode(floor, s, mode, now, f);
	pthread_mutex_unlock(&floor->lock);
	return ok;
}

/* ---- questions ---------------------------------------------------------- */

static struct sha256 hash_der(unsigned char *der, int n)
{
	struct sha256 h = sha256_of(span_of(der, n > 0 ? (size_t)n : 0));

	OPENSSL_free(der);
	return h;
}

static struct sha256 hash_cert(X509 *cert)
{
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);

	return hash_der(der, n);
}

FALLIBLE demo_floor_write_logs(
    const struct demo_floor *floor, const char *dir, struct fault *f)
{
	return demo_ca_write_logs(floor->ca, dir, f);
}

FALLIBLE demo_floor_leaf(struct demo_floor *floor, const char *host,
    struct sha256 *leaf, struct sha256 *spki, struct fault *f)
{
	const struct stand *s;

	pthread_mutex_lock(&floor->lock);
	s = find(floor, host);
	if (s != NULL) {
		unsigned char *der = NULL;
		X509 *cert = s->leaves[DEMO_LEAF_GOOD].cert;
		int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
		*leaf = hash_cert(cert);
		*spki = hash_der(der, n);
	}
	pthread_mutex_unlock(&floor->lock);
	if (s == NULL)
		return fault_raise(
		    f, FAULT_USAGE, "demo.host", "there is no such host");
	return true;
}

struct sha256 demo_floor_root(const struct demo_floor *floor)
{
	return hash_cert(demo_ca_root(floor->ca));
}

struct sha256 demo_floor_intermediate(const struct demo_floor *floor)
{
	return hash_cert(demo_ca_intermediate(floor->ca));
}

void demo_floor_note(
    struct demo_floor *floor, const char *host, const char *head)
{
	struct stand *s;

	pthread_mutex_lock(&floor->lock);
	floor->n_requests++;
	s = find(floor, host);
	if (s != NULL)
		snprintf(s->last_head, sizeof(s->last_head), "%s", head);
	pthread_mutex_unlock(&floor->lock);
}

uint64_t demo_floor_n_requests(struct demo_floor *floor)
{
	uint64_t n;

	pthread_mutex_lock(&floor->lock);
	n = floor->n_requests;
	pthread_mutex_unlock(&floor->lock);
	return n;
}

void demo_floor_last_head(
    struct demo_floor *floor, const char *host, char *out, size_t cap)
{
	const struct stand *s;

	pthread_mutex_lock(&floor->lock);
	s = find(floor, host);
	snprintf(out, cap, "%s", s != NULL ? s->last_head : "");
	pthread_mutex_unlock(&floor->lock);
}
