/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kind of evidence beside the quote: what a family of hosts adds to explain
 * the quote's registers and the signer's key. One row, in evidence_kinds.c, and
 * files of its own, beside the platforms of tee.h: the same kind may stand beside
 * quotes of several platforms, and asks for their fields by name.
 *
 * Order of belief: the rows of `checks` come behind the platform's, so that
 * registers may be compared with; after the first failure none runs. The rows of
 * `policy_checks` come behind the platform's policy, and each runs. `explain` is
 * last: it may say more of a link than others could.
 */
#ifndef AFFIANT_EVIDENCE_KIND_H
#define AFFIANT_EVIDENCE_KIND_H

#include "verify/tee.h"

struct kind_case {
	const struct verify_options *opt;
	const struct evidence *evidence;   /* the response's, or opt->beside */
	const struct statement *statement; /* NULL: a bare quote, or unread */
	const struct tee_platform *platform;
	const struct tee_case *tee; /* authentic when rows run */
	void *state;                /* made by open, freed by close */
};

struct kind_check {
	struct check_info info;
	/* Pass, or why not; tee_skip when it does not apply. */
	FALLIBLE (*run)(struct kind_case *c, struct fault *f);
};

struct evidence_kind {
	const char *id; /* "dstack": also the policy's member */
	/* Whether evidence or policy has anything of it; else no row is run. */
	bool (*concerns)(const struct kind_case *c);
	FALLIBLE (*open)(struct kind_case *c, struct fault *f); /* allocates */
	void (*close)(struct kind_case *c);
	const struct kind_check *checks;
	size_t n_checks;
	const struct kind_check *policy_checks;
	size_t n_policy_checks;
	/* Claims, when all is authentic; and more about the links, which
	 * stand already. It may not make a refuted one better. */
	void (*explain)(const struct kind_case *c, struct verdict *v);
	/* The form of the policy's object: FORMAT at "policy.ID...". */
	FALLIBLE(*policy_form)
	(const struct json_node *object, struct fault *f);
	/* The object that this evidence would need, canonical, with braces. */
	FALLIBLE(*policy_of)
	(const struct kind_case *c, struct wr *w, struct fault *f);
	/* Measurements which that object pins in the platform's stead; ends
	 * with NULL. */
	const char *const *(*pins)(const struct kind_case *c);
};

#define EVIDENCE_KINDS_MAX 4
extern const struct evidence_kind *const evidence_kinds[]; /* ends NULL */
const struct evidence_kind *evidence_kind_find(struct span id);

/* A field of the authenticated quote by name; empty when it has none. */
struct span kind_case_field(const struct kind_case *c, const char *name);
/* The kind's object in the policy given, or NULL. */
const struct json_node *kind_case_policy(
    const struct kind_case *c, const struct evidence_kind *kind);

#endif
