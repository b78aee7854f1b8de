/* SPDX-License-Identifier: Apache-2.0 */
/* Collateral fetched from a stand-in for Intel's service and its caches. */
#include "sources/collateral_fetch.h"

#include "attest/sim.h"
#include "sources/sources.h"
#include "tests/unit/check.h"
#include "tests/unit/pccs_double.h"
#include "tests/unit/vectors.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static struct pccs_double *pccs;
static char dir[] = "/tmp/affiant-pccs-XXXXXX";
static char ca[64], other_ca[64];
static struct sim_keys keys;
static struct sim_certs certs;
static struct sim_recipe recipe;
static struct sim_collateral minted;
static struct collateral parts; /* of `minted` */
static struct collateral_platform platform;

static struct collateral parts_of(const struct sim_collateral *c)
{
	return (struct collateral){
		.pck_crl = blob_span(&c->pck_crl),
		.pck_crl_issuer_chain = blob_span(&c->pck_crl_chain),
		.qe_identity = blob_span(&c->qe_identity),
		.qe_identity_issuer_chain = blob_span(&c->qe_chain),
		.root_ca_crl = blob_span(&c->root_crl),
		.tcb_info = blob_span(&c->tcb_info),
		.tcb_info_issuer_chain = blob_span(&c->tcb_chain),
	};
}

static void mint(struct sim_collateral *out)
{
	struct fault f = FAULT_INIT;

	assert_ok(sim_pki_make_certs(&keys, &recipe, &certs, &f), f);
	assert_ok(sim_collateral_make(&keys, &certs, &recipe, out, &f), f);
}

static int start(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	sim_recipe_init(&recipe, clock_now());
	assert_ok(sim_pki_make_keys(&keys, &f), f);
	mint(&minted);
	parts = parts_of(&minted);
	memcpy(platform.fmspc, recipe.sgx.fmspc, sizeof(platform.fmspc));
	platform.is_tdx = true;
	assert_ok(sources_init(&f), f);
	assert_non_null(mkdtemp(dir));
	assert_ok(pccs_double_start(&parts, dir, &pccs, &f), f);
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	snprintf(other_ca, sizeof(other_ca), "%s/intermediate.pem", dir);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	pccs_double_stop(pccs);
	sources_exit();
	sim_collateral_drop(&minted);
	sim_pki_drop_certs(&certs);
	sim_pki_drop_keys(&keys);
	unlink(ca);
	unlink(other_ca);
	return rmdir(dir);
}

/* ---- asking ------------------------------------------------------------- */

static char url_memory[256];

static struct collateral_service service(const char *prefix)
{
	snprintf(url_memory, sizeof(url_memory), "https://localhost:%u%s",
	    pccs_double_port(pccs), prefix);
	return (struct collateral_service){ .url = url_memory, .ca_file = ca };
}

static bool fetch(const struct collateral_service *s, struct blob *bundle,
    struct collateral_facts *facts, struct fault *f)
{
	return collateral_fetch(
	    s, &platform, NULL, NULL, NULL, bundle, facts, f);
}

/* Bytes in, bytes out: the bundle has exactly these parts. */
static void assert_carries(
    const struct blob *bundle, const struct collateral *c)
{
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	struct collateral got;
	struct fault f = FAULT_INIT;

	assert_ok(collateral_decode(blob_span(bundle), &got, &doc, &f), f);
	assert_int_equal(got.pck_chain.n, 0);
	assert_true(span_equal(got.pck_crl, c->pck_crl));
	assert_true(span_equal(got.root_ca_crl, c->root_ca_crl));
	assert_true(span_equal(got.tcb_info, c->tcb_info));
	assert_true(span_equal(got.qe_identity, c->qe_identity));
	assert_true(
	    span_equal(got.tcb_info_issuer_chain, c->tcb_info_issuer_chain));
	assert_true(span_equal(
	    got.qe_identity_issuer_chain, c->qe_identity_issuer_chain));
	assert_true(
	    span_equal(got.pck_crl_issuer_chain, c->pck_crl_issuer_chain));
}

