/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "tests/unit/statements.h"
#include "verify/base/canon.h"
#include "verify/base/text.h"

#include <stdlib.h>

typedef void make_fn(struct statement *);
static make_fn *const makers[] = {
	statements_one,
	statements_many,
	statements_weighted,
	statements_trimmed,
	statements_first,
	statements_failover,
	statements_plain,
	statements_text,
	statements_key,
};

/* Those that have every member once, for what takes long. */
static make_fn *const swept[] = {
	statements_one,
	statements_weighted,
	statements_plain,
	statements_text,
	statements_key,
};

/* A test's own copy of the canonical text, to be bent. */
struct text {
	char *p;
	size_t n;
};

static struct text text_of(make_fn *make)
{
	static struct statement s;
	struct blob bytes;

	make(&s);
	bytes = statements_bytes(&s);
	return (struct text){ (char *)bytes.p, bytes.n };
}

/* `what`, once and only once in the text, becomes `with`. */
static struct text replaced(
    const struct text *t, const char *what, const char *with)
{
	char *found = strstr(t->p, what);
	size_t front;
	struct text out;

	if (found == NULL)
		fail_msg("%s is not in %s", what, t->p);
	front = (size_t)(found - t->p);
	out.n = t->n - strlen(what) + strlen(with);
	out.p = malloc(out.n + 1);
	assert_non_null(out.p);
	memcpy(out.p, t->p, front);
	memcpy(out.p + front, with, strlen(with));
	memcpy(out.p + front + strlen(with), found + strlen(what),
	    t->n - front - strlen(what) + 1);
	return out;
}

static bool decodes(struct span in, struct fault *f)
{
	AUTO(statement_doc_drop) struct statement_doc doc = { 0 };
	static struct statement s;

	return statement_decode(in, &s, &doc, f);
}

static void refuses(const struct text *t, enum fault_kind kind, const char *at)
{
	struct fault f = FAULT_INIT;
	bool ok = decodes(span_of(t->p, t->n), &f);

	if (ok || f.kind != kind || strcmp(f.at, at) != 0) {
		print_error("want %s, got %s %s: %s\nin %s\n", at,
		    fault_kind_name(f.kind), f.at, f.text, t->p);
		fail();
	}
}

/* One edit of the canonical text and the only place that may refuse it. */
struct edit {
	make_fn *of;
	const char *what, *with;
	enum fault_kind kind;
	const char *at;
};

static void refuse_edits(const struct edit *edits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct text good = text_of(edits[i].of);
		struct text bad = replaced(&good, edits[i].what, edits[i].with);

		refuses(&bad, edits[i].kind, edits[i].at);
		free(good.p);
		free(bad.p);
	}
}

/* ---- both ways ---------------------------------------------------------- */

static void statement__is_written_and_read_back_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(makers); i++) {
		AUTO(statement_doc_drop) struct statement_doc doc = { 0 };
		static struct statement made, read;
		struct fault f = FAULT_INIT;
		struct blob first, second;

		makers[i](&made);
		first = statements_bytes(&made);
		assert_ok(canon_check(blob_span(&first), &json_limits_default,
			      "test.canon", &f),
		    f);
		assert_ok(
		    statement_decode(blob_span(&first), &read, &doc, &f), f);
		second = statements_bytes(&read);
		assert_true(span_equal(blob_span(&first), blob_span(&second)));
		assert_ptr_equal(read.kind, made.kind);
		assert_true(span_equal(read.value, made.value));
		assert_true(span_equal(read.nonce, made.nonce));
		assert_int_equal(read.n_sources, made.n_sources);
		blob_drop(&first);
		blob_drop(&second);
	}
}

static void statement_decode__keeps_every_source(void **state)
{
	AUTO(statement_doc_drop) struct statement_doc doc = { 0 };
	static struct statement s;
	struct text t = text_of(statements_many);
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(statement_decode(span_of(t.p, t.n), &s, &doc, &f), f);
	free(t.p); /* the document keeps what the views borrow */
	assert_int_equal(s.n_sources, 5);
	assert_span_text(s.source[0].host, "a.example");
	assert_span_text(s.source[1].url, "https://C.example:8443/last");
	assert_int_equal(s.source[1].n_hops, 1);
	assert_int_equal(s.source[1].hops[0].status, 301);
	assert_true(s.source[1].used);
	assert_false(s.source[2].used);
	assert_span_text(s.source[2].reason, "deviation");
	assert_span_text(s.source[2].value, "150");
	assert_int_equal(s.source[3].tls.subject.n, 0);
	/* What failed stands behind what has a block. */
	assert_true(s.source[4].failed);
	assert_span_text(s.source[4].detail, "the server answered 429");
	assert_int_equal(s.max_age_ms, 30000);
}

static void statement_encode__needs_no_memory_of_its_own(void **state)
{
	static struct statement s;
	static uint8_t room[LIMIT_STATEMENT_BYTES];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(room, sizeof(room), "test.room", &f);
	struct blob grown;

	(void)state;
	statements_many(&s);
	grown = statements_bytes(&s);
	assert_ok(statement_encode(&s, &w, &f), f);
	assert_true(span_equal(wr_view(&w), blob_span(&grown)));
	/* One byte less than it needs. */
	w = wr_into(room, grown.n - 1, "test.room", &f);
	assert_refused(
	    statement_encode(&s, &w, &f), f, FAULT_LIMIT, "test.room");
	blob_drop(&grown);
}

