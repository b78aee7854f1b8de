/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stand-in agent: that what it hands out fits together, judged by the
 * verifier's own functions; which methods agents of which version have; and
 * that no client can upset its sockets.
 */
#include "attest/sim_agent.h"

#include "attest/dstack_answer.h"
#include "attest/sim_kms.h"
#include "tests/unit/check.h"
#include "tests/unit/state_dir.h"
#include "tests/unit/vectors.h"
#include "verify/base/text.h"
#include "verify/dstack_key.h"
#include "verify/dstack_mr_config.h"
#include "verify/intel_quote.h"

#include <sys/socket.h>
#include <sys/un.h>

static const char *const versions[] = { "0.3.6", "0.4.2", "0.5.0", "0.5.5",
	"0.5.6", "0.5.9", "0.5.11", "0.6.0" };

static struct sim_agent *opened(const struct sim_agent_config *c)
{
	struct sim_agent *a = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(sim_agent_open(c, &a, &f), f);
	return a;
}

static struct json *ask(struct sim_agent *a, enum sim_agent_api api,
    const char *path, const char *request, unsigned want)
{
	AUTO(blob_drop) struct blob answer = { 0 };
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	unsigned status =
	    sim_agent_answer(a, api, path, span_text(request), &answer);
	if (status != want)
		print_error("%s: %s\n", path, (const char *)answer.p);
	assert_int_equal(status, want);
	assert_ok(json_parse(blob_span(&answer), &json_limits_default, "test",
		      &doc, &f),
	    f);
	if (want != 200)
		assert_true(
		    json_text(json_find(json_root(doc), "error"))[0] != '\0');
	return doc;
}

static const char *text(const struct json *doc, const char *name)
{
	const struct json_node *v = json_find(json_root(doc), name);
	assert_non_null(v);
	return json_text(v);
}

/* A quote by the API that the version has, and its log in our form. */
static void quote_of(struct sim_agent *a, struct blob *quote, struct blob *log)
{
	char request[200], data[129];
	struct fault f = FAULT_INIT;
	bool is_new = sim_agent_has(a, SIM_AGENT_DSTACK);
	memset(data, '7', 128);
	data[128] = '\0';
	(void)snprintf(request, sizeof(request),
	    "{\"report_data\":\"%s\",\"hash_algorithm\":\"raw\"}", data);
	AUTO(json_drop)
	struct json *doc = ask(a, is_new ? SIM_AGENT_DSTACK : SIM_AGENT_TAPPD,
	    is_new ? "/GetQuote" : "/prpc/Tappd.TdxQuote", request, 200);
	assert_ok(dstack_answer_quote(json_root(doc), quote, log, &f), f);
}

/* ---- that it fits together ---------------------------------------------- */

static void log__replays_to_the_quotes_registers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(versions); i++) {
		const struct sim_agent_config c = { .version = versions[i],
			.mr_config_id = 1 };
		AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
		AUTO(blob_drop) struct blob quote = { 0 }, text_log = { 0 };
		AUTO(dstack_log_drop) struct dstack_log log = { .n = 0 };
		struct intel_quote q;
		struct fault f = FAULT_INIT;
		quote_of(a, &quote, &text_log);
		assert_ok(intel_quote_parse(blob_span(&quote), &q, &f), f);
		assert_int_equal(q.td.report_data.p[63], 0x77);
		assert_ok(dstack_log_parse(blob_span(&text_log), &log, &f), f);
		assert_ok(dstack_log_check_digests(&log, &f), f);
		assert_false(dstack_log_is_stripped(&log));
		for (unsigned r = 0; r < 4; r++) {
			struct sha384 mr = dstack_log_replay(&log, r);
			assert_memory_equal(mr.b, q.td.rtmr[r].p, 48);
		}
	}
}

