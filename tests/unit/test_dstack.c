/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The providers dstack and tappd, and the signer that they derive, against an
 * agent of the test: what it answers is right but for one thing. Its quotes
 * are the simulator's.
 */
#include "attest/dstack.h"

#include "attest/sim.h"
#include "tests/unit/agent_double.h"
#include "tests/unit/state_dir.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <stdlib.h>

#define SIG                                                                \
	"3daf33caf576205d75ccac8796ecad7e64f202cd670a8e8edc9347f5d3a6d0e0" \
	"7b1433be598ef7022acdbf06b65f2eb836aad58aa6c7061adc327258881b6c9d"

/* The agent. What a test changes is set back before each. */
static struct {
	const char *compose, *events; /* texts; events is JSON */
	const char *second;           /* signature of the key service */
	bool has_emit, has_key, flips, no_quote, cuts_emit;
	const char *instance;
	unsigned emitted, quoted;
	char payload[128], key_path[128], key_purpose[128];
	const char *fails_at; /* this method answers "no" */
} agent;

static struct sim_keys keys;
static struct sim_certs certs;
static struct sim_recipe recipe;
static struct blob tail;
static struct state_dir dir;
static struct agent_double *server;

static const uint8_t REPORT_DATA[REPORT_DATA_BYTES] = { 1, 2, 3, [63] = 9 };
static const struct sha256 CONFIG = { { 0xc0, 0xff, 0xee } };

/* ---- what the agent answers --------------------------------------------- */

static void answer_info(struct canon *c)
{
	AUTO(blob_drop) struct blob inner = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(4096, "test", &f);
	struct canon t = canon_to(&w);
	canon_object(&t, NULL);
	canon_text(&t, "app_compose", agent.compose);
	canon_end(&t);
	assert_ok(wr_done(&w, &inner), f);
	canon_text(c, "app_id", "0101010101010101010101010101010101010101");
	canon_text(c, "instance_id", agent.instance);
	canon_text_span(c, "tcb_info", blob_span(&inner));
}

static void answer_quote(struct canon *c, const struct json_node *request)
{
	AUTO(blob_drop) struct blob quote = { 0 };
	uint8_t report_data[REPORT_DATA_BYTES];
	struct fault f = FAULT_INIT;
	const char *hex = json_text(json_find(request, "report_data"));
	assert_ok(hex_decode(span_text(hex), report_data, sizeof(report_data),
		      "test", &f),
	    f);
	report_data[5] ^= agent.flips;
	assert_ok(sim_tdx_quote_make(&keys, &recipe.quote, blob_span(&tail),
		      report_data, &quote, &f),
	    f);
	agent.quoted++;
	canon_text(c, "event_log", agent.events);
	if (agent.no_quote)
		canon_text(c, "quote", "0400020081");
	else
		canon_hex(c, "quote", blob_span(&quote));
}

static void copy(char out[128], const struct json_node *v, const char *name)
{
	(void)snprintf(out, 128, "%s", json_text(json_find(v, name)));
}

/* The key follows from the path, as it does with agents. */
static void answer_key(
    struct canon *c, const struct json_node *request, const char *prefix)
{
	char name[64], chain[512];
	copy(agent.key_path, request, "path");
	copy(agent.key_purpose, request, "purpose");
	struct sha256 key = sha256_of(span_text(agent.key_path));
	(void)snprintf(name, sizeof(name), "%skey", prefix);
	canon_hex(c, name, sha256_span(&key));
	(void)snprintf(name, sizeof(name), "%ssignature_chain", prefix);
	(void)snprintf(
	    chain, sizeof(chain), "[\"" SIG "01\",\"%s\"]", agent.second);
	canon_raw(c, name, span_text(chain));
}

