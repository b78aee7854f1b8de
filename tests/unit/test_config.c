/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/config.h"

#include "tests/unit/check.h"
#include "tests/unit/state_dir.h"
#include "verify/base/text.h"

#include <glob.h>

#define SOURCE_A "{\"url\":\"https://a.test/\",\"pick\":\"/p\"}"
#define SOURCE_B "{\"url\":\"https://b.test/\",\"pick\":\"/p\"}"
#define AGGREGATE "\"aggregate\":{\"method\":\"median\",\"min_sources\":2},"
/* A feed with one source and whatever members it is given. */
#define FEED_WITH(members) \
	"{\"id\":\"X\"," members "\"sources\":[" SOURCE_A "]}"
#define FEED FEED_WITH("")
/* A configuration with one such feed, one with such a source, ... */
#define WITH(members) "{" members "\"feeds\":[" FEED "]}"
#define COLLATERAL(members) "\"attest\":{\"collateral\":{" members "}},"
#define FEEDS(feeds) "{\"feeds\":[" feeds "]}"
#define SOURCES(sources) \
	"{\"feeds\":[{\"id\":\"X\",\"sources\":[" sources "]}]}"
#define SOURCE_WITH(members) \
	SOURCES("{\"url\":\"https://a.test/\",\"pick\":\"/p\"," members "}")
#define TEXT_SOURCE(members) \
	"{\"kind\":\"http-text\",\"url\":\"https://a.test/\"," members "}"

static struct config_problems problems;

static struct config *accepted(const char *text)
{
	struct config *c = NULL;

	if (!config_parse(span_text(text), &c, &problems)) {
		for (size_t i = 0; i < problems.n; i++)
			print_error("%s: %s\n", problems.list[i].pointer,
			    problems.list[i].text);
		fail_msg("refused: %s", text);
	}
	assert_int_equal(problems.n, 0);
	return c;
}

static void refused(const char *text)
{
	struct config *c = NULL;

	if (config_parse(span_text(text), &c, &problems))
		fail_msg("accepted: %s", text);
	assert_null(c);
	assert_true(problems.n > 0);
}

static const char *problem_at(const char *pointer)
{
	for (size_t i = 0; i < problems.n; i++) {
		if (strcmp(problems.list[i].pointer, pointer) == 0)
			return problems.list[i].text;
	}
	return NULL;
}

/* ---- what is taken ------------------------------------------------------ */

static void parse__fills_defaults(void **state)
{
	(void)state;
	AUTO(config_drop) struct config *c = accepted(FEEDS(FEED));
	const struct feed_config *feed = &c->feeds[0];
	const struct source_config *s = &feed->sources[0];

	assert_string_equal(c->listen, "127.0.0.1:8080");
	assert_string_equal(c->state_dir, "/var/lib/affiant");
	assert_string_equal(c->provider, "auto");
	assert_null(c->simulate);
	assert_null(c->ca_file);
	assert_true(c->threads > 0);
	assert_int_equal(c->log_level, LOG_INFO);
	assert_int_equal(c->n_feeds, 1);

	assert_string_equal(feed->id, "X");
	assert_null(feed->path);
	assert_string_equal(feed->kind->id, "price");
	assert_null(feed->unit);
	assert_int_equal(feed->decimals, 8);
	assert_int_equal(feed->rounding, DEC_HALF_EVEN);
	assert_int_equal(feed->interval_ms, 5000);
	assert_int_equal(feed->aggregate.min_sources, 1);
	assert_int_equal(feed->aggregate.max_deviation_bps, 0);
	assert_int_equal(feed->aggregate.max_age_ms, 30000);
	assert_int_equal(feed->n_sources, 1);

	assert_string_equal(s->kind, "http-json");
	assert_null(s->ca_file);
	assert_false(s->allow_http);
	assert_int_equal(s->max_redirects, 0);
	assert_int_equal(s->timeout_ms, 5000);
	assert_int_equal(s->max_bytes, LIMIT_BODY_BYTES_DEFAULT);
	assert_int_equal(s->n_headers, 0);
	assert_int_equal(s->rule.n_require, 0);
	assert_int_equal(s->rule.n_forbid, 0);
	assert_string_equal(s->rule.form, "decimal");
	assert_int_equal(s->rule.scale, 0);
	assert_null(s->rule.time_pick);
	assert_true(s->rule.is_number);
	assert_true(s->rule.must_be_positive);
	assert_int_equal(s->rule.decimals, 8);
	assert_int_equal(s->rule.rounding, DEC_HALF_EVEN);
}

static void parse__takes_what_is_asked_of_an_agent(void **state)
{
	(void)state;
	AUTO(config_drop)
	struct config *c =
	    accepted("{\"attest\":{\"provider\":\"dstack\","
		     "\"socket\":\"/run/a.sock\",\"key_path\":\"/oracle\","
		     "\"key_purpose\":\"ethereum\",\"timeout_ms\":500},"
		     "\"feeds\":[{\"id\":\"A\",\"sources\":[" SOURCE_A "]}]}");

	assert_string_equal(c->provider, "dstack");
	assert_string_equal(c->agent_socket, "/run/a.sock");
	assert_string_equal(c->key_path, "/oracle");
	assert_string_equal(c->key_purpose, "ethereum");
	assert_int_equal(c->agent_timeout_ms, 500);
}

