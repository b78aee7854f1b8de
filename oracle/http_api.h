/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers: the signer, its evidence, past statements, and health. */
#ifndef AFFIANT_HTTP_API_H
#define AFFIANT_HTTP_API_H

#include "oracle/http_exchange.h"

void http_api_statement(struct http_exchange *x);   /* /v1/statements/SHA256 */
void http_api_key(struct http_exchange *x);         /* /v1/key */
void http_api_attestation(struct http_exchange *x); /* /v1/attestation */
void http_api_collateral(struct http_exchange *x);  /* /v1/collateral */
void http_api_healthz(struct http_exchange *x);
void http_api_readyz(struct http_exchange *x);

#endif
