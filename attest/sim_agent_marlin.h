/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marlin's "custom" attestation server on the Nitro simulator (marlin section
 * 1.1): GET /attestation/raw and /attestation/hex, with public_key, user_data
 * and nonce as hexadecimal. Absent is null, empty is empty. It proves nothing.
 */
#ifndef AFFIANT_SIM_AGENT_MARLIN_H
#define AFFIANT_SIM_AGENT_MARLIN_H

#include "verify/base/bytes.h"

struct sim_marlin;

/* Its root is in state_dir as the simulator's is; NULL: in memory. */
FALLIBLE sim_marlin_open(
    const char *state_dir, struct sim_marlin **out, struct fault *f);
void sim_marlin_close(struct sim_marlin *m);

/*
 * One call: the path, and the query as a JSON object of texts. 200 with the
 * document, or 400, 404, 500 with a sentence. Any thread.
 */
unsigned sim_marlin_answer(struct sim_marlin *m, const char *path,
    struct span query, struct blob *answer);

#endif
