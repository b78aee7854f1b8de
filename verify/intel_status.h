/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status words of Intel's TCB and how two of them merge. (intel-dcap
 * sections 10.8 and 10.9.)
 */
#ifndef AFFIANT_INTEL_STATUS_H
#define AFFIANT_INTEL_STATUS_H

#include "verify/base/fault.h"

enum intel_status {
	INTEL_UP_TO_DATE,
	INTEL_SW_HARDENING,
	INTEL_CONFIGURATION,
	INTEL_CONFIGURATION_AND_SW_HARDENING,
	INTEL_OUT_OF_DATE,
	INTEL_OUT_OF_DATE_CONFIGURATION,
	INTEL_REVOKED,
	/* Never in a document; only the result of the relaunch rule. */
	INTEL_RELAUNCH,
	INTEL_RELAUNCH_CONFIGURATION,
	INTEL_STATUS_COUNT
};

/* "UpToDate", ...: Intel's words. */
const char *intel_status_name(enum intel_status s);
/* True for a word that exists; then *out is it. */
bool intel_status_parse(const char *word, enum intel_status *out);
/* The first seven: what a level of a platform may say. */
bool intel_status_is_level(enum intel_status s);
/* UpToDate, OutOfDate, Revoked: what a level of a module or QE may say. */
bool intel_status_is_plain(enum intel_status s);
/* ConfigurationNeeded and its relatives. */
bool intel_status_has_configuration(enum intel_status s);

/* The table of 10.8; `other` is plain. */
enum intel_status intel_status_merge(
    enum intel_status current, enum intel_status other);

#endif
