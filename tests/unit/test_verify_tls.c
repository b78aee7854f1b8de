/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Responses with the certificates, staples and timestamps of their
 * connections: what is verified again, the one place where each lie is
 * refused, and what the links and the time interval then say.
 */
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"
#include "tests/unit/tls_world.h"
#include "verify/base/text.h"

#include <stdlib.h>

static struct tls_world w;
static struct response_world machine;
static char root_hex[HEX_SIZE(32)];
static char log_key[2][256];

/* One connection, as a statement and its evidence have it. */
struct scene {
	struct statement *s;
	struct tls_bundle_maker m;
	struct blob staple, list;
	const char *policy; /* or NULL */
	struct verdict *v;
	struct blob response;
};

static void scene_open(struct scene *k, enum demo_leaf_kind kind)
{
	*k = (struct scene){
		.s = calloc(1, sizeof(*k->s)),
		.v = calloc(1, sizeof(*k->v)),
	};
	assert_non_null(k->s);
	assert_non_null(k->v);
	statements_one(k->s);
	k->s->source[0].tls = tls_world_evidence(&w, kind);
	tls_world_add(&w, kind, &k->m);
}

static void scene_close(struct scene *k)
{
	verdict_drop(k->v);
	free(k->v);
	free(k->s);
	tls_bundle_maker_drop(&k->m);
	blob_drop(&k->staple);
	blob_drop(&k->list);
	blob_drop(&k->response);
}

static void add(struct scene *k, enum tls_item_kind kind,
    const struct blob *bytes, struct sha256 *hash)
{
	struct fault f = FAULT_INIT;

	*hash = sha256_of(blob_span(bytes));
	assert_ok(tls_bundle_add(&k->m, kind, hash, blob_span(bytes), &f), f);
}

/* Stapled; the statement says what the staple says. */
static void staple(struct scene *k, const struct demo_ocsp *o)
{
	static const char *const words[] = { "good", "revoked", "unknown" };
	struct tls_evidence *t = &k->s->source[0].tls;

	k->staple = tls_world_make_staple(o);
	add(k, TLS_ITEM_OCSP, &k->staple, &t->ocsp_hash);
	t->has_ocsp_hash = true;
	t->ocsp = span_text(words[o->word]);
}

static void stamp(struct scene *k, enum demo_leaf_kind kind, size_t n)
{
	struct tls_evidence *t = &k->s->source[0].tls;

	k->list = tls_world_scts(&w, kind, n, w.now);
	add(k, TLS_ITEM_SCTS, &k->list, &t->scts_hash);
	t->has_scts_hash = true;
}

static void judge(struct scene *k, bool with_evidence)
{
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(policy_drop) struct policy policy = { 0 };
	struct verify_options opt = response_world_options();
	struct response_plan plan = { 0 };
	struct fault f = FAULT_INIT;
	struct wr out = wr_grow(LIMIT_RESPONSE_BYTES, "test.tls", &f);

	assert_ok(tls_bundle_write(&k->m, &out, &f), f);
	assert_ok(wr_done(&out, &text), f);
	if (with_evidence)
		plan.tls = blob_span(&text);
	if (k->policy != NULL) {
		assert_ok(policy_parse(span_text(k->policy), &policy, &f), f);
		opt.policy = &policy;
	}
	blob_drop(&k->response);
	k->response = response_world_make(&machine, k->s, &plan);
	verdict_drop(k->v);
	verify_response(blob_span(&k->response), &opt, k->v);
}

static const struct check_outcome *outcome(
    const struct scene *k, const char *id)
{
	const struct check_outcome *o = verdict_find(k->v, id);

	assert_non_null(o);
	return o;
}

/* Refused there, for this, and nowhere before. */
static void fails_at(struct scene *k, const char *id, const char *said)
{
	judge(k, true);
	assert_string_equal(response_world_first_failure(k->v), id);
	if (strstr(outcome(k, id)->fault.text, said) == NULL)
		fail_msg("%s says '%s', want '%s'", id,
		    outcome(k, id)->fault.text, said);
	assert_int_equal(verdict_exit_code(k->v->kind), 1);
}

