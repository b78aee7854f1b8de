/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects that HTTP answers with, as JSON Schemas of an OpenAPI document.
 * Statements come from the tables that write and read them, problems from
 * their table; the other objects are tables here.
 */
#ifndef AFFIANT_OPENAPI_SCHEMA_H
#define AFFIANT_OPENAPI_SCHEMA_H

#include "verify/base/canon.h"

/* What a value looks like. FORMAT.statement.md section 1 names most. */
enum openapi_form {
	OPENAPI_ADDRESS, /* either case: ERC-55 where we choose */
	OPENAPI_ANY_ARRAY,
	OPENAPI_ANY_OBJECT,
	OPENAPI_BASE64,
	OPENAPI_BASE64S, /* an array of them */
	OPENAPI_BOOL,
	OPENAPI_CONST, /* the text in `of` */
	OPENAPI_DECIMAL,
	OPENAPI_DIGEST,
	OPENAPI_FINGERPRINT,
	OPENAPI_HASH,
	OPENAPI_HASHES,
	OPENAPI_INTEGER,
	OPENAPI_INTEGERS,
	OPENAPI_NONCE,
	OPENAPI_OBJECT,  /* the schema `of` */
	OPENAPI_OBJECTS, /* an array of them */
	OPENAPI_SIGNATURE,
	OPENAPI_TEXT,
	OPENAPI_TIME,
	OPENAPI_TRUE,
};

/* A schema of this form as member `name` (NULL: as an element). */
void openapi_schema_form(
    struct canon *c, const char *name, enum openapi_form form, const char *of);

/* Member "schemas": all of them. */
void openapi_schema_put(struct canon *c);

/* ---- openapi_statement.c ------------------------------------------------ */

void openapi_statement_put(struct canon *c, const char *name);
void openapi_statement_put_source(struct canon *c, const char *name);
void openapi_statement_put_hop(struct canon *c, const char *name);

#endif
