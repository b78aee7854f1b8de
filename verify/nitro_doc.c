/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/nitro_doc.h"

#include "verify/base/rd_cbor.h"

/* ---- the envelope -------------------------------------------------------- */

bool nitro_doc_envelope(
    struct span in, struct nitro_envelope *out, struct fault *f)
{
	struct rd r = rd_over(in, "nitro.cose.form", f);
	struct nitro_envelope e = { 0 };

	if (in.n > NITRO_DOC_BYTES)
		return fault_raise(f, FAULT_LIMIT, "nitro.cose.form",
		    "a document of %zu bytes, at most %d are allowed", in.n,
		    NITRO_DOC_BYTES);
	(void)rd_cbor_tag(&r, 18);
	if (rd_cbor_array(&r) != 4 && rd_ok(&r))
		return rd_fail(
		    &r, FAULT_FORMAT, "is no array of four: no COSE_Sign1");
	e.protected_header = rd_cbor_bytes(&r);
	e.unprotected = rd_cbor_item(&r);
	e.payload = rd_cbor_bytes(&r);
	e.signature = rd_cbor_bytes(&r);
	TRY(rd_end(&r));
	*out = e;
	return true;
}

/* ---- the payload --------------------------------------------------------- */

static const struct {
	const char *key;
	bool is_mandatory;
} members[NITRO_MEMBERS] = {
	[NITRO_CABUNDLE_MEMBER] = { "cabundle", true },
	[NITRO_CERTIFICATE] = { "certificate", true },
	[NITRO_DIGEST] = { "digest", true },
	[NITRO_MODULE_ID] = { "module_id", true },
	[NITRO_NONCE] = { "nonce", false },
	[NITRO_PCRS_MEMBER] = { "pcrs", true },
	[NITRO_PUBLIC_KEY] = { "public_key", false },
	[NITRO_TIMESTAMP] = { "timestamp", true },
	[NITRO_USER_DATA] = { "user_data", false },
};

static size_t member_of(struct span key)
{
	size_t i = 0;

	while (i < NITRO_MEMBERS && !span_equal_text(key, members[i].key))
		i++;
	return i;
}

bool nitro_doc_items(
    struct span payload, struct nitro_items *out, struct fault *f)
{
	struct rd r = rd_over(payload, "nitro.payload.form", f);
	struct rd_cbor_map m = rd_cbor_map(&r);
	struct nitro_items items = { 0 };

	while (rd_cbor_pair(&m)) {
		size_t i = member_of(rd_cbor_text(&r));
		struct span item = rd_cbor_item(&r);

		if (!rd_ok(&r))
			break;
		if (i == NITRO_MEMBERS)
			return rd_fail(&r, FAULT_FORMAT,
			    "a member is unknown: this is no document of an "
			    "enclave");
		if (items.item[i].p != NULL)
			return rd_fail(&r, FAULT_FORMAT,
			    "the member %s stands twice", members[i].key);
		items.item[i] = item;
	}
	TRY(rd_end(&r));
	for (size_t i = 0; i < NITRO_MEMBERS; i++)
		if (members[i].is_mandatory && items.item[i].p == NULL)
			return fault_raise(f, FAULT_FORMAT,
			    "nitro.payload.form", "the member %s is missing",
			    members[i].key);
	*out = items;
	return true;
}

/* ---- the fields ---------------------------------------------------------- */

#define AT "nitro.payload.types"

/* "public_key 1..1024, user_data and nonce 0..512", of which AWS's own grammar
 * and the module take 1024. */
#define OPTIONAL_MAX 1024
#define CERTIFICATE_MAX 1024
/* The end of the year 9999. */
#define NITRO_MAX_MS UINT64_C(253402300799999)

static FALLIBLE check_size(
    struct span v, size_t min, size_t max, const char *name, struct fault *f)
{
	if (v.n < min || v.n > max)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "%s has %zu bytes, want %zu to %zu", name, v.n, min, max);
	return true;
}

static FALLIBLE read_optional(struct span item, size_t min, const char *name,
    struct nitro_bytes *out, struct fault *f)
{
	struct rd r = rd_over(item, AT, f);

	if (item.p == NULL || rd_cbor_null(&r))
		return true;
	out->value = rd_cbor_bytes(&r);
	out->is_there = true;
	TRY(rd_end(&r));
	return check_size(out->value, min, OPTIONAL_MAX, name, f);
}

static FALLIBLE read_pcrs(
    struct span item, struct nitro_doc *d, struct fault *f)
{
	struct rd r = rd_over(item, AT, f);
	struct rd_cbor_map m = rd_cbor_map(&r);
	bool any = false;

	/* The map inside has a definite length in both genuine encodings. */
	if (m.is_indefinite)
		return rd_fail(&r, FAULT_FORMAT, "pcrs has no length");
	while (rd_cbor_pair(&m)) {
		uint64_t i = rd_cbor_u64(&r);
		struct span v = rd_cbor_bytes(&r);

		if (!rd_ok(&r))
			break;
		if (i >= NITRO_PCRS || v.n != NITRO_PCR_BYTES)
			return rd_fail(&r, FAULT_FORMAT,
			    "want registers 0 to %d of %d bytes",
			    NITRO_PCRS - 1, NITRO_PCR_BYTES);
		if (d->pcr[i].p != NULL)
			return rd_fail(&r, FAULT_FORMAT,
			    "register %u stands twice", (unsigned)i);
		d->pcr[i] = v;
		any = true;
	}
	TRY(rd_end(&r));
	if (!any)
		return fault_raise(f, FAULT_FORMAT, AT, "there are no pcrs");
	return true;
}

