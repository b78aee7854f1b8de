/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workshop of the TDX simulator, inside of attest/ and for tests. It mints
 * evidence with the bytes of the real thing (certificates, CRLs, signed JSON,
 * quote) from a recipe. The provider uses the default recipe; tests change one
 * field of it and get evidence that is honestly signed and wrong at exactly
 * one place. Whatever a recipe says, the root is self-made: see SIMULATOR.md.
 *
 * Sections are those of the Intel DCAP notes: 5 certificates, 7 CRLs, 8 signed
 * JSON, 2 to 4 quote.
 */
#ifndef AFFIANT_ATTEST_SIM_H
#define AFFIANT_ATTEST_SIM_H

#include "verify/base/hash.h"
#include "verify/base/utc.h"
#include "verify/evidence.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

/* ---- who is who --------------------------------------------------------- */

/* Keys; all but the last have a certificate. */
enum sim_role {
	SIM_ROOT,
	SIM_PLATFORM_CA,
	SIM_TCB_SIGNER, /* signs TCB info and QE identity */
	SIM_PCK,        /* signs the QE report */
	SIM_AK,         /* the attestation key: signs the quote */
	SIM_ROLES
};
#define SIM_CERTS SIM_AK

struct sim_keys {
	EVP_PKEY *key[SIM_ROLES]; /* P-256 */
};
struct sim_certs {
	X509 *cert[SIM_CERTS];
};

/* ---- the recipe --------------------------------------------------------- */

/* A certificate (section 5). */
struct sim_cert {
	const char *cn;
	bool vendor_names;       /* O, L, ST, C as well; the root has CN only */
	enum sim_role issuer;    /* whose subject and key id stand in it */
	enum sim_role signed_by; /* whose key really signs */
	struct utc from, to;
	const char *constraints; /* OpenSSL's words; NULL: no such extension */
	const char *usage;
	unsigned flaws; /* enum sim_cert_flaw */
};
enum sim_cert_flaw {
	SIM_CERT_NO_KEY_IDS = 1,  /* neither AKI nor SKI */
	SIM_CERT_OTHER_AKI = 2,   /* AKI names another key */
	SIM_CERT_CRITICAL = 4,    /* an unknown critical extension */
	SIM_CERT_EXTRA = 8,       /* an unknown extension, not critical */
	SIM_CERT_SHA384 = 16,     /* ecdsa-with-SHA384 */
	SIM_CERT_NO_SIM_MARK = 32 /* root: without the simulator's extension */
};

/* The PCK certificate's SGX extension. */
struct sim_sgx {
	uint8_t ppid[16];
	int32_t component[16]; /* 0..255 in the honest case */
	int32_t pcesvn;
	uint8_t cpusvn[16];
	uint8_t pceid[2];
	uint8_t fmspc[6];
	uint8_t type; /* 1 scalable */
	uint8_t instance[16];
	unsigned flaws; /* enum sim_sgx_flaw */
};
enum sim_sgx_flaw {
	SIM_SGX_ABSENT = 1,        /* no such extension */
	SIM_SGX_FMSPC_TWICE = 2,   /* FMSPC, and once more at the end */
	SIM_SGX_NO_COMPONENT7 = 4, /* 15 components */
	SIM_SGX_FMSPC_SHORT = 8,   /* FMSPC of 5 bytes */
	SIM_SGX_TRAILING = 16      /* one byte behind the SEQUENCE */
};

/* A CRL (section 7). */
struct sim_crl {
	enum sim_role issuer, signed_by;
	struct utc from, to;
	unsigned revoked; /* bit (1u << role): that certificate's serial */
	unsigned flaws;   /* enum sim_crl_flaw */
};
enum sim_crl_flaw {
	SIM_CRL_NO_NEXT_UPDATE = 1,
	SIM_CRL_CRITICAL = 2, /* an unknown critical extension */
	SIM_CRL_DELTA = 4
};

/*
 * A signed JSON body (section 8). The edits are made in the inner object
 * before it is signed, each at the first place where `from` stands; a `from`
 * that stands nowhere is a USAGE fault.
 */
struct sim_edit {
	const char *from, *to;
};
struct sim_json {
	struct utc from, to; /* issueDate, nextUpdate */
	enum sim_role signed_by;
	enum sim_role chain[3]; /* issuer chain, leaf first; n_chain of them */
	size_t n_chain;
	struct span chain_text; /* PEM instead of the chain; or empty */
	const struct sim_edit *edits;
	size_t n_edits;
};

/* Header, TD report and authentication data (sections 2 to 4). */
struct sim_quote {
	uint16_t version, key_type;
	uint32_t tee_type;
	uint8_t vendor[16], user_data[20];

	uint8_t tee_tcb_svn[16];
	uint8_t mr_seam[48], mr_signer_seam[48];
	uint64_t seam_attributes, td_attributes, xfam;
	uint8_t mr_td[48], mr_config_id[48], mr_owner[48], mr_owner_config[48];
	uint8_t rtmr[4][48];
	enum sim_role signed_by; /* SIM_AK */