static void say(
    const struct agent_request *request, struct agent_reply *out, void *user)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1024 * 1024, "test", &f);
	struct canon c = canon_to(&w);
	const char *path = request->path;
	(void)user;
	assert_ok(
	    json_parse(request->body, &json_limits_default, "test", &doc, &f),
	    f);
	const struct json_node *root = json_root(doc);
	const char *method = strrchr(path, '.') ? strrchr(path, '.') : path;
	method++;
	out->status = 200;
	canon_object(&c, NULL);
	if (agent.fails_at && strcmp(agent.fails_at, method) == 0)
		out->status = 400;
	else if (strcmp(method, "Info") == 0)
		answer_info(&c);
	else if (strcmp(path, "/GetQuote") == 0)
		answer_quote(&c, root);
	else if (strcmp(path, "/prpc/Tappd.TdxQuote") == 0) {
		assert_string_equal(
		    json_text(json_find(root, "hash_algorithm")), "raw");
		answer_quote(&c, root);
	} else if (strcmp(path, "/GetKey") == 0)
		answer_key(&c, root, "");
	else if (strcmp(path, "/prpc/Tappd.DeriveK256Key") == 0 &&
	    agent.has_key)
		answer_key(&c, root, "k256_");
	else if (strcmp(path, "/EmitEvent") == 0 && agent.has_emit) {
		assert_string_equal(
		    json_text(json_find(root, "event")), DSTACK_CONFIG_EVENT);
		copy(agent.payload, root, "payload");
		/* Before any quote that anybody sees: ours to look around is
		 * the only one so far. */
		assert_int_equal(agent.quoted, 1);
		agent.emitted++;
		if (agent.cuts_emit)
			agent_reply_raw(out,
			    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{");
	} else
		out->status = 400;
	if (out->status == 400)
		canon_text(&c, "error", "no such method");
	canon_end(&c);
	assert_ok(wr_done(&w, &out->body), f);
}

/* ---- the tests' surroundings -------------------------------------------- */

static const char *socket_path(void)
{
	return state_dir_file(&dir, "agent.sock");
}

static int start(void **state)
{
	struct fault f = FAULT_INIT;
	(void)state;
	dir = state_dir_new();
	sim_recipe_init(&recipe, clock_now());
	assert_ok(sim_pki_make_keys(&keys, &f), f);
	assert_ok(sim_pki_make_certs(&keys, &recipe, &certs, &f), f);
	assert_ok(
	    sim_tdx_quote_tail(&keys, &certs, &recipe.quote, &tail, &f), f);
	server = agent_double_start(socket_path(), say, NULL);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	agent_double_stop(server);
	blob_drop(&tail);
	sim_pki_drop_certs(&certs);
	sim_pki_drop_keys(&keys);
	state_dir_drop(&dir);
	return 0;
}

static int before_each(void **state)
{
	(void)state;
	memset(&agent, 0, sizeof(agent));
	agent.compose = "{\"name\":\"x\"}";
	agent.events = "[]";
	agent.second = SIG "00";
	agent.instance = "0202020202020202020202020202020202020202";
	agent.has_emit = agent.has_key = true;
	unsetenv("AFFIANT_SIMULATE");
	unsetenv("DSTACK_SIMULATOR_ENDPOINT");
	unsetenv("TAPPD_SIMULATOR_ENDPOINT");
	return 0;
}

static bool try_open(const char *provider, const struct sha256 *config,
    struct attest **out, struct fault *f)
{
	const struct attest_config cfg = { .provider = provider,
		.socket = socket_path(),
		.timeout_ms = 2000,
		.config = config };
	return attest_open(&cfg, out, f);
}

static struct attest *opened(const char *provider)
{
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(try_open(provider, NULL, &a, &f), f);
	return a;
}

static const char *const both[] = { "dstack", "tappd" };

/* ---- quotes ------------------------------------------------------------- */

static void quote__comes_with_its_log_and_compose(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(both); i++) {
		AUTO(attest_drop) struct attest *a = opened(both[i]);
		AUTO(attested_drop) struct attested got = { .quote = { 0 } };
		struct fault f = FAULT_INIT;
		assert_string_equal(attest_provider(a), both[i]);
		assert_string_equal(attest_platform(a), "tdx");
		assert_true(attest_is_simulated(a));
		assert_false(attest_is_measured(a));
		agent.events = "[{\"imr\":3,\"event_type\":134217729,"
			       "\"digest\":\"\",\"event\":\"later\","
			       "\"event_payload\":\"\"}]";
		assert_ok(attest_quote(a, REPORT_DATA, &got, &f), f);
		assert_memory_equal(
		    got.quote.p + 568, REPORT_DATA, sizeof(REPORT_DATA));
		/* The log of this very quote. */
		assert_non_null(strstr((char *)got.event_log.p, "later"));
		assert_span_text(
		    blob_span(&got.app_compose), "{\"name\":\"x\"}");
		agent.events = "[]";
	}
}

static void assert_quote_refused(struct attest *a, const char *at)
{
	AUTO(attested_drop) struct attested got = { .quote = { 0 } };
	struct fault f = FAULT_INIT;
	assert_refused(
	    attest_quote(a, REPORT_DATA, &got, &f), f, FAULT_REMOTE, at);
	assert_int_equal(got.quote.n + got.event_log.n, 0);
}

