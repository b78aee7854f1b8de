/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/collateral_fetch.h"

#include "sources/http_get.h"
#include "sources/source_request.h"
#include "verify/base/text.h"

#include <string.h>

/* One request: what it fetches, where, and how much of it is too much. */
struct item {
	const char *what;
	const char *at;       /* of the body */
	const char *chain;    /* the header with the chain; NULL: none */
	const char *at_chain; /* of that */
	size_t max_bytes;     /* of the body as sent */
	size_t body_at;       /* in struct collateral */
	size_t chain_at;      /* in struct collateral */
	bool is_crl;
	/* Path and query below the service's URL. */
	void (*put_path)(struct wr *w, const struct collateral_service *s,
	    const struct collateral_platform *p);
};

#define ITEMS 4

struct fetched {
	struct blob body[ITEMS], chain[ITEMS];
};

static void fetched_drop(struct fetched *d)
{
	for (size_t i = 0; i < ITEMS; i++) {
		blob_drop(&d->body[i]);
		blob_drop(&d->chain[i]);
	}
}

/* ---- the requests (intel-dcap section 6) -------------------------------- */

#define SGX_V4 "/sgx/certification/v4"
#define TDX_V4 "/tdx/certification/v4"

static const char *interface_of(const struct collateral_platform *p)
{
	return p->is_tdx ? TDX_V4 : SGX_V4;
}

static void put_update(
    struct wr *w, const struct collateral_service *s, char separator)
{
	if (s->update != NULL)
		wr_printf(w, "%cupdate=%s", separator, s->update);
}

/* Upper case, as Intel writes it: some caches compare the text. */
static void put_tcb_path(struct wr *w, const struct collateral_service *s,
    const struct collateral_platform *p)
{
	wr_printf(w, "%s/tcb?fmspc=", interface_of(p));
	for (size_t i = 0; i < sizeof(p->fmspc); i++)
		wr_printf(w, "%02X", p->fmspc[i]);
	put_update(w, s, '&');
}

static void put_identity_path(struct wr *w, const struct collateral_service *s,
    const struct collateral_platform *p)
{
	wr_printf(w, "%s/qe/identity", interface_of(p));
	put_update(w, s, '?');
}

static void put_pck_crl_path(struct wr *w, const struct collateral_service *s,
    const struct collateral_platform *p)
{
	(void)s;
	wr_printf(w, SGX_V4 "/pckcrl?ca=%s&encoding=der",
	    p->is_processor ? "processor" : "platform");
}

static void put_root_crl_path(struct wr *w, const struct collateral_service *s,
    const struct collateral_platform *p)
{
	(void)s;
	(void)p;
	wr_text(w, SGX_V4 "/rootcacrl");
}

/* As hexadecimal text a CRL has twice its size, and perhaps a line end. */
#define CRL_AS_SENT (2 * LIMIT_CRL_BYTES + 2)

static const struct item items[ITEMS] = {
	{ "TCB info", "collateral.tcbInfo", "TCB-Info-Issuer-Chain",
	    "collateral.tcbInfoIssuerChain", LIMIT_COLLATERAL_JSON,
	    offsetof(struct collateral, tcb_info),
	    offsetof(struct collateral, tcb_info_issuer_chain), false,
	    put_tcb_path },
	{ "QE identity", "collateral.qeIdentity",
	    "SGX-Enclave-Identity-Issuer-Chain",
	    "collateral.qeIdentityIssuerChain", LIMIT_COLLATERAL_JSON,
	    offsetof(struct collateral, qe_identity),
	    offsetof(struct collateral, qe_identity_issuer_chain), false,
	    put_identity_path },
	{ "PCK CRL", "collateral.pckCrl", "SGX-PCK-CRL-Issuer-Chain",
	    "collateral.pckCrlIssuerChain", CRL_AS_SENT,
	    offsetof(struct collateral, pck_crl),
	    offsetof(struct collateral, pck_crl_issuer_chain), true,
	    put_pck_crl_path },
	{ "root CRL", "collateral.rootCaCrl", NULL, NULL, CRL_AS_SENT,
	    offsetof(struct collateral, root_ca_crl), 0, true,
	    put_root_crl_path },
};

static void set_member(struct collateral *c, size_t at, struct span value)
{
	memcpy((char *)c + at, &value, sizeof(value));
}

/* ---- URLs --------------------------------------------------------------- */

/* The service's URL without the tail that others' tools write behind it. */
static struct span base_of(const char *url)
{
	static const char tail[] = SGX_V4;
	struct span s = span_text(url);

