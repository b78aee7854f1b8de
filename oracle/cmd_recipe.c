/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/cmd.h"
#include "oracle/recipe_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_recipe(const struct recipe *r, struct recipe_page *out)
{
	struct fault f = FAULT_INIT;

	if (recipe_page_read(r->text, out, &f))
		return true;
	fault_within(&f, "recipe %s", r->name);
	(void)cmd_open_failed(&f);
	return false;
}

/* ---- the list ------------------------------------------------------------ */

/* Those of one domain, the domain that recipe i begins; else nothing. */
static void print_domain(const struct recipe_page *pages, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(pages[k].domain, pages[i].domain) == 0)
			return;
	}
	printf("%s%s:\n", i > 0 ? "\n" : "", pages[i].domain);
	for (size_t k = i; k < recipe_book_n; k++) {
		if (strcmp(pages[k].domain, pages[i].domain) == 0)
			printf("  %-20s  %s\n", recipe_book[k].name,
			    pages[k].what);
	}
}

static int print_list(struct recipe_page *pages)
{
	for (size_t i = 0; i < recipe_book_n; i++) {
		if (!read_recipe(&recipe_book[i], &pages[i]))
			return CMD_FAILED;
	}
	for (size_t i = 0; i < recipe_book_n; i++)
		print_domain(pages, i);
	return CMD_OK;
}

/* ---- a configuration ----------------------------------------------------- */

/* On standard error, so that the configuration stands alone. */
static void print_about(const char *name, const struct recipe_page *p)
{
	fprintf(stderr, "%s: %s\n", name, p->what);
	fprintf(stderr, "  limits: %s\n", p->limits);
	fprintf(stderr, "  terms: %s\n", p->terms);
	for (const struct json_node *v = json_first(p->notes); v != NULL;
	     v = json_next(v))
		fprintf(stderr, "  %s\n", json_text(v));
}

static const struct recipe *find(const struct cmd_args *args, size_t i)
{
	const char *name = args->operand[i];
	const struct recipe *r = recipe_book_find(name);

	if (r == NULL)
		fprintf(stderr,
		    "affiantd recipe: there is no %s; without a name all are "
		    "listed\n",
		    name);
	for (size_t k = 0; k < i && r != NULL; k++) {
		if (strcmp(args->operand[k], name) == 0) {
			fprintf(
			    stderr, "affiantd recipe: given twice: %s\n", name);
			r = NULL;
		}
	}
	return r;
}

static int print_configuration(
    const struct cmd_args *args, struct recipe_page *pages)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault f = FAULT_INIT;
	AUTO(wr_drop)
	struct wr w = wr_grow(LIMIT_CONFIG_BYTES, "recipe", &f);

	for (size_t i = 0; i < args->n_operands; i++) {
		const struct recipe *r = find(args, i);

		if (r == NULL)
			return CMD_USAGE;
		if (!read_recipe(r, &pages[i]))
			return CMD_FAILED;
	}
	recipe_book_configure(pages, args->n_operands, &w);
	if (!wr_done(&w, &text))
		return cmd_open_failed(&f);
	for (size_t i = 0; i < args->n_operands; i++)
		print_about(args->operand[i], &pages[i]);
	printf("%s", (const char *)text.p);
	return CMD_OK;
}

static int run(const struct cmd_args *args)
{
	size_t n = args->n_operands > 0 ? args->n_operands : recipe_book_n;
	struct recipe_page *pages = calloc(n, sizeof(*pages));
	struct fault f = FAULT_INIT;
	int exit_code;

	if (pages == NULL) {
		fault_raise(&f, FAULT_SYSTEM, "recipe", "out of memory");
		return cmd_open_failed(&f);
	}

	exit_code = args->n_operands > 0 ? print_configuration(args, pages)
					 : print_list(pages);
	for (size_t i = 0; i < n; i++)
		recipe_page_drop(&pages[i]);
	free(pages);
	return exit_code;
}

const struct cmd cmd_recipe = {
	.name = "recipe",
	.help = "feeds of public APIs, ready to be used",
	.operand = "NAME",
	.takes_many = true,
	.run = run,
};
