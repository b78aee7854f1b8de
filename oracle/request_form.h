/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a caller seals (verify/FORMAT.request.md section 3): which template,
 * and what goes into its holes. Nothing in here fetches or decrypts.
 */
#ifndef AFFIANT_REQUEST_FORM_H
#define AFFIANT_REQUEST_FORM_H

#include "oracle/config.h"

/* The names of the character classes; NULL ends them. */
extern const char *const request_classes[];

/* Points into itself and must not be copied. */
struct request_form {
	struct json *doc;
	const struct request_template *template;
	uint8_t nonce[LIMIT_NONCE_BYTES];
	struct utc made;
	struct sha256 hash; /* of the bytes that were sealed */
	struct source_value values[LIMIT_REQUEST_HOLES];
	size_t n_values;
};
void request_form_drop(struct request_form *r);

/* The outer object: what is sealed, and to which key. FORMAT "request.form". */
FALLIBLE request_form_outer(
    struct span body, uint8_t key32[32], struct blob *sealed, struct fault *f);
/*
 * FORMAT at "request.form"; POLICY at "request.template" (none of that id),
 * "request.value" (missing, unknown, too long, or of other characters).
 */
FALLIBLE request_form_read(struct span plain, const struct requests_config *c,
    struct request_form *out, struct fault *f);
/* Whether the text holds one of the values. */
bool request_form_reveals(const struct request_form *r, struct span text);

#endif
