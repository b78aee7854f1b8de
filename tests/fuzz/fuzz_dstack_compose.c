/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an app-compose, and as the file of services inside of one: each
 * image that is called pinned ends in a digest, and what is refused says why.
 */
#include "tests/fuzz/must.h"
#include "verify/base/text.h"
#include "verify/dstack_images.h"
#include "verify/dstack_normalize.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_images(const struct dstack_compose *c)
{
	MUST(c->n_images <= LIMIT_COMPOSE_IMAGES);
	for (size_t i = 0; i < c->n_images; i++) {
		struct span s = c->image[i].reference;

		if (!c->image[i].is_pinned)
			continue;
		MUST(s.n > 72 && memcmp(s.p + s.n - 72, "@sha256:", 8) == 0);
		MUST(hex_is_lower(span_of(s.p + s.n - 64, 64)));
		MUST(memchr(s.p, '$', s.n) == NULL);
	}
}

static void try_services(struct span text)
{
	struct dstack_compose c = { 0 };
	struct fault f = FAULT_INIT;

	if (!dstack_images_read(text, &c, &f))
		MUST(f.kind != FAULT_NONE && f.at != NULL);
	check_images(&c);
}

/* Normalising twice changes nothing more. */
static void try_normal(struct span text)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_APP_COMPOSE_BYTES, "fuzz", &f);
	struct wr again = wr_grow(LIMIT_APP_COMPOSE_BYTES, "fuzz", &f);

	if (dstack_normalize(text, true, &w, &f)) {
		MUST(dstack_normalize(wr_view(&w), true, &again, &f));
		MUST(span_equal(wr_view(&w), wr_view(&again)));
	}
	wr_drop(&w);
	wr_drop(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dstack_compose c = { 0 };
	struct fault f = FAULT_INIT;
	struct span text = span_of(data, size);

	try_services(text);
	try_normal(text);
	if (!dstack_compose_parse(text, &c, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL && c.doc == NULL);
		return 0;
	}
	check_images(&c);
	MUST(c.n_scripts <= LIMIT_COMPOSE_SCRIPTS);
	MUST(c.key_provider < DSTACK_KEYS_COUNT);
	dstack_compose_drop(&c);
	return 0;
}
