/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_log.h"

#include "verify/base/canon.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <stdlib.h>
#include <string.h>

#define AT "dstack.log.event"

void dstack_log_drop(struct dstack_log *l)
{
	json_drop(&l->doc);
	blob_drop(&l->bytes);
	free(l->event);
	*l = (struct dstack_log){ 0 };
}

/* ---- digests ---------------------------------------------------------------- */

/* Room for the longest payload as hexadecimal text, and a name around it. */
#define PREIMAGE_MAX (2 * LIMIT_EVENT_PAYLOAD + 8 * LIMIT_EVENT_NAME + 128)

static FALLIBLE preimage_v1(
    struct span name, struct span payload, struct wr *w, struct fault *f)
{
	wr_u32le(w, DSTACK_RUNTIME_EVENT);
	wr_text(w, ":");
	wr_span(w, name);
	wr_text(w, ":");
	wr_span(w, payload);
	(void)f;
	return wr_ok(w);
}

static FALLIBLE preimage_v2(
    struct span name, struct span payload, struct wr *w, struct fault *f)
{
	struct canon c = canon_to(w);

	canon_object(&c, NULL);
	canon_text_span(&c, "name", name);
	canon_hex(&c, "payload", payload);
	canon_u64(&c, "type", DSTACK_RUNTIME_EVENT);
	canon_end(&c);
	(void)f;
	return wr_ok(w);
}

static FALLIBLE preimage_of(unsigned version, struct span name,
    struct span payload, struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(PREIMAGE_MAX, AT, f);
	bool ok = version == 2 ? preimage_v2(name, payload, &w, f)
			       : preimage_v1(name, payload, &w, f);

	if (!ok) {
		wr_drop(&w);
		return false;
	}
	return wr_done(&w, out);
}

FALLIBLE dstack_event_digest(unsigned version, struct span name,
    struct span payload, struct sha384 *out, struct fault *f)
{
	AUTO(blob_drop) struct blob preimage = { 0 };

	TRY(preimage_of(version, name, payload, &preimage, f));
	*out = sha384_of(blob_span(&preimage));
	return true;
}

static FALLIBLE check_preimage(
    const struct dstack_event *e, size_t i, struct fault *f)
{
	AUTO(blob_drop) struct blob given = { 0 };
	AUTO(blob_drop) struct blob want = { 0 };

	TRY(hex_decode_blob(
	    e->preimage, PREIMAGE_MAX, &given, "dstack.log.digest", f));
	TRY(preimage_of(e->version, e->name, e->payload, &want, f));
	if (!span_equal(blob_span(&given), blob_span(&want)))
		return fault_raise(f, FAULT_CRYPTO, "dstack.log.digest",
		    "event %zu: the preimage given is not that of its name and "
		    "payload",
		    i);
	return true;
}

FALLIBLE dstack_log_check_digests(const struct dstack_log *l, struct fault *f)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct dstack_event *e = &l->event[i];

		if (e->has_given &&
		    memcmp(e->given.b, e->digest.b, sizeof(e->digest.b)) != 0)
			return fault_raise(f, FAULT_CRYPTO, "dstack.log.digest",
			    "event %zu: the digest given is not that of its "
			    "name and payload",
			    i);
		if (e->has_preimage)
			TRY(check_preimage(e, i, f));
	}
	return true;
}

/* ---- one event --------------------------------------------------------------- */

/* What newer agents call the events of the ACPI tables. */
static bool is_boot_name(struct span name)
{
	return name.n == 0 || span_equal_text(name, "acpi-loader") ||
	    span_equal_text(name, "acpi-rsdp") ||
	    span_equal_text(name, "acpi-tables");
}

/* Members as they stand in the document. */
struct members {
	const char *digest, *event, *payload, *preimage;
	uint64_t type, imr, version;
};

static FALLIBLE read_members(
    const struct json_node *v, struct members *m, struct fault *f)
{
	const struct json_field fields[] = {
		{ "digest", JSON_WANT_TEXT, false, &m->digest },
		{ "event", JSON_WANT_TEXT, false, &m->event },
		{ "event_payload", JSON_WANT_TEXT, false, &m->payload },
		{ "event_type", JSON_WANT_U64, false, &m->type },
		{ "imr", JSON_WANT_U64, false, &m->imr },
		{ "preimage", JSON_WANT_TEXT, true, &m->preimage },
		{ "version", JSON_WANT_U64, true, &m->version },
	};

	return json_read(v, fields, COUNT(fields), AT, f);
}

