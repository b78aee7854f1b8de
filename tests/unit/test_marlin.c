/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers of Nitro documents: an attestation server that is well, or unwell
 * in one way; the security module, played by a function; the simulator, judged
 * by the judge that the real thing meets.
 */
#include "attest/nitro.h"
#include "attest/sim_nitro.h"
#include "tests/unit/agent_double.h"
#include "tests/unit/state_dir.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"
#include "verify/nitro_doc.h"
#include "verify/verify.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- documents ----------------------------------------------------------- */

static struct sim_nitro_keys keys;

static struct blob mint(struct span user_data)
{
	AUTO(sim_nitro_drop_certs) struct sim_nitro_certs certs = { 0 };
	struct sim_nitro_recipe r;
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;

	sim_nitro_recipe_init(&r, clock_now());
	r.user_data = (struct sim_nitro_bytes){ true, user_data };
	assert_ok(sim_nitro_make_certs(&keys, &r, &certs, &f), f);
	assert_ok(sim_nitro_document(&keys, &certs, &r, &out, &f), f);
	return out;
}

/* ---- a server ------------------------------------------------------------ */

enum manners {
	WELL,
	HEX_ONLY,   /* no raw route */
	HEX_BROKEN, /* and its text is none */
	STOCK,      /* takes no user data */
	NO_DOCUMENT,
	NO_ROUTES,
	ERROR
};
struct server {
	enum manners manners;
	unsigned n_raw, n_hex;
};

static void serve(
    const struct agent_request *q, struct agent_reply *out, void *user)
{
	static const char raw[] = "/attestation/raw?user_data=";
	static const char hex[] = "/attestation/hex?user_data=";
	struct server *s = user;
	bool is_raw = strncmp(q->path, raw, strlen(raw)) == 0;
	uint8_t data[REPORT_DATA_BYTES];
	struct fault f = FAULT_INIT;

	assert_true(is_raw || strncmp(q->path, hex, strlen(hex)) == 0);
	s->n_raw += is_raw;
	s->n_hex += !is_raw;
	assert_ok(hex_decode(span_text(q->path + strlen(raw)), data,
		      sizeof(data), "test", &f),
	    f);
	if (s->manners == ERROR) {
		agent_reply_text(out, 500, "the module is tired");
		return;
	}
	if (s->manners == NO_ROUTES ||
	    (is_raw && (s->manners == HEX_ONLY || s->manners == HEX_BROKEN))) {
		agent_reply_text(out, 404, "");
		return;
	}
	if (s->manners == NO_DOCUMENT) {
		agent_reply_text(out, 200, "no document");
		return;
	}
	if (s->manners == STOCK)
		data[0] ^= 1;
	AUTO(blob_drop) struct blob doc = mint(span_of(data, sizeof(data)));

	out->status = 200;
	if (is_raw) {
		out->body = blob_move(&doc);
		return;
	}
	out->body.p = malloc(2 * doc.n + 1);
	out->body.n = 2 * doc.n;
	hex_encode(blob_span(&doc), (char *)out->body.p);
	if (s->manners == HEX_BROKEN)
		out->body.p[7] = 'x';
}

static FALLIBLE open_at(const char *path, struct attest **out, struct fault *f)
{
	const struct attest_config cfg = {
		.provider = "marlin", .socket = path, .timeout_ms = 5000
	};

	return attest_open(&cfg, out, f);
}

static void server__is_asked_raw_or_in_hexadecimal(void **state)
{
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const char *path = state_dir_file(&d, "marlin.sock");

	(void)state;
	for (enum manners m = WELL; m <= HEX_ONLY; m++) {
		struct server s = { .manners = m };
		struct agent_double *double_ =
		    agent_double_start(path, serve, &s);
		uint8_t data[REPORT_DATA_BYTES] = { 7 };
		AUTO(attested_drop) struct attested q = { .quote = { 0 } };
		AUTO(attest_drop) struct attest *a = NULL;
		struct fault f = FAULT_INIT;

		assert_ok(open_at(path, &a, &f), f);
		assert_string_equal(attest_provider(a), "marlin");
		assert_string_equal(attest_platform(a), "nitro");
		assert_true(attest_is_simulated(a));
		assert_ok(attest_quote(a, data, &q, &f), f);
		assert_true(q.quote.n > 2000);
		/* A route that is not there is not asked for again. */
		assert_int_equal(s.n_raw, m == WELL ? 2 : 1);
		assert_int_equal(s.n_hex, m == WELL ? 0 : 2);
		agent_double_stop(double_);
	}
}