static void statement_encode__has_the_members_of_the_format(void **state)
{
	static const char *const names[] = { "bodySha256", "config", "decimals",
		"feed", "httpVersion", "kind", "maxAgeMs", "observedAt",
		"price", "round", "signer", "source", "status", "timestamp",
		"tlsChain", "tlsCipher", "tlsFingerprint", "tlsGroup",
		"tlsIssuer", "tlsOcsp", "tlsOcspSha256", "tlsRoot", "tlsScts",
		"tlsSctsSha256", "tlsSpki", "tlsSubject", "tlsValidFrom",
		"tlsValidTo", "tlsVersion", "type", "url" };
	struct text t = text_of(statements_one);
	struct fault f = FAULT_INIT;
	struct json *doc = NULL;
	size_t i = 0;

	(void)state;
	assert_ok(json_parse(span_of(t.p, t.n), &json_limits_default, "test",
		      &doc, &f),
	    f);
	for (const struct json_node *v = json_first(json_root(doc)); v != NULL;
	     v = json_next(v))
		assert_string_equal(json_name(v), names[i++]);
	assert_int_equal(i, COUNT(names));
	json_free(doc);
	free(t.p);
}

/* A contract rebuilds these bytes with string concatenation. */
static void statement_encode__writes_the_key_statement_as_fixed(void **state)
{
	struct text t = text_of(statements_key);
	struct text with;
	static struct statement s;
	struct blob b;

	(void)state;
	assert_string_equal(t.p,
	    "{\"chainId\":8453,\"config\":"
	    "\"b79606fb3afea5bd1609ed40b622142f1c98125abcfe89a76a661b0e8e343910"
	    "\",\"kind\":\"key\",\"registry\":"
	    "\"0x1111111111111111111111111111111111111111\",\"signer\":"
	    "\"0x5a01020300000000000000000000000000000000\",\"timestamp\":"
	    "1767225600000,\"type\":\"affiant.statement.v1\"}");
	statements_key(&s);
	s.nonce = span_text("\x01\x02");
	b = statements_bytes(&s);
	with = replaced(&t, "\"key\",", "\"key\",\"nonce\":\"0102\",");
	assert_string_equal((const char *)b.p, with.p);
	blob_drop(&b);
	free(t.p);
	free(with.p);
}

/* ---- one way to write each statement ------------------------------------ */

static void statement_decode__refuses_another_way_to_write_it(void **state)
{
	static const struct edit edits[] = {
		{ statements_one, "{\"bodySha256\"", "{ \"bodySha256\"",
		    FAULT_FORMAT, "statement.canonical" },
		{ statements_one,
		    "\"round\":42,\"signer\":"
		    "\"0x5a01020300000000000000000000000000000000"
		    "\"",
		    "\"signer\":\"0x5a01020300000000000000000000000000000000"
		    "\",\"round\":42",
		    FAULT_FORMAT, "statement.canonical" },
		{ statements_one, "\"round\":42", "\"round\":42,\"round\":42",
		    FAULT_FORMAT, "statement.json" },
		{ statements_one, "\"round\":42", "\"round\":4.2e1",
		    FAULT_FORMAT, "statement.canonical" },
		{ statements_one, "\"round\":42", "\"round\":42.0",
		    FAULT_FORMAT, "statement.canonical" },
		{ statements_one, "\"round\":42", "\"round\":9007199254740992",
		    FAULT_FORMAT, "statement.canonical" },
		{ statements_one, "BTC/USD", "BTC\\/USD", FAULT_FORMAT,
		    "statement.canonical" },
		{ statements_one, "BTC/USD", "\\u0042TC/USD", FAULT_FORMAT,
		    "statement.canonical" },
		{ statements_text, "\xc3\xa9", "\\u00e9", FAULT_FORMAT,
		    "statement.canonical" },
		{ statements_key, "v1\"}", "v1\"}}", FAULT_FORMAT,
		    "statement.json" },
		{ statements_many, "\"used\":[0,1,3]", "\"used\":[1,0,3]",
		    FAULT_FORMAT, "statement.exact" },
		{ statements_many, "\"price\":\"101\"", "\"price\":\"101.0\"",
		    FAULT_FORMAT, "statement.value" },
		{ statements_one, "\"97234.12\"", "\"97234.120\"", FAULT_FORMAT,
		    "statement.value" },
		{ statements_one, "\"97234.12\"", "\"9723412e-2\"",
		    FAULT_FORMAT, "statement.value" },
		{ statements_one, "\"97234.12\"", "\"097234.12\"", FAULT_FORMAT,
		    "statement.value" },
		{ statements_one, "\"97234.12\"", "97234", FAULT_FORMAT,
		    "statement.value" },
		{ statements_many, "c0ffee", "C0FFEE", FAULT_FORMAT,
		    "statement.nonce" },
		{ statements_key, "0x5a", "0x5A", FAULT_FORMAT,
		    "statement.signer" },
		{ statements_key, "0x5a", "0X5a", FAULT_FORMAT,
		    "statement.signer" },
		{ statements_key, "b79606", "B79606", FAULT_FORMAT,
		    "statement.config" },
	};

	(void)state;
	refuse_edits(edits, COUNT(edits));
}

