/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/intel_inspect.h"

#include "verify/base/text.h"
#include "verify/intel_attributes.h"
#include "verify/intel_pck.h"
#include "verify/intel_quote.h"
#include "verify/x509.h"
#include "verify/x509_pem.h"

#include <stdlib.h>

static void line(
    struct wr *w, const char *name, struct span v, const char *meaning)
{
	char text[HEX_SIZE(64)];

	if (v.n > 64)
		return;
	hex_encode(v, text);
	wr_printf(w, "  %-18s %s", name, text);
	if (meaning != NULL)
		wr_printf(w, "  (%s)", meaning);
	wr_text(w, "\n");
}

static void number(
    struct wr *w, const char *name, unsigned long v, const char *meaning)
{
	wr_printf(w, "  %-18s %lu", name, v);
	if (meaning != NULL)
		wr_printf(w, "  (%s)", meaning);
	wr_text(w, "\n");
}

static const char *zero_or(struct span v, const char *zero, const char *other)
{
	return span_is_zero(v) ? zero : other;
}

static void header(struct wr *w, const struct intel_quote *q)
{
	wr_printf(w, "Intel quote, %zu bytes", q->canonical.n);
	if (q->raw.n > q->canonical.n)
		wr_printf(w, " and %zu zero bytes of padding",
		    q->raw.n - q->canonical.n);
	wr_text(w, "\nHeader\n");
	number(w, "version", q->version, "layout of what follows");
	number(w, "key type", q->key_type, "2 is ECDSA with P-256");
	number(w, "TEE type", q->tee,
	    q->tee == INTEL_TEE_TDX ? "TDX trust domain" : "SGX enclave");
	if (q->version == 3) {
		number(w, "QE SVN", q->qe_svn, "informational");
		number(w, "PCE SVN", q->pce_svn, "informational");
	}
	line(w, "QE vendor", q->vendor, "Intel");
	line(w, "user data", q->user_data, "identifies the quoting enclave");
}

static void findings(struct wr *w, uint32_t found)
{
	for (size_t i = 0; i < INTEL_FINDING_COUNT; i++)
		if ((found & (UINT32_C(1) << i)) != 0)
			wr_printf(w, "    %s: %s\n",
			    intel_finding_infos[i].is_refused ? "finding"
							      : "feature",
			    intel_finding_infos[i].meaning);
}

static void td(struct wr *w, const struct intel_td *t)
{
	static const char *const rtmr[][2] = {
		{ "RTMR0", "firmware configuration" },
		{ "RTMR1", "kernel and boot loader" },
		{ "RTMR2", "initrd, command line, operating system" },
		{ "RTMR3", "application" },
	};

	wr_printf(w, "TD report %s\n", t->is_15 ? "1.5" : "1.0");
	line(w, "TEE_TCB_SVN", t->tee_tcb_svn,
	    "module SVN, module version, late microcode");
	line(w, "MRSEAM", t->mrseam, "the TDX module");
	line(w, "MRSIGNERSEAM", t->mrsignerseam,
	    zero_or(t->mrsignerseam, "Intel", "not Intel"));
	line(w, "SEAMATTRIBUTES", t->seam_attributes,
	    zero_or(t->seam_attributes, "production module", "unexpected"));
	line(w, "TDATTRIBUTES", t->attributes, NULL);
	findings(w, intel_attributes_td(t));
	line(w, "XFAM", t->xfam, "processor features of the TD");
	line(w, "MRTD", t->mrtd, "initial memory: the firmware");
	line(w, "MRCONFIGID", t->mrconfigid, "set by the host");
	line(w, "MROWNER", t->mrowner, "set by the host");
	line(w, "MROWNERCONFIG", t->mrownerconfig, "set by the host");
	for (size_t i = 0; i < COUNT(rtmr); i++)
		line(w, rtmr[i][0], t->rtmr[i], rtmr[i][1]);
	line(w, "REPORTDATA", t->report_data, "chosen by the guest");
	if (t->is_15) {
		line(w, "TEE_TCB_SVN2", t->tee_tcb_svn2,
		    "of the module that runs now");
		line(w, "MRSERVICETD", t->mrservicetd,
		    zero_or(
			t->mrservicetd, "no service TD", "bound service TDs"));
	}
}

