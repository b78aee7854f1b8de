/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/codec/eth_atom.h"

#include "verify/base/text.h"

#include <string.h>

/* Types without a number in their name. */
static const struct {
	const char *name;
	struct eth_atom atom;
} plain[] = {
	{ "bool", { ETH_ATOM_BOOL, 1 } },
	{ "address", { ETH_ATOM_ADDRESS, 160 } },
	{ "bytes", { ETH_ATOM_BYTES, 0 } },
	{ "string", { ETH_ATOM_STRING, 0 } },
};

/* Types with one: from `step` to `max` in steps of `step`. */
static const struct {
	const char *name;
	enum eth_atom_form form;
	unsigned step, max;
} numbered[] = {
	{ "uint", ETH_ATOM_UINT, 8, 256 },
	{ "int", ETH_ATOM_INT, 8, 256 },
	{ "bytes", ETH_ATOM_FIXED, 1, 32 },
};

/* Plain digits behind a word: "256" of "uint256". */
static bool number_behind(struct span text, const char *word, uint64_t *out)
{
	const size_t n = strlen(word);
	struct fault ignored = FAULT_INIT;

	return text.n > n && memcmp(text.p, word, n) == 0 &&
	    u64_parse(
		span_of(text.p + n, text.n - n), out, "eth.atom", &ignored);
}

bool eth_atom_parse(struct span text, struct eth_atom *out)
{
	uint64_t n;

	for (size_t i = 0; i < COUNT(plain); i++) {
		if (!span_equal_text(text, plain[i].name))
			continue;
		*out = plain[i].atom;
		return true;
	}
	for (size_t i = 0; i < COUNT(numbered); i++) {
		if (!number_behind(text, numbered[i].name, &n) || n == 0 ||
		    n > numbered[i].max || n % numbered[i].step != 0)
			continue;
		*out = (struct eth_atom){ numbered[i].form, (unsigned)n };
		return true;
	}
	return false;
}

void eth_atom_format(const struct eth_atom *a, struct wr *w)
{
	for (size_t i = 0; i < COUNT(plain); i++)
		if (plain[i].atom.form == a->form)
			wr_text(w, plain[i].name);
	for (size_t i = 0; i < COUNT(numbered); i++)
		if (numbered[i].form == a->form)
			wr_printf(w, "%s%u", numbered[i].name, a->size);
}

bool eth_atom_is_content(const struct eth_atom *a)
{
	return a->form == ETH_ATOM_BYTES || a->form == ETH_ATOM_STRING;
}

size_t eth_atom_width(const struct eth_atom *a)
{
	return a->form == ETH_ATOM_FIXED ? a->size : (a->size + 7) / 8;
}

bool eth_atom_fits(const struct eth_atom *a, const uint8_t word[ETH_WORD])
{
	const size_t n_padding = ETH_WORD - eth_atom_width(a);
	uint8_t fill = 0;

	switch (a->form) {
	case ETH_ATOM_BYTES:
	case ETH_ATOM_STRING:
		return false;
	case ETH_ATOM_FIXED:
		return span_is_zero(span_of(word + a->size, n_padding));
	case ETH_ATOM_BOOL:
		if (word[ETH_WORD - 1] > 1)
			return false;
		break;
	case ETH_ATOM_INT:
		fill = (word[n_padding] & 0x80) != 0 ? 0xff : 0;
		break;
	case ETH_ATOM_ADDRESS:
	case ETH_ATOM_UINT:
		break;
	}
	for (size_t i = 0; i < n_padding; i++)
		if (word[i] != fill)
			return false;
	return true;
}

static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    c == '$';
}

bool eth_atom_is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_letter(s.p[i]))
			continue;
		if (i == 0 || s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return s.n > 0;
}
