/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/statement_rules.h"

#include "verify/base/text.h"
#include "verify/combine.h"

#include <string.h>

/* ---- forms of text ------------------------------------------------------ */

/* Every character from `first` to `last`. */
static bool is_within(struct span s, uint8_t first, uint8_t last)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < first || s.p[i] > last)
			return false;
	return true;
}

/* 1 to `max` characters of printable ASCII without the space. */
static FALLIBLE check_visible(
    struct span s, size_t max, const char *at, struct fault *f)
{
	if (s.n == 0)
		return fault_raise(f, FAULT_FORMAT, at, "must not be empty");
	if (s.n > max)
		return fault_raise(f, FAULT_LIMIT, at,
		    "has %zu characters, at most %zu are allowed", s.n, max);
	if (!is_within(s, 0x21, 0x7e))
		return fault_raise(f, FAULT_FORMAT, at,
		    "only the characters ! to ~ are allowed");
	return true;
}

static FALLIBLE check_word(struct span s, const char *at, struct fault *f)
{
	TRY(check_visible(s, 32, at, f));
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '-';
		if (!ok)
			return fault_raise(f, FAULT_FORMAT, at,
			    "a word of a-z, 0-9 and - is wanted");
	}
	return true;
}

static bool has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

static FALLIBLE check_text(
    struct span s, bool may_control, const char *at, struct fault *f)
{
	if (s.n == 0)
		return fault_raise(f, FAULT_FORMAT, at, "must not be empty");
	if (s.n > LIMIT_TEXT)
		return fault_raise(f, FAULT_LIMIT, at,
		    "has %zu bytes, at most %d are allowed", s.n, LIMIT_TEXT);
	if (ascii_is_printable(s))
		return true;
	if (!utf8_is_valid(s))
		return fault_raise(f, FAULT_FORMAT, at, "is not UTF-8");
	if (!may_control && has_control(s))
		return fault_raise(
		    f, FAULT_FORMAT, at, "has a control character");
	return true;
}

static FALLIBLE check_ms(struct utc t, const char *at, struct fault *f)
{
	if (t.ms < 0 || t.ms > STATEMENT_MAX_MS)
		return fault_raise(
		    f, FAULT_FORMAT, at, "is outside the years 1970 to 9999");
	return true;
}

static FALLIBLE check_u64(uint64_t v, const char *at, struct fault *f)
{
	if (v > STATEMENT_MAX_INTEGER)
		return fault_raise(f, FAULT_FORMAT, at, "is not below 2^53");
	return true;
}

/*
 * A decimal in its one form that fits an int256 with the statement's decimals:
 * what dec_format makes of its value is the text again.
 */
static FALLIBLE check_decimal(struct span text, uint8_t decimals,
    struct dec *out, const char *at, struct fault *f)
{
	struct fault why = FAULT_INIT;
	char again[DEC_TEXT_SIZE];

	if (!dec_parse(text, decimals, DEC_EXACT, out, &why))
		return fault_raise(f, FAULT_FORMAT, at,
		    "is no decimal that fits an int256 with %u decimals: %s",
		    decimals, why.text);
	if (!span_equal_text(text, dec_format(out, again)))
		return fault_raise(f, FAULT_FORMAT, at,
		    "is not a decimal in its one form (no exponent, no "
		    "superfluous zero)");
	return true;
}

/* The value in the form of the kind. */
static FALLIBLE check_value(
    const struct statement *s, struct span value, struct fault *f)
{
	struct dec number;

	if (s->kind->is_number)
		return check_decimal(
		    value, s->decimals, &number, "statement.value", f);
	return check_text(value, true, "statement.value", f);
}

/* ---- where it came from ------------------------------------------------- */

static bool is_equal_but_case(struct span lower, struct span any)
{
	if (lower.n != any.n)
		return false;
	for (size_t i = 0; i < any.n; i++) {
		uint8_t c = any.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if (c != lower.p[i])
			return false;
	}
	return true;
}

static bool has_byte(struct span s, char c)
{
	return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

/* Up to what ends the authority of a URL (RFC 3986 section 3.2). */
static struct span authority_of(struct span rest)
{
	size_t n = 0;

	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?' &&
	    rest.p[n] != '#' && rest.p[n] != '\\')
		n++;
	return span_of(rest.p, n);
}

/* The host of an authority without user: an IPv6 address has its brackets. */
static struct span host_of(struct span authority)
{
	bool is_v6 = authority.n > 0 && authority.p[0] == '[';
	size_t n = 0;

