/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS Nitro Enclaves on the judging side. The 64 bytes that a statement's hash
 * is bound by are the document's user_data, exactly.
 */
#include "verify/nitro_case.h"
#include "verify/tee_platforms.h"

#include <stdlib.h>
#include <string.h>

/* A document may be a few seconds older than its own leaf (section 4). */
#define LEAF_TOLERANCE_MS 5000
#define FUTURE_MS 60000

struct nitro_case *nitro_case_of(const struct tee_case *c)
{
	return c->state;
}

static FALLIBLE open_case(struct tee_case *c, struct fault *f)
{
	c->state = calloc(1, sizeof(struct nitro_case));
	if (c->state == NULL)
		return fault_raise(f, FAULT_SYSTEM, "nitro.memory",
		    "not enough memory for a judgement");
	c->is_unbound = true;
	return true;
}

static void close_case(struct tee_case *c)
{
	nitro_chain_drop(&nitro_case_of(c)->chain);
	free(c->state);
	c->state = NULL;
}

/* ---- authenticity -------------------------------------------------------- */

static FALLIBLE check_form(struct tee_case *c, struct fault *f)
{
	return nitro_doc_envelope(c->quote, &nitro_case_of(c)->envelope, f);
}

/* {1: -35}, byte for byte. */
static FALLIBLE check_protected(struct tee_case *c, struct fault *f)
{
	static const uint8_t want[] = { 0xa1, 0x01, 0x38, 0x22 };

	if (!span_equal(nitro_case_of(c)->envelope.protected_header,
		span_of(want, sizeof(want))))
		return fault_raise(f, FAULT_FORMAT, "nitro.cose.protected",
		    "the protected header is not {1: -35}: ES384 and nothing "
		    "else");
	return true;
}

static FALLIBLE check_unprotected(struct tee_case *c, struct fault *f)
{
	static const uint8_t want[] = { 0xa0 };

	if (!span_equal(nitro_case_of(c)->envelope.unprotected,
		span_of(want, sizeof(want))))
		return fault_raise(f, FAULT_FORMAT, "nitro.cose.unprotected",
		    "the unprotected header is not empty");
	return true;
}

static FALLIBLE check_size(struct tee_case *c, struct fault *f)
{
	size_t n = nitro_case_of(c)->envelope.signature.n;

	if (n != NITRO_SIGNATURE_BYTES)
		return fault_raise(f, FAULT_FORMAT, "nitro.cose.sigsize",
		    "the signature has %zu bytes, want %d", n,
		    NITRO_SIGNATURE_BYTES);
	return true;
}

static FALLIBLE check_payload(struct tee_case *c, struct fault *f)
{
	struct nitro_case *k = nitro_case_of(c);

	return nitro_doc_items(k->envelope.payload, &k->items, f);
}

static FALLIBLE check_types(struct tee_case *c, struct fault *f)
{
	struct nitro_case *k = nitro_case_of(c);

	return nitro_doc_fields(&k->items, &k->doc, f);
}

static FALLIBLE check_parse(struct tee_case *c, struct fault *f)
{
	struct nitro_case *k = nitro_case_of(c);

	return nitro_chain_parse(&k->doc, &k->chain, f);
}

static FALLIBLE check_root(struct tee_case *c, struct fault *f)
{
	c->root_replaced = c->opt->trust_root.n > 0;
	return nitro_chain_root(
	    &nitro_case_of(c)->chain, c->opt->trust_root, &c->simulated, f);
}

static FALLIBLE check_chain(struct tee_case *c, struct fault *f)
{
	return nitro_chain_links(&nitro_case_of(c)->chain, f);
}

static FALLIBLE check_cert_time(struct tee_case *c, struct fault *f)
{
	return nitro_chain_time(&nitro_case_of(c)->chain, c->opt->at, f);
}

/* "Leaf CN begins with module_id." The rest of the name is the region. */
static FALLIBLE check_module(struct tee_case *c, struct fault *f)
{
	const struct nitro_case *k = nitro_case_of(c);
	struct span id = k->doc.module_id;
	struct span cn = x509_cert_cn(nitro_chain_leaf(&k->chain));

	if (cn.n <= id.n || memcmp(cn.p, id.p, id.n) != 0 || cn.p[id.n] != '.')
		return fault_raise(f, FAULT_CRYPTO, "nitro.cert.module",
		    "the leaf certificate is of another enclave than the "
		    "document says");
	return true;
}

static FALLIBLE check_signature(struct tee_case *c, struct fault *f)
{
	struct nitro_case *k = nitro_case_of(c);
	struct x509_key key = x509_cert_key(nitro_chain_leaf(&k->chain));
	AUTO(blob_drop) struct blob data = { 0 };

	TRY(nitro_doc_signed(&k->envelope, &data, f));
	TRY(x509_key_verify_raw384(&key, k->envelope.signature,
	    blob_span(&data), "nitro.signature", f));
	if (k->doc.user_data.value.n == REPORT_DATA_BYTES) {
		memcpy(c->report_data, k->doc.user_data.value.p,
		    REPORT_DATA_BYTES);
		c->is_unbound = false;
	}
	return true;
}

