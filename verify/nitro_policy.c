/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy's object "nitro": FORMAT.policy.nitro.md.
 */
#include "verify/base/canon.h"
#include "verify/base/text.h"
#include "verify/nitro_case.h"

#include <stdio.h>
#include <string.h>

#define AT "policy.nitro"
#define PCR_NAME_SIZE sizeof("pcr31")

static const struct json_node *object_of(const struct tee_case *c)
{
	return policy_platform(c->opt->policy, "nitro");
}

static const struct json_node *member(
    const struct tee_case *c, const char *name)
{
	return json_find(object_of(c), name);
}

size_t nitro_pcr_of(const char *name)
{
	for (size_t i = 0; i < NITRO_PCRS; i++) {
		char pcr[PCR_NAME_SIZE];

		snprintf(pcr, sizeof(pcr), "pcr%u", (unsigned)(i % NITRO_PCRS));
		if (strcmp(name, pcr) == 0)
			return i;
	}
	return NITRO_PCRS;
}

/* ---- form ---------------------------------------------------------------- */

/* An array of hexadecimal texts; `bytes` 0: of any length. */
static FALLIBLE form_hex(
    const struct json_node *v, size_t bytes, struct fault *f)
{
	if (json_kind_of(v) != JSON_ARRAY)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "%.40s is not an array", json_name(v));
	for (const struct json_node *e = json_first(v); e != NULL;
	     e = json_next(e)) {
		struct span text = span_text(json_text(e));

		if (json_kind_of(e) != JSON_TEXT || !hex_is_lower(text) ||
		    text.n % 2 != 0 ||
		    (bytes > 0 ? text.n != 2 * bytes : text.n == 0))
			return fault_raise(f, FAULT_FORMAT, AT,
			    "%.40s holds hexadecimal digits in lower case%s",
			    json_name(v), bytes > 0 ? ", of one length" : "");
	}
	return true;
}

static FALLIBLE form_member(const struct json_node *v, struct fault *f)
{
	const char *name = json_name(v);
	uint64_t n;

	if (nitro_pcr_of(name) < NITRO_PCRS)
		return form_hex(v, NITRO_PCR_BYTES, f);
	if (strcmp(name, "imageIds") == 0)
		return form_hex(v, sizeof(struct sha256), f);
	if (strcmp(name, "publicKeys") == 0)
		return form_hex(v, 0, f);
	if (strcmp(name, "maxAgeMs") == 0) {
		TRY(json_u64(v, (UINT64_C(1) << 53) - 1, &n, AT, f));
		return n > 0 ||
		    fault_raise(f, FAULT_FORMAT, AT, "maxAgeMs begins at 1");
	}
	if (strcmp(name, "allowDebug") == 0)
		return (json_kind_of(v) == JSON_BOOL && json_bool(v)) ||
		    fault_raise(f, FAULT_FORMAT, AT,
			"allowDebug is true or it is absent");
	return fault_raise(f, FAULT_FORMAT, AT,
	    "the member %.64s is unknown; nothing is assumed of it", name);
}

bool nitro_policy_form(const struct json_node *object, struct fault *f)
{
	for (const struct json_node *v = json_first(object); v != NULL;
	     v = json_next(v))
		TRY(form_member(v, f));
	if (json_find(object, "pcr0") == NULL &&
	    json_find(object, "pcr8") == NULL &&
	    json_find(object, "imageIds") == NULL)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "names neither pcr0 nor pcr8 nor imageIds: any enclave at "
		    "all would do");
	return true;
}

/* ---- rows ---------------------------------------------------------------- */

bool nitro_case_is_debug(const struct nitro_case *k)
{
	for (size_t i = 0; i < 3; i++)
		if (k->doc.pcr[i].p != NULL && !span_is_zero(k->doc.pcr[i]))
			return false;
	return true;
}

bool nitro_policy_debug(struct tee_case *c, struct fault *f)
{
	if (!nitro_case_is_debug(nitro_case_of(c)) ||
	    member(c, "allowDebug") != NULL)
		return true;
	return fault_raise(f, FAULT_POLICY, "policy.allowDebug",
	    "the enclave runs in debug mode: no image is measured, and the "
	    "parent reads its console");
}

