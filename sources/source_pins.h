/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pins of a source: hashes that its certificates are held against, whatever
 * the CA file trusts. One that is found is enough, so that a backup can stand
 * beside what is in use.
 */
#ifndef AFFIANT_SOURCE_PINS_H
#define AFFIANT_SOURCE_PINS_H

#include "sources/sources.h"

/* CONFIG at "/pins": a hash that is none, none at all, redirects, plain HTTP
 * allowed. */
FALLIBLE source_pins_check(const struct source_config *c, struct fault *f);

bool source_pins_are_there(const struct source_pins *p);
/* REMOTE at "source.pin" when none is found. */
FALLIBLE source_pins_match(
    const struct source_pins *p, const struct tls_evidence *e, struct fault *f);

#endif
