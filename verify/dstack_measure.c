/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_measure.h"

#include <string.h>

#define PAGE UINT64_C(4096)
#define GIB_2 UINT64_C(0x80000000)
/* From here on QEMU puts what is beyond 2 GiB above 4 GiB. */
#define SPLIT_FROM UINT64_C(0xb0000000)
#define HIGH_START UINT64_C(0x100000000)

bool dstack_measure_is_memory(uint64_t bytes)
{
	return (bytes == GIB_2 || bytes >= SPLIT_FROM) && bytes % PAGE == 0 &&
	    bytes <= UINT64_C(1) << 46;
}

static struct sha384 replay(const struct sha384 *digest, size_t n)
{
	struct sha384 mr = { { 0 } };

	for (size_t i = 0; i < n; i++) {
		struct span parts[] = { span_of(mr.b, sizeof(mr.b)),
			span_of(digest[i].b, sizeof(digest[i].b)) };

		mr = sha384_of_parts(parts, COUNT(parts));
	}
	return mr;
}

static struct sha384 text_digest(const char *text)
{
	return sha384_of(span_text(text));
}

/* ---- RTMR1, RTMR2 ---------------------------------------------------------- */

struct sha384 dstack_measure_rtmr1(const struct dstack_measure_tdx *m)
{
	const struct sha384 events[] = {
		m->kernel,
		text_digest("Calling EFI Application from Boot Option"),
		sha384_of(span_of("\0\0\0", 4)),
		text_digest("Exit Boot Services Invocation"),
		text_digest("Exit Boot Services Returned with Success"),
	};

	return replay(events, COUNT(events));
}

struct sha384 dstack_measure_rtmr2(const struct dstack_measure_tdx *m)
{
	const struct sha384 events[] = { m->cmdline, m->initrd };

	return replay(events, COUNT(events));
}

/* ---- the list of memory that the firmware is given --------------------------- */

static void put_range(
    struct wr *w, uint32_t type, uint64_t start, uint64_t bytes)
{
	if (bytes == 0)
		return;
	wr_u16le(w, 3);
	wr_u16le(w, 48);
	wr_u32le(w, 0);
	wr_zero(w, 16);
	wr_u32le(w, type);
	wr_u32le(w, 7);
	wr_u64le(w, start);
	wr_u64le(w, bytes);
}

#define ACCEPTED 0
#define UNACCEPTED 7

/* What is left behind the last range, which ends at s. */
static void put_rest(struct wr *w, uint64_t s, uint64_t memory)
{
	if (memory < SPLIT_FROM) {
		put_range(w, UNACCEPTED, s, memory - s);
		return;
	}
	put_range(w, UNACCEPTED, s, GIB_2 - s);
	put_range(w, UNACCEPTED, HIGH_START, memory - GIB_2);
}

/* Unsigned LEB128 of at most 32 bits: more pages than that nobody has. */
static uint64_t read_pages(struct rd *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 35; shift += 7) {
		uint8_t b = rd_u8(r);

		v |= (uint64_t)(b & 0x7f) << shift;
		if ((b & 0x80) == 0)
			return v * PAGE;
	}
	rd_fail(r, FAULT_FORMAT, "a number of pages is too long");
	return 0;
}

/* The compact form: base, the list's own place, and ranges from base on. */
static void put_hob(struct wr *w, struct rd *r, uint64_t memory)
{
	uint64_t base = read_pages(r), place = base + read_pages(r), at = 0;
	size_t end;

	wr_u16le(w, 1);
	wr_u16le(w, 56);
	wr_u32le(w, 0);
	wr_u32le(w, 9);
	wr_u32le(w, 0);
	wr_zero(w, 32);
	end = wr_hold(w, 8);
	for (uint64_t n = read_pages(r) / PAGE; n > 0 && rd_ok(r); n--) {
		uint64_t start = base + read_pages(r), bytes = read_pages(r);

		if (rd_ok(r) &&
		    (start < at || bytes == 0 || start + bytes >= GIB_2)) {
			rd_fail(r, FAULT_FORMAT,
			    "ranges overlap, are empty or beyond memory");
			return;
		}
		put_range(w, UNACCEPTED, at, start - at);
		put_range(w, ACCEPTED, start, bytes);
		at = start + bytes;
	}
	put_rest(w, at, memory);
	/* "total length + 8": where the list's end mark stands. */
	place += wr_view(w).n + 8;
	wr_fill_u32le(w, end, (uint32_t)place);
	wr_fill_u32le(w, end + 4, (uint32_t)(place >> 32));
}

