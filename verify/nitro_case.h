/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of tee_nitro.c and nitro_*.c: one document under judgement. */
#ifndef AFFIANT_NITRO_CASE_H
#define AFFIANT_NITRO_CASE_H

#include "verify/nitro_chain.h"
#include "verify/tee.h"

struct nitro_case {
	struct nitro_envelope envelope;
	struct nitro_items items;
	struct nitro_doc doc;
	struct nitro_chain chain;
};

struct nitro_case *nitro_case_of(const struct tee_case *c);
/* PCR 0, 1 and 2 all zero: the console is attached. */
bool nitro_case_is_debug(const struct nitro_case *k);
/* "pcr16" is 16; NITRO_PCRS when it is no register's name. */
size_t nitro_pcr_of(const char *name);

/* nitro_policy.c: the policy's object "nitro", its rows, what it would be. */
FALLIBLE nitro_policy_form(const struct json_node *object, struct fault *f);
FALLIBLE nitro_policy_write(
    const struct tee_case *c, struct wr *w, struct fault *f);
bool nitro_policy_debug(struct tee_case *c, struct fault *f);
bool nitro_policy_pcr(struct tee_case *c, struct fault *f);
bool nitro_policy_image(struct tee_case *c, struct fault *f);
bool nitro_policy_public_key(struct tee_case *c, struct fault *f);
bool nitro_policy_nonce(struct tee_case *c, struct fault *f);
bool nitro_policy_age(struct tee_case *c, struct fault *f);
/* Claims, and the links of code and hardware. */
void nitro_policy_claim(const struct tee_case *c, struct verdict *v);

/* nitro_inspect.c */
FALLIBLE nitro_inspect(struct span document, struct wr *w, struct fault *f);

#endif
