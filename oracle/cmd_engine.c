/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"

#include "verify/base/file.h"

#include <stdio.h>

static FALLIBLE open_parts(
    struct cmd_engine *e, const struct attest_config *cfg, struct fault *f)
{
	if (!dir_make(cfg->state_dir, 0700, f))
		return fault_within(f, "state folder %s", cfg->state_dir);
	TRY(attest_open(cfg, &e->attest, f));
	TRY(signer_open(
	    e->attest, cfg->state_dir, &e->signer, &e->made_key, f));
	return quoter_open(e->attest, &e->quoter, f);
}

bool cmd_engine_open(
    const char *config_path, const char *state_dir, struct cmd_engine *e)
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
	}
	if (!open_parts(e, &cfg, &f)) {
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