static void parse__takes_every_member(void **state)
{
	(void)state;
	AUTO(config_drop)
	struct config *c = accepted(
	    "{\"listen\":\"0.0.0.0:0\",\"http\":{\"threads\":16},"
	    "\"attest\":{\"provider\":\"simulator\",\"simulate\":\"tdx\"},"
	    "\"state_dir\":\"st\",\"ca_file\":\"" SOURCES_SYSTEM_CA
	    "\",\"log_level\":\"error\",\"feeds\":["
	    "{\"id\":\"T/C\",\"path\":\"/t\",\"kind\":\"value\","
	    "\"unit\":\"celsius\",\"decimals\":2,\"rounding\":\"exact\","
	    "\"interval_ms\":100,\"aggregate\":{\"method\":\"median\","
	    "\"min_sources\":2,\"max_deviation_bps\":150,"
	    "\"max_age_ms\":60000},\"sources\":[" SOURCE_A
	    ",{\"kind\":\"http-json\",\"url\":\"http://b.test/x\","
	    "\"pick\":\"\",\"allow_http\":true,\"max_redirects\":2,"
	    "\"timeout_ms\":100,\"max_bytes\":1,"
	    "\"headers\":{\"X-A\":\"1\",\"X-B\":\"2\"},"
	    "\"time_pick\":\"$.t\",\"time_unit\":\"rfc3339\","
	    "\"require\":{\"/a\":\"ok\",\"/b\":-7,\"/c\":true},"
	    "\"forbid\":[\"/e/0\",\"\"],\"form\":\"hex\",\"scale\":-18}]},"
	    "{\"id\":\"W\",\"kind\":\"text\",\"sources\":[" SOURCE_B "]},"
	    "{\"id\":\"L\",\"kind\":\"text\",\"sources\":[{"
	    "\"kind\":\"http-text\",\"url\":\"https://t.test/\","
	    "\"body\":\"{}\",\"line\":2,\"match\":\"^a (.*)\"}]}]}");
	const struct feed_config *feed = config_feed(c, "T/C");

	assert_string_equal(c->listen, "0.0.0.0:0");
	assert_int_equal(c->threads, 16);
	assert_string_equal(c->provider, "simulator");
	assert_string_equal(c->simulate, "tdx");
	assert_string_equal(c->state_dir, "st");
	assert_int_equal(c->log_level, LOG_ERROR);
	assert_ptr_equal(feed, &c->feeds[0]);
	assert_string_equal(feed->path, "/t");
	assert_string_equal(feed->kind->id, "value");
	assert_string_equal(feed->unit, "celsius");
	assert_int_equal(feed->decimals, 2);
	assert_int_equal(feed->rounding, DEC_EXACT);
	assert_int_equal(feed->interval_ms, 100);
	assert_string_equal(feed->aggregate.method, "median");
	assert_int_equal(feed->aggregate.min_sources, 2);
	assert_int_equal(feed->aggregate.max_deviation_bps, 150);
	assert_int_equal(feed->aggregate.max_age_ms, 60000);

	const struct source_config *s = &feed->sources[1];
	assert_string_equal(s->url, "http://b.test/x");
	assert_string_equal(s->rule.pick, "");
	assert_true(s->allow_http);
	assert_int_equal(s->max_redirects, 2);
	assert_int_equal(s->timeout_ms, 100);
	assert_int_equal(s->max_bytes, 1);
	assert_int_equal(s->n_headers, 2);
	assert_string_equal(s->headers[1].name, "X-B");
	assert_string_equal(s->headers[1].value, "2");
	assert_string_equal(s->rule.time_pick, "$.t");
	assert_string_equal(s->rule.time_unit, "rfc3339");
	assert_int_equal(s->rule.n_require, 3);
	assert_string_equal(s->rule.require[0].pointer, "/a");
	assert_int_equal(s->rule.require[0].want, PICK_WANT_TEXT);
	assert_string_equal(s->rule.require[0].text, "ok");
	assert_int_equal(s->rule.require[1].want, PICK_WANT_NUMBER);
	assert_string_equal(s->rule.require[1].text, "-7");
	assert_int_equal(s->rule.require[2].want, PICK_WANT_BOOL);
	assert_true(s->rule.require[2].flag);
	assert_int_equal(s->rule.n_forbid, 2);
	assert_string_equal(s->rule.forbid[0], "/e/0");
	assert_string_equal(s->rule.forbid[1], "");
	assert_string_equal(s->rule.form, "hex");
	assert_int_equal(s->rule.scale, -18);
	const struct source_config *l = config_feed(c, "L")->sources;
	assert_string_equal(l->kind, "http-text");
	assert_string_equal(l->body, "{}");
	assert_int_equal(l->rule.line, 2);
	assert_string_equal(l->rule.match, "^a (.*)");
	/* From the feed and from the whole. */
	assert_true(s->rule.is_number);
	assert_false(s->rule.must_be_positive);
	assert_int_equal(s->rule.decimals, 2);
	assert_int_equal(s->rule.rounding, DEC_EXACT);
	assert_string_equal(s->ca_file, SOURCES_SYSTEM_CA);
	assert_false(c->feeds[1].sources[0].rule.is_number);
	assert_null(config_feed(c, "T"));
}

static void parse__takes_what_the_method_has(void **state)
{
	static const char text[] =
	    "{\"feeds\":["
	    "{\"id\":\"W\",\"aggregate\":{\"method\":\"weighted-median\","
	    "\"min_sources\":2,\"max_deviation_bps\":100,"
	    "\"max_jump_bps\":500,\"confirm_rounds\":4},\"sources\":[" SOURCE_A
	    ",{\"url\":\"https://w.test/\",\"pick\":\"/p\","
	    "\"weight\":7}]},"
	    "{\"id\":\"T\",\"aggregate\":{\"method\":\"trimmed-mean\","
	    "\"min_sources\":3,\"trim\":1},\"sources\":[" SOURCE_A "," SOURCE_B
	    ",{\"url\":\"https://t.test/\",\"pick\":\"/p\"}]},"
	    "{\"id\":\"F\",\"kind\":\"text\",\"aggregate\":{"
	    "\"method\":\"first-of\",\"min_sources\":1},"
	    "\"sources\":[" SOURCE_A "," SOURCE_B "]}]}";
	struct config *c = NULL;

	(void)state;
	if (!config_parse(span_text(text), &c, &problems))
		fail_msg(
		    "%s %s", problems.list[0].pointer, problems.list[0].text);
	assert_int_equal(c->feeds[0].aggregate.max_jump_bps, 500);
	assert_int_equal(c->feeds[0].aggregate.confirm_rounds, 4);
	assert_int_equal(c->feeds[0].sources[0].weight, 1);
	assert_int_equal(c->feeds[0].sources[1].weight, 7);
	assert_int_equal(c->feeds[1].aggregate.trim, 1);
	assert_string_equal(c->feeds[2].aggregate.method, "first-of");
	config_free(c);
}

static void parse__a_source_keeps_its_own_ca_file(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const char *own = state_dir_file(&d, "ca.pem");
	AUTO(blob_drop) struct blob ca = { 0 };
	struct fault f = FAULT_INIT;
	char text[512];

	assert_ok(file_read(SOURCES_SYSTEM_CA, 4 * 1024 * 1024, &ca, &f), f);
	assert_ok(file_write(own, blob_span(&ca), 0644, &f), f);
	snprintf(text, sizeof(text),
	    "{\"ca_file\":\"" SOURCES_SYSTEM_CA "\",\"feeds\":["
	    "{\"id\":\"X\",\"sources\":[{\"url\":\"https://a.test/\","
	    "\"pick\":\"/p\",\"ca_file\":\"%s\"}]}]}",
	    own);
	AUTO(config_drop) struct config *c = accepted(text);
	assert_string_equal(c->feeds[0].sources[0].ca_file, own);
}