static void events__of_the_second_version_replay_too(void **state)
{
	(void)state;
	const struct sim_agent_config c = { .app_compose = span_text(
						"{\"event_log_version\":2}") };
	AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
	AUTO(blob_drop) struct blob quote = { 0 }, text_log = { 0 };
	AUTO(dstack_log_drop) struct dstack_log log = { .n = 0 };
	struct intel_quote q;
	struct fault f = FAULT_INIT;
	quote_of(a, &quote, &text_log);
	assert_non_null(strstr((char *)text_log.p, "\"version\":2"));
	assert_ok(intel_quote_parse(blob_span(&quote), &q, &f), f);
	assert_ok(dstack_log_parse(blob_span(&text_log), &log, &f), f);
	assert_ok(dstack_log_check_digests(&log, &f), f);
	struct sha384 mr = dstack_log_replay(&log, 3);
	assert_memory_equal(mr.b, q.td.rtmr[3].p, 48);
}

static void compose__is_the_one_that_is_measured(void **state)
{
	(void)state;
	for (unsigned generation = 0; generation <= 2; generation++) {
		const struct sim_agent_config c = { .version = "0.5.9",
			.mr_config_id = generation };
		AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
		AUTO(blob_drop) struct blob quote = { 0 }, text_log = { 0 };
		AUTO(dstack_log_drop) struct dstack_log log = { .n = 0 };
		AUTO(dstack_identity_drop)
		struct dstack_identity id = { .has_os_image = false };
		AUTO(dstack_info_drop)
		struct dstack_info info = { .has_instance = false };
		const struct span none = { 0 };
		struct intel_quote q;
		struct fault f = FAULT_INIT;
		bool is_open = true;
		AUTO(json_drop)
		struct json *doc = ask(a, SIM_AGENT_DSTACK, "/Info", "{}", 200);
		assert_ok(dstack_answer_info(json_root(doc), &info, &f), f);
		quote_of(a, &quote, &text_log);
		assert_ok(intel_quote_parse(blob_span(&quote), &q, &f), f);
		assert_ok(dstack_log_parse(blob_span(&text_log), &log, &f), f);
		assert_ok(dstack_identity_read(&log, &id, &f), f);
		struct sha256 hash = sha256_of(blob_span(&info.app_compose));
		assert_true(sha256_equal(&hash, &id.compose_hash));
		assert_memory_equal(info.app_id, id.app_id, 20);
		assert_memory_equal(info.app_id, hash.b, 20);
		assert_int_equal(id.key_provider, DSTACK_KEYS_KMS);
		assert_int_equal(q.td.mrconfigid.p[0], generation);
		if (generation == 0)
			assert_true(span_is_zero(q.td.mrconfigid));
		else
			assert_ok(dstack_mr_config_check(q.td.mrconfigid, &id,
				      none, none, &is_open, &f),
			    f);
	}
}

static void check_chain(struct sim_agent *a, struct span pub,
    const char *purpose, const struct json_node *first)
{
	struct eth_key app, root;
	struct eth_sig sig[2];
	uint8_t app_id[20], want[33], bytes[65];
	struct fault f = FAULT_INIT;
	sim_agent_app_id(a, app_id);
	sim_agent_root(a, want);
	for (size_t i = 0; i < 2; i++, first = json_next(first)) {
		assert_ok(hex_decode(span_text(json_text(first)), bytes, 65,
			      "test", &f),
		    f);
		assert_ok(
		    dstack_key_signature(span_of(bytes, 65), &sig[i], &f), f);
	}
	assert_ok(
	    dstack_key_app(pub, span_text(purpose), &sig[0], &app, &f), f);
	assert_ok(dstack_key_root(app_id, &app, &sig[1], &root, &f), f);
	assert_memory_equal(root.b, want, 33);
}