	while (n < authority.n && authority.p[n] != (is_v6 ? ']' : ':'))
		n++;
	return span_of(authority.p, n + (is_v6 && n < authority.n ? 1 : 0));
}

/*
 * `source` is what a reader believes to be the server: it must be the host of
 * the URL beside it. A host that is itself a secret (${NAME}) is not compared.
 */
static FALLIBLE check_place(
    struct span host, struct span url, bool plain, struct fault *f)
{
	const char *scheme = plain ? "http://" : "https://";
	size_t n = strlen(scheme);
	struct span authority;

	TRY(check_visible(host, 255, "statement.source", f));
	TRY(check_visible(url, LIMIT_URL_BYTES, "statement.url", f));
	if (url.n < n || memcmp(url.p, scheme, n) != 0)
		return fault_raise(f, FAULT_FORMAT, "statement.url",
		    "must begin with %s", scheme);
	authority = authority_of(span_of(url.p + n, url.n - n));
	if (has_byte(authority, '@'))
		return fault_raise(f, FAULT_FORMAT, "statement.url",
		    "must not carry user information");
	if (has_byte(authority, '$'))
		return true;
	if (!is_equal_but_case(host, host_of(authority)))
		return fault_raise(f, FAULT_FORMAT, "statement.source",
		    "is not the host of the URL beside it");
	return true;
}

static bool is_ocsp_word(struct span s)
{
	return span_equal_text(s, "good") || span_equal_text(s, "none") ||
	    span_equal_text(s, "revoked") || span_equal_text(s, "unknown");
}

static FALLIBLE check_tls(const struct tls_evidence *t, struct fault *f)
{
	if (t->plain_http)
		return true;
	if (t->n_chain == 0 || t->n_chain > LIMIT_CHAIN_CERTS)
		return fault_raise(f, FAULT_FORMAT, "statement.tlsChain",
		    "has %zu certificates, 1 to %d are allowed", t->n_chain,
		    LIMIT_CHAIN_CERTS);
	if (!sha256_equal(&t->chain[0], &t->leaf))
		return fault_raise(f, FAULT_FORMAT, "statement.tlsChain",
		    "does not begin with the leaf of tlsFingerprint");
	TRY(check_text(t->issuer, false, "statement.tlsIssuer", f));
	if (t->subject.n > 0)
		TRY(check_text(t->subject, false, "statement.tlsSubject", f));
	TRY(check_ms(t->valid_from, "statement.tlsValidFrom", f));
	TRY(check_ms(t->valid_to, "statement.tlsValidTo", f));
	if (t->valid_to.ms < t->valid_from.ms)
		return fault_raise(f, FAULT_FORMAT, "statement.tlsValidTo",
		    "is before tlsValidFrom");
	TRY(check_text(t->version, false, "statement.tlsVersion", f));
	TRY(check_text(t->cipher, false, "statement.tlsCipher", f));
	if (t->ocsp.n > 0 && !is_ocsp_word(t->ocsp))
		return fault_raise(f, FAULT_FORMAT, "statement.tlsOcsp",
		    "is none of good, none, revoked, unknown");
	if (t->has_scts)
		TRY(check_u64(t->scts, "statement.tlsScts", f));
	if (t->group.n > 0)
		TRY(check_text(t->group, false, "statement.tlsGroup", f));
	if (t->has_ocsp_hash &&
	    (t->ocsp.n == 0 || span_equal_text(t->ocsp, "none")))
		return fault_raise(f, FAULT_FORMAT, "statement.tlsOcspSha256",
		    "is there only when something was stapled");
	return true;
}

static FALLIBLE check_http(struct span version, struct fault *f)
{
	if (version.n > 0 && !span_equal_text(version, "1.0") &&
	    !span_equal_text(version, "1.1") && !span_equal_text(version, "2"))
		return fault_raise(f, FAULT_FORMAT, "statement.httpVersion",
		    "is none of 1.0, 1.1 and 2");
	return true;
}

static FALLIBLE check_status(uint64_t status, unsigned hundred, struct fault *f)
{
	if (status / 100 != hundred)
		return fault_raise(f, FAULT_FORMAT, "statement.status",
		    "is not %u00 to %u99", hundred, hundred);
	return true;
}

static FALLIBLE check_hop(const struct statement_hop *h, struct fault *f)
{
	TRY(check_place(h->host, h->url, h->tls.plain_http, f));
	TRY(check_status(h->status, 3, f));
	TRY(check_http(h->http, f));
	return check_tls(&h->tls, f);
}

