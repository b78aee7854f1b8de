/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text of a fault ends up on terminals and in JSON: plain ASCII only. */
static void sanitise(char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < 0x20 || c > 0x7e)
			*text = '?';
	}
}

static void record(struct fault *f, enum fault_kind kind, const char *at,
    size_t offset, const char *fmt, va_list ap)
    __attribute__((format(printf, 5, 0)));

static void record(struct fault *f, enum fault_kind kind, const char *at,
    size_t offset, const char *fmt, va_list ap)
{
	if (f == NULL || f->kind != FAULT_NONE)
		return;
	/* A fault of kind NONE would read as success. */
	f->kind = kind == FAULT_NONE ? FAULT_INTERNAL : kind;
	f->at = at;
	f->offset = offset;
	if (vsnprintf(f->text, sizeof(f->text), fmt, ap) < 0)
		f->text[0] = '\0';
	sanitise(f->text);
}

bool fault_raise(
    struct fault *f, enum fault_kind kind, const char *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(f, kind, at, FAULT_NO_OFFSET, fmt, ap);
	va_end(ap);
	return false;
}

bool fault_raise_at(struct fault *f, enum fault_kind kind, const char *at,
    size_t offset, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(f, kind, at, offset, fmt, ap);
	va_end(ap);
	return false;
}

bool fault_within(struct fault *f, const char *fmt, ...)
{
	char text[FAULT_TEXT_MAX];
	va_list ap;
	int n;
	size_t used;

	if (f == NULL || f->kind == FAULT_NONE)
		return false;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return false;
	used = strlen(text);
	/* What is cut when both do not fit is the end of the old text. */
	if (snprintf(text + used, sizeof(text) - used, ": %s", f->text) < 0)
		return false;
	sanitise(text);
	memcpy(f->text, text, sizeof(f->text));
	return false;
}

void fault_clear(struct fault *f)
{
	if (f != NULL)
		*f = FAULT_INIT;
}

const char *fault_kind_name(enum fault_kind kind)
{
	switch (kind) {
	case FAULT_NONE:
		return "none";
	case FAULT_FORMAT:
		return "format";
	case FAULT_LIMIT:
		return "limit";
	case FAULT_UNSUPPORTED:
		return "unsupported";
	case FAULT_CRYPTO:
		return "crypto";
	case FAULT_POLICY:
		return "policy";
	case FAULT_CONFIG:
		return "config";
	case FAULT_REMOTE:
		return "remote";
	case FAULT_SYSTEM:
		return "system";
	case FAULT_USAGE:
		return "usage";
	case FAULT_INTERNAL:
		return "internal";
	}
	return "unknown";
}

bool fault_rejects(enum fault_kind kind)
{
	switch (kind) {
	case FAULT_FORMAT:
	case FAULT_LIMIT:
	case FAULT_CRYPTO:
	case FAULT_POLICY:
		return true;
	case FAULT_NONE:
	case FAULT_UNSUPPORTED:
	case FAULT_CONFIG:
	case FAULT_REMOTE:
	case FAULT_SYSTEM:
	case FAULT_USAGE:
	case FAULT_INTERNAL:
		return false;
	}
	return false;
}
