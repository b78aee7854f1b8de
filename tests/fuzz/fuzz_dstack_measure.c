/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as each of the small files of a dstack image: refused with a
 * place, or measured to the end, and names stay in their folder.
 */
#include "tests/fuzz/must.h"
#include "verify/dstack_checksums.h"
#include "verify/dstack_measure.h"

static void as_checksums(struct span in)
{
	static struct dstack_checksums c;
	struct fault f = FAULT_INIT;

	if (!dstack_checksums_parse(in, &c, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL);
		return;
	}
	MUST(c.n > 0 && c.n <= LIMIT_IMAGE_FILES);
	for (size_t i = 0; i < c.n; i++) {
		MUST(c.file[i].name[0] != '.' && c.file[i].name[0] != '\0');
		MUST(strchr(c.file[i].name, '/') == NULL);
		MUST(dstack_checksums_find(&c, c.file[i].name) == &c.file[i]);
	}
}

static void as_tdx(struct span in)
{
	static const struct sha384 acpi[3];
	struct dstack_measure_tdx m;
	struct sha384 mr;
	struct fault f = FAULT_INIT;

	if (!dstack_measure_tdx_parse(in, &m, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL);
		return;
	}
	if (!dstack_measure_rtmr0(&m, UINT64_C(1) << 32, acpi, &mr, &f))
		must_be_refusal(&f, in.n);
}

static void as_snp(struct span in)
{
	struct snp_launch m;
	struct sha384 mr;
	struct fault f = FAULT_INIT;

	if (!dstack_measure_snp_parse(in, &m, &f)) {
		MUST(f.kind != FAULT_NONE && f.at != NULL);
		return;
	}
	m.vcpus = 2;
	/* Many pages are many hashes: what is refused is refused as fast. */
	for (size_t i = 0; i < m.n_sections; i++)
		if (m.section[i].size <= SNP_SECTION_BYTES)
			m.section[i].size %= 1024 * 1024;
	if (!snp_launch_measure(&m, &mr, &f))
		must_be_refusal(&f, in.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_checksums(span_of(data, size));
	as_tdx(span_of(data, size));
	as_snp(span_of(data, size));
	return 0;
}
