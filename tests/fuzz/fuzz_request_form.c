/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What callers send and seal, from anywhere: what is taken keeps to its
 * template's classes and lengths.
 */
#include "oracle/request_form.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct request_hole holes[] = { { "A", 4, "word" } };
static struct request_template template_ = {
	.id = "T",
	.holes = holes,
	.n_holes = 1,
};
static const struct requests_config config = {
	.templates = &template_,
	.n_templates = 1,
};

static void check_form(struct span in)
{
	AUTO(request_form_drop) struct request_form r = { 0 };
	struct fault f = FAULT_INIT;

	if (!request_form_read(in, &config, &r, &f)) {
		if (strncmp(f.at, "request.", 8) != 0)
			abort();
		return;
	}
	const char *value = r.values[0].value;
	if (r.n_values != 1 || strlen(value) < 1 || strlen(value) > 4 ||
	    value[0] == '.' || strpbrk(value, "/?#%@\\ ") != NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(blob_drop) struct blob sealed = { 0 };
	struct fault f = FAULT_INIT;
	uint8_t key[32];

	check_form(span_of(data, size));
	if (!request_form_outer(span_of(data, size), key, &sealed, &f) &&
	    f.kind != FAULT_FORMAT)
		abort();
	return 0;
}