static void assert_fetched(const struct collateral_service *s)
{
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct collateral_facts facts;
	struct fault f = FAULT_INIT;

	assert_ok(fetch(s, &bundle, &facts, &f), f);
	assert_carries(&bundle, &parts);
}

static void assert_not_fetched(const struct collateral_service *s,
    enum fault_kind kind, const char *at, const char *text)
{
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct collateral_facts facts;
	struct fault f = FAULT_INIT;

	assert_false(fetch(s, &bundle, &facts, &f));
	assert_null(bundle.p);
	if (strcmp(f.at, at) != 0 || strstr(f.text, text) == NULL)
		fail_msg("want %s '%s', got %s '%s'", at, text, f.at, f.text);
	assert_fault(f, kind, at);
}

static void assert_misbehaves(
    const char *prefix, enum fault_kind kind, const char *at, const char *text)
{
	const struct collateral_service s = service(prefix);

	assert_not_fetched(&s, kind, at, text);
}

/* ---- what goes right ---------------------------------------------------- */

static void fetch__carries_every_part_byte_for_byte(void **state)
{
	(void)state;
	const struct collateral_service s = service("");

	assert_fetched(&s);
}

static void fetch__says_what_the_bundle_is_about(void **state)
{
	(void)state;
	const struct collateral_service s = service("");
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct collateral_facts facts, again;
	struct fault f = FAULT_INIT;

	assert_ok(fetch(&s, &bundle, &facts, &f), f);
	assert_true(facts.platform.is_tdx);
	assert_false(facts.platform.is_processor);
	assert_memory_equal(
	    facts.platform.fmspc, platform.fmspc, sizeof(platform.fmspc));
	assert_true(facts.evaluation > 0);
	assert_true(facts.from.ms < facts.to.ms);
	assert_ok(collateral_check_bundle(blob_span(&bundle), &again, &f), f);
	assert_int_equal(again.to.ms, facts.to.ms);
	assert_string_equal(again.ends, facts.ends);
}

static void fetch__asks_the_paths_of_version_four(void **state)
{
	(void)state;
	struct collateral_service s = service("");
	char targets[4096];

	pccs_double_targets(pccs, targets, sizeof(targets));
	assert_fetched(&s);
	pccs_double_targets(pccs, targets, sizeof(targets));
	char want[1024], fmspc[13];
	for (size_t i = 0; i < 6; i++)
		snprintf(fmspc + 2 * i, 3, "%02X", platform.fmspc[i]);
	snprintf(want, sizeof(want),
	    "/tdx/certification/v4/tcb?fmspc=%s\n"
	    "/tdx/certification/v4/qe/identity\n"
	    "/sgx/certification/v4/pckcrl?ca=platform&encoding=der\n"
	    "/sgx/certification/v4/rootcacrl\n",
	    fmspc);
	assert_string_equal(targets, want);

	s.update = "early";
	assert_fetched(&s);
	pccs_double_targets(pccs, targets, sizeof(targets));
	assert_non_null(strstr(targets, "&update=early\n"));
	assert_non_null(strstr(targets, "/qe/identity?update=early\n"));
}

static void fetch__asks_for_the_other_ca_and_the_other_tee(void **state)
{
	(void)state;
	const struct collateral_service s = service("");
	struct collateral_platform other = platform;
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct collateral_facts facts;
	struct fault f = FAULT_INIT;
	char targets[4096];

	other.is_processor = true;
	pccs_double_targets(pccs, targets, sizeof(targets));
	assert_refused(
	    collateral_fetch(&s, &other, NULL, NULL, NULL, &bundle, &facts, &f),
	    f, FAULT_FORMAT, "collateral.pckCrl.ca");
	pccs_double_targets(pccs, targets, sizeof(targets));
	assert_non_null(strstr(targets, "ca=processor&"));

	other = platform;
	other.is_tdx = false;
	assert_refused(
	    collateral_fetch(&s, &other, NULL, NULL, NULL, &bundle, &facts, &f),
	    f, FAULT_FORMAT, "collateral.tcbInfo.id");
	pccs_double_targets(pccs, targets, sizeof(targets));
	assert_null(strstr(targets, "/tdx/"));
}

