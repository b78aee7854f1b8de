/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, written and read by the same tables. */
#include "chain/eth_tx.h"

#include "chain/eth_rlp.h"
#include "verify/base/limits.h"

#include <string.h>

enum field {
	CHAIN_ID,
	NONCE,
	TIP,
	CAP,
	GAS_LIMIT,
	TO,
	VALUE,
	DATA,
	ACCESS_LIST,
	END
};

static const char *const names[] = {
	[CHAIN_ID] = "the chain id",
	[NONCE] = "the nonce",
	[TIP] = "the priority fee",
	[CAP] = "the fee per gas",
	[GAS_LIMIT] = "the gas limit",
	[TO] = "the destination",
	[VALUE] = "the value",
	[DATA] = "the data",
	[ACCESS_LIST] = "the access list",
};

/* What stands in a transaction, in this order, in front of the signature. */
static const enum field layouts[][END + 1] = {
	[ETH_TX_LEGACY] = { NONCE, CAP, GAS_LIMIT, TO, VALUE, DATA, END },
	[ETH_TX_ACCESS_LIST] = { CHAIN_ID, NONCE, CAP, GAS_LIMIT, TO, VALUE,
	    DATA, ACCESS_LIST, END },
	[ETH_TX_DYNAMIC_FEE] = { CHAIN_ID, NONCE, TIP, CAP, GAS_LIMIT, TO,
	    VALUE, DATA, ACCESS_LIST, END },
};

/* Legacy: v = 35 + 2 * chain id + parity (EIP-155). */
#define V_BASE 35

/* ---- rules that hold in both directions --------------------------------- */

/* Below what v of a legacy transaction can carry (EIP-2294). */
static FALLIBLE check_chain(
    const struct eth_tx *tx, enum fault_kind kind, struct fault *f)
{
	if (tx->chain_id == 0 || tx->chain_id > LIMIT_CHAIN_ID)
		return fault_raise(f, kind, "eth.tx.chain",
		    "a chain id is 1 or more and below 2^63 - 36");
	return true;
}

static FALLIBLE check_tip(
    const struct eth_tx *tx, enum fault_kind kind, struct fault *f)
{
	if (u256_compare(&tx->max_priority_fee_per_gas, &tx->max_fee_per_gas) >
	    0)
		return fault_raise(f, kind, "eth.tx.tip",
		    "the priority fee is above the fee cap");
	return true;
}

/* ---- access lists ------------------------------------------------------- */

struct access_counts {
	size_t n_addresses, n_keys;
};

/* [[address, [key, ...]], ...] */
static struct access_counts read_access_list(struct rd *r)
{
	struct rd list = eth_rlp_read_list(r, "eth.tx.access-list");
	struct access_counts n = { 0 };
	uint8_t bytes[32];

	while (rd_left(&list) > 0) {
		struct rd entry =
		    eth_rlp_read_list(&list, "eth.tx.access-list");
		struct rd keys;

		eth_rlp_read_bytes(&entry, bytes, sizeof(struct eth_addr));
		keys = eth_rlp_read_list(&entry, "eth.tx.access-list");
		for (; rd_left(&keys) > 0; n.n_keys++)
			eth_rlp_read_bytes(&keys, bytes, 32);
		n.n_addresses++;
		if (!rd_end(&entry))
			break;
	}
	return n;
}

static struct span or_empty_list(struct span list)
{
	return list.n > 0 ? list : span_of("\xc0", 1);
}

FALLIBLE eth_tx_access_count(
    struct span list, size_t *n_addresses, size_t *n_keys, struct fault *f)
{
	struct rd r = rd_over(or_empty_list(list), "eth.tx.access-list", f);
	const struct access_counts n = read_access_list(&r);

	TRY(rd_end(&r));
	*n_addresses = n.n_addresses;
	*n_keys = n.n_keys;
	return true;
}

/* ---- writing ------------------------------------------------------------ */

static bool misuse(struct fault *f, const char *at, const char *why)
{
	return fault_raise(f, FAULT_USAGE, at, "%s", why);
}

