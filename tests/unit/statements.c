/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/statements.h"

#include "tests/unit/check.h"
#include "verify/request.h"

#define NOW_MS INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define DAY_MS INT64_C(86400000)

const struct utc statements_now = { .ms = NOW_MS };

/* 32 bytes that are different for every text. */
static struct sha256 digest(const char *of)
{
	return sha256_of(span_text(of));
}

static const struct statement_kind *kind(const char *id)
{
	const struct statement_kind *k = statement_kind_find(span_text(id));

	assert_non_null(k);
	return k;
}

static struct tls_evidence tls(const char *host)
{
	struct tls_evidence t = {
		.leaf = digest(host),
		.spki = digest("spki"),
		.n_chain = 2,
		.root = digest("root"),
		.issuer = span_text("CN=Test Issuing CA,O=Example,C=CH"),
		.subject = span_text("CN=exchange.example"),
		.valid_from = { NOW_MS - 30 * DAY_MS },
		.valid_to = { NOW_MS + 60 * DAY_MS },
		.version = span_text("TLSv1.3"),
		.cipher = span_text("TLS_AES_256_GCM_SHA384"),
		.group = span_text("X25519"),
	};

	t.chain[0] = t.leaf;
	t.chain[1] = digest("intermediate");
	return t;
}

static struct statement_source source(
    const char *host, const char *url, const char *value, int64_t observed_ms)
{
	return (struct statement_source){
		.host = span_text(host),
		.url = span_text(url),
		.status = 200,
		.body = digest(url),
		.observed_at = { observed_ms },
		.value = span_text(value),
		.tls = tls(host),
		.used = true,
	};
}

static void begin(struct statement *s, const char *kind_id)
{
	*s = (struct statement){
		.kind = kind(kind_id),
		.config = digest("config"),
		.signer = { { 0x5a, 0x01, 0x02, 0x03 } },
		.timestamp = { NOW_MS },
	};
	if (s->kind->has_sources) {
		s->feed = span_text("BTC/USD");
		s->round = 42;
	}
}

void statements_one(struct statement *s)
{
	begin(s, "price");
	s->decimals = 8;
	s->value = span_text("97234.12");
	s->n_sources = 1;
	s->source[0] = source("exchange.example",
	    "https://exchange.example/v1/ticker?key=${EXCHANGE_KEY}",
	    "97234.12", NOW_MS);
	s->source[0].tls.ocsp = span_text("good");
	s->source[0].tls.has_scts = true;
	s->source[0].tls.scts = 2;
	s->source[0].tls.has_ocsp_hash = true;
	s->source[0].tls.ocsp_hash = digest("ocsp");
	s->source[0].tls.has_scts_hash = true;
	s->source[0].tls.scts_hash = digest("scts");
	s->source[0].http = span_text("1.1");
	s->max_age_ms = 30000;
}

void statements_many(struct statement *s)
{
	static const uint8_t nonce[] = { 0xc0, 0xff, 0xee };
	struct statement_source *failed = &s->source[1];
	struct statement_source *rejected = &s->source[3];

	begin(s, "price");
	s->decimals = 8;
	s->value = span_text("102");
	s->nonce = span_of(nonce, sizeof(nonce));
	s->has_previous = true;
	s->previous = digest("previous");
	s->n_sources = 5;
	s->method = span_text("median");
	s->spread = span_text("2.5");
	s->max_age_ms = 30000;

	s->source[0] = source(
	    "a.example", "https://a.example/ticker", "101", NOW_MS + 700);
	s->source[2] =
	    source("c.example", "https://C.example:8443/last", "103.5", NOW_MS);
	s->source[3] =
	    source("d.example", "https://d.example/p", "150", NOW_MS + 1);
	s->source[4] = source(
	    "[2001:db8::1]", "https://[2001:db8::1]:444/", "102", NOW_MS + 99);
	s->source[4].tls.subject = span_of(NULL, 0);
	/* A value with a time of its own, received later. */
	s->source[4].has_received = true;
	s->source[4].received_at.ms = NOW_MS + 400;

	*failed = (struct statement_source){
		.failed = true,
		.host = span_text("b.example"),
		.url = span_text("https://b.example/"),
		.reason = span_text("http"),
		.detail = span_text("the server answered 429"),
	};
	rejected->used = false;
	rejected->reason = span_text("deviation");
	rejected->detail = span_text("4705 basis points from the median");

	static struct statement_hop hop;
	hop = (struct statement_hop){
		.host = span_text("old.c.example"),
		.url = span_text("https://old.c.example/last"),
		.status = 301,
		.tls = tls("old.c.example"),
	};
	s->source[2].n_hops = 1;
	s->source[2].hops = &hop;
}