static void server__that_is_unwell_is_a_fault_of_its_own(void **state)
{
	static const struct {
		enum manners manners;
		const char *at;
	} cases[] = {
		{ HEX_BROKEN, "nitro.server" },
		{ STOCK, "nitro.document" },
		{ NO_DOCUMENT, "nitro.document" },
		{ NO_ROUTES, "agent.status" },
		{ ERROR, "agent.status" },
	};
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const char *path = state_dir_file(&d, "marlin.sock");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct server s = { .manners = cases[i].manners };
		struct agent_double *double_ =
		    agent_double_start(path, serve, &s);
		struct attest *a = NULL;
		struct fault f = FAULT_INIT;

		assert_refused(
		    open_at(path, &a, &f), f, FAULT_REMOTE, cases[i].at);
		agent_double_stop(double_);
	}
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;

	assert_refused(
	    open_at(path, &a, &f), f, FAULT_REMOTE, "agent.socket.refused");
}

static void server__is_never_taken_by_itself(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	unsetenv(MARLIN_ENVIRONMENT);
	assert_refused(
	    quote_marlin.detect(&f), f, FAULT_UNSUPPORTED, "marlin.detect");
	setenv(MARLIN_ENVIRONMENT, "/nowhere/at/all", 1);
	assert_refused(
	    quote_marlin.detect(&f), f, FAULT_SYSTEM, "agent.socket.missing");
	unsetenv(MARLIN_ENVIRONMENT);
}

/* ---- the module ---------------------------------------------------------- */

struct module {
	const char *bytes; /* instead of a document */
	size_t n;
};

static FALLIBLE exchange(void *user, struct span request, uint8_t *response,
    size_t *n_out, struct fault *f)
{
	/* The whole request but for the data, byte for byte. */
	static const uint8_t front[] = "\xa1\x6b"
				       "Attestation\xa3\x69"
				       "user_data\x58\x40";
	static const uint8_t back[] = "\x65nonce\xf6\x6apublic_key\xf6";
	const struct module *m = user;
	size_t n_front = sizeof(front) - 1, n_back = sizeof(back) - 1;

	assert_int_equal(request.n, n_front + REPORT_DATA_BYTES + n_back);
	assert_memory_equal(request.p, front, n_front);
	assert_memory_equal(
	    request.p + n_front + REPORT_DATA_BYTES, back, n_back);
	if (m->bytes != NULL) {
		memcpy(response, m->bytes, m->n);
		*n_out = m->n;
		return true;
	}
	AUTO(blob_drop)
	struct blob doc = mint(span_of(request.p + n_front, REPORT_DATA_BYTES));
	struct wr w = wr_into(response, NSM_RESPONSE_BYTES, "test", f);

	wr_text(&w,
	    "\xa1\x6b"
	    "Attestation\xa1\x68"
	    "document\x59");
	wr_u16be(&w, (uint16_t)doc.n);
	wr_span(&w, blob_span(&doc));
	return wr_done_into(&w, n_out);
}

static void module__gives_what_it_was_asked_for(void **state)
{
	struct module m = { .bytes = NULL };
	const struct nsm nsm = { .exchange = exchange, .user = &m };
	uint8_t data[REPORT_DATA_BYTES] = { 9 };
	AUTO(attested_drop) struct attested q = { .quote = { 0 } };
	struct fault f = FAULT_INIT;
	void *n = NULL;

	(void)state;
	assert_ok(nitro_open(&nsm, NULL, &n, &f), f);
	assert_ok(nitro_quote(n, data, &q, &f), f);
	assert_true(nitro_facts(n).simulated);
	nitro_close(n);
}

#define SAYS(text)                       \
	{                                \
		(text), sizeof(text) - 1 \
	}
