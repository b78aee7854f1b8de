/* SPDX-License-Identifier: Apache-2.0 */
/* An account whose key everybody knows, for tests that need real signed
 * transactions without attest/. */
#ifndef AFFIANT_TEST_PAYER_DOUBLE_H
#define AFFIANT_TEST_PAYER_DOUBLE_H

#include "chain/eth_tx.h"

/* Accounts are told apart by a number that is not zero. */
struct eth_addr payer_double_address(uint8_t account);
/* Signs; the raw bytes are the caller's. Fails the test when it cannot. */
struct blob payer_double_sign(uint8_t account, const struct eth_tx *tx);

#endif
