/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_chains.h"

#include "oracle/http_answer.h"
#include "oracle/submit_hub.h"
#include "verify/base/canon.h"

/* A feed's entry is below 1 KB, a chain's with its endpoints below 16. */
#define CHAINS_MAX_BYTES (CONFIG_MAX_CHAINS * (16384 + CONFIG_MAX_FEEDS * 1024))

static void put_wei(struct canon *c, const char *name, const struct u256 *v)
{
	char text[U256_TEXT_SIZE];

	canon_text(c, name, u256_format(v, text));
}

static void put_address(
    struct canon *c, const char *name, const struct eth_addr *a)
{
	char text[ETH_ADDR_TEXT_SIZE];

	canon_text(c, name, eth_addr_format(a, text));
}

static void put_counts(struct canon *c, const struct submitter_counts *n)
{
	canon_object(c, "counts");
	canon_u64(c, "cancelled", n->cancelled);
	canon_u64(c, "confirmed", n->confirmed);
	canon_u64(c, "dropped", n->dropped);
	canon_u64(c, "failed", n->failed);
	canon_u64(c, "mined", n->mined);
	canon_u64(c, "overtaken", n->overtaken);
	canon_u64(c, "reorged", n->reorged);
	canon_u64(c, "replaced", n->replaced);
	canon_u64(c, "reverted", n->reverted);
	canon_u64(c, "signed", n->signed_);
	canon_u64(c, "taken", n->taken);
	canon_end(c);
}

static void put_endpoints(struct canon *c, struct submitter *s)
{
	struct rpc_health h;

	canon_array(c, "endpoints");
	for (size_t i = 0; submitter_endpoint_of(s, i, &h); i++) {
		canon_object(c, NULL);
		canon_u64(c, "calls", h.n_calls);
		if (h.failure_at != NULL)
			canon_text(c, "failure", h.failure_at);
		canon_u64(c, "failures", h.n_failures);
		if (h.has_head)
			canon_u64(c, "head", h.head);
		canon_u64(c, "latencyMs", h.latency_ms);
		canon_text(c, "url", h.shown);
		canon_bool(c, "usable", h.is_usable);
		canon_end(c);
	}
	canon_end(c);
}

static void put_feed(struct canon *c, const struct submitter_feed *feed)
{
	char value[DEC_TEXT_SIZE];

	canon_object(c, NULL);
	if (feed->is_set)
		canon_u64(c, "accepted", (uint64_t)feed->accepted.ms);
	put_address(c, "contract", &feed->config->contract);
	canon_text(c, "decision", feed->decision);
	canon_text(c, "feed", feed->config->feed);
	if (feed->is_pending)
		canon_u64(c, "nonce", feed->nonce);
	if (feed->has_offer)
		canon_u64(c, "offered", (uint64_t)feed->offered.ms);
	canon_u64(c, "pushed", feed->n_pushed);
	if (feed->refusal[0] != '\0')
		canon_text(c, "refusal", feed->refusal);
	canon_u64(c, "refused", feed->n_refused);
	if (feed->is_set) {
		canon_u64(c, "timestamp", (uint64_t)feed->observed.ms);
		canon_text(c, "value", dec_format(&feed->stored, value));
	}
	canon_end(c);
}

static void put_feeds(struct canon *c, struct submitter *s)
{
	struct submitter_feed feed;

	canon_array(c, "feeds");
	for (size_t i = 0; submitter_feed_of(s, i, &feed); i++)
		put_feed(c, &feed);
	canon_end(c);
}

static void put_chain(struct canon *c, struct submitter *s)
{
	struct submitter_state st;

	submitter_state_of(s, &st);
	canon_object(c, NULL);
	if (st.has_balance) {
		put_wei(c, "balance", &st.balance);
		canon_bool(c, "balanceLow", st.is_low);
	}
	put_counts(c, &st.counts);
	put_endpoints(c, s);
	if (st.fault_at != NULL) {
		canon_object(c, "fault");
		canon_text(c, "at", st.fault_at);
		canon_text(c, "text", st.fault);
		canon_end(c);
	}
	put_feeds(c, s);
	if (st.has_head)
		canon_u64(c, "head", st.head);
	canon_u64(c, "id", st.chain_id);
	canon_u64(c, "mined", st.n_mined);
	if (st.has_nonce)
		canon_u64(c, "nextNonce", st.next_nonce);
	put_address(c, "payer", &st.payer);
	canon_u64(c, "pending", st.n_pending);
	put_wei(c, "spent", &st.spent);
	canon_end(c);
}

void http_chains(struct http_exchange *x)
{
	AUTO(blob_drop) struct blob body = { 0 };
	const struct submit_hub *hub = x->site->deps.chains;
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(CHAINS_MAX_BYTES, "http.chains", &f);
	struct canon c = canon_to(&w);
	struct submitter *s;

	canon_object(&c, NULL);
	canon_array(&c, "chains");
	for (size_t i = 0; (s = submit_hub_chain(hub, i)) != NULL; i++)
		put_chain(&c, s);
	canon_end(&c);
	canon_end(&c);
	if (wr_done(&w, &body))
		http_answer_json(x, blob_span(&body));
	else
		http_answer_fault(x, &f);
}