static void statement_decode__refuses_what_does_not_belong(void **state)
{
	static const struct edit edits[] = {
		{ statements_one, "\"round\":42", "\"roune\":1,\"round\":42",
		    FAULT_FORMAT, "statement.canonical" },
		{ statements_one, "\"round\":42", "\"round\":42,\"rounds\":1",
		    FAULT_FORMAT, "statement.members" },
		{ statements_key, "\"config\"", "\"commit\":\"\",\"config\"",
		    FAULT_FORMAT, "statement.members" },
		{ statements_key, "\"timestamp\"",
		    "\"round\":1,\"signer\":\"\",\"timestamp\"", FAULT_FORMAT,
		    "statement.json" },
		/* Members of the other form. */
		{ statements_many, "\"status\":200", "\"statu\":200",
		    FAULT_FORMAT, "statement.members" },
		{ statements_one, "\"round\"", "\"rejected\":[],\"round\"",
		    FAULT_FORMAT, "statement.members" },
		/* TLS members beside plainHttp, and neither of both. */
		{ statements_one, "\"price\":", "\"plainHttp\":true,\"price\":",
		    FAULT_FORMAT, "statement.members" },
		{ statements_plain, "\"plainHttp\":true,", "", FAULT_FORMAT,
		    "statement.members" },
		{ statements_plain, "\"plainHttp\":true", "\"plainHttp\":false",
		    FAULT_FORMAT, "statement.plainHttp" },
		/* Another kind's value member. */
		{ statements_one, "\"price\":\"97234.12\",", "", FAULT_FORMAT,
		    "statement.members" },
		{ statements_plain, ",\"value\":\"-3.25\"", "", FAULT_FORMAT,
		    "statement.members" },
		{ statements_one, "affiant.statement.v1",
		    "affiant.statement.v2", FAULT_UNSUPPORTED,
		    "statement.type" },
		{ statements_key, "\"kind\":\"key\"", "\"kind\":\"kez\"",
		    FAULT_UNSUPPORTED, "statement.kind" },
	};

	(void)state;
	refuse_edits(edits, COUNT(edits));
}

static void statement_decode__refuses_values_of_another_form(void **state)
{
	static const struct edit edits[] = {
		{ statements_one, "\"decimals\":8", "\"decimals\":78",
		    FAULT_FORMAT, "statement.decimals" },
		{ statements_one, "\"decimals\":8", "\"decimals\":1",
		    FAULT_FORMAT, "statement.value" },
		{ statements_one, "\"decimals\":8", "\"decimals\":\"8\"",
		    FAULT_FORMAT, "statement.decimals" },
		{ statements_one, "BTC/USD", "BTC USD", FAULT_FORMAT,
		    "statement.feed" },
		{ statements_one, "BTC/USD",
		    "BTC/USD-BTC/USD-BTC/USD-BTC/USD-B", FAULT_LIMIT,
		    "statement.feed" },
		{ statements_one, "\"status\":200", "\"status\":304",
		    FAULT_FORMAT, "statement.status" },
		{ statements_many, "\"status\":301", "\"status\":200",
		    FAULT_FORMAT, "statement.status" },
		{ statements_one, "\"https://exchange", "\"http://exchange",
		    FAULT_FORMAT, "statement.url" },
		{ statements_one, "\"https://exchange",
		    "\"https://user:pw@exchange", FAULT_FORMAT,
		    "statement.url" },
		{ statements_one, "\"https://exchange", "\"https://xchange",
		    FAULT_FORMAT, "statement.source" },
		{ statements_one, "\"source\":\"exchange.example\"",
		    "\"source\":\"Exchange.example\"", FAULT_FORMAT,
		    "statement.source" },
		{ statements_one, "\"good\"", "\"fine\"", FAULT_FORMAT,
		    "statement.tlsOcsp" },
		{ statements_one, "\"tlsScts\":2", "\"tlsScts\":-2",
		    FAULT_FORMAT, "statement.tlsScts" },
		{ statements_one, "\"good\"", "\"none\"", FAULT_FORMAT,
		    "statement.tlsOcspSha256" },
		{ statements_one, "\"tlsOcsp\":\"good\",", "", FAULT_FORMAT,
		    "statement.tlsOcspSha256" },
		{ statements_one, "\"tlsSctsSha256\":\"",
		    "\"tlsSctsSha256\":\"0", FAULT_FORMAT,
		    "statement.tlsSctsSha256" },
		{ statements_one, "X25519", "X\\u0007", FAULT_FORMAT,
		    "statement.tlsGroup" },
		{ statements_one, "\"1.1\"", "\"0.9\"", FAULT_FORMAT,
		    "statement.httpVersion" },
		{ statements_many, "\"receivedAt\":1767225600400",
		    "\"receivedAt\":1767225600099", FAULT_FORMAT,
		    "statement.receivedAt" },
		{ statements_many, "\"receivedAt\":1767225600400",
		    "\"receivedAt\":253402300800000", FAULT_FORMAT,
		    "statement.receivedAt" },
		{ statements_one, "\"tlsValidTo\":\"2026-03-02T00:00:00Z\"",
		    "\"tlsValidTo\":\"2025-11-02T00:00:00Z\"", FAULT_FORMAT,
		    "statement.tlsValidTo" },
		{ statements_one, "\"2026-03-02T00:00:00Z\"",
		    "\"2026-03-02T00:00:00.0Z\"", FAULT_FORMAT,
		    "statement.tlsValidTo" },
		{ statements_one, "\"timestamp\":1767225600000",
		    "\"timestamp\":253402300800000", FAULT_FORMAT,
		    "statement.timestamp" },
		{ statements_one, "CN=Test", "CN=\\u0007Test", FAULT_FORMAT,
		    "statement.tlsIssuer" },
		{ statements_plain, "degrees C", "", FAULT_FORMAT,
		    "statement.unit" },
		{ statements_many, "\"nonce\":\"c0ffee\"", "\"nonce\":\"\"",
		    FAULT_FORMAT, "statement.nonce" },
		{ statements_many, "\"nonce\":\"c0ffee\"",
		    "\"nonce\":\"c0ffe\"", FAULT_FORMAT, "statement.nonce" },
		{ statements_key, "0x5a01020300000000000000000000000000000000",
		    "0x0000000000000000000000000000000000000000", FAULT_FORMAT,
		    "statement.signer" },
	};

	(void)state;
	refuse_edits(edits, COUNT(edits));
}

