/* SPDX-License-Identifier: Apache-2.0 */
/* Why a call failed, as far as the failure data says (Solidity's errors). */
#include "chain/eth_abi.h"

#include <string.h>

static const struct {
	uint8_t code;
	const char *name;
} panics[] = {
	{ 0x00, "a panic of the compiler" },
	{ 0x01, "an assertion failed" },
	{ 0x11, "arithmetic overflow or underflow" },
	{ 0x12, "division by zero" },
	{ 0x21, "conversion to an enum that has no such value" },
	{ 0x22, "a byte array in storage is encoded wrongly" },
	{ 0x31, "pop() of an empty array" },
	{ 0x32, "an index beyond the end of an array" },
	{ 0x41, "too much memory was asked for" },
	{ 0x51, "a function pointer that was never set" },
};

/* Whether the selector is that of `signature`; then its one argument. */
static FALLIBLE argument_of(const char *signature, struct span data,
    bool *is_it, struct eth_abi *abi, struct eth_abi_view *out, struct fault *f)
{
	struct eth_abi_view args;
	uint8_t selector[4];

	TRY(eth_abi_selector(span_text(signature), selector, f));
	*is_it = memcmp(data.p, selector, sizeof(selector)) == 0;
	if (!*is_it)
		return true;
	TRY(eth_abi_decode_call(span_text(signature), data, abi, &args, f));
	*out = eth_abi_item(&args, 0);
	return true;
}

FALLIBLE eth_revert_decode(
    struct span data, struct eth_revert *out, struct fault *f)
{
	struct rd r = rd_over(data, "eth.revert.selector", f);
	struct eth_revert revert = { .kind = ETH_REVERT_EMPTY };
	struct eth_abi_view arg;
	struct eth_abi abi;
	bool is_it;

	if (data.n == 0) {
		*out = revert;
		return true;
	}
	rd_copy(&r, revert.selector, sizeof(revert.selector));
	TRY(rd_ok(&r));
	revert.args = rd_span(&r, rd_left(&r));
	revert.kind = ETH_REVERT_CUSTOM;

	TRY(argument_of("Error(string)", data, &is_it, &abi, &arg, f));
	if (is_it) {
		revert.kind = ETH_REVERT_ERROR;
		revert.text = arg.bytes;
	}
	TRY(argument_of("Panic(uint256)", data, &is_it, &abi, &arg, f));
	if (is_it) {
		revert.kind = ETH_REVERT_PANIC;
		revert.panic = eth_abi_u256(&arg);
	}
	*out = revert;
	return true;
}

const char *eth_revert_panic_name(const struct u256 *code)
{
	for (size_t i = 0; i < COUNT(panics); i++) {
		const struct u256 v = u256_of(panics[i].code);

		if (u256_compare(code, &v) == 0)
			return panics[i].name;
	}
	return "an unknown panic";
}