static void holds(struct scene *k)
{
	judge(k, true);
	assert_string_equal(response_world_first_failure(k->v), "");
	assert_int_equal(verdict_exit_code(k->v->kind), 3);
}

#define SCENE(kind)                       \
	AUTO(scene_close) struct scene k; \
	scene_open(&k, kind)

/* ---- what holds --------------------------------------------------------- */

static char policy_text[2048];

/* "tlsRoots" as given, with logs or without. */
static const char *policy_of(const char *root, const char *more)
{
	snprintf(policy_text, sizeof(policy_text),
	    "{\"type\":\"affiant.policy.v1\",\"tlsRoots\":[\"%s\"]%s}", root,
	    more);
	return policy_text;
}

static void server__is_proved_to_a_root_that_the_policy_names(void **state)
{
	SCENE(DEMO_LEAF_GOOD);
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);
	static const char *const ids[] = { "tls.evidence", "tls.leaf",
		"tls.name", "tls.chain", "tls.ocsp", "policy.tls-roots" };

	(void)state;
	staple(&k, &o);
	k.policy = policy_of(root_hex, "");
	holds(&k);
	for (size_t i = 0; i < COUNT(ids); i++)
		assert_int_equal(outcome(&k, ids[i])->result, CHECK_PASS);
	assert_int_equal(k.v->links[LINK_SERVER].state, LINK_PROVED);
	assert_non_null(strstr(k.v->links[LINK_SERVER].why, "verified again"));

	/* The same for one host only. */
	snprintf(policy_text, sizeof(policy_text),
	    "{\"type\":\"affiant.policy.v1\",\"sources\":[{\"source\":"
	    "\"exchange.example\",\"tlsRoots\":[\"%s\"]}]}",
	    root_hex);
	holds(&k);
	assert_int_equal(k.v->links[LINK_SERVER].state, LINK_PROVED);
}

static void server__is_proved_under_the_policy_that_is_suggested(void **state)
{
	SCENE(DEMO_LEAF_GOOD);
	struct verify_options opt = response_world_options();
	struct fault f = FAULT_INIT;
	char text[4096];
	struct wr out = wr_into(text, sizeof(text) - 1, "test.policy", &f);

	(void)state;
	holds(&k);
	verdict_drop(k.v);
	assert_ok(verify_suggest_policy(
		      blob_span(&k.response), NULL, &opt, k.v, &out, &f),
	    f);
	text[wr_view(&out).n] = '\0';
	k.policy = text;
	judge(&k, true);
	assert_int_equal(verdict_exit_code(k.v->kind), 0);
	assert_int_equal(k.v->links[LINK_SERVER].state, LINK_PROVED);
}

static void server__is_not_proved_otherwise_and_says_why(void **state)
{
	SCENE(DEMO_LEAF_GOOD);

	(void)state;
	holds(&k);
	assert_int_equal(k.v->links[LINK_SERVER].state, LINK_NOT_CHECKED);
	assert_non_null(
	    strstr(k.v->links[LINK_SERVER].why, "no policy names its root"));
	k.policy = policy_of(root_hex, "");
	judge(&k, false);
	assert_int_equal(verdict_exit_code(k.v->kind), 3);
	assert_int_equal(k.v->links[LINK_SERVER].state, LINK_NOT_CHECKED);
	assert_non_null(
	    strstr(k.v->links[LINK_SERVER].why, "no certificates in evidence"));
	assert_int_equal(outcome(&k, "tls.chain")->result, CHECK_NOT_RUN);
	assert_true(outcome(&k, "tls.chain")->excused);
}

/* ---- what does not ------------------------------------------------------ */

static void evidence__is_what_the_statement_names(void **state)
{
	SCENE(DEMO_LEAF_GOOD);

	(void)state;
	/* One too many. */
	tls_world_add(&w, DEMO_LEAF_UNSTAMPED, &k.m);
	fails_at(&k, "tls.evidence", "does not name");
	/* One too few. */
	tls_bundle_maker_drop(&k.m);
	fails_at(&k, "tls.evidence", "lacks");
	assert_int_equal(k.v->links[LINK_SERVER].state, LINK_REFUTED);
}

