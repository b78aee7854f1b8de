/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/config_rules.h"

#include "attest/attest.h"
#include "oracle/config_chain.h"
#include "oracle/config_requests.h"
#include "oracle/http_tls.h"
#include "sources/collateral_fetch.h"
#include "sources/source_template.h"
#include "verify/base/file.h"
#include "verify/combine.h"
#include "verify/tls_logs.h"

#include <string.h>

/* The node below `v`, or NULL at any missing step. */
static const struct json_node *element(const struct json_node *v, size_t i)
{
	const struct json_node *e = json_first(v);

	while (e != NULL && i-- > 0)
		e = json_next(e);
	return e;
}

/* Both given and equal. */
static bool same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Both left out, or both given and equal. */
static bool alike(const char *a, const char *b)
{
	return (a == NULL && b == NULL) || same(a, b);
}

static bool same_observation(
    const struct source_config *a, const struct source_config *b)
{
	if (!same(a->url, b->url) || !alike(a->body, b->body))
		return false;
	if (a->rule.pick != NULL || b->rule.pick != NULL)
		return same(a->rule.pick, b->rule.pick);
	return (a->rule.line > 0 || a->rule.match != NULL) &&
	    a->rule.line == b->rule.line && alike(a->rule.match, b->rule.match);
}

/* A problem at a member of the current place. */
#define PROBLEM_AT(r, name, ...)                             \
	do {                                                 \
		size_t mark_ = config_report_enter(r, name); \
		config_report_add(r, __VA_ARGS__);           \
		config_report_leave(r, mark_);               \
	} while (0)

/* ---- a source ----------------------------------------------------------- */

/*
 * sources/ names the first problem of a source by the member's pointer. That
 * member is then replaced in a copy by one that is right, and asked again, so
 * that every wrong member is named.
 */
#define MENDED_URL "https://mended.invalid/"

static bool needs_pick(const struct source_config *c)
{
	const struct source_kind *kind = source_kind_find(c->kind);

	return kind != NULL && kind->picks->needs_pick;
}

static bool mend(struct source_config *c, const char *at)
{
	if (strcmp(at, "/url") == 0)
		c->url = MENDED_URL;
	else if (strcmp(at, "/pick") == 0)
		c->rule.pick = needs_pick(c) ? "" : NULL;
	else if (strcmp(at, "/ca_file") == 0)
		c->ca_file = NULL;
	else if (strcmp(at, "/pins") == 0)
		c->pins = (struct source_pins){ 0 };
	else if (strcmp(at, "/ct") == 0)
		c->ct = SOURCE_REPORT;
	else if (strcmp(at, "/time_pick") == 0 || strcmp(at, "/time_unit") == 0)
		c->rule.time_pick = c->rule.time_unit = NULL;
	else if (strcmp(at, "/headers") == 0)
		c->n_headers = 0;
	else if (strcmp(at, "/body") == 0)
		c->body = NULL;
	else if (strcmp(at, "/require") == 0)
		c->rule.n_require = 0;
	else if (strcmp(at, "/forbid") == 0)
		c->rule.n_forbid = 0;
	else if (strcmp(at, "/form") == 0)
		c->rule.form = NULL;
	else if (strcmp(at, "/scale") == 0)
		c->rule.scale = 0;
	else if (strcmp(at, "/line") == 0)
		c->rule.line = 0;
	else if (strcmp(at, "/match") == 0)
		c->rule.match = needs_pick(c) ? NULL : "(x)";
	else
		return false;
	return true;
}

/* What its own row of the table refused is not complained about twice. */
static void mend_refused(struct source_config *c, const struct json_node *v)
{
	if (c->url == NULL)
		(void)mend(c, "/url"); /* missing has been said, too */
	if (c->rule.pick == NULL && json_find(v, "pick") != NULL)
		(void)mend(c, "/pick");
	if (c->rule.match == NULL && json_find(v, "match") != NULL)
		(void)mend(c, "/match");
	if (c->rule.time_pick == NULL && json_find(v, "time_pick") != NULL)
		(void)mend(c, "/time_pick");
	if (c->rule.time_unit == NULL && json_find(v, "time_unit") != NULL)
		(void)mend(c, "/time_unit");
}

