/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The versioned attestation of dstack's newer agents: one blob with quote,
 * event log and what belongs to them, in SCALE (version 0) or MessagePack
 * (version 1). It decodes to the evidence that is judged everywhere else and
 * adds nothing to it: what the blob says twice has to agree, and nothing is
 * believed here.
 */
#ifndef AFFIANT_DSTACK_ATTESTATION_H
#define AFFIANT_DSTACK_ATTESTATION_H

#include "verify/base/bytes.h"
#include "verify/base/limits.h"
#include "verify/report_data.h"

enum dstack_attestation_kind {
	DSTACK_ATTESTATION_TDX,
	DSTACK_ATTESTATION_NITRO,
	DSTACK_ATTESTATION_SNP
};

/* Views are into the input or into `bytes`. */
struct dstack_attestation {
	enum dstack_attestation_kind kind;
	struct span evidence; /* quote, document or report */
	struct blob log;      /* TDX: JSON as dstack_log_parse reads it */
	struct span cert[LIMIT_ATTESTATION_CERTS]; /* SNP, as they came */
	size_t n_certs;
	struct span mr_config; /* SNP: the document behind HOST_DATA */
	uint8_t report_data[REPORT_DATA_BYTES];
	struct span pod_payload; /* the text that a pod's report data hashes */
	struct span config; /* what the host said: nothing in it is measured */
	struct blob bytes;
};
void dstack_attestation_drop(struct dstack_attestation *a);

/*
 * Whether these bytes can only be such a blob: no quote, report or document
 * of a platform begins like this, and no text.
 */
bool dstack_attestation_is(struct span in);

/* "tdx", "nitro", "snp". */
const char *dstack_attestation_platform(const struct dstack_attestation *a);

/*
 * FORMAT and LIMIT at "attestation.form", or at "attestation.events" when the
 * two lists of runtime events differ; UNSUPPORTED at "attestation.kind" for
 * what nobody judges here; CRYPTO at "attestation.report-data" when the blob's
 * differs from the evidence's, or from the payload's hash in a pod.
 */
FALLIBLE dstack_attestation_decode(
    struct span in, struct dstack_attestation *out, struct fault *f);

#endif
