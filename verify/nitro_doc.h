/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attestation document of AWS Nitro Enclaves: a COSE_Sign1 (RFC 9052) in
 * CBOR around a map. Parsing believes nothing. (nitro sections 2 and 3.)
 */
#ifndef AFFIANT_NITRO_DOC_H
#define AFFIANT_NITRO_DOC_H

#include "verify/base/bytes.h"
#include "verify/base/hash.h"
#include "verify/base/utc.h"

/* Genuine documents have 4.5 KB; the fields' limits add up to 14. */
#define NITRO_DOC_BYTES (16 * 1024)
#define NITRO_PCRS 32
#define NITRO_PCR_BYTES 48
#define NITRO_CABUNDLE 8
#define NITRO_SIGNATURE_BYTES 96

/* Views into the document. */
struct nitro_envelope {
	struct span protected_header; /* content of the byte string */
	struct span unprotected;      /* the whole item */
	struct span payload;
	struct span signature;
};

/* Members of the payload as they stand, whole items; p NULL when absent. */
enum nitro_member {
	NITRO_CABUNDLE_MEMBER,
	NITRO_CERTIFICATE,
	NITRO_DIGEST,
	NITRO_MODULE_ID,
	NITRO_NONCE,
	NITRO_PCRS_MEMBER,
	NITRO_PUBLIC_KEY,
	NITRO_TIMESTAMP,
	NITRO_USER_DATA,
	NITRO_MEMBERS
};
struct nitro_items {
	struct span item[NITRO_MEMBERS];
};

/* null and empty are two things. */
struct nitro_bytes {
	bool is_there;
	struct span value;
};

struct nitro_doc {
	struct span module_id;
	struct utc timestamp;
	struct span pcr[NITRO_PCRS]; /* p NULL: not in the document */
	struct span certificate;
	struct span cabundle[NITRO_CABUNDLE]; /* root first */
	size_t n_cabundle;
	struct nitro_bytes public_key, user_data, nonce;
};

/* An array of four, perhaps behind tag 18, and nothing else. FORMAT, LIMIT at
 * "nitro.cose.form". */
FALLIBLE nitro_doc_envelope(
    struct span in, struct nitro_envelope *out, struct fault *f);
/*
 * One map, definite or not; each key once, the six mandatory ones there, no
 * other; nothing behind it. FORMAT at "nitro.payload.form".
 */
FALLIBLE nitro_doc_items(
    struct span payload, struct nitro_items *out, struct fault *f);
/* Types and sizes. FORMAT, LIMIT at "nitro.payload.types". */
FALLIBLE nitro_doc_fields(
    const struct nitro_items *items, struct nitro_doc *out, struct fault *f);

/*
 * What ES384 signs: the Sig_structure of RFC 9052 4.4 with an empty external
 * AAD, written anew. The caller drops it.
 */
FALLIBLE nitro_doc_signed(
    const struct nitro_envelope *e, struct blob *out, struct fault *f);

/*
 * Marlin's name for an image with its initialisation parameters: SHA-256 of
 * the bits of PCR 0, 1, 2 and 16 and these four (marlin section 3). A
 * register that is not in the document counts as zero.
 */
struct sha256 nitro_doc_image_id(const struct nitro_doc *d);

#endif
