/* SPDX-License-Identifier: Apache-2.0 */
/* Version 1 of the attestation: MessagePack (dstack section 15.2). */
#include "verify/base/hash.h"
#include "verify/base/rd_msgpack.h"
#include "verify/base/text.h"
#include "verify/dstack_attestation_parts.h"

#include <string.h>

/* ---- members of maps ------------------------------------------------------ */

/* A member of a map that is read into a struct. */
struct member {
	const char *name;
	void (*read)(struct attestation_reader *a, void *target);
	size_t offset; /* of the target in the struct */
	bool optional;
};

/* Each once, in any order, and no other. */
static void read_map(struct attestation_reader *a, const struct member *m,
    size_t n_members, void *into)
{
	uint32_t seen = 0;
	size_t i;

	for (uint32_t n = rd_msgpack_map(&a->r); n > 0 && rd_ok(&a->r); n--) {
		struct span name = rd_msgpack_text(&a->r);

		for (i = 0; i < n_members; i++)
			if (span_equal_text(name, m[i].name))
				break;
		if (!rd_ok(&a->r))
			return;
		if (i == n_members) {
			rd_fail(&a->r, FAULT_FORMAT, "a member is unknown");
			return;
		}
		if ((seen >> i & 1) != 0)
			rd_fail(
			    &a->r, FAULT_FORMAT, "%s stands twice", m[i].name);
		seen |= UINT32_C(1) << i;
		m[i].read(a, (uint8_t *)into + m[i].offset);
	}
	for (i = 0; i < n_members && rd_ok(&a->r); i++)
		if (!m[i].optional && (seen >> i & 1) == 0)
			rd_fail(
			    &a->r, FAULT_FORMAT, "%s is missing", m[i].name);
}

/* ---- values ---------------------------------------------------------------- */

static void read_u64(struct attestation_reader *a, void *target)
{
	*(uint64_t *)target = rd_msgpack_u64(&a->r);
}

static void read_text(struct attestation_reader *a, void *target)
{
	*(struct span *)target = rd_msgpack_text(&a->r);
}

/* What was decoded goes behind what was decoded before. */
static struct span keep(
    struct attestation_reader *a, const void *bytes, size_t n)
{
	struct blob *store = &a->out->bytes;
	uint8_t *p = store->p + store->n;

	memmove(p, bytes, n);
	store->n += n;
	return span_of(p, n);
}

static struct span read_numbers(struct attestation_reader *a)
{
	struct blob *store = &a->out->bytes;
	uint8_t *p = store->p + store->n;
	uint32_t n = rd_msgpack_array(&a->r);

	for (uint32_t i = 0; i < n && rd_ok(&a->r); i++) {
		uint64_t v = rd_msgpack_u64(&a->r);

		if (v > UINT8_MAX)
			rd_fail(&a->r, FAULT_FORMAT, "a byte is above 255");
		p[i] = (uint8_t)v;
	}
	store->n += n;
	return span_of(p, n);
}

/* "bin, array of u8, or text": Serializers differ. */
static void read_coded(
    struct attestation_reader *a, struct span *out, bool is_base64)
{
	AUTO(blob_drop) struct blob raw = { 0 };
	struct span text;
	bool ok;

	switch (rd_msgpack_peek(&a->r)) {
	case MSGPACK_ARRAY:
		*out = read_numbers(a);
		return;
	case MSGPACK_TEXT:
		text = rd_msgpack_text(&a->r);
		if (text.n == 0 || !rd_ok(&a->r))
			return;
		ok = is_base64
		    ? base64_decode(text, text.n, &raw, a->r.at, a->r.f)
		    : hex_decode_blob(text, text.n, &raw, a->r.at, a->r.f);
		if (ok)
			*out = keep(a, raw.p, raw.n);
		return;
	case MSGPACK_BYTES:
	case MSGPACK_UINT:
	case MSGPACK_MAP:
	case MSGPACK_OTHER:
		*out = rd_msgpack_bytes(&a->r);
		return;
	}
}

