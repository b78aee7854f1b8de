/* SPDX-License-Identifier: Apache-2.0 */
/* The text that monitoring reads: its grammar, its rows, and the route. */
#include "oracle/metrics.h"

#include "oracle/http_routes.h"
#include "tests/unit/check.h"
#include "tests/unit/oracle_double.h"

#include <ctype.h>

#define MAX_SERIES 256

/* ---- a reader of the format, strict -------------------------------------- */

struct series {
	char name[128]; /* with its labels, as it stands */
	char value[64];
};
struct scrape {
	char text[65536];
	struct series series[MAX_SERIES];
	size_t n;
};
static struct scrape scrape;

static bool is_name_char(char c, bool first)
{
	return isalpha((unsigned char)c) || c == '_' ||
	    (!first && isdigit((unsigned char)c));
}

static const char *skip_name(const char *p)
{
	const char *from = p;

	while (is_name_char(*p, p == from))
		p++;
	if (p == from)
		fail_msg("want a name: %.40s", from);
	return p;
}

/* {a="b",c="d"}; inside quotes only \\, \" and \n. */
static const char *skip_labels(const char *p)
{
	if (*p != '{')
		return p;
	do {
		p = skip_name(p + 1);
		assert_memory_equal(p, "=\"", 2);
		for (p += 2; *p != '"'; p++) {
			if (*p == '\\' && strchr("\\\"n", *++p) == NULL)
				fail_msg("bad escape: %.40s", p - 1);
			assert_true(*p != '\n' && *p != '\0');
		}
		p++;
	} while (*p == ',');
	assert_int_equal(*p, '}');
	return p + 1;
}

/* Digits, perhaps a point and digits, perhaps a minus in front. */
static void check_value(const char *text)
{
	text += text[0] == '-';
	size_t whole = strspn(text, "0123456789");

	assert_true(whole > 0);
	if (text[whole] == '.') {
		size_t part = strspn(text + whole + 1, "0123456789");

		assert_true(part > 0);
		whole += part + 1;
	}
	assert_int_equal(text[whole], '\0');
}

static void cut(char *out, size_t cap, const char *from, const char *to)
{
	assert_in_range((size_t)(to - from), 1, cap - 1);
	memcpy(out, from, (size_t)(to - from));
	out[to - from] = '\0';
}

static void read_sample(const char *line, const char *end, const char *family)
{
	struct series *s = &scrape.series[scrape.n];
	const char *p = skip_name(line);
	char name[128];

	cut(name, sizeof(name), line, p);
	assert_string_equal(name, family);
	p = skip_labels(p);
	assert_in_range(scrape.n, 0, MAX_SERIES - 1);
	cut(s->name, sizeof(s->name), line, p);
	for (size_t i = 0; i < scrape.n; i++) {
		if (strcmp(scrape.series[i].name, s->name) == 0)
			fail_msg("twice: %s", s->name);
	}
	assert_int_equal(*p, ' ');
	cut(s->value, sizeof(s->value), p + 1, end);
	check_value(s->value);
	scrape.n++;
}

/* "# HELP name text", then "# TYPE name type"; no family comes twice. */
static const char *read_family(const char *line, char family[128])
{
	static char seen[64][128];
	static size_t n_seen;
	char type[256];

	if (line == scrape.text)
		n_seen = 0;
	assert_memory_equal(line, "# HELP ", 7);
	const char *p = skip_name(line + 7);
	cut(family, 128, line + 7, p);
	for (size_t i = 0; i < n_seen; i++)
		assert_string_not_equal(seen[i], family);
	assert_in_range(n_seen, 0, COUNT(seen) - 1);
	memcpy(seen[n_seen++], family, 128);
	assert_int_equal(*p, ' ');
	p = strchr(p, '\n') + 1;
	bool is_total = strlen(family) > 6 &&
	    strcmp(family + strlen(family) - 6, "_total") == 0;
	snprintf(type, sizeof(type), "# TYPE %s %s\n", family,
	    is_total ? "counter" : "gauge");
	assert_memory_equal(p, type, strlen(type));
	return p + strlen(type);
}

