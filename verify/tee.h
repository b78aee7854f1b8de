/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TEE platform on the judging side: one row, in tee_platforms.c, and one
 * file tee_X.c (with what it shares with its family beside it). Shared code
 * walks the table and never asks which platform it holds.
 *
 * Order of belief: parse (bytes to struct, nothing believed), the rows of
 * `checks` in their order (each may rely on those before it having passed or
 * been skipped by tee_skip; after the first failure none runs), then, if all
 * of that held, the rows of `policy_checks` (each runs, whatever the others
 * said), then `claim`, which finds the outcomes of the policy rows in the
 * verdict (verdict_find).
 */
#ifndef AFFIANT_TEE_H
#define AFFIANT_TEE_H

#include "verify/evidence.h"
#include "verify/policy.h"
#include "verify/tee_memory.h"
#include "verify/verdict.h"
#include "verify/verify.h"

/* What a platform's checks work on; `state` is the platform's own. */
struct tee_case {
	struct span quote; /* as received */
	const struct verify_options *opt;
	struct span collateral; /* bundle JSON, or empty */
	bool is_bare;           /* no response around it */
	void *state;            /* made by open, freed by close */

	/* Filled by the platform while it goes: */
	bool simulated; /* chain ends in a simulator's root: as soon as known,
			 * also when a later row fails */
	bool root_replaced;                     /* opt->trust_root was used */
	uint8_t report_data[REPORT_DATA_BYTES]; /* believed after all checks */
	/* The evidence has no 64 bytes of user data: it binds nothing. */
	bool is_unbound;
	/*
	 * Simulated evidence, taken with opt->allow_simulated, and nobody gave
	 * the vendor's signed documents: rows that rest on them are excused. A
	 * simulator signs its own, so they would prove nothing. Never for
	 * anything else.
	 */
	bool unendorsed;
	/* Measurements that another object of a policy pins, which is being
	 * written (evidence_kind.h): ends with NULL; or NULL. */
	const char *const *pinned;
};

struct tee_check {
	struct check_info info;
	/* Pass, or why not. A row may mark itself not run: see tee_skip. */
	FALLIBLE (*run)(struct tee_case *c, struct fault *f);
	/* Rests on endorsements (RFC 9334): see tee_case.unendorsed. */
	bool endorsed;
};

/*
 * For a row that cannot apply to this evidence (relaunch on a TD 1.0 body), in
 * tee.c: leaves the reason in *f with kind NONE and returns false; the walker
 * records "not run", excused. Never for an input that is absent: absent collateral is a
 * failure of the check that needs it.
 */
bool tee_skip(struct fault *f, const char *why);

struct tee_platform {
	const char *id;         /* "tdx" */
	const char *aliases[3]; /* "intel-tdx"; ends with NULL */
	const char *help;
	/* Evidence has a challenge of its own; a policy row of the platform
	 * holds it against opt->nonce when no statement is around it. */
	bool carries_nonce;
	FALLIBLE (*open)(struct tee_case *c, struct fault *f); /* allocates */
	void (*close)(struct tee_case *c);
	const struct tee_check *checks; /* parse is the first of them */
	size_t n_checks;
	/* Policy rows of this platform: attributes, measurements, status. */
	const struct tee_check *policy_checks;
	size_t n_policy_checks;
	/*
	 * Claims, and the links code and hardware. LINK_CODE is proved only if
	 * the policy named measurements of code and they matched: that is what
	 * "accepted" rests on. (config, when the platform measures it, too.)
	 */
	void (*claim)(const struct tee_case *c, struct verdict *v);
	/*
	 * Reads the policy's object of this platform ({"tdx":{...}}) for its
	 * form only, when a policy is parsed: unknown members are refused.
	 * FORMAT at "policy.ID...". NULL: the platform takes no object.
	 */
	FALLIBLE(*policy_form)
	(const struct json_node *object, struct fault *f);
	/* Every field with its meaning, for a person (`inspect`). */
	FALLIBLE (*inspect)(struct span quote, struct wr *w, struct fault *f);
	/* A field of the authenticated quote by the name that policies use for
	 * it ("rtmr3"); empty when this quote has none. NULL: no fields. */
	struct span (*field)(const struct tee_case *c, const char *name);
	/* The object this evidence would need in a policy as value of the
	 * member named by `id`: one canonical JSON object, braces included.
	 * Measurements in c->pinned stand elsewhere, and are left out. */
	FALLIBLE(*policy_of)
	(const struct tee_case *c, struct wr *w, struct fault *f);
};

extern const struct tee_platform *const tee_platforms[]; /* ends NULL */
const struct tee_platform *tee_platform_find(struct span id_or_alias);

#endif