/* ---- the hash ----------------------------------------------------------- */

static struct sha256 hash_of(const char *text)
{
	AUTO(config_drop) struct config *c = accepted(text);

	return c->hash;
}

static void hash__is_that_of_the_canonical_document(void **state)
{
	(void)state;
	const char *canonical =
	    "{\"feeds\":[{\"id\":\"X\",\"sources\":[{\"pick\":\"/p\","
	    "\"url\":\"https://a.test/\"}]}],\"listen\":\"127.0.0.1:1\"}";
	struct sha256 want = sha256_of(span_text(canonical));
	struct sha256 got =
	    hash_of(" {\"listen\" : \"127.0.0.1:1\",\n\"feeds\":[" FEED "]}\n");

	assert_memory_equal(got.b, want.b, sizeof(want.b));
}

static void hash__changes_with_the_meaning(void **state)
{
	(void)state;
	struct sha256 plain = hash_of(FEEDS(FEED));
	static const char *const others[] = {
		FEEDS(FEED_WITH("\"decimals\":7,")),
		/* A default written down is another document. */
		FEEDS(FEED_WITH("\"decimals\":8,")),
		SOURCES("{\"url\":\"https://a.test/?\",\"pick\":\"/p\"}"),
	};

	for (size_t i = 0; i < COUNT(others); i++) {
		struct sha256 other = hash_of(others[i]);

		assert_false(sha256_equal(&plain, &other));
	}
}

static void hash__never_sees_a_secret(void **state)
{
	(void)state;
	const char *text =
	    SOURCES("{\"url\":\"https://a.test/?k=${AFFIANT_TEST_KEY}\","
		    "\"pick\":\"/p\",\"headers\":"
		    "{\"X-Key\":\"${AFFIANT_TEST_KEY}\"}}");

	assert_int_equal(setenv("AFFIANT_TEST_KEY", "one", 1), 0);
	struct sha256 one = hash_of(text);
	assert_int_equal(setenv("AFFIANT_TEST_KEY", "two", 1), 0);
	struct sha256 two = hash_of(text);
	assert_true(sha256_equal(&one, &two));
	assert_int_equal(unsetenv("AFFIANT_TEST_KEY"), 0);
}

static void parse__reads_what_certificates_are_asked_for(void **state)
{
	AUTO(config_drop) struct config *c = NULL;
	static const char text[] = SOURCES(
	    "{\"url\":\"https://a.test/\",\"pick\":\"/p\",\"ocsp\":\"must\","
	    "\"pins\":{\"spki\":["
	    "\"00112233445566778899aabbccddeeff00112233445566"
	    "778899aabbccddeeff\"],\"leaf\":[]}}");
	const struct source_config *s;

	(void)state;
	assert_true(config_parse(span_text(text), &c, &problems));
	s = &c->feeds[0].sources[0];
	assert_int_equal(s->ocsp, SOURCE_MUST);
	assert_int_equal(s->ct, SOURCE_REPORT);
	assert_int_equal(s->pins.n_spki, 1);
	assert_int_equal(s->pins.n_leaf, 0);
	assert_int_equal(strlen(s->pins.spki[0]), 64);
	assert_null(s->logs);
}

/* ---- what is refused ---------------------------------------------------- */