static void statement_decode__refuses_sources_that_do_not_add_up(void **state)
{
	static const struct edit edits[] = {
		{ statements_many, "\"used\":[0,1,3]", "\"used\":[0,1,3,4]",
		    FAULT_FORMAT, "statement.used" },
		{ statements_many, "\"used\":[0,1,3]", "\"used\":[0,1,3,3]",
		    FAULT_FORMAT, "statement.used" },
		{ statements_many, "\"used\":[0,1,3]", "\"used\":[0,1,\"3\"]",
		    FAULT_FORMAT, "statement.used" },
		/* Used and rejected at once; neither of both. */
		{ statements_many, "\"used\":[0,1,3]", "\"used\":[0,1,2,3]",
		    FAULT_FORMAT, "statement.rejected" },
		{ statements_many, "\"used\":[0,1,3]", "\"used\":[0,1]",
		    FAULT_FORMAT, "statement.reason" },
		{ statements_many, "\"index\":2", "\"index\":4", FAULT_FORMAT,
		    "statement.rejected" },
		{ statements_many, "\"reason\":\"deviation\",\"source\":\"d.",
		    "\"reason\":\"deviation\",\"source\":\"e.", FAULT_FORMAT,
		    "statement.rejected" },
		{ statements_many, "\"reason\":\"http\"", "\"reason\":\"HTTP\"",
		    FAULT_FORMAT, "statement.reason" },
		{ statements_many, "the server answered 429", "", FAULT_FORMAT,
		    "statement.detail" },
		{ statements_many, "\"maxAgeMs\":30000,", "", FAULT_FORMAT,
		    "statement.maxAgeMs" },
		{ statements_many, "\"spread\":\"2.5\"", "\"spread\":\"-2.5\"",
		    FAULT_FORMAT, "statement.spread" },
		{ statements_many, "\"method\":\"median\"", "\"method\":\"\"",
		    FAULT_FORMAT, "statement.method" },
	};

	(void)state;
	refuse_edits(edits, COUNT(edits));
}

static void statement_decode__refuses_what_the_method_does_not_have(
    void **state)
{
	static const struct edit edits[] = {
		{ statements_trimmed, "\"trim\":1,", "", FAULT_FORMAT,
		    "statement.trim" },
		/* Two of three on each side, and beyond what any has. */
		{ statements_trimmed, "\"trim\":1,", "\"trim\":2,",
		    FAULT_FORMAT, "statement.trim" },
		{ statements_trimmed, "\"trim\":1,", "\"trim\":16,",
		    FAULT_FORMAT, "statement.trim" },
		{ statements_trimmed, "\"trim\":1,",
		    "\"trim\":9007199254740991,", FAULT_FORMAT,
		    "statement.trim" },
		{ statements_trimmed, "\"trim\":1,", "\"trim\":0,",
		    FAULT_FORMAT, "statement.trim" },
		{ statements_trimmed, "\"trim\":1,", "\"trim\":\"1\",",
		    FAULT_FORMAT, "statement.trim" },
		{ statements_many, "\"type\":", "\"trim\":1,\"type\":",
		    FAULT_FORMAT, "statement.trim" },
		{ statements_many, "\"type\":", "\"trim\":0,\"type\":",
		    FAULT_FORMAT, "statement.exact" },
		{ statements_one, "\"type\":", "\"trim\":1,\"type\":",
		    FAULT_FORMAT, "statement.members" },
		{ statements_weighted, ",\"weight\":5", "", FAULT_FORMAT,
		    "statement.weight" },
		{ statements_weighted, ",\"weight\":5", ",\"weight\":0",
		    FAULT_FORMAT, "statement.weight" },
		{ statements_weighted, ",\"weight\":5", ",\"weight\":1000001",
		    FAULT_FORMAT, "statement.weight" },
		{ statements_weighted, ",\"weight\":5", ",\"weight\":5.0",
		    FAULT_FORMAT, "statement.canonical" },
		/* A rejected source has one too: it could have been used. */
		{ statements_weighted, ",\"weight\":2", "", FAULT_FORMAT,
		    "statement.weight" },
		{ statements_weighted, "\"weighted-median\"", "\"median\"",
		    FAULT_FORMAT, "statement.weight" },
	};

	(void)state;
	refuse_edits(edits, COUNT(edits));
}

