/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/snp_launch.h"

#include <string.h>
#include <strings.h>

#define AT "snp.launch"
#define PAGE 4096
#define VMSA_GPA UINT64_C(0xfffffffff000)
#define BOOT_EIP UINT64_C(0xfffffff0)

/* Types of pages, as the processor measures them. */
enum { PAGE_NORMAL = 1, PAGE_VMSA, PAGE_ZERO, PAGE_SECRETS = 5, PAGE_CPUID };
/* Types of sections, as the firmware lists them. */
enum {
	SECTION_MEMORY = 1,
	SECTION_SECRETS = 2,
	SECTION_CPUID = 3,
	SECTION_CAA = 4,
	SECTION_HASHES = 16
};

/* ---- the processor's name ------------------------------------------------------ */

struct cpu {
	const char *name;
	unsigned family, model, stepping;
};
static const struct cpu cpus[] = {
	{ "epyc", 23, 1, 2 },
	{ "epyc-v1", 23, 1, 2 },
	{ "epyc-v2", 23, 1, 2 },
	{ "epyc-v3", 23, 1, 2 },
	{ "epyc-v4", 23, 1, 2 },
	{ "epyc-ibpb", 23, 1, 2 },
	{ "epyc-rome", 23, 49, 0 },
	{ "epyc-milan", 25, 1, 1 },
	{ "epyc-genoa", 25, 17, 0 },
};

/* CPUID's form: families above 15 are written in two parts. */
bool snp_launch_cpu(const char *name, uint32_t *signature)
{
	for (size_t i = 0; i < COUNT(cpus); i++) {
		const struct cpu *c = &cpus[i];

		if (strcasecmp(name, c->name) != 0)
			continue;
		*signature = (c->family - 15) << 20 | 15u << 8 |
		    (c->model >> 4) << 16 | (c->model & 15) << 4 | c->stepping;
		return true;
	}
	return false;
}

/* ---- one page after the other ---------------------------------------------------- */

static void add_page(
    struct sha384 *ld, uint8_t type, uint64_t gpa, const struct sha384 *content)
{
	uint8_t info[112];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(info, sizeof(info), AT, &f);

	wr_bytes(&w, ld->b, sizeof(ld->b));
	wr_bytes(&w, content->b, sizeof(content->b));
	wr_u16le(&w, sizeof(info));
	wr_u8(&w, type);
	wr_zero(&w, 5);
	wr_u64le(&w, gpa);
	*ld = sha384_of(wr_view(&w));
}

static const struct sha384 nothing;

/* ---- hashes of kernel, initrd and command line -------------------------------------- */

static void put_hash(
    struct wr *w, const uint8_t guid[16], const struct sha256 *hash)
{
	wr_bytes(w, guid, 16);
	wr_u16le(w, 50);
	wr_bytes(w, hash->b, sizeof(hash->b));
}

/* "over trimmed text + NUL" */
static struct sha256 cmdline_hash(struct span text)
{
	struct span parts[2] = { text, span_of("", 1) };

	while (parts[0].n > 0 && parts[0].p[parts[0].n - 1] <= ' ')
		parts[0].n--;
	while (parts[0].n > 0 && parts[0].p[0] <= ' ')
		parts[0] = span_of(parts[0].p + 1, parts[0].n - 1);
	return sha256_of_parts(parts, COUNT(parts));
}

static struct sha384 hashes_page(const struct snp_launch *m)
{
	static const uint8_t table[16] = { 0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f,
		0xc9, 0x4c, 0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21 };
	static const uint8_t cmdline[16] = { 0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd,
		0x94, 0x4c, 0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a };
	static const uint8_t initrd[16] = { 0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a,
		0xd7, 0x4b, 0x9a, 0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d };
	static const uint8_t kernel[16] = { 0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab,
		0x7f, 0x42, 0xb8, 0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b };
	struct sha256 text = cmdline_hash(m->cmdline);
	uint8_t page[PAGE] = { 0 };
	struct fault f = FAULT_INIT;
	size_t at = m->hashes_gpa % PAGE;
	struct wr w = wr_into(page + at, PAGE - at, AT, &f);

	wr_bytes(&w, table, 16);
	wr_u16le(&w, 168);
	put_hash(&w, cmdline, &text);
	put_hash(&w, initrd, &m->initrd);
	put_hash(&w, kernel, &m->kernel);
	return sha384_of(span_of(page, sizeof(page)));
}

/* ---- a processor's first state --------------------------------------------------------- */

static void put_le(uint8_t *page, size_t at, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		page[at + i] = (uint8_t)(v >> 8 * i);
}

static void put_segment(uint8_t *page, size_t at, uint64_t selector,
    uint64_t attributes, uint64_t base)
{
	put_le(page, at, selector, 2);
	put_le(page, at + 2, attributes, 2);
	put_le(page, at + 4, 0xffff, 4);
	put_le(page, at + 8, base, 8);
}

