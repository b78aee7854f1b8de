/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/log.h"

#include "verify/base/canon.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* A line is one write(2), so that lines of several threads never mix. */
#define LINE_MAX_BYTES 8192
/* Of one value. A fault's text is shorter; a URL may be longer. */
#define VALUE_MAX_BYTES 1024
/* What always fits behind the last field: `,"cut":true}` and a newline. */
#define TAIL_BYTES 16

/* The one mutable word of this file: set once from the configuration. */
static atomic_int least_level = LOG_INFO;

void log_set_level(enum log_level least)
{
	atomic_store(&least_level, (int)least);
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return "debug";
	case LOG_INFO:
		return "info";
	case LOG_WARN:
		return "warn";
	case LOG_ERROR:
		return "error";
	}
	return "error";
}

/*
 * A JSON string. Long text is cut, and what is not UTF-8 (or was cut in the
 * middle of a character) is shown byte by byte with '?' for the strange ones:
 * a log line is never lost over the form of a value.
 */
static void put_text(struct wr *w, const char *text)
{
	char shown[VALUE_MAX_BYTES + 1];
	size_t n = text != NULL ? strnlen(text, VALUE_MAX_BYTES) : 0;

	memcpy(shown, text != NULL ? text : "", n);
	shown[n] = '\0';
	if (!utf8_is_valid(span_of(shown, n))) {
		for (size_t i = 0; i < n; i++) {
			if ((unsigned char)shown[i] > 0x7e)
				shown[i] = '?';
		}
	}
	/* Each value is a canonical document of its own, in one line. */
	struct canon c = canon_to(w);
	canon_text(&c, NULL, shown);
}

static void put_value(struct wr *w, const struct log_value *v)
{
	switch (v->type) {
	case LOG_TYPE_TEXT:
		put_text(w, v->text);
		break;
	case LOG_TYPE_U64:
		wr_printf(w, "%llu", (unsigned long long)v->number);
		break;
	case LOG_TYPE_BOOL:
		wr_text(w, v->number != 0 ? "true" : "false");
		break;
	}
}

static void write_line(const char *line, size_t n)
{
	while (n > 0) {
		ssize_t done = write(STDERR_FILENO, line, n);

		if (done < 0 && errno == EINTR)
			continue;
		/* Nowhere to say that there is nowhere to say anything. */
		if (done <= 0)
			return;
		line += done;
		n -= (size_t)done;
	}
}

void log_fields(enum log_level level, const char *event,
    const struct log_field *fields, size_t n)
{
	if ((int)level < atomic_load(&least_level))
		return;

	char line[LINE_MAX_BYTES];
	char at[UTC_TEXT_SIZE];
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(line, sizeof(line) - TAIL_BYTES, "log", &f);

	wr_printf(&w, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":",
	    utc_format_ms(clock_now(), at), level_name(level));
	put_text(&w, event);

	size_t end = w.n;
	bool cut = false;
	for (size_t i = 0; i < n && fields[i].name != NULL; i++) {
		wr_text(&w, ",");
		put_text(&w, fields[i].name);
		wr_text(&w, ":");
		put_value(&w, &fields[i].value);
		/* A field that does not fit is left out, with all behind it. */
		if (!wr_ok(&w)) {
			cut = true;
			break;
		}
		end = w.n;
	}

	struct fault tail_fault = FAULT_INIT;
	struct wr tail =
	    wr_into(line + end, sizeof(line) - end, "log", &tail_fault);
	wr_text(&tail, cut ? ",\"cut\":true}\n" : "}\n");
	write_line(line, end + tail.n);
}

void log_fault(enum log_level level, const char *event, const struct fault *f)
{
	log_event(level, event, { "kind", LOG_S(fault_kind_name(f->kind)) },
	    { "where", LOG_S(f->at) }, { "text", LOG_S(f->text) });
}