static void statement_decode__first_of_is_the_first_one(void **state)
{
	static const struct edit edits[] = {
		{ statements_many, "\"median\"", "\"first-of\"", FAULT_FORMAT,
		    "statement.used" },
		/* In front of the one used stands one that was usable. */
		{ statements_first, "\"reason\":\"stale\"",
		    "\"reason\":\"reserve\"", FAULT_FORMAT, "statement.used" },
		/* What failed could not have been used. */
		{ statements_first, "\"reason\":\"http\"",
		    "\"reason\":\"reserve\"", FAULT_FORMAT,
		    "statement.reason" },
	};

	(void)state;
	refuse_edits(edits, COUNT(edits));
}

static void statement_decode__keeps_weights_and_trim(void **state)
{
	AUTO(statement_doc_drop) struct statement_doc doc = { 0 };
	AUTO(statement_doc_drop) struct statement_doc other = { 0 };
	static struct statement s;
	struct text weighted = text_of(statements_weighted);
	struct text trimmed = text_of(statements_trimmed);
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(
	    statement_decode(span_of(weighted.p, weighted.n), &s, &doc, &f), f);
	assert_int_equal(s.source[0].weight, 1);
	assert_int_equal(s.source[1].weight, 5);
	assert_int_equal(s.source[2].weight, 2);
	assert_int_equal(s.source[3].weight, 1);
	assert_int_equal(s.source[4].weight, 0);
	assert_int_equal(s.trim, 0);
	assert_ok(
	    statement_decode(span_of(trimmed.p, trimmed.n), &s, &other, &f), f);
	assert_int_equal(s.trim, 1);
	assert_int_equal(s.source[0].weight, 0);
	free(weighted.p);
	free(trimmed.p);
}

static void statement_decode__refuses_values_of_another_kind(void **state)
{
	static const struct edit edits[] = {
		{ statements_one, "\"feed\":\"BTC/USD\"", "\"feed\":7",
		    FAULT_FORMAT, "statement.feed" },
		{ statements_one, "\"kind\":\"price\"", "\"kind\":[\"price\"]",
		    FAULT_FORMAT, "statement.kind" },
		{ statements_one, "\"type\":\"affiant.statement.v1\"",
		    "\"type\":true", FAULT_FORMAT, "statement.type" },
		{ statements_one, "\"round\":42", "\"round\":\"42\"",
		    FAULT_FORMAT, "statement.round" },
		{ statements_one, "\"price\":\"97234.12\"", "\"price\":true",
		    FAULT_FORMAT, "statement.value" },
		{ statements_plain, "\"plainHttp\":true",
		    "\"plainHttp\":\"true\"", FAULT_FORMAT,
		    "statement.plainHttp" },
		{ statements_many, "\"used\":[0,1,3]", "\"used\":{}",
		    FAULT_FORMAT, "statement.used" },
		{ statements_many, "\"used\":[0,1,3]", "\"used\":3",
		    FAULT_FORMAT, "statement.used" },
		{ statements_key, "\"signer\":\"0x5a", "\"signer\":\"1x5a",
		    FAULT_FORMAT, "statement.signer" },
		{ statements_key, "\"signer\":\"0x5a", "\"signer\":\"5a",
		    FAULT_FORMAT, "statement.signer" },
	};
	struct text list = { (char *)(uintptr_t) "[]", 2 };

	(void)state;
	refuse_edits(edits, COUNT(edits));
	refuses(&list, FAULT_FORMAT, "statement.json");
}

/* ---- limits ------------------------------------------------------------- */

/* A statement whose text is over a limit that its maker would keep. */
static void refuses_more(make_fn *of, const char *behind, const char *more,
    size_t times, const char *at)
{
	struct text good = text_of(of), bad;
	char *with = malloc(strlen(behind) + times * strlen(more) + 1);
	size_t n = strlen(behind);

	assert_non_null(with);
	memcpy(with, behind, n + 1);
	for (size_t i = 0; i < times; i++) {
		memcpy(with + n, more, strlen(more) + 1);
		n += strlen(more);
	}
	bad = replaced(&good, behind, with);
	refuses(&bad, FAULT_LIMIT, at);
	free(with);
	free(good.p);
	free(bad.p);
}

