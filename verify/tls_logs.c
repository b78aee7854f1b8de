/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tls_logs.h"

#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <stdlib.h>
#include <string.h>

/* An RSA key of 8192 bits has 1062 bytes. */
#define MAX_KEY_BYTES 2048

struct tls_logs {
	size_t n;
	struct tls_log log[LIMIT_CT_LOGS];
};

void tls_logs_free(struct tls_logs *l)
{
	for (size_t i = 0; l != NULL && i < l->n; i++)
		x509_key_drop(&l->log[i].key);
	free(l);
}

void tls_logs_drop(struct tls_logs **l)
{
	tls_logs_free(*l);
	*l = NULL;
}

size_t tls_logs_count(const struct tls_logs *l)
{
	return l->n;
}

const struct tls_log *tls_logs_find(
    const struct tls_logs *l, const struct sha256 *id)
{
	for (size_t i = 0; i < l->n; i++)
		if (sha256_equal(&l->log[i].id, id))
			return &l->log[i];
	return NULL;
}

/* Its id in *id, also when it was there before: then *out is NULL. */
static FALLIBLE add(struct tls_logs *l, const char *base64, struct sha256 *id,
    struct tls_log **out, const char *at, struct fault *f)
{
	AUTO(blob_drop) struct blob der = { 0 };
	struct tls_log *log;

	TRY(base64_decode(span_text(base64), MAX_KEY_BYTES, &der, at, f));
	*id = sha256_of(blob_span(&der));
	*out = NULL;
	if (tls_logs_find(l, id) != NULL)
		return true;
	if (l->n == LIMIT_CT_LOGS)
		return fault_raise(
		    f, FAULT_LIMIT, at, "more than %d logs", LIMIT_CT_LOGS);
	log = &l->log[l->n];
	TRY(x509_key_spki(blob_span(&der), &log->key, at, f));
	log->id = *id;
	log->until = (struct utc){ 0 };
	l->n++;
	*out = log;
	return true;
}

static struct tls_logs *make(const char *at, struct fault *f)
{
	struct tls_logs *l = calloc(1, sizeof(*l));

	if (l == NULL)
		fault_raise(f, FAULT_SYSTEM, at, "out of memory");
	return l;
}

/* ---- as browsers publish it --------------------------------------------- */

#define LIST "ct_logs"

/* What a list may say of a log, and whether such a log counts. */
static const struct {
	const char *word;
	bool counts, has_end;
} states[] = {
	{ "usable", true, false },
	{ "qualified", true, false },
	{ "readonly", true, false },
	{ "retired", true, true },
	{ "pending", false, false },
	{ "rejected", false, false },
};

static FALLIBLE read_end(
    const struct json_node *state, struct utc *out, struct fault *f)
{
	const char *when;
	const struct json_field fields[] = {
		{ "timestamp", JSON_WANT_TEXT, false, &when },
	};

	TRY(json_read_loose(state, fields, COUNT(fields), LIST, f));
	return utc_parse_rfc3339(span_text(when), out, LIST, f);
}

/* A state that nobody here knows does not make a log trusted. */
static FALLIBLE read_state(const struct json_node *state, bool *counts,
    struct utc *until, struct fault *f)
{
	*counts = state == NULL;
	*until = (struct utc){ 0 };
	for (size_t i = 0; state != NULL && i < COUNT(states); i++) {
		const struct json_node *v = json_find(state, states[i].word);

		if (v == NULL)
			continue;
		*counts = states[i].counts;
		return !states[i].has_end || read_end(v, until, f);
	}
	return true;
}

static FALLIBLE check_id(
    const char *base64, const struct sha256 *id, struct fault *f)
{
	AUTO(blob_drop) struct blob said = { 0 };

	TRY(base64_decode(span_text(base64), sizeof(id->b), &said, LIST, f));
	if (!span_equal(blob_span(&said), sha256_span(id)))
		return fault_raise(f, FAULT_CRYPTO, LIST,
		    "the id of a log is not the SHA-256 of its key");
	return true;
}

