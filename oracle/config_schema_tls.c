/* SPDX-License-Identifier: Apache-2.0 */
/* The table of http.tls. */
#include "oracle/config_schema.h"

#include "verify/ratls.h"

#include <string.h>

static const char *word_of_tls_mode(size_t i)
{
	static const char *const words[] = { "ra-tls" };

	return i < COUNT(words) ? words[i] : NULL;
}

/* In the order of enum ratls_form. */
static const char *word_of_ratls_form(size_t i)
{
	return ratls_form_names[i];
}

/* A DNS name: what clients look for in a certificate. */
static FALLIBLE check_server_name(const char *value, struct fault *f)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "0123456789-.";

	if (value[strspn(value, allowed)] != '\0' || value[0] == '.' ||
	    strstr(value, "..") != NULL)
		return fault_raise(f, FAULT_CONFIG, "config.tls.name",
		    "want a DNS name in lower case, as in oracle.example");
	return true;
}

/* A quote each half minute is what a slow machine makes at the most. */
#define TLS_VALID_S_MIN 60
#define TLS_VALID_S_MAX ((LIMIT_RATLS_DAYS - 1) * 86400ull)

static const struct config_member tls_members[] = {
	{ "mode", CONFIG_WORD, true, INTO(tls_config, mode),
	    .words = word_of_tls_mode,
	    .help = "a key made in the TEE, and a certificate with a quote "
		    "over it" },
	{ "form", CONFIG_INDEX, INTO(tls_config, form),
	    .fallback = RATLS_AFFIANT, .words = word_of_ratls_form,
	    .help = "where the evidence stands: in our extension, or as in "
		    "certificates of dstack's guests" },
	{ "name", CONFIG_TEXT, INTO(tls_config, name), .min = 1, .max = 253,
	    .fallback_text = "affiant", .check = check_server_name,
	    .help = "the server's DNS name in the certificate; nobody vouches "
		    "for it" },
	{ "valid_s", CONFIG_NUMBER, INTO(tls_config, valid_s),
	    .min = TLS_VALID_S_MIN, .max = TLS_VALID_S_MAX, .fallback = 86400,
	    .help = "how long a certificate is good; a new key, quote and "
		    "certificate are made after two thirds of it" },
};
const struct config_object config_tls_object = { "tls", "http.tls",
	ROWS(tls_members), 0 };
