/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event log of a dstack guest (FORMAT.evidence.md section 7): what its
 * registers were made of. Parsed here and replayed; nothing is believed before
 * the replay equals the registers of an authenticated quote. A runtime event's
 * digest is always computed from name and payload, never taken as given.
 */
#ifndef AFFIANT_DSTACK_LOG_H
#define AFFIANT_DSTACK_LOG_H

#include "verify/base/hash.h"
#include "verify/base/json.h"

#define DSTACK_RUNTIME_EVENT UINT32_C(0x08000001)
#define DSTACK_REGISTERS 4

struct dstack_event {
	unsigned imr; /* 0 to 3 */
	uint32_t type;
	struct span name; /* these borrow from the log */
	struct span payload;
	unsigned version;     /* of a runtime event's digest: 1 or 2 */
	struct sha384 digest; /* what was extended; computed if runtime */
	bool has_given;       /* a runtime event came with a digest, ... */
	struct sha384 given;  /* ... which has to be the same */
	bool has_preimage;
	struct span preimage; /* hexadecimal text, as given */
};

struct dstack_log {
	struct json *doc;
	struct blob bytes; /* payloads */
	struct dstack_event *event;
	size_t n;
};
void dstack_log_drop(struct dstack_log *l);

/*
 * Reads an array of events. FORMAT and LIMIT at "dstack.log.json" (no array,
 * too long) and "dstack.log.event", with the event's number in the text.
 * Views live as long as *out.
 */
FALLIBLE dstack_log_parse(
    struct span text, struct dstack_log *out, struct fault *f);

/* The digest of a runtime event, version 1 or 2. */
FALLIBLE dstack_event_digest(unsigned version, struct span name,
    struct span payload, struct sha384 *out, struct fault *f);

/*
 * Whether digests and preimages that were given are those of their events:
 * CRYPTO at "dstack.log.digest".
 */
FALLIBLE dstack_log_check_digests(const struct dstack_log *l, struct fault *f);

/* What the register holds when the log is the whole truth. */
struct sha384 dstack_log_replay(const struct dstack_log *l, unsigned imr);
/* Boot events were left out: registers 0 to 2 cannot be replayed. */
bool dstack_log_is_stripped(const struct dstack_log *l);
/* A runtime event of that name. */
bool dstack_event_is(const struct dstack_event *e, const char *name);

#endif
