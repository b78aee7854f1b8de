/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/verdict.h"

#include "verify/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void verdict_drop(struct verdict *v)
{
	for (size_t i = 0; i < v->n_claims; i++)
		free(v->claims[i].value);
	v->n_claims = 0;
}

/* ---- checks ------------------------------------------------------------- */

static struct check_outcome *append(
    struct verdict *v, const struct check_info *info, enum check_result result)
{
	struct check_outcome *o;

	if (v->n_checks == VERDICT_MAX_CHECKS) {
		v->overflow = true;
		return NULL;
	}
	o = &v->checks[v->n_checks++];
	*o = (struct check_outcome){
		.info = info,
		.result = result,
		.fault = FAULT_INIT,
	};
	return o;
}

void verdict_pass(struct verdict *v, const struct check_info *info)
{
	append(v, info, CHECK_PASS);
}

void verdict_fail(
    struct verdict *v, const struct check_info *info, const struct fault *why)
{
	struct check_outcome *o = append(v, info, CHECK_FAIL);

	if (o == NULL)
		return;
	o->fault = *why;
	/* A failure without a reason is our mistake, and stays a failure. */
	if (o->fault.kind == FAULT_NONE) {
		fault_clear(&o->fault);
		fault_raise(&o->fault, FAULT_INTERNAL, "verdict.reason",
		    "the check failed and gave no reason");
	}
}

static void not_run(struct verdict *v, const struct check_info *info,
    const char *why, bool excused)
{
	struct check_outcome *o = append(v, info, CHECK_NOT_RUN);

	if (o == NULL)
		return;
	snprintf(o->fault.text, sizeof(o->fault.text), "%s", why);
	o->excused = excused;
}

void verdict_skip(
    struct verdict *v, const struct check_info *info, const char *why)
{
	not_run(v, info, why, false);
}

void verdict_excuse(
    struct verdict *v, const struct check_info *info, const char *why)
{
	not_run(v, info, why, true);
}

const struct check_outcome *verdict_find(
    const struct verdict *v, const char *check_id)
{
	for (size_t i = 0; i < v->n_checks; i++)
		if (strcmp(v->checks[i].info->id, check_id) == 0)
			return &v->checks[i];
	return NULL;
}

bool verdict_is_authentic(const struct verdict *v)
{
	size_t n_passed = 0;

	if (v->overflow)
		return false;
	for (size_t i = 0; i < v->n_checks; i++) {
		const struct check_outcome *o = &v->checks[i];

		if (o->info->stage != STAGE_AUTHENTIC)
			continue;
		if (o->result == CHECK_FAIL)
			return false;
		if (o->result == CHECK_NOT_RUN && !o->excused)
			return false;
		n_passed += o->result == CHECK_PASS ? 1 : 0;
	}
	return n_passed > 0;
}

/* ---- links -------------------------------------------------------------- */

/* The table of DESIGN section 1. */
static const struct {
	const char *name, *title;
} links[LINK_COUNT] = {
	[LINK_SERVER] = { "server", "the server said so" },
	[LINK_STATEMENT] = { "statement", "this code heard it" },
	[LINK_CODE] = { "code", "the code is what you audited" },
	[LINK_CONFIG] = { "config", "the configuration is what you audited" },
	[LINK_HARDWARE] = { "hardware", "the hardware is genuine and patched" },
	[LINK_SIGNER] = { "signer", "the signer is that code" },
	[LINK_FRESH] = { "fresh", "it is recent, and yours" },
	[LINK_LOG] = { "log", "nobody was told otherwise" },
};

const char *link_name(enum link_id id)
{
	return links[id].name;
}

const char *link_title(enum link_id id)
{
	return links[id].title;
}

void verdict_link(struct verdict *v, enum link_id id, enum link_state state,
    const char *fmt, ...)
{
	struct link *l = &v->links[id];
	va_list ap;

	l->state = state;
	va_start(ap, fmt);
	vsnprintf(l->why, sizeof(l->why), fmt, ap);
	va_end(ap);
}

/* ---- claims ------------------------------------------------------------- */

/* Takes `value`, also when there is no room for it. */
static void add_claim(
    struct verdict *v, const char *name, char *value, bool is_json)
{
	if (value == NULL || v->n_claims == VERDICT_MAX_CLAIMS) {
		free(value);
		v->overflow = true;
		return;
	}
	v->claims[v->n_claims++] = (struct claim){ name, value, is_json };
}

void verdict_claim_text(struct verdict *v, const char *name, const char *value)
{
	add_claim(v, name, strdup(value), false);
}

void verdict_claim_hex(struct verdict *v, const char *name, struct span bytes)
{
	char *text = malloc(HEX_SIZE(bytes.n));

	if (text != NULL)
		hex_encode(bytes, text);
	add_claim(v, name, text, false);
}

void verdict_claim_json(struct verdict *v, const char *name, const char *json)
{
	add_claim(v, name, strdup(json), true);
}

/* ---- what it adds up to ------------------------------------------------- */

const char *verdict_kind_name(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_NOT_JUDGED:
		return "not-judged";
	case VERDICT_ACCEPTED:
		return "accepted";
	case VERDICT_REJECTED:
		return "rejected";
	case VERDICT_AUTHENTIC:
		return "authentic";
	}
	return "not-judged";
}

int verdict_exit_code(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_NOT_JUDGED:
		return 2;
	case VERDICT_ACCEPTED:
		return 0;
	case VERDICT_REJECTED:
		return 1;
	case VERDICT_AUTHENTIC:
		return 3;
	}
	return 2;
}

static void summarise(struct verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void summarise(struct verdict *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->summary, sizeof(v->summary), fmt, ap);
	va_end(ap);
}

/* The first outcome that stands in the way; NULL when there is none. */
static const struct check_outcome *first_rejecting(const struct verdict *v)
{
	for (size_t i = 0; i < v->n_checks; i++)
		if (v->checks[i].result == CHECK_FAIL &&
		    fault_rejects(v->checks[i].fault.kind))
			return &v->checks[i];
	return NULL;
}

static const struct check_outcome *first_unjudged(const struct verdict *v)
{
	for (size_t i = 0; i < v->n_checks; i++) {
		const struct check_outcome *o = &v->checks[i];

		if (o->result == CHECK_FAIL ||
		    (o->result == CHECK_NOT_RUN && !o->excused))
			return o;
	}
	return NULL;
}

void verdict_conclude(struct verdict *v)
{
	const char *simulated = v->simulated
	    ? " This is SIMULATED evidence: no hardware vouches for it."
	    : "";
	const struct check_outcome *o = first_rejecting(v);

	if (o != NULL) {
		v->kind = VERDICT_REJECTED;
		summarise(v, "Rejected by %s: %s", o->info->id, o->fault.text);
		return;
	}
	v->kind = VERDICT_NOT_JUDGED;
	o = first_unjudged(v);
	if (o != NULL) {
		summarise(v, "Not judged, because of %s: %s", o->info->id,
		    o->fault.text);
	} else if (v->overflow) {
		summarise(v, "Not judged: more checks or claims than fit.");
	} else if (!verdict_is_authentic(v)) {
		summarise(v, "Not judged: nothing was checked.");
	} else if (v->links[LINK_CODE].state == LINK_PROVED) {
		v->kind = VERDICT_ACCEPTED;
		summarise(v,
		    "Accepted: authentic, and what the policy asks for.%s",
		    simulated);
	} else {
		v->kind = VERDICT_AUTHENTIC;
		summarise(v,
		    "Authentic, but no policy said whose code it should "
		    "be.%s",
		    simulated);
	}
}