static void keys__end_in_the_services_root(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const struct sim_agent_config c = { .version = "0.5.9",
		.kms_file = state_dir_file(&d, "kms") };
	AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
	AUTO(sim_agent_drop) struct sim_agent *replica = opened(&c);
	/* The public key is Sign's, whose key is of path vms. */
	static const char *const algorithms[] = { "secp256k1", "ed25519" };
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		char request[256];
		AUTO(blob_drop) struct blob pub = { 0 };
		struct fault f = FAULT_INIT;
		(void)snprintf(request, sizeof(request),
		    "{\"algorithm\":\"%s\",\"data\":\"00\"}", algorithms[i]);
		AUTO(json_drop)
		struct json *sign =
		    ask(a, SIM_AGENT_DSTACK, "/Sign", request, 200);
		assert_ok(hex_decode_blob(span_text(text(sign, "public_key")),
			      33, &pub, "test", &f),
		    f);
		const struct json_node *chain =
		    json_first(json_find(json_root(sign), "signature_chain"));
		check_chain(a, blob_span(&pub), "signing", json_next(chain));

		(void)snprintf(request, sizeof(request),
		    "{\"algorithm\":\"%s\",\"path\":\"vms\","
		    "\"purpose\":\"signing\"}",
		    algorithms[i]);
		AUTO(json_drop)
		struct json *key =
		    ask(a, SIM_AGENT_DSTACK, "/GetKey", request, 200);
		check_chain(a, blob_span(&pub), "signing",
		    json_first(json_find(json_root(key), "signature_chain")));
		AUTO(json_drop)
		struct json *same =
		    ask(replica, SIM_AGENT_DSTACK, "/GetKey", request, 200);
		assert_string_equal(text(key, "key"), text(same, "key"));
	}
}

/* Keys and signatures that another implementation made, from its app keys. */
static void keys__are_those_of_the_reference(void **state)
{
	(void)state;
	AUTO(json_drop)
	struct json *computed = vectors_json("dstack/computed.json");
	AUTO(json_drop)
	struct json *files =
	    vectors_json("dstack/simulator-v0.5.5/appkeys.json");
	const struct json_node *list =
	    vectors_member(json_root(computed), "getkey");
	struct sim_kms kms = { .has_root = true };
	unsigned checked = 0;
	vectors_hex_into(json_root(files), "k256_key", kms.app.b, 32);
	for (const struct json_node *v = json_first(list); v;
	     v = json_next(v)) {
		struct sim_kms_key key;
		struct fault f = FAULT_INIT;
		uint8_t want[65];
		if (strcmp(vectors_text(v, "keys"), "simulator-v0.5.5") != 0)
			continue;
		bool is_ed25519 =
		    strcmp(vectors_text(v, "algorithm"), "ed25519") == 0;
		assert_ok(sim_kms_key(&kms, vectors_text(v, "path"),
			      vectors_text(v, "purpose"),
			      is_ed25519 ? SIM_KMS_ED25519 : SIM_KMS_SECP256K1,
			      &key, &f),
		    f);
		vectors_hex_into(v, "key", want, 32);
		assert_memory_equal(key.key.b, want, 32);
		vectors_hex_into(v, "pubkey", want, key.public_n);
		assert_memory_equal(key.public_key, want, key.public_n);
		const char *sig =
		    json_text(json_first(json_find(v, "signature_chain")));
		assert_ok(hex_decode(span_text(sig), want, 65, "test", &f), f);
		assert_memory_equal(key.signature, want, 65);
		checked++;
	}
	assert_true(checked >= 3);
}

static void verify__takes_what_sign_made_and_nothing_else(void **state)
{
	(void)state;
	static const char *const algorithms[] = { "secp256k1", "ed25519",
		"k256", "secp256k1_prehashed" };
	const struct sim_agent_config c = { .version = "0.5.11" };
	AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
	char data[65];
	memset(data, '5', 64);
	data[64] = '\0';
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		for (int spoilt = 0; spoilt < 2; spoilt++) {
			char request[1024];
			(void)snprintf(request, sizeof(request),
			    "{\"algorithm\":\"%s\",\"data\":\"%s\"}",
			    algorithms[i], data);
			AUTO(json_drop)
			struct json *sign =
			    ask(a, SIM_AGENT_DSTACK, "/Sign", request, 200);
			data[0] = spoilt ? '6' : '5';
			(void)snprintf(request, sizeof(request),
			    "{\"algorithm\":\"%s\",\"data\":\"%s\","
			    "\"signature\":\"%s\",\"public_key\":\"%s\"}",
			    algorithms[i], data, text(sign, "signature"),
			    text(sign, "public_key"));
			data[0] = '5';
			AUTO(json_drop)
			struct json *verify =
			    ask(a, SIM_AGENT_DSTACK, "/Verify", request, 200);
			assert_int_equal(
			    json_bool(json_find(json_root(verify), "valid")),
			    !spoilt);
		}
	}
}