static FALLIBLE check(const struct eth_tx *tx, struct fault *f)
{
	size_t n_addresses, n_keys;

	if ((size_t)tx->type >= COUNT(layouts))
		return misuse(f, "eth.tx.type", "there is no such type");
	TRY(check_chain(tx, FAULT_USAGE, f));
	TRY(check_tip(tx, FAULT_USAGE, f));
	if (tx->type != ETH_TX_DYNAMIC_FEE &&
	    !u256_is_zero(&tx->max_priority_fee_per_gas))
		return misuse(f, "eth.tx.tip", "this type has one price only");
	if (tx->is_creation && !eth_addr_is_zero(&tx->to))
		return misuse(f, "eth.tx.to", "a creation has no destination");
	if (tx->type == ETH_TX_LEGACY && tx->access_list.n > 0)
		return misuse(f, "eth.tx.access-list",
		    "a legacy transaction has no access list");
	return eth_tx_access_count(tx->access_list, &n_addresses, &n_keys, f);
}

/*
 * A transaction as the spans that it consists of: prefixes and small fields in
 * memory of its own, data and access list where they are. Not to be copied.
 */
struct pieces {
	/* Type byte, list prefix. */
	uint8_t front[16];
	/* Five integers of 33 bytes at most, an address, the data's prefix. */
	uint8_t head[256];
	/* v, r, s. */
	uint8_t tail[128];
	struct span part[5];
	size_t n; /* bytes in all of them */
};

/* The fields in front of the data. */
static void write_field(struct wr *w, const struct eth_tx *tx, enum field field)
{
	const size_t n_to = tx->is_creation ? 0 : sizeof(tx->to.b);

	switch (field) {
	case CHAIN_ID:
		eth_rlp_u64(w, tx->chain_id);
		break;
	case NONCE:
		eth_rlp_u64(w, tx->nonce);
		break;
	case TIP:
		eth_rlp_u256(w, &tx->max_priority_fee_per_gas);
		break;
	case CAP:
		eth_rlp_u256(w, &tx->max_fee_per_gas);
		break;
	case GAS_LIMIT:
		eth_rlp_u64(w, tx->gas_limit);
		break;
	case TO:
		eth_rlp_string(w, span_of(tx->to.b, n_to));
		break;
	case VALUE:
		eth_rlp_u256(w, &tx->value);
		break;
	case DATA:
		eth_rlp_string_prefix(w, tx->data);
		break;
	case ACCESS_LIST:
	case END:
		break;
	}
}

/* What stands behind them: the signature, or what a legacy transaction signs
 * in its place. */
static void write_tail(
    struct wr *w, const struct eth_tx *tx, const struct eth_sig *sig)
{
	uint64_t parity;

	if (sig == NULL) {
		if (tx->type != ETH_TX_LEGACY)
			return;
		eth_rlp_u64(w, tx->chain_id);
		eth_rlp_u64(w, 0);
		eth_rlp_u64(w, 0);
		return;
	}
	parity = sig->b[64] - 27u;
	eth_rlp_u64(w,
	    tx->type == ETH_TX_LEGACY ? V_BASE + 2 * tx->chain_id + parity
				      : parity);
	eth_rlp_uint(w, span_of(sig->b, 32));
	eth_rlp_uint(w, span_of(sig->b + 32, 32));
}

static FALLIBLE lay_out(const struct eth_tx *tx, const struct eth_sig *sig,
    struct pieces *p, struct fault *f)
{
	struct wr front = wr_into(p->front, sizeof(p->front), "eth.tx", f);
	struct wr head = wr_into(p->head, sizeof(p->head), "eth.tx", f);
	struct wr tail = wr_into(p->tail, sizeof(p->tail), "eth.tx", f);

