/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pick.h"

#include "verify/base/text.h"
#include "verify/pick_number.h"

#include <regex.h>
#include <string.h>

/* ---- the pattern -------------------------------------------------------- */

static void drop_regex(regex_t **r)
{
	if (*r != NULL)
		regfree(*r);
	*r = NULL;
}

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

/* Behind a bracket expression that starts at `p`; NULL: it has no end. */
static const char *behind_brackets(const char *p)
{
	p++;
	if (*p == '^')
		p++;
	if (*p == ']')
		p++;
	while (*p != '\0' && *p != ']') {
		if (p[0] == '[' && p[1] == ':') {
			p = strstr(p + 2, ":]");
			if (p == NULL)
				return NULL;
			p++;
		} else if (p[0] == '[' && (p[1] == '.' || p[1] == '=')) {
			return NULL; /* POSIX leaves these to the locale */
		}
		p++;
	}
	return *p == ']' ? p + 1 : NULL;
}

/* What regcomp would take, and we do not. */
static const char *what_is_excessive(const char *pattern)
{
	const char *p = pattern;
	bool is_atom = false; /* what stands before can be repeated */
	char last = '\0';

	while (*p != '\0') {
		bool repeats = *p == '*' || *p == '+' || *p == '?';

		/* Each further one doubles what regcomp has to hold. */
		if (repeats && !is_atom)
			return "a repetition (* + ?) stands once, behind what "
			       "it repeats";
		/* Loops around what may be empty do not end in every C library;
		 * without loops around groups there are none. */
		if (repeats && last == ')' && *p != '?')
			return "a group is not repeated (* +): repeat what is "
			       "inside";
		last = *p;
		is_atom = !repeats && strchr("(|^$", *p) == NULL;
		if (*p == '{')
			return "a counted repetition ({) is not supported: "
			       "write it out";
		if (*p == '[') {
			p = behind_brackets(p);
			if (p == NULL)
				return "the brackets have no end, or [. or [= "
				       "inside";
		} else if (*p == '\\') {
			if (is_alphanumeric(p[1]) || p[1] == '\0')
				return "a backslash stands before a "
				       "punctuation mark only";
			p += 2;
		} else {
			p++;
		}
	}
	return NULL;
}

static FALLIBLE compile(const char *pattern, regex_t *out, struct fault *f)
{
	size_t n = strlen(pattern);
	const char *why;

	if (n < 1 || n > LIMIT_MATCH_BYTES ||
	    !ascii_is_printable(span_of(pattern, n)))
		return fault_raise(f, FAULT_CONFIG, "/match",
		    "want 1 to %d characters of printable ASCII",
		    LIMIT_MATCH_BYTES);
	why = what_is_excessive(pattern);
	if (why != NULL)
		return fault_raise(f, FAULT_CONFIG, "/match", "%s", why);
	if (regcomp(out, pattern, REG_EXTENDED) != 0)
		return fault_raise(f, FAULT_CONFIG, "/match",
		    "no regular expression (POSIX, extended)");
	if (out->re_nsub < 1 || out->re_nsub > LIMIT_MATCH_GROUPS) {
		regfree(out);
		return fault_raise(f, FAULT_CONFIG, "/match",
		    "want 1 to %d groups in parentheses; the first is the "
		    "value",
		    LIMIT_MATCH_GROUPS);
	}
	return true;
}

/* ---- the configuration -------------------------------------------------- */

static FALLIBLE check_foreign(const struct pick_rule *r, struct fault *f)
{
	const struct {
		const char *at;
		bool is_given;
	} members[] = {
		{ "/pick", r->pick != NULL },
		{ "/time_pick", r->time_pick != NULL },
		{ "/time_unit", r->time_unit != NULL },
		{ "/require", r->n_require > 0 },
		{ "/forbid", r->n_forbid > 0 },
	};

	for (size_t i = 0; i < COUNT(members); i++) {
		if (members[i].is_given)
			return fault_raise(f, FAULT_CONFIG, members[i].at,
			    "is for JSON: a source of text has \"line\" and "
			    "\"match\"");
	}
	return true;
}

static FALLIBLE check(const struct pick_rule *r, struct fault *f)
{
	regex_t regex;

	TRY(check_foreign(r, f));
	if (r->line > LIMIT_TEXT_BODY)
		return fault_raise(f, FAULT_CONFIG, "/line",
		    "a body has at most %d lines", LIMIT_TEXT_BODY);
	if (r->match == NULL && r->line == 0)
		return fault_raise(f, FAULT_CONFIG, "/match",
		    "a source of text needs a \"line\" or a \"match\"");
	if (r->match != NULL) {
		TRY(compile(r->match, &regex, f));
		regfree(&regex);
	}
	return pick_number_check(r, f);
}

