/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libcurl's result codes mean to us. Its own error texts quote servers,
 * certificates and URLs, so they are read for known phrases and never shown.
 */
#ifndef AFFIANT_SOURCE_CODE_H
#define AFFIANT_SOURCE_CODE_H

#include "sources/source_head.h"

#include <curl/curl.h>

/*
 * Raises the fault of a transfer that libcurl gave up: code is not CURLE_OK,
 * `text` is its error buffer, `verify_result` CURLINFO_SSL_VERIFYRESULT, and
 * `head` what had been received. Returns false.
 */
bool source_code_raise(CURLcode code, const char *text, long verify_result,
    const struct source_head *head, uint32_t timeout_ms, struct fault *f);

#endif