	TRY(check(tx, f));
	/* Larger alone than all is allowed to be: no sum below overflows. */
	if (tx->data.n > LIMIT_TX_BYTES || tx->access_list.n > LIMIT_TX_BYTES)
		return fault_raise(f, FAULT_LIMIT, "eth.tx.size",
		    "more than %d bytes", LIMIT_TX_BYTES);
	for (const enum field *i = layouts[tx->type]; *i != END; i++)
		write_field(&head, tx, *i);
	write_tail(&tail, tx, sig);
	p->part[1] = wr_view(&head);
	p->part[2] = tx->data;
	p->part[3] = tx->type == ETH_TX_LEGACY ? span_of(NULL, 0)
					       : or_empty_list(tx->access_list);
	p->part[4] = wr_view(&tail);
	p->n = 0;
	for (size_t i = 1; i < COUNT(p->part); i++)
		p->n += p->part[i].n;
	if (tx->type != ETH_TX_LEGACY)
		wr_u8(&front, (uint8_t)tx->type);
	eth_rlp_list(&front, p->n);
	p->part[0] = wr_view(&front);
	p->n += p->part[0].n;
	if (p->n > LIMIT_TX_BYTES)
		return fault_raise(f, FAULT_LIMIT, "eth.tx.size",
		    "more than %d bytes", LIMIT_TX_BYTES);
	return wr_ok(&front);
}

static FALLIBLE write_pieces(
    const struct pieces *p, struct wr *w, struct fault *f)
{
	for (size_t i = 0; i < COUNT(p->part); i++)
		wr_span(w, p->part[i]);
	if (!wr_ok(w))
		return fault_raise(f, FAULT_LIMIT, "eth.tx.size",
		    "there is no room for the transaction");
	return true;
}

FALLIBLE eth_tx_encode_unsigned(
    const struct eth_tx *tx, struct wr *w, struct fault *f)
{
	struct pieces p;

	TRY(lay_out(tx, NULL, &p, f));
	return write_pieces(&p, w, f);
}

FALLIBLE eth_tx_signing_hash(
    const struct eth_tx *tx, struct keccak256 *out, struct fault *f)
{
	struct pieces p;

	TRY(lay_out(tx, NULL, &p, f));
	*out = keccak256_of_parts(p.part, COUNT(p.part));
	return true;
}

FALLIBLE eth_tx_encode(const struct eth_tx *tx, const struct eth_sig *sig,
    struct wr *w, struct fault *f)
{
	struct pieces p;

	TRY(eth_sig_check(sig, f));
	TRY(lay_out(tx, sig, &p, f));
	return write_pieces(&p, w, f);
}

FALLIBLE eth_tx_sender(const struct eth_tx *tx, const struct eth_sig *sig,
    struct eth_addr *out, struct fault *f)
{
	struct keccak256 hash;

	TRY(eth_tx_signing_hash(tx, &hash, f));
	return eth_sig_recover(&hash, sig, out, f);
}

/* ---- reading ------------------------------------------------------------ */

static void read_to(struct rd *r, struct eth_tx *tx)
{
	const size_t offset = rd_offset(r);
	const struct span to = eth_rlp_read_string(r);

	if (to.n == 0)
		tx->is_creation = true;
	else if (to.n == sizeof(tx->to.b))
		memcpy(tx->to.b, to.p, to.n);
	else
		fault_raise_at(r->f, FAULT_FORMAT, "eth.tx.to", offset,
		    "an address has 20 bytes, this one %zu", to.n);
}

static void read_access(struct rd *r, struct eth_tx *tx)
{
	struct rd inside = *r;

	tx->access_list = eth_rlp_read_item(r);
	(void)read_access_list(&inside);
}

static FALLIBLE read_field(struct rd *r, struct eth_tx *tx, enum field field)
{
	switch (field) {
	case CHAIN_ID:
		tx->chain_id = eth_rlp_read_u64(r);
		break;
	case NONCE:
		tx->nonce = eth_rlp_read_u64(r);
		break;
	case TIP:
		tx->max_priority_fee_per_gas = eth_rlp_read_u256(r);
		break;
	case CAP:
		tx->max_fee_per_gas = eth_rlp_read_u256(r);
		break;
	case GAS_LIMIT:
		tx->gas_limit = eth_rlp_read_u64(r);
		break;
	case TO:
		read_to(r, tx);
		break;
	case VALUE:
		tx->value = eth_rlp_read_u256(r);
		break;
	case DATA:
		tx->data = eth_rlp_read_string(r);
		break;
	case ACCESS_LIST:
		read_access(r, tx);
		break;
	case END:
		break;
	}
	return rd_ok(r);
}

