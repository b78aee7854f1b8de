/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/sim_agent.h"
#include "attest/sim_agent_marlin.h"
#include "oracle/cmd.h"
#include "verify/base/file.h"
#include "verify/base/text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
	OPTION_SOCKET,
	OPTION_TAPPD,
	OPTION_MARLIN,
	OPTION_VERSION,
	OPTION_COMPOSE,
	OPTION_APP_ID,
	OPTION_MR_CONFIG_ID,
	OPTION_STATE,
	OPTION_KMS,
	OPTION_DELAY
};

static const struct cmd_option options[] = {
	[OPTION_SOCKET] = { "socket", "PATH", "serve dstack.sock here" },
	[OPTION_TAPPD] = { "tappd", "PATH",
	    "serve the legacy tappd.sock here" },
	[OPTION_MARLIN] = { "marlin", "WHERE",
	    "serve Marlin's attestation routes here: a path, or "
	    "127.0.0.1:1350" },
	[OPTION_VERSION] = { "agent", "VERSION",
	    "behave as the agent of this version of dstack (0.6.0)" },
	[OPTION_COMPOSE] = { "compose", "FILE",
	    "the app-compose to have been started from" },
	[OPTION_APP_ID] = { "app-id", "HEX",
	    "20 bytes; from the compose unless given" },
	[OPTION_MR_CONFIG_ID] = { "mr-config-id", "0|1|2",
	    "generation of MRCONFIGID (1); 0 leaves it zero" },
	[OPTION_STATE] = { "state", "DIR",
	    "keep the simulator's root and the instance here" },
	[OPTION_KMS] = { "kms", "FILE",
	    "keep the key service's seed here; replicas share it" },
	[OPTION_DELAY] = { "quote-ms", "N", "how long a quote takes (0)" },
};

/* What was opened, and its end. */
struct stand_in {
	struct blob compose;
	struct sim_agent *agent;
	struct sim_marlin *marlin;
	struct sim_agent_server *dstack, *tappd, *enclave;
};

static void stand_in_drop(struct stand_in *s)
{
	sim_agent_server_stop(s->dstack);
	sim_agent_server_stop(s->tappd);
	sim_agent_server_stop(s->enclave);
	sim_marlin_close(s->marlin);
	sim_agent_close(s->agent);
	blob_drop(&s->compose);
}

static FALLIBLE read_number(const char *text, const char *name, uint64_t max,
    uint64_t *out, struct fault *f)
{
	if (text == NULL)
		return true;
	if (!u64_parse(span_text(text), out, "cmd.number", NULL) || *out > max)
		return fault_raise(f, FAULT_USAGE, "cmd.number",
		    "--%s wants a number up to %llu", name,
		    (unsigned long long)max);
	return true;
}

static FALLIBLE read_config(const struct cmd_args *args, struct stand_in *s,
    uint8_t app_id[20], struct sim_agent_config *c, struct fault *f)
{
	uint64_t generation = 1, delay = 0;

	TRY(read_number(args->option[OPTION_MR_CONFIG_ID], "mr-config-id", 2,
	    &generation, f));
	TRY(read_number(
	    args->option[OPTION_DELAY], "quote-ms", 60000, &delay, f));
	if (args->option[OPTION_COMPOSE] != NULL)
		TRY(file_read(args->option[OPTION_COMPOSE], LIMIT_APP_COMPOSE,
		    &s->compose, f));
	if (args->option[OPTION_APP_ID] != NULL)
		TRY(hex_decode(span_text(args->option[OPTION_APP_ID]), app_id,
		    20, "cmd.app_id", f));
	*c = (struct sim_agent_config){
		.version = args->option[OPTION_VERSION],
		.state_dir = args->option[OPTION_STATE],
		.kms_file = args->option[OPTION_KMS],
		.app_compose = blob_span(&s->compose),
		.app_id = args->option[OPTION_APP_ID] != NULL ? app_id : NULL,
		.mr_config_id = (unsigned)generation,
		.delay_ms = (uint32_t)delay,
	};
	return true;
}

static FALLIBLE serve(struct stand_in *s, enum sim_agent_api api,
    const char *path, struct sim_agent_server **out, struct fault *f)
{
	if (path == NULL)
		return true;
	if (!sim_agent_has(s->agent, api))
		return fault_raise(f, FAULT_USAGE, "cmd.socket",
		    "agents of this version had no dstack.sock: --tappd");
	return sim_agent_serve(s->agent, api, path, out, f);
}

static FALLIBLE serve_marlin(
    struct stand_in *s, const struct cmd_args *args, struct fault *f)
{
	if (args->option[OPTION_MARLIN] == NULL)
		return true;
	TRY(sim_marlin_open(args->option[OPTION_STATE], &s->marlin, f));
	return sim_marlin_serve(
	    s->marlin, args->option[OPTION_MARLIN], &s->enclave, f);
}

/* One line that a script can wait for. */
static void say_ready(const struct stand_in *s)
{
	uint8_t root[33], app_id[20];
	char root_hex[HEX_SIZE(33)], app_hex[HEX_SIZE(20)];

	sim_agent_root(s->agent, root);
	sim_agent_app_id(s->agent, app_id);
	hex_encode(span_of(root, sizeof(root)), root_hex);
	hex_encode(span_of(app_id, sizeof(app_id)), app_hex);
	printf("ready app-id=%s kms-root=%s\n", app_hex, root_hex);
	fflush(stdout);
}

static int run(const struct cmd_args *args)
{
	AUTO(stand_in_drop) struct stand_in s = { .agent = NULL };
	const char *socket = args->option[OPTION_SOCKET];
	const char *tappd = args->option[OPTION_TAPPD];
	struct sim_agent_config config;
	struct fault f = FAULT_INIT;
	uint8_t app_id[20];
	sigset_t set;
	int signal_number;

	if (socket == NULL && tappd == NULL &&
	    args->option[OPTION_MARLIN] == NULL) {
		fprintf(stderr,
		    "affiantd simulate-agent: needs --socket, --tappd or "
		    "--marlin\n");
		return CMD_USAGE;
	}
	/* Before any thread: all threads inherit it. */
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (!read_config(args, &s, app_id, &config, &f) ||
	    !sim_agent_open(&config, &s.agent, &f) ||
	    !serve(&s, SIM_AGENT_DSTACK, socket, &s.dstack, &f) ||
	    !serve(&s, SIM_AGENT_TAPPD, tappd, &s.tappd, &f) ||
	    !serve_marlin(&s, args, &f)) {
		(void)cmd_open_failed(&f);
		return f.kind == FAULT_USAGE ? CMD_USAGE : CMD_FAILED;
	}
	fprintf(stderr,
	    "affiantd: a stand-in for a dstack guest agent: its quotes and "
	    "keys prove nothing\n");
	say_ready(&s);
	sigwait(&set, &signal_number);
	return CMD_OK;
}

const struct cmd cmd_simulate_agent = {
	.name = "simulate-agent",
	.help = "a stand-in for a dstack guest agent; proves nothing",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
