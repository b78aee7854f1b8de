/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify check: judges evidence and says why, check by check. */
#include "verify/cmd.h"
#include "verify/tee_memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- for a person ------------------------------------------------------- */

/* Colour only on a terminal that wants it (NO_COLOR: any value means no). */
static const char *paint(const char *code)
{
	return isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL ? code : "";
}

#define GREEN "\033[32m"
#define RED "\033[31m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

static void print_outcome(const struct check_outcome *o)
{
	const char *word = "not run", *colour = "";

	switch (o->result) {
	case CHECK_PASS:
		word = "pass";
		colour = GREEN;
		break;
	case CHECK_FAIL:
		word = "FAIL";
		colour = RED;
		break;
	case CHECK_NOT_RUN:
		break;
	}
	printf("  %s%-8s%s %s", paint(colour), word, paint(PLAIN), o->info->id);
	if (o->result != CHECK_PASS) {
		printf(": ");
		cmd_print_text(stdout, span_text(o->fault.text));
	}
	putchar('\n');
}

static void print_link(const struct verdict *v, enum link_id id)
{
	const struct link *l = &v->links[id];
	const char *word = "not checked", *colour = YELLOW;

	switch (l->state) {
	case LINK_PROVED:
		word = "proved";
		colour = GREEN;
		break;
	case LINK_REFUTED:
		word = "REFUTED";
		colour = RED;
		break;
	case LINK_NOT_CHECKED:
		break;
	}
	printf("  %s%-11s%s  %s: ", paint(colour), word, paint(PLAIN),
	    link_title(id));
	cmd_print_text(stdout, span_text(l->why));
	putchar('\n');
}

static const char *colour_of(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_ACCEPTED:
		return GREEN;
	case VERDICT_REJECTED:
		return RED;
	case VERDICT_AUTHENTIC:
	case VERDICT_NOT_JUDGED:
		return YELLOW;
	}
	return "";
}

static void print_verdict(const char *path, const struct verdict *v)
{
	char at[UTC_TEXT_SIZE], to[UTC_TEXT_SIZE];

	printf("%s, judged at %s%s%s\n", path, utc_format(v->at, at),
	    v->platform[0] != '\0' ? ", " : "", v->platform);
	if (v->trust_root_replaced)
		printf("  the vendor's root was REPLACED by --trust-root\n");
	printf("checks\n");
	for (size_t i = 0; i < v->n_checks; i++)
		print_outcome(&v->checks[i]);
	printf("links\n");
	for (enum link_id id = 0; id < LINK_COUNT; id++)
		print_link(v, id);
	if (v->has_interval)
		printf("time\n  the answers came between %s and %s, by what "
		       "others signed\n",
		    utc_format(v->not_before, at),
		    utc_format(v->not_after, to));
	printf("%s%s%s: ", paint(colour_of(v->kind)),
	    verdict_kind_name(v->kind), paint(PLAIN));
	cmd_print_text(stdout, span_text(v->summary));
	putchar('\n');
}

/* ---- for a program ------------------------------------------------------ */

static FALLIBLE print_json(const struct verdict *v, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "verdict.json", f);

	if (!verdict_encode(v, &w, f)) {
		wr_drop(&w);
		return false;
	}
	TRY(wr_done(&w, &text));
	fwrite(text.p, 1, text.n, stdout);
	putchar('\n');
	return true;
}

/* ---- the command -------------------------------------------------------- */

static void judge_evidence(const struct cmd_options *o,
    const struct cmd_input *in, struct span evidence, struct verdict *v)
{
	if (o->platform != NULL)
		verify_quote(o->platform, evidence, blob_span(&in->report_data),
		    &in->opt, v);
	else
		verify_response(evidence, &in->opt, v);
}

static FALLIBLE judge_file(const struct cmd_options *o,
    const struct cmd_input *in, cmd_judge_fn judge, const char *path, int *code,
    struct fault *f)
{
	AUTO(blob_drop) struct blob evidence = { 0 };
	/* Too large for comfort on the stack, too short-lived for more. */
	struct verdict *v = calloc(1, sizeof(*v));
	bool ok = true;

	if (v == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "check.memory", "out of memory");
	ok = cmd_input_evidence(o, path, &evidence, f);
	if (ok)
		judge(o, in, blob_span(&evidence), v);
	if (ok && o->json)
		ok = print_json(v, f);
	else if (ok)
		print_verdict(path, v);
	if (ok)
		*code = verdict_exit_code(v->kind);
	verdict_drop(v);
	free(v);
	return ok;
}

/* Of several files the worst: rejected, not judged, authentic, accepted. */
static int worse(int a, int b)
{
	static const int rank[] = { [0] = 0, [3] = 1, [2] = 2, [1] = 3 };

	return rank[a] >= rank[b] ? a : b;
}

int cmd_judge_files(
    const struct cmd_options *o, cmd_judge_fn judge, char **files, int n)
{
	AUTO(cmd_input_drop) struct cmd_input in = { 0 };
	AUTO(tee_memory_drop) struct tee_memory memory = { 0 };
	struct fault f = FAULT_INIT;
	int code = EXIT_OK;

	if (!cmd_input_open(o, &in, &f)) {
		cmd_print_fault("", &f);
		return EXIT_NOT_JUDGED;
	}
	/* Files are of one machine as a rule: its collateral is read once. */
	in.opt.memory = &memory;
	for (int i = 0; i < n; i++) {
		int one = EXIT_NOT_JUDGED;

		if (!o->json && i > 0)
			putchar('\n');
		if (!judge_file(o, &in, judge, files[i], &one, &f)) {
			cmd_print_fault(files[i], &f);
			fault_clear(&f);
		}
		code = worse(code, one);
	}
	/* A verdict that nobody could read was not given. */
	if (fflush(stdout) != 0 || ferror(stdout))
		code = worse(code, EXIT_NOT_JUDGED);
	return code;
}

static int run(const struct cmd_options *o, char **files, int n)
{
	return cmd_judge_files(o, judge_evidence, files, n);
}

const struct cmd cmd_check = {
	.name = "check",
	.operands = "FILE...",
	.help = "judge responses, or with --platform bare quotes; - is "
		"standard input",
	.min_operands = 1,
	.max_operands = 4096,
	.run = run,
};
