/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/rd_scale.h"

#include "verify/base/text.h"

/* "Low two bits 00: 6 bits; 01: 14 bits; 10: 30 bits", least byte first. */
uint32_t rd_scale_compact(struct rd *r)
{
	uint32_t v = rd_u8(r), least = 0;

	switch (v & 3) {
	case 0:
		break;
	case 1:
		v |= (uint32_t)rd_u8(r) << 8;
		least = UINT32_C(1) << 6;
		break;
	case 2:
		v |= (uint32_t)rd_u8(r) << 8;
		v |= (uint32_t)rd_u16le(r) << 16;
		least = UINT32_C(1) << 14;
		break;
	default:
		rd_fail(r, FAULT_FORMAT, "a number has more than 30 bits");
		return 0;
	}
	v >>= 2;
	if (rd_ok(r) && v < least)
		rd_fail(r, FAULT_FORMAT, "%u is not in its shortest form",
		    (unsigned)v);
	return rd_ok(r) ? v : 0;
}

struct span rd_scale_bytes(struct rd *r)
{
	return rd_span(r, rd_scale_compact(r));
}

struct span rd_scale_text(struct rd *r)
{
	struct span s = rd_scale_bytes(r);

	if (rd_ok(r) && !utf8_is_valid(s)) {
		rd_fail(r, FAULT_FORMAT, "a text is not UTF-8");
		return (struct span){ 0 };
	}
	return s;
}