static void fetch__takes_the_forms_that_caches_have(void **state)
{
	(void)state;
	static const char *const prefixes[] = { "/", "/hexcrl", "/lower",
		"/interim", "/sgx/certification/v4/", "/sgx/certification/v4" };

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		const struct collateral_service s = service(prefixes[i]);

		assert_fetched(&s);
	}
}

static void fetch__takes_the_root_crl_from_where_it_is_told(void **state)
{
	(void)state;
	struct collateral_service s = service("/missing.rootcacrl");
	char url[256];

	assert_not_fetched(&s, FAULT_REMOTE, "source.http", "root CRL: ");
	snprintf(url, sizeof(url),
	    "https://localhost:%u/hexcrl/sgx/certification/v4/rootcacrl",
	    pccs_double_port(pccs));
	s.root_crl_url = url;
	assert_fetched(&s);
}

static void remember(void *user, const char *what, const char *url)
{
	snprintf(user, 512, "%s %s", what, url);
}

static void fetch__knows_where_intel_keeps_its_root_crl(void **state)
{
	(void)state;
	struct collateral_service s = { .url =
					    "https://" COLLATERAL_INTEL_HOST };
	char url[LIMIT_URL_BYTES + 1];
	struct fault f = FAULT_INIT;

	assert_ok(collateral_fetch_root_crl_url(&s, url, &f), f);
	assert_string_equal(url, COLLATERAL_INTEL_ROOT_CRL);
	s.url = "https://API.trustedservices.Intel.com/sgx/certification/v4/";
	assert_ok(collateral_fetch_root_crl_url(&s, url, &f), f);
	assert_string_equal(url, COLLATERAL_INTEL_ROOT_CRL);
	s.url = "https://pccs.example:8081/";
	assert_ok(collateral_fetch_root_crl_url(&s, url, &f), f);
	assert_string_equal(
	    url, "https://pccs.example:8081/sgx/certification/v4/rootcacrl");
	s.root_crl_url = "https://other.example/crl";
	assert_ok(collateral_fetch_root_crl_url(&s, url, &f), f);
	assert_string_equal(url, "https://other.example/crl");
}

static void fetch__tells_its_progress_without_secrets(void **state)
{
	(void)state;
	struct collateral_service s = service("/${PCCS_TEST_SECRET}");
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct collateral_facts facts;
	struct fault f = FAULT_INIT;
	char told[512];

	setenv("PCCS_TEST_SECRET", "lower", 1);
	assert_ok(collateral_fetch(
		      &s, &platform, remember, told, NULL, &bundle, &facts, &f),
	    f);
	unsetenv("PCCS_TEST_SECRET");
	assert_non_null(strstr(told, "root CRL https://localhost:"));
	assert_non_null(strstr(told, "${PCCS_TEST_SECRET}"));
	assert_null(strstr(told, "lower"));
}

/* ---- what goes wrong: one request, one reason ---------------------------- */

static void fetch__names_the_request_that_failed(void **state)
{
	(void)state;
	assert_misbehaves("/missing.tcb", FAULT_REMOTE, "source.http",
	    "TCB info: status 404");
	assert_misbehaves("/missing.qe", FAULT_REMOTE, "source.http",
	    "QE identity: status 404");
	assert_misbehaves("/missing.pckcrl", FAULT_REMOTE, "source.http",
	    "PCK CRL: status 404");
	assert_misbehaves("/missing.rootcacrl", FAULT_REMOTE, "source.http",
	    "root CRL: status 404");
	assert_misbehaves("/moved.qe", FAULT_REMOTE, "source.redirect",
	    "QE identity: status 302: the server redirects");
}