static void statement_decode__keeps_to_its_limits(void **state)
{
	char hash[70];

	(void)state;
	snprintf(hash, sizeof(hash), "\"%064d\",", 0);
	refuses_more(
	    statements_one, "\"tlsChain\":[", hash, 9, "statement.tlsChain");
	refuses_more(statements_many, "\"hops\":[", "{},", 5, "statement.hops");
	refuses_more(
	    statements_many, "\"sources\":[", "{},", 29, "statement.sources");
	refuses_more(statements_many, "\"rejected\":[",
	    "{\"detail\":\"d\",\"reason\":\"r\",\"source\":\"a\","
	    "\"url\":\"http://a/\"},",
	    29, "statement.rejected");
	refuses_more(statements_one, "\"tlsIssuer\":\"CN=Test", "x", LIMIT_TEXT,
	    "statement.tlsIssuer");
	refuses_more(statements_one, "/v1/ticker?key=", "x", LIMIT_URL_BYTES,
	    "statement.url");
	refuses_more(statements_text, "\"text\":\"", "x", LIMIT_STATEMENT_BYTES,
	    "statement.json");
}

static void statement_decode__wants_one_source_inline(void **state)
{
	struct text t = text_of(statements_many);
	char *first = strstr(t.p, "\"sources\":[{");
	char *second = strstr(first, "\"url\":\"https://a.example/ticker\"}");
	char *end = strstr(t.p, "],\"spread\"");
	struct text cut, alone, bad;

	(void)state;
	assert_true(first != NULL && second != NULL && end != NULL);
	/* One element of sources, used; nothing rejected. */
	second += strlen("\"url\":\"https://a.example/ticker\"}");
	memmove(second, end, strlen(end) + 1);
	t.n = strlen(t.p);
	cut = replaced(&t, "\"used\":[0,1,3]", "\"used\":[0]");
	first = strstr(cut.p, "\"rejected\":[");
	end = strstr(first, "],\"round\"");
	assert_true(first != NULL && end != NULL);
	memmove(first + strlen("\"rejected\":["), end, strlen(end) + 1);
	cut.n = strlen(cut.p);
	alone = replaced(&cut, "\"spread\":\"2.5\"", "\"spread\":\"0\"");
	bad = replaced(&alone, "\"price\":\"102\"", "\"price\":\"101\"");
	refuses(&bad, FAULT_FORMAT, "statement.sources");
	free(t.p);
	free(cut.p);
	free(alone.p);
	free(bad.p);
}

/* Every member but the optional ones, taken away one at a time. */
static void statement_decode__misses_every_required_member(void **state)
{
	static const char *const optional[] = { "maxAgeMs", "tlsOcsp",
		"tlsOcspSha256", "tlsScts", "tlsSctsSha256", "tlsSubject",
		"tlsGroup", "httpVersion", "receivedAt", "previous", "nonce",
		"hops", "trim" };

	(void)state;
	for (size_t i = 0; i < COUNT(makers); i++) {
		struct text t = text_of(makers[i]);
		struct fault f = FAULT_INIT;
		struct json *doc = NULL;

		assert_ok(json_parse(span_of(t.p, t.n), &json_limits_default,
			      "test", &doc, &f),
		    f);
		for (const struct json_node *drop = json_first(json_root(doc));
		     drop != NULL; drop = json_next(drop)) {
			char without[16384] = "{";
			bool is_optional = false;
			struct text bad;

			for (const struct json_node *v =
				 json_first(json_root(doc));
			     v != NULL; v = json_next(v)) {
				struct span s = json_source(doc, v);
				size_t n = strlen(without);

				if (v == drop)
					continue;
				snprintf(without + n, sizeof(without) - n,
				    "%s\"%s\":%.*s", n > 1 ? "," : "",
				    json_name(v), (int)s.n, (const char *)s.p);
			}
			snprintf(without + strlen(without),
			    sizeof(without) - strlen(without), "}");
			bad = (struct text){ without, strlen(without) };
			for (size_t k = 0; k < COUNT(optional); k++)
				is_optional |=
				    strcmp(json_name(drop), optional[k]) == 0;
			if (!is_optional)
				refuses(
				    &bad, FAULT_FORMAT, "statement.members");
		}
		json_free(doc);
		free(t.p);
	}
}

static void statement_decode__refuses_every_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(swept); i++) {
		struct text t = text_of(swept[i]);

		for (size_t n = 0; n < t.n; n++) {
			struct fault f = FAULT_INIT;

			assert_false(decodes(span_of(t.p, n), &f));
			assert_true(fault_rejects(f.kind));
		}
		free(t.p);
	}
}

/*
 * A flipped bit is either refused or makes another statement, which is again
 * written in just this way; its hash is then another.
 */
