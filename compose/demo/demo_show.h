/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host shows beside its certificate: a stapled OCSP response and
 * timestamps in the TLS extension, right or wrong as its mode says.
 */
#ifndef AFFIANT_DEMO_SHOW_H
#define AFFIANT_DEMO_SHOW_H

#include "compose/demo/demo_ca.h"
#include "compose/demo/demo_mode.h"

struct demo_show {
	const struct demo_ca *ca;
	const struct demo_mode *mode;
	const struct demo_leaf *leaf, *other; /* shown; and a neighbour's */
	enum demo_leaf_kind kind;
	struct utc now;
};

/* Empty when the mode shows none. */
FALLIBLE demo_show_staple(
    const struct demo_show *s, struct blob *out, struct fault *f);
FALLIBLE demo_show_stamps(
    const struct demo_show *s, struct blob *out, struct fault *f);

#endif
