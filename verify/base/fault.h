/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One type for every reason why a step failed, and the few macros that carry
 * it upwards. A fault is about one step; what all steps add up to is a verdict
 * (verify/verdict.h). Libraries raise faults and never print; only programs
 * print.
 */
#ifndef AFFIANT_FAULT_H
#define AFFIANT_FAULT_H

#include <stdbool.h>
#include <stddef.h>

enum fault_kind {
	FAULT_NONE = 0,
	FAULT_FORMAT,      /* bytes are not what the format says */
	FAULT_LIMIT,       /* a named maximum (limits.h) was exceeded */
	FAULT_UNSUPPORTED, /* well formed, but of a kind we do not judge */
	FAULT_CRYPTO,      /* a signature, hash, tag or chain does not hold */
	FAULT_POLICY,      /* authentic, and not what the policy allows */
	FAULT_CONFIG,      /* the operator's configuration is wrong */
	FAULT_REMOTE,      /* a server or a device answered wrongly or not */
	FAULT_SYSTEM,      /* the operating system refused */
	FAULT_USAGE,       /* the caller's arguments are wrong */
	FAULT_INTERNAL,    /* our own mistake */
};

#define FAULT_NO_OFFSET ((size_t)-1)
#define FAULT_TEXT_MAX 256

struct fault {
	enum fault_kind kind;
	const char *at; /* "tdx.quote.header.version": static, stable */
	size_t offset;  /* into the input, or FAULT_NO_OFFSET */
	/* One sentence for a person; never a secret, never raw input bytes
	 * (fault_raise replaces control characters and bytes above 0x7e). */
	char text[FAULT_TEXT_MAX];
};

/* A function that can fail: false means that *f says why. Not ignorable. */
#define FALLIBLE __attribute__((warn_unused_result)) bool

#define FAULT_INIT                                            \
	(struct fault)                                        \
	{                                                     \
		.kind = FAULT_NONE, .offset = FAULT_NO_OFFSET \
	}

/*
 * Records a fault and returns false, so that `return fault_raise(...)` reads
 * as what it does. The first fault wins: a second raise on the same struct
 * changes nothing. `at` must be a string literal. `f` may be NULL (then only
 * false is returned). Over-long text is cut.
 */
bool fault_raise(struct fault *f, enum fault_kind kind, const char *at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The same, with the offset into the input at which it was found. */
bool fault_raise_at(struct fault *f, enum fault_kind kind, const char *at,
    size_t offset, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/*
 * Puts what we were doing in front of the text of an existing fault
 * ("reading policy.json: ..."). Returns false, like fault_raise.
 */
bool fault_within(struct fault *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Forget: back to FAULT_INIT. */
void fault_clear(struct fault *f);

/* "format", "limit", ...: stable words, used in JSON. */
const char *fault_kind_name(enum fault_kind kind);

/*
 * True for the kinds that reject evidence (FORMAT, LIMIT, CRYPTO, POLICY);
 * the others mean that nobody could judge.
 */
bool fault_rejects(enum fault_kind kind);

/* The one macro that may return. Use only in FALLIBLE functions. */
#define TRY(expr)                     \
	do {                          \
		if (!(expr))          \
			return false; \
	} while (0)

/* AUTO(blob_drop) struct blob b = { 0 }; — dropped at the end of its scope. */
#define AUTO(drop) __attribute__((cleanup(drop)))

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
