/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statement key (held_key.h): sealed on disk, or derived by the platform's
 * key service.
 */
#include "attest/held_key.h"
#include "attest/provider.h"

#include "verify/base/canon.h"

#include <stdlib.h>
#include <string.h>

struct signer {
	struct held_key *key;
	bool is_derived; /* by a key service, for this app */
	bool has_service;
	uint8_t app_id[20];
	struct blob key_chain; /* canonical JSON, or empty */
};

static const struct held_key_kind signer_kind = {
	.file = SIGNER_FILE,
	.seal_id = SIGNER_SEAL_ID,
	.name = "statement key",
	.at_key = "signer.key",
	.at_memory = "signer.memory",
	.at_path = "signer.path",
	.at_provider = "signer.provider",
	.at_sign = "signer.sign",
};

static FALLIBLE signer_new(struct signer **out, struct fault *f)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "signer.memory", "no memory for the key");
	return true;
}

void signer_close(struct signer *s)
{
	if (!s)
		return;
	held_key_close(s->key);
	blob_drop(&s->key_chain);
	free(s);
}

void signer_drop(struct signer **s)
{
	signer_close(*s);
	*s = NULL;
}

FALLIBLE signer_make(struct signer **out, struct fault *f)
{
	AUTO(signer_drop) struct signer *s = NULL;
	TRY(signer_new(&s, f));
	TRY(held_key_make(&signer_kind, &s->key, f));
	*out = s;
	s = NULL;
	return true;
}

/* ---- a key of the provider's key service -------------------------------- */

static void key_wipe(struct attest_key *k)
{
	secret_wipe(&k->key);
}

/* The members of FORMAT.evidence.md section 7. */
static FALLIBLE write_chain(
    struct signer *s, const struct attest_key *k, struct fault *f)
{
	AUTO(wr_drop) struct wr w = wr_grow(4096, "signer.chain", f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	canon_hex(&c, "appId", span_of(k->app_id, sizeof(k->app_id)));
	canon_text(&c, "path", k->path);
	canon_hex(&c, "publicKey", span_of(held_key_compressed(s->key), 33));
	canon_text(&c, "purpose", k->purpose);
	canon_array(&c, "signatures");
	canon_hex(&c, NULL, span_of(k->signature[0], 65));
	canon_hex(&c, NULL, span_of(k->signature[1], k->has_service ? 65 : 0));
	canon_end(&c);
	canon_text(&c, "type", "dstack-getkey");
	canon_end(&c);
	return wr_done(&w, &s->key_chain);
}

/*
 * Whose signatures these are cannot be said here: recovery gives some key
 * always, and which root counts is the verifier's policy.
 */
static FALLIBLE open_derived(
    const struct attest_key *k, struct signer **out, struct fault *f)
{
	AUTO(signer_drop) struct signer *s = NULL;
	TRY(signer_new(&s, f));
	TRY(held_key_take(&signer_kind, &k->key, &s->key, f));
	s->is_derived = true;
	s->has_service = k->has_service;
	memcpy(s->app_id, k->app_id, sizeof(s->app_id));
	TRY(write_chain(s, k, f));
	*out = s;
	s = NULL;
	return true;
}

/* *found is false, without a fault, where there is no key service. */
static FALLIBLE try_derived(struct attest *a, const char *path, bool fresh,
    struct signer **out, bool *found, struct fault *f)
{
	AUTO(key_wipe) struct attest_key k = { .has_service = false };
	struct fault why = FAULT_INIT;
	*found = attest_derive(a, &k, &why);
	if (!*found && why.kind == FAULT_UNSUPPORTED)
		return true;
	if (!*found)
		return fault_raise(f, why.kind, why.at, "%s", why.text);
	if (!fresh)
		return fault_raise(f, FAULT_CONFIG, "signer.provider",
		    "provider %.32s derives the statement key, and %.90s holds "
		    "another one: configure the provider it belongs to, or "
		    "move the file away",
		    attest_provider(a), path);
	return open_derived(&k, out, f);
}

FALLIBLE signer_open(struct attest *a, const char *state_dir,
    struct signer **out, bool *made, struct fault *f)
{
	AUTO(signer_drop) struct signer *s = NULL;
	struct held_key_place place;
	bool derived = false;
	TRY(held_key_find(&signer_kind, state_dir, &place, f));
	TRY(try_derived(a, place.path, place.fresh, out, &derived, f));
	if (derived) {
		*made = false;
		return true;
	}
	TRY(signer_new(&s, f));
	TRY(held_key_open(
	    &signer_kind, a, state_dir, &place, &s->key, made, f));
	*out = s;
	s = NULL;
	return true;
}

/* ---- using it ----------------------------------------------------------- */

const struct eth_addr *signer_address(const struct signer *s)
{
	return held_key_address(s->key);
}

bool signer_is_ephemeral(const struct signer *s)
{
	return held_key_is_ephemeral(s->key);
}

struct span signer_key_chain(const struct signer *s)
{
	return blob_span(&s->key_chain);
}

bool signer_has_service(const struct signer *s)
{
	return s->has_service;
}

bool signer_app_id(const struct signer *s, uint8_t app_id[20])
{
	if (s->is_derived)
		memcpy(app_id, s->app_id, sizeof(s->app_id));
	return s->is_derived;
}

void signer_public_key33(const struct signer *s, uint8_t out[33])
{
	memcpy(out, held_key_compressed(s->key), 33);
}

void signer_public_key(const struct signer *s, uint8_t xy[64])
{
	memcpy(xy, held_key_xy(s->key), 64);
}

FALLIBLE signer_sign_statement(const struct signer *s,
    const struct statement *st, struct span canonical, struct keccak256 *digest,
    struct eth_sig *out, struct fault *f)
{
	struct sha256 sha = sha256_of(canonical);
	struct keccak256 built;
	struct eth_sig sig;
	const char *type;
	if (!eth_addr_equal(&st->signer, signer_address(s)))
		return fault_raise(f, FAULT_INTERNAL, "signer.statement",
		    "the statement names another signer than this key");
	TRY(statement_signing_digest(st, &sha, &built, &type, f));
	TRY(held_key_sign(s->key, &built, &sig, f));
	*digest = built;
	*out = sig;
	return true;
}
