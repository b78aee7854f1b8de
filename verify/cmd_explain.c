/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify explain: what a check means and what to do about it. */
#include "verify/cmd.h"

#include <string.h>

static void print_wrapped(const char *text, size_t width)
{
	while (*text != '\0') {
		size_t n = strlen(text);

		if (n > width)
			for (n = width; n > 0 && text[n] != ' '; n--)
				;
		if (n == 0)
			n = strcspn(text, " ");
		printf("  %.*s\n", (int)n, text);
		text += n;
		text += strspn(text, " ");
	}
}

static void print_check(const struct check_info *info)
{
	printf("%s\n", info->id);
	print_wrapped(info->explain, 72);
	printf("  rule: %s%s%s%s\n", info->clause,
	    info->ref[0] != '\0' ? " (" : "", info->ref,
	    info->ref[0] != '\0' ? ")" : "");
	printf("  stage: %s\n",
	    info->stage == STAGE_AUTHENTIC
		? "authenticity: no policy can forgive a failure"
		: "policy: says whether what is authentic is wanted");
}

/* Platforms of a family may share a row: each id is listed once. */
static bool is_first(size_t at)
{
	const char *id = verify_check_info(at)->id;

	for (size_t i = 0; i < at; i++)
		if (strcmp(verify_check_info(i)->id, id) == 0)
			return false;
	return true;
}

static int list(void)
{
	const struct check_info *info;

	for (size_t i = 0; (info = verify_check_info(i)) != NULL; i++)
		if (is_first(i))
			printf("%-32s %-4s %s\n", info->id, info->ref,
			    info->clause);
	return EXIT_OK;
}

static int explain(const char *id)
{
	const struct check_info *info;
	bool found = false;

	for (size_t i = 0; (info = verify_check_info(i)) != NULL; i++)
		if (strcmp(info->id, id) == 0 && !found) {
			print_check(info);
			found = true;
		}
	if (found)
		return EXIT_OK;
	fprintf(stderr,
	    "affiant-verify: there is no check %s; `affiant-verify explain` "
	    "lists them\n",
	    id);
	return EXIT_NOT_JUDGED;
}

static int run(const struct cmd_options *o, char **ids, int n)
{
	int code = EXIT_OK;

	(void)o;
	if (n == 0)
		return list();
	for (int i = 0; i < n; i++) {
		int one = explain(ids[i]);

		code = one != EXIT_OK ? one : code;
	}
	return code;
}

const struct cmd cmd_explain = {
	.name = "explain",
	.operands = "[CHECK...]",
	.help = "what a check means and what to do about it; alone: all checks",
	.min_operands = 0,
	.max_operands = 4096,
	.run = run,
};
