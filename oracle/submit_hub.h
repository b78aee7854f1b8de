/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All chains of a configuration, and the key that pays on them: what a round
 * hands its statement to.
 */
#ifndef AFFIANT_SUBMIT_HUB_H
#define AFFIANT_SUBMIT_HUB_H

#include "oracle/submitter.h"

struct submit_hub;

/*
 * Opens the payer and each chain's journal. *out is NULL when the configuration
 * has no chains, and NULL is accepted below. Faults: those of payer_open and
 * submitter_open; CONFIG at "submit.ephemeral" where the payer's key ends with
 * the process and a chain does not allow that.
 */
FALLIBLE submit_hub_open(const struct config *config, struct attest *attest,
    struct submit_hub **out, struct fault *f);
FALLIBLE submit_hub_start(struct submit_hub *h, struct fault *f);
void submit_hub_stop(struct submit_hub *h);
void submit_hub_close(struct submit_hub *h); /* stops */

/* What a round has published, to every chain that has the feed: feed_deps'
 * offer. Never blocks. */
void submit_hub_offer(
    void *hub, const char *feed, const struct feed_call *call);

/* Of chain i of the configuration; NULL behind the last. */
struct submitter *submit_hub_chain(const struct submit_hub *h, size_t i);

#endif
