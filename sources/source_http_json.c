/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind "http-json": GET a URL, parse the body as one strict JSON document,
 * see that its guards hold, follow a pointer or a path. The whole of it is configuration.
 */
#include "sources/source_http_json.h"

#include "sources/source_guard.h"
#include "sources/source_number.h"
#include "sources/source_path.h"
#include "sources/source_pick.h"
#include "sources/source_request.h"
#include "sources/source_url.h"

#include <string.h>

static FALLIBLE check_pick(const char *pointer, const char *at, struct fault *f)
{
	if (source_path_is(pointer))
		return source_path_check(pointer, at, f);
	if (strlen(pointer) > LIMIT_POINTER_BYTES ||
	    !json_pointer_is_valid(pointer))
		return fault_raise(f, FAULT_CONFIG, at,
		    "want a JSON pointer (RFC 6901): empty, or \"/\" and "
		    "names, ~0 for ~ and ~1 for /; or a path that starts "
		    "with $");
	return true;
}

static FALLIBLE check_time(const struct source_config *c, struct fault *f)
{
	static const char *const units[] = { "s", "ms", "us", "ns", "rfc3339" };

	if (c->time_pick == NULL && c->time_unit == NULL)
		return true;
	if (c->time_pick == NULL)
		return fault_raise(f, FAULT_CONFIG, "/time_unit",
		    "\"time_unit\" means nothing without \"time_pick\"");
	TRY(check_pick(c->time_pick, "/time_pick", f));
	for (size_t i = 0; i < COUNT(units) && c->time_unit != NULL; i++) {
		if (strcmp(c->time_unit, units[i]) == 0)
			return true;
	}
	return fault_raise(f, FAULT_CONFIG, "/time_unit",
	    "want \"s\", \"ms\", \"us\", \"ns\" or \"rfc3339\"");
}

static FALLIBLE check(const struct source_config *c, struct fault *f)
{
	if (c->url == NULL)
		return fault_raise(
		    f, FAULT_CONFIG, "/url", "a source needs a URL");
	TRY(source_url_check(c->url, c->allow_http, f));
	if (c->pick == NULL)
		return fault_raise(f, FAULT_CONFIG, "/pick",
		    "a source of this kind needs a JSON pointer");
	TRY(check_pick(c->pick, "/pick", f));
	TRY(check_time(c, f));
	if (c->line != 0)
		return fault_raise(f, FAULT_CONFIG, "/line",
		    "is for sources of kind http-text");
	if (c->match != NULL)
		return fault_raise(f, FAULT_CONFIG, "/match",
		    "is for sources of kind http-text");
	TRY(source_guard_check(c, f));
	TRY(source_number_check(c, f));
	return source_request_check(c, f);
}

const struct source_kind source_http_json = {
	.id = "http-json",
	.help = "GET a URL and pick a value of its JSON by a pointer or path",
	.needs_pick = true,
	.accept = "application/json",
	.check = check,
	.pick = source_pick_json,
};