/* ---- versions ----------------------------------------------------------- */

static void methods__come_and_go_with_the_version(void **state)
{
	(void)state;
	static const struct {
		const char *method;
		const char *request;
		bool has[COUNT(versions)];
	} matrix[] = {
		/* 0.3.6 0.4.2 0.5.0 0.5.5 0.5.6 0.5.9 0.5.11 0.6.0 */
		{ "/Info", "{}", { 0, 0, 1, 1, 1, 1, 1, 1 } },
		{ "/GetQuote", "{}", { 0, 0, 1, 1, 1, 1, 1, 1 } },
		{ "/GetKey", "{}", { 0, 0, 1, 1, 1, 1, 1, 1 } },
		{ "/GetTlsKey", "{}", { 0, 0, 1, 1, 1, 1, 1, 1 } },
		{ "/EmitEvent", "{\"event\":\"x\",\"payload\":\"0x00\"}",
		    { 0, 0, 1, 1, 1, 1, 1, 0 } },
		{ "/Attest", "{}", { 0, 0, 0, 0, 1, 1, 1, 1 } },
		{ "/Sign", "{\"algorithm\":\"ed25519\"}",
		    { 0, 0, 0, 0, 1, 1, 1, 1 } },
		{ "/Verify", "{\"algorithm\":\"ed25519\"}",
		    { 0, 0, 0, 0, 1, 1, 1, 0 } },
		{ "/Version", "{}", { 0, 0, 0, 0, 0, 1, 1, 1 } },
		{ "/GpuInfo", "{}", { 0, 0, 0, 0, 0, 0, 0, 1 } },
		{ "/Nothing", "{}", { 0 } },
	};
	for (size_t v = 0; v < COUNT(versions); v++) {
		const struct sim_agent_config c = { .version = versions[v] };
		AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
		for (size_t i = 0; i < COUNT(matrix); i++)
			json_free(ask(a, SIM_AGENT_DSTACK, matrix[i].method,
			    matrix[i].request, matrix[i].has[v] ? 200 : 400));
		static const char *const legacy[] = { "/prpc/Tappd.Info",
			"/prpc/Info", "/prpc/Tappd.TdxQuote",
			"/prpc/Tappd.DeriveKey" };
		for (size_t i = 0; i < COUNT(legacy); i++)
			json_free(
			    ask(a, SIM_AGENT_TAPPD, legacy[i], "{}", 200));
		json_free(
		    ask(a, SIM_AGENT_TAPPD, "/prpc/Tappd.RawQuote", "{}", 400));
	}
}

static void open__refuses_what_no_agent_is(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "1.0.0", "0.2.9", "0.7.0", "x",
		"0.5.100", "0.5.1.1", "0.5x" };
	struct sim_agent *a = NULL;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct sim_agent_config c = { .version = bad[i] };
		struct fault f = FAULT_INIT;
		assert_refused(
		    sim_agent_open(&c, &a, &f), f, FAULT_CONFIG, "sim.version");
	}
	static const char *const composes[] = { "x", "[]",
		"{\"key_provider\":\"tpm\"}" };
	for (size_t i = 0; i < COUNT(composes); i++) {
		const struct sim_agent_config c = { .app_compose = span_text(
							composes[i]) };
		struct fault f = FAULT_INIT;
		assert_refused(
		    sim_agent_open(&c, &a, &f), f, FAULT_CONFIG, "sim.compose");
	}
	assert_null(a);
}

