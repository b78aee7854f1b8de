/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/attest.h"

#include "attest/provider.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct attest {
	const struct attest_row *row;
	const char *platform;
	void *state;
	pthread_mutex_t turn;
};

/* ---- which row ---------------------------------------------------------- */

typedef const struct attest_row *const *rows_t;

static bool row_has_platform(const struct attest_row *row, const char *platform)
{
	for (const char *const *p = row->platforms; *p; p++)
		if (strcmp(*p, platform) == 0)
			return true;
	return false;
}

/* "tdx, sev-snp": the platforms that have a simulator. */
static void list_simulated(rows_t rows, char *text, size_t n)
{
	struct fault ignored = FAULT_INIT;
	struct wr w = wr_into(text, n - 1, "attest.simulate", &ignored);
	for (size_t i = 0; rows[i]; i++) {
		if (!rows[i]->simulator)
			continue;
		for (const char *const *p = rows[i]->platforms; *p; p++)
			wr_printf(&w, "%s%s", w.n ? ", " : "", *p);
	}
	text[w.n] = '\0';
}

/* The ids that `provider` may name, each once. */
static void list_providers(rows_t rows, char *text, size_t n)
{
	struct fault ignored = FAULT_INIT;
	struct wr w = wr_into(text, n - 1, "attest.provider", &ignored);
	wr_text(&w, "auto");
	for (size_t i = 0; rows[i]; i++) {
		bool seen = false;
		for (size_t j = 0; j < i; j++)
			seen |= strcmp(rows[j]->id, rows[i]->id) == 0;
		if (!seen)
			wr_printf(&w, ", %s", rows[i]->id);
	}
	text[w.n] = '\0';
}

/* platform NULL: the first simulator of the table. */
static FALLIBLE find_simulator(rows_t rows, const char *platform,
    const struct attest_row **out, struct fault *f)
{
	for (size_t i = 0; rows[i]; i++)
		if (rows[i]->simulator &&
		    (!platform || row_has_platform(rows[i], platform))) {
			*out = rows[i];
			return true;
		}
	char known[96];
	list_simulated(rows, known, sizeof(known));
	return fault_raise(f, FAULT_UNSUPPORTED, "attest.simulate",
	    "there is no simulator for \"%.32s\"; the platforms that can be "
	    "simulated are: %s",
	    platform ? platform : "", known);
}

static FALLIBLE find_hardware(
    rows_t rows, const struct attest_row **out, struct fault *f)
{
	for (size_t i = 0; rows[i]; i++) {
		struct fault why = FAULT_INIT;
		if (!rows[i]->simulator && rows[i]->detect(&why)) {
			*out = rows[i];
			return true;
		}
	}
	return fault_raise(f, FAULT_UNSUPPORTED, "attest.detect",
	    "no TEE that can quote was found here (`affiantd detect` says what "
	    "was tried); run inside one, or ask for simulated quotes, which "
	    "prove nothing, with \"provider\":\"simulator\" or "
	    "AFFIANT_SIMULATE=tdx");
}

static FALLIBLE find_named(
    rows_t rows, const char *id, const struct attest_row **out, struct fault *f)
{
	for (size_t i = 0; rows[i]; i++)
		if (strcmp(rows[i]->id, id) == 0) {
			*out = rows[i];
			return true;
		}
	char known[128];
	list_providers(rows, known, sizeof(known));
	return fault_raise(f, FAULT_CONFIG, "attest.provider",
	    "there is no provider \"%.32s\"; known are: %s", id, known);
}

/*
 * Simulation is switched on by explicit words only, never because detection
 * failed; and never against a provider that was asked for by name.
 */
FALLIBLE attest_choose(const struct attest_row *const *rows,
    const char *provider, const char *simulate, const struct attest_row **out,
    struct fault *f)
{
	if (simulate && !*simulate)
		simulate = NULL;
	if (!provider || strcmp(provider, "auto") == 0)
		return simulate ? find_simulator(rows, simulate, out, f)
				: find_hardware(rows, out, f);
	const struct attest_row *row = NULL;
	TRY(find_named(rows, provider, &row, f));
	if (row->simulator)
		return find_simulator(rows, simulate, out, f);
	if (simulate)
		return fault_raise(f, FAULT_CONFIG, "attest.simulate",
		    "provider \"%.32s\" is hardware, and simulation of "
		    "\"%.32s\" is asked for as well (AFFIANT_SIMULATE or "
		    "`simulate`): drop one of them",
		    provider, simulate);
	*out = row;
	return true;
}