static void fetch__refuses_an_answer_without_its_chain(void **state)
{
	(void)state;
	assert_misbehaves("/nochain.tcb", FAULT_FORMAT,
	    "collateral.tcbInfoIssuerChain",
	    "has no header TCB-Info-Issuer-Chain");
	assert_misbehaves("/nochain.qe", FAULT_FORMAT,
	    "collateral.qeIdentityIssuerChain",
	    "has no header SGX-Enclave-Identity-Issuer-Chain");
	assert_misbehaves("/nochain.pckcrl", FAULT_FORMAT,
	    "collateral.pckCrlIssuerChain",
	    "has no header SGX-PCK-CRL-Issuer-Chain");
	assert_misbehaves("/twochains.qe", FAULT_REMOTE, "source.http",
	    "QE identity: the header SGX-Enclave-Identity-Issuer-Chain stands "
	    "twice");
}

static void fetch__refuses_a_chain_of_another_form(void **state)
{
	(void)state;
	static const char at[] = "collateral.tcbInfoIssuerChain";

	assert_misbehaves(
	    "/rawchain.tcb", FAULT_FORMAT, at, "is not percent-encoded");
	assert_misbehaves(
	    "/badpercent.tcb", FAULT_FORMAT, at, "is not percent-encoded");
	assert_misbehaves("/notpem.tcb", FAULT_FORMAT, at, "TCB info: ");
	assert_misbehaves("/swapped.tcb", FAULT_FORMAT, at, "leaf first");
	assert_misbehaves(
	    "/onecert.tcb", FAULT_FORMAT, at, "want two certificates, found 1");
}

static void fetch__refuses_a_body_of_another_form(void **state)
{
	(void)state;
	assert_misbehaves(
	    "/truncated.tcb", FAULT_FORMAT, "collateral.tcbInfo", "tcbInfo: ");
	assert_misbehaves("/truncated.qe", FAULT_FORMAT,
	    "collateral.qeIdentity", "qeIdentity: ");
	assert_misbehaves(
	    "/truncated.pckcrl", FAULT_FORMAT, "collateral.pckCrl", "pckCrl: ");
	assert_misbehaves("/truncated.rootcacrl", FAULT_FORMAT,
	    "collateral.rootCaCrl", "rootCaCrl: ");
	assert_misbehaves(
	    "/html.tcb", FAULT_FORMAT, "collateral.tcbInfo", "tcbInfo: ");
	assert_misbehaves("/html.rootcacrl", FAULT_FORMAT,
	    "collateral.rootCaCrl", "neither DER nor hexadecimal");
	assert_misbehaves("/oddhex.pckcrl", FAULT_FORMAT, "collateral.pckCrl",
	    "neither DER nor hexadecimal");
	assert_misbehaves("/pemcrl.pckcrl", FAULT_FORMAT, "collateral.pckCrl",
	    "neither DER nor hexadecimal");
	assert_misbehaves("/empty.qe", FAULT_FORMAT, "collateral.qeIdentity",
	    "the body is empty");
}

static void fetch__bounds_what_it_reads(void **state)
{
	(void)state;
	assert_misbehaves("/huge.tcb", FAULT_REMOTE, "source.limit",
	    "TCB info: the body is larger than 1048576 bytes");
	assert_misbehaves("/huge.rootcacrl", FAULT_REMOTE, "source.limit",
	    "root CRL: the body is larger than 2097154 bytes");
	assert_misbehaves("/flood.tcb", FAULT_REMOTE, "source.limit",
	    "TCB info: the body is larger than 1048576 bytes");
	assert_misbehaves(
	    "/unended.qe", FAULT_REMOTE, "source.framing", "QE identity: ");
	assert_misbehaves(
	    "/cut.pckcrl", FAULT_REMOTE, "source.framing", "PCK CRL: ");
}

