/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch measurement of an SEV-SNP guest that QEMU starts with a kernel of
 * its own: firmware, tables, hashes of what is booted, and the first state of
 * every processor (dstack section 16.1).
 */
#ifndef AFFIANT_SNP_LAUNCH_H
#define AFFIANT_SNP_LAUNCH_H

#include "verify/base/hash.h"

/* Sections of the firmware's metadata; real ones have seven. */
#define SNP_SECTIONS 32
/* Together; real ones have a few hundred KiB. */
#define SNP_SECTION_BYTES (64 * 1024 * 1024)
#define SNP_VCPUS 1024

struct snp_section {
	uint64_t gpa, size, type;
};

struct snp_launch {
	/* the image */
	struct span cmdline;
	struct sha384 firmware; /* the digest when all its pages are in */
	struct sha256 kernel, initrd;
	uint64_t hashes_gpa, reset_eip;
	struct snp_section section[SNP_SECTIONS];
	size_t n_sections;
	/* the machine */
	uint64_t vcpus;
	uint32_t cpu_signature;
	uint64_t guest_features;
};

/* The processor that QEMU's name stands for, in any case ("EPYC-v4"). */
bool snp_launch_cpu(const char *name, uint32_t *signature);

/*
 * FORMAT at "snp.launch" for sections of an unknown type or off a page, and
 * for addresses above 32 bits; LIMIT for more than the constants above.
 */
FALLIBLE snp_launch_measure(
    const struct snp_launch *m, struct sha384 *out, struct fault *f);

#endif
