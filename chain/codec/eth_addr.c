/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses: twenty bytes of a Keccak-256, their checksummed text (EIP-55),
 * and the addresses of contracts (CREATE, and EIP-1014 for CREATE2).
 */
#include "chain/eth.h"
#include "chain/eth_rlp.h"
#include "verify/base/text.h"

#include <string.h>

#define N_DIGITS 40

/* An address is the last 20 of 32 bytes. */
static struct eth_addr from_hash(struct keccak256 hash)
{
	struct eth_addr a;

	memcpy(a.b, hash.b + sizeof(hash.b) - sizeof(a.b), sizeof(a.b));
	return a;
}

struct eth_addr eth_addr_from_public_key(const uint8_t xy[64])
{
	return from_hash(keccak256_of(span_of(xy, 64)));
}

char *eth_addr_format(const struct eth_addr *a, char out[ETH_ADDR_TEXT_SIZE])
{
	char digits[HEX_SIZE(sizeof(a->b))];
	struct keccak256 hash;

	/* The hash is over the lower-case digits as text, without 0x. */
	hex_encode(span_of(a->b, sizeof(a->b)), digits);
	hash = keccak256_of(span_of(digits, N_DIGITS));
	/* Letter i is upper case when nibble i of the hash is 8 or more. */
	for (size_t i = 0; i < N_DIGITS; i++) {
		const unsigned nibble =
		    i % 2 == 0 ? hash.b[i / 2] >> 4 : hash.b[i / 2] & 0x0f;

		if (nibble >= 8 && digits[i] >= 'a')
			digits[i] = (char)(digits[i] - 'a' + 'A');
	}
	out[0] = '0';
	out[1] = 'x';
	memcpy(out + 2, digits, sizeof(digits));
	return out;
}

/* Both cases among the letters: the writer meant a checksum. */
static bool is_mixed_case(struct span text)
{
	bool lower = false, upper = false;

	for (size_t i = 2; i < text.n; i++) {
		lower = lower || (text.p[i] >= 'a' && text.p[i] <= 'f');
		upper = upper || (text.p[i] >= 'A' && text.p[i] <= 'F');
	}
	return lower && upper;
}

FALLIBLE eth_addr_parse(struct span text, struct eth_addr *out, struct fault *f)
{
	struct eth_addr a;
	char want[ETH_ADDR_TEXT_SIZE];

	TRY(hex_decode_0x(text, a.b, sizeof(a.b), "eth.addr", f));
	if (is_mixed_case(text)) {
		eth_addr_format(&a, want);
		for (size_t i = 2; i < text.n; i++) {
			if (text.p[i] == (uint8_t)want[i])
				continue;
			return fault_raise_at(f, FAULT_FORMAT, "eth.addr", i,
			    "the letter case does not match the EIP-55 "
			    "checksum: a digit of this address was mistyped");
		}
	}
	*out = a;
	return true;
}

bool eth_addr_equal(const struct eth_addr *a, const struct eth_addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool eth_addr_is_zero(const struct eth_addr *a)
{
	return span_is_zero(span_of(a->b, sizeof(a->b)));
}

struct eth_addr eth_addr_create(const struct eth_addr *from, uint64_t nonce)
{
	/* Prefixes of list, address and nonce: 1 + 1 + 20 + 9 at most. */
	uint8_t rlp[32];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(rlp, sizeof(rlp), "eth.addr.create", &f);
	const struct span sender = span_of(from->b, sizeof(from->b));

	eth_rlp_list(&w, eth_rlp_string_size(sender) + eth_rlp_u64_size(nonce));
	eth_rlp_string(&w, sender);
	eth_rlp_u64(&w, nonce);
	return from_hash(keccak256_of(wr_view(&w)));
}

struct eth_addr eth_addr_create2(
    const struct eth_addr *from, const uint8_t salt[32], struct span init_code)
{
	const struct keccak256 code = keccak256_of(init_code);
	/* 0xff cannot begin an RLP list this short: no clash with CREATE. */
	const struct span parts[] = {
		span_of("\xff", 1),
		span_of(from->b, sizeof(from->b)),
		span_of(salt, 32),
		span_of(code.b, sizeof(code.b)),
	};

	return from_hash(keccak256_of_parts(parts, COUNT(parts)));
}
