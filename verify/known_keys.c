/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/known_keys.h"

#include "verify/base/text.h"

#define OLD_SIM "the simulator of dstack up to 0.5.5"
#define NEW_SIM "the newer simulator of dstack"
#define ZERO_SEED "a mock key server's, whose seed is all zero"

/* Lower-case hexadecimal text; a parenthesis holds what has two lines. */
static const struct {
	const char *key, *whose;
} known[] = {
	/* Roots of key services, and the apps' keys below them. */
	{ ("02cad3a8bb11c5c0858fb3e402048b51"
	   "37457039d577986daade678ed4b4ab1b9b"),
	    "the key service's root in " OLD_SIM },
	{ ("0321529e458424ab1f710a3a57ec4dad"
	   "2fb195ddca572f7469242ba6c7563085b6"),
	    "the key service's root in " NEW_SIM },
	{ ("02b85cceca0c02d878f0ebcda72a9746"
	   "9a472416eb6faf3c4807642132f9786810"),
	    "the app's key in " OLD_SIM },
	{ ("02818494263695e8839122dbd88e281d"
	   "7380622999df4e60a14befa0f2d096fc7c"),
	    "the app's key in " NEW_SIM },

	/* Addresses of what they derive for the paths that samples use. */
	{ "8f2cf602c9695b23130367ed78d8f557554de7c5",
	    "the key service's root in " OLD_SIM },
	{ "a7f6043c29f9cc1d9d6acf554c53e0c6792aaeaf",
	    "the key service's root in " NEW_SIM },
	{ "e9bebf5c6beeb5217177266d61321364c866c56d",
	    "derived for /oracle by " OLD_SIM },
	{ "02dfe75f2f63f6bf3bd98d362b7ff4f811465a40",
	    "derived for test by " OLD_SIM },
	{ "4c6d2297ffcd2fbcdff0b98f0da5bfdbc55e1704",
	    "derived for the empty path by " OLD_SIM },
	{ "25ecd69e70bef0e986b1e133bbccb3a0351faf03",
	    "derived for /oracle by " NEW_SIM },
	{ "66527976bdb9df65109af70dbebaeaf51853c6ac",
	    "derived for test by " NEW_SIM },
	{ "bbb6317280e85d785becc5628e34b635f5bfab08",
	    "derived for the empty path by " NEW_SIM },
	{ "9947662433cfa4b840c8f3c801c5a6d89576906e", ZERO_SEED },
	{ "17408afd65132f01b1afc1d727ad5b75b151f006", ZERO_SEED },
	{ "e1d3a8a26b11b57f1012f9a4894fef68ae63c36a", ZERO_SEED },

	/* The certificate under which a mock enclave signs its documents. */
	{ "024a7c97261ad34de885537fa08b8bd35121a28d9dc2017e688e4813fda28c96",
	    "that of Marlin's mock enclave" },
};

const char *known_key_find(struct span key)
{
	char text[HEX_SIZE(33)];

	if (key.n > 33)
		return NULL;
	hex_encode(key, text);
	for (size_t i = 0; i < COUNT(known); i++)
		if (span_equal_text(span_text(text), known[i].key))
			return known[i].whose;
	return NULL;
}