static void report(
    struct wr *w, const char *title, const struct intel_report *r)
{
	wr_printf(w, "%s\n", title);
	line(w, "CPUSVN", r->cpu_svn, "the processor's own, opaque");
	line(w, "MISCSELECT", r->misc_select, NULL);
	line(w, "ISVEXTPRODID", r->isv_ext_prod_id, NULL);
	line(w, "ATTRIBUTES", r->attributes, "flags, then XFRM");
	findings(w, intel_attributes_sgx(r));
	line(w, "MRENCLAVE", r->mrenclave, "the enclave's code");
	line(w, "MRSIGNER", r->mrsigner, "who signed it");
	line(w, "CONFIGID", r->config_id, NULL);
	number(w, "ISVPRODID", r->isv_prod_id, "the signer's product");
	number(w, "ISVSVN", r->isv_svn, "its security version");
	number(w, "CONFIGSVN", r->config_svn, NULL);
	line(w, "ISVFAMILYID", r->isv_family_id, NULL);
	line(w, "REPORTDATA", r->report_data, "chosen by the enclave");
}

static void platform(struct wr *w, const struct intel_pck *p)
{
	line(w, "FMSPC", span_of(p->fmspc, sizeof(p->fmspc)),
	    "processor family: selects the TCB info");
	line(w, "PCEID", span_of(p->pceid, sizeof(p->pceid)), NULL);
	line(w, "PPID", span_of(p->ppid, sizeof(p->ppid)),
	    "identifies the machine");
	if (p->has_platform_id)
		line(w, "platform instance",
		    span_of(p->platform_id, sizeof(p->platform_id)),
		    "identifies the machine");
	line(w, "components", span_of(p->component, sizeof(p->component)),
	    "16 certified security versions");
	number(w, "PCESVN", p->pcesvn, NULL);
	number(w, "SGX type", p->sgx_type, intel_pck_type_name(p->sgx_type));
}

/* A certificate's window and, of a PCK, the platform; nothing is verified. */
static void certificate(struct wr *w, size_t i, struct span der)
{
	AUTO(x509_cert_drop) struct x509_cert c = { 0 };
	struct intel_pck pck;
	struct fault f = FAULT_INIT;
	struct span value;
	char from[UTC_TEXT_SIZE], to[UTC_TEXT_SIZE];

	if (!x509_cert_parse(der, &c, "inspect.certificate", &f)) {
		wr_printf(w, "  certificate %zu: %s\n", i + 1, f.text);
		return;
	}
	wr_printf(w, "  certificate %zu      valid %s to %s\n", i + 1,
	    utc_format(c.from, from), utc_format(c.to, to));
	if (x509_cert_extension(&c,
		span_of(intel_pck_oid, sizeof(intel_pck_oid)), &value) == 1 &&
	    intel_pck_parse(value, &pck, &f))
		platform(w, &pck);
}

static void certification(struct wr *w, const struct intel_quote *q)
{
	static const char *const types[] = { "", "PPID in clear",
		"PPID, RSA-2048", "PPID, RSA-3072", "PCK certificate",
		"PCK certificate chain" };
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	struct fault f = FAULT_INIT;

	wr_text(w, "Certification\n");
	line(w, "attestation key", q->ak, "X, Y");
	number(w, "QE auth data", q->qe_auth.n, "bytes");
	number(w, "type", q->cert_type, types[q->cert_type]);
	number(w, "length", q->cert_data.n, "bytes");
	if (q->cert_type < INTEL_CERT_PCK)
		return;
	if (!x509_pem_read(q->cert_data, true, &pem, "inspect.chain", &f)) {
		wr_printf(w, "  chain: %s\n", f.text);
		return;
	}
	for (size_t i = 0; i < pem.n; i++)
		certificate(w, i, blob_span(&pem.der[i]));
}

FALLIBLE intel_inspect(struct span quote, struct wr *w, struct fault *f)
{
	struct intel_quote q;

	TRY(intel_quote_parse(quote, &q, f));
	header(w, &q);
	if (q.body_type == INTEL_BODY_SGX)
		report(w, "Enclave report", &q.sgx);
	else
		td(w, &q.td);
	report(w, "Quoting enclave's report", &q.qe);
	certification(w, &q);
	wr_text(w, "Nothing above has been verified.\n");
	return wr_ok(w);
}
