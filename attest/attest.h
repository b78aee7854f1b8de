/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Towards the TEE: pick a quote provider, quote 64 bytes; make, seal and open
 * the key, and sign with it. The key never leaves attest/.
 */
#ifndef AFFIANT_ATTEST_H
#define AFFIANT_ATTEST_H

#include "chain/eth_tx.h"
#include "verify/evidence.h"

/* ---- quote providers: one row each, quote_providers.c -------------------- */

struct attest; /* an opened provider */

struct attest_config {
	const char *provider;  /* "auto" (or NULL), or a row's id */
	const char *simulate;  /* platform id, or NULL: AFFIANT_SIMULATE */
	const char *state_dir; /* where a simulator keeps its roots */
	/* A simulator takes this long for each quote, as hardware would. */
	uint32_t sim_delay_ms;
	/* Of providers that are agents; borrowed until attest_open returns. */
	const char *socket;      /* path or URL; NULL: where it is found */
	const char *key_path;    /* NULL: ATTEST_KEY_PATH */
	const char *key_purpose; /* NULL: ATTEST_KEY_PURPOSE */
	uint32_t timeout_ms;     /* of one call; 0: the provider's own */
	/* To be measured before the first quote, where that is possible. */
	const struct sha256 *config;
};

/*
 * The name of the statement key at a key service. Its signatures cover the
 * purpose and not the path: so ours are the same text.
 */
#define ATTEST_KEY_PATH "affiant/statement/v1"
#define ATTEST_KEY_PURPOSE "affiant/statement/v1"

/*
 * Opens the provider. "auto" takes the first row that detects its hardware,
 * and never a simulator: simulation is explicit (provider "simulator",
 * `simulate`, or AFFIANT_SIMULATE in the environment, which counts when
 * `simulate` is NULL). Provider "simulator" alone takes the first platform in
 * the table. Faults: CONFIG (unknown id; a hardware provider together with
 * simulation), UNSUPPORTED (nothing here, or no simulator for that platform:
 * the text says what to do), and what opening the provider raises.
 */
FALLIBLE attest_open(
    const struct attest_config *cfg, struct attest **out, struct fault *f);
void attest_close(struct attest *a);
void attest_drop(struct attest **a); /* for AUTO */

const char *attest_provider(const struct attest *a); /* "simulator" */
const char *attest_platform(const struct attest *a); /* "tdx" */
/* Also of an agent whose quotes are a simulator's. */
bool attest_is_simulated(const struct attest *a);
/* attest_config.config stands in a register of this machine. */
bool attest_is_measured(const struct attest *a);

/* A quote and what explains it (FORMAT.evidence.md section 7); owned. */
struct attested {
	struct blob quote;       /* canonical, without padding behind it */
	struct blob event_log;   /* canonical JSON array, or empty */
	struct blob app_compose; /* text, or empty */
};
void attested_drop(struct attested *q);

/*
 * A quote over 64 bytes of report data. Serial: callers take turns (a lock
 * inside). Takes milliseconds to seconds, and a minute where a device is busy.
 * REMOTE or SYSTEM faults; UNSUPPORTED where the device is gone.
 */
FALLIBLE attest_quote(struct attest *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct attested *out,
    struct fault *f);
/*
 * What an offline verifier needs besides the quote: the collateral bundle as
 * canonical JSON (verify/FORMAT.evidence.md). UNSUPPORTED when the provider
 * has none.
 */
FALLIBLE attest_collateral(struct attest *a, struct blob *out, struct fault *f);
/*
 * The 32-byte secret under which files are sealed on this platform. UNSUPPORTED
 * when it has none, and for no other reason.
 */
struct seal_id;
struct secret32;
FALLIBLE attest_seal_root(struct attest *a, struct secret32 *root,
    struct seal_id *id, struct fault *f);

/* For `affiantd detect` and for the test that every provider has a judge. */
struct attest_ops; /* how the provider works: attest/provider.h */
struct attest_row {
	const char *id;               /* provider id; simulators share theirs */
	const char *const *platforms; /* ends NULL */
	const char *help;
	bool simulator;
	/* True if its hardware is here; why (or why not) goes to *why's text. */
	bool (*detect)(struct fault *why);
	const struct attest_ops *ops;
	bool is_agent; /* asks one, at attest_config.socket */
};
extern const struct attest_row *const attest_rows[]; /* ends NULL */

