/* SPDX-License-Identifier: Apache-2.0 */
/* Values picked again: whole responses with configuration and bodies. */
#include "oracle/config_schema.h"
#include "tests/unit/check.h"
#include "tests/unit/response_world.h"
#include "verify/bodies.h"
#include "verify/recipe_members.h"

#include <stdio.h>
#include <stdlib.h>

static struct response_world world;
static struct verdict verdict;

/* One URL asked for two values, and another one; the last was not used. */
#define URL_A "https://a.example/both"
#define URL_C "https://c.example/last"
#define SOURCE_LOW "{\"pick\":\"/low\",\"url\":\"" URL_A "\"}"
#define SOURCE_HIGH "{\"pick\":\"/high\",\"url\":\"" URL_A "\"}"
#define SOURCE_C "{\"kind\":\"http-text\",\"line\":1,\"url\":\"" URL_C "\"}"
#define FEED(sources)                                                     \
	"{\"feeds\":[{\"aggregate\":{\"min_sources\":1},\"id\":\"X/Y\"}," \
	"{\"aggregate\":{\"min_sources\":1},\"id\":\"BTC/"                \
	"USD\",\"sources\":[" sources "]}]}"
#define BODY_A "{\"low\":101,\"high\":102}"
#define BODY_C "103\n"

struct plan {
	const char *configuration;
	const char *bodies[3];
	const char *value[3]; /* of the sources, NULL: failed */
	const char *policy;
	bool is_younger;
};

static struct sha256 hash_of(const char *text)
{
	return sha256_of(span_text(text));
}

static void make_statement(const struct plan *p, struct statement *s)
{
	static const char *const urls[] = { URL_A, URL_A, URL_C };
	static const char *const bodies[] = { BODY_A, BODY_A, BODY_C };

	statements_many(s);
	s->config = hash_of(p->configuration);
	s->n_sources = 3;
	s->value = span_text("102");
	s->spread = span_text("2");
	s->source[2] = s->source[0];
	for (size_t i = 0; i < 3; i++) {
		struct statement_source *b = &s->source[i];

		if (p->value[i] == NULL) {
			*b = (struct statement_source){
				.failed = true,
				.host = span_text("a.example"),
				.url = span_text(urls[i]),
				.reason = span_text("pick"),
				.detail = span_text("nothing is there"),
			};
			s->spread = span_text("1");
			s->value = span_text("102.5");
			continue;
		}
		*b = s->source[2];
		b->host = span_text(i < 2 ? "a.example" : "c.example");
		b->url = span_text(urls[i]);
		b->body = hash_of(bodies[i]);
		b->value = span_text(p->value[i]);
		b->observed_at = s->timestamp;
		if (p->is_younger && i == 1) {
			/* Said to have held after it was received. */
			b->has_received = true;
			b->received_at.ms = s->timestamp.ms - 1;
		}
	}
}

static void judge(const struct plan *p)
{
	static struct statement s;
	AUTO(bodies_drop) struct bodies b = { 0 };
	AUTO(blob_drop) struct blob array = { 0 };
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(policy_drop) struct policy policy = { 0 };
	struct verify_options opt = response_world_options();
	struct fault f = FAULT_INIT;
	struct response_plan plan = {
		.configuration = span_text(p->configuration),
	};

	for (size_t i = 0; i < 3 && p->bodies[i] != NULL; i++)
		assert_ok(bodies_add(&b, span_text(p->bodies[i]), &f), f);
	if (b.n > 0) {
		assert_ok(bodies_encode(&b, &array, &f), f);
		plan.bodies = blob_span(&array);
	}
	if (p->policy != NULL) {
		assert_ok(policy_parse(span_text(p->policy), &policy, &f), f);
		opt.policy = &policy;
	}
	make_statement(p, &s);
	text = response_world_make(&world, &s, &plan);
	verdict_drop(&verdict);
	verify_response(blob_span(&text), &opt, &verdict);
}

static const struct check_outcome *outcome(const char *id)
{
	const struct check_outcome *o = verdict_find(&verdict, id);

	assert_non_null(o);
	return o;
}

static const struct plan whole = {
	.configuration = FEED(SOURCE_LOW "," SOURCE_HIGH "," SOURCE_C),
	.bodies = { BODY_A, BODY_C },
	.value = { "101", "102", "103" },
};

static void recompute__finds_every_value_again(void **state)
{
	struct plan p = whole;

	(void)state;
	p.policy = "{\"type\":\"affiant.policy.v1\",\"recomputed\":true}";
	judge(&p);
	assert_string_equal(response_world_first_failure(&verdict), "");
	assert_int_equal(
	    outcome("recompute.configuration")->result, CHECK_PASS);
	assert_int_equal(outcome("recompute.request")->result, CHECK_PASS);
	assert_int_equal(outcome("recompute.bodies")->result, CHECK_PASS);
	assert_int_equal(outcome("recompute.value")->result, CHECK_PASS);
	assert_int_equal(outcome("policy.recomputed")->result, CHECK_PASS);
}