static void fetch__refuses_another_platform(void **state)
{
	(void)state;
	assert_misbehaves("/otherfmspc.tcb", FAULT_FORMAT,
	    "collateral.tcbInfo.fmspc", "is for FMSPC 0123456789ab, not ");
	assert_misbehaves("/otherid.tcb", FAULT_FORMAT, "collateral.qeIdentity",
	    "this quote needs 'QE'");
}

static void fetch__gives_up_after_its_timeout(void **state)
{
	(void)state;
	struct collateral_service s = service("/slow.qe");

	s.timeout_ms = 200;
	assert_not_fetched(&s, FAULT_REMOTE, "source.timeout",
	    "QE identity: no answer within 200 ms");
}

static void fetch__ends_when_told_to_stop(void **state)
{
	(void)state;
	const struct collateral_service s = service("");
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct collateral_facts facts;
	struct fault f = FAULT_INIT;
	const volatile bool stopped = true;

	assert_refused(collateral_fetch(&s, &platform, NULL, NULL, &stopped,
			   &bundle, &facts, &f),
	    f, FAULT_REMOTE, "source.stopped");
}

/* ---- transport ---------------------------------------------------------- */

static void fetch__wants_tls_unless_told_otherwise(void **state)
{
	(void)state;
	struct collateral_service s = service("");
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u",
	    pccs_double_http_port(pccs));
	s.url = url;
	assert_not_fetched(&s, FAULT_CONFIG, "/pccs", "http");
	s.allow_http = true;
	assert_fetched(&s);
}

static void fetch__wants_a_certificate_of_the_ca_file(void **state)
{
	(void)state;
	struct collateral_service s = service("");

	s.ca_file = NULL;
	assert_not_fetched(&s, FAULT_REMOTE, "source.tls", "TCB info: ");
	s.ca_file = "/nonexistent/ca.pem";
	assert_not_fetched(&s, FAULT_CONFIG, "/ca_file", "cannot be read");
}

/* The rules of sources, also where libcurl would take less. */
static void fetch__wants_the_hosts_name_where_it_belongs(void **state)
{
	(void)state;
	struct collateral_service s = service("");
	char url[64];

	snprintf(url, sizeof(url), "https://" PCCS_NAMELESS ":%u",
	    pccs_double_port(pccs));
	s.url = url;
	assert_not_fetched(&s, FAULT_REMOTE, "source.tls", "TCB info: ");
}

static void check__refuses_what_is_no_service(void **state)
{
	(void)state;
	struct collateral_service s = { .url = NULL };
	struct fault f = FAULT_INIT;

	assert_refused(
	    collateral_fetch_check(&s, &f), f, FAULT_CONFIG, "/pccs");
	s.url = "localhost:8081";
	assert_refused(
	    collateral_fetch_check(&s, &f), f, FAULT_CONFIG, "/pccs");
	s.url = "https://localhost/?a=b";
	assert_refused(
	    collateral_fetch_check(&s, &f), f, FAULT_CONFIG, "/pccs");
	s.url = "https://localhost";
	assert_ok(collateral_fetch_check(&s, &f), f);
	s.update = "late";
	assert_refused(
	    collateral_fetch_check(&s, &f), f, FAULT_CONFIG, "/update");
	s.update = "standard";
	s.root_crl_url = "http://localhost/crl";
	assert_refused(
	    collateral_fetch_check(&s, &f), f, FAULT_CONFIG, "/root_crl");
	s.root_crl_url = NULL;
	s.timeout_ms = LIMIT_TIMEOUT_MS + 1;
	assert_refused(
	    collateral_fetch_check(&s, &f), f, FAULT_CONFIG, "/timeout_ms");
}

/* ---- bundles that came another way --------------------------------------- */

static bool check(const struct collateral *c, struct fault *f)
{
	struct collateral_facts facts;

	return collateral_check_read(c, &facts, f);
}

