/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify policy: the policy that evidence would satisfy. */
#include "verify/cmd.h"

#include <stdlib.h>
#include <string.h>

static FALLIBLE print_policy(
    const struct cmd_options *o, struct span text, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;

	if (o->json) {
		fwrite(text.p, 1, text.n, stdout);
	} else {
		TRY(json_parse(
		    text, &json_limits_default, "policy.print", &doc, f));
		cmd_print_json(stdout, doc, json_root(doc), 0);
	}
	putchar('\n');
	return true;
}

/* What the built-in rules refuse, this policy allows by name. */
static void name_relaxations(const struct verdict *v)
{
	for (size_t i = 0; i < v->n_checks; i++) {
		const struct check_outcome *o = &v->checks[i];

		if (o->result == CHECK_FAIL && o->info->stage == STAGE_POLICY &&
		    strncmp(o->info->id, "policy.", 7) != 0)
			fprintf(stderr, "It RELAXES %s for this machine: %s\n",
			    o->info->id, o->fault.text);
	}
}

static void remind(const struct verdict *v)
{
	fprintf(stderr,
	    "affiant-verify: this policy accepts whatever made this piece of "
	    "evidence.\nReview it before you trust it: hold the measurements "
	    "against a build of\nyour own and the configuration against what "
	    "you expect. Servers are not\npinned: add \"sources\" for that "
	    "(FORMAT.policy.md).\n");
	name_relaxations(v);
	if (v->simulated)
		fprintf(stderr,
		    "The evidence is SIMULATED: the policy can only be used "
		    "with --allow-simulated.\n");
}

static FALLIBLE suggest(const struct cmd_options *o, const struct cmd_input *in,
    const char *path, struct verdict *v, struct fault *f)
{
	AUTO(blob_drop) struct blob evidence = { 0 };
	AUTO(blob_drop) struct blob text = { 0 };
	struct wr w = wr_grow(LIMIT_POLICY_BYTES, "policy.write", f);

	TRY(cmd_input_evidence(o, path, &evidence, f));
	if (!verify_suggest_policy(
		blob_span(&evidence), o->platform, &in->opt, v, &w, f)) {
		wr_drop(&w);
		return false;
	}
	TRY(wr_done(&w, &text));
	TRY(print_policy(o, blob_span(&text), f));
	remind(v);
	return true;
}

static int run(const struct cmd_options *o, char **files, int n)
{
	AUTO(cmd_input_drop) struct cmd_input in = { 0 };
	struct verdict *v = calloc(1, sizeof(*v));
	struct fault f = FAULT_INIT;
	bool ok;

	(void)n;
	ok = v != NULL && cmd_input_open(o, &in, &f) &&
	    suggest(o, &in, files[0], v, &f);
	if (!ok)
		cmd_print_fault(files[0], &f);
	if (v != NULL)
		verdict_drop(v);
	free(v);
	if (ok)
		return fflush(stdout) == 0 ? EXIT_OK : EXIT_NOT_JUDGED;
	return fault_rejects(f.kind) ? EXIT_REFUSED : EXIT_NOT_JUDGED;
}

const struct cmd cmd_policy = {
	.name = "policy",
	.operands = "FILE",
	.help = "write the policy that this evidence would satisfy, for review",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