static void read_bytes(struct attestation_reader *a, void *target)
{
	read_coded(a, (struct span *)target, false);
}

static void read_payload(struct attestation_reader *a, void *target)
{
	read_coded(a, (struct span *)target, true);
}

/* ---- events ---------------------------------------------------------------- */

static void read_version(struct attestation_reader *a, void *target)
{
	if (!rd_msgpack_nil(&a->r))
		read_u64(a, target);
}

static void read_preimage(struct attestation_reader *a, void *target)
{
	struct attestation_event *e = (struct attestation_event *)target;

	if (rd_msgpack_nil(&a->r))
		return;
	read_bytes(a, &e->preimage);
	e->has_preimage = true;
}

#define IN_EVENT(member) offsetof(struct attestation_event, member)

static void read_log(struct attestation_reader *a, void *target)
{
	static const struct member members[] = {
		{ "imr", read_u64, IN_EVENT(imr), false },
		{ "event_type", read_u64, IN_EVENT(type), false },
		{ "digest", read_bytes, IN_EVENT(digest), false },
		{ "event", read_text, IN_EVENT(name), false },
		{ "event_payload", read_bytes, IN_EVENT(payload), false },
		{ "version", read_version, IN_EVENT(version), true },
		{ "preimage", read_preimage, 0, true },
	};

	(void)target;
	for (uint32_t n = rd_msgpack_array(&a->r); n > 0 && rd_ok(&a->r); n--) {
		struct attestation_event e = { .version = 1 };

		read_map(a, members, COUNT(members), &e);
		if (rd_ok(&a->r))
			attestation_put_event(a, &e);
	}
}

static void read_runtime(struct attestation_reader *a, void *target)
{
	static const struct member members[] = {
		{ "event", read_text, IN_EVENT(name), false },
		{ "payload", read_payload, IN_EVENT(payload), false },
		{ "version", read_version, IN_EVENT(version), true },
	};

	(void)target;
	for (uint32_t n = rd_msgpack_array(&a->r); n > 0 && rd_ok(&a->r); n--) {
		struct attestation_event e = { .version = 1 };

		read_map(a, members, COUNT(members), &e);
		if (rd_ok(&a->r))
			attestation_put_runtime(a, &e);
	}
}

/* ---- the platform ------------------------------------------------------------ */

#define IN_OUT(member) offsetof(struct dstack_attestation, member)

static void read_tdx(struct attestation_reader *a)
{
	static const struct member members[] = {
		{ "quote", read_bytes, IN_OUT(evidence), false },
		{ "event_log", read_log, 0, false },
	};

	a->out->kind = DSTACK_ATTESTATION_TDX;
	read_map(a, members, COUNT(members), a->out);
}

static void read_nitro(struct attestation_reader *a)
{
	static const struct member members[] = {
		{ "nsm_quote", read_bytes, IN_OUT(evidence), false },
	};

	a->out->kind = DSTACK_ATTESTATION_NITRO;
	read_map(a, members, COUNT(members), a->out);
}

static void read_certs(struct attestation_reader *a, void *target)
{
	(void)target;
	for (uint32_t n = rd_msgpack_array(&a->r); n > 0 && rd_ok(&a->r); n--) {
		struct span cert = { 0 };

		read_bytes(a, &cert);
		if (rd_ok(&a->r))
			attestation_put_cert(a, cert);
	}
}

static void read_snp(struct attestation_reader *a)
{
	static const struct member members[] = {
		{ "report", read_bytes, IN_OUT(evidence), false },
		{ "cert_chain", read_certs, 0, false },
		{ "mr_config", read_text, IN_OUT(mr_config), false },
	};

	a->out->kind = DSTACK_ATTESTATION_SNP;
	read_map(a, members, COUNT(members), a->out);
}

