/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"

#include "verify/base/file.h"

#include <stdio.h>
#include <unistd.h>

int cmd_open_failed(const struct fault *f)
{
	fprintf(stderr, "affiantd: %s (%s)\n", f->text,
	    f->at != NULL ? f->at : "?");
	return CMD_FAILED;
}

void cmd_open_print_problems(int fd, const struct config_problems *problems)
{
	for (size_t i = 0; i < problems->n; i++) {
		const struct config_problem *p = &problems->list[i];

		dprintf(fd, "%s: %s\n",
		    p->pointer[0] != '\0' ? p->pointer : "(document)", p->text);
	}
	if (problems->more)
		dprintf(fd, "and more than these %zu\n", problems->n);
}

struct config *cmd_open_config(const char *path)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct config_problems problems;
	struct config *config = NULL;
	struct fault f = FAULT_INIT;

	if (!file_read(path, LIMIT_CONFIG_BYTES, &text, &f)) {
		(void)cmd_open_failed(&f);
		return NULL;
	}
	if (!config_parse(blob_span(&text), &config, &problems)) {
		fprintf(stderr, "affiantd: %s is refused:\n", path);
		cmd_open_print_problems(STDERR_FILENO, &problems);
		return NULL;
	}
	return config;
}
