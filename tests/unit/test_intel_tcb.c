/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCB info and QE identity behind their signature: each member missing, of
 * another type, out of range.
 */
#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "verify/base/text.h"
#include "verify/intel_json.h"
#include "verify/intel_tcb.h"

#include <stdlib.h>

static struct sim_keys keys;
static struct intel_world world;

/* The body with one piece of text replaced; `from` must stand in it. */
static struct blob edited(
    enum intel_file file, const char *from, const char *to)
{
	struct blob *b = &world.file[file];
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_COLLATERAL_JSON, "test", &f);
	struct blob out = { 0 };
	const char *at = strstr((const char *)b->p, from);
	size_t before;

	assert_non_null(at);
	before = (size_t)(at - (const char *)b->p);
	wr_bytes(&w, b->p, before);
	wr_text(&w, to);
	wr_text(&w, at + strlen(from));
	assert_ok(wr_done(&w, &out), f);
	return out;
}

static bool read_tcb(struct span body, struct fault *f)
{
	AUTO(intel_json_drop) struct intel_json j = { 0 };
	struct intel_tcb *t = calloc(1, sizeof(*t));
	const uint8_t fmspc[6] = { 0xaf, 0xf1, 0xa4, 0, 0, 0 };
	const uint8_t pceid[2] = { 0, 0 };
	bool duplicate;
	bool ok = t != NULL && intel_json_parse(body, &j, &duplicate, f) &&
	    intel_json_envelope(&j, body, "tcbInfo", f) &&
	    intel_tcb_members(j.inner, t, f) && intel_tcb_version(t, true, f) &&
	    intel_tcb_type(t, f) && intel_tcb_dates(t, f) &&
	    intel_tcb_evaluation(t, f) &&
	    intel_tcb_fmspc(t, span_of(fmspc, 6), f) &&
	    intel_tcb_pceid(t, span_of(pceid, 2), f) && intel_tcb_levels(t, f);

	free(t);
	return ok;
}

static bool read_identity(struct span body, struct fault *f)
{
	AUTO(intel_json_drop) struct intel_json j = { 0 };
	struct intel_identity id;
	bool duplicate;

	return intel_json_parse(body, &j, &duplicate, f) &&
	    intel_json_envelope(&j, body, "enclaveIdentity", f) &&
	    intel_identity_members(j.inner, &id, f) &&
	    intel_identity_version(&id, true, f) &&
	    intel_identity_dates(&id, f) && intel_identity_evaluation(&id, f) &&
	    intel_identity_levels(&id, f);
}

struct edit {
	const char *from, *to, *at;
};

static void expect(enum intel_file file,
    bool (*read)(struct span, struct fault *), const struct edit *e)
{
	AUTO(blob_drop) struct blob body = edited(file, e->from, e->to);
	struct fault f = FAULT_INIT;

	if (read(blob_span(&body), &f))
		fail_msg("%s instead of %s passes", e->to, e->from);
	if (strcmp(f.at, e->at) != 0)
		fail_msg("%s instead of %s fails at %s, not %s", e->to, e->from,
		    f.at, e->at);
	assert_true(fault_rejects(f.kind));
}

#define LEVELS "intel.tcb.levels"
#define MEMBERS "intel.tcb.members"
#define IDENTITY "intel.identity.members"

