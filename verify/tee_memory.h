/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a platform keeps from one judgement for the next: parsed and verified
 * collateral and chain, recognised by their exact bytes and by the root. Never
 * a verdict, and nothing about time, revocation or policy: those checks run
 * each time. One memory serves one judgement at a time; threads have one each.
 */
#ifndef AFFIANT_TEE_MEMORY_H
#define AFFIANT_TEE_MEMORY_H

/* Start with zeros; drop when done. The members are the platform's. */
struct tee_memory {
	const char *owner; /* id of the platform */
	void *kept;
	void (*free)(void *kept);
};

/* Forgets; accepts a zeroed value and a second call. */
void tee_memory_drop(struct tee_memory *m);

#endif
