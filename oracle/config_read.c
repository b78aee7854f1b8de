/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/config_read.h"

#include "verify/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- where a value goes ------------------------------------------------- */

static void *place(void *target, size_t at)
{
	return (char *)target + at;
}

static void put_number(void *target, const struct config_member *m, uint64_t v)
{
	void *p = place(target, m->at);
	uint8_t v8 = (uint8_t)v;
	uint32_t v32 = (uint32_t)v;

	if (m->width == sizeof(v8))
		memcpy(p, &v8, sizeof(v8));
	else if (m->width == sizeof(v32))
		memcpy(p, &v32, sizeof(v32));
	else
		memcpy(p, &v, sizeof(v));
}

static void put_text(
    void *target, const struct config_member *m, const char *text)
{
	memcpy(place(target, m->at), &text, sizeof(text));
}

static void put_kind(
    void *target, const struct config_member *m, const char *text)
{
	const struct statement_kind *kind =
	    statement_kind_find(span_text(text));

	memcpy(place(target, m->at), &kind, sizeof(kind));
}

/* FORMAT or LIMIT of dec_parse; the sign has been looked at. */
static FALLIBLE put_amount(void *target, const struct config_member *m,
    const char *text, struct fault *f)
{
	struct dec amount;
	uint8_t be[32];
	struct u256 units;

	TRY(dec_parse(span_text(text), (uint8_t)m->max, DEC_EXACT, &amount, f));
	dec_encode_int256(&amount, be);
	units = u256_from_be(be);
	memcpy(place(target, m->at), &units, sizeof(units));
	return true;
}

void config_read_defaults(void *target, const struct config_object *object)
{
	for (size_t i = 0; i < object->n; i++) {
		const struct config_member *m = &object->members[i];

		switch (m->want) {
		case CONFIG_TEXT:
		case CONFIG_WORD:
			put_text(target, m, m->fallback_text);
			break;
		case CONFIG_KIND:
			put_kind(target, m, m->fallback_text);
			break;
		case CONFIG_INDEX:
		case CONFIG_NUMBER:
			put_number(target, m, m->fallback);
			break;
		case CONFIG_OBJECT:
			config_read_defaults(place(target, m->at), m->object);
			break;
		case CONFIG_AMOUNT:
			/* Our own text, of the right form: a test reads it. */
			if (m->fallback_text != NULL)
				(void)!put_amount(
				    target, m, m->fallback_text, NULL);
			break;
		case CONFIG_FLAG:
		case CONFIG_ARRAY:
		case CONFIG_HEADERS:
		case CONFIG_GUARDS:
		case CONFIG_TEXTS:
		case CONFIG_SIGNED:
		case CONFIG_MAP:
		case CONFIG_ADDRESS:
			break; /* zero: false, none */
		}
	}
}

/* ---- reading values ----------------------------------------------------- */

static bool has_kind(
    struct config_report *r, const struct json_node *v, enum json_kind want)
{
	if (json_kind_of(v) == want)
		return true;
	config_report_add(r, "want %s, found %s", json_kind_name(want),
	    json_kind_name(json_kind_of(v)));
	return false;
}

static void read_text(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	struct fault f = FAULT_INIT;

	if (!has_kind(r, v, JSON_TEXT))
		return;
	const char *text = json_text(v);
	size_t n = strlen(text);
	if (n == 0 && m->min > 0) {
		config_report_add(r, "may not be empty");
		return;
	}
	if (n < m->min || n > m->max) {
		config_report_add(r, "want %llu to %llu characters, found %zu",
		    (unsigned long long)m->min, (unsigned long long)m->max, n);
		return;
	}
	if (m->check != NULL && !m->check(text, &f)) {
		config_report_add(r, "%s", f.text);
		return;
	}
	put_text(target, m, text);
}

static void read_word(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	char known[FAULT_TEXT_MAX] = "";
	size_t n = 0;

	if (!has_kind(r, v, JSON_TEXT))
		return;
	for (size_t i = 0; m->words(i) != NULL; i++) {
		const char *word = m->words(i);

		if (strcmp(json_text(v), word) == 0) {
			if (m->want == CONFIG_INDEX)
				put_number(target, m, i);
			else if (m->want == CONFIG_KIND)
				put_kind(target, m, word);
			else
				put_text(target, m, word);
			return;
		}
		if (n < sizeof(known))
			n += (size_t)snprintf(known + n, sizeof(known) - n,
			    "%s%s", i > 0 ? ", " : "", word);
	}
	config_report_add(r, "not known here; one of: %s", known);
}

