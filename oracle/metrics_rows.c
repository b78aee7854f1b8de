/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/metrics.h"

#include "oracle/metrics_chains.h"

#include <string.h>

#define VALUES(...) ((const char *const[]){ __VA_ARGS__ })

/* ---- the oracle itself -------------------------------------------------- */

static void read_build(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(
	    to, VALUES(facts->version, facts->platform, facts->provider), 1);
}

static void read_config(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, VALUES(facts->config), 1);
}

static void read_signer(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, VALUES(facts->signer), 1);
}

static void read_simulated(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->simulated ? 1 : 0);
}

static void read_started(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, (uint64_t)facts->started.ms);
}

/* ---- the clock ----------------------------------------------------------- */

static void read_clock_ok(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->time.ok ? 1 : 0);
}

static void read_clock_hosts(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->time.n_hosts);
}

static void read_clock_offset(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	if (facts->time.has_offset)
		metrics_put_signed(to, NULL, facts->time.offset_ms);
}

/* ---- feeds -------------------------------------------------------------- */

static void read_rounds(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_feeds; i++) {
		const struct metrics_feed *feed = &facts->feeds[i];
		const char *id = feed->config->id;

		metrics_put(to, VALUES(id, "ok"), feed->status.rounds_ok);
		metrics_put(
		    to, VALUES(id, "failed"), feed->status.rounds_failed);
	}
}

static void read_fresh(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_feeds; i++)
		metrics_put(to, VALUES(facts->feeds[i].config->id),
		    facts->feeds[i].status.fresh ? 1 : 0);
}

static void read_timestamp(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_feeds; i++) {
		const struct metrics_feed *feed = &facts->feeds[i];

		if (feed->status.has_value)
			metrics_put(to, VALUES(feed->config->id),
			    (uint64_t)feed->status.timestamp.ms);
	}
}

static void read_late(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_feeds; i++)
		metrics_put(to, VALUES(facts->feeds[i].config->id),
		    facts->feeds[i].status.late_ms);
}

static void read_rounds_late(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_feeds; i++)
		metrics_put(to, VALUES(facts->feeds[i].config->id),
		    facts->feeds[i].status.rounds_late);
}

static void read_sources(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_feeds; i++) {
		const struct metrics_feed *feed = &facts->feeds[i];
		const char *id = feed->config->id;

		if (!feed->status.has_value)
			continue;
		metrics_put(to, VALUES(id, "used"), feed->status.used);
		metrics_put(to, VALUES(id, "rejected"), feed->status.rejected);
	}
}

/* ---- sources ------------------------------------------------------------ */

#define HOST_SIZE 254

/*
 * The host of a URL that the configuration's check has let pass: no user
 * info, no secret in front of the path. Lower case, as in statements.
 */
static void host_of(const char *url, char out[HOST_SIZE])
{
	const char *mark = strstr(url, "://");
	const char *p = mark != NULL ? mark + 3 : url;
	bool bracket = false;
	size_t n = 0;

	for (; *p != '\0' && n < HOST_SIZE - 1; p++) {
		if (strchr("/?#", *p) != NULL || (*p == ':' && !bracket))
			break;
		bracket = *p == '[' || (bracket && *p != ']');
		out[n++] = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
	}
	out[n] = '\0';
}

/* Two sources of one host are one series: the host is the label. */
static uint64_t outcomes_of_host(const struct metrics_feed *feed,
    char hosts[LIMIT_SOURCES][HOST_SIZE], size_t first, size_t outcome)
{
	uint64_t n = 0;

	for (size_t i = first; i < feed->config->n_sources; i++) {
		if (strcmp(hosts[i], hosts[first]) == 0)
			n += feed_tally_count(feed->tally, i, outcome);
	}
	return n;
}

static bool is_repeated(char hosts[LIMIT_SOURCES][HOST_SIZE], size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(hosts[k], hosts[i]) == 0)
			return true;
	}
	return false;
}

/* Outcomes that never happened are left out: there are many, and few do. */
static void put_feed_outcomes(
    const struct metrics_feed *feed, struct metrics_series *to)
{
	char hosts[LIMIT_SOURCES][HOST_SIZE];

	for (size_t i = 0; i < feed->config->n_sources; i++)
		host_of(feed->config->sources[i].url, hosts[i]);
	for (size_t i = 0; i < feed->config->n_sources; i++) {
		if (is_repeated(hosts, i))
			continue;
		for (size_t k = 0; k < FEED_TALLY_OUTCOMES; k++) {
			uint64_t n = outcomes_of_host(feed, hosts, i, k);

			if (n == 0 && k > 0)
				continue;
			metrics_put(to,
			    VALUES(feed->config->id, hosts[i],
				feed_tally_outcomes[k]),
			    n);
		}
	}
}