static FALLIBLE check_members(const struct members *m, struct fault *f)
{
	bool runtime = m->type == DSTACK_RUNTIME_EVENT;
	struct span payload = span_text(m->payload);

	if (m->imr >= DSTACK_REGISTERS || m->type > UINT32_MAX)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "there is no such register or type");
	/* Firmware measures into 0 to 2, the guest into 3, nothing else. */
	if (runtime != (m->imr == 3))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "runtime events stand in register 3, others do not");
	if (strlen(m->event) > LIMIT_EVENT_NAME)
		return fault_raise(f, FAULT_LIMIT, AT, "the name is too long");
	if (payload.n > 2 * LIMIT_EVENT_PAYLOAD)
		return fault_raise(
		    f, FAULT_LIMIT, AT, "the payload is too long");
	if (payload.n % 2 != 0 || !hex_is_lower(payload) ||
	    !hex_is_lower(span_text(m->digest)))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "payload and digest are hexadecimal text in lower case");
	if (!runtime && !is_boot_name(span_text(m->event)))
		return fault_raise(
		    f, FAULT_FORMAT, AT, "a boot event of a name unknown here");
	if (m->version != 1 && (m->version != 2 || !runtime))
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "a digest of a version unknown here");
	if (m->preimage != NULL && m->version != 2)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "only events of version 2 have a preimage");
	return true;
}

static FALLIBLE read_event(const struct json_node *v, struct dstack_log *l,
    struct dstack_event *e, struct fault *f)
{
	struct members m = { .version = 1 };
	struct span payload;

	TRY(read_members(v, &m, f));
	TRY(check_members(&m, f));
	payload = span_text(m.payload);
	e->imr = (unsigned)m.imr;
	e->type = (uint32_t)m.type;
	e->name = span_text(m.event);
	e->version = (unsigned)m.version;
	e->has_preimage = m.preimage != NULL;
	e->preimage = span_text(m.preimage);
	e->payload = span_of(l->bytes.p + l->bytes.n, payload.n / 2);
	TRY(hex_decode(payload, l->bytes.p + l->bytes.n, payload.n / 2, AT, f));
	l->bytes.n += payload.n / 2;
	if (e->type != DSTACK_RUNTIME_EVENT)
		return hex_decode(
		    span_text(m.digest), e->digest.b, sizeof(e->digest), AT, f);
	e->has_given = m.digest[0] != '\0';
	if (e->has_given)
		TRY(hex_decode(
		    span_text(m.digest), e->given.b, sizeof(e->given), AT, f));
	return dstack_event_digest(
	    e->version, e->name, e->payload, &e->digest, f);
}

/* ---- the log ----------------------------------------------------------------- */

static FALLIBLE read_events(
    const struct json_node *root, struct dstack_log *l, struct fault *f)
{
	for (const struct json_node *v = json_first(root); v != NULL;
	     v = json_next(v)) {
		if (!read_event(v, l, &l->event[l->n], f))
			return fault_within(f, "event %zu", l->n);
		l->n++;
	}
	return true;
}

/* Payloads are never longer than half of the text that holds them. */
static FALLIBLE reserve(
    struct dstack_log *l, size_t n_events, size_t n_text, struct fault *f)
{
	l->event = calloc(n_events + 1, sizeof(*l->event));
	l->bytes.p = malloc(n_text / 2 + 1);
	if (l->event == NULL || l->bytes.p == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "dstack.log.memory", "out of memory");
	return true;
}

FALLIBLE dstack_log_parse(
    struct span text, struct dstack_log *out, struct fault *f)
{
	const struct json_limits limits = {
		.max_bytes = LIMIT_EVENT_LOG_BYTES,
		.max_depth = 2,
		.max_values = 8 * LIMIT_EVENTS + 1,
	};
	AUTO(dstack_log_drop) struct dstack_log l = { 0 };
	const struct json_node *root;
	size_t n;

	TRY(json_parse(text, &limits, "dstack.log.json", &l.doc, f));
	root = json_root(l.doc);
	if (json_kind_of(root) != JSON_ARRAY)
		return fault_raise(
		    f, FAULT_FORMAT, "dstack.log.json", "is not an array");
	n = json_count(root);
	if (n > LIMIT_EVENTS)
		return fault_raise(f, FAULT_LIMIT, "dstack.log.json",
		    "%zu events are more than %d", n, LIMIT_EVENTS);
	TRY(reserve(&l, n, text.n, f));
	TRY(read_events(root, &l, f));
	*out = l;
	l = (struct dstack_log){ 0 };
	return true;
}

struct sha384 dstack_log_replay(const struct dstack_log *l, unsigned imr)
{
	struct sha384 mr = { { 0 } };

	for (size_t i = 0; i < l->n; i++) {
		const struct span parts[] = {
			span_of(mr.b, sizeof(mr.b)),
			span_of(l->event[i].digest.b, sizeof(mr.b)),
		};

		if (l->event[i].imr == imr)
			mr = sha384_of_parts(parts, COUNT(parts));
	}
	return mr;
}

/* The TCG's type of the events that the ACPI tables are. */
#define EV_PLATFORM_CONFIG_FLAGS UINT32_C(10)

bool dstack_log_is_stripped(const struct dstack_log *l)
{
	size_t n_acpi = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct dstack_event *e = &l->event[i];

		if (e->imr == 3)
			continue;
		if (e->imr != 0 || e->type != EV_PLATFORM_CONFIG_FLAGS)
			return false;
		n_acpi++;
	}
	return n_acpi == 0 || n_acpi == 3;
}

bool dstack_event_is(const struct dstack_event *e, const char *name)
{
	return e->type == DSTACK_RUNTIME_EVENT &&
	    span_equal_text(e->name, name);
}
