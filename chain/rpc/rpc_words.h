/* SPDX-License-Identifier: Apache-2.0 */
/* Words in the messages of nodes, which are all that tells errors apart. */
#ifndef AFFIANT_RPC_WORDS_H
#define AFFIANT_RPC_WORDS_H

#include "verify/base/bytes.h"

/* Whether the message contains the words, in any case; `words` in lower. */
bool rpc_words_has(struct span message, const char *words);

#endif
