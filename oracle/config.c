/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a configuration by the tables of config_schema.c (config_read.c). Every
 * problem is noted and reading goes on, so that one run tells all of them; the
 * rules between members (config_rules.c) come last.
 */
#include "oracle/config.h"

#include "oracle/config_read.h"
#include "oracle/config_rules.h"
#include "verify/base/canon.h"
#include "verify/tls_logs.h"

#include <stdlib.h>
#include <string.h>

/* A configuration is shallow: the root, feeds, a feed, sources, a source. */
static const struct json_limits config_limits = {
	.max_bytes = LIMIT_CONFIG_BYTES,
	.max_depth = 8,
	.max_values = LIMIT_JSON_VALUES,
};

/* ---- the document ------------------------------------------------------- */

/* A place for a person: lines and columns count from 1. */
static void syntax_problem(
    struct config_report *r, struct span text, const struct fault *f)
{
	size_t line = 1, column = 1;

	if (f->offset == FAULT_NO_OFFSET || f->offset > text.n) {
		config_report_add(r, "%s", f->text);
		return;
	}
	for (size_t i = 0; i < f->offset; i++) {
		column++;
		if (text.p[i] == '\n') {
			line++;
			column = 1;
		}
	}
	config_report_add(r, "line %zu, column %zu: %s", line, column, f->text);
}

static FALLIBLE hash_document(struct config *c, struct fault *f)
{
	struct wr w = wr_grow(2 * LIMIT_CONFIG_BYTES, "config.hash", f);

	if (!canon_print(json_root(c->doc), &w, "config.hash", f)) {
		wr_drop(&w);
		return false;
	}
	TRY(wr_done(&w, &c->canonical));
	c->hash = sha256_of(blob_span(&c->canonical));
	return true;
}

static FALLIBLE read_document(
    struct config_report *r, struct span text, struct config *c)
{
	struct fault f = FAULT_INIT;

	if (!json_parse(text, &config_limits, "config.json", &c->doc, &f)) {
		syntax_problem(r, text, &f);
		return false;
	}
	config_read_defaults(c, &config_root);
	config_read_object(r, json_root(c->doc), &config_root, c);
	config_rules_apply(r, c, json_root(c->doc));
	if (r->problems->n > 0)
		return false;
	/* Only strings, flags and small integers are left: this has a form. */
	if (!hash_document(c, &f)) {
		config_report_add(r, "%s", f.text);
		return false;
	}
	return true;
}

bool config_parse(
    struct span text, struct config **out, struct config_problems *problems)
{
	struct config_report r = { .problems = problems };
	AUTO(config_drop) struct config *c = calloc(1, sizeof(*c));

	problems->n = 0;
	problems->more = false;
	if (c == NULL) {
		config_report_add(&r, "not enough memory");
		return false;
	}
	TRY(read_document(&r, text, c));
	*out = c;
	c = NULL;
	return true;
}

static void free_source(struct source_config *s)
{
	free((void *)s->headers);
	free((void *)s->rule.require);
	free((void *)s->rule.forbid);
	free((void *)s->pins.leaf);
	free((void *)s->pins.spki);
	free((void *)s->pins.issuer);
}

void config_free(struct config *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_feeds; i++) {
		for (size_t k = 0; k < c->feeds[i].n_sources; k++)
			free_source(&c->feeds[i].sources[k]);
		free(c->feeds[i].sources);
	}
	free(c->feeds);
	for (size_t i = 0; i < c->n_chains; i++) {
		free((void *)c->chains[i].rpc);
		free(c->chains[i].feeds);
	}
	free(c->chains);
	for (size_t i = 0; i < c->requests.n_templates; i++) {
		free_source(&c->requests.templates[i].source);
		free(c->requests.templates[i].holes);
	}
	free(c->requests.templates);
	blob_drop(&c->canonical);
	tls_logs_free(c->logs);
	json_free(c->doc);
	free(c);
}

void config_drop(struct config **c)
{
	config_free(*c);
	*c = NULL;
}

const struct feed_config *config_feed(const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->n_feeds; i++) {
		if (strcmp(c->feeds[i].id, id) == 0)
			return &c->feeds[i];
	}
	return NULL;
}

const struct chain_config *config_chain(const struct config *c, uint64_t id)
{
	for (size_t i = 0; i < c->n_chains; i++) {
		if (c->chains[i].id == id)
			return &c->chains[i];
	}
	return NULL;
}
