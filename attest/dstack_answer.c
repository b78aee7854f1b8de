/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/dstack_answer.h"

#include "verify/base/canon.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <string.h>

/* An agent's texts in its texts: tcb_info, event_log. */
static const struct json_limits inner_limits = {
	.max_bytes = LIMIT_AGENT_BYTES,
	.max_depth = LIMIT_AGENT_DEPTH,
	.max_values = LIMIT_AGENT_VALUES,
};

/* The text of a member; NULL when it is absent or of another kind. */
static const char *text_of(const struct json_node *v, const char *name)
{
	const struct json_node *member = json_find(v, name);
	return member && json_kind_of(member) == JSON_TEXT ? json_text(member)
							   : NULL;
}

/* ---- the event log ------------------------------------------------------ */

static bool event_fault(struct fault *f, size_t index, const char *what)
{
	return fault_raise(f, FAULT_REMOTE, "dstack.log",
	    "event %zu of the agent's log: %s", index, what);
}

struct event {
	uint64_t imr, type, version;
	const char *digest, *name, *payload, *preimage;
};

static FALLIBLE read_number(const struct json_node *v, const char *name,
    uint64_t max, uint64_t *out, size_t index, struct fault *f)
{
	const struct json_node *member = json_find(v, name);
	if (!member || json_kind_of(member) != JSON_NUMBER ||
	    !json_u64(member, max, out, "dstack.log", NULL))
		return event_fault(f, index, name);
	return true;
}

static FALLIBLE read_event(
    const struct json_node *v, size_t index, struct event *out, struct fault *f)
{
	struct event e = { .digest = text_of(v, "digest"),
		.name = text_of(v, "event"),
		.payload = text_of(v, "event_payload"),
		.preimage = text_of(v, "preimage") };
	TRY(read_number(v, "imr", 3, &e.imr, index, f));
	TRY(read_number(v, "event_type", UINT32_MAX, &e.type, index, f));
	if (json_find(v, "version"))
		TRY(read_number(v, "version", 2, &e.version, index, f));
	if (!e.digest || !hex_is_lower(span_text(e.digest)) ||
	    (*e.digest && strlen(e.digest) != 96))
		return event_fault(f, index, "digest");
	if (!e.name || strlen(e.name) > LIMIT_EVENT_NAME)
		return event_fault(f, index, "event");
	if (!e.payload || strlen(e.payload) % 2 != 0 ||
	    !hex_is_lower(span_text(e.payload)))
		return event_fault(f, index, "event_payload");
	/* "May be blank in boot events": a table of the firmware can be
	 * larger than anybody wants to carry. What a runtime event says is
	 * part of its digest. */
	if (strlen(e.payload) > 2 * LIMIT_EVENT_PAYLOAD) {
		if (e.type == DSTACK_RUNTIME_EVENT)
			return event_fault(f, index, "event_payload");
		e.payload = "";
	}
	if (e.preimage && !hex_is_lower(span_text(e.preimage)))
		return event_fault(f, index, "preimage");
	*out = e;
	return true;
}

static void write_event(struct canon *c, const struct event *e)
{
	canon_object(c, NULL);
	canon_text(c, "digest", e->digest);
	canon_text(c, "event", e->name);
	canon_text(c, "event_payload", e->payload);
	canon_u64(c, "event_type", e->type);
	canon_u64(c, "imr", e->imr);
	if (e->preimage)
		canon_text(c, "preimage", e->preimage);
	if (e->version)
		canon_u64(c, "version", e->version);
	canon_end(c);
}

static FALLIBLE write_log(
    const struct json_node *events, struct wr *w, struct fault *f)
{
	struct canon c = canon_to(w);
	size_t index = 0;
	canon_array(&c, NULL);
	for (const struct json_node *v = json_first(events); v;
	     v = json_next(v), index++) {
		struct event e;
		TRY(read_event(v, index, &e, f));
		write_event(&c, &e);
	}
	canon_end(&c);
	if (!wr_ok(w))
		return fault_raise(f, FAULT_REMOTE, "dstack.log",
		    "the agent's log cannot be written: %s", w->f->text);
	return true;
}

