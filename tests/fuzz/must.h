/* SPDX-License-Identifier: Apache-2.0 */
/* What a fuzz target claims; a claim that does not hold is a crash. */
#ifndef AFFIANT_FUZZ_MUST_H
#define AFFIANT_FUZZ_MUST_H

#include "verify/base/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(claim)                                                        \
	do {                                                               \
		if (!(claim)) {                                            \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
			    #claim);                                       \
			abort();                                           \
		}                                                          \
	} while (0)

/* A refusal of bytes from outside: says where, and blames the bytes. */
static inline void must_be_refusal(const struct fault *f, size_t size)
{
	MUST(fault_rejects(f->kind));
	MUST(f->at != NULL && f->at[0] != '\0');
	MUST(f->text[0] != '\0');
	MUST(f->offset == FAULT_NO_OFFSET || f->offset <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