/* y parity, or v of a legacy transaction, which names the chain too. */
static FALLIBLE read_parity(struct rd *r, struct eth_tx *tx, uint8_t *v_out)
{
	const size_t offset = rd_offset(r);
	uint64_t parity = eth_rlp_read_u64(r);

	TRY(rd_ok(r));
	if (tx->type == ETH_TX_LEGACY) {
		if (parity < V_BASE)
			return fault_raise_at(r->f, FAULT_FORMAT, "eth.tx.v",
			    offset,
			    "v is 35 + 2 * chain id + parity; without a chain "
			    "id the transaction is valid on every chain");
		tx->chain_id = (parity - V_BASE) / 2;
		parity = (parity - V_BASE) % 2;
	}
	if (parity > 1)
		return fault_raise_at(r->f, FAULT_FORMAT, "eth.tx.parity",
		    offset, "y parity is 0 or 1");
	*v_out = (uint8_t)(27 + parity);
	return true;
}

/* Signature faults count within 65 bytes: ours count in the transaction. */
static FALLIBLE check_sig(
    const struct eth_sig *sig, size_t offset, struct fault *f)
{
	struct fault bad = FAULT_INIT;

	if (!eth_sig_check(sig, &bad))
		return fault_raise_at(
		    f, bad.kind, bad.at, offset, "%s", bad.text);
	return true;
}

static FALLIBLE read_sig(struct rd *r, struct eth_tx *tx, struct eth_sig *sig)
{
	const size_t offset = rd_offset(r);
	struct u256 number;

	TRY(read_parity(r, tx, &sig->b[64]));
	number = eth_rlp_read_u256(r);
	u256_to_be(&number, sig->b);
	number = eth_rlp_read_u256(r);
	u256_to_be(&number, sig->b + 32);
	TRY(rd_ok(r));
	return check_sig(sig, offset, r->f);
}

/* The reader stands before the type byte, or the list of a legacy one. */
static FALLIBLE read_type(struct rd *r, enum eth_tx_type *out)
{
	struct rd ahead = *r;
	const unsigned type = rd_u8(&ahead);

	*out = ETH_TX_LEGACY;
	if (eth_rlp_next_is_list(r))
		return true;
	if (type != ETH_TX_ACCESS_LIST && type != ETH_TX_DYNAMIC_FEE)
		return fault_raise_at(r->f, FAULT_UNSUPPORTED, "eth.tx.type", 0,
		    "want type 1, 2 or a legacy list, got 0x%02x", type);
	*out = (enum eth_tx_type)type;
	*r = ahead;
	return true;
}

FALLIBLE eth_tx_decode(struct span raw, struct eth_tx *tx_out,
    struct eth_sig *sig_out, struct fault *f)
{
	struct rd r = rd_over(raw, "eth.tx.left", f), list;
	struct eth_tx tx = { .is_creation = false };
	struct eth_sig sig;

	if (raw.n > LIMIT_TX_BYTES)
		return fault_raise(f, FAULT_LIMIT, "eth.tx.size",
		    "more than %d bytes", LIMIT_TX_BYTES);
	if (raw.n == 0)
		return fault_raise(
		    f, FAULT_FORMAT, "eth.tx.empty", "an empty transaction");
	TRY(read_type(&r, &tx.type));
	list = eth_rlp_read_list(&r, "eth.tx.fields");
	TRY(rd_ok(&list));
	for (const enum field *i = layouts[tx.type]; *i != END; i++)
		if (!read_field(&list, &tx, *i))
			return fault_within(f, "%s", names[*i]);
	if (!read_sig(&list, &tx, &sig))
		return fault_within(f, "the signature");
	TRY(rd_end(&list));
	TRY(rd_end(&r));
	TRY(check_chain(&tx, FAULT_FORMAT, f));
	TRY(check_tip(&tx, FAULT_FORMAT, f));
	*tx_out = tx;
	*sig_out = sig;
	return true;
}
