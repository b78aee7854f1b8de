/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/intel_status.h"

#include <string.h>

static const char *const names[INTEL_STATUS_COUNT] = {
	[INTEL_UP_TO_DATE] = "UpToDate",
	[INTEL_SW_HARDENING] = "SWHardeningNeeded",
	[INTEL_CONFIGURATION] = "ConfigurationNeeded",
	[INTEL_CONFIGURATION_AND_SW_HARDENING] =
	    "ConfigurationAndSWHardeningNeeded",
	[INTEL_OUT_OF_DATE] = "OutOfDate",
	[INTEL_OUT_OF_DATE_CONFIGURATION] = "OutOfDateConfigurationNeeded",
	[INTEL_REVOKED] = "Revoked",
	[INTEL_RELAUNCH] = "TDRelaunchAdvised",
	[INTEL_RELAUNCH_CONFIGURATION] = "TDRelaunchAdvisedConfigurationNeeded",
};

const char *intel_status_name(enum intel_status s)
{
	return names[s];
}

bool intel_status_parse(const char *word, enum intel_status *out)
{
	for (int i = 0; i < INTEL_STATUS_COUNT; i++) {
		if (strcmp(word, names[i]) != 0)
			continue;
		*out = (enum intel_status)i;
		return true;
	}
	return false;
}

bool intel_status_is_level(enum intel_status s)
{
	return s <= INTEL_REVOKED;
}

bool intel_status_is_plain(enum intel_status s)
{
	return s == INTEL_UP_TO_DATE || s == INTEL_OUT_OF_DATE ||
	    s == INTEL_REVOKED;
}

bool intel_status_has_configuration(enum intel_status s)
{
	return s == INTEL_CONFIGURATION ||
	    s == INTEL_CONFIGURATION_AND_SW_HARDENING ||
	    s == INTEL_OUT_OF_DATE_CONFIGURATION ||
	    s == INTEL_RELAUNCH_CONFIGURATION;
}

/*
 * "'Take the worse of the two' is not this table": ConfigurationNeeded with
 * something out of date keeps the word Configuration.
 */
enum intel_status intel_status_merge(
    enum intel_status current, enum intel_status other)
{
	if (current == INTEL_REVOKED || other == INTEL_REVOKED)
		return INTEL_REVOKED;
	if (other == INTEL_UP_TO_DATE)
		return current;
	return intel_status_has_configuration(current)
	    ? INTEL_OUT_OF_DATE_CONFIGURATION
	    : INTEL_OUT_OF_DATE;
}