/* The log is JSON in a text. */
static FALLIBLE take_log(const char *text, struct blob *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault why = FAULT_INIT;
	if (!json_parse(
		span_text(text), &inner_limits, "dstack.log", &doc, &why))
		return fault_raise(f, FAULT_REMOTE, "dstack.log",
		    "the agent's log is no JSON: %s", why.text);
	if (json_kind_of(json_root(doc)) != JSON_ARRAY ||
	    json_count(json_root(doc)) > LIMIT_EVENTS)
		return fault_raise(f, FAULT_REMOTE, "dstack.log",
		    "the agent's log is no array of at most %d events",
		    LIMIT_EVENTS);
	struct fault room = FAULT_INIT;
	AUTO(wr_drop)
	struct wr w = wr_grow(LIMIT_EVENT_LOG_BYTES, "dstack.log", &room);
	TRY(write_log(json_root(doc), &w, f));
	return wr_done(&w, out);
}

enum dstack_measured dstack_answer_measured(
    struct span log, const struct sha256 *config)
{
	AUTO(json_drop) struct json *doc = NULL;
	enum dstack_measured found = DSTACK_UNMEASURED;
	char want[HEX_SIZE(32)];
	struct fault ignored = FAULT_INIT;
	hex_encode(sha256_span(config), want);
	if (log.n == 0 ||
	    !json_parse(log, &inner_limits, "dstack.log", &doc, &ignored))
		return DSTACK_UNMEASURED;
	for (const struct json_node *v = json_first(json_root(doc)); v;
	     v = json_next(v)) {
		const char *name = text_of(v, "event");
		const char *payload = text_of(v, "event_payload");
		if (!name || strcmp(name, DSTACK_CONFIG_EVENT) != 0)
			continue;
		if (!payload || strcmp(payload, want) != 0)
			return DSTACK_MEASURED_OTHER;
		found = DSTACK_MEASURED;
	}
	return found;
}

/* ---- quotes ------------------------------------------------------------- */

FALLIBLE dstack_answer_quote(const struct json_node *root, struct blob *quote,
    struct blob *log, struct fault *f)
{
	AUTO(blob_drop) struct blob raw = { 0 };
	const char *hex = text_of(root, "quote");
	const char *events = text_of(root, "event_log");
	if (!hex)
		return fault_raise(f, FAULT_REMOTE, "dstack.quote",
		    "the agent's answer has no quote");
	if (!*hex)
		return fault_raise(f, FAULT_REMOTE, "dstack.platform",
		    "the agent gives no TDX quote: its host is not TDX, and "
		    "this version quotes on no other");
	struct fault why = FAULT_INIT;
	if (!hex_decode_blob(
		span_text(hex), LIMIT_QUOTE_BYTES, &raw, "dstack.quote", &why))
		return fault_raise(f, FAULT_REMOTE, "dstack.quote",
		    "the agent's quote: %s", why.text);
	if (events && *events)
		TRY(take_log(events, log, f));
	*quote = blob_move(&raw);
	return true;
}

/* ---- keys --------------------------------------------------------------- */

/*
 * The key's digits stand in the document twice, as source and as text. Both
 * are the document's own memory on the heap.
 */
static void wipe_text(const struct json *doc, const struct json_node *v)
{
	struct span source = json_source(doc, v);
	const char *text = json_text(v);
	secret_wipe_bytes((void *)(uintptr_t)text, strlen(text));
	secret_wipe_bytes((void *)(uintptr_t)source.p, source.n);
}

static FALLIBLE take_key(const struct json *doc, const char *name,
    struct secret32 *out, struct fault *f)
{
	const struct json_node *v = json_find(json_root(doc), name);
	if (!v || json_kind_of(v) != JSON_TEXT)
		return fault_raise(f, FAULT_REMOTE, "dstack.key",
		    "the agent's answer has no %s", name);
	/* The decoder's fault would name a place inside the key. */
	bool ok = hex_decode(span_text(json_text(v)), out->b, sizeof(out->b),
	    "dstack.key", NULL);
	wipe_text(doc, v);
	if (!ok)
		return fault_raise(f, FAULT_REMOTE, "dstack.key",
		    "the agent's key is not 32 bytes in hexadecimal");
	return true;
}

