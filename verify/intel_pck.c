/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/intel_pck.h"

#include "verify/base/rd_der.h"

#include <string.h>

#define AT "intel.pck.extension"

const uint8_t intel_pck_oid[11] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf8,
	0x4d, 0x01, 0x0d, 0x01 };

/* 1.2.840.113741.1.13.1, without tag and length. */
#define ARC (intel_pck_oid + 2)
#define ARC_BYTES 9

enum { PPID = 1, TCB, PCEID, FMSPC, SGX_TYPE, PLATFORM_ID, CONFIGURATION };
enum { PCESVN = 17, CPUSVN = 18 };
enum { DYNAMIC_PLATFORM = 1, CACHED_KEYS, SMT_ENABLED };

/*
 * The last arc of an OID that must be `under` (0: the extension's own, else
 * that entry's); 0 and a fault otherwise. A set bit of *seen is a repetition.
 */
static unsigned read_arc(struct rd *r, unsigned under, uint32_t *seen)
{
	struct span oid = rd_der_oid(r);
	size_t depth = under == 0 ? 0 : 1;
	unsigned arc;

	if (!rd_ok(r))
		return 0;
	if (oid.n != ARC_BYTES + depth + 1 ||
	    memcmp(oid.p, ARC, ARC_BYTES) != 0 ||
	    (depth == 1 && oid.p[ARC_BYTES] != under)) {
		(void)rd_fail(r, FAULT_FORMAT,
		    "an entry's OID is not one of the SGX extension");
		return 0;
	}
	arc = oid.p[oid.n - 1];
	if (arc == 0 || arc > 31 || (*seen & (UINT32_C(1) << arc)) != 0) {
		(void)rd_fail(r, FAULT_FORMAT,
		    "entry %u is unknown or stands there twice", arc);
		return 0;
	}
	*seen |= UINT32_C(1) << arc;
	return arc;
}

static uint64_t read_number(struct rd *r, uint8_t tag, uint64_t max)
{
	uint64_t v = rd_der_u64(r, tag);

	if (v > max) {
		(void)rd_fail(r, FAULT_FORMAT,
		    "a number of the SGX extension is out of range");
		return 0;
	}
	return v;
}

static void read_tcb(struct rd *r, struct intel_pck *out)
{
	struct rd list = rd_der_enter(r, DER_SEQUENCE, AT);
	uint32_t seen = 0;

	while (rd_left(&list) > 0) {
		struct rd e = rd_der_enter(&list, DER_SEQUENCE, AT);
		unsigned arc = read_arc(&e, TCB, &seen);

		if (arc >= 1 && arc <= 16)
			out->component[arc - 1] =
			    (uint8_t)read_number(&e, DER_INTEGER, UINT8_MAX);
		else if (arc == PCESVN)
			out->pcesvn =
			    (uint16_t)read_number(&e, DER_INTEGER, UINT16_MAX);
		else if (arc == CPUSVN)
			rd_der_octets(&e, out->cpusvn, sizeof(out->cpusvn));
		else if (arc != 0)
			(void)rd_fail(
			    &e, FAULT_FORMAT, "TCB entry %u is not known", arc);
		if (!rd_end(&e))
			return;
	}
	/* Entries 1 to 18, all of them. */
	if (rd_ok(&list) && seen != ((UINT32_C(1) << 19) - 2))
		(void)rd_fail(
		    &list, FAULT_FORMAT, "not all 18 TCB entries are there");
}

static void read_configuration(struct rd *r, struct intel_pck *out)
{
	struct rd list = rd_der_enter(r, DER_SEQUENCE, AT);
	uint32_t seen = 0;

	out->has_configuration = true;
	while (rd_left(&list) > 0) {
		struct rd e = rd_der_enter(&list, DER_SEQUENCE, AT);
		unsigned arc = read_arc(&e, CONFIGURATION, &seen);
		bool value = rd_der_bool(&e);

		if (arc == DYNAMIC_PLATFORM)
			out->dynamic_platform = value;
		else if (arc == CACHED_KEYS)
			out->cached_keys = value;
		else if (arc == SMT_ENABLED)
			out->smt_enabled = value;
		else
			(void)rd_fail(&e, FAULT_FORMAT,
			    "configuration entry %u is not known", arc);
		if (!rd_end(&e))
			return;
	}
}

static void read_entry(struct rd *r, uint32_t *seen, struct intel_pck *out)
{
	switch (read_arc(r, 0, seen)) {
	case 0:
		return;
	case PPID:
		rd_der_octets(r, out->ppid, sizeof(out->ppid));
		return;
	case TCB:
		read_tcb(r, out);
		return;
	case PCEID:
		rd_der_octets(r, out->pceid, sizeof(out->pceid));
		return;
	case FMSPC:
		rd_der_octets(r, out->fmspc, sizeof(out->fmspc));
		return;
	case SGX_TYPE:
		out->sgx_type = (uint8_t)read_number(r, DER_ENUMERATED, 2);
		return;
	case PLATFORM_ID:
		out->has_platform_id = true;
		rd_der_octets(r, out->platform_id, sizeof(out->platform_id));
		return;
	case CONFIGURATION:
		read_configuration(r, out);
		return;
	}
	(void)rd_fail(r, FAULT_FORMAT, "an entry of this OID is not known");
}

FALLIBLE intel_pck_parse(
    struct span value, struct intel_pck *out, struct fault *f)
{
	const uint32_t required =
	    1u << PPID | 1u << TCB | 1u << PCEID | 1u << FMSPC | 1u << SGX_TYPE;
	struct rd r = rd_over(value, AT, f);
	struct rd list = rd_der_enter(&r, DER_SEQUENCE, AT);
	struct intel_pck p = { 0 };
	uint32_t seen = 0;

	while (rd_left(&list) > 0) {
		struct rd e = rd_der_enter(&list, DER_SEQUENCE, AT);

		read_entry(&e, &seen, &p);
		TRY(rd_end(&e));
	}
	TRY(rd_end(&list));
	TRY(rd_end(&r));
	if ((seen & required) != required)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "an entry of the SGX extension is missing");
	*out = p;
	return true;
}

/* True of every production platform seen; no other verifier asks it. */
FALLIBLE intel_pck_consistent(const struct intel_pck *p, struct fault *f)
{
	if (memcmp(p->cpusvn, p->component, sizeof(p->cpusvn)) != 0)
		return fault_raise(f, FAULT_FORMAT, "intel.pck.cpusvn",
		    "CPUSVN and the 16 components of the PCK certificate "
		    "differ");
	return true;
}

const char *intel_pck_type_name(uint8_t sgx_type)
{
	static const char *const names[] = { "standard", "scalable",
		"scalable with integrity" };

	return sgx_type < COUNT(names) ? names[sgx_type] : "unknown";
}