#define PIN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* Each breaks one rule: exactly one problem, there, about that. */
static const struct {
	const char *text, *pointer, *about;
} refusals[] = {
	/* The document. */
	{ "", "", "line 1, column 1" },
	{ "{\n  \"feeds\": [\n", "", "line 3, column 1" },
	{ "{\"feeds\":[" FEED "]} x", "", "line 1" },
	{ "{\"feeds\":[" FEED "],\"feeds\":[" FEED "]}", "", "column" },
	{ "[]", "", "want object, found array" },
	{ "{}", "/feeds", "is missing" },

	/* Unknown members, at every level. */
	{ WITH("\"lissten\":\"x\","), "/lissten", "unknown member" },
	{ WITH("\"attest\":{\"x\":1},"), "/attest/x", "unknown member" },
	{ WITH("\"http\":{\"port\":1},"), "/http/port", "unknown member" },
	{ FEEDS(FEED_WITH("\"x~/y\":1,")), "/feeds/0/x~0~1y",
	    "unknown member" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"x\":1},")), "/feeds/0/aggregate/x",
	    "unknown member" },
	{ SOURCE_WITH("\"x\":1"), "/feeds/0/sources/0/x", "unknown member" },
	{ SOURCE_WITH("\"pins\":{\"x\":[]}"), "/feeds/0/sources/0/pins/x",
	    "unknown member" },

	/* What certificates are asked for. */
	{ SOURCE_WITH("\"ct\":\"must\""), "/feeds/0/sources/0/ct",
	    "name the logs" },
	{ SOURCE_WITH("\"ocsp\":\"maybe\""), "/feeds/0/sources/0/ocsp",
	    "report, must" },
	{ SOURCE_WITH("\"pins\":{\"leaf\":[\"ab\"]}"),
	    "/feeds/0/sources/0/pins", "64 hexadecimal" },
	{ SOURCE_WITH("\"max_redirects\":1,\"pins\":{\"spki\":[\"" PIN "\"]}"),
	    "/feeds/0/sources/0/pins", "no redirects" },
	{ SOURCE_WITH(
	      "\"allow_http\":true,\"pins\":{\"issuer\":[\"" PIN "\"]}"),
	    "/feeds/0/sources/0/pins", "plain HTTP" },
	{ WITH("\"ct_logs\":\"" SOURCES_SYSTEM_CA "\","), "/ct_logs", "" },
	{ WITH("\"ct_logs\":\"/nowhere\","), "/ct_logs", "no such file" },

	/* Wrong types. */
	{ WITH("\"listen\":8080,"), "/listen", "want text, found number" },
	{ WITH("\"http\":[],"), "/http", "want object, found array" },
	{ WITH("\"attest\":null,"), "/attest", "want object, found null" },
	{ "{\"feeds\":{}}", "/feeds", "want array, found object" },
	{ FEEDS("1"), "/feeds/0", "want object, found number" },
	{ FEEDS(FEED_WITH("\"decimals\":\"8\",")), "/feeds/0/decimals",
	    "want number, found text" },
	{ FEEDS(FEED_WITH("\"kind\":true,")), "/feeds/0/kind",
	    "want text, found" },
	{ SOURCES("[]"), "/feeds/0/sources/0", "want object, found array" },
	{ SOURCE_WITH("\"allow_http\":1"), "/feeds/0/sources/0/allow_http",
	    "want bool, found number" },
	{ SOURCE_WITH("\"headers\":[]"), "/feeds/0/sources/0/headers",
	    "want object, found array" },
	{ SOURCE_WITH("\"headers\":{\"a\":1}"), "/feeds/0/sources/0/headers/a",
	    "want text, found number" },
	{ SOURCE_WITH("\"require\":[]"), "/feeds/0/sources/0/require",
	    "want object, found array" },
	{ SOURCE_WITH("\"require\":{\"/a\":null}"),
	    "/feeds/0/sources/0/require/~1a", "found null" },
	{ SOURCE_WITH("\"require\":{\"/a\":[]}"),
	    "/feeds/0/sources/0/require/~1a", "found array" },
	{ SOURCE_WITH("\"forbid\":\"/e\""), "/feeds/0/sources/0/forbid",
	    "want array, found text" },
	{ SOURCE_WITH("\"forbid\":[1]"), "/feeds/0/sources/0/forbid/0",
	    "want text, found number" },
	{ SOURCE_WITH("\"scale\":\"2\""), "/feeds/0/sources/0/scale",
	    "want number, found text" },
	{ SOURCE_WITH("\"scale\":31"), "/feeds/0/sources/0/scale",
	    "-30 to 30" },
	{ SOURCE_WITH("\"scale\":-31"), "/feeds/0/sources/0/scale",
	    "-30 to 30" },
	{ SOURCE_WITH("\"scale\":1.5"), "/feeds/0/sources/0/scale",
	    "-30 to 30" },
	{ SOURCE_WITH("\"form\":\"octal\""), "/feeds/0/sources/0/form",
	    "decimal, hex" },
	{ SOURCE_WITH("\"require\":{\"a\":1}"), "/feeds/0/sources/0/require",
	    "no JSON pointer" },
	{ SOURCE_WITH("\"require\":{\"/a\":1.5}"), "/feeds/0/sources/0/require",
	    "integer" },
	{ SOURCE_WITH("\"kind\":\"http-text\",\"line\":1"),
	    "/feeds/0/sources/0/pick", "is for JSON" },
	{ SOURCE_WITH("\"line\":1"), "/feeds/0/sources/0/line", "http-text" },
	{ SOURCE_WITH("\"line\":65537"), "/feeds/0/sources/0/line",
	    "0 to 65536" },
	{ SOURCE_WITH("\"match\":\"(x)\""), "/feeds/0/sources/0/match",
	    "http-text" },
	{ SOURCE_WITH("\"body\":\"\""), "/feeds/0/sources/0/body", "empty" },
	{ SOURCE_WITH("\"body\":{}"), "/feeds/0/sources/0/body",
	    "want text, found object" },
	{ SOURCE_WITH("\"body\":\"{\""), "/feeds/0/sources/0/body", "JSON" },
	{ SOURCE_WITH("\"body\":\"[\\\"${AFFIANT_TEST_UNSET}\\\"]\""),
	    "/feeds/0/sources/0/body", "AFFIANT_TEST_UNSET" },
	{ SOURCES(TEXT_SOURCE("\"match\":\"x\"")), "/feeds/0/sources/0/match",
	    "groups" },
	{ SOURCES(TEXT_SOURCE("\"max_redirects\":0")),
	    "/feeds/0/sources/0/match", "needs a" },
	{ SOURCE_WITH("\"forbid\":[\"e\"]"), "/feeds/0/sources/0/forbid",
	    "no JSON pointer" },

	/* Single values. */
	{ WITH("\"listen\":\"\","), "/listen", "empty" },
	{ WITH("\"listen\":\"8080\","), "/listen", "colon" },
	{ WITH("\"listen\":\"localhost:80\","), "/listen", "IPv4" },
	{ WITH("\"listen\":\"1.2.3:80\","), "/listen", "IPv4" },
	{ WITH("\"listen\":\"[::1]:80\","), "/listen", "IPv4" },
	{ WITH("\"listen\":\"1.2.3.4:65536\","), "/listen", "65535" },
	{ WITH("\"listen\":\"1.2.3.4:-1\","), "/listen", "65535" },
	{ WITH("\"listen\":\"1.2.3.4:\","), "/listen", "65535" },
	{ WITH("\"http\":{\"threads\":1},"), "/http/threads", "integer" },
	{ WITH("\"http\":{\"threads\":1e3},"), "/http/threads", "integer" },
	{ WITH("\"http\":{\"threads\":100000},"), "/http/threads", "integer" },
	{ WITH("\"log_level\":\"loud\","), "/log_level",
	    "debug, info, warn, error" },
	{ WITH(COLLATERAL("")), "/attest/collateral", "needs pccs or file" },
	{ WITH(COLLATERAL("\"file\":\"f\",\"x\":1")), "/attest/collateral/x",
	    "unknown member" },
	{ WITH(COLLATERAL("\"pccs\":\"https://a.test\",\"file\":\"f\"")),
	    "/attest/collateral", "both pccs and file" },
	{ WITH(COLLATERAL("\"file\":\"f\",\"allow_http\":true")),
	    "/attest/collateral/allow_http", "not for a file" },
	{ WITH(COLLATERAL("\"file\":\"f\",\"update\":\"early\"")),
	    "/attest/collateral/update", "not for a file" },
	{ WITH(COLLATERAL("\"file\":\"f\",\"root_crl\":\"x\"")),
	    "/attest/collateral/root_crl", "not for a file" },
	{ WITH(COLLATERAL("\"pccs\":\"http://a.test\"")),
	    "/attest/collateral/pccs", "http" },
	{ WITH(COLLATERAL("\"pccs\":\"https://a.test/?x=1\"")),
	    "/attest/collateral/pccs", "query" },
	{ WITH(COLLATERAL("\"pccs\":\"https://a.test/${NOT_SET_AT_ALL}\"")),
	    "/attest/collateral/pccs", "NOT_SET_AT_ALL" },
	{ WITH(COLLATERAL("\"pccs\":\"https://a.test\","
			  "\"root_crl\":\"ftp://a.test/crl\"")),
	    "/attest/collateral/root_crl", "http" },
	{ WITH(COLLATERAL("\"pccs\":\"https://a.test\","
			  "\"ca_file\":\"/nonexistent\"")),
	    "/attest/collateral/ca_file", "no such file" },
	{ WITH(COLLATERAL("\"pccs\":\"https://a.test\",\"update\":\"late\"")),
	    "/attest/collateral/update", "standard, early" },
	{ WITH(COLLATERAL("\"file\":\"f\",\"refresh_s\":59")),
	    "/attest/collateral/refresh_s", "from 60 to 2592000" },
	{ WITH("\"attest\":{\"provider\":\"magic\"},"), "/attest/provider",
	    "auto, " },
	{ WITH("\"attest\":{\"simulate\":\"magic\"},"), "/attest/simulate",
	    "tdx" },
	{ WITH("\"attest\":{\"provider\":\"dstack\","
	       "\"socket\":\"run/dstack.sock\"},"),
	    "/attest/socket", "path of a socket" },
	{ WITH(
	      "\"attest\":{\"provider\":\"dstack\",\"socket\":\"/a\\u0001\"},"),
	    "/attest/socket", "control" },
	{ WITH("\"attest\":{\"provider\":\"dstack\",\"key_path\":\"\"},"),
	    "/attest/key_path", "empty" },
	{ WITH("\"attest\":{\"provider\":\"tappd\",\"timeout_ms\":99},"),
	    "/attest/timeout_ms", "from 100 to 60000" },
	{ WITH("\"attest\":{\"socket\":\"/run/dstack.sock\"},"),
	    "/attest/socket", "provider with an agent" },
	{ WITH("\"attest\":{\"provider\":\"simulator\",\"key_path\":\"x\"},"),
	    "/attest/key_path", "provider with an agent" },
	{ WITH("\"attest\":{\"provider\":\"tdx-tsm\","
	       "\"key_purpose\":\"x\"},"),
	    "/attest/key_purpose", "provider with an agent" },
	{ WITH("\"attest\":{\"provider\":\"auto\",\"timeout_ms\":1000},"),
	    "/attest/timeout_ms", "provider with an agent" },
	{ WITH("\"state_dir\":\"\","), "/state_dir", "empty" },
	{ WITH("\"state_dir\":\"a\\u0001\","), "/state_dir", "control" },
	{ WITH("\"ca_file\":\"/nonexistent/ca.pem\","), "/ca_file",
	    "no such file" },
	{ WITH("\"ca_file\":\"/\","), "/ca_file", "not a file" },
	{ "{\"feeds\":[]}", "/feeds", "want 1 to 512" },

	/* A feed. */
	{ FEEDS("{\"sources\":[" SOURCE_A "]}"), "/feeds/0/id", "is missing" },
	{ FEEDS("{\"id\":\"X\"}"), "/feeds/0/sources", "is missing" },
	{ FEEDS("{\"id\":\"A B\",\"sources\":[" SOURCE_A "]}"), "/feeds/0/id",
	    "no space" },
	{ FEEDS("{\"id\":\"caf\u00e9\",\"sources\":[" SOURCE_A "]}"),
	    "/feeds/0/id", "printable ASCII" },
	{ FEEDS("{\"id\":\"\",\"sources\":[" SOURCE_A "]}"), "/feeds/0/id",
	    "empty" },
	{ FEEDS("{\"id\":\"123456789012345678901234567890123\","
		"\"sources\":[" SOURCE_A "]}"),
	    "/feeds/0/id", "1 to 32" },
	{ FEEDS(FEED "," FEED), "/feeds/1/id", "another feed" },
	{ FEEDS(FEED_WITH(
	      "\"path\":\"/a\",") ",{\"id\":\"Y\","
				  "\"path\":\"/a\",\"sources\":[" SOURCE_A
				  "]}"),
	    "/feeds/1/path", "another feed" },
	{ FEEDS(FEED_WITH("\"path\":\"a\",")), "/feeds/0/path",
	    "starts with /" },
	{ FEEDS(FEED_WITH("\"path\":\"/\",")), "/feeds/0/path", "route" },
	{ FEEDS(FEED_WITH("\"path\":\"/v1\",")), "/feeds/0/path", "route" },
	{ FEEDS(FEED_WITH("\"path\":\"/v1/feeds\",")), "/feeds/0/path",
	    "/v1/" },
	{ FEEDS(FEED_WITH("\"path\":\"/healthz\",")), "/feeds/0/path",
	    "route" },
	{ FEEDS(FEED_WITH("\"path\":\"/readyz\",")), "/feeds/0/path", "route" },
	{ FEEDS(FEED_WITH("\"path\":\"/metrics\",")), "/feeds/0/path",
	    "route" },
	{ FEEDS(FEED_WITH("\"path\":\"/openapi.json\",")), "/feeds/0/path",
	    "route" },
	{ FEEDS(FEED_WITH("\"path\":\"/a b\",")), "/feeds/0/path", "letters" },
	{ FEEDS(FEED_WITH("\"path\":\"/a?x\",")), "/feeds/0/path", "letters" },
	{ FEEDS(FEED_WITH("\"path\":\"/a/\",")), "/feeds/0/path", "end" },
	{ FEEDS(FEED_WITH("\"path\":\"//a\",")), "/feeds/0/path", "segment" },
	{ FEEDS(FEED_WITH("\"path\":\"/a/../b\",")), "/feeds/0/path", "dot" },
	{ FEEDS(FEED_WITH("\"kind\":\"odds\",")), "/feeds/0/kind",
	    "price, value, text" },
	/* Statements of this kind are the program's own. */
	{ FEEDS(FEED_WITH("\"kind\":\"key\",")), "/feeds/0/kind", "not known" },
	{ FEEDS(FEED_WITH("\"kind\":\"value\",")), "/feeds/0/unit",
	    "is missing" },
	{ FEEDS(FEED_WITH("\"unit\":\"USD\",")), "/feeds/0/unit",
	    "has no unit" },
	{ FEEDS(FEED_WITH("\"kind\":\"value\",\"unit\":\"\u00b0C\",")),
	    "/feeds/0/unit", "ASCII" },
	{ FEEDS(FEED_WITH("\"decimals\":78,")), "/feeds/0/decimals",
	    "0 to 77" },
	{ FEEDS(FEED_WITH("\"kind\":\"text\",\"decimals\":2,")),
	    "/feeds/0/decimals", "no number" },
	{ FEEDS(FEED_WITH("\"kind\":\"text\",\"rounding\":\"trunc\",")),
	    "/feeds/0/rounding", "no number" },
	{ FEEDS(FEED_WITH("\"rounding\":\"up\",")), "/feeds/0/rounding",
	    "exact, trunc, half_even" },
	{ FEEDS(FEED_WITH("\"interval_ms\":0,")), "/feeds/0/interval_ms",
	    "from 100" },
	{ FEEDS(FEED_WITH("\"interval_ms\":99,")), "/feeds/0/interval_ms",
	    "from 100" },
	{ FEEDS(FEED_WITH("\"interval_ms\":30001,")), "/feeds/0/interval_ms",
	    "longer than a value lasts" },
	{ SOURCES(""), "/feeds/0/sources", "want 1 to 32" },

	/* With the interval refused, its default is not held against the age. */
	{ FEEDS(FEED_WITH("\"interval_ms\":0,"
			  "\"aggregate\":{\"max_age_ms\":200},")),
	    "/feeds/0/interval_ms", "from 100" },
	{ FEEDS(FEED_WITH("\"interval_ms\":60000,"
			  "\"aggregate\":{\"max_age_ms\":1},")),
	    "/feeds/0/aggregate/max_age_ms", "from 100" },

	/* Aggregation. */
	{ SOURCES(SOURCE_A "," SOURCE_B), "/feeds/0/aggregate",
	    "more than one source" },
	{ FEEDS("{\"id\":\"X\",\"aggregate\":{\"method\":\"median\"},"
		"\"sources\":[" SOURCE_A "," SOURCE_B "]}"),
	    "/feeds/0/aggregate/min_sources", "is missing" },
	{ FEEDS("{\"id\":\"X\",\"aggregate\":{\"min_sources\":3},"
		"\"sources\":[" SOURCE_A "," SOURCE_B "]}"),
	    "/feeds/0/aggregate/min_sources", "fewer sources" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"min_sources\":2},")),
	    "/feeds/0/aggregate/min_sources", "fewer sources" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"min_sources\":0},")),
	    "/feeds/0/aggregate/min_sources", "from 1" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"method\":\"mean\"},")),
	    "/feeds/0/aggregate/method",
	    "one of: median, weighted-median, trimmed-mean, first-of" },
	{ FEEDS("{\"id\":\"X\",\"aggregate\":{\"min_sources\":2,\"trim\":1},"
		"\"sources\":[" SOURCE_A "," SOURCE_B "]}"),
	    "/feeds/0/aggregate/trim", "median drops nothing" },
	/* One of two on each side: the default says so, too. */
	{ FEEDS("{\"id\":\"X\",\"aggregate\":{\"min_sources\":2,"
		"\"method\":\"trimmed-mean\",\"trim\":1},"
		"\"sources\":[" SOURCE_A "," SOURCE_B "]}"),
	    "/feeds/0/aggregate/trim", "nothing of min_sources 2" },
	{ FEEDS("{\"id\":\"X\",\"aggregate\":{\"min_sources\":2,"
		"\"method\":\"trimmed-mean\"},"
		"\"sources\":[" SOURCE_A "," SOURCE_B "]}"),
	    "/feeds/0/aggregate/trim", "nothing of min_sources 2" },
	{ FEEDS("{\"id\":\"X\",\"aggregate\":{\"min_sources\":2,"
		"\"method\":\"trimmed-mean\",\"trim\":16},"
		"\"sources\":[" SOURCE_A "," SOURCE_B "]}"),
	    "/feeds/0/aggregate/trim", "1 to 15" },
	{ FEEDS("{\"id\":\"X\",\"aggregate\":{\"min_sources\":2,"
		"\"method\":\"trimmed-mean\",\"trim\":0},"
		"\"sources\":[" SOURCE_A "," SOURCE_B "]}"),
	    "/feeds/0/aggregate/trim", "1 to 15" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"max_jump_bps\":500},")),
	    "/feeds/0/aggregate/max_jump_bps", "needs max_deviation_bps" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"max_jump_bps\":1000001},")),
	    "/feeds/0/aggregate/max_jump_bps", "0 to 1000000" },
	{ FEEDS(FEED_WITH("\"kind\":\"text\",\"aggregate\":{"
			  "\"max_jump_bps\":500},")),
	    "/feeds/0/aggregate/max_jump_bps", "no number" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"confirm_rounds\":3},")),
	    "/feeds/0/aggregate/confirm_rounds", "needs max_jump_bps" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"max_jump_bps\":500,"
			  "\"max_deviation_bps\":100,"
			  "\"confirm_rounds\":1},")),
	    "/feeds/0/aggregate/confirm_rounds", "2 to 1000" },
	{ SOURCES("{\"url\":\"https://a.test/\",\"pick\":\"/p\","
		  "\"weight\":1}"),
	    "/feeds/0/sources/0/weight", "median has no weights" },
	{ FEEDS("{\"id\":\"X\",\"aggregate\":{\"min_sources\":2,"
		"\"method\":\"weighted-median\"},\"sources\":[" SOURCE_A
		",{\"url\":\"https://b.test/\",\"pick\":\"/p\","
		"\"weight\":1000001}]}"),
	    "/feeds/0/sources/1/weight", "1 to 1000000" },
	{ FEEDS("{\"id\":\"X\",\"aggregate\":{\"min_sources\":2,"
		"\"method\":\"weighted-median\"},\"sources\":[" SOURCE_A
		",{\"url\":\"https://b.test/\",\"pick\":\"/p\","
		"\"weight\":0}]}"),
	    "/feeds/0/sources/1/weight", "1 to 1000000" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"max_deviation_bps\":10001},")),
	    "/feeds/0/aggregate/max_deviation_bps", "10000" },
	{ FEEDS(FEED_WITH("\"aggregate\":{\"max_age_ms\":0},")),
	    "/feeds/0/aggregate/max_age_ms", "from 100" },
	{ FEEDS("{\"id\":\"X\",\"kind\":\"text\"," AGGREGATE
		"\"sources\":[" SOURCE_A "," SOURCE_B "]}"),
	    "/feeds/0/sources", "want one source" },

	/* Sources. */
	{ SOURCES("{\"pick\":\"/p\"}"), "/feeds/0/sources/0/url",
	    "is missing" },
	{ SOURCES("{\"url\":\"https://a.test/\"}"), "/feeds/0/sources/0/pick",
	    "" },
	{ SOURCES("{\"url\":\"a.test\",\"pick\":\"/p\"}"),
	    "/feeds/0/sources/0/url", "https://" },
	{ SOURCES("{\"url\":\"ftp://a.test/\",\"pick\":\"/p\"}"),
	    "/feeds/0/sources/0/url", "https://" },
	{ SOURCES("{\"url\":\"http://a.test/\",\"pick\":\"/p\"}"),
	    "/feeds/0/sources/0/url", "allow_http" },
	{ SOURCES("{\"url\":\"https://u:p@a.test/\",\"pick\":\"/p\"}"),
	    "/feeds/0/sources/0/url", "user" },
	{ SOURCES("{\"url\":\"https://\",\"pick\":\"/p\"}"),
	    "/feeds/0/sources/0/url", "" },
	{ SOURCES("{\"url\":\"https://a.test/ b\",\"pick\":\"/p\"}"),
	    "/feeds/0/sources/0/url", "space" },
	{ SOURCES("{\"url\":\"https://a.test/\",\"pick\":\"p\"}"),
	    "/feeds/0/sources/0/pick", "JSON pointer" },
	{ SOURCES("{\"url\":\"https://a.test/\",\"pick\":\"/~2\"}"),
	    "/feeds/0/sources/0/pick", "JSON pointer" },
	{ SOURCE_WITH("\"kind\":\"psychic\""), "/feeds/0/sources/0/kind",
	    "http-json" },
	{ SOURCE_WITH("\"ca_file\":\"/nonexistent/ca.pem\""),
	    "/feeds/0/sources/0/ca_file", "no such file" },
	{ SOURCE_WITH("\"ca_file\":\"/dev/null\""),
	    "/feeds/0/sources/0/ca_file", "not a file" },
	{ SOURCE_WITH("\"max_redirects\":6"),
	    "/feeds/0/sources/0/max_redirects", "0 to 5" },
	{ SOURCE_WITH("\"timeout_ms\":0"), "/feeds/0/sources/0/timeout_ms",
	    "from 100" },
	{ SOURCE_WITH("\"max_bytes\":0"), "/feeds/0/sources/0/max_bytes",
	    "from 1" },
	{ SOURCE_WITH("\"time_pick\":\"t\",\"time_unit\":\"s\""),
	    "/feeds/0/sources/0/time_pick", "JSON pointer" },
	{ SOURCE_WITH("\"time_pick\":\"/t\",\"time_unit\":\"weeks\""),
	    "/feeds/0/sources/0/time_unit", "rfc3339" },
	{ SOURCE_WITH("\"time_pick\":\"/t\""), "/feeds/0/sources/0/time_unit",
	    "" },
	{ SOURCE_WITH("\"headers\":{\"A B\":\"x\"}"),
	    "/feeds/0/sources/0/headers", "" },
	{ SOURCE_WITH("\"headers\":{\"A\":\"x\\r\\nB: y\"}"),
	    "/feeds/0/sources/0/headers", "" },
	{ SOURCE_WITH("\"headers\":{\"A\":\"${AFFIANT_TEST_UNSET}\"}"),
	    "/feeds/0/sources/0/headers/A",
	    "${AFFIANT_TEST_UNSET} is not set" },
	{ SOURCES("{\"url\":\"https://a.test/${AFFIANT_TEST_UNSET}\","
		  "\"pick\":\"/p\"}"),
	    "/feeds/0/sources/0/url", "${AFFIANT_TEST_UNSET} is not set" },
	{ SOURCES("{\"url\":\"https://a.test/${lower}\",\"pick\":\"/p\"}"),
	    "/feeds/0/sources/0/url", "" },
	{ FEEDS("{\"id\":\"X\"," AGGREGATE "\"sources\":[" SOURCE_A "," SOURCE_A
		"]}"),
	    "/feeds/0/sources/1", "the same url and pick as source 0" },
	{ FEEDS("{\"id\":\"X\"," AGGREGATE "\"sources\":[" TEXT_SOURCE(
	      "\"line\":1") "," TEXT_SOURCE("\"line\":1") "]}"),
	    "/feeds/0/sources/1", "the same url and pick as source 0" },
};

