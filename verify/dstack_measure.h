/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a dstack image measures to, from the measurement files that lie in it
 * (dstack sections 13.4 to 13.6, 16.1). The files are worth what their hashes
 * are: whether sha256sum.txt names them, and whether anybody trusts that list,
 * is the caller's to find out.
 *
 * A guest's RTMR0 also depends on its memory and on ACPI tables that the host
 * makes from the machine's devices. Those are not computed here: their digests
 * come out of an event log, and RTMR0 pins them without saying that they are
 * harmless.
 */
#ifndef AFFIANT_DSTACK_MEASURE_H
#define AFFIANT_DSTACK_MEASURE_H

#include "verify/base/hash.h"
#include "verify/dstack_log.h"
#include "verify/snp_launch.h"

/* measurement.tdx.cbor, version 3, layout of the firmware "pre202505". */
struct dstack_measure_tdx {
	struct sha384 cmdline, kernel, initrd;
	/* Hosts add the firmware's pages in one of two orders. */
	struct sha384 mrtd_two_pass, mrtd_single_pass;
	struct span td_hob; /* borrows from the file */
};

/*
 * FORMAT at "measure.tdx"; UNSUPPORTED at "measure.tdx.ovmf" for another
 * layout, whose registers nobody has described.
 */
FALLIBLE dstack_measure_tdx_parse(
    struct span file, struct dstack_measure_tdx *out, struct fault *f);
/* measurement.snp.cbor, version 3. FORMAT and LIMIT at "measure.snp". Without
 * the machine: that is not in the file. Views borrow from it. */
FALLIBLE dstack_measure_snp_parse(
    struct span file, struct snp_launch *out, struct fault *f);

/* Same for 2 GiB of memory and for 2.75 GiB and more; other sizes differ. */
bool dstack_measure_is_memory(uint64_t bytes);
struct sha384 dstack_measure_rtmr1(const struct dstack_measure_tdx *m);
struct sha384 dstack_measure_rtmr2(const struct dstack_measure_tdx *m);

/*
 * The loader, the root pointer and the tables, as the log has them. FORMAT at
 * "measure.acpi" unless there are exactly three such events.
 */
FALLIBLE dstack_measure_acpi(
    const struct dstack_log *log, struct sha384 out[3], struct fault *f);
/* LIMIT at "measure.memory" for another size, FORMAT at "measure.td-hob". */
FALLIBLE dstack_measure_rtmr0(const struct dstack_measure_tdx *m,
    uint64_t memory, const struct sha384 acpi[3], struct sha384 *out,
    struct fault *f);

#endif
