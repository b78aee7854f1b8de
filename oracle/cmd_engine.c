/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"

#include "verify/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* ---- the state folder --------------------------------------------------- */

static void drop_text(char **text)
{
	free(*text);
	*text = NULL;
}

static FALLIBLE path_in(
    const char *dir, const char *name, char **out, struct fault *f)
{
	if (asprintf(out, "%s/%s", dir, name) >= 0)
		return true;
	*out = NULL;
	return fault_raise(f, FAULT_SYSTEM, "state.lock", "not enough memory");
}

/* The kernel drops the lock with the process, however that ends. */
static FALLIBLE lock_state(
    struct cmd_engine *e, const char *dir, enum cmd_use use, struct fault *f)
{
	AUTO(drop_text) char *path = NULL;

	TRY(path_in(dir, "lock", &path, f));
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fault_raise(f, FAULT_SYSTEM, "state.lock",
		    "state folder %s cannot be written: %s", dir,
		    strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		bool in_use = errno == EWOULDBLOCK;
		const char *why = strerror(errno);

		close(fd);
		if (!in_use)
			return fault_raise(f, FAULT_SYSTEM, "state.lock",
			    "state folder %s cannot be locked: %s", dir, why);
		return fault_raise(f, FAULT_SYSTEM, "state.lock",
		    "state folder %s is in use by another affiantd%s", dir,
		    use == CMD_SERVES
			? ""
			: ", and holds no key to share: ask that one (GET "
			  "/v1/key), or name another folder");
	}
	e->lock_fd = fd;
	e->locked = true;
	return true;
}

static void unlock_state(struct cmd_engine *e)
{
	if (e->locked)
		close(e->lock_fd);
	e->locked = false;
}

/* ---- the parts ---------------------------------------------------------- */

static FALLIBLE open_signer(
    struct cmd_engine *e, const char *dir, enum cmd_use use, struct fault *f)
{
	AUTO(drop_text) char *key = NULL;

	TRY(path_in(dir, SIGNER_FILE, &key, f));
	if (use == CMD_ASKS && !file_exists(key))
		TRY(lock_state(e, dir, use, f));
	TRY(signer_open(e->attest, dir, &e->signer, &e->made_key, f));
	if (use == CMD_ASKS)
		unlock_state(e);
	return true;
}

static FALLIBLE open_parts(struct cmd_engine *e,
    const struct attest_config *cfg, enum cmd_use use, struct fault *f)
{
	if (!dir_make(cfg->state_dir, 0700, f))
		return fault_within(f, "state folder %s", cfg->state_dir);
	/* Before anything is made in it. */
	if (use == CMD_SERVES)
		TRY(lock_state(e, cfg->state_dir, use, f));
	TRY(attest_open(cfg, &e->attest, f));
	TRY(open_signer(e, cfg->state_dir, use, f));
	return quoter_open(e->attest, &e->quoter, f);
}

bool cmd_engine_open(const char *config_path, const char *state_dir,
    enum cmd_use use, struct cmd_engine *e)
{
	struct attest_config cfg = { .provider = "auto",
		.state_dir = state_dir };
	struct fault f = FAULT_INIT;

	if (config_path != NULL) {
		e->config = cmd_open_config(config_path);
		if (e->config == NULL)
			return false;
		cfg.provider = e->config->provider;
		cfg.simulate = e->config->simulate;
		cfg.state_dir = e->config->state_dir;
		cfg.socket = e->config->agent_socket;
		cfg.key_path = e->config->key_path;
		cfg.key_purpose = e->config->key_purpose;
		cfg.timeout_ms = e->config->agent_timeout_ms;
		/* Whoever only asks leaves no mark on the machine. */
		if (use == CMD_SERVES)
			cfg.config = &e->config->hash;
	}
	if (!open_parts(e, &cfg, use, &f)) {
		(void)cmd_open_failed(&f);
		return false;
	}
	return true;
}

void cmd_engine_close(struct cmd_engine *e)
{
	quoter_close(e->quoter);
	signer_close(e->signer);
	attest_close(e->attest);
	config_free(e->config);
	unlock_state(e);
	*e = (struct cmd_engine){ 0 };
}

struct feed_deps cmd_engine_deps(const struct cmd_engine *e)
{
	return (struct feed_deps){
		.config = e->config,
		.signer = e->signer,
		.quoter = e->quoter,
		.attest = e->attest,
	};
}