/* Every line of scrape.text. */
static void read_scrape(void)
{
	const char *p = scrape.text;
	char family[128] = "";

	scrape.n = 0;
	assert_true(strlen(p) > 0);
	while (*p != '\0') {
		if (*p == '#') {
			p = read_family(p, family);
			/* No family without a sample. */
			assert_true(*p != '#' && *p != '\0');
		}
		const char *end = strchr(p, '\n');

		assert_non_null(end);
		read_sample(p, end, family);
		p = end + 1;
	}
}

static const char *value_of(const char *name)
{
	for (size_t i = 0; i < scrape.n; i++) {
		if (strcmp(scrape.series[i].name, name) == 0)
			return scrape.series[i].value;
	}
	return NULL;
}

static void expect(const char *name, const char *value)
{
	const char *found = value_of(name);

	if (found == NULL)
		fail_msg("no %s in:\n%s", name, scrape.text);
	assert_string_equal(found, value);
}

static void expect_none(const char *name)
{
	if (value_of(name) != NULL)
		fail_msg("%s is there", name);
}

static void encode(
    const struct metrics_row *rows, const struct metrics_facts *facts)
{
	struct fault f = FAULT_INIT;
	struct wr w =
	    wr_into(scrape.text, sizeof(scrape.text) - 1, "t.metrics", &f);
	size_t n;

	metrics_encode(rows, facts, &w);
	assert_ok(wr_done_into(&w, &n), f);
	scrape.text[n] = '\0';
}

/* ---- an oracle of two feeds ---------------------------------------------- */

static struct source_config sources[] = {
	{ .url = "https://API.Example.com:8443/v1?key=${SECRET}" },
	{ .url = "https://b.example/x:y" },
	{ .url = "https://api.example.com/other" },
	{ .url = "http://[2001:DB8::1]:80" },
};
static struct feed_config feed_configs[] = {
	{ .id = "BTC/USD", .sources = sources, .n_sources = 4 },
	{ .id = "odd\"\\id", .sources = sources, .n_sources = 1 },
};
static struct feed_tally tallies[2];
static struct metrics_feed feeds[2];
static struct metrics_facts facts;

static const struct chain_feed_config chain_feed = { .feed = "BTC/USD" };
static const struct submitter_feed chain_feeds[] = { { .config = &chain_feed,
    .is_set = true,
    .observed = { 1703347200050 },
    .n_pushed = 7,
    .n_refused = 2 } };
static struct metrics_chain chain;

static void count(size_t feed, size_t source, const char *outcome, int times)
{
	static struct aggregate a;

	memset(&a, 0, sizeof(a));
	for (size_t i = 0; i < LIMIT_SOURCES; i++)
		a.source[i].used = true;
	if (strcmp(outcome, "used") != 0)
		a.source[source] =
		    (struct aggregate_source){ .reason = span_text(outcome) };
	/* Only this one, so that the others stay as they are. */
	a.source[0] = a.source[source];
	struct feed_tally one = { 0 };
	feed_tally_round(&one, 1, &a);
	for (size_t i = 0; i < FEED_TALLY_OUTCOMES; i++)
		atomic_fetch_add(&tallies[feed].n[source][i],
		    feed_tally_count(&one, 0, i) * (unsigned)times);
}

static int set_up(void **state)
{
	(void)state;
	memset(tallies, 0, sizeof(tallies));
	for (size_t i = 0; i < 2; i++)
		feeds[i] = (struct metrics_feed){ .config = &feed_configs[i],
			.tally = &tallies[i] };
	feeds[0].status = (struct feed_status){ .has_value = true,
		.fresh = true,
		.rounds_ok = 12,
		.rounds_failed = 3,
		.used = 2,
		.rejected = 1,
		.timestamp = { 1703347200007 } };
	feeds[1].status.rounds_failed = 4;
	facts = (struct metrics_facts){
		.version = "0.1.0",
		.platform = "tdx",
		.provider = "double<&>",
		.simulated = true,
		.signer = "0xabc",
		.config = "00ff",
		.started = { 1703347000000 },
		.feeds = feeds,
		.n_feeds = 2,
		.quoter = { .quotes = 5,
		    .statements = 9,
		    .failures = 1,
		    .last_took_ms = 1234,
		    .largest_batch = 4,
		    .waiting = 2 },
		.recent = { .entries = 7, .bytes = 4096 },
		.http = { .answers = { 0, 100, 20, 3, 1 },
		    .busy = 1,
		    .connections = 6,
		    .threads = 192,
		    .waiting = 2 },
	};
	chain = (struct metrics_chain){
		.state = { .chain_id = 8453,
		    .has_head = true,
		    .head = 1234,
		    .n_pending = 1,
		    .n_mined = 3,
		    .has_balance = true,
		    .balance = u256_of(5000000000999999999),
		    .spent = u256_of(1000000000),
		    .counts = { .signed_ = 9, .reverted = 4, .failed = 6 } },
		.feeds = chain_feeds,
		.n_feeds = 1,
		.endpoints = { { .is_usable = true }, { .is_usable = false } },
		.n_endpoints = 2,
	};
	facts.chains = &chain;
	facts.n_chains = 1;
	return 0;
}

