/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/response_world.h"

#include "tests/unit/check.h"

void response_world_open(
    struct response_world *w, const struct sim_recipe *recipe)
{
	struct sim_collateral c = { 0 };
	struct fault f = FAULT_INIT;

	*w = (struct response_world){ 0 };
	if (recipe != NULL)
		w->recipe = *recipe;
	else
		sim_recipe_init(&w->recipe, statements_now);
	assert_ok(sim_pki_make_keys(&w->keys, &f), f);
	assert_ok(sim_pki_make_certs(&w->keys, &w->recipe, &w->certs, &f), f);
	assert_ok(
	    sim_collateral_make(&w->keys, &w->certs, &w->recipe, &c, &f), f);
	assert_ok(sim_collateral_bundle(&c, &w->bundle, &f), f);
	assert_ok(sim_tdx_quote_tail(
		      &w->keys, &w->certs, &w->recipe.quote, &w->tail, &f),
	    f);
	assert_ok(signer_make(&w->signer, &f), f);
	assert_ok(signer_make(&w->stranger, &f), f);
	sim_collateral_drop(&c);
}

void response_world_close(struct response_world *w)
{
	sim_pki_drop_keys(&w->keys);
	sim_pki_drop_certs(&w->certs);
	blob_drop(&w->tail);
	blob_drop(&w->bundle);
	signer_drop(&w->signer);
	signer_drop(&w->stranger);
}

struct blob response_world_quote(
    struct response_world *w, const uint8_t report_data[REPORT_DATA_BYTES])
{
	struct fault f = FAULT_INIT;
	struct blob quote = { 0 };

	assert_ok(sim_tdx_quote_make(&w->keys, &w->recipe.quote,
		      blob_span(&w->tail), report_data, &quote, &f),
	    f);
	return quote;
}

/* The batch has the statement in the middle of others. */
static struct sha256 bind(const struct response_plan *plan, struct response *r)
{
	struct sha256 leaves[64], leaf = merkle_leaf(r->statement), root;
	struct fault f = FAULT_INIT;
	size_t n = plan->n_others + 1, at = plan->n_others / 2;

	if (plan->n_others == 0)
		return r->report_data_hash;
	assert_true(n <= COUNT(leaves));
	for (size_t i = 0; i < n; i++)
		leaves[i] =
		    i == at ? leaf : merkle_leaf(span_of(&i, sizeof(i)));
	assert_ok(merkle_path_make(leaves, n, at, &r->evidence.batch, &f), f);
	r->evidence.has_batch = true;
	root = merkle_root(leaves, n);
	return root;
}

struct blob response_world_make(struct response_world *w, struct statement *s,
    const struct response_plan *plan)
{
	AUTO(statement_doc_drop) struct statement_doc doc = { 0 };
	AUTO(blob_drop) struct blob canonical = { 0 };
	AUTO(blob_drop) struct blob quote = { 0 };
	static struct statement read;
	uint8_t report_data[REPORT_DATA_BYTES];
	struct fault f = FAULT_INIT, why = FAULT_INIT;
	struct signer *signer = plan->by_stranger ? w->stranger : w->signer;
	struct statement *signs = s;
	struct response r = { 0 };
	struct sha256 bound;
	struct blob out = { 0 };
	struct wr text;

	s->signer = *signer_address(w->signer);
	if (plan->canonical.n > 0) {
		assert_ok(blob_copy(plan->canonical, &canonical, &f), f);
		/* What can be read is signed as what it says. */
		if (statement_decode(blob_span(&canonical), &read, &doc, &why))
			signs = &read;
	} else {
		canonical = statements_bytes(s);
	}
	r.statement = blob_span(&canonical);
	r.report_data_hash = sha256_of(r.statement);
	r.signer = s->signer;
	signs->signer = *signer_address(signer);
	assert_ok(signer_sign_statement(
		      signer, signs, r.statement, &r.digest, &r.signature, &f),
	    f);
	bound = bind(plan, &r);
	report_data_of(&bound, report_data);
	if (plan->report_data != NULL)
		memcpy(report_data, plan->report_data, sizeof(report_data));
	quote = response_world_quote(w, report_data);
	r.evidence.platform = span_text("tdx");
	r.evidence.provider = span_text("simulator");
	r.evidence.simulated = true;
	r.evidence.quote = blob_span(&quote);
	r.evidence.collateral = blob_span(&w->bundle);
	r.evidence.tls = plan->tls;
	r.evidence.configuration = plan->configuration;
	r.evidence.bodies = plan->bodies;
	if (plan->beside != NULL) {
		r.evidence.event_log = plan->beside->event_log;
		r.evidence.app_compose = plan->beside->app_compose;
		r.evidence.key_chain = plan->beside->key_chain;
		r.evidence.mr_config = plan->beside->mr_config;
	}
	text = wr_grow(LIMIT_RESPONSE_BYTES, "test.response", &f);
	assert_ok(
	    response_encode(
		&r, plan->has_detail ? plan->detail : RESPONSE_FULL, &text, &f),
	    f);
	assert_ok(wr_done(&text, &out), f);
	return out;
}

struct verify_options response_world_options(void)
{
	return (struct verify_options){
		.at = { statements_now.ms + 2000 },
		.allow_simulated = true,
	};
}

const char *response_world_first_failure(const struct verdict *v)
{
	for (size_t i = 0; i < v->n_checks; i++)
		if (v->checks[i].result == CHECK_FAIL)
			return v->checks[i].info->id;
	return "";
}
