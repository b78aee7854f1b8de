/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects of the configuration, read by the tables of config_schema.h. Every
 * problem is noted and reading goes on; what is wrong keeps its default.
 */
#ifndef AFFIANT_CONFIG_READ_H
#define AFFIANT_CONFIG_READ_H

#include "oracle/config_report.h"
#include "oracle/config_schema.h"

/* What a member is when it is left out. */
void config_read_defaults(void *target, const struct config_object *object);
/* Texts borrow from the document; arrays are the caller's to free. */
void config_read_object(struct config_report *r, const struct json_node *v,
    const struct config_object *object, void *target);

#endif
