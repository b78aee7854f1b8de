/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/log.h"

#include "tests/unit/check.h"
#include "verify/base/clock.h"
#include "verify/base/json.h"

#include <fcntl.h>
#include <unistd.h>

/* 2026-01-15T00:00:00.250Z */
static const struct utc NOW = { .ms = 1768435200250 };

/* ---- standard error, caught --------------------------------------------- */

struct caught {
	char text[16384];
	size_t n;
	int real, pipe[2];
};

static void catch_begin(struct caught *c)
{
	assert_int_equal(pipe(c->pipe), 0);
	c->real = dup(STDERR_FILENO);
	assert_true(c->real >= 0);
	assert_true(dup2(c->pipe[1], STDERR_FILENO) >= 0);
	assert_int_equal(fcntl(c->pipe[0], F_SETFL, O_NONBLOCK), 0);
}

static void catch_end(struct caught *c)
{
	ssize_t n = read(c->pipe[0], c->text, sizeof(c->text) - 1);

	c->n = n > 0 ? (size_t)n : 0;
	c->text[c->n] = '\0';
	assert_true(dup2(c->real, STDERR_FILENO) >= 0);
	close(c->real);
	close(c->pipe[0]);
	close(c->pipe[1]);
}

/* The one line, without its newline, as JSON. */
static struct json *one_line(const struct caught *c)
{
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;

	assert_true(c->n > 0);
	assert_int_equal(c->text[c->n - 1], '\n');
	assert_null(memchr(c->text, '\n', c->n - 1));
	assert_ok(json_parse(span_of(c->text, c->n - 1), &json_limits_default,
		      "test", &doc, &f),
	    f);
	return doc;
}

static const char *text_of(const struct json *doc, const char *name)
{
	const struct json_node *v = json_find(json_root(doc), name);

	assert_non_null(v);
	assert_int_equal(json_kind_of(v), JSON_TEXT);
	return json_text(v);
}

static int before_each(void **state)
{
	(void)state;
	clock_set_for_test(&NOW);
	log_set_level(LOG_INFO);
	return 0;
}

/* ---- cases -------------------------------------------------------------- */

static void log_event__writes_one_object_in_one_line(void **state)
{
	(void)state;
	struct caught c;

	catch_begin(&c);
	log_event(LOG_WARN, "round", { "feed", LOG_S("BTC/USD") },
	    { "round", LOG_U(42) }, { "ok", LOG_B(true) });
	catch_end(&c);
	assert_string_equal(c.text,
	    "{\"at\":\"2026-01-15T00:00:00.250Z\",\"level\":\"warn\","
	    "\"event\":\"round\",\"feed\":\"BTC/USD\",\"round\":42,"
	    "\"ok\":true}\n");
}

static void log_fields__stand_alone_without_any(void **state)
{
	(void)state;
	struct caught c;

	catch_begin(&c);
	log_fields(LOG_ERROR, "stop", NULL, 0);
	catch_end(&c);
	assert_string_equal(c.text,
	    "{\"at\":\"2026-01-15T00:00:00.250Z\",\"level\":\"error\","
	    "\"event\":\"stop\"}\n");
}

static void log_event__below_the_level_is_silent(void **state)
{
	(void)state;
	struct caught c;

	catch_begin(&c);
	log_event(LOG_DEBUG, "x", { "n", LOG_U(1) });
	log_set_level(LOG_ERROR);
	log_event(LOG_WARN, "x", { "n", LOG_U(1) });
	catch_end(&c);
	assert_int_equal(c.n, 0);
}

static void log_event__a_value_cannot_forge_a_line(void **state)
{
	(void)state;
	static const char hostile[] = "a\"}\n{\"level\":\"info\\\x01";
	struct caught c;

	catch_begin(&c);
	log_event(LOG_INFO, "x", { "v", LOG_S(hostile) });
	catch_end(&c);
	AUTO(json_drop) struct json *doc = one_line(&c);
	assert_string_equal(text_of(doc, "v"), hostile);
}

static void log_event__shows_what_is_not_utf8_as_question_marks(void **state)
{
	(void)state;
	struct caught c;

	catch_begin(&c);
	log_event(LOG_INFO, "x", { "v", LOG_S("caf\xc3\xa9") },
	    { "w", LOG_S("caf\xe9!") });
	catch_end(&c);
	AUTO(json_drop) struct json *doc = one_line(&c);
	assert_string_equal(text_of(doc, "v"), "caf\xc3\xa9");
	assert_string_equal(text_of(doc, "w"), "caf?!");
}

static void log_event__a_missing_text_is_empty(void **state)
{
	(void)state;
	struct caught c;

	catch_begin(&c);
	log_event(LOG_INFO, "x", { "v", LOG_S(NULL) });
	catch_end(&c);
	AUTO(json_drop) struct json *doc = one_line(&c);
	assert_string_equal(text_of(doc, "v"), "");
}

static void log_event__cuts_a_long_value(void **state)
{
	(void)state;
	char long_text[3000];
	struct caught c;

	memset(long_text, 'a', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	catch_begin(&c);
	log_event(LOG_INFO, "x", { "v", LOG_S(long_text) }, { "n", LOG_U(7) });
	catch_end(&c);
	AUTO(json_drop) struct json *doc = one_line(&c);
	assert_int_equal(strlen(text_of(doc, "v")), 1024);
	assert_non_null(json_find(json_root(doc), "n"));
}

static void log_event__leaves_out_what_does_not_fit_and_says_so(void **state)
{
	(void)state;
	struct log_field fields[20];
	static char names[20][8];
	char long_text[1025];
	struct caught c;

	/* Each control character takes six bytes in JSON. */
	memset(long_text, '\x01', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	for (size_t i = 0; i < COUNT(fields); i++) {
		snprintf(names[i], sizeof(names[i]), "f%zu", i);
		fields[i].name = names[i];
		fields[i].value = LOG_S(long_text);
	}
	catch_begin(&c);
	log_fields(LOG_INFO, "x", fields, COUNT(fields));
	catch_end(&c);
	AUTO(json_drop) struct json *doc = one_line(&c);
	assert_non_null(json_find(json_root(doc), "f0"));
	assert_null(json_find(json_root(doc), "f1"));
	const struct json_node *cut = json_find(json_root(doc), "cut");
	assert_non_null(cut);
	assert_true(json_bool(cut));
	assert_true(c.n <= 8192);
}

static void log_fault__names_kind_place_and_text(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;
	struct caught c;

	fault_raise(&f, FAULT_REMOTE, "source.tls", "no %s", "handshake");
	catch_begin(&c);
	log_fault(LOG_ERROR, "round", &f);
	catch_end(&c);
	AUTO(json_drop) struct json *doc = one_line(&c);
	assert_string_equal(text_of(doc, "kind"), "remote");
	assert_string_equal(text_of(doc, "where"), "source.tls");
	assert_string_equal(text_of(doc, "text"), "no handshake");
}

#define CASE(name) cmocka_unit_test_setup(name, before_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(log_event__writes_one_object_in_one_line),
		CASE(log_fields__stand_alone_without_any),
		CASE(log_event__below_the_level_is_silent),
		CASE(log_event__a_value_cannot_forge_a_line),
		CASE(log_event__shows_what_is_not_utf8_as_question_marks),
		CASE(log_event__a_missing_text_is_empty),
		CASE(log_event__cuts_a_long_value),
		CASE(log_event__leaves_out_what_does_not_fit_and_says_so),
		CASE(log_fault__names_kind_place_and_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
