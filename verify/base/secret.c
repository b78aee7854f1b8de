/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/secret.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

FALLIBLE secret_random(struct secret32 *out, struct fault *f)
{
	struct secret32 s;

	if (RAND_priv_bytes(s.b, sizeof(s.b)) != 1)
		return fault_raise(f, FAULT_SYSTEM, "secret.random",
		    "the random source gave nothing");
	*out = s;
	secret_wipe(&s);
	return true;
}

FALLIBLE random_bytes(void *out, size_t n, struct fault *f)
{
	if (n > INT_MAX)
		return fault_raise(f, FAULT_USAGE, "random.size",
		    "%zu bytes at once are too many", n);
	if (RAND_bytes(out, (int)n) != 1)
		return fault_raise(f, FAULT_SYSTEM, "random.bytes",
		    "the random source gave nothing");
	return true;
}

void secret_wipe(struct secret32 *s)
{
	secret_wipe_bytes(s->b, sizeof(s->b));
}

void secret_wipe_bytes(void *p, size_t n)
{
	if (n == 0)
		return;
#ifdef AFFIANT_POISON_SECRETS
	/* Not zero: what uses a wiped key by mistake must not look empty. */
	memset(p, 0xdd, n);
	/* The compiler may not conclude that nobody reads this. */
	__asm__ volatile("" : : "r"(p) : "memory");
#else
	OPENSSL_cleanse(p, n);
#endif
}

bool secret_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}