static void recompute__tells_two_picks_of_one_url_apart(void **state)
{
	struct plan p = whole;

	(void)state;
	/* The first of the two failed: what is left comes from the second. */
	p.value[0] = NULL;
	judge(&p);
	assert_int_equal(outcome("recompute.value")->result, CHECK_PASS);
	/* They stand in the order of the configuration. */
	p = whole;
	p.value[0] = "102";
	p.value[1] = "101";
	judge(&p);
	assert_string_equal(
	    response_world_first_failure(&verdict), "recompute.value");
}

static void recompute__says_what_it_could_not_check(void **state)
{
	struct plan p = whole;

	(void)state;
	p.bodies[1] = NULL;
	judge(&p);
	assert_string_equal(response_world_first_failure(&verdict), "");
	assert_int_equal(outcome("recompute.value")->result, CHECK_NOT_RUN);
	assert_true(outcome("recompute.value")->excused);
	assert_non_null(
	    strstr(outcome("recompute.value")->fault.text, "2 of 3 values"));
	p.policy = "{\"type\":\"affiant.policy.v1\",\"recomputed\":true}";
	judge(&p);
	assert_string_equal(
	    response_world_first_failure(&verdict), "policy.recomputed");
}

static void recompute__refuses_another_value_of_any_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct plan p = whole;

		p.value[i] = i == 1 ? "102.00000001" : "102";
		judge(&p);
		assert_string_not_equal(
		    response_world_first_failure(&verdict), "");
	}
}

static void recompute__takes_no_value_for_younger_than_its_receipt(void **state)
{
	struct plan p = whole;

	(void)state;
	p.is_younger = true;
	judge(&p);
	assert_string_equal(
	    response_world_first_failure(&verdict), "recompute.value");
}

static void recompute__wants_the_sources_of_the_configuration(void **state)
{
	static const char *const others[] = {
		FEED(SOURCE_LOW "," SOURCE_C "," SOURCE_C),
		FEED(SOURCE_LOW "," SOURCE_HIGH),
		FEED(SOURCE_C "," SOURCE_LOW "," SOURCE_HIGH),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		struct plan p = whole;

		p.configuration = others[i];
		judge(&p);
		assert_string_equal(response_world_first_failure(&verdict),
		    "recompute.request");
	}
}

static void recompute__wants_the_feed_once(void **state)
{
	static const char *const others[] = { "{}", "[]", "{\"feeds\":[]}",
		"{\"feeds\":[{\"id\":\"BTC/USD\"}]}",
		"{\"feeds\":[{\"id\":\"BTC/USD\",\"sources\":[]}]}",
		"{\"feeds\":[{\"id\":\"BTC/USD\",\"sources\":[{}]}]}",
		"{\"feeds\":[{\"id\":\"BTC/USD\"},{\"id\":\"BTC/USD\"}]}" };

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		struct plan p = whole;

		p.configuration = others[i];
		judge(&p);
		assert_string_equal(response_world_first_failure(&verdict),
		    "recompute.request");
		assert_int_equal(verdict.kind, VERDICT_REJECTED);
	}
}

static void recompute__guesses_nothing_about_members_it_does_not_know(
    void **state)
{
	struct plan p = whole;

	(void)state;
	p.configuration = FEED(SOURCE_LOW
	    "," SOURCE_HIGH ",{\"invert\":true,\"kind\":\"http-text\","
	    "\"line\":1,\"url\":\"" URL_C "\"}");
	judge(&p);
	assert_string_equal(response_world_first_failure(&verdict), "");
	assert_true(outcome("recompute.value")->excused);
	assert_true(outcome("recompute.request")->excused);
}

/* What the daemon reads, this reader knows: it decides what it is for. */
static void recipe__knows_every_member_of_the_daemons(void **state)
{
	static const struct {
		const char *object;
		const struct recipe_member *members;
		const size_t *n;
	} tables[] = {
		{ "feed", recipe_feed_members, &recipe_n_feed_members },
		{ "source", recipe_source_members, &recipe_n_source_members },
	};
	size_t n_found = 0;

	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++)
		for (size_t i = 0; config_objects[i] != NULL; i++) {
			const struct config_object *o = config_objects[i];

			if (strcmp(o->name, tables[t].object) != 0)
				continue;
			n_found++;
			for (size_t k = 0; k < o->n; k++)
				if (!recipe_knows(tables[t].members,
					*tables[t].n, o->members[k].name))
					fail_msg("verify/recipe.c does not "
						 "know \"%s\" of a %s",
					    o->members[k].name, o->name);
		}
	assert_int_equal(n_found, COUNT(tables));
}

static int set_up(void **state)
{
	(void)state;
	response_world_open(&world, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	verdict_drop(&verdict);
	response_world_close(&world);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recompute__finds_every_value_again),
		cmocka_unit_test(recompute__tells_two_picks_of_one_url_apart),
		cmocka_unit_test(recompute__says_what_it_could_not_check),
		cmocka_unit_test(
		    recompute__refuses_another_value_of_any_source),
		cmocka_unit_test(
		    recompute__takes_no_value_for_younger_than_its_receipt),
		cmocka_unit_test(
		    recompute__wants_the_sources_of_the_configuration),
		cmocka_unit_test(recompute__wants_the_feed_once),
		cmocka_unit_test(
		    recompute__guesses_nothing_about_members_it_does_not_know),
		cmocka_unit_test(recipe__knows_every_member_of_the_daemons),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
