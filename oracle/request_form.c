/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/request_form.h"

#include "verify/base/text.h"

#include <string.h>

/* The shortest salt: nobody can try values against the hash then. */
#define SALT_HEX_MIN 32

static const struct json_limits limits = {
	.max_bytes = LIMIT_HTTP_BODY_BYTES, .max_depth = 4, .max_values = 64
};

void request_form_drop(struct request_form *r)
{
	json_drop(&r->doc);
	*r = (struct request_form){ 0 };
}

static FALLIBLE malformed(struct fault *f, const char *text)
{
	return fault_raise(f, FAULT_FORMAT, "request.form", "%s", text);
}

FALLIBLE request_form_outer(
    struct span body, uint8_t key32[32], struct blob *sealed, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	const char *key = NULL, *text = NULL;
	struct fault why = FAULT_INIT;
	const struct json_field fields[] = {
		{ "key", JSON_WANT_TEXT, false, &key },
		{ "sealed", JSON_WANT_TEXT, false, &text },
	};

	if (!json_parse(body, &limits, "request.form", &doc, &why) ||
	    !json_read(
		json_root(doc), fields, COUNT(fields), "request.form", &why) ||
	    !hex_decode(span_text(key), key32, 32, "request.form", &why) ||
	    !base64_decode(span_text(text), LIMIT_HTTP_BODY_BYTES, sealed,
		"request.form", &why))
		return malformed(f,
		    "want {\"key\":\"<64 hex "
		    "digits>\",\"sealed\":\"<base64>\"}");
	return true;
}

/* ---- values ------------------------------------------------------------- */

static bool is_alnum(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9');
}

const char *const request_classes[] = { "alnum", "word", "text", NULL };

static bool is_of(const char *class, char c)
{
	if (strcmp(class, "text") == 0)
		return c >= 0x20 && c <= 0x7e;
	if (strcmp(class, "word") == 0 &&
	    (c == '.' || c == '_' || c == '-' || c == ','))
		return true;
	return is_alnum(c);
}

/*
 * A value starts with a letter or digit, whatever its class: so no segment
 * of a path becomes "." or "..", which would lead elsewhere on the host.
 */
static FALLIBLE check_value(
    const struct request_hole *hole, const char *value, struct fault *f)
{
	size_t n = strlen(value);
	bool ok = n >= 1 && n <= hole->max && is_alnum(value[0]);

	for (size_t i = 0; ok && i < n; i++)
		ok = is_of(hole->chars, value[i]);
	if (!ok)
		return fault_raise(f, FAULT_POLICY, "request.value",
		    "%s takes 1 to %llu characters of class %s, the first a "
		    "letter or digit",
		    hole->name, (unsigned long long)hole->max, hole->chars);
	return true;
}

static FALLIBLE read_values(
    const struct json_node *values, struct request_form *r, struct fault *f)
{
	const struct request_template *t = r->template;

	for (size_t i = 0; i < t->n_holes; i++) {
		const struct json_node *v = json_find(values, t->holes[i].name);

		if (v == NULL || json_kind_of(v) != JSON_TEXT)
			return fault_raise(f, FAULT_POLICY, "request.value",
			    "%s is missing, or no text", t->holes[i].name);
		TRY(check_value(&t->holes[i], json_text(v), f));
		r->values[i] =
		    (struct source_value){ t->holes[i].name, json_text(v) };
	}
	r->n_values = t->n_holes;
	if (json_count(values) != t->n_holes)
		return fault_raise(f, FAULT_POLICY, "request.value",
		    "the template has no hole for one of the values");
	return true;
}

static const struct request_template *find_template(
    const struct requests_config *c, const char *id)
{
	for (size_t i = 0; i < c->n_templates; i++) {
		if (strcmp(c->templates[i].id, id) == 0)
			return &c->templates[i];
	}
	return NULL;
}

static FALLIBLE read_form(struct span plain, const struct requests_config *c,
    struct request_form *r, struct fault *f)
{
	const struct json_node *values = NULL;
	const char *nonce = NULL, *id = NULL, *salt = NULL;
	struct fault why = FAULT_INIT;
	uint64_t made = 0;
	const struct json_field fields[] = {
		{ "nonce", JSON_WANT_TEXT, false, &nonce },
		{ "request", JSON_WANT_TEXT, false, &id },
		{ "salt", JSON_WANT_TEXT, false, &salt },
		{ "time", JSON_WANT_U64, false, &made },
		{ "values", JSON_WANT_OBJECT, false, &values },
	};

	/* What a parser says of it could be part of it. */
	if (!json_parse(plain, &limits, "request.form", &r->doc, &why) ||
	    !json_read(
		json_root(r->doc), fields, COUNT(fields), "request.form", &why))
		return malformed(f,
		    "want nonce, request, salt, time and values, and nothing "
		    "else");
	if (!hex_decode(span_text(nonce), r->nonce, sizeof(r->nonce),
		"request.form", &why))
		return malformed(f, "the nonce is 32 bytes of hexadecimal");
	if (strlen(salt) < SALT_HEX_MIN || !hex_is_lower(span_text(salt)))
		return malformed(f, "the salt is 16 bytes of hexadecimal");
	r->made.ms = (int64_t)made;
	r->hash = sha256_of(plain);
	r->template = find_template(c, id);
	if (r->template == NULL)
		return fault_raise(f, FAULT_POLICY, "request.template",
		    "no template of the configuration has this id");
	return read_values(values, r, f);
}

FALLIBLE request_form_read(struct span plain, const struct requests_config *c,
    struct request_form *out, struct fault *f)
{
	*out = (struct request_form){ 0 };
	if (read_form(plain, c, out, f))
		return true;
	request_form_drop(out);
	return false;
}

bool request_form_reveals(const struct request_form *r, struct span text)
{
	for (size_t i = 0; i < r->n_values; i++) {
		struct span value = span_text(r->values[i].value);

		if (memmem(text.p, text.n, value.p, value.n) != NULL)
			return true;
	}
	return false;
}
