/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions behind the row quote_tdx_tsm, on a surface that is given to
 * them: the row gives the kernel's, tests give one of their own.
 */
#ifndef AFFIANT_ATTEST_QUOTE_TDX_H
#define AFFIANT_ATTEST_QUOTE_TDX_H

#include "attest/provider.h"
#include "attest/tsm.h"

/*
 * Whether TDX quotes come from there: "presence of a device node is a hint:
 * confirm by asking for a report and parsing it". Takes a quote, a second or
 * so; *why says what is missing.
 */
bool quote_tdx_detect(const struct tsm *t, struct fault *why);

/*
 * The row's open on that surface, of which it keeps a copy: the surface must
 * be there (tsm_probe), but not a quote yet, because a host whose quoting
 * service comes later is waited for. *state_out is for the row's other ops.
 */
FALLIBLE quote_tdx_open(const struct tsm *t, void **state_out,
    const char **platform_out, struct fault *f);

/*
 * What a host gave, as a canonical quote, version 4 or 5, over this report
 * data. The form is checked and nothing is believed: that is for those who
 * verify. REMOTE at "intel.*" (what came is no TDX quote) or
 * "tdx.report_data" (a quote over something else).
 */
FALLIBLE quote_tdx_check(struct span quote,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *out,
    struct fault *f);

/* One of the kernel's. Faults: those of tsm_report and of the check. */
FALLIBLE quote_tdx_take(const struct tsm *t,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *out,
    struct fault *f);

#endif
