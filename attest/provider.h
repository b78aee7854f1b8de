/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of attest/: what stands behind a row of the table of providers. A new
 * provider is one file that ends with its row, and one line in
 * quote_providers.c.
 */
#ifndef AFFIANT_ATTEST_PROVIDER_H
#define AFFIANT_ATTEST_PROVIDER_H

#include "attest/attest.h"
#include "verify/base/seal.h"

/* A key that a key service derived for this app, and who says so. */
struct attest_key {
	struct secret32 key;
	/* r, s, recovery id: by the app's key, and by the service's root. */
	uint8_t signature[2][65];
	bool has_service; /* false: there is no second signature */
	uint8_t app_id[20];
	const char *path, *purpose; /* the provider's own memory */
};

/* What is known of a provider once it is open. Hints. */
struct attest_facts {
	bool simulated;
	bool measured; /* attest_config.config */
};

/*
 * The provider's functions. attest.c calls quote, derive, collateral and
 * seal_root one at a time, under its lock, between open and close; `state` is
 * what open made. quote and close are never NULL; the others may be, and mean
 * that the platform has none. A platform that can say more about it raises
 * UNSUPPORTED itself, and for nothing else.
 */
struct attest_ops {
	/*
	 * Opens the hardware (or the simulator's folder). *platform_out is
	 * one of the row's platforms.
	 */
	FALLIBLE(*open)
	(const struct attest_config *cfg, void **state_out,
	    const char **platform_out, struct fault *f);
	FALLIBLE(*quote)
	(void *state, const uint8_t report_data[REPORT_DATA_BYTES],
	    struct attested *out, struct fault *f);
	/* The statement key; *out is wiped by the caller. */
	FALLIBLE(*derive)
	(void *state, struct attest_key *out, struct fault *f);
	FALLIBLE (*collateral)(void *state, struct blob *out, struct fault *f);
	FALLIBLE(*seal_root)
	(void *state, struct secret32 *root, struct seal_id *id,
	    struct fault *f);
	/* Does not change once open; asked without the lock. */
	struct attest_facts (*facts)(const void *state);
	void (*close)(void *state); /* wipes what is secret */
};

/*
 * The row that a configuration means (see attest_open), from a table that ends
 * with NULL. `provider` and `simulate` may be NULL.
 */
FALLIBLE attest_choose(const struct attest_row *const *rows,
    const char *provider, const char *simulate, const struct attest_row **out,
    struct fault *f);

/* attest_open, when the row is known; also for rows outside of the table. */
FALLIBLE attest_open_row(const struct attest_row *row,
    const struct attest_config *cfg, struct attest **out, struct fault *f);

/*
 * The statement key of the provider's key service, for the signer. UNSUPPORTED
 * when there is none, and for no other reason.
 */
FALLIBLE attest_derive(
    struct attest *a, struct attest_key *out, struct fault *f);

extern const struct attest_row quote_dstack, quote_tappd, quote_tdx_tsm,
    quote_nitro, quote_marlin, quote_sim_tdx, quote_sim_nitro;

#endif
