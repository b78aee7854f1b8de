/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Towards the TEE: pick a quote provider, quote 64 bytes; make, seal and open
 * the key, and sign with it. The key never leaves attest/.
 */
#ifndef AFFIANT_ATTEST_H
#define AFFIANT_ATTEST_H

#include "verify/evidence.h"

/* ---- quote providers: one row each, quote_providers.c -------------------- */

struct attest; /* an opened provider */

struct attest_config {
	const char *provider;  /* "auto", or a row's id */
	const char *simulate;  /* platform id, or NULL: AFFIANT_SIMULATE */
	const char *state_dir; /* where a simulator keeps its roots */
};

/*
 * Opens the provider. "auto" takes the first row that detects its hardware,
 * and never a simulator: simulation is explicit (provider "simulator" or
 * `simulate`). Faults: CONFIG (unknown id), UNSUPPORTED (nothing here: the
 * text says what to do), SYSTEM.
 */
FALLIBLE attest_open(
    const struct attest_config *cfg, struct attest **out, struct fault *f);
void attest_close(struct attest *a);
void attest_drop(struct attest **a); /* for AUTO */

const char *attest_provider(const struct attest *a); /* "simulator" */
const char *attest_platform(const struct attest *a); /* "tdx" */
bool attest_is_simulated(const struct attest *a);

/*
 * A quote over 64 bytes of report data. Serial: callers take turns (a lock
 * inside). Takes milliseconds to seconds. REMOTE or SYSTEM faults.
 */
FALLIBLE attest_quote(struct attest *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *out,
    struct fault *f);
/*
 * What an offline verifier needs besides the quote: the collateral bundle as
 * canonical JSON (verify/FORMAT.evidence.md). UNSUPPORTED when the provider
 * has none.
 */
FALLIBLE attest_collateral(struct attest *a, struct blob *out, struct fault *f);
/* The 32-byte secret under which files are sealed on this platform. */
struct seal_id;
struct secret32;
FALLIBLE attest_seal_root(struct attest *a, struct secret32 *root,
    struct seal_id *id, struct fault *f);

/* For `affiantd detect` and for the test that every provider has a judge. */
struct attest_row {
	const char *id;               /* provider id */
	const char *const *platforms; /* ends NULL */
	const char *help;
	bool simulator;
	/* True if its hardware is here; why (or why not) goes to *f's text. */
	bool (*detect)(struct fault *why);
};
extern const struct attest_row *const attest_rows[]; /* ends NULL */

/* ---- the signer --------------------------------------------------------- */

struct signer;

/*
 * Opens the statement key sealed in state_dir/signer.key, or makes one there
 * (and says so in *made). CRYPTO "seal.*" when the file is not ours: a new
 * key is never made silently over an old one.
 */
FALLIBLE signer_open(struct attest *a, const char *state_dir,
    struct signer **out, bool *made, struct fault *f);
/* A key that lives in memory only, for `affiantd fetch` and tests. */
FALLIBLE signer_make(struct signer **out, struct fault *f);
void signer_close(struct signer *s); /* wipes */
void signer_drop(struct signer **s);

const struct eth_addr *signer_address(const struct signer *s);
/* X then Y, 64 bytes, big endian. */
void signer_public_key(const struct signer *s, uint8_t xy[64]);

/*
 * Signs a statement: the signer builds the preimage itself from the struct
 * and the canonical bytes; nobody can ask for a signature over a digest.
 * INTERNAL if s->signer is not this key. Deterministic (RFC 6979), low s.
 */
FALLIBLE signer_sign_statement(struct signer *s, const struct statement *st,
    struct span canonical, struct keccak256 *digest, struct eth_sig *out,
    struct fault *f);

#endif
