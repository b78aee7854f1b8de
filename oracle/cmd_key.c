/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"

#include <stdio.h>

enum { OPTION_CONFIG, OPTION_STATE };

static const struct cmd_option options[] = {
	[OPTION_CONFIG] = { "config", "FILE",
	    "state folder and provider of this configuration" },
	[OPTION_STATE] = { "state", "DIR",
	    "this state folder, and the provider that is found" },
};

static int run(const struct cmd_args *args)
{
	AUTO(cmd_engine_close) struct cmd_engine e = { 0 };
	AUTO(blob_drop) struct blob body = { 0 };
	const char *config = args->option[OPTION_CONFIG];
	const char *state = args->option[OPTION_STATE];
	const struct span no_nonce = { 0 };
	char address[ETH_ADDR_TEXT_SIZE];
	struct fault f = FAULT_INIT;

	if ((config == NULL) == (state == NULL)) {
		fprintf(stderr,
		    "affiantd key: needs --config FILE or --state DIR\n");
		return CMD_USAGE;
	}
	if (!cmd_engine_open(config, state, CMD_ASKS, &e))
		return CMD_FAILED;
	struct feed_deps deps = cmd_engine_deps(&e);
	if (!key_respond(&deps, no_nonce, RESPONSE_FULL, &body, &f))
		return cmd_open_failed(&f);
	if (signer_is_ephemeral(e.signer))
		fprintf(stderr,
		    "affiantd: provider %s cannot seal: this key ends with "
		    "this command\n",
		    attest_provider(e.attest));
	else if (signer_key_chain(e.signer).n > 0 &&
	    !signer_has_service(e.signer))
		fprintf(stderr,
		    "affiantd: no key service: the agent made this key by "
		    "itself\n");
	else if (e.made_key)
		fprintf(stderr, "affiantd: made a new key\n");
	printf("%s\n%s\n", eth_addr_format(signer_address(e.signer), address),
	    (const char *)body.p);
	return CMD_OK;
}

const struct cmd cmd_key = {
	.name = "key",
	.help = "the signer's address, and its evidence in the next line",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
