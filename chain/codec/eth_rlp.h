/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RLP, written onto a struct wr. A list starts with the length of what stands
 * in it, so its items are measured first (the _size functions) and written
 * after: no second buffer, nothing moved. Inside chain/codec only.
 */
#ifndef AFFIANT_CODEC_ETH_RLP_H
#define AFFIANT_CODEC_ETH_RLP_H

#include "verify/base/bytes.h"

/* Bytes that each item takes, its own prefix included. */
size_t eth_rlp_string_size(struct span s);
size_t eth_rlp_uint_size(struct span be);
size_t eth_rlp_u64_size(uint64_t v);
/* payload: the sum of the sizes of the list's items. */
size_t eth_rlp_list_size(size_t payload);

void eth_rlp_string(struct wr *w, struct span s);
/* An integer of any width in big-endian bytes; leading zeros are dropped. */
void eth_rlp_uint(struct wr *w, struct span be);
void eth_rlp_u64(struct wr *w, uint64_t v);
/* Only the prefix: the caller writes the items behind it. */
void eth_rlp_list(struct wr *w, size_t payload);

#endif
