/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/statement.h"

static const struct statement_kind kind_price = {
	.id = "price",
	.value_member = "price",
	.is_number = true,
	.has_sources = true,
	.help = "a price, as a decimal",
};

static const struct statement_kind kind_value = {
	.id = "value",
	.value_member = "value",
	.is_number = true,
	.has_unit = true,
	.has_sources = true,
	.help = "any other number with its unit",
};

static const struct statement_kind kind_text = {
	.id = "text",
	.value_member = "text",
	.has_sources = true,
	.help = "text or JSON picked from a body",
};

static const struct statement_kind kind_key = {
	.id = "key",
	.help = "the signer's address and what it was made for",
};

/* A new kind is one row; its value member must be no other member's name. */
const struct statement_kind *const statement_kinds[] = {
	&kind_price,
	&kind_value,
	&kind_text,
	&kind_key,
	NULL,
};

const struct statement_kind *statement_kind_find(struct span id)
{
	for (size_t i = 0; statement_kinds[i] != NULL; i++)
		if (span_equal_text(id, statement_kinds[i]->id))
			return statement_kinds[i];
	return NULL;
}