/* A source that gave a value. */
static FALLIBLE check_block(const struct statement *s,
    const struct statement_source *b, struct fault *f)
{
	TRY(check_place(b->host, b->url, b->tls.plain_http, f));
	TRY(check_status(b->status, 2, f));
	TRY(check_http(b->http, f));
	TRY(check_ms(b->observed_at, "statement.observedAt", f));
	if (b->has_received)
		TRY(check_ms(b->received_at, "statement.receivedAt", f));
	if (b->has_received && b->received_at.ms == b->observed_at.ms)
		return fault_raise(f, FAULT_FORMAT, "statement.receivedAt",
		    "is there only when it differs from observedAt");
	TRY(check_value(s, b->value, f));
	TRY(check_tls(&b->tls, f));
	if (b->n_hops > LIMIT_REDIRECTS)
		return fault_raise(f, FAULT_FORMAT, "statement.hops",
		    "has %zu elements, at most %d are allowed", b->n_hops,
		    LIMIT_REDIRECTS);
	for (size_t i = 0; i < b->n_hops; i++)
		if (!check_hop(&b->hops[i], f))
			return fault_within(f, "hops[%zu]", i);
	return true;
}

static FALLIBLE check_rejection(
    const struct statement_source *b, struct fault *f)
{
	struct span http = span_text("http://");
	bool plain =
	    b->url.n >= http.n && memcmp(b->url.p, http.p, http.n) == 0;

	TRY(check_place(b->host, b->url, plain, f));
	TRY(check_word(b->reason, "statement.reason", f));
	return check_text(b->detail, false, "statement.detail", f);
}

/* ---- the whole ---------------------------------------------------------- */

static FALLIBLE check_one(const struct statement *s, struct fault *f)
{
	const struct statement_source *b = &s->source[0];

	if (s->method.n > 0 || s->spread.n > 0)
		return fault_raise(f, FAULT_FORMAT, "statement.method",
		    "one source needs no method and no spread");
	if (s->trim != 0 || b->weight != 0)
		return fault_raise(f, FAULT_FORMAT, "statement.method",
		    "one source needs neither trim nor weight");
	if (b->failed || !b->used)
		return fault_raise(f, FAULT_FORMAT, "statement.sources",
		    "the only source gave no value");
	TRY(check_block(s, b, f));
	if (!span_equal(b->value, s->value))
		return fault_raise(f, FAULT_FORMAT, "statement.value",
		    "is not what the only source said");
	return true;
}

/* Weights stand there when the method has them, and on nobody else. */
static FALLIBLE check_weight(const struct combine_method *m,
    const struct statement_source *b, struct fault *f)
{
	if (b->weight > COMBINE_WEIGHT_MAX)
		return fault_raise(f, FAULT_FORMAT, "statement.weight",
		    "is more than %d", COMBINE_WEIGHT_MAX);
	if (m == NULL)
		return true;
	if (!m->has_weights && b->weight != 0)
		return fault_raise(f, FAULT_FORMAT, "statement.weight",
		    "%s has no weights", m->id);
	if (m->has_weights && (b->weight == 0) != b->failed)
		return fault_raise(f, FAULT_FORMAT, "statement.weight",
		    "is there for each source that gave a value");
	return true;
}

static FALLIBLE check_trim(const struct combine_method *m,
    const struct statement *s, size_t n_used, struct fault *f)
{
	if (s->trim > COMBINE_TRIM_MAX)
		return fault_raise(f, FAULT_FORMAT, "statement.trim",
		    "is more than %d", COMBINE_TRIM_MAX);
	if (m == NULL)
		return true;
	if (m->has_trim != (s->trim != 0))
		return fault_raise(f, FAULT_FORMAT, "statement.trim",
		    m->has_trim ? "is missing: %s needs it"
				: "has no place with %s",
		    m->id);
	if (m->has_trim && 2 * s->trim >= n_used)
		return fault_raise(f, FAULT_FORMAT, "statement.trim",
		    "leaves nothing of %zu values", n_used);
	return true;
}

/*
 * Failover: one is used, whoever stands before it was refused for what it
 * said, and whoever stands behind it was not needed.
 */