/* ---- opening and closing ------------------------------------------------ */

FALLIBLE attest_open_row(const struct attest_row *row,
    const struct attest_config *cfg, struct attest **out, struct fault *f)
{
	struct attest *a = calloc(1, sizeof(*a));
	if (!a || pthread_mutex_init(&a->turn, NULL) != 0) {
		free(a);
		return fault_raise(f, FAULT_SYSTEM, "attest.open", "no memory");
	}
	a->row = row;
	if (!row->ops->open(cfg, &a->state, &a->platform, f)) {
		pthread_mutex_destroy(&a->turn);
		free(a);
		return false;
	}
	*out = a;
	return true;
}

FALLIBLE attest_open(
    const struct attest_config *cfg, struct attest **out, struct fault *f)
{
	const struct attest_row *row = NULL;
	const char *simulate = cfg->simulate;
	if (!simulate)
		simulate = getenv("AFFIANT_SIMULATE");
	TRY(attest_choose(attest_rows, cfg->provider, simulate, &row, f));
	return attest_open_row(row, cfg, out, f);
}

void attest_close(struct attest *a)
{
	if (!a)
		return;
	a->row->ops->close(a->state);
	pthread_mutex_destroy(&a->turn);
	free(a);
}

void attest_drop(struct attest **a)
{
	attest_close(*a);
	*a = NULL;
}

const char *attest_provider(const struct attest *a)
{
	return a->row->id;
}

const char *attest_platform(const struct attest *a)
{
	return a->platform;
}

bool attest_is_simulated(const struct attest *a)
{
	return a->row->simulator ||
	    (a->row->ops->facts && a->row->ops->facts(a->state).simulated);
}

bool attest_is_measured(const struct attest *a)
{
	return a->row->ops->facts && a->row->ops->facts(a->state).measured;
}

/* ---- what a provider does, one caller at a time ------------------------- */

void attested_drop(struct attested *q)
{
	blob_drop(&q->quote);
	blob_drop(&q->event_log);
	blob_drop(&q->app_compose);
}

FALLIBLE attest_quote(struct attest *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct attested *out,
    struct fault *f)
{
	pthread_mutex_lock(&a->turn);
	bool ok = a->row->ops->quote(a->state, report_data, out, f);
	pthread_mutex_unlock(&a->turn);
	return ok;
}

FALLIBLE attest_collateral(struct attest *a, struct blob *out, struct fault *f)
{
	if (!a->row->ops->collateral)
		return fault_raise(f, FAULT_UNSUPPORTED, "attest.collateral",
		    "provider %s has no collateral", a->row->id);
	pthread_mutex_lock(&a->turn);
	bool ok = a->row->ops->collateral(a->state, out, f);
	pthread_mutex_unlock(&a->turn);
	return ok;
}

FALLIBLE attest_seal_root(struct attest *a, struct secret32 *root,
    struct seal_id *id, struct fault *f)
{
	if (!a->row->ops->seal_root)
		return fault_raise(f, FAULT_UNSUPPORTED, "attest.seal",
		    "sealing unavailable: provider %s gives no secret",
		    a->row->id);
	pthread_mutex_lock(&a->turn);
	bool ok = a->row->ops->seal_root(a->state, root, id, f);
	pthread_mutex_unlock(&a->turn);
	return ok;
}

FALLIBLE attest_derive(
    struct attest *a, struct attest_key *out, struct fault *f)
{
	if (!a->row->ops->derive)
		return fault_raise(f, FAULT_UNSUPPORTED, "attest.derive",
		    "provider %s has no key service", a->row->id);
	pthread_mutex_lock(&a->turn);
	bool ok = a->row->ops->derive(a->state, out, f);
	pthread_mutex_unlock(&a->turn);
	return ok;
}
