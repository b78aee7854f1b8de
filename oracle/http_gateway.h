/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handlers of the gateway of EIP-3668: a contract that wants a price reverts
 * with where to ask, its client asks here, and hands the answer back to the
 * contract (chain/contracts/AffiantGateway.sol), which verifies it. So nothing
 * here has to be trusted, and who asks does not matter: the sender is read
 * and not used.
 *
 * The call is price(bytes32 feed); the answer {"data":"0x..."}, the packed form
 * of the feed's latest statement, 191 bytes. Never a stale one: 503.
 */
#ifndef AFFIANT_HTTP_GATEWAY_H
#define AFFIANT_HTTP_GATEWAY_H

#include "oracle/http_exchange.h"

/* GET /gateway/SENDER/DATA.json */
void http_gateway_get(struct http_exchange *x);
/* POST /gateway with {"data":"0x...","sender":"0x..."} */
void http_gateway_post(struct http_exchange *x);

#endif