/* ---- lines -------------------------------------------------------------- */

/* The next line without its end, LF or CR LF; false: there is none. */
static bool next_line(struct span *rest, struct span *out)
{
	const uint8_t *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, '\n', rest->n);
	*out =
	    span_of(rest->p, end != NULL ? (size_t)(end - rest->p) : rest->n);
	*rest = end != NULL ? span_of(end + 1, rest->n - out->n - 1)
			    : (struct span){ 0 };
	if (out->n > 0 && out->p[out->n - 1] == '\r')
		out->n--;
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct span without_blanks(struct span s)
{
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_blank(s.p[0]))
		s = span_of(s.p + 1, s.n - 1);
	return s;
}

/* The first group in one line; *found false when it does not match. */
static FALLIBLE match_line(const regex_t *regex, struct span line, bool *found,
    struct span *out, struct fault *f)
{
	char text[LIMIT_TEXT_LINE + 1];
	regmatch_t m[2];
	int rc;

	if (line.n > LIMIT_TEXT_LINE)
		return fault_raise(f, FAULT_REMOTE, "source.limit",
		    "a line of the text is longer than %d bytes",
		    LIMIT_TEXT_LINE);
	if (line.n > 0)
		memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	rc = regexec(regex, text, COUNT(m), m, 0);
	if (rc == REG_ESPACE)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	*found = rc == 0;
	if (*found && m[1].rm_so < 0)
		return fault_raise(f, FAULT_REMOTE, "source.pick",
		    "the expression matches, but its first group does not");
	if (*found)
		*out = span_of(
		    line.p + m[1].rm_so, (size_t)(m[1].rm_eo - m[1].rm_so));
	return true;
}

static FALLIBLE find_match(const struct pick_rule *r, struct span body,
    struct span *out, struct fault *f)
{
	regex_t regex;
	AUTO(drop_regex) regex_t *owned = NULL;
	struct span line;
	bool found = false;

	TRY(compile(r->match, &regex, f));
	owned = &regex;
	for (uint32_t i = 1; !found && next_line(&body, &line); i++) {
		if (r->line == 0 || i == r->line)
			TRY(match_line(&regex, line, &found, out, f));
	}
	if (!found)
		return fault_raise(f, FAULT_REMOTE, "source.pick",
		    "the expression \"%.100s\" matches nothing", r->match);
	return true;
}

static FALLIBLE find_line(const struct pick_rule *r, struct span body,
    struct span *out, struct fault *f)
{
	struct span line;
	uint32_t i = 0;

	while (i < r->line && next_line(&body, &line))
		i++;
	if (i < r->line)
		return fault_raise(f, FAULT_REMOTE, "source.pick",
		    "the body has no line %u", (unsigned)r->line);
	*out = without_blanks(line);
	return true;
}

/* ---- the value ---------------------------------------------------------- */

static FALLIBLE pick_text(struct span text, struct picked *out, struct fault *f)
{
	if (text.n == 0)
		return fault_raise(f, FAULT_REMOTE, "source.value",
		    "the text that was picked is empty");
	if (text.n > LIMIT_TEXT)
		return fault_raise(f, FAULT_REMOTE, "source.limit",
		    "the text that was picked is longer than %d bytes",
		    LIMIT_TEXT);
	if (!utf8_is_valid(text))
		return fault_raise(f, FAULT_REMOTE, "source.value",
		    "the text that was picked is not UTF-8");
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] == 0x7f)
			return fault_raise(f, FAULT_REMOTE, "source.value",
			    "the text that was picked has control characters");
	}
	return blob_copy(text, &out->text, f);
}

static FALLIBLE pick(const struct pick_rule *r, struct span body,
    struct utc now, struct picked *out, struct fault *f)
{
	AUTO(picked_drop) struct picked p = { 0 };
	struct span value;

	(void)now; /* a text has no time of its own */
	if (body.n > LIMIT_TEXT_BODY)
		return fault_raise(f, FAULT_REMOTE, "source.limit",
		    "a text is at most %d bytes long", LIMIT_TEXT_BODY);
	body = pick_without_bom(body);
	if (body.n > 0 && memchr(body.p, '\0', body.n) != NULL)
		return fault_raise(f, FAULT_REMOTE, "source.pick",
		    "the body has a NUL byte: it is no text");
	if (r->match != NULL)
		TRY(find_match(r, body, &value, f));
	else
		TRY(find_line(r, body, &value, f));
	if (r->is_number)
		TRY(pick_number_pick(
		    r, value, r->match != NULL ? r->match : "line", &p, f));
	else
		TRY(pick_text(value, &p, f));
	*out = p;
	p = (struct picked){ 0 };
	return true;
}

const struct pick_kind pick_line = {
	.id = "http-text",
	.check = check,
	.pick = pick,
};