static void check__misses_every_part(void **state)
{
	(void)state;
	static const struct {
		size_t offset;
		const char *at;
	} members[] = {
		{ offsetof(struct collateral, tcb_info), "collateral.tcbInfo" },
		{ offsetof(struct collateral, tcb_info_issuer_chain),
		    "collateral.tcbInfoIssuerChain" },
		{ offsetof(struct collateral, qe_identity),
		    "collateral.qeIdentity" },
		{ offsetof(struct collateral, qe_identity_issuer_chain),
		    "collateral.qeIdentityIssuerChain" },
		{ offsetof(struct collateral, pck_crl), "collateral.pckCrl" },
		{ offsetof(struct collateral, pck_crl_issuer_chain),
		    "collateral.pckCrlIssuerChain" },
		{ offsetof(struct collateral, root_ca_crl),
		    "collateral.rootCaCrl" },
	};
	struct fault f = FAULT_INIT;

	assert_ok(check(&parts, &f), f);
	for (size_t i = 0; i < COUNT(members); i++) {
		struct collateral c = parts;

		memset((char *)&c + members[i].offset, 0, sizeof(struct span));
		assert_refused(check(&c, &f), f, FAULT_FORMAT, members[i].at);
	}
}

static void check__refuses_crls_that_do_not_fit(void **state)
{
	(void)state;
	struct collateral c = parts;
	struct fault f = FAULT_INIT;

	c.pck_crl = parts.root_ca_crl;
	assert_refused(check(&c, &f), f, FAULT_FORMAT, "collateral.pckCrl");
	c = parts;
	c.pck_crl_issuer_chain = parts.tcb_info_issuer_chain;
	assert_refused(
	    check(&c, &f), f, FAULT_FORMAT, "collateral.pckCrlIssuerChain");
}

static void check__wants_crls_that_say_when_they_end(void **state)
{
	(void)state;
	struct sim_collateral c = { 0 };
	struct collateral endless;
	struct fault f = FAULT_INIT;

	recipe.root_crl.flaws = SIM_CRL_NO_NEXT_UPDATE;
	sim_pki_drop_certs(&certs);
	mint(&c);
	recipe.root_crl.flaws = 0;
	endless = parts_of(&c);
	assert_refused(
	    check(&endless, &f), f, FAULT_FORMAT, "collateral.rootCaCrl");
	sim_collateral_drop(&c);
}

static void check__wants_one_moment_for_all_parts(void **state)
{
	(void)state;
	struct sim_collateral c = { 0 };
	struct collateral_facts facts;
	struct collateral late;
	struct fault f = FAULT_INIT;
	const struct utc from = recipe.tcb_info.from, to = recipe.tcb_info.to;

	recipe.tcb_info.to = (struct utc){ recipe.tcb_info.from.ms + 60000 };
	sim_pki_drop_certs(&certs);
	mint(&c);
	late = parts_of(&c);
	assert_ok(collateral_check_read(&late, &facts, &f), f);
	assert_string_equal(facts.ends, "tcbInfo");
	assert_int_equal(facts.to.ms / 1000, recipe.tcb_info.to.ms / 1000);
	sim_collateral_drop(&c);

	recipe.tcb_info.from.ms -= 86400000;
	recipe.tcb_info.to.ms = recipe.tcb_info.from.ms + 1000;
	sim_pki_drop_certs(&certs);
	mint(&c);
	late = parts_of(&c);
	assert_refused(check(&late, &f), f, FAULT_FORMAT, "collateral.window");
	sim_collateral_drop(&c);
	recipe.tcb_info.from = from;
	recipe.tcb_info.to = to;
}

/* ---- Intel's own -------------------------------------------------------- */

