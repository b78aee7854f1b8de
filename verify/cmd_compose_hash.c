/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify compose-hash: what a guest will measure of an app-compose. */
#include "verify/base/canon.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/cmd.h"
#include "verify/dstack_compose.h"
#include "verify/dstack_mr_config.h"
#include "verify/dstack_normalize.h"

#include <string.h>

struct prediction {
	struct sha256 hash;
	uint8_t mr_config_id[DSTACK_MR_CONFIG_BYTES];
	bool has_tool; /* what a deployment tool would upload instead */
	struct sha256 by_tool;
};

static void predict(struct span text, struct prediction *out)
{
	AUTO(blob_drop) struct blob normal = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_APP_COMPOSE_BYTES, "compose-hash", &f);

	out->hash = sha256_of(text);
	dstack_mr_config_v1(&out->hash, out->mr_config_id);
	/* What has no such form is uploaded as it stands, or not at all. */
	out->has_tool =
	    dstack_normalize(text, true, &w, &f) && wr_done(&w, &normal);
	if (out->has_tool)
		out->by_tool = sha256_of(blob_span(&normal));
	else
		wr_drop(&w);
}

static FALLIBLE print_json(const struct prediction *p, struct fault *f)
{
	char text[1024];
	struct wr w = wr_into(text, sizeof(text), "compose-hash", f);
	struct canon c = canon_to(&w);
	size_t n;

	canon_object(&c, NULL);
	canon_hex(&c, "appId", span_of(p->hash.b, DSTACK_APP_ID_BYTES));
	canon_hex(&c, "composeHash", sha256_span(&p->hash));
	canon_hex(&c, "mrConfigId",
	    span_of(p->mr_config_id, sizeof(p->mr_config_id)));
	if (p->has_tool)
		canon_hex(&c, "normalizedHash", sha256_span(&p->by_tool));
	canon_end(&c);
	TRY(wr_done_into(&w, &n));
	printf("%.*s\n", (int)n, text);
	return true;
}

static void print_hex(const char *name, struct span bytes, const char *note)
{
	char text[HEX_SIZE(DSTACK_MR_CONFIG_BYTES)];

	hex_encode(bytes, text);
	printf("%-14s %s%s\n", name, text, note);
}

static void print_text(const struct prediction *p)
{
	print_hex("composeHash", sha256_span(&p->hash), "");
	print_hex("appId", span_of(p->hash.b, DSTACK_APP_ID_BYTES),
	    "  (unless a key service's rule gave it another)");
	print_hex("mrConfigId",
	    span_of(p->mr_config_id, sizeof(p->mr_config_id)),
	    "  (first generation)");
	if (p->has_tool && !sha256_equal(&p->by_tool, &p->hash))
		print_hex("normalized", sha256_span(&p->by_tool),
		    "  (if a tool sorts and compacts it before upload)");
}

static FALLIBLE compose_hash(
    const struct cmd_options *o, const char *path, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct dstack_compose compose = { 0 };
	struct prediction p;

	TRY(file_read(path, LIMIT_APP_COMPOSE_BYTES, &text, f));
	/* A guest would not start with one that is none. */
	TRY(dstack_compose_parse(blob_span(&text), &compose, f));
	dstack_compose_drop(&compose);
	predict(blob_span(&text), &p);
	if (o->json)
		return print_json(&p, f);
	print_text(&p);
	return true;
}

static int run(const struct cmd_options *o, char **files, int n)
{
	struct fault f = FAULT_INIT;
	bool ok = compose_hash(o, files[0], &f);

	(void)n;
	if (!ok)
		cmd_print_fault(files[0], &f);
	return ok && fflush(stdout) == 0 ? EXIT_OK : EXIT_NOT_JUDGED;
}

const struct cmd cmd_compose_hash = {
	.name = "compose-hash",
	.operands = "FILE",
	.help = "what a dstack guest will measure of this app-compose",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
