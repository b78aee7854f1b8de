/* SPDX-License-Identifier: Apache-2.0 */
/* What parses as an address prints as the same digits, and parses again. */
#include "chain/eth.h"

#include <ctype.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f = FAULT_INIT;
	struct eth_addr a, again;
	char text[ETH_ADDR_TEXT_SIZE];

	if (!eth_addr_parse(span_of(data, size), &a, &f)) {
		if (f.kind != FAULT_FORMAT ||
		    !span_equal_text(span_text(f.at), "eth.addr"))
			abort();
		return 0;
	}
	eth_addr_format(&a, text);
	if (size != ETH_ADDR_TEXT_SIZE - 1)
		abort();
	for (size_t i = 0; i < size; i++)
		if (tolower(data[i]) != tolower((unsigned char)text[i]))
			abort();
	if (!eth_addr_parse(span_text(text), &again, &f) ||
	    !eth_addr_equal(&a, &again))
		abort();
	return 0;
}
