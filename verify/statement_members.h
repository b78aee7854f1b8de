/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of a statement as tables: name, form, when it stands there,
 * where it is kept. One table per object, in canonical order; the same rows
 * write (statement_write.c) and read (statement_read.c). For these,
 * statement.c, and who describes the format (oracle/openapi_statement.c) only.
 */
#ifndef AFFIANT_STATEMENT_MEMBERS_H
#define AFFIANT_STATEMENT_MEMBERS_H

#include "verify/base/canon.h"
#include "verify/statement.h"

/* How a member is written, and which C type holds it. */
enum member_form {
	FORM_TYPE,        /* the constant STATEMENT_TYPE; held nowhere */
	FORM_KIND,        /* id of a row: const struct statement_kind * */
	FORM_HASH,        /* lower hex: struct sha256 */
	FORM_FINGERPRINT, /* upper colon hex: struct sha256 */
	FORM_ADDRESS,     /* 0x lower hex: struct eth_addr */
	FORM_TEXT,        /* struct span */
	FORM_U64,         /* uint64_t */
	FORM_DECIMALS,    /* uint8_t */
	FORM_TRUE,        /* only ever true: bool */
	FORM_MS,          /* integer: struct utc */
	FORM_TIME,        /* RFC 3339: struct utc */
	FORM_NONCE,       /* lower hex: struct span of raw bytes */
	FORM_CHAIN,       /* hashes: struct tls_evidence */
	FORM_HOPS,        /* struct statement_source */
	FORM_SOURCES,     /* these three: struct statement */
	FORM_USED,
	FORM_REJECTED
};

/* What must be so for a member to stand there: bits of `when`. */
enum {
	IF_SOURCED = 1 << 0, /* the kind has sources */
	IF_KEY = 1 << 1,     /* it has none */
	IF_NUMBER = 1 << 2,
	IF_UNIT = 1 << 3,
	IF_ONE = 1 << 4,  /* one source: its members inline */
	IF_MANY = 1 << 5, /* `sources` and what goes with it */
	IF_TLS = 1 << 6,
	IF_PLAIN = 1 << 7,
	OPTIONAL = 1 << 8 /* even then it may be absent */
};

struct member {
	const char *name;
	const char *at;
	enum member_form form;
	unsigned when;
	size_t offset; /* into the struct of the table, or of its source */
	size_t has;    /* offset of the bool that says so; 0: none */
};

/* An object to write or read: a table and what it is about. */
struct member_shape {
	const struct member *rows;
	size_t n_rows;
	unsigned holds;    /* IF_... bits */
	const char *value; /* name of the value member, or NULL */
};

/* The statement itself: one source inline or not, and that one plain HTTP. */
struct member_shape statement_members_root(
    const struct statement_kind *kind, bool one, bool plain);
/* An element of `sources`, with the value member of the kind. */
struct member_shape statement_members_source(
    const struct statement_kind *kind, bool plain);
/* An element of `hops`. */
struct member_shape statement_members_hop(bool plain);
/* Whether the row stands in such an object (if only as optional). */
bool statement_members_due(
    const struct member_shape *shape, const struct member *m);

/* Writes the object. The rules have been checked. */
void statement_write(struct canon *c, const struct statement *s);
/*
 * Fills *s (zeroed by the caller) from the object. Unknown and missing members
 * are refused; the rules between members are not checked.
 */
FALLIBLE statement_read(const struct json_node *root, struct statement *s,
    struct statement_doc *doc, struct fault *f);

#endif
