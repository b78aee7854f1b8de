/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a key chain: refused with a place, or signatures in the one form
 * that recovery takes, which then gives a key or none.
 */
#include "tests/fuzz/must.h"
#include "verify/base/limits.h"
#include "verify/dstack_key.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void recover(const struct dstack_key *k)
{
	struct span key = span_of(k->public_key.b, sizeof(k->public_key.b));
	struct eth_key app, root;
	struct eth_addr a;
	struct fault f = FAULT_INIT;

	if (!dstack_key_app(key, k->purpose, &k->by_app, &app, &f)) {
		MUST(f.kind == FAULT_CRYPTO);
		return;
	}
	MUST(eth_addr_from_key(&app, &a, &f));
	if (k->has_root &&
	    dstack_key_root(k->app_id, &app, &k->by_root, &root, &f))
		MUST(eth_addr_from_key(&root, &a, &f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dstack_key k = { 0 };
	struct fault f = FAULT_INIT;

	if (!dstack_key_parse(span_of(data, size), &k, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL && k.doc == NULL);
		return 0;
	}
	MUST(k.purpose.n <= LIMIT_KEY_TEXT && k.path.n <= LIMIT_KEY_TEXT);
	MUST(eth_sig_check(&k.by_app, &f));
	MUST(!k.has_root || eth_sig_check(&k.by_root, &f));
	recover(&k);
	dstack_key_drop(&k);
	return 0;
}