static void evidence__is_refused_when_it_is_malformed(void **state)
{
	SCENE(DEMO_LEAF_GOOD);
	struct verify_options opt = response_world_options();
	char *found;

	(void)state;
	judge(&k, true);
	found = strstr((char *)k.response.p, "\"certificates\":[\"MII");
	assert_non_null(found);
	found[strlen("\"certificates\":[\"")] = '=';
	verdict_drop(k.v);
	verify_response(blob_span(&k.response), &opt, k.v);
	assert_string_equal(response_world_first_failure(k.v), "tls.evidence");
}

static void leaf__is_what_the_statement_says_of_it(void **state)
{
	SCENE(DEMO_LEAF_GOOD);

	(void)state;
	k.s->source[0].tls.spki.b[0] ^= 1;
	fails_at(&k, "tls.leaf", "tlsSpki");
}

static void name__is_the_host_that_was_asked(void **state)
{
	SCENE(DEMO_LEAF_GOOD);

	(void)state;
	k.s->source[0].host = span_text("other.example");
	k.s->source[0].url = span_text("https://other.example/");
	fails_at(&k, "tls.name", "other.example: ");
}

static void chain__is_judged_when_the_answer_came(void **state)
{
	SCENE(DEMO_LEAF_EXPIRED);

	(void)state;
	/* Two hours ago it was good: the value is as old as that. */
	k.s->source[0].has_received = true;
	k.s->source[0].received_at.ms = w.now.ms - 2 * 3600000;
	holds(&k);
	/* A leaf that had expired is refused by what the statement says. */
	k.s->source[0].has_received = false;
	fails_at(&k, "statement.tls", "not valid when");
}

static void chain__refuses_a_violated_name_constraint(void **state)
{
	SCENE(DEMO_LEAF_CONSTRAINED);

	(void)state;
	fails_at(&k, "tls.chain", "name constraints");
}

static void chain__refuses_a_root_that_did_not_sign(void **state)
{
	SCENE(DEMO_LEAF_GOOD);
	AUTO(blob_drop) struct blob other = { 0 };
	struct tls_world elsewhere;
	struct fault f = FAULT_INIT;

	(void)state;
	tls_world_open(&elsewhere, w.now);
	tls_bundle_maker_drop(&k.m);
	assert_ok(blob_copy(blob_span(&elsewhere.root), &other, &f), f);
	add(&k, TLS_ITEM_CERT, &other, &k.s->source[0].tls.root);
	add(&k, TLS_ITEM_CERT, &w.leaf_der[DEMO_LEAF_GOOD],
	    &k.s->source[0].tls.leaf);
	add(&k, TLS_ITEM_CERT, &w.intermediate, &k.s->source[0].tls.chain[1]);
	fails_at(&k, "tls.chain", "");
	tls_world_close(&elsewhere);
}

static void ocsp__is_refused_whatever_is_wrong_with_it(void **state)
{
	static const struct {
		const char *said;
		int days; /* until nextUpdate */
		enum demo_leaf_kind about, signer;
	} cases[] = {
		{ "expired", -1, DEMO_LEAF_GOOD, DEMO_LEAF_RESPONDER },
		{ "another certificate", 7, DEMO_LEAF_UNSTAMPED,
		    DEMO_LEAF_RESPONDER },
		{ "did not appoint", 7, DEMO_LEAF_GOOD, DEMO_LEAF_SELF_SIGNED },
		{ "not for signing", 7, DEMO_LEAF_GOOD, DEMO_LEAF_UNSTAMPED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		SCENE(DEMO_LEAF_GOOD);
		struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);

		o.about = w.leaf[cases[i].about].cert;
		o.signer = &w.leaf[cases[i].signer];
		o.from.ms -= 2 * TLS_WORLD_DAY;
		o.to.ms = w.now.ms + cases[i].days * TLS_WORLD_DAY;
		staple(&k, &o);
		fails_at(&k, "tls.ocsp", cases[i].said);
	}
}

