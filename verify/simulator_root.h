/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a certificate says of itself that it is a simulator's root. */
#ifndef AFFIANT_SIMULATOR_ROOT_H
#define AFFIANT_SIMULATOR_ROOT_H

#include "verify/x509.h"

/*
 * Its name, its extension (simulator_oid.h), issuer and subject the same, and
 * its own signature: nobody has to say it for it, and nobody can for others.
 */
bool simulator_root_is(const struct x509_cert *c);

#endif
