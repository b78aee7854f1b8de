/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two messages that Affiant signs (EIP-712), with every hash that does not
 * depend on the message worked out beforehand: the same constants stand in the
 * contracts. tests/unit/test_eth_eip712.c recomputes each of them.
 */
#include "chain/eth.h"

#define WORD 32

/* hashStruct of EIP712Domain(string name,string version), "Affiant", "1". */
static const struct keccak256 domain = { { 0xd3, 0x3e, 0x09, 0x43, 0x72, 0x85,
    0x5e, 0x7d, 0x59, 0xf8, 0xda, 0xb4, 0x8f, 0xb9, 0xe7, 0x2f, 0x57, 0x2b,
    0xeb, 0x60, 0xe0, 0xfa, 0xe7, 0x55, 0x6c, 0x87, 0x4e, 0x71, 0x28, 0x9f,
    0x4c, 0x42 } };

/* Statement(bytes32 feed,int256 value,uint8 decimals,uint64 timestamp,
 * uint64 round,bytes32 config,bytes32 statement) */
static const struct keccak256 statement_type = { { 0xc7, 0x62, 0xd6, 0xbc, 0xd2,
    0x73, 0x25, 0x93, 0xf2, 0x8f, 0x17, 0x8c, 0xeb, 0x42, 0xd4, 0xa8, 0xb5,
    0xd3, 0x55, 0xd5, 0x91, 0xd0, 0x16, 0xd7, 0xa5, 0xc1, 0xd8, 0x6a, 0xde,
    0x20, 0x20, 0x26 } };

/* Digest(bytes32 statement) */
static const struct keccak256 digest_type = { { 0xf0, 0x55, 0x71, 0x50, 0x5a,
    0xde, 0x8e, 0x00, 0xc6, 0x00, 0xe1, 0x80, 0x4b, 0x0d, 0x56, 0x2b, 0x76,
    0x7f, 0x41, 0x2a, 0x8b, 0x45, 0x44, 0x4c, 0xca, 0x32, 0x89, 0x9b, 0xed,
    0xb9, 0x87, 0x1d } };

/* A number of 64 bits in the 32 bytes that every member takes. */
static void word_u64(struct wr *w, uint64_t v)
{
	wr_zero(w, WORD - sizeof(v));
	wr_u64be(w, v);
}

struct keccak256 eip712_affiant_domain(void)
{
	return domain;
}

struct keccak256 eip712_signing_digest(
    const struct keccak256 *domain_separator, const struct keccak256 *hash)
{
	/* 0x19 0x01: no transaction and no personal message begins so. */
	const struct span parts[] = {
		span_of("\x19\x01", 2),
		span_of(domain_separator->b, sizeof(domain_separator->b)),
		span_of(hash->b, sizeof(hash->b)),
	};

	return keccak256_of_parts(parts, COUNT(parts));
}

struct keccak256 eip712_statement_digest(const struct eip712_statement *s)
{
	uint8_t words[8 * WORD], value[WORD];
	struct fault f = FAULT_INIT; /* stays clean: words has the room */
	struct wr w = wr_into(words, sizeof(words), "eth.eip712", &f);
	struct keccak256 hash;

	dec_encode_int256(&s->value, value);
	wr_bytes(&w, statement_type.b, WORD);
	wr_bytes(&w, s->feed, WORD);
	wr_bytes(&w, value, WORD);
	word_u64(&w, s->value.decimals);
	word_u64(&w, s->timestamp);
	word_u64(&w, s->round);
	wr_bytes(&w, s->config.b, WORD);
	wr_bytes(&w, s->statement.b, WORD);
	hash = keccak256_of(wr_view(&w));
	return eip712_signing_digest(&domain, &hash);
}

struct keccak256 eip712_digest_digest(const struct sha256 *statement)
{
	const struct span parts[] = {
		span_of(digest_type.b, WORD),
		span_of(statement->b, WORD),
	};
	const struct keccak256 hash = keccak256_of_parts(parts, COUNT(parts));

	return eip712_signing_digest(&domain, &hash);
}