static struct sha384 vmsa_page(const struct snp_launch *m, uint64_t eip)
{
	static const struct {
		uint16_t at;
		uint64_t value;
	} words[] = {
		{ 0x0d0, 0x1000 },                   /* EFER */
		{ 0x148, 0x40 },                     /* CR4 */
		{ 0x158, 0x10 },                     /* CR0 */
		{ 0x160, 0x400 },                    /* DR7 */
		{ 0x168, 0xffff0ff0 }, { 0x170, 2 }, /* RFLAGS */
		{ 0x268, UINT64_C(0x0007040600070406) },
		{ 0x3e8, 1 },      /* XCR0 */
		{ 0x408, 0x1f80 }, /* MXCSR */
		{ 0x410, 0x37f },  /* FCW */
	};
	static const uint16_t data[] = { 0x00, 0x20, 0x30, 0x40, 0x50 };
	uint8_t page[PAGE] = { 0 };

	for (size_t i = 0; i < COUNT(data); i++)
		put_segment(page, data[i], 0, 0x93, 0);
	put_segment(page, 0x10, 0xf000, 0x9b, eip & 0xffff0000);
	put_segment(page, 0x60, 0, 0, 0);    /* GDTR */
	put_segment(page, 0x70, 0, 0x82, 0); /* LDTR */
	put_segment(page, 0x80, 0, 0, 0);    /* IDTR */
	put_segment(page, 0x90, 0, 0x8b, 0); /* TR */
	for (size_t i = 0; i < COUNT(words); i++)
		put_le(page, words[i].at, words[i].value, 8);
	put_le(page, 0x178, eip & 0xffff, 8);
	put_le(page, 0x310, m->cpu_signature, 8);
	put_le(page, 0x3b0, m->guest_features, 8);
	return sha384_of(span_of(page, sizeof(page)));
}

/* ---- the whole ---------------------------------------------------------------------------- */

static FALLIBLE check(const struct snp_launch *m, struct fault *f)
{
	uint64_t sum = 0;

	if (m->vcpus == 0 || m->vcpus > SNP_VCPUS)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "%llu processors; want 1 to %d",
		    (unsigned long long)m->vcpus, SNP_VCPUS);
	if (m->reset_eip > UINT32_MAX || m->hashes_gpa > UINT32_MAX ||
	    m->hashes_gpa % PAGE > PAGE - 168)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "an address is out of its range");
	for (size_t i = 0; i < m->n_sections; i++) {
		const struct snp_section *s = &m->section[i];

		if (s->gpa % PAGE != 0 || s->size % PAGE != 0 ||
		    s->gpa > UINT32_MAX)
			return fault_raise(f, FAULT_FORMAT, AT,
			    "section %zu is not made of whole pages", i);
		if (s->size > SNP_SECTION_BYTES - sum)
			return fault_raise(f, FAULT_LIMIT, AT,
			    "sections have more than %d bytes",
			    SNP_SECTION_BYTES);
		sum += s->size;
	}
	return true;
}

static FALLIBLE add_section(const struct snp_launch *m,
    const struct snp_section *s, struct sha384 *ld, struct fault *f)
{
	struct sha384 page;

	switch (s->type) {
	case SECTION_MEMORY:
	case SECTION_CAA:
		for (uint64_t at = 0; at < s->size; at += PAGE)
			add_page(ld, PAGE_ZERO, s->gpa + at, &nothing);
		return true;
	case SECTION_SECRETS:
		add_page(ld, PAGE_SECRETS, s->gpa, &nothing);
		return true;
	case SECTION_CPUID:
		add_page(ld, PAGE_CPUID, s->gpa, &nothing);
		return true;
	case SECTION_HASHES:
		page = hashes_page(m);
		add_page(ld, PAGE_NORMAL, s->gpa, &page);
		return true;
	default:
		return fault_raise(f, FAULT_FORMAT, AT,
		    "a section has the unknown type %llu",
		    (unsigned long long)s->type);
	}
}

FALLIBLE snp_launch_measure(
    const struct snp_launch *m, struct sha384 *out, struct fault *f)
{
	struct sha384 ld = m->firmware, first, others;

	TRY(check(m, f));
	for (size_t i = 0; i < m->n_sections; i++)
		TRY(add_section(m, &m->section[i], &ld, f));
	first = vmsa_page(m, BOOT_EIP);
	others = vmsa_page(m, m->reset_eip);
	for (uint64_t i = 0; i < m->vcpus; i++)
		add_page(&ld, PAGE_VMSA, VMSA_GPA, i == 0 ? &first : &others);
	*out = ld;
	return true;
}
