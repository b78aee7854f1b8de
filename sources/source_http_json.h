/* SPDX-License-Identifier: Apache-2.0 */
/* The row of kind "http-json". */
#ifndef AFFIANT_SOURCE_HTTP_JSON_H
#define AFFIANT_SOURCE_HTTP_JSON_H

#include "sources/sources.h"

extern const struct source_kind source_http_json;

#endif