static void read_outcomes(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	for (size_t i = 0; i < facts->n_feeds; i++)
		put_feed_outcomes(&facts->feeds[i], to);
}

/* ---- quotes ------------------------------------------------------------- */

static void read_quotes(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, VALUES("ok"), facts->quoter.quotes);
	metrics_put(to, VALUES("failed"), facts->quoter.failures);
}

static void read_quoted(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->quoter.statements);
}

static void read_quote_took(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	if (facts->quoter.quotes > 0)
		metrics_put(to, NULL, facts->quoter.last_took_ms);
}

static void read_largest_batch(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->quoter.largest_batch);
}

static void read_quote_waiting(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->quoter.waiting);
}

/* ---- collateral --------------------------------------------------------- */

static void read_valid_to(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	if (facts->has_keeper && facts->collateral.has_bundle)
		metrics_put(to, NULL, (uint64_t)facts->collateral.until.ms);
}

static void read_refreshed(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	if (facts->has_keeper && facts->collateral.obtained.ms > 0)
		metrics_put(to, NULL, (uint64_t)facts->collateral.obtained.ms);
}

static void read_refresh_failures(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	if (facts->has_keeper)
		metrics_put(to, NULL, facts->collateral.n_failed);
}

/* ---- HTTP and what is kept ---------------------------------------------- */

static void read_answers(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	static const char *const classes[METRICS_CLASSES] = { "1xx", "2xx",
		"3xx", "4xx", "5xx" };

	/* (1xx is never sent) */
	for (size_t i = 1; i < METRICS_CLASSES; i++)
		metrics_put(to, VALUES(classes[i]), facts->http.answers[i]);
}

static void read_busy(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->http.busy);
}

static void read_connections(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->http.connections);
}

static void read_threads(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->http.threads);
}

static void read_waiting(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->http.waiting);
}

static void read_recent(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->recent.entries);
}

static void read_recent_bytes(
    const struct metrics_facts *facts, struct metrics_series *to)
{
	metrics_put(to, NULL, facts->recent.bytes);
}

/* ---- the table ---------------------------------------------------------- */