static bool lists(const struct json_node *list, struct span value)
{
	char text[HEX_SIZE(NITRO_PCR_BYTES)];

	if (value.p == NULL || value.n > NITRO_PCR_BYTES)
		return false;
	hex_encode(value, text);
	return policy_list_has(list, span_text(text));
}

bool nitro_policy_pcr(struct tee_case *c, struct fault *f)
{
	const struct nitro_case *k = nitro_case_of(c);
	bool any = false;

	for (const struct json_node *v = json_first(object_of(c)); v != NULL;
	     v = json_next(v)) {
		size_t i = nitro_pcr_of(json_name(v));

		if (i == NITRO_PCRS)
			continue;
		any = true;
		if (k->doc.pcr[i].p == NULL)
			return fault_raise(f, FAULT_POLICY, "policy.pcr",
			    "the policy lists %s, but this document has none",
			    json_name(v));
		if (!lists(v, k->doc.pcr[i]))
			return fault_raise(f, FAULT_POLICY, "policy.pcr",
			    "%s is not one that the policy lists",
			    json_name(v));
	}
	return any || tee_skip(f, "the policy lists no register");
}

bool nitro_policy_image(struct tee_case *c, struct fault *f)
{
	const struct json_node *list = member(c, "imageIds");
	const struct sha256 id = nitro_doc_image_id(&nitro_case_of(c)->doc);

	if (list == NULL)
		return tee_skip(f, "the policy lists no image ids");
	if (!lists(list, sha256_span(&id)))
		return fault_raise(f, FAULT_POLICY, "policy.imageIds",
		    "the image id is not one that the policy lists");
	return true;
}

bool nitro_policy_public_key(struct tee_case *c, struct fault *f)
{
	const struct json_node *list = member(c, "publicKeys");
	const struct nitro_bytes *key = &nitro_case_of(c)->doc.public_key;
	char text[HEX_SIZE(1024)];

	if (list == NULL)
		return tee_skip(f, "the policy lists no public keys");
	if (!key->is_there || key->value.n > 1024)
		return fault_raise(f, FAULT_POLICY, "policy.publicKeys",
		    "the document carries no public key");
	hex_encode(key->value, text);
	if (!policy_list_has(list, span_text(text)))
		return fault_raise(f, FAULT_POLICY, "policy.publicKeys",
		    "the document's public key is not one that the policy "
		    "lists");
	return true;
}

/* A statement carries its own nonce, which is held against it there. */
bool nitro_policy_nonce(struct tee_case *c, struct fault *f)
{
	const struct nitro_bytes *nonce = &nitro_case_of(c)->doc.nonce;

	if (!c->is_bare || c->opt->nonce.n == 0)
		return tee_skip(f,
		    c->is_bare ? "nobody asked for a nonce"
			       : "the statement carries it");
	if (!nonce->is_there || !span_equal(nonce->value, c->opt->nonce))
		return fault_raise(f, FAULT_POLICY, "policy.nonce",
		    "the document does not carry your nonce");
	return true;
}

bool nitro_policy_age(struct tee_case *c, struct fault *f)
{
	const struct json_node *v = member(c, "maxAgeMs");
	int64_t age_ms = c->opt->at.ms - nitro_case_of(c)->doc.timestamp.ms;
	uint64_t max_ms;

	if (v == NULL)
		return tee_skip(f, "the policy sets no age");
	TRY(json_u64(v, (UINT64_C(1) << 53) - 1, &max_ms, AT, f));
	if (age_ms > (int64_t)max_ms)
		return fault_raise(f, FAULT_POLICY, "policy.maxAgeMs",
		    "the document is %lld ms old, at most %llu are allowed",
		    (long long)age_ms, (unsigned long long)max_ms);
	return true;
}

/* ---- claims -------------------------------------------------------------- */