static void statement_decode__survives_every_flipped_bit(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(swept); i++) {
		struct text t = text_of(swept[i]);

		/* Sources repeat their members: a seventh of them will do. */
		size_t step = makers[i] == statements_many ? 7 : 1;

		for (size_t bit = 0; bit < 8 * t.n; bit += step) {
			AUTO(statement_doc_drop) struct statement_doc d = { 0 };
			static struct statement s;
			struct fault f = FAULT_INIT;
			struct span in = span_of(t.p, t.n);

			t.p[bit / 8] = (char)(t.p[bit / 8] ^ (1 << bit % 8));
			if (statement_decode(in, &s, &d, &f)) {
				struct blob again = statements_bytes(&s);

				assert_true(span_equal(blob_span(&again), in));
				blob_drop(&again);
			}
			t.p[bit / 8] = (char)(t.p[bit / 8] ^ (1 << bit % 8));
		}
		free(t.p);
	}
}

/* ---- a maker's mistakes ------------------------------------------------- */

static void bend_kind(struct statement *s)
{
	s->kind = NULL;
}
static void bend_feed(struct statement *s)
{
	s->feed = span_of(NULL, 0);
}
static void bend_value(struct statement *s)
{
	s->value = span_text("97234.120");
}
static void bend_too_fine(struct statement *s)
{
	s->decimals = 1;
}
static void bend_other_value(struct statement *s)
{
	s->value = span_text("97234.13");
}
static void bend_unused(struct statement *s)
{
	s->source[0].used = false;
}
static void bend_none(struct statement *s)
{
	s->n_sources = 0;
}
static void bend_nonce(struct statement *s)
{
	static const uint8_t long_nonce[LIMIT_NONCE_BYTES + 1];

	s->nonce = span_of(long_nonce, sizeof(long_nonce));
}
static void bend_round(struct statement *s)
{
	s->round = UINT64_C(1) << 53;
}
static void bend_chain(struct statement *s)
{
	s->source[0].tls.chain[0].b[0] ^= 1;
}
static void bend_no_chain(struct statement *s)
{
	s->source[0].tls.n_chain = 0;
}
static void bend_url(struct statement *s)
{
	s->source[0].url = span_text("ftp://exchange.example/");
}
static void bend_utf8(struct statement *s)
{
	s->source[0].tls.issuer = span_text("CN=\xff");
}
static void bend_time(struct statement *s)
{
	s->timestamp.ms = -1;
}
static void bend_trim(struct statement *s)
{
	s->trim = 1;
}
static void bend_weight(struct statement *s)
{
	s->source[0].weight = 1;
}
static void bend_method(struct statement *s)
{
	s->method = span_text("median");
}

static void bend_decimals(struct statement *s)
{
	s->decimals = DEC_MAX_DECIMALS + 1;
}
static void bend_hops(struct statement *s)
{
	s->source[0].n_hops = LIMIT_REDIRECTS + 1;
}
static void bend_method_of_many(struct statement *s)
{
	statements_many(s);
	s->method = span_of(NULL, 0);
}
static void bend_used_failure(struct statement *s)
{
	statements_many(s);
	s->source[1].used = true;
}
static void bend_nothing_used(struct statement *s)
{
	statements_many(s);
	for (size_t i = 0; i < s->n_sources; i++) {
		s->source[i].used = false;
		s->source[i].reason = span_text("stale");
		s->source[i].detail = span_text("too old");
	}
}
static void bend_spread_of_text(struct statement *s)
{
	statements_many(s);
	s->kind = statement_kind_find(span_text("text"));
}

static void statement_encode__lets_nothing_malformed_out(void **state)
{
	static const struct {
		void (*bend)(struct statement *s);
		const char *at;
	} bends[] = {
		{ bend_kind, "statement.kind" },
		{ bend_feed, "statement.feed" },
		{ bend_value, "statement.value" },
		{ bend_too_fine, "statement.value" },
		{ bend_other_value, "statement.value" },
		{ bend_unused, "statement.sources" },
		{ bend_none, "statement.sources" },
		{ bend_nonce, "statement.nonce" },
		{ bend_round, "statement.round" },
		{ bend_chain, "statement.tlsChain" },
		{ bend_no_chain, "statement.tlsChain" },
		{ bend_url, "statement.url" },
		{ bend_utf8, "statement.tlsIssuer" },
		{ bend_time, "statement.timestamp" },
		{ bend_method, "statement.method" },
		{ bend_trim, "statement.method" },
		{ bend_weight, "statement.method" },
		{ bend_decimals, "statement.decimals" },
		{ bend_hops, "statement.hops" },
		{ bend_method_of_many, "statement.method" },
		{ bend_used_failure, "statement.used" },
		{ bend_nothing_used, "statement.used" },
		{ bend_spread_of_text, "statement.spread" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bends); i++) {
		static struct statement s;
		static uint8_t room[LIMIT_STATEMENT_BYTES];
		struct fault f = FAULT_INIT;
		struct wr w = wr_into(room, sizeof(room), "test", &f);

		statements_one(&s);
		bends[i].bend(&s);
		assert_refused(statement_encode(&s, &w, &f), f, FAULT_INTERNAL,
		    bends[i].at);
		assert_int_equal(wr_view(&w).n, 0);
	}
}

