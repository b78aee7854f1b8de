/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forms that members of a policy's objects share. Faults are FORMAT, at the
 * literal given.
 */
#ifndef AFFIANT_POLICY_FORM_H
#define AFFIANT_POLICY_FORM_H

#include "verify/base/json.h"

/* So many hexadecimal digits in lower case; 0: any even number but none. */
FALLIBLE policy_form_digits(
    const char *text, size_t n_digits, const char *at, struct fault *f);
/* An array of such. */
FALLIBLE policy_form_hex_list(const struct json_node *v, size_t n_digits,
    const char *at, struct fault *f);
/* An array of texts. */
FALLIBLE policy_form_texts(
    const struct json_node *v, const char *at, struct fault *f);
/* true: what is absent otherwise. */
FALLIBLE policy_form_true(
    const struct json_node *v, const char *at, struct fault *f);

#endif
