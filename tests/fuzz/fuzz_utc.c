/* SPDX-License-Identifier: Apache-2.0 */
/* Times as text: what the strict forms read is printed back to the same. */
#include "verify/base/utc.h"

#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct utc t, again;
	struct fault f = FAULT_INIT;
	char text[UTC_TEXT_SIZE], http[30];
	bool strict;

	strict = utc_parse_strict(in, &t, "fuzz", &f);
	if (strict)
		MUST(span_equal_text(in, utc_format(t, text)));
	else
		must_be_refusal(&f, size);
	fault_clear(&f);
	if (utc_parse_rfc3339(in, &t, "fuzz", &f)) {
		utc_format_ms(t, text);
		MUST(utc_parse_rfc3339(span_text(text), &again, "fuzz", &f));
		MUST(again.ms == t.ms);
	} else {
		MUST(!strict);
		must_be_refusal(&f, size);
	}
	fault_clear(&f);
	if (utc_parse_http(in, &t, "fuzz", &f))
		MUST(span_equal_text(in, utc_format_http(t, http)));
	else
		must_be_refusal(&f, size);
	return 0;
}