static void check_by_kind(struct config_report *r,
    const struct source_config *c, const struct json_node *v)
{
	struct source_config copy = *c;
	bool again = true;

	mend_refused(&copy, v);
	while (again) {
		struct fault f = FAULT_INIT;

		if (source_config_check(&copy, &f))
			return;
		const char *name = f.at[0] == '/' ? f.at + 1 : "url";
		PROBLEM_AT(r, name, "%s", f.text);
		again = mend(&copy, f.at);
	}
}

/* Every ${NAME} is set, and fits where it stands. */
static void check_secret(struct config_report *r, const char *name,
    const char *text, const struct source_values *values,
    enum source_template_form form, size_t max_bytes)
{
	AUTO(blob_wipe) struct blob value = { 0 };
	struct fault form_fault = FAULT_INIT, f = FAULT_INIT;

	if (text == NULL || !source_template_check(text, "/", &form_fault))
		return; /* the kind has said so */
	if (!source_template_fill(
		text, values, form, max_bytes, "/", &value, &f))
		PROBLEM_AT(r, name, "%s", f.text);
}

static void check_secrets(
    struct config_report *r, const struct source_config *c)
{
	const struct source_values *values = &c->values;

	check_secret(
	    r, "url", c->url, values, SOURCE_TEMPLATE_PERCENT, LIMIT_URL_BYTES);
	check_secret(r, "body", c->body, values, SOURCE_TEMPLATE_JSON,
	    LIMIT_SOURCE_HEADER_BYTES);
	for (size_t i = 0; i < c->n_headers; i++) {
		size_t mark = config_report_enter(r, "headers");

		check_secret(r, c->headers[i].name, c->headers[i].value, values,
		    SOURCE_TEMPLATE_RAW, LIMIT_SOURCE_HEADER_BYTES);
		config_report_leave(r, mark);
	}
}

void config_rules_source(struct config_report *r, const struct source_config *c,
    const struct json_node *v)
{
	check_by_kind(r, c, v);
	check_secrets(r, c);
}

/* Never NULL: what the table refused is taken for the default. */
static const struct combine_method *method_of(const struct feed_config *feed)
{
	const char *id = feed->aggregate.method;
	const struct combine_method *m =
	    id != NULL ? combine_find(span_text(id)) : NULL;

	return m != NULL ? m : combine_methods[0];
}

static void check_source(struct config_report *r,
    const struct feed_config *feed, size_t index, const struct json_node *v)
{
	const struct source_config *c = &feed->sources[index];

	if (v == NULL || json_kind_of(v) != JSON_OBJECT)
		return;
	config_rules_source(r, c, v);
	if (json_find(v, "weight") != NULL && !method_of(feed)->has_weights)
		PROBLEM_AT(
		    r, "weight", "%s has no weights", method_of(feed)->id);
	/* The same observation twice would count as two witnesses. */
	for (size_t i = 0; i < index; i++) {
		if (same_observation(&feed->sources[i], c)) {
			config_report_add(
			    r, "the same url and pick as source %zu", i);
			return;
		}
	}
}

/* ---- a feed ------------------------------------------------------------- */

static void check_kind(struct config_report *r, const struct feed_config *feed,
    const struct json_node *v)
{
	const struct statement_kind *kind = feed->kind;

	if (kind->has_unit && json_find(v, "unit") == NULL)
		PROBLEM_AT(
		    r, "unit", "is missing: kind %s needs one", kind->id);
	if (!kind->has_unit && json_find(v, "unit") != NULL)
		PROBLEM_AT(r, "unit", "kind %s has no unit", kind->id);
	if (kind->is_number)
		return;
	if (json_find(v, "decimals") != NULL)
		PROBLEM_AT(r, "decimals", "kind %s has no number", kind->id);
	if (json_find(v, "rounding") != NULL)
		PROBLEM_AT(r, "rounding", "kind %s has no number", kind->id);
	if (feed->n_sources > 1 && !method_of(feed)->uses_first)
		PROBLEM_AT(r, "sources",
		    "kind %s has no number to aggregate: want one source, or "
		    "the method first-of",
		    kind->id);
}