/* ---- the signer --------------------------------------------------------- */

struct signer;

#define SIGNER_FILE "signer.key" /* in state_dir; mode 0600 */
#define SIGNER_SEAL_ID "affiant-statement-key-v1"

/*
 * Opens the statement key. Where the provider has a key service it is the one
 * derived there: the same for every replica, nothing is read or written, *made
 * is false, and signer_key_chain says who vouches for it.
 *
 * Elsewhere it is sealed in state_dir/signer.key, or made there (and that is
 * said in *made). A file that does not open is a fault, as seal_open
 * raises it ("seal.form", "seal.tag", ...), or CRYPTO "signer.key" when what
 * was sealed is no key: a new key is never made over an old file.
 *
 * Under a provider that cannot seal, the key lives in memory only and is made
 * anew each time (*made is true; signer_is_ephemeral). A file that lies there
 * nevertheless belongs to another provider: CONFIG "signer.provider"; so does
 * one beside a key service.
 */
FALLIBLE signer_open(struct attest *a, const char *state_dir,
    struct signer **out, bool *made, struct fault *f);
/* A key that lives in memory only, for `affiantd fetch` and tests. */
FALLIBLE signer_make(struct signer **out, struct fault *f);
void signer_close(struct signer *s); /* wipes */
void signer_drop(struct signer **s);

const struct eth_addr *signer_address(const struct signer *s);
/* The key ends with the process: nothing can seal it here. */
bool signer_is_ephemeral(const struct signer *s);
/*
 * The key service's signatures, as canonical JSON (FORMAT.evidence.md section
 * 7); empty where none derived this key.
 */
struct span signer_key_chain(const struct signer *s);
/* There is a chain, and its second signature: a key service stands behind. */
bool signer_has_service(const struct signer *s);
/* The app that the key service gave it to; false where none derived it. */
bool signer_app_id(const struct signer *s, uint8_t app_id[20]);
/* The public key, compressed. */
void signer_public_key33(const struct signer *s, uint8_t out[33]);
/* X then Y, 64 bytes, big endian. */
void signer_public_key(const struct signer *s, uint8_t xy[64]);

/*
 * Signs a statement: the signer builds the preimage itself from the struct
 * and the canonical bytes; nobody can ask for a signature over a digest.
 * INTERNAL at "signer.statement" if st->signer is not this key's address.
 * Deterministic (RFC 6979), low s, v 27 or 28. Any number of threads at once.
 */
FALLIBLE signer_sign_statement(const struct signer *s,
    const struct statement *st, struct span canonical, struct keccak256 *digest,
    struct eth_sig *out, struct fault *f);

/* ---- the payer ---------------------------------------------------------- */

/*
 * The key that pays for transactions: each instance's own, one nonce sequence,
 * never shared by replicas, made here and never exported. Made, sealed and
 * opened as the statement key is, and with the same faults ("payer.key",
 * "payer.provider", ...).
 */
struct payer;

#define PAYER_FILE "payer.key" /* in state_dir; mode 0600 */
#define PAYER_SEAL_ID "affiant-payer-key-v1"

/*
 * As signer_open. Under a provider that cannot seal, what is sent to the
 * address is lost when the process ends: the caller looks at
 * payer_is_ephemeral before it shows the address to anybody.
 */
FALLIBLE payer_open(struct attest *a, const char *state_dir, struct payer **out,
    bool *made, struct fault *f);
/* A key that lives in memory only, for tests. */
FALLIBLE payer_make(struct payer **out, struct fault *f);
void payer_close(struct payer *p); /* wipes */
void payer_drop(struct payer **p);

const struct eth_addr *payer_address(const struct payer *p);
bool payer_is_ephemeral(const struct payer *p);

/*
 * Signs a transaction: *raw is what a node takes, *hash what it will be known
 * by. The payer builds the preimage itself; nobody can ask for a signature
 * over a digest. Faults of eth_tx_encode. Deterministic (RFC 6979), low s. Any
 * number of threads at once.
 */
FALLIBLE payer_sign_tx(const struct payer *p, const struct eth_tx *tx,
    struct blob *raw, struct keccak256 *hash, struct fault *f);

#endif