static FALLIBLE read_certificates(
    const struct nitro_items *items, struct nitro_doc *d, struct fault *f)
{
	struct rd leaf = rd_over(items->item[NITRO_CERTIFICATE], AT, f);
	struct rd r = rd_over(items->item[NITRO_CABUNDLE_MEMBER], AT, f);
	uint64_t n;

	d->certificate = rd_cbor_bytes(&leaf);
	TRY(rd_end(&leaf));
	TRY(check_size(d->certificate, 1, CERTIFICATE_MAX, "certificate", f));
	n = rd_cbor_array(&r);
	if (rd_ok(&r) && (n < 1 || n > NITRO_CABUNDLE))
		return rd_fail(&r, FAULT_LIMIT,
		    "cabundle has %llu certificates, want 1 to %d",
		    (unsigned long long)n, NITRO_CABUNDLE);
	for (; n > 0 && rd_ok(&r); n--) {
		struct span v = rd_cbor_bytes(&r);

		TRY(check_size(v, 1, CERTIFICATE_MAX, "a certificate", f));
		d->cabundle[d->n_cabundle++] = v;
	}
	return rd_end(&r);
}

static FALLIBLE read_scalars(
    const struct nitro_items *items, struct nitro_doc *d, struct fault *f)
{
	struct rd id = rd_over(items->item[NITRO_MODULE_ID], AT, f);
	struct rd digest = rd_over(items->item[NITRO_DIGEST], AT, f);
	struct rd time = rd_over(items->item[NITRO_TIMESTAMP], AT, f);
	struct span name;
	uint64_t ms;

	d->module_id = rd_cbor_text(&id);
	TRY(rd_end(&id));
	TRY(check_size(d->module_id, 1, 256, "module_id", f));
	name = rd_cbor_text(&digest);
	TRY(rd_end(&digest));
	if (!span_equal_text(name, "SHA384"))
		return fault_raise(
		    f, FAULT_UNSUPPORTED, AT, "digest is not SHA384");
	ms = rd_cbor_u64(&time);
	TRY(rd_end(&time));
	if (ms < 1 || ms > NITRO_MAX_MS)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "timestamp is no time in ms");
	d->timestamp.ms = (int64_t)ms;
	return true;
}

bool nitro_doc_fields(
    const struct nitro_items *items, struct nitro_doc *out, struct fault *f)
{
	struct nitro_doc d = { 0 };

	TRY(read_scalars(items, &d, f));
	TRY(read_pcrs(items->item[NITRO_PCRS_MEMBER], &d, f));
	TRY(read_certificates(items, &d, f));
	TRY(read_optional(
	    items->item[NITRO_PUBLIC_KEY], 1, "public_key", &d.public_key, f));
	TRY(read_optional(
	    items->item[NITRO_USER_DATA], 0, "user_data", &d.user_data, f));
	TRY(read_optional(items->item[NITRO_NONCE], 0, "nonce", &d.nonce, f));
	*out = d;
	return true;
}

/* ---- what is signed, and what it is called ------------------------------- */

/* A head in its shortest form (the payload is below 64 KiB). */
static void write_bytes(struct wr *w, struct span s)
{
	if (s.n < 24) {
		wr_u8(w, (uint8_t)(0x40 + s.n));
	} else if (s.n <= UINT8_MAX) {
		wr_u8(w, 0x58);
		wr_u8(w, (uint8_t)s.n);
	} else {
		wr_u8(w, 0x59);
		wr_u16be(w, (uint16_t)s.n);
	}
	wr_span(w, s);
}

bool nitro_doc_signed(
    const struct nitro_envelope *e, struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(NITRO_DOC_BYTES, "nitro.signature", f);

	wr_u8(&w, 0x84);
	wr_u8(&w, 0x6a);
	wr_text(&w, "Signature1");
	write_bytes(&w, e->protected_header);
	write_bytes(&w, (struct span){ 0 });
	write_bytes(&w, e->payload);
	return wr_done(&w, out);
}

struct sha256 nitro_doc_image_id(const struct nitro_doc *d)
{
	static const uint8_t bits[] = { 0x00, 0x01, 0x00, 0x07 };
	static const uint8_t zero[NITRO_PCR_BYTES];
	static const size_t which[] = { 0, 1, 2, 16 };
	struct span parts[1 + COUNT(which)] = { span_of(bits, sizeof(bits)) };

	for (size_t i = 0; i < COUNT(which); i++)
		parts[1 + i] = d->pcr[which[i]].p != NULL
		    ? d->pcr[which[i]]
		    : span_of(zero, sizeof(zero));
	return sha256_of_parts(parts, COUNT(parts));
}