/* What belongs to one method only says so with every other. */
static void check_method(struct config_report *r,
    const struct feed_config *feed, const struct json_node *v)
{
	const struct aggregate_config *a = &feed->aggregate;
	const struct json_node *node = json_find(v, "aggregate");
	const struct combine_method *m = method_of(feed);
	size_t mark = config_report_enter(r, "aggregate");

	if (!config_report_has(r, "method") && !m->has_trim &&
	    json_find(node, "trim") != NULL)
		PROBLEM_AT(r, "trim", "%s drops nothing", m->id);
	if (m->has_trim && !config_report_has(r, "trim") &&
	    !config_report_has(r, "min_sources") &&
	    2 * a->trim >= a->min_sources)
		PROBLEM_AT(r, "trim",
		    "%llu on each side may leave nothing of min_sources %llu",
		    (unsigned long long)a->trim,
		    (unsigned long long)a->min_sources);
	config_report_leave(r, mark);
}

static void check_aggregate(struct config_report *r,
    const struct feed_config *feed, const struct json_node *v)
{
	const struct aggregate_config *a = &feed->aggregate;
	const struct json_node *node = json_find(v, "aggregate");

	if (feed->n_sources == 0)
		return; /* has been said */
	if (feed->n_sources > 1 && node == NULL) {
		PROBLEM_AT(r, "aggregate",
		    "is missing: there is more than one source");
		return;
	}
	size_t mark = config_report_enter(r, "aggregate");
	if (feed->n_sources > 1 && json_kind_of(node) == JSON_OBJECT &&
	    json_find(node, "min_sources") == NULL)
		PROBLEM_AT(r, "min_sources",
		    "is missing: there is more than one source");
	if (a->min_sources > feed->n_sources)
		PROBLEM_AT(r, "min_sources",
		    "%llu of %zu: fewer sources than that are configured",
		    (unsigned long long)a->min_sources, feed->n_sources);
	bool age_refused = config_report_has(r, "max_age_ms");
	config_report_leave(r, mark);
	if (age_refused || config_report_has(r, "interval_ms"))
		return;
	/* Between two rounds there would be nothing to serve. */
	if (a->max_age_ms < feed->interval_ms)
		PROBLEM_AT(r, "interval_ms",
		    "%llu ms is longer than a value lasts "
		    "(aggregate.max_age_ms %llu)",
		    (unsigned long long)feed->interval_ms,
		    (unsigned long long)a->max_age_ms);
}

static void check_breaker(struct config_report *r,
    const struct feed_config *feed, const struct json_node *v)
{
	const struct aggregate_config *a = &feed->aggregate;
	size_t mark = config_report_enter(r, "aggregate");

	if (a->max_jump_bps > 0 && !feed->kind->is_number)
		PROBLEM_AT(
		    r, "max_jump_bps", "kind %s has no number", feed->kind->id);
	else if (a->max_jump_bps > 0 && a->max_deviation_bps == 0 &&
	    !config_report_has(r, "max_deviation_bps"))
		PROBLEM_AT(r, "max_jump_bps",
		    "needs max_deviation_bps: within it rounds agree on a "
		    "jump");
	if (a->max_jump_bps == 0 && !config_report_has(r, "max_jump_bps") &&
	    json_find(json_find(v, "aggregate"), "confirm_rounds") != NULL)
		PROBLEM_AT(r, "confirm_rounds",
		    "needs max_jump_bps: there is no jump to confirm");
	config_report_leave(r, mark);
}

static void check_unique(
    struct config_report *r, const struct config *c, size_t index)
{
	const struct feed_config *feed = &c->feeds[index];
	bool id_taken = false, path_taken = false;

	for (size_t i = 0; i < index; i++) {
		id_taken |= same(c->feeds[i].id, feed->id);
		path_taken |= same(c->feeds[i].path, feed->path);
	}
	if (id_taken)
		PROBLEM_AT(r, "id", "another feed has this id");
	if (path_taken)
		PROBLEM_AT(r, "path", "another feed has this path");
}

