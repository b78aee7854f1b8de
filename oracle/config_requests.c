/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/config_requests.h"

#include "oracle/config_rules.h"
#include "sources/source_template.h"

#include <stdio.h>
#include <string.h>

/* A problem at a member of the current place. */
#define PROBLEM_AT(r, name, ...)                             \
	do {                                                 \
		size_t mark_ = config_report_enter(r, name); \
		config_report_add(r, __VA_ARGS__);           \
		config_report_leave(r, mark_);               \
	} while (0)

/* Both given and equal. */
static bool same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool uses(const struct source_config *c, const char *name)
{
	char text[SOURCE_NAME_MAX + 4];
	bool found;

	snprintf(text, sizeof(text), "${%s}", name);
	found = c->url != NULL && strstr(c->url, text) != NULL;
	for (size_t i = 0; i < c->n_headers; i++)
		found = found || strstr(c->headers[i].value, text) != NULL;
	return found;
}

static void check_holes(
    struct config_report *r, const struct request_template *t)
{
	for (size_t i = 0; i < t->n_holes; i++) {
		const char *name = t->holes[i].name;

		if (name == NULL)
			continue; /* has been said */
		if (!uses(&t->source, name))
			PROBLEM_AT(r, "holes",
			    "no place in the url or in a header has ${%s}",
			    name);
		for (size_t k = 0; k < i; k++)
			if (same(t->holes[k].name, name))
				PROBLEM_AT(
				    r, "holes", "two are called %s", name);
	}
}

/* One GET, of which nothing is kept that shows a parameter. */
static void check_asked(struct config_report *r, const struct source_config *s)
{
	if (!same(s->kind, "http-json"))
		PROBLEM_AT(r, "kind", "requests are of kind http-json");
	if (s->body != NULL)
		PROBLEM_AT(r, "body", "requests are asked with GET");
	if (s->max_redirects > 0)
		PROBLEM_AT(r, "max_redirects",
		    "requests follow no redirects: a server could repeat a "
		    "parameter in one");
	if (s->keep_body)
		PROBLEM_AT(r, "keep_body",
		    "the body of a request is not kept: it could repeat a "
		    "parameter");
}

static void check_template_id(
    struct config_report *r, const struct config *c, size_t index)
{
	const struct requests_config *q = &c->requests;
	bool taken = false;

	for (size_t i = 0; i < index; i++)
		taken |= same(q->templates[i].id, q->templates[index].id);
	for (size_t i = 0; i < c->n_feeds; i++)
		taken |= same(c->feeds[i].id, q->templates[index].id);
	if (taken)
		PROBLEM_AT(r, "id", "a feed or another template has this id");
}

static void check_template(struct config_report *r, struct config *c,
    size_t index, const struct json_node *v)
{
	struct request_template *t = &c->requests.templates[index];
	const struct json_node *source = json_find(v, "source");
	struct source_value values[LIMIT_REQUEST_HOLES];
	size_t n = 0;

	check_template_id(r, c, index);
	check_holes(r, t);
	if (source == NULL || json_kind_of(source) != JSON_OBJECT)
		return; /* has been said */
	if (t->source.ca_file == NULL)
		t->source.ca_file = c->ca_file;
	t->source.logs = c->logs;
	/* As the shortest value would fill them. */
	for (size_t i = 0; i < t->n_holes && i < COUNT(values); i++)
		if (t->holes[i].name != NULL)
			values[n++] =
			    (struct source_value){ t->holes[i].name, "x" };
	struct source_config filled = t->source;
	filled.values = (struct source_values){ values, n };
	size_t mark = config_report_enter(r, "source");
	config_rules_source(r, &filled, source);
	check_asked(r, &filled);
	config_report_leave(r, mark);
}

void config_requests_check(
    struct config_report *r, struct config *c, const struct json_node *v)
{
	const struct json_node *t = json_first(json_find(v, "templates"));
	size_t in_requests = config_report_enter(r, "requests");

	for (size_t i = 0; i < c->requests.n_templates; i++, t = json_next(t)) {
		size_t mark = config_report_enter(r, "templates");

		config_report_enter_index(r, i);
		check_template(r, c, i, t);
		config_report_leave(r, mark);
	}
	config_report_leave(r, in_requests);
}
