/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP answer, as a plan that a mode may spoil before it is sent.
 */
#ifndef AFFIANT_DEMO_REPLY_H
#define AFFIANT_DEMO_REPLY_H

#include "compose/demo/demo_stream.h"
#include "verify/base/utc.h"

/* How the end of the body is told. */
enum demo_framing {
	DEMO_FRAMING_LENGTH,
	DEMO_FRAMING_CHUNKED,
	DEMO_FRAMING_BOTH,
	DEMO_FRAMING_NONE /* by closing the connection */
};

#define DEMO_ALL ((size_t)-1)

/* An answer before it is sent; a mode changes what is usual. */
struct demo_reply {
	unsigned status;
	const char *reason;
	const char *type;   /* Content-Type */
	char headers[4096]; /* further lines, each with CR LF */
	struct blob body;   /* owned */
	enum demo_framing framing;
	size_t sent;      /* bytes of the body before the connection is cut;
			      * DEMO_ALL: everything, and it stays open */
	unsigned wait_ms; /* in front of the head */
	unsigned drip_ms; /* between single bytes of the body */
	unsigned head_drip_ms; /* between single bytes of the head */
	bool interim;          /* a 103 in front */
	bool endless_head;     /* header lines until somebody gives up */
	const char *raw; /* these bytes instead of an answer, and closed */
	bool silent;     /* not a byte, and closed */
	bool has_date;
};
void demo_reply_drop(struct demo_reply *r);

/* Sends it. False: the connection is to be closed, on purpose or not. */
bool demo_reply_send(
    const struct demo_reply *r, struct demo_stream *s, struct utc now);

#endif
