/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/config_schema.h"
#include "oracle/request_form.h"
#include "oracle/request_gate.h"

#include <string.h>

static const char *word_of_class(size_t i)
{
	return request_classes[i];
}

/* As in sources/source_template.h. */
static FALLIBLE check_hole_name(const char *value, struct fault *f)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	if (value[strspn(value, allowed)] != '\0' ||
	    (value[0] >= '0' && value[0] <= '9'))
		return fault_raise(f, FAULT_CONFIG, "config.hole.name",
		    "a name has A-Z, 0-9 and _, and starts with no digit");
	return true;
}

static const struct config_member hole_members[] = {
	{ "name", CONFIG_TEXT, true, INTO(request_hole, name), .min = 1,
	    .max = 64, .check = check_hole_name,
	    .help = "as it stands in the source's url or headers: ${NAME}" },
	{ "max", CONFIG_NUMBER, INTO(request_hole, max), .min = 1,
	    .max = LIMIT_REQUEST_VALUE, .fallback = 64,
	    .help = "characters of a value" },
	{ "chars", CONFIG_WORD, INTO(request_hole, chars),
	    .fallback_text = "alnum", .words = word_of_class,
	    .help = "alnum: letters and digits; word: also - . _ and the "
		    "comma; text: printable ASCII. The first is always a "
		    "letter or digit" },
};
const struct config_object config_hole_object = { "hole",
	"requests.templates[].holes[]", ROWS(hole_members),
	sizeof(struct request_hole) };

static const struct config_member template_members[] = {
	{ "id", CONFIG_TEXT, true, INTO(request_template, id), .min = 1,
	    .max = LIMIT_FEED_ID, .check = config_check_feed_id,
	    .help = "the template's name in requests, and the feed in their "
		    "statements; no feed has the same" },
	{ "source", CONFIG_OBJECT, true,
	    .at = offsetof(struct request_template, source),
	    .object = &config_source_object,
	    .help = "what is asked, with GET and without redirects" },
	{ "holes", CONFIG_ARRAY, true,
	    COUNTED(request_template, holes, n_holes), .min = 1,
	    .max = LIMIT_REQUEST_HOLES, .object = &config_hole_object,
	    .help = "what the caller fills in, percent-encoded in a url" },
};
const struct config_object config_template_object = { "template",
	"requests.templates[]", ROWS(template_members),
	sizeof(struct request_template) };

static const struct config_member requests_members[] = {
	{ "per_minute", CONFIG_NUMBER, INTO(requests_config, per_minute),
	    .min = 1, .max = REQUEST_RATE_MAX, .fallback = 30,
	    .help = "requests taken in a minute, of all callers together" },
	{ "at_once", CONFIG_NUMBER, INTO(requests_config, at_once), .min = 1,
	    .max = 16, .fallback = 2, .help = "requests under way" },
	{ "templates", CONFIG_ARRAY, true,
	    COUNTED(requests_config, templates, n_templates), .min = 1,
	    .max = CONFIG_MAX_TEMPLATES, .object = &config_template_object,
	    .help = "what may be asked" },
};
const struct config_object config_requests_object = { "requests", "requests",
	ROWS(requests_members), 0 };