static FALLIBLE read_log(
    const struct json_node *v, struct tls_logs *l, struct fault *f)
{
	const char *key, *id_text = NULL;
	const struct json_node *state = NULL;
	const struct json_field fields[] = {
		{ "key", JSON_WANT_TEXT, false, &key },
		{ "log_id", JSON_WANT_TEXT, true, &id_text },
		{ "state", JSON_WANT_OBJECT, true, &state },
	};
	struct tls_log *log;
	struct sha256 id;
	struct utc until;
	bool counts;

	TRY(json_read_loose(v, fields, COUNT(fields), LIST, f));
	TRY(read_state(state, &counts, &until, f));
	if (!counts)
		return true;
	TRY(add(l, key, &id, &log, LIST, f));
	if (log == NULL)
		return fault_raise(
		    f, FAULT_FORMAT, LIST, "the list has one log twice");
	log->until = until;
	return id_text == NULL || check_id(id_text, &id, f);
}

static FALLIBLE read_logs(
    const struct json_node *array, struct tls_logs *l, struct fault *f)
{
	for (const struct json_node *v = json_first(array); v != NULL;
	     v = json_next(v))
		TRY(read_log(v, l, f));
	return true;
}

static FALLIBLE read_operators(
    const struct json_node *root, struct tls_logs *l, struct fault *f)
{
	const struct json_node *operators;
	const struct json_field fields[] = {
		{ "operators", JSON_WANT_ARRAY, false, &operators },
	};

	TRY(json_read_loose(root, fields, COUNT(fields), LIST, f));
	for (const struct json_node *v = json_first(operators); v != NULL;
	     v = json_next(v)) {
		const struct json_node *logs = NULL, *tiled = NULL;
		const struct json_field lists[] = {
			{ "logs", JSON_WANT_ARRAY, true, &logs },
			{ "tiled_logs", JSON_WANT_ARRAY, true, &tiled },
		};

		TRY(json_read_loose(v, lists, COUNT(lists), LIST, f));
		TRY(read_logs(logs, l, f));
		TRY(read_logs(tiled, l, f));
	}
	return true;
}

FALLIBLE tls_logs_read(struct span json, struct tls_logs **out, struct fault *f)
{
	AUTO(tls_logs_drop) struct tls_logs *l = make(LIST, f);
	AUTO(json_drop) struct json *doc = NULL;

	if (l == NULL)
		return false;
	TRY(json_parse(json, &json_limits_default, LIST, &doc, f));
	TRY(read_operators(json_root(doc), l, f));
	if (l->n == 0)
		return fault_raise(f, FAULT_FORMAT, LIST,
		    "there is no log in the list whose word counts");
	*out = l;
	l = NULL;
	return true;
}

/* ---- as a policy gives it ----------------------------------------------- */

FALLIBLE tls_logs_of_policy(
    const struct json_node *array, struct tls_logs **out, struct fault *f)
{
	static const char at[] = "policy.ctLogs";
	AUTO(tls_logs_drop) struct tls_logs *l = make("policy.ctLogs", f);
	struct tls_log *log;
	struct sha256 id;

	if (l == NULL)
		return false;
	if (json_kind_of(array) != JSON_ARRAY)
		return fault_raise(f, FAULT_FORMAT, at, "is not an array");
	for (const struct json_node *v = json_first(array); v != NULL;
	     v = json_next(v)) {
		if (json_kind_of(v) != JSON_TEXT)
			return fault_raise(f, FAULT_FORMAT, at,
			    "has an element that is no text");
		TRY(add(l, json_text(v), &id, &log, at, f));
		if (log == NULL)
			return fault_raise(
			    f, FAULT_FORMAT, at, "names one log twice");
	}
	*out = l;
	l = NULL;
	return true;
}
