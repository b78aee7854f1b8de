/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/rpc_words.h"

#include <string.h>

static bool starts(const uint8_t *p, const char *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t c = p[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if (c != (uint8_t)words[i])
			return false;
	}
	return true;
}

bool rpc_words_has(struct span message, const char *words)
{
	size_t n = strlen(words);

	for (size_t i = 0; n <= message.n && i <= message.n - n; i++) {
		if (starts(message.p + i, words, n))
			return true;
	}
	return false;
}