	while (s.n > 0 && s.p[s.n - 1] == '/')
		s.n--;
	if (s.n > sizeof(tail) - 1 &&
	    memcmp(s.p + s.n - (sizeof(tail) - 1), tail, sizeof(tail) - 1) == 0)
		s.n -= sizeof(tail) - 1;
	while (s.n > 0 && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

static FALLIBLE is_intels(
    const struct collateral_service *s, bool *out, struct fault *f)
{
	AUTO(source_url_drop) struct source_url u = { 0 };

	TRY(source_url_open(s->url, s->allow_http, &u, f));
	*out = strcmp(u.host, COLLATERAL_INTEL_HOST) == 0;
	return true;
}

/* Where it is not below the service's URL; else NULL. */
static FALLIBLE root_crl_elsewhere(
    const struct collateral_service *s, const char **url, struct fault *f)
{
	bool intels = false;

	*url = s->root_crl_url;
	if (*url != NULL)
		return true;
	TRY(is_intels(s, &intels, f));
	if (intels)
		*url = COLLATERAL_INTEL_ROOT_CRL;
	return true;
}

static FALLIBLE make_url(const struct item *item,
    const struct collateral_service *s, const struct collateral_platform *p,
    char url[LIMIT_URL_BYTES + 1], struct fault *f)
{
	struct wr w = wr_into(url, LIMIT_URL_BYTES + 1, "/pccs", f);
	const char *elsewhere = NULL;

	if (item->put_path == put_root_crl_path)
		TRY(root_crl_elsewhere(s, &elsewhere, f));
	if (elsewhere != NULL) {
		wr_text(&w, elsewhere);
	} else {
		wr_span(&w, base_of(s->url));
		item->put_path(&w, s, p);
	}
	wr_u8(&w, 0);
	return wr_ok(&w);
}

FALLIBLE collateral_fetch_root_crl_url(const struct collateral_service *s,
    char url[LIMIT_URL_BYTES + 1], struct fault *f)
{
	const struct collateral_platform any = { .is_tdx = false };

	return make_url(&items[ITEMS - 1], s, &any, url, f);
}

static uint32_t timeout_of(const struct collateral_service *s)
{
	return s->timeout_ms != 0 ? s->timeout_ms : COLLATERAL_TIMEOUT_MS;
}

/* Names as the operator's configuration has them. */
static bool raise_config(
    struct fault *f, const char *url_member, const struct fault *why)
{
	const char *at = strcmp(why->at, "/url") == 0 ? url_member : why->at;

	return fault_raise(f, why->kind, at, "%s", why->text);
}

static FALLIBLE check_url(const struct collateral_service *s, const char *url,
    const char *member, struct fault *f)
{
	const struct source_config c = {
		.url = url,
		.ca_file = s->ca_file,
		.allow_http = s->allow_http,
		.timeout_ms = timeout_of(s),
		.max_bytes = 1,
	};
	struct fault why = FAULT_INIT;

	if (!source_url_check(url, s->allow_http, &why) ||
	    !source_request_check(&c, &why))
		return raise_config(f, member, &why);
	return true;
}

FALLIBLE collateral_fetch_check(
    const struct collateral_service *s, struct fault *f)
{
	if (s->url == NULL)
		return fault_raise(f, FAULT_CONFIG, "/pccs", "is missing");
	TRY(check_url(s, s->url, "/pccs", f));
	if (strchr(s->url, '?') != NULL)
		return fault_raise(f, FAULT_CONFIG, "/pccs",
		    "paths are put behind it, so it cannot have a query");
	if (s->root_crl_url != NULL)
		TRY(check_url(s, s->root_crl_url, "/root_crl", f));
	if (s->update != NULL && strcmp(s->update, "standard") != 0 &&
	    strcmp(s->update, "early") != 0)
		return fault_raise(
		    f, FAULT_CONFIG, "/update", "want standard or early");
	return true;
}

/* ---- what came ---------------------------------------------------------- */

static FALLIBLE decode_byte(struct rd *r, uint8_t *out)
{
	struct fault bad = FAULT_INIT;
	uint8_t c = rd_u8(r);

	if (c == '%') {
		struct span digits = rd_span(r, 2);

		if (!rd_ok(r) || !hex_decode(digits, &c, 1, "chain", &bad))
			return false;
	} else if (c <= ' ' || c > '~') {
		return false;
	}
	*out = c;
	return true;
}

/* A header's value: PEM, percent-encoded (RFC 3986 2.1). */
static FALLIBLE decode_chain(const struct item *item, struct span text,
    struct blob *out, struct fault *f)
{
	AUTO(fault_clear) struct fault ended = FAULT_INIT;
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_PEM_BYTES, item->at_chain, f);
	struct rd r = rd_over(text, item->at_chain, &ended);

	if (text.n == 0)
		return fault_raise(f, FAULT_FORMAT, item->at_chain,
		    "the header %s is empty", item->chain);
	while (rd_left(&r) > 0) {
		size_t offset = rd_offset(&r);
		uint8_t c;

		if (!decode_byte(&r, &c))
			return fault_raise_at(f, FAULT_FORMAT, item->at_chain,
			    offset, "the header %s is not percent-encoded",
			    item->chain);
		wr_u8(&w, c);
	}
	TRY(wr_done(&w, out));
	return collateral_check_chain(blob_span(out), item->at_chain, f);
}

static struct span without_line_end(struct span s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

/* DER as it came, or the hexadecimal text that a PCCS prefers. */
static FALLIBLE decode_crl(
    const struct item *item, struct blob *body, struct fault *f)
{
	const uint8_t der_sequence = 0x30;
	AUTO(blob_drop) struct blob der = { 0 };
	struct fault ignored = FAULT_INIT;

	if (body->n > 0 && body->p[0] == der_sequence) {
		if (body->n > LIMIT_CRL_BYTES)
			return fault_raise(f, FAULT_LIMIT, item->at,
			    "has %zu bytes, at most %d are allowed", body->n,
			    LIMIT_CRL_BYTES);
		return true;
	}
	if (!hex_decode_blob(without_line_end(blob_span(body)), LIMIT_CRL_BYTES,
		&der, item->at, &ignored) ||
	    der.p[0] != der_sequence)
		return fault_raise(f, FAULT_FORMAT, item->at,
		    "is neither DER nor hexadecimal text of DER");
	blob_drop(body);
	*body = blob_move(&der);
	return true;
}

static FALLIBLE take(const struct item *item, struct http_got *got,
    struct blob *body, struct blob *chain, struct fault *f)
{
	if (got->body.n == 0)
		return fault_raise(
		    f, FAULT_FORMAT, item->at, "the body is empty");
	if (item->is_crl)
		TRY(decode_crl(item, &got->body, f));
	if (item->chain != NULL && !got->has_header)
		return fault_raise(f, FAULT_FORMAT, item->at_chain,
		    "the answer has no header %s", item->chain);
	if (item->chain != NULL)
		TRY(decode_chain(item, blob_span(&got->header), chain, f));
	*body = blob_move(&got->body);
	return true;
}

/* ---- all of it ---------------------------------------------------------- */

struct job {
	const struct collateral_service *service;
	const struct collateral_platform *platform;
	struct http_get *http;
	collateral_progress *progress;
	void *user;
	const volatile bool *stop;
};

static FALLIBLE fetch_item(const struct job *job, const struct item *item,
    struct blob *body, struct blob *chain, struct fault *f)
{
	AUTO(http_got_drop) struct http_got got = { 0 };
	char url[LIMIT_URL_BYTES + 1], shown[LIMIT_URL_BYTES + 1];
	struct fault why = FAULT_INIT;
	const struct http_get_ask ask = {
		.url = url,
		.max_bytes = item->max_bytes,
		.header = item->chain,
	};

	TRY(make_url(item, job->service, job->platform, url, f));
	TRY(source_url_masked(url, shown, sizeof(shown), f));
	if (job->progress != NULL)
		job->progress(job->user, item->what, shown);
	if (!http_get_fetch(job->http, &ask, job->stop, &got, &why))
		return raise_config(f, "/pccs", &why);
	return take(item, &got, body, chain, f);
}

static FALLIBLE pack(const struct fetched *parts,
    const struct collateral_platform *p, struct blob *bundle,
    struct collateral_facts *facts, struct fault *f)
{
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "bundle", f);
	struct collateral c = { .pck_chain = { NULL, 0 } };

	for (size_t i = 0; i < ITEMS; i++) {
		set_member(&c, items[i].body_at, blob_span(&parts->body[i]));
		if (items[i].chain != NULL)
			set_member(
			    &c, items[i].chain_at, blob_span(&parts->chain[i]));
	}
	TRY(collateral_check_read(&c, facts, f));
	TRY(collateral_check_for(facts, p, f));
	TRY(collateral_encode(&c, &w, f));
	return wr_done(&w, bundle);
}

FALLIBLE collateral_fetch(const struct collateral_service *s,
    const struct collateral_platform *p, collateral_progress *progress,
    void *user, const volatile bool *stop, struct blob *bundle,
    struct collateral_facts *facts, struct fault *f)
{
	AUTO(http_get_drop) struct http_get *http = NULL;
	AUTO(fetched_drop) struct fetched parts = { 0 };
	const struct http_get_config config = {
		.ca_file = s->ca_file,
		.allow_http = s->allow_http,
		.timeout_ms = timeout_of(s),
	};
	struct collateral_facts found;

	TRY(collateral_fetch_check(s, f));
	TRY(http_get_open(&config, &http, f));
	const struct job job = { s, p, http, progress, user, stop };
	for (size_t i = 0; i < ITEMS; i++) {
		if (!fetch_item(
			&job, &items[i], &parts.body[i], &parts.chain[i], f))
			return fault_within(f, "%s", items[i].what);
	}
	TRY(pack(&parts, p, bundle, &found, f));
	*facts = found;
	return true;
}