void statements_weighted(struct statement *s)
{
	static const uint64_t weights[] = { 1, 0, 5, 2, 1 };

	statements_many(s);
	s->method = span_text("weighted-median");
	s->value = span_text("103.5");
	for (size_t i = 0; i < s->n_sources; i++)
		s->source[i].weight = weights[i];
}

void statements_trimmed(struct statement *s)
{
	statements_many(s);
	s->method = span_text("trimmed-mean");
	s->trim = 1;
}

static void set_aside(struct statement_source *b, const char *reason)
{
	b->used = false;
	b->reason = span_text(reason);
	b->detail = span_text("why not");
}

void statements_first(struct statement *s)
{
	statements_many(s);
	s->method = span_text("first-of");
	s->value = span_text("103.5");
	s->spread = span_text("0");
	set_aside(&s->source[0], "stale");
	set_aside(&s->source[4], "reserve");
}

void statements_failover(struct statement *s)
{
	statements_text(s);
	s->method = span_text("first-of");
	s->max_age_ms = 30000;
	s->n_sources = 2;
	s->source[1] = s->source[0];
	s->source[0] = (struct statement_source){
		.failed = true,
		.host = span_text("wire.example"),
		.url = span_text("https://wire.example/"),
		.reason = span_text("timeout"),
		.detail = span_text("no answer within 5000 ms"),
	};
}

const char statements_kept_configuration[] =
    "{\"feeds\":[{\"decimals\":8,\"id\":\"BTC/USD\",\"kind\":\"price\","
    "\"sources\":[{\"headers\":{\"X-Api-Key\":\"${EXCHANGE_KEY}\"},"
    "\"keep_body\":true,\"pick\":\"/data/price\","
    "\"require\":{\"/data/pair\":\"BTCUSD\"},\"time_pick\":\"/data/at\","
    "\"time_unit\":\"ms\",\"url\":\"https://exchange.example/v1/ticker\"}]}]}";
const char statements_kept_body[] =
    "{\"data\":{\"pair\":\"BTCUSD\",\"price\":\"97234.120\","
    "\"at\":1767225600000}}";

void statements_kept(struct statement *s)
{
	static const struct request_header header = { "X-Api-Key",
		"${EXCHANGE_KEY}" };
	const struct request request = {
		.url = "https://exchange.example/v1/ticker",
		.headers = &header,
		.n_headers = 1,
	};
	struct statement_source *b = &s->source[0];
	struct fault f = FAULT_INIT;

	statements_one(s);
	s->config = digest(statements_kept_configuration);
	b->url = span_text(request.url);
	b->body = digest(statements_kept_body);
	b->has_request = true;
	assert_ok(request_hash(&request, &b->request, &f), f);
	b->has_received = true;
	b->received_at.ms = NOW_MS + 1500;
}

void statements_plain(struct statement *s)
{
	begin(s, "value");
	s->feed = span_text("TEMP-ZRH");
	s->decimals = 2;
	s->value = span_text("-3.25");
	s->unit = span_text("degrees C");
	s->n_sources = 1;
	s->source[0] = source(
	    "weather.example", "http://weather.example/zrh", "-3.25", NOW_MS);
	s->source[0].tls = (struct tls_evidence){ .plain_http = true };
}

void statements_text(struct statement *s)
{
	begin(s, "text");
	s->feed = span_text("NEWS");
	s->value = span_text("{\"a\":\"\xc3\xa9\n\"}");
	s->n_sources = 1;
	s->source[0] = source("news.example", "https://news.example/",
	    (const char *)s->value.p, NOW_MS);
}

void statements_key(struct statement *s)
{
	begin(s, "key");
	s->chain_id = 8453;
	memset(s->registry.b, 0x11, sizeof(s->registry.b));
}

struct blob statements_bytes(const struct statement *s)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_STATEMENT_BYTES, "test.statement", &f);
	struct blob out = { 0 };

	assert_ok(statement_encode(s, &w, &f), f);
	assert_ok(wr_done(&w, &out), f);
	return out;
}
