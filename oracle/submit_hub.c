/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/submit_hub.h"

#include "oracle/log.h"

#include <stdlib.h>

struct submit_hub {
	struct payer *payer;
	struct submitter *chains[CONFIG_MAX_CHAINS];
	size_t n;
};

/* ---- opening ------------------------------------------------------------ */

static FALLIBLE check_payer(
    const struct submit_hub *h, const struct config *config, struct fault *f)
{
	if (!payer_is_ephemeral(h->payer))
		return true;
	for (size_t i = 0; i < config->n_chains; i++) {
		if (!config->chains[i].allow_ephemeral_payer)
			return fault_raise(f, FAULT_CONFIG, "submit.ephemeral",
			    "the provider cannot seal: what is sent to the "
			    "paying account is lost with this process (chain "
			    "%llu: allow_ephemeral_payer)",
			    (unsigned long long)config->chains[i].id);
	}
	return true;
}

static void log_payer(const struct submit_hub *h, bool is_new)
{
	char address[ETH_ADDR_TEXT_SIZE];

	log_event(LOG_INFO, "payer",
	    { "address",
		LOG_S(eth_addr_format(payer_address(h->payer), address)) },
	    { "new_key", LOG_B(is_new) },
	    { "ephemeral", LOG_B(payer_is_ephemeral(h->payer)) },
	    { "chains", LOG_U(h->n) });
}

static void drop_hub(struct submit_hub **h)
{
	submit_hub_close(*h);
	*h = NULL;
}

bool submit_hub_open(const struct config *config, struct attest *attest,
    struct submit_hub **out, struct fault *f)
{
	AUTO(drop_hub) struct submit_hub *h = NULL;
	bool is_new;

	*out = NULL;
	if (config->n_chains == 0)
		return true;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return fault_raise(f, FAULT_SYSTEM, "submit.memory",
		    "not enough memory for the chains");
	TRY(payer_open(attest, config->state_dir, &h->payer, &is_new, f));
	TRY(check_payer(h, config, f));
	for (size_t i = 0; i < config->n_chains; i++) {
		const struct submitter_config c = {
			.config = config,
			.chain = &config->chains[i],
			.payer = h->payer,
		};

		if (!submitter_open(&c, &h->chains[i], f))
			return fault_within(
			    f, "chain %llu", (unsigned long long)c.chain->id);
		h->n++;
	}
	log_payer(h, is_new);
	*out = h;
	h = NULL;
	return true;
}

bool submit_hub_start(struct submit_hub *h, struct fault *f)
{
	for (size_t i = 0; h != NULL && i < h->n; i++)
		TRY(submitter_start(h->chains[i], f));
	return true;
}

void submit_hub_stop(struct submit_hub *h)
{
	for (size_t i = 0; h != NULL && i < h->n; i++)
		submitter_stop(h->chains[i]);
}

void submit_hub_close(struct submit_hub *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++)
		submitter_close(h->chains[i]);
	payer_close(h->payer);
	free(h);
}

/* ---- use ---------------------------------------------------------------- */

void submit_hub_offer(void *hub, const char *feed, const struct feed_call *call)
{
	struct submit_hub *h = hub;

	for (size_t i = 0; h != NULL && i < h->n; i++)
		submitter_offer(h->chains[i], feed, call);
}

struct submitter *submit_hub_chain(const struct submit_hub *h, size_t i)
{
	return h != NULL && i < h->n ? h->chains[i] : NULL;
}