static void report_data__is_padded_and_bounded(void **state)
{
	(void)state;
	const struct sim_agent_config c = { .version = "0.5.9" };
	AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
	AUTO(json_drop)
	struct json *doc = ask(a, SIM_AGENT_DSTACK, "/GetQuote",
	    "{\"report_data\":\"0x12aB\"}", 200);
	assert_memory_equal(text(doc, "report_data"), "12ab0000", 8);
	char request[200];
	(void)snprintf(
	    request, sizeof(request), "{\"report_data\":\"%0130d\"}", 0);
	json_free(ask(a, SIM_AGENT_DSTACK, "/GetQuote", request, 400));
	json_free(ask(a, SIM_AGENT_DSTACK, "/GetQuote", "{", 400));
	/* "H(tag, colon, content)", SHA-512 unless said. */
	AUTO(json_drop)
	struct json *tappd = ask(a, SIM_AGENT_TAPPD, "/prpc/Tappd.TdxQuote",
	    "{\"report_data\":\"3132\"}", 200);
	const struct span parts[] = { span_text("app-data:12") };
	struct sha512 h = sha512_of_parts(parts, 1);
	char want[HEX_SIZE(64)];
	hex_encode(span_of(h.b, 64), want);
	assert_memory_equal(text(tappd, "quote") + 2 * 568, want, 128);
	assert_string_equal(text(tappd, "prefix"), "app-data");
}

static void events__extend_the_third_register_until_it_is_full(void **state)
{
	(void)state;
	const struct sim_agent_config c = { .version = "0.5.9" };
	AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
	AUTO(blob_drop) struct blob before = { 0 }, after = { 0 };
	AUTO(blob_drop) struct blob log = { 0 }, log_after = { 0 };
	quote_of(a, &before, &log);
	json_free(ask(a, SIM_AGENT_DSTACK, "/EmitEvent",
	    "{\"event\":\"mine\",\"payload\":\"ff\"}", 200));
	quote_of(a, &after, &log_after);
	assert_memory_equal(before.p + 376, after.p + 376, 3 * 48);
	assert_memory_not_equal(before.p + 520, after.p + 520, 48);
	json_free(ask(a, SIM_AGENT_DSTACK, "/EmitEvent", "{}", 400));
	unsigned n = 0;
	for (; n < 600; n++) {
		AUTO(blob_drop) struct blob answer = { 0 };
		if (sim_agent_answer(a, SIM_AGENT_DSTACK, "/EmitEvent",
			span_text("{\"event\":\"x\"}"), &answer) != 200)
			break;
	}
	assert_in_range(n, 400, 512);
}

/* ---- its sockets -------------------------------------------------------- */

