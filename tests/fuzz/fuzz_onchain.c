/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calldata as bytes, and every text form. What is taken holds at least one
 * statement, and recovering its signer ends one way or the other.
 */
#include "verify/onchain.h"

#include "tests/fuzz/must.h"

static struct onchain chain;

static void check_records(void)
{
	MUST(chain.n >= 1 && chain.n <= LIMIT_ONCHAIN_RECORDS);
	for (size_t i = 0; i < chain.n; i++) {
		const struct onchain_record *r = &chain.record[i];
		char text[DEC_TEXT_SIZE];
		struct fault f = FAULT_INIT;
		struct eth_addr signer;

		MUST(onchain_form_name(r->form)[0] != '\0');
		MUST(dec_format(&r->message.value, text)[0] != '\0');
		if (r->form == ONCHAIN_EVENT)
			MUST(r->count > 0);
		else if (i < 2 && !onchain_recover(r, &signer, &f))
			must_be_refusal(&f, sizeof(r->signature.b));
	}
}

static void must_be_unread(const struct fault *f)
{
	MUST(fault_rejects(f->kind) || f->kind == FAULT_UNSUPPORTED);
	MUST(f->at != NULL && f->text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span in = span_of(data, size);
	struct fault f = FAULT_INIT;

	if (onchain_read_call(in, &chain, &f))
		check_records();
	else
		must_be_unread(&f);
	f = FAULT_INIT;
	if (onchain_read_text(in, &chain, &f))
		check_records();
	else
		must_be_unread(&f);
	return 0;
}