static const char *const claim_names[NITRO_PCRS] = {
	"measurements.pcr0",
	"measurements.pcr1",
	"measurements.pcr2",
	"measurements.pcr3",
	"measurements.pcr4",
	"measurements.pcr5",
	"measurements.pcr6",
	"measurements.pcr7",
	"measurements.pcr8",
	"measurements.pcr9",
	"measurements.pcr10",
	"measurements.pcr11",
	"measurements.pcr12",
	"measurements.pcr13",
	"measurements.pcr14",
	"measurements.pcr15",
	"measurements.pcr16",
	"measurements.pcr17",
	"measurements.pcr18",
	"measurements.pcr19",
	"measurements.pcr20",
	"measurements.pcr21",
	"measurements.pcr22",
	"measurements.pcr23",
	"measurements.pcr24",
	"measurements.pcr25",
	"measurements.pcr26",
	"measurements.pcr27",
	"measurements.pcr28",
	"measurements.pcr29",
	"measurements.pcr30",
	"measurements.pcr31",
};

static void claim_code(const struct tee_case *c, struct verdict *v)
{
	static const char *const rows[] = { "nitro.policy.pcr",
		"nitro.policy.image" };
	bool any = false;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct check_outcome *o = verdict_find(v, rows[i]);

		if (o != NULL && o->result == CHECK_FAIL) {
			verdict_link(
			    v, LINK_CODE, LINK_REFUTED, "%s", o->fault.text);
			return;
		}
		any = any || (o != NULL && o->result == CHECK_PASS);
	}
	if (nitro_case_is_debug(nitro_case_of(c)))
		verdict_link(v, LINK_CODE, LINK_NOT_CHECKED,
		    "debug mode: no image is measured");
	else if (any)
		verdict_link(v, LINK_CODE, LINK_PROVED,
		    "the enclave's image is one that the policy lists");
	else
		verdict_link(v, LINK_CODE, LINK_NOT_CHECKED,
		    "no policy says which image it should be");
}

void nitro_policy_claim(const struct tee_case *c, struct verdict *v)
{
	const struct nitro_doc *d = &nitro_case_of(c)->doc;
	const struct sha256 id = nitro_doc_image_id(d);
	char text[257];

	verdict_claim_json(v, "debug",
	    nitro_case_is_debug(nitro_case_of(c)) ? "true" : "false");
	verdict_claim_hex(v, "imageId", sha256_span(&id));
	for (size_t i = 0; i < NITRO_PCRS; i++)
		if (d->pcr[i].p != NULL && !span_is_zero(d->pcr[i]))
			verdict_claim_hex(v, claim_names[i], d->pcr[i]);
	snprintf(text, sizeof(text), "%.*s", (int)d->module_id.n,
	    (const char *)d->module_id.p);
	verdict_claim_text(v, "moduleId", text);
	verdict_claim_text(v, "documentTime", utc_format(d->timestamp, text));
	if (d->public_key.is_there)
		verdict_claim_hex(v, "publicKey", d->public_key.value);
	claim_code(c, v);
	verdict_link(v, LINK_HARDWARE, LINK_PROVED,
	    "AWS's root vouches for the enclave at the time judged at; "
	    "whoever runs AWS's hypervisor is trusted with it");
}

/* ---- what it would be ---------------------------------------------------- */

/* In the order of names: pcr0, pcr1, pcr10, ..., pcr19, pcr2, ... */
static void write_pcrs(struct canon *out, const struct nitro_doc *d)
{
	for (unsigned tens = 0; tens < 10; tens++)
		for (unsigned k = 0; k <= 10; k++) {
			/* The digit alone, then the tens that it begins. */
			unsigned i = k == 0 ? tens : 10 * tens + k - 1;
			char name[PCR_NAME_SIZE];

			if (i >= NITRO_PCRS || (k > 0 && i < 10) ||
			    d->pcr[i].p == NULL || span_is_zero(d->pcr[i]))
				continue;
			snprintf(name, sizeof(name), "pcr%u", i % NITRO_PCRS);
			canon_array(out, name);
			canon_hex(out, NULL, d->pcr[i]);
			canon_end(out);
		}
}

bool nitro_policy_write(const struct tee_case *c, struct wr *w, struct fault *f)
{
	const struct nitro_case *k = nitro_case_of(c);
	struct canon out = canon_to(w);

	if (nitro_case_is_debug(k))
		return fault_raise(f, FAULT_POLICY, "policy.allowDebug",
		    "the enclave runs in debug mode: there is no image to "
		    "list");
	canon_object(&out, NULL);
	write_pcrs(&out, &k->doc);
	canon_end(&out);
	return wr_ok(w) ||
	    fault_raise(f, w->f->kind, w->f->at, "%s", w->f->text);
}