static void fill_sources(const struct config *c, struct feed_config *feed)
{
	for (size_t i = 0; i < feed->n_sources; i++) {
		struct source_config *s = &feed->sources[i];

		if (s->ca_file == NULL)
			s->ca_file = c->ca_file;
		s->logs = c->logs;
		s->rule.is_number = feed->kind->is_number;
		s->rule.must_be_positive = strcmp(feed->kind->id, "price") == 0;
		s->rule.decimals = feed->decimals;
		s->rule.rounding = feed->rounding;
	}
}

/* What is kept has to fit into one response. */
static void check_kept(struct config_report *r, const struct config *c,
    const struct feed_config *feed)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < feed->n_sources; i++)
		if (feed->sources[i].keep_body)
			bytes += feed->sources[i].max_bytes;
	if (bytes > LIMIT_BODIES_BYTES)
		PROBLEM_AT(r, "sources",
		    "bodies of up to %llu bytes would be kept, %u at most: "
		    "give those sources a lower max_bytes",
		    (unsigned long long)bytes, LIMIT_BODIES_BYTES);
	if (bytes > 0 && c->canonical.n > LIMIT_CONFIG_BYTES)
		PROBLEM_AT(r, "sources",
		    "with keep_body the configuration travels too, and has "
		    "more than %d bytes",
		    LIMIT_CONFIG_BYTES);
}

static void check_feed(struct config_report *r, struct config *c, size_t index,
    const struct json_node *v)
{
	struct feed_config *feed = &c->feeds[index];
	const struct json_node *sources = json_find(v, "sources");

	if (v == NULL || json_kind_of(v) != JSON_OBJECT)
		return;
	fill_sources(c, feed);
	check_unique(r, c, index);
	check_kind(r, feed, v);
	check_aggregate(r, feed, v);
	check_method(r, feed, v);
	check_breaker(r, feed, v);
	check_kept(r, c, feed);
	for (size_t i = 0; i < feed->n_sources; i++) {
		size_t in_sources = config_report_enter(r, "sources");

		config_report_enter_index(r, i);
		check_source(r, feed, i, element(sources, i));
		config_report_leave(r, in_sources);
	}
}

/* ---- the whole ---------------------------------------------------------- */

/* As with sources: the first problem is mended, and asked again. */
static void check_service(
    struct config_report *r, const struct collateral_config *c)
{
	struct collateral_service s = {
		.url = c->pccs,
		.root_crl_url = c->root_crl,
		.ca_file = c->ca_file,
		.allow_http = c->allow_http,
	};

	const struct source_values none = { 0 };

	check_secret(r, "pccs", c->pccs, &none, SOURCE_TEMPLATE_PERCENT,
	    LIMIT_URL_BYTES);
	check_secret(r, "root_crl", c->root_crl, &none, SOURCE_TEMPLATE_PERCENT,
	    LIMIT_URL_BYTES);
	for (bool again = true; again;) {
		struct fault f = FAULT_INIT;

		if (collateral_fetch_check(&s, &f))
			return;
		PROBLEM_AT(r, f.at + 1, "%s", f.text);
		again =
		    strcmp(f.at, "/pccs") == 0 || strcmp(f.at, "/ca_file") == 0;
		if (strcmp(f.at, "/pccs") == 0)
			s.url = MENDED_URL;
		else
			s.ca_file = NULL;
	}
}

static void check_collateral(struct config_report *r,
    const struct collateral_config *c, const struct json_node *v)
{
	static const char *const of_service[] = { "root_crl", "ca_file",
		"allow_http", "update" };
	bool has_pccs = json_find(v, "pccs") != NULL;
	bool has_file = json_find(v, "file") != NULL;

	if (v == NULL || json_kind_of(v) != JSON_OBJECT)
		return;
	if (!has_pccs && !has_file)
		config_report_add(r, "needs pccs or file");
	if (has_pccs && has_file)
		config_report_add(r, "has both pccs and file: want one");
	for (size_t i = 0; has_file && i < COUNT(of_service); i++) {
		if (json_find(v, of_service[i]) != NULL)
			PROBLEM_AT(r, of_service[i],
			    "is for a service (pccs), not for a file");
	}
	if (c->pccs != NULL)
		check_service(r, c);
}