/* ---- the format ---------------------------------------------------------- */

static void format__every_line_parses(void **state)
{
	(void)state;
	facts.has_keeper = true;
	facts.collateral = (struct collateral_state){
		.has_bundle = true, .until = { 1 }, .obtained = { 1 }
	};
	facts.time.has_offset = true;
	count(0, 0, "used", 1);
	encode(metrics_rows, &facts);
	read_scrape();
	/* Every row had something to say. */
	for (const struct metrics_row *r = metrics_rows; r->name != NULL; r++) {
		char type[160];

		snprintf(type, sizeof(type), "# TYPE %s ", r->name);
		if (strstr(scrape.text, type) == NULL)
			fail_msg("%s says nothing", r->name);
	}
}

static void put_odd(
    const struct metrics_facts *given, struct metrics_series *to)
{
	(void)given;
	metrics_put(
	    to, (const char *const[]){ "a\"b\\c\nd", "", "\xc3\xa9{}, =" }, 0);
	metrics_put(to, (const char *const[]){ "x", "y", "z" }, UINT64_MAX);
}

static void put_nothing(
    const struct metrics_facts *given, struct metrics_series *to)
{
	(void)given;
	(void)to;
}

static void put_times(
    const struct metrics_facts *given, struct metrics_series *to)
{
	static const uint64_t times[] = { 0, 7, 999, 1000, 1703347200050 };

	(void)given;
	for (size_t i = 0; i < COUNT(times); i++) {
		char label[] = { (char)('a' + i), '\0' };

		metrics_put(to, (const char *const[]){ label }, times[i]);
	}
}

static const struct metrics_row odd_rows[] = {
	{ "t_nothing", METRICS_GAUGE, METRICS_PLAIN, { NULL }, put_nothing,
	    "Nothing." },
	{ "t_odd_total", METRICS_COUNTER, METRICS_PLAIN, { "a", "b", "c" },
	    put_odd, "Odd." },
	{ "t_times", METRICS_GAUGE, METRICS_MS, { "a" }, put_times, "Times." },
	{ .name = NULL },
};

static void format__escapes_labels_and_leaves_out_what_is_empty(void **state)
{
	(void)state;
	encode(odd_rows, &facts);
	read_scrape();
	assert_string_equal(scrape.text,
	    "# HELP t_odd_total Odd.\n# TYPE t_odd_total counter\n"
	    "t_odd_total{a=\"a\\\"b\\\\c\\nd\",b=\"\",c=\"\xc3\xa9{}, =\"} 0\n"
	    "t_odd_total{a=\"x\",b=\"y\",c=\"z\"} 18446744073709551615\n"
	    "# HELP t_times Times.\n# TYPE t_times gauge\n"
	    "t_times{a=\"a\"} 0.000\nt_times{a=\"b\"} 0.007\n"
	    "t_times{a=\"c\"} 0.999\nt_times{a=\"d\"} 1.000\n"
	    "t_times{a=\"e\"} 1703347200.050\n");
}

static void format__without_room_is_the_writers_fault(void **state)
{
	(void)state;
	char small[100];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(small, sizeof(small), "t.metrics", &f);
	size_t n;

	metrics_encode(metrics_rows, &facts, &w);
	assert_refused(wr_done_into(&w, &n), f, FAULT_LIMIT, "t.metrics");
}

/* ---- the rows ------------------------------------------------------------ */

