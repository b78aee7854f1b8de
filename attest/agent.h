/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of an agent that the platform runs beside us (dstack section 1):
 * HTTP/1.1 over a unix socket, a JSON object there and one back. The socket is
 * the whole authority; what comes over it is a hint until a quote or a
 * signature confirms it, and bytes from outside like any other.
 */
#ifndef AFFIANT_AGENT_H
#define AFFIANT_AGENT_H

#include "verify/base/json.h"

struct agent;

struct agent_config {
	/* "/run/dstack.sock", or "http://..." for a stand-in; borrowed. */
	const char *endpoint;
	uint32_t timeout_ms; /* of one call, connecting included */
};

/* Opens nothing yet. CONFIG at "agent.endpoint": neither path nor URL. */
FALLIBLE agent_open(
    const struct agent_config *c, struct agent **out, struct fault *f);
void agent_close(struct agent *a);
void agent_drop(struct agent **a); /* for AUTO */

/*
 * POST of `request` to `path` ("/GetQuote"); *out is what a 200 answered, an
 * object. One caller at a time. The connection is kept; one that the agent
 * ended in between is made anew. Faults, all REMOTE but the first two:
 *   agent.socket.missing   nothing is at the path (SYSTEM)
 *   agent.socket.kind      something is, and it is no socket (SYSTEM)
 *   agent.socket.refused   nobody listens, or we may not
 *   agent.timeout          the call took longer than it may
 *   agent.cut              the answer ended before its end
 *   agent.limit            it is longer than LIMIT_AGENT_BYTES, or its head is
 *   agent.http             it is no HTTP/1.1, or a status that agents have not
 *   agent.refused          400: the agent's own error, with its words
 *   agent.json             what it answered is no JSON object
 */
FALLIBLE agent_call(struct agent *a, const char *path, struct span request,
    struct json **out, struct fault *f);

/*
 * GET of `path`; *out is the body of a 200, at most `max` bytes. The same
 * faults, but none about JSON; any other status is REMOTE at "agent.status".
 */
FALLIBLE agent_get(struct agent *a, const char *path, size_t max,
    struct blob *out, struct fault *f);

const char *agent_endpoint(const struct agent *a);

#endif
