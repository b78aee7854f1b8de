/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/aggregate.h"
#include "oracle/cmd.h"
#include "oracle/trusted_time.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPTION_CONFIG };

static const struct cmd_option options[] = {
	[OPTION_CONFIG] = { "config", "FILE", "the configuration of the feed" },
};

/* Texts of certificates and bodies: nothing that moves a terminal's cursor. */
static void print_line(const char *name, struct span text)
{
	printf("  %-11s ", name);
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		putchar(c < 0x20 || c == 0x7f ? '?' : c);
	}
	printf("\n");
}

static void print_hash(const char *name, const struct sha256 *hash)
{
	char hex[HEX_SIZE(sizeof(hash->b))];

	hex_encode(sha256_span(hash), hex);
	printf("  %-11s %s\n", name, hex);
}

static void print_tls(const struct tls_evidence *tls)
{
	char colons[HEX_COLON_SIZE(sizeof(tls->leaf.b))];
	char from[UTC_TEXT_SIZE], to[UTC_TEXT_SIZE];

	if (tls->plain_http) {
		printf("  tls         none: plain HTTP, anybody on the way "
		       "could have said it\n");
		return;
	}
	hex_encode_colon(sha256_span(&tls->leaf), colons);
	printf("  fingerprint %s\n", colons);
	print_hash("spki", &tls->spki);
	for (size_t i = 1; i < tls->n_chain; i++)
		print_hash("chain", &tls->chain[i]);
	print_hash("root", &tls->root);
	print_line("issuer", tls->issuer);
	if (tls->subject.n > 0)
		print_line("subject", tls->subject);
	printf("  valid       %s to %s\n", utc_format(tls->valid_from, from),
	    utc_format(tls->valid_to, to));
	print_line("tls", tls->version);
	print_line("cipher", tls->cipher);
	if (tls->ocsp.n > 0)
		print_line("ocsp", tls->ocsp);
	if (tls->has_scts)
		printf("  scts        %llu\n", (unsigned long long)tls->scts);
}

static void print_source(
    const struct source_result *result, const struct aggregate_source *a)
{
	const struct statement_source *s = &result->source;
	char at[UTC_TEXT_SIZE];

	print_line("source", s->host);
	print_line("url", s->url);
	if (!a->used) {
		print_line("rejected", a->reason);
		print_line("because", a->detail);
	}
	if (!result->ok)
		return;
	print_line("value", s->value);
	printf("  status      %llu\n", (unsigned long long)s->status);
	printf("  observed    %s\n", utc_format_ms(result->observed_at, at));
	if (result->has_server_date)
		printf(
		    "  date        %s\n", utc_format(result->server_date, at));
	printf("  took        %llu ms\n", (unsigned long long)result->took_ms);
	print_hash("body", &s->body);
	for (size_t i = 0; i < s->n_hops; i++) {
		print_line("via", s->hops[i].url);
		print_tls(&s->hops[i].tls);
	}
	print_tls(&s->tls);
}

static void print_value(
    const struct aggregate_job *job, const struct aggregate *a)
{
	const struct feed_config *feed = job->feed;
	char value[DEC_TEXT_SIZE], spread[DEC_TEXT_SIZE], at[UTC_TEXT_SIZE];

	printf("%s\n", feed->id);
	if (feed->kind->is_number)
		print_line("value", span_text(dec_format(&a->value, value)));
	else
		print_line("value", job->results[a->oldest].source.value);
	if (feed->n_sources > 1)
		printf("  method      %s of %zu, %zu rejected, spread %s\n",
		    feed->aggregate.method, a->n_used, a->n_rejected,
		    feed->kind->is_number ? dec_format(&a->spread, spread)
					  : "none");
	printf("  timestamp   %s\n", utc_format_ms(a->timestamp, at));
}

/* What its own sources say; nothing is signed that a clock could spoil. */
static FALLIBLE check_clock(const struct time_config *config,
    const struct source_result *results, size_t n, struct fault *f)
{
	AUTO(trusted_time_drop) struct trusted_time *time = NULL;
	struct time_config of_this_feed = *config;

	of_this_feed.require = false;
	TRY(trusted_time_new(&of_this_feed, &time, f));
	trusted_time_hear(time, results, n);
	return trusted_time_check(time, trusted_moment_now(), f);
}

static int fetch(const struct config *config, const struct feed_config *feed,
    struct source_set *sources, struct aggregate *a)
{
	struct fault f = FAULT_INIT;
	struct aggregate_job job = { .feed = feed };

	job.results = source_set_fetch(sources, NULL);
	job.now = clock_now();
	bool ok = aggregate_run(&job, a, &f) &&
	    check_clock(&config->time, job.results, feed->n_sources, &f);
	for (size_t i = 0; i < feed->n_sources; i++) {
		print_source(&job.results[i], &a->source[i]);
		printf("\n");
	}
	if (!ok)
		return cmd_open_failed(&f);
	print_value(&job, a);
	return CMD_OK;
}

static void drop_aggregate(struct aggregate **a)
{
	free(*a);
	*a = NULL;
}

static int run(const struct cmd_args *args)
{
	AUTO(drop_aggregate) struct aggregate *a = calloc(1, sizeof(*a));
	AUTO(config_drop) struct config *config = NULL;
	struct source_set *sources = NULL;
	struct fault f = FAULT_INIT;

	if (args->option[OPTION_CONFIG] == NULL) {
		fprintf(stderr, "affiantd fetch: needs --config FILE\n");
		return CMD_USAGE;
	}
	config = cmd_open_config(args->option[OPTION_CONFIG]);
	if (config == NULL || a == NULL)
		return CMD_FAILED;
	const struct feed_config *feed = config_feed(config, args->operand[0]);
	if (feed == NULL) {
		fprintf(stderr, "affiantd: no feed %s; there are:\n",
		    args->operand[0]);
		for (size_t i = 0; i < config->n_feeds; i++)
			fprintf(stderr, "  %s\n", config->feeds[i].id);
		return CMD_FAILED;
	}
	if (!sources_init(&f))
		return cmd_open_failed(&f);
	int exit_code;
	if (source_set_open(
		NULL, feed->sources, feed->n_sources, &sources, &f)) {
		exit_code = fetch(config, feed, sources, a);
		source_set_close(sources);
	} else {
		exit_code = cmd_open_failed(&f);
	}
	sources_exit();
	return exit_code;
}

const struct cmd cmd_fetch = {
	.name = "fetch",
	.help = "one round with its TLS evidence; nothing is signed",
	.options = options,
	.n_options = COUNT(options),
	.operand = "FEED",
	.run = run,
};
