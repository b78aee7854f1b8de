/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root that judges: Intel's, pinned (659 bytes, SHA-256
 * 44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3), unless
 * the caller names another one or the evidence ends in a simulator's. The
 * pinned root is never parsed: chains are compared with its bytes, and the
 * few facts that are needed of it are views into them. (intel-dcap section 5.)
 */
#ifndef AFFIANT_INTEL_ROOT_H
#define AFFIANT_INTEL_ROOT_H

#include "verify/x509.h"

#define INTEL_ROOT_BYTES 659

struct intel_root {
	struct blob copy;      /* of another root's DER; owned */
	struct x509_cert cert; /* of another root; owned */
	struct x509_key key;   /* owned */
	struct span der;
	struct span subject; /* DER of the Name */
	struct span ski;
	struct span serial;
	struct utc from, to;
	bool is_pinned;
	bool is_simulator;
};

/* The 659 bytes; static memory. */
struct span intel_root_der(void);

/* Intel's. INTERNAL when OpenSSL cannot take the key. */
FALLIBLE intel_root_pinned(struct intel_root *out, struct fault *f);
/*
 * A root that the caller puts in the place of Intel's. USAGE when it is not a
 * CA certificate with a P-256 key. A simulator's is known as one here too.
 */
FALLIBLE intel_root_given(
    struct span der, struct intel_root *out, struct fault *f);
/*
 * A simulator's root (simulator_oid.h): its name, its extension, and its own
 * signature. False, without a fault, when it is none.
 */
bool intel_root_simulated(struct span der, struct intel_root *out);
void intel_root_drop(struct intel_root *r);

#endif