/* What stands under `data` is told by `kind`, which therefore comes first. */
static void read_platform_data(struct attestation_reader *a, void *target)
{
	const struct span kind = *(const struct span *)target;

	if (span_equal_text(kind, "tdx"))
		read_tdx(a);
	else if (span_equal_text(kind, "nitro-enclave"))
		read_nitro(a);
	else if (span_equal_text(kind, "sev-snp"))
		read_snp(a);
	else if (kind.n == 0)
		rd_fail(&a->r, FAULT_FORMAT, "data stands before its kind");
	else
		fault_raise(a->r.f, FAULT_UNSUPPORTED, "attestation.kind",
		    "evidence of this platform is not judged here");
}

static void read_platform(struct attestation_reader *a, void *target)
{
	static const struct member members[] = {
		{ "kind", read_text, 0, false },
		{ "data", read_platform_data, 0, false },
	};
	struct span kind = { 0 };

	(void)target;
	read_map(a, members, COUNT(members), &kind);
}

/* ---- the stack ----------------------------------------------------------------- */

static void read_report_data(struct attestation_reader *a, void *target)
{
	struct span v = { 0 };

	read_bytes(a, &v);
	if (!rd_ok(&a->r))
		return;
	if (v.n == REPORT_DATA_BYTES)
		memcpy(target, v.p, v.n);
	else
		rd_fail(&a->r, FAULT_FORMAT, "%zu bytes of report data", v.n);
}

struct stack {
	struct span kind;
	bool is_pod;
};

static void read_stack_data(struct attestation_reader *a, void *target)
{
	struct stack *s = (struct stack *)target;
	const struct member members[] = {
		{ "report_data", read_report_data, IN_OUT(report_data), false },
		{ "runtime_events", read_runtime, 0, false },
		{ "config", read_text, IN_OUT(config), false },
	};
	const struct member pod_members[] = {
		members[0],
		members[1],
		members[2],
		{ "report_data_payload", read_text, IN_OUT(pod_payload),
		    false },
	};

	s->is_pod = span_equal_text(s->kind, "dstack-pod");
	if (s->is_pod)
		read_map(a, pod_members, COUNT(pod_members), a->out);
	else if (span_equal_text(s->kind, "dstack"))
		read_map(a, members, COUNT(members), a->out);
	else
		rd_fail(&a->r, FAULT_FORMAT, "the stack is unknown");
}

/* A pod's report data is the hash of a text: SHA-512("app-data:" || text). */
static void check_pod(struct attestation_reader *a)
{
	struct span parts[] = { span_text("app-data:"), a->out->pod_payload };
	struct sha512 want = sha512_of_parts(parts, COUNT(parts));

	if (memcmp(want.b, a->out->report_data, REPORT_DATA_BYTES) != 0)
		fault_raise(a->r.f, FAULT_CRYPTO, "attestation.report-data",
		    "the report data is not the hash of the pod's payload");
}

static void read_stack(struct attestation_reader *a, void *target)
{
	static const struct member members[] = {
		{ "kind", read_text, offsetof(struct stack, kind), false },
		{ "data", read_stack_data, 0, false },
	};
	struct stack s = { .is_pod = false };

	(void)target;
	read_map(a, members, COUNT(members), &s);
	if (rd_ok(&a->r) && s.is_pod)
		check_pod(a);
}

/* ---- the whole -------------------------------------------------------------------- */

static void read_one(struct attestation_reader *a, void *target)
{
	uint64_t version = rd_msgpack_u64(&a->r);

	(void)target;
	if (rd_ok(&a->r) && version != 1)
		rd_fail(&a->r, FAULT_UNSUPPORTED, "version %llu",
		    (unsigned long long)version);
}

void attestation_read_msgpack(struct attestation_reader *a)
{
	static const struct member members[] = {
		{ "version", read_one, 0, false },
		{ "platform", read_platform, 0, false },
		{ "stack", read_stack, 0, false },
	};

	read_map(a, members, COUNT(members), a->out);
}