static const struct {
	const char *set, *fmspc, *ends;
	bool is_tdx, is_processor;
} sets[] = {
	{ "tdx-b0c06f000000-2025-06", "b0c06f000000", "pckCrl", true, false },
	{ "sgx-00a067110000-2025-06", "00a067110000", "qeIdentity", false,
	    true },
	{ "tdx-90c06f000000-2026-02b", "90c06f000000", "tcbInfo", true, false },
	{ "sgx-00606a000000-2025-08", "00606a000000", "qeIdentity", false,
	    false },
};

static void fetch__carries_intels_own_collateral(void **state)
{
	(void)state;
	if (!vectors_present())
		skip();
	for (size_t i = 0; i < COUNT(sets); i++) {
		const struct collateral_service s = service("/hexcrl");
		AUTO(blob_drop) struct blob bundle = { 0 };
		struct blob file[16] = { { NULL, 0 } };
		struct collateral c = { .pck_chain = { NULL, 0 } };
		struct collateral_platform p = { .is_tdx = sets[i].is_tdx,
			.is_processor = sets[i].is_processor };
		struct collateral_facts facts;
		struct fault f = FAULT_INIT;

		assert_ok(hex_decode(
			      span_text(sets[i].fmspc), p.fmspc, 6, "test", &f),
		    f);
		for (size_t k = 0; k < n_collateral_files; k++) {
			char name[256];

			snprintf(name, sizeof(name), "intel/collateral/%s/%s",
			    sets[i].set, collateral_files[k].name);
			if (!vectors_has(name))
				continue;
			file[k] = vectors_file(name);
			struct span part = blob_span(&file[k]);
			memcpy((char *)&c + collateral_files[k].offset, &part,
			    sizeof(part));
		}
		pccs_double_serve(pccs, &c);
		assert_ok(collateral_fetch(
			      &s, &p, NULL, NULL, NULL, &bundle, &facts, &f),
		    f);
		assert_carries(&bundle, &c);
		assert_string_equal(facts.ends, sets[i].ends);
		pccs_double_serve(pccs, &parts);
		for (size_t k = 0; k < COUNT(file); k++)
			blob_drop(&file[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fetch__carries_every_part_byte_for_byte),
		cmocka_unit_test(fetch__says_what_the_bundle_is_about),
		cmocka_unit_test(fetch__asks_the_paths_of_version_four),
		cmocka_unit_test(
		    fetch__asks_for_the_other_ca_and_the_other_tee),
		cmocka_unit_test(fetch__takes_the_forms_that_caches_have),
		cmocka_unit_test(
		    fetch__takes_the_root_crl_from_where_it_is_told),
		cmocka_unit_test(fetch__knows_where_intel_keeps_its_root_crl),
		cmocka_unit_test(fetch__tells_its_progress_without_secrets),
		cmocka_unit_test(fetch__names_the_request_that_failed),
		cmocka_unit_test(fetch__refuses_an_answer_without_its_chain),
		cmocka_unit_test(fetch__refuses_a_chain_of_another_form),
		cmocka_unit_test(fetch__refuses_a_body_of_another_form),
		cmocka_unit_test(fetch__bounds_what_it_reads),
		cmocka_unit_test(fetch__refuses_another_platform),
		cmocka_unit_test(fetch__gives_up_after_its_timeout),
		cmocka_unit_test(fetch__ends_when_told_to_stop),
		cmocka_unit_test(fetch__wants_tls_unless_told_otherwise),
		cmocka_unit_test(fetch__wants_a_certificate_of_the_ca_file),
		cmocka_unit_test(fetch__wants_the_hosts_name_where_it_belongs),
		cmocka_unit_test(check__refuses_what_is_no_service),
		cmocka_unit_test(check__misses_every_part),
		cmocka_unit_test(check__refuses_crls_that_do_not_fit),
		cmocka_unit_test(check__wants_crls_that_say_when_they_end),
		cmocka_unit_test(check__wants_one_moment_for_all_parts),
		cmocka_unit_test(fetch__carries_intels_own_collateral),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