static void quote__over_something_else_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(both); i++) {
		AUTO(attest_drop) struct attest *a = opened(both[i]);
		agent.flips = true;
		assert_quote_refused(a, "tdx.report_data");
		agent.flips = false;
		agent.no_quote = true;
		assert_quote_refused(a, "intel.quote.length");
		agent.no_quote = false;
		agent.events = "{";
		assert_quote_refused(a, "dstack.log");
		agent.events = "[]";
		agent.fails_at = i == 0 ? "GetQuote" : "TdxQuote";
		assert_quote_refused(a, "agent.refused");
		agent.fails_at = NULL;
		AUTO(attested_drop) struct attested got = { .quote = { 0 } };
		struct fault f = FAULT_INIT;
		assert_ok(attest_quote(a, REPORT_DATA, &got, &f), f);
	}
}

static void collateral__is_not_the_agents(void **state)
{
	(void)state;
	AUTO(attest_drop) struct attest *a = opened("dstack");
	struct blob out = { 0 };
	struct fault f = FAULT_INIT;
	assert_refused(attest_collateral(a, &out, &f), f, FAULT_UNSUPPORTED,
	    "attest.collateral");
}

/* ---- where the agent is ------------------------------------------------- */

static void open__asks_the_configuration_then_the_environment(void **state)
{
	(void)state;
	static const struct {
		const char *provider, *name;
	} ways[] = { { "dstack", "DSTACK_SIMULATOR_ENDPOINT" },
		{ "tappd", "TAPPD_SIMULATOR_ENDPOINT" } };
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct attest_config cfg = { .provider = ways[i].provider,
			.timeout_ms = 2000 };
		struct attest *a = NULL;
		struct fault f = FAULT_INIT;
		setenv(ways[i].name, socket_path(), 1);
		assert_ok(attest_open(&cfg, &a, &f), f);
		attest_drop(&a);
		cfg.socket = state_dir_file(&dir, "elsewhere");
		assert_refused(attest_open(&cfg, &a, &f), f, FAULT_SYSTEM,
		    "agent.socket.missing");
		cfg.socket = NULL;
		setenv(ways[i].name, "no-path-no-url", 1);
		assert_refused(attest_open(&cfg, &a, &f), f, FAULT_CONFIG,
		    "agent.endpoint");
		unsetenv(ways[i].name);
	}
}

static void open__wants_an_agent_that_answers(void **state)
{
	(void)state;
	static const char *const methods[] = { "Info", "GetQuote" };
	for (size_t i = 0; i < COUNT(methods); i++) {
		struct attest *a = NULL;
		struct fault f = FAULT_INIT;
		agent.fails_at = methods[i];
		assert_false(try_open("dstack", NULL, &a, &f));
		assert_non_null(strstr(f.text, methods[i]));
		assert_fault(f, FAULT_REMOTE, "agent.refused");
		assert_null(a);
	}
}

/* "Simulation is switched on by explicit words only." */
static void auto__takes_no_agent_of_a_simulator(void **state)
{
	(void)state;
	struct fault why = FAULT_INIT;
	setenv("DSTACK_SIMULATOR_ENDPOINT", socket_path(), 1);
	assert_false(quote_dstack.detect(&why));
	assert_fault(why, FAULT_UNSUPPORTED, "dstack.simulated");
	unsetenv("DSTACK_SIMULATOR_ENDPOINT");
}

/* ---- our configuration -------------------------------------------------- */

static void config__is_measured_once(void **state)
{
	(void)state;
	AUTO(attest_drop) struct attest *a = NULL;
	char want[HEX_SIZE(32)], log[512];
	struct fault f = FAULT_INIT;
	hex_encode(sha256_span(&CONFIG), want);
	assert_ok(try_open("dstack", &CONFIG, &a, &f), f);
	assert_true(attest_is_measured(a));
	assert_int_equal(agent.emitted, 1);
	assert_string_equal(agent.payload, want);
	attest_drop(&a);

	/* Another start in the same guest: it is there already. */
	(void)snprintf(log, sizeof(log),
	    "[{\"imr\":3,\"event_type\":134217729,\"digest\":\"\","
	    "\"event\":\"affiant-config\",\"event_payload\":\"%s\"}]",
	    want);
	agent.events = log;
	assert_ok(try_open("dstack", &CONFIG, &a, &f), f);
	assert_true(attest_is_measured(a));
	assert_int_equal(agent.emitted, 1);
	attest_drop(&a);

	/* With another configuration: nobody would believe it. */
	const struct sha256 other = { { 1 } };
	assert_refused(try_open("dstack", &other, &a, &f), f, FAULT_CONFIG,
	    "dstack.measured");
	assert_int_equal(agent.emitted, 1);
}