/* What the format and the customs around it ask of names. */
static void rows__are_named_by_the_rules(void **state)
{
	(void)state;
	for (const struct metrics_row *r = metrics_rows; r->name != NULL; r++) {
		size_t n = strlen(r->name);
		bool is_total = strcmp(r->name + n - 6, "_total") == 0;
		bool is_seconds = strcmp(r->name + n - 8, "_seconds") == 0;

		assert_memory_equal(r->name, "affiant_", 8);
		assert_int_equal(*skip_name(r->name), '\0');
		assert_int_equal(is_total, r->type == METRICS_COUNTER);
		assert_int_equal(is_seconds, r->unit == METRICS_MS);
		assert_in_range(strlen(r->help), 10, 70);
		assert_null(strpbrk(r->help, "\n\\"));
		for (size_t i = 0; i < METRICS_MAX_LABELS; i++) {
			if (r->labels[i] != NULL)
				assert_int_equal(
				    *skip_name(r->labels[i]), '\0');
		}
		for (const struct metrics_row *o = metrics_rows; o != r; o++)
			assert_string_not_equal(o->name, r->name);
	}
}

static void rows__say_how_chains_are(void **state)
{
	(void)state;
	encode(metrics_rows, &facts);
	read_scrape();
	expect("affiant_chain_ok"
	       "{chain=\"8453\"}",
	    "1");
	expect("affiant_chain_head"
	       "{chain=\"8453\"}",
	    "1234");
	expect("affiant_chain_transactions"
	       "{chain=\"8453\",state=\"pending\"}",
	    "1");
	expect("affiant_chain_transactions"
	       "{chain=\"8453\",state=\"mined\"}",
	    "3");
	expect("affiant_chain_submissions_total"
	       "{chain=\"8453\",step=\"signed\"}",
	    "9");
	expect("affiant_chain_submissions_total"
	       "{chain=\"8453\",step=\"reverted\"}",
	    "4");
	expect("affiant_chain_failures_total"
	       "{chain=\"8453\"}",
	    "6");
	expect("affiant_chain_balance_gwei"
	       "{chain=\"8453\"}",
	    "5000000000");
	expect("affiant_chain_spent_gwei"
	       "{chain=\"8453\"}",
	    "1");
	expect("affiant_chain_endpoint_usable"
	       "{chain=\"8453\",endpoint=\"0\"}",
	    "1");
	expect("affiant_chain_endpoint_usable"
	       "{chain=\"8453\",endpoint=\"1\"}",
	    "0");
	expect("affiant_chain_feed_timestamp_seconds"
	       "{chain=\"8453\",feed=\"BTC/USD\"}",
	    "1703347200.050");
	expect("affiant_chain_feed_updates_total"
	       "{chain=\"8453\",feed=\"BTC/USD\",result=\"written\"}",
	    "7");
	expect("affiant_chain_feed_updates_total"
	       "{chain=\"8453\",feed=\"BTC/USD\",result=\"refused\"}",
	    "2");
}

static void rows__say_what_the_parts_know(void **state)
{
	(void)state;
	encode(metrics_rows, &facts);
	read_scrape();
	expect("affiant_build_info{version=\"0.1.0\",platform=\"tdx\","
	       "provider=\"double<&>\"}",
	    "1");
	expect("affiant_config_info{sha256=\"00ff\"}", "1");
	expect("affiant_signer_info{address=\"0xabc\"}", "1");
	expect("affiant_simulated", "1");
	expect("affiant_start_time_seconds", "1703347000.000");
	expect("affiant_quotes_total{result=\"ok\"}", "5");
	expect("affiant_quotes_total{result=\"failed\"}", "1");
	expect("affiant_quoted_statements_total", "9");
	expect("affiant_quote_last_duration_seconds", "1.234");
	expect("affiant_quote_largest_batch", "4");
	expect("affiant_quote_waiting", "2");
	expect("affiant_http_answers_total{class=\"2xx\"}", "100");
	expect("affiant_http_answers_total{class=\"3xx\"}", "20");
	expect("affiant_http_answers_total{class=\"4xx\"}", "3");
	expect("affiant_http_answers_total{class=\"5xx\"}", "1");
	expect("affiant_http_busy_handlers", "1");
	expect("affiant_http_connections", "6");
	expect("affiant_http_threads", "192");
	expect("affiant_http_waiting_handlers", "2");
	expect("affiant_recent_responses", "7");
	expect("affiant_recent_bytes", "4096");
	facts.simulated = false;
	facts.quoter.quotes = 0;
	encode(metrics_rows, &facts);
	read_scrape();
	expect("affiant_simulated", "0");
	expect_none("affiant_quote_last_duration_seconds");
}

