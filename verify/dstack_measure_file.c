/* SPDX-License-Identifier: Apache-2.0 */
/* The measurement files of an image: CBOR maps, every member once. */
#include "verify/base/rd_cbor.h"
#include "verify/dstack_measure.h"

#include <string.h>

/* A member of a map that is read into a struct. */
struct member {
	const char *name;
	void (*read)(struct rd *r, void *target);
	size_t offset;
};

static void read_map(
    struct rd *r, const struct member *m, size_t n_members, void *into)
{
	uint32_t seen = 0;
	size_t i;

	for (struct rd_cbor_map map = rd_cbor_map(r); rd_cbor_pair(&map);) {
		struct span name = rd_cbor_text(r);

		for (i = 0; i < n_members; i++)
			if (span_equal_text(name, m[i].name))
				break;
		if (rd_ok(r) && (i == n_members || (seen >> i & 1) != 0))
			rd_fail(r, FAULT_FORMAT,
			    "a member is unknown or stands twice");
		if (!rd_ok(r))
			return;
		seen |= UINT32_C(1) << i;
		m[i].read(r, (uint8_t *)into + m[i].offset);
	}
	if (rd_ok(r) && seen != (UINT32_C(1) << n_members) - 1)
		rd_fail(r, FAULT_FORMAT, "a member is missing");
}

static void read_exact(struct rd *r, void *target, size_t n)
{
	struct span s = rd_cbor_bytes(r);

	if (rd_ok(r) && s.n != n)
		rd_fail(r, FAULT_FORMAT, "a hash has %zu bytes", s.n);
	if (rd_ok(r))
		memcpy(target, s.p, n);
}

static void read_sha384(struct rd *r, void *target)
{
	read_exact(r, target, sizeof(struct sha384));
}

static void read_sha256(struct rd *r, void *target)
{
	read_exact(r, target, sizeof(struct sha256));
}

static void read_bytes(struct rd *r, void *target)
{
	*(struct span *)target = rd_cbor_bytes(r);
}

static void read_text(struct rd *r, void *target)
{
	*(struct span *)target = rd_cbor_text(r);
}

static void read_u64(struct rd *r, void *target)
{
	*(uint64_t *)target = rd_cbor_u64(r);
}

static void read_version(struct rd *r, void *target)
{
	uint64_t v = rd_cbor_u64(r);

	(void)target;
	if (rd_ok(r) && v != 3)
		rd_fail(r, FAULT_UNSUPPORTED, "version %llu; want 3",
		    (unsigned long long)v);
}

/* ---- TDX --------------------------------------------------------------------- */

#define IN_TDX(member) offsetof(struct dstack_measure_tdx, member)

static void read_image(struct rd *r, void *target)
{
	static const struct member members[] = {
		{ "cmdline_sha384", read_sha384, IN_TDX(cmdline) },
		{ "kernel_authenticode", read_sha384, IN_TDX(kernel) },
		{ "initrd_sha384", read_sha384, IN_TDX(initrd) },
	};

	read_map(r, members, COUNT(members), target);
}

static void read_mrtd(struct rd *r, void *target)
{
	static const struct member members[] = {
		{ "single_pass", read_sha384, IN_TDX(mrtd_single_pass) },
		{ "two_pass", read_sha384, IN_TDX(mrtd_two_pass) },
	};

	read_map(r, members, COUNT(members), target);
}

static void read_ovmf(struct rd *r, void *target)
{
	struct span layout = rd_cbor_text(r);

	(void)target;
	if (rd_ok(r) && !span_equal_text(layout, "pre202505"))
		fault_raise(r->f, FAULT_UNSUPPORTED, "measure.tdx.ovmf",
		    "the firmware has a layout whose registers nobody has "
		    "described");
}

static void read_tdvf(struct rd *r, void *target)
{
	static const struct member members[] = {
		{ "ovmf", read_ovmf, 0 },
		{ "mrtd", read_mrtd, 0 },
		{ "td_hob", read_bytes, IN_TDX(td_hob) },
	};

	read_map(r, members, COUNT(members), target);
}

FALLIBLE dstack_measure_tdx_parse(
    struct span file, struct dstack_measure_tdx *out, struct fault *f)
{
	static const struct member members[] = {
		{ "version", read_version, 0 },
		{ "image", read_image, 0 },
		{ "tdvf", read_tdvf, 0 },
	};
	struct dstack_measure_tdx m = { .td_hob = { 0 } };
	struct rd r = rd_over(file, "measure.tdx", f);

	read_map(&r, members, COUNT(members), &m);
	TRY(rd_end(&r));
	*out = m;
	return true;
}

/* ---- SNP ----------------------------------------------------------------------- */

#define IN_SNP(member) offsetof(struct snp_launch, member)
#define IN_SECTION(member) offsetof(struct snp_section, member)

static void read_sections(struct rd *r, void *target)
{
	static const struct member members[] = {
		{ "gpa", read_u64, IN_SECTION(gpa) },
		{ "size", read_u64, IN_SECTION(size) },
		{ "type", read_u64, IN_SECTION(type) },
	};
	struct snp_launch *m = (struct snp_launch *)target;

	for (uint64_t n = rd_cbor_array(r); n > 0 && rd_ok(r); n--) {
		if (m->n_sections == SNP_SECTIONS) {
			rd_fail(r, FAULT_LIMIT, "more than %d sections",
			    SNP_SECTIONS);
			return;
		}
		read_map(
		    r, members, COUNT(members), &m->section[m->n_sections++]);
	}
}

FALLIBLE dstack_measure_snp_parse(
    struct span file, struct snp_launch *out, struct fault *f)
{
	static const struct member members[] = {
		{ "version", read_version, 0 },
		{ "cmdline", read_text, IN_SNP(cmdline) },
		{ "ovmf_hash", read_sha384, IN_SNP(firmware) },
		{ "kernel_hash", read_sha256, IN_SNP(kernel) },
		{ "initrd_hash", read_sha256, IN_SNP(initrd) },
		{ "hashes_table_gpa", read_u64, IN_SNP(hashes_gpa) },
		{ "reset_eip", read_u64, IN_SNP(reset_eip) },
		{ "ovmf_sections", read_sections, 0 },
	};
	struct snp_launch m = { .n_sections = 0 };
	struct rd r = rd_over(file, "measure.snp", f);

	read_map(&r, members, COUNT(members), &m);
	TRY(rd_end(&r));
	*out = m;
	return true;
}