static void parse__refuses_each_wrong_thing_where_it_stands(void **state)
{
	(void)state;
	int wrong = 0;

	assert_int_equal(unsetenv("AFFIANT_TEST_UNSET"), 0);
	for (size_t i = 0; i < COUNT(refusals); i++) {
		refused(refusals[i].text);
		const struct config_problem *p = &problems.list[0];
		if (problems.n != 1 ||
		    strcmp(p->pointer, refusals[i].pointer) != 0 ||
		    strstr(p->text, refusals[i].about) == NULL) {
			for (size_t k = 0; k < problems.n; k++)
				print_error("%s: %s\n",
				    problems.list[k].pointer,
				    problems.list[k].text);
			print_error("%s: want '%s: ...%s...'\n",
			    refusals[i].text, refusals[i].pointer,
			    refusals[i].about);
			wrong++;
		}
		assert_false(problems.more);
	}
	assert_int_equal(wrong, 0);
}

static void parse__takes_collateral_of_a_service_or_a_file(void **state)
{
	(void)state;
	AUTO(config_drop) struct config *c = NULL;

	assert_true(config_parse(
	    span_text(WITH(COLLATERAL("\"pccs\":\"http://a.test:8081\","
				      "\"allow_http\":true,"
				      "\"update\":\"early\""))),
	    &c, &problems));
	assert_string_equal(c->collateral.pccs, "http://a.test:8081");
	assert_string_equal(c->collateral.update, "early");
	assert_true(c->collateral.allow_http);
	assert_int_equal(c->collateral.refresh_s, 86400);
	assert_null(c->collateral.file);
	config_drop(&c);
	assert_true(
	    config_parse(span_text(WITH(COLLATERAL("\"file\":\"a.json\","
						   "\"refresh_s\":3600"))),
		&c, &problems));
	assert_string_equal(c->collateral.file, "a.json");
	assert_int_equal(c->collateral.refresh_s, 3600);
	assert_null(c->collateral.pccs);
	config_drop(&c);
	assert_true(config_parse(span_text(WITH("")), &c, &problems));
	assert_null(c->collateral.pccs);
	assert_null(c->collateral.file);
}

