/* SPDX-License-Identifier: Apache-2.0 */
/* Is this a response, and is its statement one? Nothing is believed yet. */
#include "verify/verify_case.h"

#include <stdlib.h>
#include <string.h>

/* The faults that say: there is nothing here to judge. */
static bool is_unreadable(const struct fault *f)
{
	return strcmp(f->at, "response.json") == 0 ||
	    strcmp(f->at, "response.kind") == 0;
}

/* Reads the response once; what is malformed in it, the next row tells. */
static FALLIBLE check_json(struct verify_case *c, struct fault *f)
{
	c->form = FAULT_INIT;
	if (response_decode(c->in, &c->response, &c->response_doc, &c->form) ||
	    !is_unreadable(&c->form))
		return true;
	/* Also one that is too long: nobody looked inside. */
	return fault_raise_at(f, FAULT_UNSUPPORTED, c->form.at, c->form.offset,
	    "%s", c->form.text);
}

static FALLIBLE check_response(struct verify_case *c, struct fault *f)
{
	if (c->form.kind != FAULT_NONE) {
		*f = c->form;
		return false;
	}
	c->hash = sha256_of(c->response.statement);
	c->bound = c->hash;
	c->platform_name = c->response.evidence.platform;
	c->quote = c->response.evidence.quote;
	return true;
}

static FALLIBLE check_statement(struct verify_case *c, struct fault *f)
{
	struct statement *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "statement.memory", "out of memory");
	if (!statement_decode(c->response.statement, s, &c->statement_doc, f)) {
		free(s);
		return false;
	}
	c->statement = s;
	return true;
}

static FALLIBLE check_hash(struct verify_case *c, struct fault *f)
{
	if (!sha256_equal(&c->response.report_data_hash, &c->hash))
		return fault_raise(f, FAULT_CRYPTO, "statement.hash",
		    "reportDataHash is not the SHA-256 of the statement: one "
		    "of them was changed");
	return true;
}

static const struct verify_check rows[] = {
	{ { .id = "response.json",
	      .ref = "",
	      .clause = "RFC 8259; FORMAT.evidence.md 1",
	      .explain =
		  "The input is one JSON document and claims to be a "
		  "response. If not, nobody can judge it: look at what was "
		  "fetched, it may be an error page or half a file.",
	      .stage = STAGE_AUTHENTIC },
	    0, NEEDS_JSON, check_json },
	{ { .id = "response.form",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 1 to 3",
	      .explain =
		  "Every member of the response has its form, and there is "
		  "none that does not belong. Ask the maker of the response "
		  "for an untouched one.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_JSON, NEEDS_RESPONSE, check_response },
	{ { .id = "statement.form",
	      .ref = "",
	      .clause = "FORMAT.statement.md 1 to 6; RFC 8785",
	      .explain =
		  "The statement is written in the one way it has, to the "
		  "byte: a tool that reformats JSON breaks it. Judge the "
		  "response as it was received.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_RESPONSE, NEEDS_STATEMENT, check_statement },
	{ { .id = "statement.hash",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 1",
	      .explain =
		  "reportDataHash is the SHA-256 of the statement's bytes. "
		  "If not, statement and evidence were not made together.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_RESPONSE, 0, check_hash },
};

const struct verify_table verify_form = { rows, COUNT(rows) };
