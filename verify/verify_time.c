/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When can it have been? Everything that somebody else signed with a date in
 * it narrows that down, whatever the clock of the measured code said: a
 * certificate was not used before it was made, nor a stapled response before
 * its answer or a timestamp before it was stamped; and a server that is well
 * uses none of them after its end.
 */
#include "verify/verify_tls.h"

#include "verify/base/canon.h"
#include "verify/statement_rules.h"

struct interval {
	struct utc from, to;
};

static void not_before(struct interval *i, struct utc t)
{
	if (t.ms > i->from.ms)
		i->from = t;
}

static void not_after(struct interval *i, struct utc t)
{
	if (t.ms < i->to.ms)
		i->to = t;
}

/* The statement's own word for the leaf; it is there without certificates. */
static void add_leaf(struct interval *i, const struct tls_evidence *t)
{
	if (t->plain_http)
		return;
	not_before(i, t->valid_from);
	not_after(i, t->valid_to);
}

static void add_leaves(struct interval *i, const struct statement *s)
{
	for (size_t k = 0; k < s->n_sources; k++) {
		const struct statement_source *b = &s->source[k];

		if (!b->used)
			continue;
		add_leaf(i, &b->tls);
		for (size_t n = 0; n < b->n_hops; n++)
			add_leaf(i, &b->hops[n].tls);
	}
}

/* Timestamps count by their logs' word, where the policy names the logs. */
static void add_stamps(struct interval *i, const struct tls_logs *logs,
    const struct tls_bundle *b, const struct verify_connection *k)
{
	const struct tls_item *list = k->said->has_scts_hash
	    ? tls_bundle_find(b, TLS_ITEM_SCTS, &k->said->scts_hash)
	    : NULL;
	struct fault why = FAULT_INIT;
	struct tls_scts s;

	if (logs != NULL &&
	    tls_sct_count(&k->chain,
		list != NULL ? list->bytes : (struct span){ 0 },
		blob_span(&k->ocsp.scts), logs, k->at, &s, &why) &&
	    s.has_latest)
		not_before(i, s.latest);
}

static void add_connection(struct interval *i, const struct tls_logs *logs,
    const struct tls_bundle *b, const struct verify_connection *k)
{
	struct fault why = FAULT_INIT;
	struct utc from, to;

	if (tls_chain_validity(&k->chain, &from, &to, &why)) {
		not_before(i, from);
		not_after(i, to);
	}
	if (k->has_ocsp) {
		not_before(i, k->ocsp.this_update);
		not_after(i, k->ocsp.next_update);
	}
	add_stamps(i, logs, b, k);
}

static void add_connections(struct interval *i, const struct verify_case *c)
{
	const struct json_node *list = policy_find(c->opt->policy, "ctLogs");
	AUTO(tls_logs_drop) struct tls_logs *logs = NULL;
	struct fault why = FAULT_INIT;

	if (list != NULL && !tls_logs_of_policy(list, &logs, &why))
		logs = NULL;
	for (size_t k = 0; k < c->tls->n; k++)
		add_connection(
		    i, logs, &c->tls->bundle, &c->tls->connection[k]);
}

static void claim(struct verdict *v, const struct interval *i)
{
	struct fault f = FAULT_INIT;
	char text[128];
	struct wr w = wr_into(text, sizeof(text) - 1, "claims", &f);
	struct canon c = canon_to(&w);
	size_t n;

	canon_object(&c, NULL);
	canon_u64(&c, "notAfter", (uint64_t)i->to.ms);
	canon_u64(&c, "notBefore", (uint64_t)i->from.ms);
	canon_end(&c);
	if (!wr_done_into(&w, &n))
		return;
	text[n] = '\0';
	verdict_claim_json(v, "timeInterval", text);
	v->has_interval = true;
	v->not_before = i->from;
	v->not_after = i->to;
}

void verify_time_claim(const struct verify_case *c)
{
	struct interval i = { { 0 }, { STATEMENT_MAX_MS } };

	if (c->statement == NULL || !c->statement->kind->has_sources)
		return;
	add_leaves(&i, c->statement);
	if (c->tls != NULL && c->tls->verified)
		add_connections(&i, c);
	/* Nothing but plain HTTP, or sources a renewal apart: no claim. */
	if (i.from.ms == 0 || i.to.ms < i.from.ms)
		return;
	claim(c->v, &i);
}
