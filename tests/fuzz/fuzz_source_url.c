/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as a configured URL and as a Location: what is accepted begins
 * with its scheme, has a host, and shows no user info; what a redirect leads
 * to is https.
 */
#include "sources/source_template.h"
#include "sources/source_url.h"
#include "tests/fuzz/must.h"

#include <string.h>

static void check_configured(const char *text)
{
	char shown[4096];
	struct fault f = FAULT_INIT;
	bool ok = source_url_check(text, true, &f);

	MUST(ok || f.kind == FAULT_CONFIG || f.kind == FAULT_LIMIT);
	fault_clear(&f);
	if (!source_url_masked(text, shown, sizeof(shown), &f)) {
		MUST(f.kind == FAULT_LIMIT);
		MUST(!ok);
		return;
	}
	for (const char *p = shown; *p != '\0'; p++)
		MUST(*p >= 0x20 && *p <= 0x7e);
	/* What passed the check has nothing to hide but names. */
	if (ok)
		MUST(strcmp(shown, text) == 0);
}

static void check_location(const char *text)
{
	AUTO(source_url_drop) struct source_url from = { 0 };
	AUTO(source_url_drop) struct source_url to = { 0 };
	struct fault f = FAULT_INIT;

	MUST(source_url_open("https://h.example/a/b?c", false, &from, &f));
	if (!source_url_follow(&from, text, &to, &f)) {
		MUST(f.kind == FAULT_REMOTE);
		MUST(to.text.p == NULL);
		return;
	}
	MUST(to.is_https && to.host[0] != '\0' && to.port[0] != '\0');
	MUST(strncmp((const char *)to.text.p, "https://", 8) == 0);
	MUST(strchr((const char *)to.text.p, '#') == NULL);
	/* Where it leads is a URL that could have been configured. */
	if (!source_template_has_names((const char *)to.text.p))
		MUST(source_url_check((const char *)to.text.p, false, &f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;

	MUST(blob_copy(span_of(data, size), &text, &f));
	check_configured((const char *)text.p);
	check_location((const char *)text.p);
	return 0;
}
