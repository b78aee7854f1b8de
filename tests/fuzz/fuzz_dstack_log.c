/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an event log: refused with a place, or a log whose replay can be
 * told from its digests alone, and whose identity, if it has one, lies in front
 * of system-ready.
 */
#include "tests/fuzz/must.h"
#include "verify/base/limits.h"
#include "verify/dstack_identity.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_event(const struct dstack_event *e)
{
	struct fault f = FAULT_INIT;
	struct sha384 again;

	MUST(e->imr < DSTACK_REGISTERS);
	MUST((e->type == DSTACK_RUNTIME_EVENT) == (e->imr == 3));
	MUST(e->name.n <= LIMIT_EVENT_NAME);
	MUST(e->payload.n <= LIMIT_EVENT_PAYLOAD);
	if (e->imr != 3)
		return;
	/* Never as given: from name and payload. */
	MUST(dstack_event_digest(e->version, e->name, e->payload, &again, &f));
	MUST(memcmp(again.b, e->digest.b, sizeof(again.b)) == 0);
}

static void check_identity(const struct dstack_log *l)
{
	struct dstack_identity id = { 0 };
	struct sha256 config;
	struct fault f = FAULT_INIT;
	size_t n = 0;

	if (!dstack_identity_read(l, &id, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL);
		return;
	}
	MUST(id.ready < l->n);
	MUST(dstack_event_is(&l->event[id.ready], "system-ready"));
	MUST(id.instance_id.n == 0 || id.instance_id.n == DSTACK_APP_ID_BYTES);
	fault_clear(&f);
	if (dstack_identity_config(l, id.ready, &n, &config, &f))
		MUST(n <= l->n);
	dstack_identity_drop(&id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dstack_log l = { 0 };
	struct fault f = FAULT_INIT;

	if (!dstack_log_parse(span_of(data, size), &l, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL && l.event == NULL);
		return 0;
	}
	for (size_t i = 0; i < l.n; i++)
		check_event(&l.event[i]);
	for (unsigned i = 0; i < DSTACK_REGISTERS; i++)
		(void)dstack_log_replay(&l, i);
	(void)dstack_log_is_stripped(&l);
	if (!dstack_log_check_digests(&l, &f))
		MUST(fault_rejects(f.kind));
	check_identity(&l);
	dstack_log_drop(&l);
	return 0;
}