static void module__that_refuses_is_quoted(void **state)
{
	static const struct {
		struct module says;
		const char *at, *text;
	} cases[] = {
		{ SAYS("\xa1\x65"
		       "Error\x6d"
		       "InternalError"),
		    "nsm.error", "InternalError" },
		{ SAYS("\xa1\x65"
		       "Error\x64"
		       "a\nb!"),
		    "nsm.error", "in no words" },
		{ SAYS("\xa1\x65"
		       "Error\x01"),
		    "nsm.error", "in no words" },
		{ SAYS(""), "nsm.response", "no document" },
		{ SAYS("\x6c"
		       "DescribeNSM!"),
		    "nsm.response", "no document" },
		{ SAYS("\xa1\x6b"
		       "Attestation\xa1\x68"
		       "document\x40"),
		    "nsm.response", "no document" },
		{ SAYS("\xa1\x6b"
		       "Attestation\xa1\x68"
		       "document\x41\x00\x00"),
		    "nsm.response", "no document" },
		{ SAYS("\xa1\x6b"
		       "Attestation\xa1\x68"
		       "document\x41\x00"),
		    "nitro.document", "no attestation document" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct module m = cases[i].says;
		const struct nsm nsm = { .exchange = exchange, .user = &m };
		struct fault f = FAULT_INIT;
		void *n = NULL;

		assert_false(nitro_open(&nsm, NULL, &n, &f));
		assert_non_null(strstr(f.text, cases[i].text));
		assert_fault(f, FAULT_REMOTE, cases[i].at);
	}
}

static void module__that_is_not_there_says_so(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	if (access(NSM_DEVICE, F_OK) == 0)
		skip();
	assert_refused(quote_nitro.detect(&f), f, FAULT_SYSTEM, "nsm.device");
}

/* ---- the simulator ------------------------------------------------------- */

static void judge(struct attest *a, struct verdict *v)
{
	uint8_t data[REPORT_DATA_BYTES] = { 5 };
	AUTO(attested_drop) struct attested q = { .quote = { 0 } };
	const struct verify_options opt = { .at = clock_now(),
		.allow_simulated = true };
	struct fault f = FAULT_INIT;

	assert_ok(attest_quote(a, data, &q, &f), f);
	verify_quote(
	    "nitro", blob_span(&q.quote), span_of(data, sizeof(data)), &opt, v);
}

static void simulator__passes_the_judge_and_keeps_its_root(void **state)
{
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const struct attest_config cfg = { .simulate = "nitro",
		.state_dir = d.path };
	struct verdict v = { .kind = VERDICT_REJECTED };
	struct fault f = FAULT_INIT;
	struct utc now = { INT64_C(1768435200000) };

	(void)state;
	clock_set_for_test(&now);
	for (int i = 0; i < 2; i++) {
		AUTO(attest_drop) struct attest *a = NULL;

		assert_ok(attest_open(&cfg, &a, &f), f);
		assert_string_equal(attest_platform(a), "nitro");
		assert_true(attest_is_simulated(a));
		judge(a, &v);
		assert_int_equal(v.kind, VERDICT_AUTHENTIC);
		assert_true(v.simulated);
		verdict_drop(&v);
		/* The leaf ends in three hours; the root stays. */
		now.ms += INT64_C(4) * 3600 * 1000;
		clock_set_for_test(&now);
		judge(a, &v);
		assert_int_equal(v.kind, VERDICT_AUTHENTIC);
		verdict_drop(&v);
	}
	clock_set_for_test(NULL);
}

static void simulator__refuses_a_root_that_is_damaged(void **state)
{
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const struct attest_config cfg = { .simulate = "nitro",
		.state_dir = d.path };
	struct fault f = FAULT_INIT;
	struct attest *a = NULL;
	char path[4096];
	FILE *file;

	(void)state;
	assert_ok(attest_open(&cfg, &a, &f), f);
	attest_close(a);
	snprintf(path, sizeof(path), "%s/simulator/nitro/root.pem", d.path);
	file = fopen(path, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, 60, SEEK_SET), 0);
	fputs("AAAA", file);
	fclose(file);
	a = NULL;
	assert_refused(attest_open(&cfg, &a, &f), f, FAULT_FORMAT, "sim.state");
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	return sim_nitro_make_keys(&keys, &f) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	sim_nitro_drop_keys(&keys);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server__is_asked_raw_or_in_hexadecimal),
		cmocka_unit_test(server__that_is_unwell_is_a_fault_of_its_own),
		cmocka_unit_test(server__is_never_taken_by_itself),
		cmocka_unit_test(module__gives_what_it_was_asked_for),
		cmocka_unit_test(module__that_refuses_is_quoted),
		cmocka_unit_test(module__that_is_not_there_says_so),
		cmocka_unit_test(
		    simulator__passes_the_judge_and_keeps_its_root),
		cmocka_unit_test(simulator__refuses_a_root_that_is_damaged),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