static void read_number(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	struct fault f = FAULT_INIT;
	uint64_t number;

	if (!has_kind(r, v, JSON_NUMBER))
		return;
	if (!json_u64(v, m->max, &number, "config.number", &f) ||
	    number < m->min) {
		config_report_add(r, "want an integer from %llu to %llu",
		    (unsigned long long)m->min, (unsigned long long)m->max);
		return;
	}
	put_number(target, m, number);
}

static void read_signed(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	int32_t number;

	if (!has_kind(r, v, JSON_NUMBER))
		return;
	const char *text = json_number(v);
	bool negative = text[0] == '-';
	uint64_t n;
	if (!u64_parse(span_text(text + negative), &n, "config.number", NULL) ||
	    n > m->max) {
		config_report_add(r, "want an integer from -%llu to %llu",
		    (unsigned long long)m->max, (unsigned long long)m->max);
		return;
	}
	number = negative ? -(int32_t)n : (int32_t)n;
	memcpy(place(target, m->at), &number, sizeof(number));
}

static void read_flag(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	bool flag;

	if (!has_kind(r, v, JSON_BOOL))
		return;
	flag = json_bool(v);
	memcpy(place(target, m->at), &flag, sizeof(flag));
}

/* Room for `n` elements, of which the caller fills all. */
static void *make_array(struct config_report *r, const struct config_member *m,
    size_t n, size_t size, void *target)
{
	void *array = calloc(n > 0 ? n : 1, size);

	if (array == NULL) {
		config_report_add(r, "not enough memory");
		return NULL;
	}
	memcpy(place(target, m->at), &array, sizeof(array));
	memcpy(place(target, m->count_at), &n, sizeof(n));
	return array;
}

static bool has_count(
    struct config_report *r, const struct config_member *m, size_t n)
{
	if (n >= m->min && n <= m->max)
		return true;
	config_report_add(r, "want %llu to %llu entries, found %zu",
	    (unsigned long long)m->min, (unsigned long long)m->max, n);
	return false;
}

static void read_array(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	size_t n = json_count(v), i = 0;

	if (!has_kind(r, v, JSON_ARRAY) || !has_count(r, m, n))
		return;
	char *array = make_array(r, m, n, m->object->size, target);
	if (array == NULL)
		return;
	/* Zeroed elements are valid to free, whatever happens in between. */
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e), i++) {
		size_t mark = config_report_enter_index(r, i);

		config_read_defaults(array + i * m->object->size, m->object);
		config_read_object(
		    r, e, m->object, array + i * m->object->size);
		config_report_leave(r, mark);
	}
}

/* The name has the form that the table's `check` wants. */
static void read_map(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	size_t n = json_count(v), i = 0;

	if (!has_kind(r, v, JSON_OBJECT) || !has_count(r, m, n))
		return;
	char *array = make_array(r, m, n, m->object->size, target);
	if (array == NULL)
		return;
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e), i++) {
		char *element = array + i * m->object->size;
		const char *name = json_name(e);
		size_t mark = config_report_enter(r, name);
		struct fault f = FAULT_INIT;

		if (!m->check(name, &f))
			config_report_add(r, "%s", f.text);
		config_read_defaults(element, m->object);
		memcpy(place(element, m->object->name_at), &name, sizeof(name));
		config_read_object(r, e, m->object, element);
		config_report_leave(r, mark);
	}
}

static void read_address(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	struct fault f = FAULT_INIT;
	struct eth_addr address;

	if (!has_kind(r, v, JSON_TEXT))
		return;
	if (!eth_addr_parse(span_text(json_text(v)), &address, &f)) {
		config_report_add(r, "%s", f.text);
		return;
	}
	memcpy(place(target, m->at), &address, sizeof(address));
}

static void read_amount(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	if (!has_kind(r, v, JSON_TEXT))
		return;
	const char *text = json_text(v);
	if (!dec_text_is_canonical(span_text(text)) || text[0] == '-' ||
	    !put_amount(target, m, text, NULL))
		config_report_add(r,
		    "want a decimal number of at most %llu decimals, without "
		    "sign and needless zeros, as in 0.05",
		    (unsigned long long)m->max);
}

