/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What dstack guest agents answer, of every generation (dstack sections 2, 3,
 * 7.1): from their JSON to what FORMAT.evidence.md section 7 says. Members may
 * stand in any order and unknown ones are ignored, because agents differ;
 * what we take has exact lengths. Nothing is believed.
 */
#ifndef AFFIANT_DSTACK_ANSWER_H
#define AFFIANT_DSTACK_ANSWER_H

#include "attest/provider.h"
#include "verify/base/json.h"
#include "verify/dstack_identity.h"

/*
 * GetQuote, TdxQuote. *quote as it came, *log is canonical JSON, or empty
 * where the agent gave none. REMOTE at "dstack.quote" (none, or no hex),
 * "dstack.platform" (an empty one: this host is not TDX), "dstack.log".
 */
FALLIBLE dstack_answer_quote(const struct json_node *root, struct blob *quote,
    struct blob *log, struct fault *f);

/*
 * GetKey (names "key", "signature_chain") and DeriveK256Key ("k256_key",
 * "k256_signature_chain"). The texts of the key are wiped in the document.
 * REMOTE at "dstack.key" (32 bytes) and "dstack.chain" (65 bytes, then 65 or
 * none; recovery id 0 or 1, or 27 or 28, as FORMAT.evidence.md wants).
 */
FALLIBLE dstack_answer_key(const struct json *doc, const char *key_name,
    const char *chain_name, struct attest_key *out, struct fault *f);

/* Info. Only the app id is always there. */
struct dstack_info {
	uint8_t app_id[DSTACK_APP_ID_BYTES];
	bool has_instance;
	uint8_t instance_id[20];
	struct blob app_compose; /* empty: an agent of the tappd era */
};
void dstack_info_drop(struct dstack_info *i);
/* REMOTE at "dstack.info" or "dstack.compose". */
FALLIBLE dstack_answer_info(
    const struct json_node *root, struct dstack_info *out, struct fault *f);

/* What a log (as dstack_answer_quote gives it) says of our event. */
enum dstack_measured {
	DSTACK_UNMEASURED,
	DSTACK_MEASURED,      /* these 32 bytes, and nothing else */
	DSTACK_MEASURED_OTHER /* something else, with or without them */
};
enum dstack_measured dstack_answer_measured(
    struct span log, const struct sha256 *config);

#endif
