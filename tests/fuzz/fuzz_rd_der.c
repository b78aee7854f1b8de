/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree of DER elements, read twice: by us and by OpenSSL. Whatever we take,
 * OpenSSL takes with the same meaning; whatever OpenSSL takes and writes back
 * to the same bytes (so it was DER) we take too.
 */
#include "verify/base/rd_der.h"

#include "tests/fuzz/must.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#define MAX_DEPTH 16

/* One element, tag and all; alone in its reader. */
static bool ours_u64(struct span element, uint64_t *out)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(element, "fuzz", &f);

	*out = rd_der_u64(&r, DER_INTEGER);
	if (rd_end(&r))
		return true;
	must_be_refusal(&f, element.n);
	return false;
}

static bool theirs_u64(struct span element, uint64_t *out)
{
	const unsigned char *p = element.p;
	ASN1_INTEGER *v = d2i_ASN1_INTEGER(NULL, &p, (long)element.n);
	unsigned char *again = NULL;
	int n = i2d_ASN1_INTEGER(v, &again);
	bool ok = v != NULL && p == element.p + element.n &&
	    ASN1_INTEGER_get_uint64(out, v) == 1 &&
	    span_equal(span_of(again, n > 0 ? (size_t)n : 0), element);

	OPENSSL_free(again);
	ASN1_INTEGER_free(v);
	return ok;
}

static bool ours_oid(struct span element, struct span *out)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(element, "fuzz", &f);

	*out = rd_der_oid(&r);
	if (rd_end(&r))
		return true;
	must_be_refusal(&f, element.n);
	return false;
}

static bool theirs_oid(struct span element, struct span content)
{
	const unsigned char *p = element.p;
	ASN1_OBJECT *v = d2i_ASN1_OBJECT(NULL, &p, (long)element.n);
	unsigned char *again = NULL;
	int n = i2d_ASN1_OBJECT(v, &again);
	bool ok = v != NULL && p == element.p + element.n &&
	    span_equal(span_of(again, n > 0 ? (size_t)n : 0), element);

	if (ok && content.n > 0)
		MUST(span_equal(
		    content, span_of(OBJ_get0_data(v), OBJ_length(v))));
	OPENSSL_free(again);
	ASN1_OBJECT_free(v);
	return ok;
}

static void check_scalars(struct span element)
{
	uint64_t ours = 0, theirs = 0;
	struct span oid;
	bool ok;

	if (element.p[0] == DER_INTEGER) {
		ok = ours_u64(element, &ours);
		MUST(ok == theirs_u64(element, &theirs));
		MUST(!ok || ours == theirs);
	} else if (element.p[0] == DER_OID) {
		ok = ours_oid(element, &oid);
		MUST(ok == theirs_oid(element, oid));
	} else if (element.p[0] == DER_BOOLEAN) {
		struct fault f = FAULT_INIT;
		struct rd r = rd_over(element, "fuzz", &f);
		bool v = rd_der_bool(&r);

		if (rd_end(&r))
			MUST(element.n == 3 &&
			    element.p[2] == (v ? 0xff : 0x00));
	}
}

/* Head of an element that we took, as OpenSSL reads it. */
static void check_head(struct span element, struct span content)
{
	const unsigned char *p = element.p;
	long n = 0;
	int tag = 0, class = 0;
	int flags = ASN1_get_object(&p, &n, &tag, &class, (long)element.n);

	/* 0x80: error; 1: indefinite length. */
	MUST((flags & 0x80) == 0 && (flags & 1) == 0);
	MUST((size_t)n == content.n && p + n == element.p + element.n);
	MUST((tag | class | (flags & V_ASN1_CONSTRUCTED)) == element.p[0]);
	/* And writes it the same way: DER has one head per length. */
	MUST(ASN1_object_size(0, (int)n, tag) == (int)element.n);
}

static void walk(struct span in, unsigned depth)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(in, "fuzz", &f);

	while (rd_left(&r) > 0) {
		struct fault g = FAULT_INIT;
		uint8_t tag = rd_der_peek(&r);
		struct span element = rd_der_element(&r), content;
		struct rd one;

		if (!rd_ok(&r))
			break;
		one = rd_over(element, "fuzz", &g);
		content = rd_der_value(&one, tag);
		MUST(rd_end(&one) && content.n < element.n);
		check_head(element, content);
		check_scalars(element);
		if ((tag & V_ASN1_CONSTRUCTED) != 0 && depth < MAX_DEPTH)
			walk(content, depth + 1);
	}
	if (!rd_end(&r))
		must_be_refusal(&f, in.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);

	walk(in, 0);
	/* Also what is no element at all: both must say so. */
	if (size > 0 && size < 4096)
		check_scalars(in);
	ERR_clear_error();
	return 0;
}
