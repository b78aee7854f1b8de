/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subcommands of affiantd: one file and one row each. Usage text, --help
 * and the lists in affiantd(8) come from these tables.
 */
#ifndef AFFIANT_CMD_H
#define AFFIANT_CMD_H

#include "oracle/feed.h"

/* Exit codes (DESIGN section 4). */
#define CMD_OK 0
#define CMD_FAILED 1
#define CMD_USAGE 2

#define CMD_MAX_OPTIONS 10
#define CMD_MAX_OPERANDS 64

struct cmd_option {
	const char *name;  /* "config" */
	const char *value; /* "FILE"; NULL: a flag */
	const char *help;
};

/* As given: option[i] belongs to options[i]; a flag is "" or NULL. */
struct cmd_args {
	const char *option[CMD_MAX_OPTIONS];
	const char *operand[CMD_MAX_OPERANDS];
	size_t n_operands;
};

struct cmd {
	const char *name;
	const char *help; /* one line */
	const struct cmd_option *options;
	size_t n_options;
	const char *operand; /* "FEED": one is needed; NULL: none is taken */
	bool takes_many;     /* none, one or more of them instead */
	int (*run)(const struct cmd_args *args);
};

extern const struct cmd cmd_serve, cmd_check, cmd_health, cmd_detect, cmd_fetch,
    cmd_quote, cmd_key, cmd_collateral, cmd_simulate_agent, cmd_submit,
    cmd_journal, cmd_recipe;

/* ---- cmd_args.c --------------------------------------------------------- */

/*
 * Reads what stands behind the command's name. True: run it. False: it has
 * been told on standard error (or --help on standard output), and *exit_code
 * is what to leave with.
 */
bool cmd_args_read(const struct cmd *cmd, int argc, char **argv,
    struct cmd_args *out, int *exit_code);

/* ---- cmd_open.c --------------------------------------------------------- */

/* "affiantd: text" on standard error; returns CMD_FAILED. */
int cmd_open_failed(const struct fault *f);
/* Reads and checks; problems go to standard error. NULL: has been said. */
struct config *cmd_open_config(const char *path);
void cmd_open_print_problems(int fd, const struct config_problems *problems);

/* ---- cmd_probe.c -------------------------------------------------------- */

/* Asks every source once and prints how it went. CMD_OK: all gave a value. */
int cmd_probe_run(const struct config *config, bool as_json);

/* ---- cmd_engine.c ------------------------------------------------------- */

/* What every quoting command needs: provider, key, quoter. */
struct cmd_engine {
	struct config *config; /* NULL when opened by its state folder */
	struct attest *attest;
	struct signer *signer;
	struct quoter *quoter;
	bool made_key; /* there was none before */
	bool locked;   /* the state folder is ours alone ... */
	int lock_fd;   /* ... by this */
};

/*
 * The one that serves has the state folder for itself until it is closed: two
 * over one folder would give out the same round numbers. The one that asks
 * shares it and the key in it, and needs it for itself only while it makes a
 * key where there is none.
 */
enum cmd_use { CMD_SERVES, CMD_ASKS };

/*
 * By a configuration file, or (config_path NULL) by a state folder and the
 * environment (AFFIANT_SIMULATE). Makes the folder and the key when they are
 * not there. False: has been said; *e may be closed.
 */
bool cmd_engine_open(const char *config_path, const char *state_dir,
    enum cmd_use use, struct cmd_engine *e);
void cmd_engine_close(struct cmd_engine *e); /* for AUTO */
struct feed_deps cmd_engine_deps(const struct cmd_engine *e);

#endif
