/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates of an attestation document: AWS's root, pinned, down to the
 * leaf that signs. Their shape has no freedom: all of P-384, in the order
 * given, none left out. (nitro section 4.)
 */
#ifndef AFFIANT_NITRO_CHAIN_H
#define AFFIANT_NITRO_CHAIN_H

#include "verify/nitro_doc.h"
#include "verify/x509.h"

/* SHA-256 of the root's DER: aws.nitro-enclaves, until 2049-10-28. */
#define NITRO_ROOT_SHA256                                                   \
	{                                                                   \
		0x64, 0x1a, 0x03, 0x21, 0xa3, 0xe2, 0x44, 0xef, 0xe4, 0x56, \
		    0x46, 0x31, 0x95, 0xd6, 0x06, 0x31, 0x7e, 0xd7, 0xcd,   \
		    0xcc, 0x3c, 0x17, 0x56, 0xe0, 0x98, 0x93, 0xf3, 0xc6,   \
		    0x8f, 0x79, 0xbb, 0x5b                                  \
	}

struct nitro_chain {
	struct x509_cert cert[NITRO_CABUNDLE + 1]; /* root first, leaf last */
	size_t n;
};
void nitro_chain_drop(struct nitro_chain *c);

const struct x509_cert *nitro_chain_leaf(const struct nitro_chain *c);

/* FORMAT, LIMIT at "nitro.cert.parse". Borrows from the document. */
FALLIBLE nitro_chain_parse(
    const struct nitro_doc *d, struct nitro_chain *out, struct fault *f);
/*
 * Whose root it is: AWS's, the one given instead (DER; empty: none), or a
 * simulator's (*simulated). CRYPTO at "nitro.cert.root"; roots that are
 * publicly known to sign for everybody are named.
 */
FALLIBLE nitro_chain_root(const struct nitro_chain *c, struct span given,
    bool *simulated, struct fault *f);
/* Signatures, names, uses, path lengths. CRYPTO at "nitro.cert.chain". */
FALLIBLE nitro_chain_links(const struct nitro_chain *c, struct fault *f);
/* Every certificate is valid at this time. CRYPTO at "nitro.cert.time". */
FALLIBLE nitro_chain_time(
    const struct nitro_chain *c, struct utc at, struct fault *f);

#endif