/* Names are published: dashboards and alarms are built on them. */
const struct metrics_row metrics_rows[] = {
	{ "affiant_build_info", METRICS_GAUGE, METRICS_PLAIN,
	    { "version", "platform", "provider" }, read_build,
	    "What runs here; always 1." },
	{ "affiant_config_info", METRICS_GAUGE, METRICS_PLAIN, { "sha256" },
	    read_config, "Hash of the configuration; always 1." },
	{ "affiant_signer_info", METRICS_GAUGE, METRICS_PLAIN, { "address" },
	    read_signer, "Who signs the statements; always 1." },
	{ "affiant_simulated", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_simulated,
	    "1 when the quotes are simulated and prove nothing." },
	{ "affiant_start_time_seconds", METRICS_GAUGE, METRICS_MS, { NULL },
	    read_started, "When the oracle began to serve, since 1970." },

	{ "affiant_clock_ok", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_clock_ok, "0 when the clock is refused: nothing is signed." },
	{ "affiant_clock_hosts", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_clock_hosts, "Hosts whose Date the clock is held against." },
	{ "affiant_clock_offset_seconds", METRICS_GAUGE, METRICS_MS, { NULL },
	    read_clock_offset,
	    "How far the clock is ahead of these hosts' median, at the "
	    "least." },

	{ "affiant_feed_rounds_total", METRICS_COUNTER, METRICS_PLAIN,
	    { "feed", "result" }, read_rounds, "Rounds of a feed." },
	{ "affiant_feed_rounds_late_total", METRICS_COUNTER, METRICS_PLAIN,
	    { "feed" }, read_rounds_late,
	    "Rounds that began later than a tenth of their interval." },
	{ "affiant_feed_round_late_seconds", METRICS_GAUGE, METRICS_MS,
	    { "feed" }, read_late, "How late the feed's last round began." },
	{ "affiant_feed_fresh", METRICS_GAUGE, METRICS_PLAIN, { "feed" },
	    read_fresh, "1 while the feed's value is served." },
	{ "affiant_feed_timestamp_seconds", METRICS_GAUGE, METRICS_MS,
	    { "feed" }, read_timestamp,
	    "Time of the feed's last statement, since 1970." },
	{ "affiant_feed_sources", METRICS_GAUGE, METRICS_PLAIN,
	    { "feed", "state" }, read_sources,
	    "Sources behind the feed's last statement." },
	{ "affiant_source_outcomes_total", METRICS_COUNTER, METRICS_PLAIN,
	    { "feed", "source", "outcome" }, read_outcomes,
	    "What became of a source in a round: used, or why not." },

	{ "affiant_quotes_total", METRICS_COUNTER, METRICS_PLAIN, { "result" },
	    read_quotes, "Quotes that were asked of the provider." },
	{ "affiant_quoted_statements_total", METRICS_COUNTER, METRICS_PLAIN,
	    { NULL }, read_quoted, "Statements that these quotes cover." },
	{ "affiant_quote_last_duration_seconds", METRICS_GAUGE, METRICS_MS,
	    { NULL }, read_quote_took, "How long the last quote took." },
	{ "affiant_quote_largest_batch", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_largest_batch, "Most statements that one quote has covered." },
	{ "affiant_quote_waiting", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_quote_waiting, "Statements that wait for the next quote." },

	{ "affiant_collateral_valid_to_seconds", METRICS_GAUGE, METRICS_MS,
	    { NULL }, read_valid_to,
	    "When the vendor's collateral ends, since 1970." },
	{ "affiant_collateral_last_refresh_seconds", METRICS_GAUGE, METRICS_MS,
	    { NULL }, read_refreshed,
	    "When the collateral was fetched last, since 1970." },
	{ "affiant_collateral_refresh_failures_total", METRICS_COUNTER,
	    METRICS_PLAIN, { NULL }, read_refresh_failures,
	    "Failed attempts to fetch the collateral." },

	{ "affiant_chain_ok", METRICS_GAUGE, METRICS_PLAIN, { "chain" },
	    metrics_chains_ok, "1 while nothing keeps submissions back." },
	{ "affiant_chain_head", METRICS_GAUGE, METRICS_PLAIN, { "chain" },
	    metrics_chains_head, "Newest block that was seen." },
	{ "affiant_chain_transactions", METRICS_GAUGE, METRICS_PLAIN,
	    { "chain", "state" }, metrics_chains_open,
	    "Transactions that are not confirmed." },
	{ "affiant_chain_submissions_total", METRICS_COUNTER, METRICS_PLAIN,
	    { "chain", "step" }, metrics_chains_steps,
	    "What became of transactions, step by step." },
	{ "affiant_chain_failures_total", METRICS_COUNTER, METRICS_PLAIN,
	    { "chain" }, metrics_chains_failures,
	    "Passes over a chain that ended with a fault." },
	{ "affiant_chain_balance_gwei", METRICS_GAUGE, METRICS_PLAIN,
	    { "chain" }, metrics_chains_balance,
	    "What the paying account has." },
	{ "affiant_chain_spent_gwei", METRICS_GAUGE, METRICS_PLAIN, { "chain" },
	    metrics_chains_spent,
	    "What was spent, or may yet be, in 24 hours." },
	{ "affiant_chain_endpoint_usable", METRICS_GAUGE, METRICS_PLAIN,
	    { "chain", "endpoint" }, metrics_chains_usable,
	    "1 while an endpoint is asked, by its place in the "
	    "configuration." },
	{ "affiant_chain_feed_timestamp_seconds", METRICS_GAUGE, METRICS_MS,
	    { "chain", "feed" }, metrics_chains_timestamp,
	    "Time of the statement that the contract holds, since 1970." },
	{ "affiant_chain_feed_updates_total", METRICS_COUNTER, METRICS_PLAIN,
	    { "chain", "feed", "result" }, metrics_chains_updates,
	    "Statements of a feed that were written, or refused." },

	{ "affiant_http_answers_total", METRICS_COUNTER, METRICS_PLAIN,
	    { "class" }, read_answers, "Answers by class of status." },
	{ "affiant_http_busy_handlers", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_busy, "Requests under way, this one too." },
	{ "affiant_http_connections", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_connections, "Open connections; each holds a thread." },
	{ "affiant_http_threads", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_threads, "Threads of the server." },
	{ "affiant_http_waiting_handlers", METRICS_GAUGE, METRICS_PLAIN,
	    { NULL }, read_waiting, "Requests that wait for a quote." },

	{ "affiant_recent_responses", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_recent, "Responses that can be found by their hash." },
	{ "affiant_recent_bytes", METRICS_GAUGE, METRICS_PLAIN, { NULL },
	    read_recent_bytes, "Memory that these take." },
	{ .name = NULL },
};