static FALLIBLE take_signature(const struct json_node *v, bool may_be_empty,
    uint8_t out[65], bool *empty, struct fault *f)
{
	const char *hex =
	    v && json_kind_of(v) == JSON_TEXT ? json_text(v) : NULL;
	*empty = hex && !*hex;
	if (*empty && may_be_empty)
		return true;
	if (!hex || !hex_decode(span_text(hex), out, 65, "dstack.chain", NULL))
		return fault_raise(f, FAULT_REMOTE, "dstack.chain",
		    "a signature of the agent's chain is not 65 bytes in "
		    "hexadecimal");
	if (out[64] > 1 && out[64] != 27 && out[64] != 28)
		return fault_raise(f, FAULT_REMOTE, "dstack.chain",
		    "a signature of the agent's chain has the recovery id %u",
		    out[64]);
	return true;
}

FALLIBLE dstack_answer_key(const struct json *doc, const char *key_name,
    const char *chain_name, struct attest_key *out, struct fault *f)
{
	struct attest_key k = { 0 };
	bool empty = false;
	const struct json_node *chain = json_find(json_root(doc), chain_name);
	bool ok = take_key(doc, key_name, &k.key, f);
	if (ok &&
	    (!chain || json_kind_of(chain) != JSON_ARRAY ||
		json_count(chain) != 2))
		ok = fault_raise(f, FAULT_REMOTE, "dstack.chain",
		    "the agent's chain is no array of two signatures");
	const struct json_node *first = ok ? json_first(chain) : NULL;
	ok = ok && take_signature(first, false, k.signature[0], &empty, f) &&
	    take_signature(json_next(first), true, k.signature[1], &empty, f);
	k.has_service = !empty;
	if (ok)
		*out = k;
	secret_wipe(&k.key);
	return ok;
}

/* ---- Info --------------------------------------------------------------- */

void dstack_info_drop(struct dstack_info *i)
{
	blob_drop(&i->app_compose);
}

/* tcb_info is JSON in a text as well; the app-compose is a text in it. */
static FALLIBLE take_compose(
    const char *tcb_info, struct blob *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	struct fault why = FAULT_INIT;
	if (!json_parse(
		span_text(tcb_info), &inner_limits, "dstack.info", &doc, &why))
		return fault_raise(f, FAULT_REMOTE, "dstack.info",
		    "the agent's tcb_info is no JSON: %s", why.text);
	const char *compose = text_of(json_root(doc), "app_compose");
	if (!compose)
		return true;
	if (strlen(compose) > LIMIT_APP_COMPOSE)
		return fault_raise(f, FAULT_REMOTE, "dstack.compose",
		    "the app-compose has %zu bytes, at most %d are carried",
		    strlen(compose), LIMIT_APP_COMPOSE);
	return blob_copy(span_text(compose), out, f);
}

FALLIBLE dstack_answer_info(
    const struct json_node *root, struct dstack_info *out, struct fault *f)
{
	AUTO(dstack_info_drop) struct dstack_info i = { .has_instance = false };
	const char *app = text_of(root, "app_id");
	const char *instance = text_of(root, "instance_id");
	const char *tcb_info = text_of(root, "tcb_info");
	if (!app ||
	    !hex_decode(span_text(app), i.app_id, sizeof(i.app_id),
		"dstack.info", NULL))
		return fault_raise(f, FAULT_REMOTE, "dstack.info",
		    "the agent gives no app id of 20 bytes");
	if (instance && *instance) {
		if (!hex_decode(span_text(instance), i.instance_id,
			sizeof(i.instance_id), "dstack.info", NULL))
			return fault_raise(f, FAULT_REMOTE, "dstack.info",
			    "the agent's instance id is not 20 bytes");
		i.has_instance = true;
	}
	if (tcb_info && *tcb_info)
		TRY(take_compose(tcb_info, &i.app_compose, f));
	*out = i;
	i.app_compose = (struct blob){ 0 };
	return true;
}