	uint8_t qe_cpusvn[16];
	uint32_t qe_miscselect;
	uint64_t qe_flags, qe_xfrm;
	uint8_t qe_mr_enclave[32], qe_mr_signer[32];
	uint16_t qe_prod_id, qe_svn;
	uint8_t qe_data_tail[32];   /* upper half of its REPORTDATA: zero */
	struct span qe_auth;        /* authentication data: 00 01 .. 1f */
	enum sim_role qe_signed_by; /* SIM_PCK */

	const uint8_t *ak; /* 64 bytes instead of the AK's X, Y; or NULL */
	uint16_t outer_type, inner_type; /* 6 and 5 */
	enum sim_role chain[4];          /* leaf first; n_chain of them */
	size_t n_chain;
	struct span chain_text; /* instead of chain and its NUL; or empty */
	size_t zero_tail;       /* zero bytes behind the quote */
};

struct sim_recipe {
	struct sim_cert cert[SIM_CERTS];
	struct sim_sgx sgx;
	struct sim_crl root_crl, pck_crl;
	struct sim_json tcb_info, qe_identity;
	struct sim_quote quote;
};

/* Everything as it should be, valid from a day before `now` (sim_recipe.c). */
void sim_recipe_init(struct sim_recipe *r, struct utc now);

/* ---- keys and certificates (sim_pki.c) ---------------------------------- */

FALLIBLE sim_pki_make_keys(struct sim_keys *out, struct fault *f);
void sim_pki_drop_keys(struct sim_keys *k);

FALLIBLE sim_pki_make_certs(const struct sim_keys *keys,
    const struct sim_recipe *r, struct sim_certs *out, struct fault *f);
void sim_pki_drop_certs(struct sim_certs *c);

/* PEM blocks, one behind the other, as they stand in chains. */
FALLIBLE sim_pki_chain(const struct sim_certs *certs, const enum sim_role *who,
    size_t n, struct blob *out, struct fault *f);
FALLIBLE sim_pki_cert_der(const struct sim_certs *certs, enum sim_role who,
    struct blob *out, struct fault *f);
/* r || s over SHA-256 of the bytes. */
FALLIBLE sim_pki_sign(
    EVP_PKEY *key, struct span bytes, uint8_t rs[64], struct fault *f);
/* X || Y */
FALLIBLE sim_pki_public(EVP_PKEY *key, uint8_t xy[64], struct fault *f);

/* The value of the SGX extension (sim_sgx.c). */
FALLIBLE sim_sgx_encode(
    const struct sim_sgx *sgx, struct wr *w, struct fault *f);

/* A CRL in DER (sim_crl.c). */
FALLIBLE sim_crl_make(const struct sim_keys *keys,
    const struct sim_certs *certs, const struct sim_crl *crl, struct blob *out,
    struct fault *f);

/* ---- collateral (sim_collateral.c) -------------------------------------- */

struct sim_collateral {
	struct blob tcb_info, qe_identity; /* bodies as a service sends them */
	struct blob pck_crl, root_crl;     /* DER */
	struct blob tcb_chain, qe_chain;   /* PEM: TCB signer, root */
	struct blob pck_crl_chain;         /* PEM: Platform CA, root */
};
FALLIBLE sim_collateral_make(const struct sim_keys *keys,
    const struct sim_certs *certs, const struct sim_recipe *r,
    struct sim_collateral *out, struct fault *f);
void sim_collateral_drop(struct sim_collateral *c);
/* The bundle of FORMAT.evidence.md. */
FALLIBLE sim_collateral_bundle(
    const struct sim_collateral *c, struct blob *out, struct fault *f);

/* ---- the quote (sim_tdx_quote.c) ---------------------------------------- */

/*
 * All that follows the attestation key: the QE report, its signature and the
 * PCK chain. It does not change from quote to quote.
 */
FALLIBLE sim_tdx_quote_tail(const struct sim_keys *keys,
    const struct sim_certs *certs, const struct sim_quote *q, struct blob *out,
    struct fault *f);
/* A whole quote around that tail: one signature. */
FALLIBLE sim_tdx_quote_make(const struct sim_keys *keys,
    const struct sim_quote *q, struct span tail,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *out,
    struct fault *f);

/* ---- the folder (sim_state.c) ------------------------------------------- */

/*
 * Loads keys and certificates from dir, or makes them there when dir does not
 * exist (all at once: a crash leaves no half of a folder). A file that is
 * missing, unreadable or does not fit the others is a fault at "sim.state"
 * that names it and says to delete the folder.
 */
FALLIBLE sim_state_open(const char *dir, struct utc now, struct sim_keys *keys,
    struct sim_certs *certs, struct fault *f);
/* The 16 bytes of the UUID in `path`, made at first use (sealing, 4.5). */
FALLIBLE sim_state_uuid(const char *path, uint8_t uuid[16], struct fault *f);

#endif
