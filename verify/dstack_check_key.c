/* SPDX-License-Identifier: Apache-2.0 */
/* Who vouches for the signer's key besides the quote. */
#include "verify/dstack_kind.h"
#include "verify/known_keys.h"

#include <string.h>

#define NO_CHAIN "the evidence carries no key chain"

static bool without_key(const struct kind_case *c, struct fault *f)
{
	if (dstack_case_of(c)->has_key)
		return false;
	(void)tee_skip(f, NO_CHAIN);
	return true;
}

bool dstack_check_key_form(struct kind_case *c, struct fault *f)
{
	struct dstack_case *d = dstack_case_of(c);

	if (c->evidence->key_chain.n == 0)
		return tee_skip(f, NO_CHAIN);
	TRY(dstack_key_parse(c->evidence->key_chain, &d->key, f));
	d->has_key = true;
	return true;
}

/* Before anything is recovered from it: the app that was measured. */
bool dstack_check_key_app_id(struct kind_case *c, struct fault *f)
{
	const struct dstack_case *d = dstack_case_of(c);

	if (without_key(c, f))
		return false;
	if (!d->has_identity)
		return fault_raise(f, FAULT_UNSUPPORTED, "dstack.key.app-id",
		    "there is a key chain and no event log: nothing says "
		    "whose app it is");
	if (memcmp(d->key.app_id, d->id.app_id, sizeof(d->id.app_id)) != 0)
		return fault_raise(f, FAULT_CRYPTO, "dstack.key.app-id",
		    "the key was given to another app than the one measured");
	return true;
}

bool dstack_check_key_app(struct kind_case *c, struct fault *f)
{
	struct dstack_case *d = dstack_case_of(c);

	if (without_key(c, f))
		return false;
	return dstack_key_app(
	    span_of(d->key.public_key.b, sizeof(d->key.public_key.b)),
	    d->key.purpose, &d->key.by_app, &d->app_key, f);
}

bool dstack_check_key_root(struct kind_case *c, struct fault *f)
{
	struct dstack_case *d = dstack_case_of(c);
	bool is_kms = d->id.key_provider == DSTACK_KEYS_KMS;

	if (without_key(c, f))
		return false;
	if (d->key.has_root != is_kms)
		return fault_raise(f, FAULT_CRYPTO, "dstack.key.root", "%s",
		    is_kms ? "a key service was measured, and the chain ends "
			     "without its signature"
			   : "the chain names a key service, and none was "
			     "measured");
	if (!is_kms)
		return tee_skip(f,
		    "no key service: keys are this instance's own, and only "
		    "the quote vouches for them");
	return dstack_key_root(
	    d->id.app_id, &d->app_key, &d->key.by_root, &d->root_key, f);
}

static FALLIBLE check_secret(
    const struct eth_key *key, const char *what, struct fault *f)
{
	const char *whose = known_key_find(span_of(key->b, sizeof(key->b)));

	if (whose != NULL)
		return fault_raise(f, FAULT_CRYPTO, "dstack.key.published",
		    "the %s is one whose secret is published: %s", what, whose);
	return true;
}

bool dstack_check_key_known(struct kind_case *c, struct fault *f)
{
	const struct dstack_case *d = dstack_case_of(c);

	if (without_key(c, f))
		return false;
	TRY(check_secret(&d->app_key, "app's key", f));
	return !d->key.has_root ||
	    check_secret(&d->root_key, "key service's root", f);
}

bool dstack_check_key_signer(struct kind_case *c, struct fault *f)
{
	const struct dstack_case *d = dstack_case_of(c);
	struct eth_addr a;

	if (without_key(c, f))
		return false;
	if (!eth_addr_from_key(&d->key.public_key, &a, f))
		return false;
	if (c->statement == NULL)
		return tee_skip(f, "there is no statement to compare with");
	if (!eth_addr_equal(&a, &c->statement->signer))
		return fault_raise(f, FAULT_CRYPTO, "dstack.key.signer",
		    "the chain vouches for another key than the one that "
		    "signed the statement");
	return true;
}