static void ocsp__says_what_the_statement_says(void **state)
{
	SCENE(DEMO_LEAF_GOOD);
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);

	(void)state;
	o.word = DEMO_OCSP_REVOKED;
	staple(&k, &o);
	/* Said honestly it is refused before, by the statement's own word. */
	fails_at(&k, "statement.tls", "revoked");
	k.s->source[0].tls.ocsp = span_text("good");
	fails_at(&k, "tls.ocsp", "says revoked");
	/* Good, and nothing there to say so. */
	tls_bundle_maker_drop(&k.m);
	tls_world_add(&w, DEMO_LEAF_GOOD, &k.m);
	k.s->source[0].tls.has_ocsp_hash = false;
	fails_at(&k, "tls.ocsp", "no stapled response");
}

static void ocsp__is_missed_where_the_certificate_demands_it(void **state)
{
	SCENE(DEMO_LEAF_MUST_STAPLE);
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_MUST_STAPLE);

	(void)state;
	fails_at(&k, "tls.ocsp", "demands");
	staple(&k, &o);
	holds(&k);
}

/* ---- policy ------------------------------------------------------------- */

static void policy__asks_for_roots(void **state)
{
	SCENE(DEMO_LEAF_GOOD);
	char other[HEX_SIZE(32)];

	(void)state;
	memcpy(other, root_hex, sizeof(other));
	other[0] = other[0] == '0' ? '1' : '0';
	k.policy = policy_of(other, "");
	fails_at(&k, "policy.tls-roots", "exchange.example");
	assert_int_equal(k.v->links[LINK_SERVER].state, LINK_REFUTED);
}

static void policy__asks_for_certificates(void **state)
{
	SCENE(DEMO_LEAF_GOOD);

	(void)state;
	k.policy = policy_of(root_hex, ",\"tlsEvidence\":true");
	holds(&k);
	judge(&k, false);
	assert_string_equal(
	    response_world_first_failure(k.v), "policy.tls-evidence");
	assert_int_equal(verdict_exit_code(k.v->kind), 1);
}

static void policy__asks_for_timestamps(void **state)
{
	static const struct {
		enum demo_leaf_kind kind;
		size_t n_list;      /* timestamps in the TLS extension */
		const char *min;    /* "minScts", or "" */
		const char *refuse; /* NULL: it holds */
	} cases[] = {
		{ DEMO_LEAF_GOOD, 0, "", NULL },
		{ DEMO_LEAF_GOOD, 0, ",\"minScts\":3", "2 known logs" },
		{ DEMO_LEAF_UNSTAMPED, 0, "", "no log has stamped" },
		{ DEMO_LEAF_UNSTAMPED, 1, "", "1 known logs" },
		{ DEMO_LEAF_UNSTAMPED, 1, ",\"minScts\":1", NULL },
		{ DEMO_LEAF_UNSTAMPED, 2, "", NULL },
		{ DEMO_LEAF_UNSTAMPED, 3, ",\"minScts\":3",
		    "1 are of unknown logs" },
	};
	char more[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		SCENE(cases[i].kind);

		snprintf(more, sizeof(more), ",\"ctLogs\":[\"%s\",\"%s\"]%s",
		    log_key[0], log_key[1], cases[i].min);
		k.policy = policy_of(root_hex, more);
		if (cases[i].n_list > 0)
			stamp(&k, cases[i].kind, cases[i].n_list);
		if (cases[i].refuse != NULL) {
			fails_at(&k, "tls.sct", cases[i].refuse);
			continue;
		}
		holds(&k);
		assert_int_equal(outcome(&k, "tls.sct")->result, CHECK_PASS);
		/* Nothing to check is not enough for who asks. */
		judge(&k, false);
		assert_string_equal(
		    response_world_first_failure(k.v), "tls.sct");
	}
}

static void policy__refuses_a_broken_timestamp(void **state)
{
	SCENE(DEMO_LEAF_UNSTAMPED);
	char more[1024];

	(void)state;
	snprintf(more, sizeof(more), ",\"ctLogs\":[\"%s\"],\"minScts\":1",
	    log_key[0]);
	k.policy = policy_of(root_hex, more);
	k.list = tls_world_scts(&w, DEMO_LEAF_UNSTAMPED, 1, w.now);
	k.list.p[k.list.n - 1] ^= 1;
	add(&k, TLS_ITEM_SCTS, &k.list, &k.s->source[0].tls.scts_hash);
	k.s->source[0].tls.has_scts_hash = true;
	fails_at(&k, "tls.sct", "1 do not hold");
}

