/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The oracle at work. Opening is a straight list, and so is stopping:
 *   1 rounds are told to end, waiting requests lose their quote
 *   2 the HTTP server answers what is under way, and its threads end
 *   3 the threads of the rounds end
 *   4 everything is closed, in the reverse order of opening
 */
#include "oracle/cmd.h"
#include "oracle/collateral_keeper.h"
#include "oracle/collateral_source.h"
#include "oracle/http_server.h"
#include "oracle/log.h"
#include "oracle/request_desk.h"
#include "oracle/rounds.h"
#include "oracle/submit_hub.h"
#include "verify/base/text.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* Responses that can be looked up by their hash: ten minutes of a feed that
 * makes one in five seconds. The daemon stays below 20 MB with them. */
#define RECENT_ENTRIES 4096
#define RECENT_BYTES (1536 * 1024)
/* Of malloc: one for each of hundreds of threads would cost more than it
 * gains, since hardly anything is allocated while a request is answered. */
#define MALLOC_ARENAS 2
/* Room for a statement at work is larger, and goes back to the system when it
 * is done instead of leaving holes. Fixed, or malloc raises it by itself. */
#define MALLOC_MAPPED_BYTES (64 * 1024)
/* After this a stop is no longer clean. */
#define STOP_SECONDS 2

enum { OPTION_CONFIG };

static const struct cmd_option options[] = {
	[OPTION_CONFIG] = { "config", "FILE", "what to serve" },
};

struct oracle {
	struct cmd_engine engine;
	bool has_sources;
	struct recent *recent;
	struct collateral_source collateral_source;
	struct collateral_keeper *collateral; /* NULL: none is kept */
	struct trusted_time *time;
	struct source_loop *loop;
	struct feed *feeds[CONFIG_MAX_FEEDS];
	struct submit_hub *chains; /* NULL: none */
	struct request_desk *desk; /* NULL: no requests */
	struct http_server *http;
	struct rounds *rounds;
};

/* ---- opening ------------------------------------------------------------ */

/* A provider that brings its own is served with that, and nothing is kept. */
static bool wants_collateral(struct oracle *o)
{
	const struct collateral_config *c = &o->engine.config->collateral;
	AUTO(blob_drop) struct blob own = { 0 };
	struct fault f = FAULT_INIT;

	if (c->pccs == NULL && c->file == NULL)
		return false;
	if (!attest_collateral(o->engine.attest, &own, &f) &&
	    f.kind == FAULT_UNSUPPORTED)
		return true;
	log_event(LOG_INFO, "collateral",
	    { "text",
		LOG_S("the provider brings its own: attest.collateral is "
		      "not used") });
	return false;
}

static FALLIBLE open_collateral(struct oracle *o, struct fault *f)
{
	const struct collateral_config *c = &o->engine.config->collateral;
	const struct collateral_keeper_config keeper = {
		.obtain = collateral_source_obtain,
		.user = &o->collateral_source,
		.refresh_s = c->refresh_s,
	};

	if (!wants_collateral(o))
		return true;
	o->collateral_source = (struct collateral_source){
		.config = c,
		.attest = o->engine.attest,
	};
	TRY(collateral_keeper_new(&keeper, &o->collateral, f));
	return collateral_keeper_start(o->collateral, f);
}

static FALLIBLE open_feeds(struct oracle *o, struct fault *f)
{
	struct feed_deps deps = cmd_engine_deps(&o->engine);
	const struct config *config = o->engine.config;

	deps.recent = o->recent;
	deps.collateral = o->collateral;
	deps.time = o->time;
	TRY(source_loop_open(&config->limits, &o->loop, f));
	deps.loop = o->loop;
	deps.offer = submit_hub_offer;
	deps.offer_to = o->chains;
	for (size_t i = 0; i < config->n_feeds; i++) {
		if (!feed_open(&config->feeds[i], &deps, &o->feeds[i], f))
			return fault_within(f, "feed %s", config->feeds[i].id);
	}
	return true;
}

static FALLIBLE open_desk(struct oracle *o, struct fault *f)
{
	struct feed_deps deps = cmd_engine_deps(&o->engine);

	deps.collateral = o->collateral;
	deps.time = o->time;
	return request_desk_open(&deps, &o->desk, f);
}

static FALLIBLE open_oracle(struct oracle *o, struct fault *f)
{
	const struct config *config = o->engine.config;

	TRY(sources_init(f));
	o->has_sources = true;
	TRY(recent_new(RECENT_ENTRIES, RECENT_BYTES, &o->recent, f));
	TRY(open_collateral(o, f));
	TRY(submit_hub_open(config, o->engine.attest, &o->chains, f));
	TRY(trusted_time_new(&config->time, &o->time, f));
	TRY(open_feeds(o, f));
	TRY(open_desk(o, f));
	const struct http_deps deps = {
		.config = config,
		.feeds = o->feeds,
		.n_feeds = config->n_feeds,
		.signer = o->engine.signer,
		.attest = o->engine.attest,
		.quoter = o->engine.quoter,
		.recent = o->recent,
		.collateral = o->collateral,
		.chains = o->chains,
		.time = o->time,
		.desk = o->desk,
	};
	TRY(http_server_start(&deps, &o->http, f));
	TRY(submit_hub_start(o->chains, f));
	return rounds_start(o->loop, o->feeds, config->n_feeds, &o->rounds, f);
}

