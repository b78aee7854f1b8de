/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/cmd.h"

void cmd_print_fault(const char *what, const struct fault *f)
{
	fprintf(stderr, "affiant-verify: %s%s%s", what,
	    what[0] != '\0' ? ": " : "", f->text);
	if (f->offset != FAULT_NO_OFFSET)
		fprintf(stderr, " (byte %zu)", f->offset);
	fprintf(stderr, " [%s]\n", f->at != NULL ? f->at : "");
}

/* C0, DEL, and C1 in UTF-8: what terminals obey. */
void cmd_print_text(FILE *to, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool c1 = c == 0xc2 && i + 1 < text.n && text.p[i + 1] < 0xa0;

		if (c < 0x20 || c == 0x7f || c1) {
			fputc('?', to);
			i += c1 ? 1 : 0;
		} else {
			fputc(c, to);
		}
	}
}

static void start_line(FILE *to, unsigned indent)
{
	fprintf(to, "\n%*s", (int)(2 * indent), "");
}

void cmd_print_json(FILE *to, const struct json *doc, const struct json_node *v,
    unsigned indent)
{
	enum json_kind kind = json_kind_of(v);
	bool is_object = kind == JSON_OBJECT;

	if ((kind != JSON_OBJECT && kind != JSON_ARRAY) ||
	    json_first(v) == NULL) {
		cmd_print_text(to, json_source(doc, v));
		return;
	}
	fputc(is_object ? '{' : '[', to);
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e)) {
		start_line(to, indent + 1);
		if (is_object) {
			fputc('"', to);
			cmd_print_text(to, span_text(json_name(e)));
			fputs("\": ", to);
		}
		cmd_print_json(to, doc, e, indent + 1);
		if (json_next(e) != NULL)
			fputc(',', to);
	}
	start_line(to, indent);
	fputc(is_object ? '}' : ']', to);
}