static void parse__tells_all_problems_at_once(void **state)
{
	(void)state;
	refused("{\"listen\":1,\"nope\":2,\"attest\":{\"provider\":\"x\"},"
		"\"feeds\":[{\"id\":\"A\",\"interval_ms\":0,"
		"\"aggregate\":{\"min_sources\":9},\"sources\":["
		"{\"url\":\"http://a.test/\",\"pick\":\"x\","
		"\"ca_file\":\"/nonexistent\",\"headers\":{\"a b\":\"1\"},"
		"\"time_pick\":\"/t\"}]},"
		"{\"id\":\"A\",\"path\":\"/metrics\",\"sources\":[" SOURCE_A
		"]},7]}");
	static const char *const want[] = { "/listen", "/nope",
		"/attest/provider", "/feeds/0/interval_ms",
		"/feeds/0/aggregate/min_sources", "/feeds/0/sources/0/url",
		"/feeds/0/sources/0/pick", "/feeds/0/sources/0/ca_file",
		"/feeds/0/sources/0/headers", "/feeds/0/sources/0/time_unit",
		"/feeds/1/id", "/feeds/1/path", "/feeds/2" };

	for (size_t i = 0; i < COUNT(want); i++) {
		if (problem_at(want[i]) == NULL)
			fail_msg("nothing is said about %s", want[i]);
	}
	assert_int_equal(problems.n, COUNT(want));
}

