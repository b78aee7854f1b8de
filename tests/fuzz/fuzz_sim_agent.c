/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any request to the stand-in agent: t for tappd.sock or another letter, the
 * path on the same line, the body behind it. It answers 200 or 400, always with a JSON object, and a quote
 * stays as long as it is.
 */
#include "attest/sim_agent.h"

#include "tests/fuzz/must.h"
#include "verify/base/json.h"
#include "verify/base/limits.h"

static struct sim_agent *agent(void)
{
	static struct sim_agent *a;
	static unsigned calls;
	const struct sim_agent_config c = { .version = "0.5.11" };
	struct fault f = FAULT_INIT;

	/* Events pile up; a fresh one now and then. */
	if (a == NULL || ++calls % 1024 == 0) {
		sim_agent_close(a);
		MUST(sim_agent_open(&c, &a, &f));
	}
	return a;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(blob_drop) struct blob answer = { 0 };
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	const uint8_t *end = memchr(data, '\n', size);
	char path[64] = "/";
	size_t n = end != NULL ? (size_t)(end - data) : 0;

	if (end == NULL || n == 0 || n >= sizeof(path))
		return 0;
	memcpy(path, data + 1, n - 1);
	path[n - 1] = '\0';
	unsigned status = sim_agent_answer(agent(),
	    data[0] == 't' ? SIM_AGENT_TAPPD : SIM_AGENT_DSTACK, path,
	    span_of(end + 1, size - n - 1), &answer);
	MUST(status == 200 || status == 400);
	MUST(answer.n > 0 && answer.n <= LIMIT_AGENT_BYTES);
	MUST(json_parse(
	    blob_span(&answer), &json_limits_default, "fuzz", &doc, &f));
	MUST(json_kind_of(json_root(doc)) == JSON_OBJECT);
	MUST((status == 200) == (json_find(json_root(doc), "error") == NULL));
	return 0;
}