static void feeds__without_a_value_have_no_time(void **state)
{
	(void)state;
	encode(metrics_rows, &facts);
	read_scrape();
	expect(
	    "affiant_feed_rounds_total{feed=\"BTC/USD\",result=\"ok\"}", "12");
	expect("affiant_feed_rounds_total{feed=\"BTC/USD\",result=\"failed\"}",
	    "3");
	expect("affiant_feed_fresh{feed=\"BTC/USD\"}", "1");
	expect("affiant_feed_timestamp_seconds{feed=\"BTC/USD\"}",
	    "1703347200.007");
	expect("affiant_feed_sources{feed=\"BTC/USD\",state=\"used\"}", "2");
	expect(
	    "affiant_feed_sources{feed=\"BTC/USD\",state=\"rejected\"}", "1");
	expect("affiant_feed_fresh{feed=\"odd\\\"\\\\id\"}", "0");
	expect("affiant_feed_rounds_total{feed=\"odd\\\"\\\\id\","
	       "result=\"failed\"}",
	    "4");
	expect_none("affiant_feed_timestamp_seconds{feed=\"odd\\\"\\\\id\"}");
}

#define OUTCOME(host, outcome)                                          \
	"affiant_source_outcomes_total{feed=\"BTC/USD\",source=\"" host \
	"\",outcome=\"" outcome "\"}"

static void sources__are_told_by_host_alone(void **state)
{
	(void)state;
	count(0, 0, "used", 5);
	count(0, 2, "used", 2);
	count(0, 2, "tls", 1);
	count(0, 1, "deviation", 3);
	count(0, 1, "a word that nobody listed", 1);
	encode(metrics_rows, &facts);
	read_scrape();
	/* Two sources of one host are one series. */
	expect(OUTCOME("api.example.com", "used"), "7");
	expect(OUTCOME("api.example.com", "tls"), "1");
	expect(OUTCOME("b.example", "used"), "0");
	expect(OUTCOME("b.example", "deviation"), "3");
	expect(OUTCOME("b.example", "other"), "1");
	expect(OUTCOME("[2001:db8::1]", "used"), "0");
	expect_none(OUTCOME("b.example", "tls"));
	static const char *const never[] = { "SECRET", "8443", "/v1",
		"key=", "/other", "https:" };
	for (size_t i = 0; i < COUNT(never); i++)
		assert_null(strstr(scrape.text, never[i]));
}

static void clock__is_told_with_its_sign(void **state)
{
	(void)state;
	facts.time = (struct trusted_time_state){ .ok = true, .n_hosts = 2 };
	encode(metrics_rows, &facts);
	read_scrape();
	expect("affiant_clock_ok", "1");
	expect("affiant_clock_hosts", "2");
	expect_none("affiant_clock_offset_seconds");
	facts.time = (struct trusted_time_state){
		.n_hosts = 3, .has_offset = true, .offset_ms = -61005
	};
	encode(metrics_rows, &facts);
	read_scrape();
	expect("affiant_clock_ok", "0");
	expect("affiant_clock_offset_seconds", "-61.005");
	facts.time.offset_ms = 70;
	encode(metrics_rows, &facts);
	read_scrape();
	expect("affiant_clock_offset_seconds", "0.070");
}

static void collateral__is_told_when_somebody_keeps_it(void **state)
{
	(void)state;
	facts.collateral = (struct collateral_state){ .has_bundle = true,
		.until = { 1703347200500 },
		.obtained = { 1703340000000 },
		.n_failed = 2 };
	encode(metrics_rows, &facts);
	assert_null(strstr(scrape.text, "affiant_collateral"));
	facts.has_keeper = true;
	encode(metrics_rows, &facts);
	read_scrape();
	expect("affiant_collateral_valid_to_seconds", "1703347200.500");
	expect("affiant_collateral_last_refresh_seconds", "1703340000.000");
	expect("affiant_collateral_refresh_failures_total", "2");
	/* It tried, and never had one. */
	facts.collateral = (struct collateral_state){ .n_failed = 3 };
	encode(metrics_rows, &facts);
	read_scrape();
	expect_none("affiant_collateral_valid_to_seconds");
	expect_none("affiant_collateral_last_refresh_seconds");
	expect("affiant_collateral_refresh_failures_total", "3");
}

