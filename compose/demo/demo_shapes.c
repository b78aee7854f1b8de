/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_shapes.h"

#include "verify/base/file.h"
#include "verify/base/json.h"
#include "verify/base/limits.h"

static FALLIBLE find(const struct json *doc, const char *target,
    struct demo_reply *r, struct fault *f)
{
	const struct json_node *shape = json_find(json_root(doc), target);
	const struct json_node *answer = json_find(shape, "answer");
	const char *text = "";
	uint64_t status = 404;

	if (shape != NULL) {
		TRY(json_u64(json_find(shape, "status"), 599, &status,
		    "demo.shapes", f));
		if (answer == NULL)
			text = json_text(json_find(shape, "text"));
	}
	TRY(blob_copy(
	    answer != NULL ? json_source(doc, answer) : span_text(text),
	    &r->body, f));
	r->status = (unsigned)status;
	r->reason = status == 200 ? "OK" : "Error";
	return true;
}

void demo_shapes_answer(
    const char *file, const char *target, struct demo_reply *r)
{
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	if (file == NULL || !file_read(file, LIMIT_RESPONSE_BYTES, &text, &f) ||
	    !json_parse(blob_span(&text), &json_limits_default, "demo.shapes",
		&doc, &f) ||
	    !find(doc, target, r, &f)) {
		r->status = 500;
		r->reason = "Error";
	}
}