static int dial(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(address.sun_path, path, strlen(path));
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* What comes back before the end; empty: the connection was ended. */
static const char *say(const char *path, const char *bytes)
{
	static char answer[65536];
	size_t have = 0;
	ssize_t n;
	int fd = dial(path);
	assert_int_equal(
	    send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
	shutdown(fd, SHUT_WR);
	while (have < sizeof(answer) - 1 &&
	    (n = recv(fd, answer + have, sizeof(answer) - 1 - have, 0)) > 0)
		have += (size_t)n;
	answer[have] = '\0';
	close(fd);
	return answer;
}

static void server__speaks_http_and_ends_with_everything_else(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const char *path = state_dir_file(&d, "a.sock");
	const struct sim_agent_config c = { .version = "0.5.9" };
	AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
	struct sim_agent_server *s = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(sim_agent_serve(a, SIM_AGENT_DSTACK, path, &s, &f), f);
	static const struct {
		const char *request, *answer;
	} talks[] = {
		{ "GET /Version HTTP/1.1\r\n\r\n", "\"version\":\"0.5.9\"" },
		{ "GET /GetQuote?report_data=0x77&x=%zz HTTP/1.1\r\n\r\n",
		    "\"report_data\":\"7700" },
		{ "GET /GetKey?path=%2Fa+b&purpose HTTP/1.1\r\n\r\n",
		    "signature_chain" },
		{ "POST /Version?json HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
		    "\"version\":\"0.5.9\"" },
		{ ("POST /Version HTTP/1.1\r\nCONTENT-TYPE:application/json\r\n"
		   "content-length:2\r\n\r\n{}GET /next HTTP/1.1\r\n\r\n"),
		    "Connection: close" },
		{ "GET /Nothing HTTP/1.1\r\n\r\n", "400 Bad Request" },
		/* What is not said to be JSON is protobuf. */
		{ "POST /Version HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
		    "400 Bad Request" },
		{ "PUT /Version HTTP/1.1\r\n\r\n", "400 Bad Request" },
		{ "GET /Version?a=1&a=2 HTTP/1.1\r\n\r\n", "400 Bad Request" },
		{ "hello\r\n\r\n", NULL },
		{ "GET /Version HTTP/3\r\n\r\n", NULL },
		{ "GET /Version HTTP/1.1\r\n", NULL },
		{ "POST /Info HTTP/1.1\r\nContent-Length: 9\r\n\r\n{", NULL },
		{ "POST /Info HTTP/1.1\r\nContent-Length: -1\r\n\r\n{}", NULL },
		{ "POST /Info HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n{}",
		    NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < COUNT(talks); i++) {
		const char *answer = say(path, talks[i].request);
		if (talks[i].answer == NULL)
			assert_string_equal(answer, "");
		else if (strstr(answer, talks[i].answer) == NULL)
			fail_msg("%s -> %s", talks[i].request, answer);
	}
	/* More connections than it takes: the others still get through. */
	int fd[80];
	for (size_t i = 0; i < COUNT(fd); i++)
		fd[i] = dial(path);
	for (size_t i = 0; i < COUNT(fd); i++)
		close(fd[i]);
	const char *answer = "";
	for (int i = 0; i < 200 && *answer == '\0'; i++) {
		answer = say(path, "GET /Version HTTP/1.1\r\n\r\n");
		usleep(10000);
	}
	assert_non_null(strstr(answer, "200 OK"));
	int kept = dial(path); /* and one that is open at the end */
	sim_agent_server_stop(s);
	close(kept);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void server__says_where_it_cannot_listen(void **state)
{
	(void)state;
	AUTO(state_dir_drop) struct state_dir d = state_dir_new();
	const struct sim_agent_config c = { .version = "0.5.9" };
	AUTO(sim_agent_drop) struct sim_agent *a = opened(&c);
	struct sim_agent_server *s = NULL;
	struct fault f = FAULT_INIT;
	char longer[200];
	memset(longer, 'a', sizeof(longer));
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	const char *const bad[] = { d.path, "/nonexistent/a.sock", longer };
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(
		    sim_agent_serve(a, SIM_AGENT_DSTACK, bad[i], &s, &f), f,
		    FAULT_SYSTEM, "sim.socket");
	assert_null(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log__replays_to_the_quotes_registers),
		cmocka_unit_test(events__of_the_second_version_replay_too),
		cmocka_unit_test(compose__is_the_one_that_is_measured),
		cmocka_unit_test(keys__end_in_the_services_root),
		cmocka_unit_test(keys__are_those_of_the_reference),
		cmocka_unit_test(verify__takes_what_sign_made_and_nothing_else),
		cmocka_unit_test(methods__come_and_go_with_the_version),
		cmocka_unit_test(open__refuses_what_no_agent_is),
		cmocka_unit_test(report_data__is_padded_and_bounded),
		cmocka_unit_test(
		    events__extend_the_third_register_until_it_is_full),
		cmocka_unit_test(
		    server__speaks_http_and_ends_with_everything_else),
		cmocka_unit_test(server__says_where_it_cannot_listen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