static void parse__says_when_there_are_more_than_the_list_holds(void **state)
{
	(void)state;
	char text[4096];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(text, sizeof(text), "test", &f);

	wr_text(&w, "{\"feeds\":[" FEED "]");
	for (int i = 0; i < CONFIG_MAX_PROBLEMS + 1; i++)
		wr_printf(&w, ",\"x%d\":1", i);
	wr_text(&w, "}");
	wr_u8(&w, 0);
	assert_true(wr_ok(&w));
	refused(text);
	assert_int_equal(problems.n, CONFIG_MAX_PROBLEMS);
	assert_true(problems.more);
}

static void parse__cuts_a_pointer_that_is_too_long(void **state)
{
	(void)state;
	char text[1024];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(text, sizeof(text), "test", &f);

	wr_text(&w, "{\"feeds\":[" FEED "],\"");
	for (int i = 0; i < 300; i++)
		wr_text(&w, i % 2 == 0 ? "\xc3\xa9" : "/");
	wr_text(&w, "\":1}");
	wr_u8(&w, 0);
	assert_true(wr_ok(&w));
	refused(text);
	const char *pointer = problems.list[0].pointer;
	assert_true(strlen(pointer) < sizeof(problems.list[0].pointer));
	assert_true(ascii_is_printable(span_text(pointer)));
	assert_int_equal(strncmp(pointer, "/??~1", 5), 0);
}