static void log_started(const struct oracle *o)
{
	const struct cmd_engine *e = &o->engine;
	char address[ETH_ADDR_TEXT_SIZE], hash[HEX_SIZE(32)];

	hex_encode(sha256_span(&e->config->hash), hash);
	eth_addr_format(signer_address(e->signer), address);
	log_event(LOG_INFO, "start", { "version", LOG_S(AFFIANT_VERSION) },
	    { "listen", LOG_S(e->config->listen) },
	    { "port", LOG_U(http_server_port(o->http)) },
	    { "provider", LOG_S(attest_provider(e->attest)) },
	    { "platform", LOG_S(attest_platform(e->attest)) },
	    { "simulated", LOG_B(attest_is_simulated(e->attest)) },
	    { "measured", LOG_B(attest_is_measured(e->attest)) },
	    { "signer", LOG_S(address) }, { "new_key", LOG_B(e->made_key) },
	    { "config", LOG_S(hash) }, { "feeds", LOG_U(e->config->n_feeds) });
	if (attest_is_simulated(e->attest))
		log_event(LOG_WARN, "simulated",
		    { "text",
			LOG_S("the quotes are simulated: they prove "
			      "nothing about this machine") });
	if (signer_key_chain(e->signer).n > 0 && !signer_has_service(e->signer))
		log_event(LOG_WARN, "no-key-service",
		    { "text",
			LOG_S(
			    "no key service: the agent made the signer's key "
			    "by itself, and only the quote vouches for it") });
	if (signer_is_ephemeral(e->signer))
		log_event(LOG_WARN, "ephemeral",
		    { "text",
			LOG_S("the provider cannot seal: the signer's key "
			      "lives in memory only, and another one is made "
			      "at the next start") });
}

/* ---- stopping ----------------------------------------------------------- */

/*
 * A device that hangs in a quote, or a disk, must not keep the process: what
 * is on disk is whole at any moment, and the kernel takes the rest.
 */
static void give_up(int signal_number)
{
	static const char text[] =
	    "affiantd: not stopped in time, leaving anyway\n";

	(void)signal_number;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(CMD_FAILED);
}

static void bound_the_stop(void)
{
	struct sigaction action = { .sa_handler = give_up };

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	alarm(STOP_SECONDS);
}

static void close_oracle(struct oracle *o)
{
	rounds_stop(o->rounds);
	if (o->engine.quoter != NULL)
		quoter_stop(o->engine.quoter);
	request_desk_stop(o->desk);
	http_server_stop(o->http);
	request_desk_close(o->desk);
	rounds_free(o->rounds);
	submit_hub_stop(o->chains);
	collateral_keeper_stop(o->collateral);
	for (size_t i = 0; i < CONFIG_MAX_FEEDS; i++)
		feed_free(o->feeds[i]);
	source_loop_close(o->loop);
	submit_hub_close(o->chains);
	collateral_keeper_free(o->collateral);
	trusted_time_free(o->time);
	recent_free(o->recent);
	cmd_engine_close(&o->engine);
	if (o->has_sources)
		sources_exit();
	free(o);
}

/* ---- the command -------------------------------------------------------- */

/* Blocked here, before any thread: all threads inherit it. */
static sigset_t block_stop_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	/* A client that goes away is an error of write(2), no signal. */
	signal(SIGPIPE, SIG_IGN);
	return set;
}

/* Of sockets to sources and clients: what the system lets us have. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int serve(struct oracle *o, const char *config_path, sigset_t *signals)
{
	struct fault f = FAULT_INIT;
	int signal_number = 0;

	if (!cmd_engine_open(config_path, NULL, CMD_SERVES, &o->engine))
		return CMD_FAILED;
	log_set_level(o->engine.config->log_level);
	if (!open_oracle(o, &f))
		return cmd_open_failed(&f);
	log_started(o);
	sigwait(signals, &signal_number);
	bound_the_stop();
	log_event(LOG_INFO, "stop",
	    { "signal",
		LOG_S(signal_number == SIGTERM    ? "TERM"
			: signal_number == SIGINT ? "INT"
						  : "HUP") });
	return CMD_OK;
}

static int run(const struct cmd_args *args)
{
	sigset_t signals = block_stop_signals();
	struct oracle *o = calloc(1, sizeof(*o));

	mallopt(M_ARENA_MAX, MALLOC_ARENAS);
	mallopt(M_MMAP_THRESHOLD, MALLOC_MAPPED_BYTES);
	raise_file_limit();
	if (args->option[OPTION_CONFIG] == NULL) {
		fprintf(stderr, "affiantd serve: needs --config FILE\n");
		free(o);
		return CMD_USAGE;
	}
	if (o == NULL)
		return CMD_FAILED;
	int exit_code = serve(o, args->option[OPTION_CONFIG], &signals);
	close_oracle(o);
	return exit_code;
}

const struct cmd cmd_serve = {
	.name = "serve",
	.help = "run the oracle",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