static FALLIBLE hob_digest(const struct dstack_measure_tdx *m, uint64_t memory,
    struct sha384 *out, struct fault *f)
{
	AUTO(wr_drop) struct wr w = wr_grow(64 * 1024, "measure.td-hob", f);
	struct rd r = rd_over(m->td_hob, "measure.td-hob", f);

	put_hob(&w, &r, memory);
	TRY(rd_end(&r));
	if (!wr_ok(&w))
		return false;
	*out = sha384_of(wr_view(&w));
	return true;
}

/* ---- RTMR0 --------------------------------------------------------------------- */

/* The firmware's configuration volume, and the boot option that it makes. */
static const struct sha384 config_volume = { { 0x34, 0x4b, 0xc5, 0x1c, 0x98,
    0x0b, 0xa6, 0x21, 0xaa, 0xa0, 0x0d, 0xa3, 0xed, 0x74, 0x36, 0xf7, 0xd6,
    0xe5, 0x49, 0x19, 0x7d, 0xfe, 0x69, 0x95, 0x15, 0xdf, 0xa2, 0xc6, 0x58,
    0x3d, 0x95, 0xe6, 0x41, 0x2a, 0xf2, 0x1c, 0x09, 0x7d, 0x47, 0x31, 0x55,
    0x87, 0x5f, 0xfd, 0x56, 0x1d, 0x67, 0x90 } };
static const struct sha384 boot_option = { { 0x23, 0xad, 0xa0, 0x7f, 0x52, 0x61,
    0xf1, 0x2f, 0x34, 0xa0, 0xbd, 0x8e, 0x46, 0x76, 0x09, 0x62, 0xd6, 0xb4,
    0xd5, 0x76, 0xa4, 0x16, 0xf1, 0xfe, 0xa1, 0xc6, 0x4b, 0xc6, 0x56, 0xb1,
    0xd2, 0x8e, 0xac, 0xf7, 0x04, 0x7a, 0xe6, 0xe9, 0x67, 0xc5, 0x8f, 0xd2,
    0xa9, 0x8b, 0xfa, 0x74, 0xc2, 0x98 } };

/* GUIDs of UEFI's variables, as they stand in memory. */
static const uint8_t global_variable[16] = { 0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93,
	0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c };
static const uint8_t image_security[16] = { 0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d,
	0x96, 0x45, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f };

/* A variable of secure boot, all of which are empty. */
static struct sha384 variable(const uint8_t guid[16], const char *name)
{
	uint8_t bytes[64];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(bytes, sizeof(bytes), "measure.variable", &f);

	wr_bytes(&w, guid, 16);
	wr_u64le(&w, strlen(name));
	wr_u64le(&w, 0);
	for (; *name != '\0'; name++)
		wr_u16le(&w, (uint8_t)*name);
	return sha384_of(wr_view(&w));
}

FALLIBLE dstack_measure_acpi(
    const struct dstack_log *log, struct sha384 out[3], struct fault *f)
{
	size_t n = 0;

	for (size_t i = 0; i < log->n; i++) {
		const struct dstack_event *e = &log->event[i];

		if (e->imr != 0 || e->type != 0x0a)
			continue;
		if (n < 3)
			out[n] = e->digest;
		n++;
	}
	if (n != 3)
		return fault_raise(f, FAULT_FORMAT, "measure.acpi",
		    "%zu events of ACPI tables; this firmware makes 3", n);
	return true;
}

FALLIBLE dstack_measure_rtmr0(const struct dstack_measure_tdx *m,
    uint64_t memory, const struct sha384 acpi[3], struct sha384 *out,
    struct fault *f)
{
	struct sha384 events[13];

	if (!dstack_measure_is_memory(memory))
		return fault_raise(f, FAULT_LIMIT, "measure.memory",
		    "the image's measurement is for 2 GiB of memory, or 2.75 "
		    "and more");
	TRY(hob_digest(m, memory, &events[0], f));
	events[1] = config_volume;
	events[2] = variable(global_variable, "SecureBoot");
	events[3] = variable(global_variable, "PK");
	events[4] = variable(global_variable, "KEK");
	events[5] = variable(image_security, "db");
	events[6] = variable(image_security, "dbx");
	events[7] = sha384_of(span_of("\0\0\0", 4));
	memcpy(&events[8], acpi, 3 * sizeof(*acpi));
	events[11] = sha384_of(span_of("\0", 2)); /* BootOrder */
	events[12] = boot_option;
	*out = replay(events, COUNT(events));
	return true;
}