static FALLIBLE check_first(const struct statement *s, struct fault *f)
{
	bool found = false;

	for (size_t i = 0; i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];
		bool reserve = span_equal_text(b->reason, COMBINE_RESERVE);

		if (b->used && found)
			return fault_raise(f, FAULT_FORMAT, "statement.used",
			    "more than one source is used, not the first "
			    "alone");
		if (!b->used && !b->failed && reserve && !found)
			return fault_raise(f, FAULT_FORMAT, "statement.used",
			    "an earlier source gave a usable value");
		if (!b->used && b->failed && reserve)
			return fault_raise(f, FAULT_FORMAT, "statement.reason",
			    "a source that gave no value is no reserve");
		found = found || b->used;
	}
	return true;
}

static FALLIBLE check_method(
    const struct statement *s, size_t n_used, struct fault *f)
{
	/* One that is not known here is left to who must know it. */
	const struct combine_method *m = combine_find(s->method);

	for (size_t i = 0; i < s->n_sources; i++)
		if (!check_weight(m, &s->source[i], f))
			return fault_within(f, "sources[%zu]", i);
	TRY(check_trim(m, s, n_used, f));
	return m == NULL || !m->uses_first || check_first(s, f);
}

static FALLIBLE check_many(const struct statement *s, struct fault *f)
{
	struct dec spread;
	size_t n_used = 0;

	TRY(check_word(s->method, "statement.method", f));
	if (s->max_age_ms == 0)
		return fault_raise(f, FAULT_FORMAT, "statement.maxAgeMs",
		    "is required with more than one source");
	if (s->kind->is_number) {
		TRY(check_decimal(
		    s->spread, s->decimals, &spread, "statement.spread", f));
		if (dec_is_negative(&spread))
			return fault_raise(f, FAULT_FORMAT, "statement.spread",
			    "must not be negative");
	} else if (s->spread.n > 0) {
		return fault_raise(f, FAULT_FORMAT, "statement.spread",
		    "only numbers have a spread");
	}
	for (size_t i = 0; i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];
		bool ok = true;

		if (b->failed && b->used)
			return fault_raise(f, FAULT_FORMAT, "statement.used",
			    "a source that gave no value is used");
		if (!b->failed)
			ok = check_block(s, b, f);
		if (ok && !b->used)
			ok = check_rejection(b, f);
		if (!ok)
			return fault_within(f, "sources[%zu]", i);
		n_used += b->used ? 1 : 0;
	}
	if (n_used == 0)
		return fault_raise(
		    f, FAULT_FORMAT, "statement.used", "no source is used");
	return check_method(s, n_used, f);
}

static FALLIBLE check_sourced(const struct statement *s, struct fault *f)
{
	TRY(check_visible(s->feed, LIMIT_FEED_ID, "statement.feed", f));
	if (s->kind->is_number && s->decimals > DEC_MAX_DECIMALS)
		return fault_raise(f, FAULT_FORMAT, "statement.decimals",
		    "is %u, at most %d are allowed", s->decimals,
		    DEC_MAX_DECIMALS);
	TRY(check_value(s, s->value, f));
	if (s->kind->has_unit &&
	    (s->unit.n == 0 || s->unit.n > 32 || !ascii_is_printable(s->unit)))
		return fault_raise(f, FAULT_FORMAT, "statement.unit",
		    "1 to 32 printable characters are wanted");
	TRY(check_u64(s->round, "statement.round", f));
	TRY(check_u64(s->max_age_ms, "statement.maxAgeMs", f));
	if (s->n_sources == 0 || s->n_sources > LIMIT_SOURCES)
		return fault_raise(f, FAULT_FORMAT, "statement.sources",
		    "has %zu sources, 1 to %d are allowed", s->n_sources,
		    LIMIT_SOURCES);
	return s->n_sources == 1 ? check_one(s, f) : check_many(s, f);
}

FALLIBLE statement_rules_check(const struct statement *s, struct fault *f)
{
	if (s->kind == NULL)
		return fault_raise(
		    f, FAULT_FORMAT, "statement.kind", "there is no kind");
	if (s->nonce.n > LIMIT_NONCE_BYTES)
		return fault_raise(f, FAULT_LIMIT, "statement.nonce",
		    "has %zu bytes, at most %d are allowed", s->nonce.n,
		    LIMIT_NONCE_BYTES);
	if (eth_addr_is_zero(&s->signer))
		return fault_raise(
		    f, FAULT_FORMAT, "statement.signer", "is the zero address");
	TRY(check_ms(s->timestamp, "statement.timestamp", f));
	if (s->kind->has_sources)
		return check_sourced(s, f);
	return check_u64(s->chain_id, "statement.chainId", f);
}
