/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel's signed JSON: an object with exactly two members, the signed object
 * and `signature` over its bytes exactly as they stand in the body.
 * (intel-dcap section 8.) The steps are taken in this order; nothing inside
 * the signed object is read before its signature holds.
 */
#ifndef AFFIANT_INTEL_JSON_H
#define AFFIANT_INTEL_JSON_H

#include "verify/base/json.h"
#include "verify/base/utc.h"
#include "verify/x509.h"

struct intel_json {
	struct json *doc;              /* owned */
	const struct json_node *inner; /* the signed object */
	struct span signed_bytes;      /* its bytes, as received */
	const char *signature;
};

/*
 * J01 and J02: strict grammar; *duplicate says that the grammar holds and
 * only a member name stands twice somewhere.
 */
FALLIBLE intel_json_parse(
    struct span body, struct intel_json *out, bool *duplicate, struct fault *f);
void intel_json_drop(struct intel_json *j);
/* T03, E03: exactly `member` and `signature`, names without escapes. */
FALLIBLE intel_json_envelope(struct intel_json *j, struct span body,
    const char *member, struct fault *f);
/* T02, E02: 128 hex digits that verify over the exact bytes. */
FALLIBLE intel_json_signature(
    const struct intel_json *j, const struct x509_key *signer, struct fault *f);

/* A window of two members in Intel's one form of a date. */
FALLIBLE intel_json_dates(const char *issue_date, const char *next_update,
    struct utc *from, struct utc *to, struct fault *f);

#endif
