/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a simulator's root says that it is none of a vendor's. Every platform's
 * simulator mints a self-signed root with this subject CN and this extension
 * (not critical, so that common tools read the chain); the judge recognises a
 * root by both together, checks its self-signature, and calls everything
 * under it simulated. The certificates below the root carry the vendor's own
 * names and say nothing.
 */
#ifndef AFFIANT_SIMULATOR_OID_H
#define AFFIANT_SIMULATOR_OID_H

/* Subject of the root: exactly one attribute, this CN as UTF8String. */
#define SIMULATOR_ROOT_CN "Affiant Simulator Root - NOT A TEE"

/*
 * 2.25.UUID (ITU-T X.667), from a random UUID of our own:
 * e39403f8-999c-4643-a8ed-5a7a8b7f32c5.
 */
#define SIMULATOR_OID_TEXT "2.25.302503295521592302875037527511092114117"

/* The OBJECT IDENTIFIER, tag and length included. */
#define SIMULATOR_OID_DER                                                 \
	0x06, 0x14, 0x69, 0x83, 0xc7, 0x94, 0x81, 0xfe, 0x93, 0x99, 0xe2, \
	    0x99, 0x87, 0xa8, 0xf6, 0xd6, 0xcf, 0xa8, 0xdb, 0xfc, 0xe5, 0x45

/*
 * The extension's value (inside its OCTET STRING): a UTF8String with this
 * text, tag and length first.
 */
#define SIMULATOR_EXT_TEXT "affiant simulator: not a TEE"
#define SIMULATOR_EXT_DER                                                     \
	0x0c, 28, 'a', 'f', 'f', 'i', 'a', 'n', 't', ' ', 's', 'i', 'm', 'u', \
	    'l', 'a', 't', 'o', 'r', ':', ' ', 'n', 'o', 't', ' ', 'a', ' ',  \
	    'T', 'E', 'E'

#endif
