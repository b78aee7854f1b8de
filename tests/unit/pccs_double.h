/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small stand-in for Intel's provisioning service and its caches, on
 * 127.0.0.1, by TLS and by plain HTTP: it serves the parts of one bundle under
 * the paths of interface version 4.
 *
 * The first segment of a request's path can tell it to misbehave, in all
 * answers or in one: /nochain/sgx/... or /nochain.qe/sgx/... The answers are
 * tcb, qe, pckcrl and rootcacrl; the modes stand in pccs_modes.
 */
#ifndef AFFIANT_TEST_PCCS_DOUBLE_H
#define AFFIANT_TEST_PCCS_DOUBLE_H

#include "verify/collateral.h"

struct pccs_double;

/* By this name its certificate has no SAN, but the name in its CN. */
#define PCCS_NAMELESS "nameless.localhost"

/* Whose names and help texts are for a person; ends with a NULL name. */
struct pccs_mode {
	const char *name, *help;
};
extern const struct pccs_mode pccs_modes[];

/*
 * Serves `c`, whose spans outlive the double. ca.pem goes to `dir`, which is
 * made. Ready to serve when it returns.
 */
FALLIBLE pccs_double_start(const struct collateral *c, const char *dir,
    struct pccs_double **out, struct fault *f);
void pccs_double_stop(struct pccs_double *d);

uint16_t pccs_double_port(const struct pccs_double *d);
uint16_t pccs_double_http_port(const struct pccs_double *d);
/* From now on these parts. No request may be under way. */
void pccs_double_serve(struct pccs_double *d, const struct collateral *c);
/* The targets asked for since the last call, each with a line end. */
void pccs_double_targets(struct pccs_double *d, char *out, size_t cap);

#endif
