/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/sim_agent_marlin.h"

#include "attest/sim_nitro.h"
#include "verify/base/clock.h"
#include "verify/base/json.h"
#include "verify/base/text.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT "sim.marlin"
/* "The module accepts 1024." */
#define PARAMETER_MAX 1024

struct sim_marlin {
	struct sim_nitro_keys keys;
	struct sim_nitro_certs certs;
	struct sim_nitro_recipe recipe;
	pthread_mutex_t lock;
};

/* ---- keys ---------------------------------------------------------------- */

/* What is below the root lives for hours; it is made anew for each answer
 * that would find it ended. */
static FALLIBLE renew(struct sim_marlin *m, struct fault *f)
{
	struct utc now = clock_now();

	if (m->certs.cert[SIM_NITRO_LEAF] != NULL &&
	    now.ms < m->recipe.cert[SIM_NITRO_LEAF].to.ms - 60000)
		return true;
	for (size_t i = SIM_NITRO_REGION; i < SIM_NITRO_ROLES; i++) {
		X509_free(m->certs.cert[i]);
		m->certs.cert[i] = NULL;
	}
	sim_nitro_recipe_init(&m->recipe, now);
	TRY(sim_nitro_make_keys(&m->keys, f));
	return sim_nitro_make_certs(&m->keys, &m->recipe, &m->certs, f);
}

void sim_marlin_close(struct sim_marlin *m)
{
	if (m == NULL)
		return;
	sim_nitro_drop_keys(&m->keys);
	sim_nitro_drop_certs(&m->certs);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static FALLIBLE open_root(
    struct sim_marlin *m, const char *state_dir, struct fault *f)
{
	char dir[PATH_MAX];
	int n;

	if (state_dir == NULL)
		return true;
	n = snprintf(dir, sizeof(dir), "%s/simulator/nitro", state_dir);
	if (n < 0 || n >= (int)sizeof(dir))
		return fault_raise(
		    f, FAULT_CONFIG, AT, "the state folder's path is too long");
	return sim_nitro_root(dir, clock_now(), &m->keys.key[SIM_NITRO_ROOT],
	    &m->certs.cert[SIM_NITRO_ROOT], f);
}

bool sim_marlin_open(
    const char *state_dir, struct sim_marlin **out, struct fault *f)
{
	struct sim_marlin *m = calloc(1, sizeof(*m));

	if (m == NULL || pthread_mutex_init(&m->lock, NULL) != 0) {
		free(m);
		return fault_raise(f, FAULT_SYSTEM, AT, "no memory");
	}
	if (!open_root(m, state_dir, f) || !renew(m, f)) {
		sim_marlin_close(m);
		return false;
	}
	*out = m;
	return true;
}

/* ---- one answer ---------------------------------------------------------- */

static FALLIBLE read_parameter(const struct json_node *query, const char *name,
    struct blob *memory, struct sim_nitro_bytes *out, struct fault *f)
{
	const struct json_node *v = json_find(query, name);

	*out = (struct sim_nitro_bytes){ 0 };
	if (v == NULL)
		return true;
	out->is_there = true;
	if (json_text(v)[0] == '\0')
		return true;
	if (!hex_decode_blob(
		span_text(json_text(v)), PARAMETER_MAX, memory, AT, NULL))
		return fault_raise(
		    f, FAULT_FORMAT, AT, "Failed to decode %s", name);
	out->value = blob_span(memory);
	return true;
}

static FALLIBLE document(
    struct sim_marlin *m, struct span query, struct blob *out, struct fault *f)
{
	static const char *const names[] = { "public_key", "user_data",
		"nonce" };
	struct sim_nitro_bytes *const into[] = { &m->recipe.public_key,
		&m->recipe.user_data, &m->recipe.nonce };
	AUTO(json_drop) struct json *doc = NULL;
	struct blob memory[COUNT(names)] = { 0 };
	bool ok =
	    json_parse(query, &json_limits_default, AT, &doc, f) && renew(m, f);

	for (size_t i = 0; i < COUNT(names) && ok; i++)
		ok = read_parameter(
		    json_root(doc), names[i], &memory[i], into[i], f);
	m->recipe.timestamp = clock_now();
	ok = ok && sim_nitro_document(&m->keys, &m->certs, &m->recipe, out, f);
	for (size_t i = 0; i < COUNT(names); i++)
		blob_drop(&memory[i]);
	return ok;
}

static bool to_hex(struct blob *b)
{
	char *text = malloc(2 * b->n + 1);

	if (text == NULL)
		return false;
	hex_encode(blob_span(b), text);
	size_t n = 2 * b->n;
	blob_drop(b);
	*b = (struct blob){ (uint8_t *)text, n };
	return true;
}

static unsigned say(unsigned status, const char *sentence, struct blob *answer)
{
	return blob_copy(span_text(sentence), answer, NULL) ? status : 500;
}

unsigned sim_marlin_answer(struct sim_marlin *m, const char *path,
    struct span query, struct blob *answer)
{
	bool is_hex = strcmp(path, "/attestation/hex") == 0;
	struct fault f = FAULT_INIT;

	if (!is_hex && strcmp(path, "/attestation/raw") != 0)
		return say(404, "", answer);
	pthread_mutex_lock(&m->lock);
	bool ok = document(m, query, answer, &f);
	pthread_mutex_unlock(&m->lock);
	if (!ok)
		return say(f.kind == FAULT_FORMAT ? 400 : 500, f.text, answer);
	return !is_hex || to_hex(answer) ? 200 : say(500, "no memory", answer);
}
