/* SPDX-License-Identifier: Apache-2.0 */
/* Rules between the members of chains[], and with the rest. */
#ifndef AFFIANT_CONFIG_CHAIN_H
#define AFFIANT_CONFIG_CHAIN_H

#include "oracle/config_report.h"

/* Notes every breach at its pointer. After the tables have been read. */
void config_chain_check(struct config_report *r, const struct config *c);

#endif
