/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/policy_form.h"

#include "verify/base/text.h"

#include <string.h>

FALLIBLE policy_form_digits(
    const char *text, size_t n_digits, const char *at, struct fault *f)
{
	size_t n = strlen(text);

	if (n == 0 || n % 2 != 0 || (n_digits > 0 && n != n_digits) ||
	    !hex_is_lower(span_text(text)))
		return fault_raise(f, FAULT_FORMAT, at,
		    "hexadecimal digits in lower case are wanted, in the right "
		    "number");
	return true;
}

FALLIBLE policy_form_texts(
    const struct json_node *v, const char *at, struct fault *f)
{
	if (json_kind_of(v) != JSON_ARRAY)
		return fault_raise(f, FAULT_FORMAT, at, "is not an array");
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		if (json_kind_of(e) != JSON_TEXT)
			return fault_raise(
			    f, FAULT_FORMAT, at, "holds more than strings");
	return true;
}

FALLIBLE policy_form_hex_list(
    const struct json_node *v, size_t n_digits, const char *at, struct fault *f)
{
	TRY(policy_form_texts(v, at, f));
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e))
		TRY(policy_form_digits(json_text(e), n_digits, at, f));
	return true;
}

FALLIBLE policy_form_true(
    const struct json_node *v, const char *at, struct fault *f)
{
	if (json_kind_of(v) != JSON_BOOL || !json_bool(v))
		return fault_raise(
		    f, FAULT_FORMAT, at, "is true or it is absent");
	return true;
}