static FALLIBLE check_time(struct tee_case *c, struct fault *f)
{
	const struct nitro_case *k = nitro_case_of(c);
	const struct x509_cert *leaf = nitro_chain_leaf(&k->chain);
	struct utc t = k->doc.timestamp;

	if (t.ms < leaf->from.ms - LEAF_TOLERANCE_MS || t.ms > leaf->to.ms)
		return fault_raise(f, FAULT_CRYPTO, "nitro.time",
		    "the document's time is not within its certificate's");
	if (t.ms > c->opt->at.ms + FUTURE_MS)
		return fault_raise(f, FAULT_CRYPTO, "nitro.time",
		    "the document is from the future of the time judged at");
	return true;
}

#define ROW(id, ref, clause, explain, run)                                   \
	{                                                                    \
		{ "nitro." id, ref, clause, explain, STAGE_AUTHENTIC }, run, \
		    false                                                    \
	}
static const struct tee_check checks[] = {
	ROW("cose.form", "1", "RFC 9052 4.2",
	    "The document is one COSE_Sign1, perhaps tagged, and nothing "
	    "stands behind it. Transports append things: cut them off.",
	    check_form),
	ROW("cose.protected", "2", "RFC 9052 3",
	    "The signed header says ES384 and nothing else.", check_protected),
	ROW("cose.unprotected", "3", "RFC 9052 3",
	    "The header that nobody signed is empty.", check_unprotected),
	ROW("cose.sigsize", "4", "RFC 9053 2.1",
	    "The signature is r and s of P-384.", check_size),
	ROW("payload.form", "5", "nitro 3",
	    "The payload is one map with the members of an enclave's document, "
	    "each once. A NitroTPM's document has others: it speaks of a whole "
	    "machine, whose administrator may log in.",
	    check_payload),
	ROW("payload.types", "6", "nitro 3",
	    "Every member has its type and size.", check_types),
	ROW("cert.parse", "7", "RFC 5280 4",
	    "Every certificate is one in DER, with nothing behind it.",
	    check_parse),
	ROW("cert.root", "8", "nitro 4",
	    "The first certificate is AWS's root, byte for byte. A root whose "
	    "key is published, as Marlin's mock has it, is refused by name.",
	    check_root),
	ROW("cert.chain", "9", "RFC 5280 6.1",
	    "Each certificate is signed by the one before it, may sign, and is "
	    "of P-384; none is left out or out of order.",
	    check_chain),
	ROW("cert.time", "10", "RFC 5280 4.1.2.5",
	    "Every certificate is valid at the time judged at. A leaf lives "
	    "three hours: judge an older document at its own time (--at).",
	    check_cert_time),
	ROW("cert.module", "11", "nitro 4",
	    "The leaf certificate is that of the enclave that the document "
	    "names.",
	    check_module),
	ROW("signature", "12", "RFC 9052 4.4",
	    "ES384 over the document by the leaf's key.", check_signature),
	ROW("time", "13", "nitro 4",
	    "The document was made while its certificate was valid, and not in "
	    "the future.",
	    check_time),
};

/* ---- policy -------------------------------------------------------------- */

#define POLICY(id, ref, clause, explain, run)                               \
	{                                                                   \
		{ "nitro.policy." id, ref, clause, explain, STAGE_POLICY }, \
		    run, false                                              \
	}
static const struct tee_check policy_checks[] = {
	POLICY("debug", "14", "nitro 3",
	    "PCR 0, 1 and 2 are not all zero: of an enclave in debug mode the "
	    "parent reads the console, and nothing says which image runs.",
	    nitro_policy_debug),
	POLICY("pcr", "15", "policy: pcr0 to pcr31",
	    "Every register that the policy lists is in the document, with a "
	    "value that it lists.",
	    nitro_policy_pcr),
	POLICY("image", "15", "policy: imageIds; marlin 3",
	    "Image and initialisation parameters (PCR 0, 1, 2 and 16) are a "
	    "set that the policy lists.",
	    nitro_policy_image),
	POLICY("nonce", "16", "nitro 6",
	    "A bare document carries the challenge given with --nonce.",
	    nitro_policy_nonce),
	POLICY("public-key", "18", "policy: publicKeys",
	    "The public key in the document is one that the policy lists.",
	    nitro_policy_public_key),
	POLICY("age", "13", "policy: maxAgeMs",
	    "The document is not older than the policy wants.",
	    nitro_policy_age),
};

const struct tee_platform tee_nitro = {
	.id = "nitro",
	.aliases = { "aws-nitro", NULL },
	.help = "AWS Nitro Enclaves, attestation document",
	.carries_nonce = true,
	.open = open_case,
	.close = close_case,
	.checks = checks,
	.n_checks = COUNT(checks),
	.policy_checks = policy_checks,
	.n_policy_checks = COUNT(policy_checks),
	.claim = nitro_policy_claim,
	.policy_form = nitro_policy_form,
	.inspect = nitro_inspect,
	.policy_of = nitro_policy_write,
};
