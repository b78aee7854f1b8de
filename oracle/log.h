/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structured log lines on standard error, one object a line:
 *   {"at":"2026-01-15T00:00:00.000Z","level":"info","event":"round","feed":...}
 * The only printer of the daemon besides its commands. Values are escaped;
 * secrets have no way in (URLs come masked from sources/).
 */
#ifndef AFFIANT_LOG_H
#define AFFIANT_LOG_H

#include "verify/base/fault.h"

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level least);

/*
 * log_event(LOG_INFO, "round", { "feed", LOG_S(id) }, { "n", LOG_U(n) });
 * with at least one field (else log_fields(level, event, NULL, 0)). One
 * write(2) per line; a value is cut at 1024 bytes, a line at 8 KB ("cut").
 * May be called from any thread.
 */
enum log_type { LOG_TYPE_TEXT, LOG_TYPE_U64, LOG_TYPE_BOOL };
struct log_value {
	enum log_type type;
	const char *text;
	uint64_t number;
};
struct log_field {
	const char *name;
	struct log_value value;
};
#define LOG_S(s) ((struct log_value){ .type = LOG_TYPE_TEXT, .text = (s) })
#define LOG_U(u) ((struct log_value){ .type = LOG_TYPE_U64, .number = (u) })
#define LOG_B(b) ((struct log_value){ .type = LOG_TYPE_BOOL, .number = (b) })

void log_fields(enum log_level level, const char *event,
    const struct log_field *fields, size_t n);
#define log_event(level, event, ...)                                        \
	log_fields(level, event, (const struct log_field[]){ __VA_ARGS__ }, \
	    sizeof((const struct log_field[]){ __VA_ARGS__ }) /             \
		sizeof(struct log_field))
/* The fault's kind, place and text as fields, behind `event`. */
void log_fault(enum log_level level, const char *event, const struct fault *f);

#endif
