/* SPDX-License-Identifier: Apache-2.0 */
/* What both encodings of the attestation are read into. */
#ifndef AFFIANT_DSTACK_ATTESTATION_PARTS_H
#define AFFIANT_DSTACK_ATTESTATION_PARTS_H

#include "verify/base/canon.h"
#include "verify/dstack_attestation.h"

struct attestation_event {
	uint64_t imr, type;
	struct span digest, name, payload, preimage;
	uint64_t version; /* of a runtime event: 1 unless it says 2 */
	bool has_preimage;
};

struct attestation_reader {
	struct rd r;
	struct dstack_attestation *out;
	struct wr log; /* grows */
	struct canon canon;
	struct wr in_log, beside; /* runtime events, as they stand twice */
};

/* An event of the log; and one of the runtime events beside it. */
void attestation_put_event(
    struct attestation_reader *a, const struct attestation_event *e);
void attestation_put_runtime(
    struct attestation_reader *a, const struct attestation_event *e);
void attestation_put_cert(struct attestation_reader *a, struct span cert);

/* The whole blob behind its version (SCALE), and from its start (MessagePack);
 * faults are the reader's. */
void attestation_read_scale(struct attestation_reader *a);
void attestation_read_msgpack(struct attestation_reader *a);

#endif
