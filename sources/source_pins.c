/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_pins.h"

#include "verify/base/text.h"

#include <string.h>

bool source_pins_are_there(const struct source_pins *p)
{
	return p->n_leaf + p->n_spki + p->n_issuer > 0;
}

static FALLIBLE check_list(const char *const *list, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) != 64 || !hex_is_lower(span_text(list[i])))
			return fault_raise(f, FAULT_CONFIG, "/pins",
			    "a pin has 64 hexadecimal digits in lower case: a "
			    "SHA-256");
	return true;
}

FALLIBLE source_pins_check(const struct source_config *c, struct fault *f)
{
	const struct source_pins *p = &c->pins;

	TRY(check_list(p->leaf, p->n_leaf, f));
	TRY(check_list(p->spki, p->n_spki, f));
	TRY(check_list(p->issuer, p->n_issuer, f));
	if (!source_pins_are_there(p))
		return true;
	/* Another server has other certificates, or none. */
	if (c->max_redirects > 0)
		return fault_raise(f, FAULT_CONFIG, "/pins",
		    "are those of the configured server: no redirects");
	if (c->allow_http)
		return fault_raise(f, FAULT_CONFIG, "/pins",
		    "there is nothing to pin on plain HTTP");
	return true;
}

static bool has(const char *const *list, size_t n, const struct sha256 *hash)
{
	char text[HEX_SIZE(32)];

	if (n == 0)
		return false;
	hex_encode(sha256_span(hash), text);
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

FALLIBLE source_pins_match(
    const struct source_pins *p, const struct tls_evidence *e, struct fault *f)
{
	bool found = !source_pins_are_there(p) ||
	    has(p->leaf, p->n_leaf, &e->leaf) ||
	    has(p->spki, p->n_spki, &e->spki) ||
	    has(p->issuer, p->n_issuer, &e->root);

	for (size_t i = 1; i < e->n_chain && !found; i++)
		found = has(p->issuer, p->n_issuer, &e->chain[i]);
	if (!found)
		return fault_raise(f, FAULT_REMOTE, "source.pin",
		    "the server shows a certificate that is trusted, and not "
		    "one that is pinned");
	return true;
}
