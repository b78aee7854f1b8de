/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workshop of the Nitro simulator, inside of attest/ and for tests: it
 * mints attestation documents with the bytes of the real thing, from a recipe,
 * under a root of its own that says so. A test changes one field and gets a
 * document that is honestly signed and wrong at exactly one place. (nitro
 * sections 2 to 4; SIMULATOR.md.)
 */
#ifndef AFFIANT_ATTEST_SIM_NITRO_H
#define AFFIANT_ATTEST_SIM_NITRO_H

#include "verify/base/bytes.h"
#include "verify/base/utc.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

enum sim_nitro_role {
	SIM_NITRO_ROOT,
	SIM_NITRO_REGION,
	SIM_NITRO_ZONE,
	SIM_NITRO_INSTANCE,
	SIM_NITRO_LEAF, /* signs documents */
	SIM_NITRO_ROLES
};

struct sim_nitro_keys {
	EVP_PKEY *key[SIM_NITRO_ROLES]; /* P-384 */
};
struct sim_nitro_certs {
	X509 *cert[SIM_NITRO_ROLES];
};

struct sim_nitro_cert {
	const char *cn;
	enum sim_nitro_role issuer;    /* whose subject stands in it */
	enum sim_nitro_role signed_by; /* whose key really signs */
	struct utc from, to;
	const char *constraints, *usage; /* OpenSSL's words; NULL: none */
	bool sha256;                     /* instead of SHA-384 */
	bool critical; /* with an unknown critical extension */
};

#define SIM_NITRO_PCRS 32
struct sim_nitro_bytes {
	bool is_there; /* else null */
	struct span value;
};
struct sim_nitro_recipe {
	struct sim_nitro_cert cert[SIM_NITRO_ROLES];
	const char *module_id, *digest;
	struct utc timestamp;
	bool has_pcr[SIM_NITRO_PCRS];
	uint8_t pcr[SIM_NITRO_PCRS][48];
	struct sim_nitro_bytes public_key, user_data, nonce;
	enum sim_nitro_role cabundle[8]; /* root first */
	size_t n_cabundle;
	bool indefinite; /* the payload's map, as newer documents have it */
	/* Raw CBOR: headers (the protected one's content), and pairs more in
	 * the payload. Empty: as they should be. */
	struct span protected_header, unprotected;
	struct span more;
	unsigned n_more;
	const char *without; /* a member left out; or NULL */
	bool tagged;         /* tag 18 in front */
	struct span tail;    /* behind the document */
	bool swapped;        /* s before r */
};

/* Everything as it should be at `now`; the leaf has three hours. */
void sim_nitro_recipe_init(struct sim_nitro_recipe *r, struct utc now);

/* Keys that are there already stay (the root's, from the state folder). */
FALLIBLE sim_nitro_make_keys(struct sim_nitro_keys *k, struct fault *f);
void sim_nitro_drop_keys(struct sim_nitro_keys *k);
/* A root that is there already stays. */
FALLIBLE sim_nitro_make_certs(const struct sim_nitro_keys *keys,
    const struct sim_nitro_recipe *r, struct sim_nitro_certs *c,
    struct fault *f);
void sim_nitro_drop_certs(struct sim_nitro_certs *c);

/* The root in dir/root.pem, made there when it is not; the folder too. Faults
 * at "sim.state" that say to delete the file. */
FALLIBLE sim_nitro_root(const char *dir, struct utc now, EVP_PKEY **key,
    X509 **cert, struct fault *f);

FALLIBLE sim_nitro_document(const struct sim_nitro_keys *keys,
    const struct sim_nitro_certs *certs, const struct sim_nitro_recipe *r,
    struct blob *out, struct fault *f);

#endif