static void read_headers(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	size_t n = json_count(v), i = 0;

	if (!has_kind(r, v, JSON_OBJECT) || !has_count(r, m, n))
		return;
	struct request_header *headers =
	    make_array(r, m, n, sizeof(*headers), target);
	if (headers == NULL)
		return;
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e), i++) {
		size_t mark = config_report_enter(r, json_name(e));

		headers[i].name = json_name(e);
		headers[i].value = "-"; /* of one that is refused */
		if (has_kind(r, e, JSON_TEXT))
			headers[i].value = json_text(e);
		config_report_leave(r, mark);
	}
}

static void read_guard(
    struct config_report *r, const struct json_node *v, struct pick_guard *out)
{
	switch (json_kind_of(v)) {
	case JSON_TEXT:
		out->want = PICK_WANT_TEXT;
		out->text = json_text(v);
		return;
	case JSON_NUMBER:
		out->want = PICK_WANT_NUMBER;
		out->text = json_number(v);
		return;
	case JSON_BOOL:
		out->flag = json_bool(v);
		break;
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		config_report_add(r, "want text, an integer or bool, found %s",
		    json_kind_name(json_kind_of(v)));
		break;
	}
	out->want = PICK_WANT_BOOL; /* valid, also where it is refused */
}

static void read_guards(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	size_t n = json_count(v), i = 0;

	if (!has_kind(r, v, JSON_OBJECT) || !has_count(r, m, n))
		return;
	struct pick_guard *guards =
	    make_array(r, m, n, sizeof(*guards), target);
	if (guards == NULL)
		return;
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e), i++) {
		size_t mark = config_report_enter(r, json_name(e));

		guards[i].pointer = json_name(e);
		read_guard(r, e, &guards[i]);
		config_report_leave(r, mark);
	}
}

static void read_texts(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	size_t n = json_count(v), i = 0;

	if (!has_kind(r, v, JSON_ARRAY) || !has_count(r, m, n))
		return;
	const char **texts = make_array(r, m, n, sizeof(*texts), target);
	if (texts == NULL)
		return;
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e), i++) {
		size_t mark = config_report_enter_index(r, i);

		texts[i] = ""; /* of one that is refused */
		if (has_kind(r, e, JSON_TEXT))
			texts[i] = json_text(e);
		config_report_leave(r, mark);
	}
}

static void read_member(struct config_report *r, const struct json_node *v,
    const struct config_member *m, void *target)
{
	switch (m->want) {
	case CONFIG_TEXT:
		read_text(r, v, m, target);
		break;
	case CONFIG_WORD:
	case CONFIG_INDEX:
	case CONFIG_KIND:
		read_word(r, v, m, target);
		break;
	case CONFIG_NUMBER:
		read_number(r, v, m, target);
		break;
	case CONFIG_FLAG:
		read_flag(r, v, m, target);
		break;
	case CONFIG_OBJECT:
		config_read_object(r, v, m->object, place(target, m->at));
		break;
	case CONFIG_ARRAY:
		read_array(r, v, m, target);
		break;
	case CONFIG_HEADERS:
		read_headers(r, v, m, target);
		break;
	case CONFIG_GUARDS:
		read_guards(r, v, m, target);
		break;
	case CONFIG_TEXTS:
		read_texts(r, v, m, target);
		break;
	case CONFIG_SIGNED:
		read_signed(r, v, m, target);
		break;
	case CONFIG_MAP:
		read_map(r, v, m, target);
		break;
	case CONFIG_ADDRESS:
		read_address(r, v, m, target);
		break;
	case CONFIG_AMOUNT:
		read_amount(r, v, m, target);
		break;
	}
}

static const struct config_member *member_of(
    const struct config_object *object, const char *name)
{
	for (size_t i = 0; i < object->n; i++) {
		if (strcmp(object->members[i].name, name) == 0)
			return &object->members[i];
	}
	return NULL;
}

void config_read_object(struct config_report *r, const struct json_node *v,
    const struct config_object *object, void *target)
{
	if (!has_kind(r, v, JSON_OBJECT))
		return;
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e)) {
		const struct config_member *m = member_of(object, json_name(e));
		size_t mark = config_report_enter(r, json_name(e));

		if (m != NULL)
			read_member(r, e, m, target);
		else
			config_report_add(r, "unknown member");
		config_report_leave(r, mark);
	}
	for (size_t i = 0; i < object->n; i++) {
		const struct config_member *m = &object->members[i];

		if (m->required && json_find(v, m->name) == NULL) {
			size_t mark = config_report_enter(r, m->name);

			config_report_add(r, "is missing");
			config_report_leave(r, mark);
		}
	}
}