static void tcb_info__refuses_each_member_that_is_wrong(void **state)
{
	static const struct edit edits[] = {
		{ "{\"tcbInfo\":", "{\"tcbInfo2\":", "intel.json.members" },
		{ "{\"tcbInfo\":", "{\"tcb\\u0049nfo\":", "intel.json.names" },
		{ "\"fmspc\":", "\"f\\u006dspc\":", "intel.json.names" },
		{ "{\"tcbInfo\":", "[{\"tcbInfo\":", "intel.json.grammar" },
		{ "\"version\":3", "\"version\":\"3\"", MEMBERS },
		{ "\"version\":3", "\"version\":3.0", MEMBERS },
		{ "\"version\":3", "\"v\":3", MEMBERS },
		{ "\"issueDate\":\"", "\"issueDat\":\"", MEMBERS },
		{ "\"nextUpdate\":\"", "\"nextUpdat\":\"", MEMBERS },
		{ "\"tcbType\":0", "\"tcbType\":-1", MEMBERS },
		{ "\"tdxModule\":{", "\"tdxModule\":[],\"x\":{", MEMBERS },
		{ "\"attributes\":\"00", "\"attributes\":\"", MEMBERS },
		{ "\"attributesMask\":\"FF", "\"attributesMask\":\"GG",
		    MEMBERS },
		{ "\"version\":3", "\"version\":2", "intel.tcb.version" },
		{ "\"id\":\"TDX\"", "\"id\":\"TDY\"", "intel.tcb.version" },
		{ "\"tcbType\":0", "\"tcbType\":1", "intel.tcb.type" },
		{ "Z\",\"nextUpdate", "+00:00\",\"nextUpdate",
		    "intel.json.issueDate" },
		{ "DataNumber\":18", "DataNumber\":\"18\"",
		    "intel.tcb.evaluation" },
		{ "DataNumber\":18", "DataNumber\":1.8",
		    "intel.tcb.evaluation" },
		{ "DataNumber\":18", "DataNumber\":4294967296",
		    "intel.tcb.evaluation" },
		{ "\"fmspc\":\"a", "\"fmspc\":\"b", "intel.tcb.fmspc" },
		{ "\"fmspc\":\"", "\"fmspc\":\"0", "intel.tcb.fmspc" },
		{ "\"pceId\":\"0000\"", "\"pceId\":\"0001\"",
		    "intel.tcb.pceid" },
		{ "\"pceId\":\"0000\"", "\"pceId\":0", "intel.tcb.pceid" },
		{ "\"svn\":3}", "\"svn\":256}", LEVELS },
		{ "\"svn\":3}", "\"svn\":-1}", LEVELS },
		{ "\"svn\":3}", "\"svn\":\"3\"}", LEVELS },
		{ "\"svn\":3}", "\"svn\":3e0}", LEVELS },
		{ "{\"svn\":3},", "", LEVELS },
		{ "{\"svn\":3},", "{\"svn\":3},{\"svn\":3},", LEVELS },
		{ "{\"svn\":3},", "3,", LEVELS },
		{ "\"pcesvn\":13", "\"pcesvn\":65536", LEVELS },
		{ "\"pcesvn\":13", "\"pcesv\":13", LEVELS },
		{ "\"tdxtcbcomponents\"", "\"tdxtcbcomponent\"", LEVELS },
		{ "\"isvsvn\":4", "\"isvsvn\":65536", LEVELS },
		{ "\"isvsvn\":4", "\"isvsvn\":2", LEVELS },
		{ "\"OutOfDate\"", "\"outofdate\"", LEVELS },
		/* Not a status that a module can have, ... */
		{ "\"OutOfDate\"", "\"SWHardeningNeeded\"", LEVELS },
		/* ... and never one that a document says. */
		{ "\"OutOfDate\"", "\"TDRelaunchAdvised\"", LEVELS },
		{ "\"tcbDate\":\"2025-05-14T00:00:00Z\"",
		    "\"tcbDate\":\"2025-05-14\"", LEVELS },
		{ "\"advisoryIDs\":[\"SIMULATED-SA-00001\"]",
		    "\"advisoryIDs\":[1]", LEVELS },
		{ "\"advisoryIDs\":[\"SIMULATED-SA-00001\"]",
		    "\"advisoryIDs\":\"x\"", LEVELS },
		{ "\"tdxModuleIdentities\":[",
		    "\"tdxModuleIdentities\":1,\"x\":[", LEVELS },
		{ "{\"id\":\"TDX_01\"", "{\"i\":\"TDX_01\"", LEVELS },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(read_tcb(blob_span(&world.file[INTEL_TCB_INFO]), &f), f);
	for (size_t i = 0; i < COUNT(edits); i++)
		expect(INTEL_TCB_INFO, read_tcb, &edits[i]);
}

static void identity__refuses_each_member_that_is_wrong(void **state)
{
	static const struct edit edits[] = {
		{ "\"id\":\"TD_QE\"", "\"id\":2", IDENTITY },
		{ "\"id\":\"TD_QE\"", "\"id\":\"QVE\"",
		    "intel.identity.version" },
		{ "\"id\":\"TD_QE\"", "\"id\":\"td_qe\"",
		    "intel.identity.version" },
		{ "\"version\":2", "\"version\":1", "intel.identity.version" },
		{ "\"miscselect\":\"00", "\"miscselect\":\"", IDENTITY },
		{ "\"miscselectMask\":\"FF", "\"miscselectMask\":\"F",
		    IDENTITY },
		{ "\"attributes\":\"11", "\"attributes\":\"", IDENTITY },
		{ "\"attributesMask\":\"FB", "\"attributesMask\":\"XB",
		    IDENTITY },
		{ "\"mrsigner\":\"DC", "\"mrsigner\":\"", IDENTITY },
		{ "\"isvprodid\":2", "\"isvprodid\":\"2\"", IDENTITY },
		{ "\"tcbLevels\":[", "\"tcbLevel\":[", IDENTITY },
		{ "Z\",\"nextUpdate", "\",\"nextUpdate",
		    "intel.json.issueDate" },
		{ "DataNumber\":18", "DataNumber\":-18",
		    "intel.identity.evaluation" },
		{ "\"isvsvn\":4", "\"isvsvn\":-4", LEVELS },
		{ "\"isvsvn\":4", "\"isvsvn\":1", LEVELS },
		{ "\"UpToDate\"", "\"ConfigurationNeeded\"", LEVELS },
		{ "\"signature\":", "\"x\":1,\"signature\":",
		    "intel.json.members" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(
	    read_identity(blob_span(&world.file[INTEL_QE_IDENTITY]), &f), f);
	for (size_t i = 0; i < COUNT(edits); i++)
		expect(INTEL_QE_IDENTITY, read_identity, &edits[i]);
}

/* An escape in a value is none in a name. */
static void names__may_stand_next_to_escaped_values(void **state)
{
	AUTO(blob_drop)
	struct blob body = edited(INTEL_TCB_INFO, "\"SIMULATED-SA-00001\"",
	    "\"SIMULATED\\u002dSA\\\"\\\\\",\"x:\"");
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(read_tcb(blob_span(&body), &f), f);
}

static void levels__are_refused_when_there_are_too_many(void **state)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_COLLATERAL_JSON, "test", &f);
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(json_drop) struct json *doc = NULL;
	struct intel_svn_levels levels;

	(void)state;
	wr_text(&w, "[");
	for (unsigned i = 0; i <= LIMIT_TCB_SVN_LEVELS; i++)
		wr_printf(&w,
		    "%s{\"tcb\":{\"isvsvn\":%u},\"tcbDate\":"
		    "\"2025-05-14T00:00:00Z\",\"tcbStatus\":\"UpToDate\"}",
		    i > 0 ? "," : "", i);
	wr_text(&w, "]");
	assert_ok(wr_done(&w, &text), f);
	assert_ok(json_parse(
		      blob_span(&text), &json_limits_default, "test", &doc, &f),
	    f);
	assert_refused(intel_tcb_svn_levels(json_root(doc), &levels, &f), f,
	    FAULT_LIMIT, LEVELS);
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;
	struct sim_recipe r;

	(void)state;
	if (!sim_pki_make_keys(&keys, &f))
		return -1;
	sim_recipe_init(&r, sim_world_now);
	world = sim_world_mint(&keys, &r);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	intel_world_drop(&world);
	sim_pki_drop_keys(&keys);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcb_info__refuses_each_member_that_is_wrong),
		cmocka_unit_test(identity__refuses_each_member_that_is_wrong),
		cmocka_unit_test(names__may_stand_next_to_escaped_values),
		cmocka_unit_test(levels__are_refused_when_there_are_too_many),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
