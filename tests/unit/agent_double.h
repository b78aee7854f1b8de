/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An agent on a unix socket for tests: what it answers is said by a function
 * of the test, down to the bytes on the wire. One request at a time, over a few
 * connections, kept until the client or the answer ends them.
 */
#ifndef AFFIANT_TEST_AGENT_DOUBLE_H
#define AFFIANT_TEST_AGENT_DOUBLE_H

#include "tests/unit/check.h"

struct agent_request {
	const char *path; /* "/GetQuote" */
	struct span body;
};
struct agent_reply {
	unsigned status;
	struct blob body;
	/* Instead of status and body: these bytes, then the end. */
	struct blob raw;
	bool close; /* behind the answer; the head does not say so */
	bool hangs; /* no answer; the connection stays */
};
typedef void agent_double_fn(
    const struct agent_request *request, struct agent_reply *out, void *user);

struct agent_double;
struct agent_double *agent_double_start(
    const char *path, agent_double_fn *fn, void *user);
/* The socket stays as a file, as it does when an agent is killed. */
void agent_double_stop(struct agent_double *d);
unsigned agent_double_connections(const struct agent_double *d);
unsigned agent_double_requests(const struct agent_double *d);

/* For functions of the test. */
void agent_reply_text(struct agent_reply *out, unsigned status, const char *s);
void agent_reply_raw(struct agent_reply *out, const char *bytes);

#endif
