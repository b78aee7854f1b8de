/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules that hold between members: no two feeds with one id, a quorum
 * that can be reached, sources that can be asked. What the tables say about a
 * single member has been checked before.
 */
#ifndef AFFIANT_CONFIG_RULES_H
#define AFFIANT_CONFIG_RULES_H

#include "oracle/config_report.h"

/*
 * `root` is the document that *c was read from. Members that were refused
 * hold their default or NULL, and are not complained about twice. Also fills
 * what a source takes from its feed and from the whole configuration.
 */
void config_rules_apply(
    struct config_report *r, struct config *c, const struct json_node *root);
/* What is wrong with one source, at the current place. */
void config_rules_source(struct config_report *r, const struct source_config *c,
    const struct json_node *v);

#endif