static void config__is_not_measured_where_nothing_can(void **state)
{
	(void)state;
	struct attest *a = NULL;
	struct fault f = FAULT_INIT;
	agent.has_emit = false; /* newer than 0.5.11 */
	assert_ok(try_open("dstack", &CONFIG, &a, &f), f);
	assert_false(attest_is_measured(a));
	attest_drop(&a);
	agent.has_emit = true; /* the legacy API never had it */
	assert_ok(try_open("tappd", &CONFIG, &a, &f), f);
	assert_false(attest_is_measured(a));
	attest_drop(&a);
	assert_int_equal(agent.emitted, 0);
	/* An agent that ends in between may have measured or not. */
	agent.quoted = 0;
	agent.cuts_emit = true;
	assert_refused(
	    try_open("dstack", &CONFIG, &a, &f), f, FAULT_REMOTE, "agent.cut");
}

/* ---- keys --------------------------------------------------------------- */

static struct signer *signer_of(struct attest *a, const char *state_dir)
{
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = true;
	assert_ok(signer_open(a, state_dir, &s, &made, &f), f);
	assert_false(made);
	return s;
}

static void signer__is_the_same_for_every_replica(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir one = state_dir_new();
	AUTO(state_dir_drop) struct state_dir two = state_dir_new();
	struct eth_addr first;
	for (size_t i = 0; i < COUNT(both); i++) {
		AUTO(attest_drop) struct attest *a = opened(both[i]);
		AUTO(attest_drop) struct attest *b = opened(both[i]);
		AUTO(signer_drop) struct signer *s = signer_of(a, one.path);
		agent.instance = "0303030303030303030303030303030303030303";
		AUTO(signer_drop) struct signer *t = signer_of(b, two.path);
		assert_true(
		    eth_addr_equal(signer_address(s), signer_address(t)));
		assert_false(signer_is_ephemeral(s));
		assert_true(signer_has_service(s));
		assert_string_equal(agent.key_path, ATTEST_KEY_PATH);
		assert_string_equal(agent.key_purpose, ATTEST_KEY_PURPOSE);
		if (i == 0)
			first = *signer_address(s);
		assert_true(eth_addr_equal(&first, signer_address(s)));
		assert_false(file_exists(state_dir_file(&one, SIGNER_FILE)));
	}
}

static void signer__keeps_the_chain_for_its_evidence(void **state)
{
	(void)state;
	const struct attest_config cfg = { .provider = "dstack",
		.socket = socket_path(),
		.key_path = "/oracle",
		.key_purpose = "ethereum" };
	AUTO(attest_drop) struct attest *a = NULL;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(attest_open(&cfg, &a, &f), f);
	AUTO(signer_drop) struct signer *s = signer_of(a, d.path);
	struct span chain = signer_key_chain(s);
	assert_ok(canon_check(chain, &json_limits_default, "test", &f), f);
	assert_ok(json_parse(chain, &json_limits_default, "test", &doc, &f), f);
	const struct json_node *v = json_root(doc);
	assert_int_equal(json_count(v), 6);
	assert_string_equal(json_text(json_find(v, "type")), "dstack-getkey");
	assert_string_equal(json_text(json_find(v, "path")), "/oracle");
	assert_string_equal(json_text(json_find(v, "purpose")), "ethereum");
	assert_string_equal(json_text(json_find(v, "appId")),
	    "0101010101010101010101010101010101010101");
	const struct json_node *sig = json_first(json_find(v, "signatures"));
	assert_string_equal(json_text(sig), SIG "01");
	assert_string_equal(json_text(json_next(sig)), SIG "00");
	/* The key is that of the address that signs. */
	uint8_t xy[64];
	const char *hex = json_text(json_find(v, "publicKey"));
	char want[HEX_SIZE(32)];
	signer_public_key(s, xy);
	hex_encode(span_of(xy, 32), want);
	assert_int_equal(strlen(hex), 66);
	assert_string_equal(hex + 2, want);
	assert_int_equal(hex[1] - '0', 2 + (xy[63] & 1));
	uint8_t compressed[33], app_id[20];
	char compressed_hex[HEX_SIZE(33)];
	signer_public_key33(s, compressed);
	hex_encode(span_of(compressed, sizeof(compressed)), compressed_hex);
	assert_string_equal(hex, compressed_hex);
	assert_true(signer_app_id(s, app_id));
	assert_int_equal(app_id[0], 1);
}

