/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Misbehaviour, one row each: what a host can be told to do wrong, with its
 * certificate, its answer or its body. Each was seen in the wild or is what
 * an attacker would try.
 */
#ifndef AFFIANT_DEMO_MODE_H
#define AFFIANT_DEMO_MODE_H

#include "compose/demo/demo_market.h"
#include "compose/demo/demo_reply.h"

/* Which certificate a host shows, and how it speaks TLS. */
enum demo_face {
	DEMO_FACE_GOOD,
	DEMO_FACE_SELF_SIGNED,
	DEMO_FACE_EXPIRED,
	DEMO_FACE_NO_SAN,
	DEMO_FACE_OTHER_HOST,
	DEMO_FACE_NO_INTERMEDIATE,
	DEMO_FACE_OLD_TLS,
	DEMO_FACE_UNSTAMPED,
	DEMO_FACE_MUST_STAPLE,
	DEMO_FACE_CONSTRAINED
};

/* What it staples, and which timestamps its TLS extension brings. */
enum demo_staple {
	DEMO_STAPLE_NONE,
	DEMO_STAPLE_GOOD,
	DEMO_STAPLE_REVOKED,
	DEMO_STAPLE_EXPIRED,
	DEMO_STAPLE_OTHER, /* about another certificate */
	DEMO_STAPLE_FORGED /* by the server itself */
};
enum demo_stamps {
	DEMO_STAMPS_NONE,
	DEMO_STAMPS_GOOD,
	DEMO_STAMPS_BROKEN,
	DEMO_STAMPS_UNKNOWN /* of a log that nobody lists */
};

/* What a mode may look at. */
struct demo_request {
	const char *target;     /* "/path?query" */
	const char *host;       /* who was asked */
	const char *moved_host; /* knows every host's targets */
	unsigned port, http_port;
	bool has_user_agent;
};

struct demo_mode {
	const char *id;
	const char *help;
	enum demo_face face;
	enum demo_quirk quirk;
	enum demo_staple staple;
	enum demo_stamps stamps;
	bool renews; /* when told so: a new leaf and key, and it behaves */
	/* Changes the finished answer; may be NULL. */
	void (*change)(struct demo_reply *r, const struct demo_request *q);
};
extern const struct demo_mode demo_mode_rows[]; /* [0] is "none": behaves */
extern const size_t demo_mode_n_rows;
const struct demo_mode *demo_mode_find(const char *id);

#endif