static void parse__refuses_more_feeds_and_sources_than_there_may_be(
    void **state)
{
	(void)state;
	static char text[LIMIT_CONFIG_BYTES];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(text, sizeof(text), "test", &f);

	wr_text(&w, "{\"feeds\":[");
	for (int i = 0; i <= CONFIG_MAX_FEEDS; i++)
		wr_printf(&w, "%s{\"id\":\"F%d\",\"sources\":[" SOURCE_A "]}",
		    i > 0 ? "," : "", i);
	wr_text(&w, "]}");
	wr_u8(&w, 0);
	assert_true(wr_ok(&w));
	refused(text);
	assert_non_null(problem_at("/feeds"));
	assert_int_equal(problems.n, 1);
}

static void parse__a_global_ca_file_that_is_none_is_told(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const char *file = state_dir_file(&d, "ca.pem");
	struct fault f = FAULT_INIT;
	char text[512];

	assert_ok(file_write(file, span_text("no certificate\n"), 0644, &f), f);
	snprintf(text, sizeof(text),
	    "{\"ca_file\":\"%s\",\"feeds\":[" FEED "]}", file);
	refused(text);
	assert_non_null(problem_at("/ca_file"));
	assert_int_equal(problems.n, 1);
}

/* ---- what is shipped ---------------------------------------------------- */

static void copy_ca(const char *to)
{
	AUTO(blob_drop) struct blob ca = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(file_read(SOURCES_SYSTEM_CA, 4 * 1024 * 1024, &ca, &f), f);
	assert_ok(file_write(to, blob_span(&ca), 0644, &f), f);
}

static void parse__takes_the_configurations_that_are_shipped(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const char *root = getenv("AFFIANT_SOURCE");
	char here[PATH_MAX], pattern[PATH_MAX];
	struct fault f = FAULT_INIT;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/compose/config.*.json",
	    root != NULL ? root : ".");
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	/* The demo's CA file is named from where the demo is run, and made by
	 * the demo. */
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(d.path), 0);
	assert_ok(dir_make("build/demo", 0700, &f), f);
	copy_ca("build/demo/ca.pem");
	for (size_t i = 0; i < found.gl_pathc; i++) {
		AUTO(blob_drop) struct blob text = { 0 };

		assert_ok(
		    file_read(found.gl_pathv[i], LIMIT_CONFIG_BYTES, &text, &f),
		    f);
		AUTO(config_drop)
		struct config *c = accepted((const char *)text.p);
		assert_true(c->n_feeds > 0);
	}
	assert_int_equal(chdir(here), 0);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__fills_defaults),
		cmocka_unit_test(parse__takes_what_is_asked_of_an_agent),
		cmocka_unit_test(parse__takes_every_member),
		cmocka_unit_test(parse__takes_what_the_method_has),
		cmocka_unit_test(parse__a_source_keeps_its_own_ca_file),
		cmocka_unit_test(hash__is_that_of_the_canonical_document),
		cmocka_unit_test(hash__changes_with_the_meaning),
		cmocka_unit_test(hash__never_sees_a_secret),
		cmocka_unit_test(parse__reads_what_certificates_are_asked_for),
		cmocka_unit_test(
		    parse__refuses_each_wrong_thing_where_it_stands),
		cmocka_unit_test(
		    parse__takes_collateral_of_a_service_or_a_file),
		cmocka_unit_test(parse__tells_all_problems_at_once),
		cmocka_unit_test(
		    parse__says_when_there_are_more_than_the_list_holds),
		cmocka_unit_test(parse__cuts_a_pointer_that_is_too_long),
		cmocka_unit_test(
		    parse__refuses_more_feeds_and_sources_than_there_may_be),
		cmocka_unit_test(parse__a_global_ca_file_that_is_none_is_told),
		cmocka_unit_test(
		    parse__takes_the_configurations_that_are_shipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
