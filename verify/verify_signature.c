/* SPDX-License-Identifier: Apache-2.0 */
/* Did the signer whom the statement names sign this statement? */
#include "verify/known_keys.h"
#include "verify/verify_case.h"

#include <string.h>

static FALLIBLE check_signer(struct verify_case *c, struct fault *f)
{
	if (!eth_addr_equal(&c->response.signer, &c->statement->signer))
		return fault_raise(f, FAULT_CRYPTO, "signature.signer",
		    "the signature names another signer than the statement");
	return true;
}

static FALLIBLE check_digest(struct verify_case *c, struct fault *f)
{
	struct keccak256 digest;

	TRY(statement_signing_digest(c->statement, &c->hash, &digest, NULL, f));
	if (memcmp(digest.b, c->response.digest.b, sizeof(digest.b)) != 0)
		return fault_raise(f, FAULT_CRYPTO, "signature.digest",
		    "is not the EIP-712 digest of this statement");
	return true;
}

static FALLIBLE check_value(struct verify_case *c, struct fault *f)
{
	struct keccak256 digest;

	/* Over the digest built here, never over the one that was sent. */
	TRY(statement_signing_digest(c->statement, &c->hash, &digest, NULL, f));
	return eth_sig_verify(
	    &digest, &c->response.signature, &c->statement->signer, f);
}

static FALLIBLE check_published(struct verify_case *c, struct fault *f)
{
	const struct eth_addr *a = &c->statement->signer;
	const char *whose = known_key_find(span_of(a->b, sizeof(a->b)));

	if (whose != NULL)
		return fault_raise(f, FAULT_CRYPTO, "signature.published",
		    "the signer's key is one whose secret is published: %s",
		    whose);
	return true;
}

static const struct verify_check rows[] = {
	{ { .id = "signature.signer",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 2",
	      .explain =
		  "The signer named beside the signature is the one that the "
		  "statement names.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, 0, check_signer },
	{ { .id = "signature.digest",
	      .ref = "",
	      .clause = "FORMAT.statement.md 7; EIP-712",
	      .explain = "The digest that was sent is the one rebuilt from the "
			 "statement: what a contract sees is what was stated.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, 0, check_digest },
	{ { .id = "signature.value",
	      .ref = "",
	      .clause = "FORMAT.evidence.md 2; EIP-2",
	      .explain =
		  "The signature over the rebuilt digest recovers to the "
		  "statement's signer, with a low s and v 27 or 28. If not, "
		  "somebody else signed, or something else was signed.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, 0, check_value },
	{ { .id = "signature.published",
	      .ref = "",
	      .clause = "FORMAT.policy.dstack.md 3",
	      .explain =
		  "The signer's key is not one whose secret anybody can look "
		  "up: those of simulators and mock servers are published. "
		  "No policy and no option forgives it.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, 0, check_published },
};

const struct verify_table verify_signature = { rows, COUNT(rows) };
