/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a quote binds (FORMAT.evidence.md section 4): 32 bytes of digest, 32
 * zero bytes. Everything else is refused; the mistakes that circulate are
 * recognised, so that whoever made one learns which.
 */
#ifndef AFFIANT_REPORT_DATA_H
#define AFFIANT_REPORT_DATA_H

#include "verify/evidence.h"

/*
 * CRYPTO at "binding.report-data", naming the mistake when it is a known one.
 * `bound` is the statement hash or the root of the batch; `statement` its
 * canonical bytes, or empty when only the digest is known.
 */
FALLIBLE report_data_check(const uint8_t got[REPORT_DATA_BYTES],
    const struct sha256 *bound, struct span statement, struct fault *f);

#endif