/* ---- the route ----------------------------------------------------------- */

static char sent[65536];

static void take(void *to, struct span bytes)
{
	(void)to;
	assert_in_range(bytes.n, 1, sizeof(sent) - 1);
	memcpy(sent, bytes.p, bytes.n);
	sent[bytes.n] = '\0';
}

static int ask(struct http_site *site, const char *path)
{
	const struct http_request r = {
		.method = HTTP_GET, .path = path, .now = { 1703347200000 }
	};
	int status = http_routes_serve(site, &r, take, NULL);
	const char *body = strstr(sent, "\r\n\r\n") + 4;

	memcpy(scrape.text, body, strlen(body) + 1);
	return status;
}

static bool obtain_nothing(void *user, const volatile bool *stop,
    struct blob *bundle, struct collateral_facts *of, struct fault *f)
{
	(void)user;
	(void)stop;
	(void)bundle;
	(void)of;
	return fault_raise(f, FAULT_REMOTE, "t.obtain", "there is none");
}

static void route__counts_what_was_answered_before(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;
	const struct collateral_keeper_config keeper = {
		.obtain = obtain_nothing, .refresh_s = 60
	};
	struct collateral_keeper *collateral;
	struct config config = { .feeds = feed_configs, .n_feeds = 1 };
	struct feed feed = { .config = &feed_configs[0],
		.status = { .rounds_ok = 8 } };
	struct feed *list[] = { &feed };
	struct signer signer = { .address = { { 0xab } } };
	struct attest attest;
	struct quoter *quoter;
	struct recent *recent;
	struct http_site site;

	attest_double_init(&attest);
	assert_ok(board_new(&feed.board, &f), f);
	assert_ok(quoter_open(&attest, &quoter, &f), f);
	assert_ok(recent_new(4, 4096, &recent, &f), f);
	assert_ok(collateral_keeper_new(&keeper, &collateral, &f), f);
	collateral_keeper_refresh(collateral);
	const struct http_deps deps = { .config = &config,
		.feeds = list,
		.n_feeds = 1,
		.signer = &signer,
		.attest = &attest,
		.quoter = quoter,
		.recent = recent,
		.collateral = collateral };
	assert_ok(http_site_init(&site, &deps, 2, &f), f);

	assert_int_equal(ask(&site, "/metrics"), 200);
	assert_non_null(strstr(sent,
	    "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
	assert_non_null(strstr(sent, "\r\nCache-Control: no-store\r\n"));
	read_scrape();
	expect("affiant_http_answers_total{class=\"2xx\"}", "0");
	expect(
	    "affiant_feed_rounds_total{feed=\"BTC/USD\",result=\"ok\"}", "8");
	expect("affiant_collateral_refresh_failures_total", "1");
	expect("affiant_build_info{version=\"" AFFIANT_VERSION
	       "\",platform=\"tdx\",provider=\"double<&>\"}",
	    "1");
	assert_int_equal(ask(&site, "/healthz"), 200);
	assert_int_equal(ask(&site, "/nothing"), 404);
	assert_int_equal(ask(&site, "/price"), 503);
	assert_int_equal(ask(&site, "/metrics"), 200);
	read_scrape();
	expect("affiant_http_answers_total{class=\"2xx\"}", "2");
	expect("affiant_http_answers_total{class=\"4xx\"}", "1");
	expect("affiant_http_answers_total{class=\"5xx\"}", "1");

	http_site_drop(&site);
	collateral_keeper_free(collateral);
	quoter_close(quoter);
	recent_free(recent);
	board_free(feed.board);
	attest_double_drop(&attest);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		CASE(format__every_line_parses),
		CASE(format__escapes_labels_and_leaves_out_what_is_empty),
		CASE(format__without_room_is_the_writers_fault),
		CASE(rows__are_named_by_the_rules),
		CASE(rows__say_how_chains_are),
		CASE(rows__say_what_the_parts_know),
		CASE(feeds__without_a_value_have_no_time),
		CASE(sources__are_told_by_host_alone),
		CASE(clock__is_told_with_its_sign),
		CASE(collateral__is_told_when_somebody_keeps_it),
		CASE(route__counts_what_was_answered_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