/* 32 sources with five hops each say more than a statement may. */
static void statement_encode__keeps_to_the_size_of_a_statement(void **state)
{
	static struct statement s;
	static uint8_t room[2 * LIMIT_STATEMENT_BYTES];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(room, sizeof(room), "test", &f);
	struct statement_source *b = &s.source[2];
	static struct statement_hop hops[LIMIT_REDIRECTS];

	(void)state;
	statements_many(&s);
	b->n_hops = LIMIT_REDIRECTS;
	for (size_t i = 0; i < LIMIT_REDIRECTS; i++)
		hops[i] = b->hops[0];
	b->hops = hops;
	s.n_sources = LIMIT_SOURCES;
	for (size_t i = 0; i < LIMIT_SOURCES; i++)
		s.source[i] = *b;
	assert_refused(
	    statement_encode(&s, &w, &f), f, FAULT_LIMIT, "statement.size");
}

/* A host that is itself a secret is not compared with the URL beside it. */
static void statement_encode__takes_a_host_from_a_variable(void **state)
{
	static struct statement s;
	struct blob b;

	(void)state;
	statements_one(&s);
	s.source[0].url = span_text("https://${HOST}/x");
	b = statements_bytes(&s);
	blob_drop(&b);
}

/* ---- what is signed ----------------------------------------------------- */

/* Numbers of onchain section 5.3. */
static void statement_signing_digest__is_that_of_the_worked_example(
    void **state)
{
	static struct statement s;
	struct sha256 sha = sha256_of(span_text("example statement"));
	struct keccak256 digest;
	const char *type = NULL;
	struct fault f = FAULT_INIT;
	char hex[HEX_SIZE(32)];

	(void)state;
	statements_one(&s);
	s.config = sha256_of(span_text("example config"));
	s.timestamp.ms = 1760000000000;
	assert_ok(statement_signing_digest(&s, &sha, &digest, &type, &f), f);
	assert_string_equal(type, "Statement");
	hex_encode(span_of(digest.b, 32), hex);
	assert_string_equal(hex,
	    "add2f17e92a206de9b042cf699367773ab133900a08f765d5ca72220c3b2940e");

	statements_key(&s);
	assert_ok(statement_signing_digest(&s, &sha, &digest, &type, &f), f);
	assert_string_equal(type, "Digest");
	hex_encode(span_of(digest.b, 32), hex);
	assert_string_equal(hex,
	    "677d4dfb7128a161f646ace2839236359e7a2ae100651cb4c42daeabac44f815");
}

static void statement_feed_bytes32__takes_32_visible_characters(void **state)
{
	uint8_t out[32];
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(statement_feed_bytes32(span_text("BTC/USD"), out, &f), f);
	assert_memory_equal(out, "BTC/USD\0\0\0", 10);
	assert_ok(statement_feed_bytes32(
		      span_text("01234567890123456789012345678901"), out, &f),
	    f);
	assert_refused(
	    statement_feed_bytes32(
		span_text("012345678901234567890123456789012"), out, &f),
	    f, FAULT_USAGE, "statement.feed");
	assert_refused(statement_feed_bytes32(span_of(NULL, 0), out, &f), f,
	    FAULT_USAGE, "statement.feed");
	assert_refused_at(statement_feed_bytes32(span_text("A B"), out, &f), f,
	    FAULT_USAGE, "statement.feed", 1);
	assert_refused_at(
	    statement_feed_bytes32(span_text("A\xc3\xa9"), out, &f), f,
	    FAULT_USAGE, "statement.feed", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statement__is_written_and_read_back_the_same),
		cmocka_unit_test(statement_decode__keeps_every_source),
		cmocka_unit_test(
		    statement_decode__refuses_what_the_method_does_not_have),
		cmocka_unit_test(statement_decode__first_of_is_the_first_one),
		cmocka_unit_test(statement_decode__keeps_weights_and_trim),
		cmocka_unit_test(statement_encode__needs_no_memory_of_its_own),
		cmocka_unit_test(
		    statement_encode__has_the_members_of_the_format),
		cmocka_unit_test(
		    statement_encode__writes_the_key_statement_as_fixed),
		cmocka_unit_test(
		    statement_decode__refuses_another_way_to_write_it),
		cmocka_unit_test(
		    statement_decode__refuses_what_does_not_belong),
		cmocka_unit_test(
		    statement_decode__refuses_values_of_another_form),
		cmocka_unit_test(
		    statement_decode__refuses_sources_that_do_not_add_up),
		cmocka_unit_test(
		    statement_decode__refuses_values_of_another_kind),
		cmocka_unit_test(statement_decode__keeps_to_its_limits),
		cmocka_unit_test(statement_decode__wants_one_source_inline),
		cmocka_unit_test(
		    statement_encode__keeps_to_the_size_of_a_statement),
		cmocka_unit_test(
		    statement_decode__misses_every_required_member),
		cmocka_unit_test(statement_decode__refuses_every_truncation),
		cmocka_unit_test(statement_decode__survives_every_flipped_bit),
		cmocka_unit_test(statement_encode__lets_nothing_malformed_out),
		cmocka_unit_test(
		    statement_encode__takes_a_host_from_a_variable),
		cmocka_unit_test(
		    statement_signing_digest__is_that_of_the_worked_example),
		cmocka_unit_test(
		    statement_feed_bytes32__takes_32_visible_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