/* ---- time --------------------------------------------------------------- */

static void interval(const struct scene *k, int64_t from, int64_t to)
{
	assert_true(k->v->has_interval);
	assert_int_equal(k->v->not_before.ms, from);
	assert_int_equal(k->v->not_after.ms, to);
}

static void time__narrows_with_the_evidence(void **state)
{
	SCENE(DEMO_LEAF_GOOD);
	struct demo_ocsp o = tls_world_staple(&w, DEMO_LEAF_GOOD);
	const int64_t now = w.now.ms, hour = 3600000, day = TLS_WORLD_DAY;
	char more[1024];
	bool found = false;

	(void)state;
	/* By the statement's own word for the leaf. */
	judge(&k, false);
	interval(&k, now - day, now + 29 * day);
	staple(&k, &o);
	holds(&k);
	interval(&k, now - 2 * hour, now + 7 * day);
	/* The logs stamped it an hour ago, and the policy names them. */
	snprintf(more, sizeof(more), ",\"ctLogs\":[\"%s\",\"%s\"]", log_key[0],
	    log_key[1]);
	k.policy = policy_of(root_hex, more);
	holds(&k);
	interval(&k, now - hour, now + 7 * day);
	for (size_t i = 0; i < k.v->n_claims; i++)
		found |= strcmp(k.v->claims[i].name, "timeInterval") == 0 &&
		    strcmp(k.v->claims[i].value,
			"{\"notAfter\":1767830400000,"
			"\"notBefore\":1767222000000}") == 0;
	assert_true(found);
}

static void time__is_not_claimed_without_anybodys_word(void **state)
{
	SCENE(DEMO_LEAF_GOOD);

	(void)state;
	statements_plain(k.s);
	judge(&k, false);
	assert_false(k.v->has_interval);
}

static int set_up(void **state)
{
	(void)state;
	response_world_open(&machine, NULL);
	tls_world_open(&w, statements_now);
	struct sha256 root = sha256_of(blob_span(&w.root));
	hex_encode(sha256_span(&root), root_hex);
	for (size_t i = 0; i < COUNT(log_key); i++) {
		unsigned char *der = NULL;
		int n = i2d_PUBKEY(demo_ca_log(w.ca, i)->key, &der);

		base64_encode(span_of(der, (size_t)n), log_key[i]);
		OPENSSL_free(der);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tls_world_close(&w);
	response_world_close(&machine);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    server__is_proved_to_a_root_that_the_policy_names),
		cmocka_unit_test(
		    server__is_proved_under_the_policy_that_is_suggested),
		cmocka_unit_test(server__is_not_proved_otherwise_and_says_why),
		cmocka_unit_test(evidence__is_what_the_statement_names),
		cmocka_unit_test(evidence__is_refused_when_it_is_malformed),
		cmocka_unit_test(leaf__is_what_the_statement_says_of_it),
		cmocka_unit_test(name__is_the_host_that_was_asked),
		cmocka_unit_test(chain__is_judged_when_the_answer_came),
		cmocka_unit_test(chain__refuses_a_violated_name_constraint),
		cmocka_unit_test(chain__refuses_a_root_that_did_not_sign),
		cmocka_unit_test(ocsp__is_refused_whatever_is_wrong_with_it),
		cmocka_unit_test(ocsp__says_what_the_statement_says),
		cmocka_unit_test(
		    ocsp__is_missed_where_the_certificate_demands_it),
		cmocka_unit_test(policy__asks_for_roots),
		cmocka_unit_test(policy__asks_for_certificates),
		cmocka_unit_test(policy__asks_for_timestamps),
		cmocka_unit_test(policy__refuses_a_broken_timestamp),
		cmocka_unit_test(time__narrows_with_the_evidence),
		cmocka_unit_test(time__is_not_claimed_without_anybodys_word),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