static void signer__says_when_there_is_no_key_service(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened("dstack");
	agent.second = "";
	AUTO(signer_drop) struct signer *s = signer_of(a, d.path);
	assert_false(signer_has_service(s));
	assert_true(signer_key_chain(s).n > 0);
	assert_non_null(
	    strstr((const char *)signer_key_chain(s).p, SIG "01\",\"\"]"));
}

static void signer__refuses_a_key_file_of_another_provider(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened("dstack");
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made;
	assert_ok(file_write(state_dir_file(&d, SIGNER_FILE), span_text("x"),
		      0600, &f),
	    f);
	assert_refused(signer_open(a, d.path, &s, &made, &f), f, FAULT_CONFIG,
	    "signer.provider");
	assert_null(s);
}

/* A key service that fails is not one that is missing. */
static void signer__is_not_made_over_a_failure(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened("dstack");
	struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made;
	agent.fails_at = "GetKey";
	assert_refused(signer_open(a, d.path, &s, &made, &f), f, FAULT_REMOTE,
	    "agent.refused");
	agent.fails_at = NULL;
	agent.second = "00";
	assert_refused(signer_open(a, d.path, &s, &made, &f), f, FAULT_REMOTE,
	    "dstack.chain");
	assert_null(s);
	assert_false(file_exists(state_dir_file(&d, SIGNER_FILE)));
}

static void signer__is_made_where_the_legacy_agent_has_no_keys(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	AUTO(attest_drop) struct attest *a = opened("tappd");
	AUTO(signer_drop) struct signer *s = NULL;
	struct fault f = FAULT_INIT;
	bool made = false;
	agent.has_key = false;
	assert_ok(signer_open(a, d.path, &s, &made, &f), f);
	assert_true(made);
	assert_true(signer_is_ephemeral(s));
	assert_int_equal(signer_key_chain(s).n, 0);
	uint8_t app_id[20];
	assert_false(signer_app_id(s, app_id));
}

static void seal__has_a_root_of_each_instance(void **state)
{
	(void)state;
	struct secret32 one, again, other;
	struct seal_id id;
	struct fault f = FAULT_INIT;
	AUTO(attest_drop) struct attest *a = opened("dstack");
	assert_ok(attest_seal_root(a, &one, &id, &f), f);
	assert_string_equal(id.platform, "sim:tdx");
	assert_string_equal(id.provider, "dstack-kms");
	assert_int_equal(id.platform_no, 1 | SEAL_SIMULATED);
	assert_int_equal(id.provider_no, 2);
	assert_ok(attest_seal_root(a, &again, &id, &f), f);
	assert_memory_equal(&one, &again, sizeof(one));
	agent.instance = "0303030303030303030303030303030303030303";
	AUTO(attest_drop) struct attest *b = opened("dstack");
	assert_ok(attest_seal_root(b, &other, &id, &f), f);
	assert_memory_not_equal(&one, &other, sizeof(one));
	agent.second = "";
	assert_refused(attest_seal_root(b, &other, &id, &f), f,
	    FAULT_UNSUPPORTED, "attest.seal");
}

#define TEST(name) cmocka_unit_test_setup(name, before_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(quote__comes_with_its_log_and_compose),
		TEST(quote__over_something_else_is_refused),
		TEST(collateral__is_not_the_agents),
		TEST(open__asks_the_configuration_then_the_environment),
		TEST(open__wants_an_agent_that_answers),
		TEST(auto__takes_no_agent_of_a_simulator),
		TEST(config__is_measured_once),
		TEST(config__is_not_measured_where_nothing_can),
		TEST(signer__is_the_same_for_every_replica),
		TEST(signer__keeps_the_chain_for_its_evidence),
		TEST(signer__says_when_there_is_no_key_service),
		TEST(signer__refuses_a_key_file_of_another_provider),
		TEST(signer__is_not_made_over_a_failure),
		TEST(signer__is_made_where_the_legacy_agent_has_no_keys),
		TEST(seal__has_a_root_of_each_instance),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