static void check_attest(
    struct config_report *r, const struct config *c, const struct json_node *v)
{
	size_t in_attest = config_report_enter(r, "attest");
	size_t in_collateral = config_report_enter(r, "collateral");

	check_collateral(r, &c->collateral, json_find(v, "collateral"));
	config_report_leave(r, in_collateral);
	config_report_leave(r, in_attest);
	if (c->simulate != NULL && strcmp(c->provider, "auto") != 0 &&
	    strcmp(c->provider, "simulator") != 0) {
		size_t mark = config_report_enter(r, "attest");

		PROBLEM_AT(r, "simulate",
		    "provider %s is hardware: it simulates nothing",
		    c->provider);
		config_report_leave(r, mark);
	}
}

static bool is_agent(const char *provider)
{
	for (size_t i = 0; provider != NULL && attest_rows[i] != NULL; i++) {
		if (strcmp(attest_rows[i]->id, provider) == 0)
			return attest_rows[i]->is_agent;
	}
	return false;
}

/* What is asked of an agent is for providers that are one. */
static void check_agent(
    struct config_report *r, const struct config *c, const struct json_node *v)
{
	static const char *const of_agent[] = { "socket", "key_path",
		"key_purpose", "timeout_ms" };
	size_t mark = config_report_enter(r, "attest");

	if (is_agent(c->provider)) {
		config_report_leave(r, mark);
		return;
	}
	for (size_t i = 0; i < COUNT(of_agent); i++) {
		if (json_find(v, of_agent[i]) != NULL)
			PROBLEM_AT(r, of_agent[i],
			    "is for a provider with an agent (dstack, tappd), "
			    "which is to be named");
	}
	config_report_leave(r, mark);
}

/* Started all the same, the daemon would crash on the first connection. */
static void check_tls(struct config_report *r, const struct config *c)
{
	size_t mark = config_report_enter(r, "http");

	if (c->tls.mode != NULL && !http_tls_is_possible())
		PROBLEM_AT(r, "tls",
		    "the HTTP library of this build cannot serve TLS (that of "
		    "Debian crashes); the image's can (compose/build), or put "
		    "a proxy in front and trust the statements alone");
	config_report_leave(r, mark);
}

/* Said once, and not for each source that would take it. */
static void check_global_ca_file(struct config_report *r, struct config *c)
{
	const struct source_config probe = {
		.kind = "http-json",
		.url = MENDED_URL,
		.rule.pick = "",
		.ca_file = c->ca_file,
		.timeout_ms = LIMIT_TIMEOUT_MS,
		.max_bytes = LIMIT_BODY_BYTES_DEFAULT,
	};
	struct fault f = FAULT_INIT;

	if (c->ca_file == NULL || source_config_check(&probe, &f))
		return;
	PROBLEM_AT(r, "ca_file", "%s", f.text);
	c->ca_file = NULL;
}

/* Read once, for all sources. */
static void read_ct_logs(struct config_report *r, struct config *c)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;

	if (c->ct_logs != NULL &&
	    (!file_read(c->ct_logs, LIMIT_CT_LOGS_BYTES, &text, &f) ||
		!tls_logs_read(blob_span(&text), &c->logs, &f)))
		PROBLEM_AT(r, "ct_logs", "%s", f.text);
}

void config_rules_apply(
    struct config_report *r, struct config *c, const struct json_node *root)
{
	const struct json_node *feeds = json_find(root, "feeds");

	check_attest(r, c, json_find(root, "attest"));
	check_agent(r, c, json_find(root, "attest"));
	check_tls(r, c);
	check_global_ca_file(r, c);
	read_ct_logs(r, c);
	for (size_t i = 0; i < c->n_feeds; i++) {
		size_t in_feeds = config_report_enter(r, "feeds");

		config_report_enter_index(r, i);
		check_feed(r, c, i, element(feeds, i));
		config_report_leave(r, in_feeds);
	}
	config_requests_check(r, c, json_find(root, "requests"));
	config_chain_check(r, c);
}
