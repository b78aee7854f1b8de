/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libaffiant-verify: judges what an Affiant oracle answered, offline. Bytes,
 * policy and time in; verdict out. No network, no clock, no files, no global
 * state: any thread may judge, each with its own verdict.
 *
 *	struct affiant_options o = AFFIANT_OPTIONS_INIT;
 *	affiant_verdict *v;
 *
 *	o.at_ms = 1000 * (int64_t)time(NULL);
 *	o.policy = policy, o.policy_n = policy_n;
 *	if (affiant_verify_response(body, body_n, &o, &v) == AFFIANT_ACCEPTED)
 *		use(affiant_verdict_claim(v, "statement.value"));
 *	affiant_verdict_free(v);
 *
 * pkg-config: affiant-verify.
 */
#ifndef AFFIANT_VERIFY_PUBLIC_H
#define AFFIANT_VERIFY_PUBLIC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef AFFIANT_API
#define AFFIANT_API
#endif

/* The exit codes of affiant-verify. Everything but ACCEPTED means no. */
enum affiant_result {
	AFFIANT_ACCEPTED = 0,   /* under the policy given */
	AFFIANT_REJECTED = 1,   /* forged, broken, or against the policy */
	AFFIANT_NOT_JUDGED = 2, /* unreadable, unsupported, wrong usage */
	AFFIANT_AUTHENTIC = 3   /* but no policy said whose code it should be */
};

/*
 * Begin with AFFIANT_OPTIONS_INIT. Pointers are borrowed until the call
 * returns; NULL with a length of 0 means absent. What is given by halves (a
 * length without a pointer; a nonce, a policy or a root without a length) is
 * wrong usage, and not judged: a check that was asked for is never left out.
 */
struct affiant_options {
	size_t size;   /* of this struct: later versions may append members */
	int64_t at_ms; /* the time to judge at, ms since 1970 UTC */
	const void *policy; /* JSON, FORMAT.policy.md */
	size_t policy_n;
	const void *collateral; /* bundle, FORMAT.evidence.md section 5 */
	size_t collateral_n;
	const void *nonce; /* raw bytes that the statement must carry */
	size_t nonce_n;
	const void *trust_root; /* DER; replaces the vendor's root */
	size_t trust_root_n;
	int allow_simulated; /* for tests only */
	/* For many quotes of one machine, or NULL: affiant_memory_new. */
	struct affiant_memory *memory;
};
#define AFFIANT_OPTIONS_INIT                                                  \
	{                                                                     \
		sizeof(struct affiant_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
		    0                                                         \
	}

/*
 * Collateral and certificate chain, once parsed and verified, kept from one
 * judgement for the next and recognised by their exact bytes. Nothing about
 * time, revocation or policy is kept: those checks run each time. One memory
 * serves one judgement at a time; each thread has its own. new returns NULL
 * when there is no memory, free accepts NULL.
 */
typedef struct affiant_memory affiant_memory;
AFFIANT_API affiant_memory *affiant_memory_new(void);
AFFIANT_API void affiant_memory_free(affiant_memory *m);

typedef struct affiant_verdict affiant_verdict;

/*
 * Judges a response, as served. *out is to be freed with
 * affiant_verdict_free; it is NULL only when there is no memory (then
 * AFFIANT_NOT_JUDGED is returned).
 */
AFFIANT_API enum affiant_result affiant_verify_response(const void *response,
    size_t response_n, const struct affiant_options *options,
    affiant_verdict **out);
/*
 * Judges a bare quote of the named platform ("tdx"). report_data is the 64
 * bytes that it has to bind, or NULL when there is no expectation.
 */
AFFIANT_API enum affiant_result affiant_verify_quote(const char *platform,
    const void *quote, size_t quote_n, const void *report_data,
    const struct affiant_options *options, affiant_verdict **out);

/* All of these live as long as the verdict. */
AFFIANT_API enum affiant_result affiant_verdict_result(
    const affiant_verdict *v);
/* One sentence for a person. */
AFFIANT_API const char *affiant_verdict_summary(const affiant_verdict *v);
/* The whole verdict: FORMAT.evidence.md section 6. NULL without memory. */
AFFIANT_API const char *affiant_verdict_json(const affiant_verdict *v);
/*
 * An authenticated claim by its name ("statement.value", "reportData"), as
 * text or as JSON text, or NULL. Claims are there whenever the evidence is
 * authentic, also when the policy rejects it: look at the result first.
 */
AFFIANT_API const char *affiant_verdict_claim(
    const affiant_verdict *v, const char *name);
/* 1 if the quote is a simulator's. */
AFFIANT_API int affiant_verdict_is_simulated(const affiant_verdict *v);
/* Accepts NULL. */
AFFIANT_API void affiant_verdict_free(affiant_verdict *v);

/* "0.1.0" */
AFFIANT_API const char *affiant_version(void);

#ifdef __cplusplus
}
#endif

#endif
