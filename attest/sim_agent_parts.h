/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two encodings that the stand-in agent hands out beside JSON: certificates of
 * the app (dstack sections 2.4 and 14) and the versioned attestation (15.1).
 */
#ifndef AFFIANT_SIM_AGENT_PARTS_H
#define AFFIANT_SIM_AGENT_PARTS_H

#include "attest/sim_guest.h"

/* ---- certificates (sim_agent_tls.c) ------------------------------------- */

struct sim_tls_ask {
	const char *subject;
	const char *const *alt_names; /* DNS names */
	size_t n_alt_names;
	bool server, client;
	struct utc from, to;
	/* Evidence to be put in; empty: none. */
	struct span quote, log;
};
/* SHA-512("ratls-cert:" || DER of the public key): the quote's report data. */
FALLIBLE sim_tls_report_data(
    EVP_PKEY *key, uint8_t report_data[REPORT_DATA_BYTES], struct fault *f);
/* Leaf, app CA and root CA, each one PEM text. */
FALLIBLE sim_tls_chain(const struct sim_kms *kms, EVP_PKEY *key,
    const struct sim_tls_ask *ask, struct blob chain[3], struct fault *f);
/* PKCS#8, PEM. */
FALLIBLE sim_tls_key_pem(EVP_PKEY *key, struct blob *out, struct fault *f);
/* The key service's CA key, DER SubjectPublicKeyInfo. */
FALLIBLE sim_tls_ca(
    const struct sim_kms *kms, struct blob *der, struct fault *f);

/* ---- the versioned attestation (sim_agent_scale.c) ---------------------- */

FALLIBLE sim_scale_attestation(const struct sim_guest *g, struct span quote,
    const uint8_t report_data[REPORT_DATA_BYTES], struct span vm_config,
    struct blob *out, struct fault *f);

#endif
