/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/clock.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/cmd.h"
#include "verify/collateral.h"
#include "verify/dstack_attestation.h"
#include "verify/tee_platforms.h"
#include "verify/x509_pem.h"

#include <string.h>
#include <sys/stat.h>

void cmd_input_drop(struct cmd_input *in)
{
	policy_drop(&in->policy);
	blob_drop(&in->nonce);
	blob_drop(&in->trust_root);
	blob_drop(&in->collateral);
	blob_drop(&in->report_data);
	blob_drop(&in->event_log);
	blob_drop(&in->app_compose);
	blob_drop(&in->mr_config);
}

/* ---- values ------------------------------------------------------------- */

static FALLIBLE read_at(
    const struct cmd_options *o, struct utc *out, struct fault *f)
{
	if (o->at == NULL) {
		*out = clock_now();
		return true;
	}
	return utc_parse_rfc3339(span_text(o->at), out, "--at", f);
}

static FALLIBLE read_nonce(
    const struct cmd_options *o, struct cmd_input *in, struct fault *f)
{
	if (o->nonce == NULL)
		return true;
	TRY(hex_decode_blob(
	    span_text(o->nonce), LIMIT_NONCE_BYTES, &in->nonce, "--nonce", f));
	if (in->nonce.n == 0)
		return fault_raise(
		    f, FAULT_USAGE, "--nonce", "is empty: 1 to 32 bytes");
	in->opt.nonce = blob_span(&in->nonce);
	return true;
}

static FALLIBLE read_report_data(
    const struct cmd_options *o, struct cmd_input *in, struct fault *f)
{
	if (o->report_data == NULL)
		return true;
	if (o->platform == NULL)
		return fault_raise(f, FAULT_USAGE, "--report-data",
		    "is for a bare quote, with --platform; a response says "
		    "itself what its quote must bind");
	TRY(hex_decode_blob(span_text(o->report_data), REPORT_DATA_BYTES,
	    &in->report_data, "--report-data", f));
	if (in->report_data.n != REPORT_DATA_BYTES)
		return fault_raise(f, FAULT_USAGE, "--report-data",
		    "%zu bytes; all %d are wanted, zeros included",
		    in->report_data.n, REPORT_DATA_BYTES);
	return true;
}

/* ---- files -------------------------------------------------------------- */

static FALLIBLE read_policy(
    const struct cmd_options *o, struct cmd_input *in, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };

	if (o->policy == NULL)
		return true;
	TRY(file_read(o->policy, LIMIT_POLICY_BYTES, &text, f));
	if (!policy_parse(blob_span(&text), &in->policy, f))
		return fault_within(f, "%s", o->policy);
	in->opt.policy = &in->policy;
	return true;
}

static FALLIBLE read_trust_root(
    const struct cmd_options *o, struct cmd_input *in, struct fault *f)
{
	AUTO(blob_drop) struct blob file = { 0 };
	static const char begin[] = "-----BEGIN ";

	if (o->trust_root == NULL)
		return true;
	TRY(file_read(o->trust_root, LIMIT_PEM_BYTES, &file, f));
	if (file.n > strlen(begin) &&
	    memcmp(file.p, begin, strlen(begin)) == 0) {
		AUTO(x509_pem_drop) struct x509_pem pem = { 0 };

		TRY(x509_pem_read(
		    blob_span(&file), false, &pem, "--trust-root", f));
		if (pem.n != 1)
			return fault_raise(f, FAULT_USAGE, "--trust-root",
			    "%zu certificates; the root alone is wanted",
			    pem.n);
		TRY(blob_copy(blob_span(&pem.der[0]), &in->trust_root, f));
	} else {
		in->trust_root = blob_move(&file);
	}
	in->opt.trust_root = blob_span(&in->trust_root);
	return true;
}

/* The folder form: every file of the table that is there. */
static FALLIBLE read_folder(const char *path, struct blob *out, struct fault *f)
{
	struct blob files[16] = { 0 };
	struct collateral c = { 0 };
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "--collateral", f);
	bool ok = n_collateral_files <= COUNT(files), any = false;

	for (size_t i = 0; i < n_collateral_files && ok; i++) {
		const struct collateral_file *file = &collateral_files[i];
		char name[4096];
		int n = snprintf(name, sizeof(name), "%s/%s", path, file->name);

		if (n < 0 || (size_t)n >= sizeof(name) || !file_exists(name))
			continue;
		ok = file_read(name, file->max_bytes, &files[i], f);
		*(struct span *)((uint8_t *)&c + file->offset) =
		    blob_span(&files[i]);
		any = true;
	}
	if (ok && !any)
		ok = fault_raise(f, FAULT_USAGE, "--collateral",
		    "the folder has none of the files that make a bundle "
		    "(tcb_info.json and so on)");
	ok = ok && collateral_encode(&c, &w, f) && wr_done(&w, out);
	wr_drop(&w);
	for (size_t i = 0; i < COUNT(files); i++)
		blob_drop(&files[i]);
	return ok;
}

static FALLIBLE read_collateral(
    const struct cmd_options *o, struct cmd_input *in, struct fault *f)
{
	struct stat st;

	if (o->collateral == NULL)
		return true;
	if (stat(o->collateral, &st) == 0 && S_ISDIR(st.st_mode))
		TRY(read_folder(o->collateral, &in->collateral, f));
	else
		TRY(file_read(
		    o->collateral, LIMIT_RESPONSE_BYTES, &in->collateral, f));
	in->opt.collateral = blob_span(&in->collateral);
	return true;
}

/* What came beside a bare quote. */
static FALLIBLE read_beside(
    const struct cmd_options *o, struct cmd_input *in, struct fault *f)
{
	AUTO(blob_drop) struct blob file = { 0 };
	AUTO(cmd_answer_drop) struct cmd_answer answer = { 0 };

	if (o->event_log == NULL && o->app_compose == NULL)
		return true;
	if (o->platform == NULL && !o->is_cert)
		return fault_raise(f, FAULT_USAGE, "--event-log",
		    "and --app-compose are for a bare quote, with --platform; "
		    "a response carries its own");
	if (o->event_log != NULL) {
		TRY(file_read(o->event_log, LIMIT_RESPONSE_BYTES, &file, f));
		TRY(cmd_answer_read_log(blob_span(&file), &answer, f));
		in->event_log = blob_move(&answer.log);
		in->mr_config = blob_move(&answer.mr_config);
	}
	if (o->app_compose != NULL)
		TRY(file_read(o->app_compose, LIMIT_APP_COMPOSE_BYTES,
		    &in->app_compose, f));
	in->beside.event_log = blob_span(&in->event_log);
	in->beside.app_compose = blob_span(&in->app_compose);
	in->beside.mr_config = blob_span(&in->mr_config);
	in->opt.beside = &in->beside;
	return true;
}

FALLIBLE cmd_input_open(
    const struct cmd_options *o, struct cmd_input *out, struct fault *f)
{
	out->opt.allow_simulated = o->allow_simulated;
	TRY(read_at(o, &out->opt.at, f));
	TRY(read_nonce(o, out, f));
	TRY(read_report_data(o, out, f));
	TRY(read_beside(o, out, f));
	TRY(read_policy(o, out, f));
	TRY(read_trust_root(o, out, f));
	return read_collateral(o, out, f);
}

/* ---- evidence ----------------------------------------------------------- */

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Takes white space out; false when it is not text at all. */
static bool squeeze(struct blob *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (!is_space(b->p[i]) && (b->p[i] < 0x21 || b->p[i] > 0x7e))
			return false;
	for (size_t i = 0; i < b->n; i++)
		if (!is_space(b->p[i]))
			b->p[n++] = b->p[i];
	b->n = n;
	return n > 0;
}

/* An attestation says what it is of; an agent's other answers do not. */
static FALLIBLE check_platform(
    const struct cmd_answer *a, const char *want, struct fault *f)
{
	if (a->platform == NULL ||
	    tee_platform_find(span_text(a->platform)) ==
		tee_platform_find(span_text(want)))
		return true;
	return fault_raise(f, FAULT_USAGE, "--platform",
	    "the attestation is of the platform %s", a->platform);
}

/* {"quote":"<hex>","event_log":"..."}, as agents answer, or an attestation. */
static FALLIBLE unwrap_answer(
    struct blob *file, const char *platform, struct fault *f)
{
	AUTO(cmd_answer_drop) struct cmd_answer answer = { 0 };

	TRY(cmd_answer_read(blob_span(file), &answer, f));
	TRY(check_platform(&answer, platform, f));
	if (answer.quote.n == 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "answer.quote",
		    "there is no quote in it");
	blob_drop(file);
	*file = blob_move(&answer.quote);
	return true;
}

/* A quote begins with a small number: no raw quote is text. */
static FALLIBLE unwrap_text(struct blob *file, struct fault *f)
{
	AUTO(blob_drop) struct blob raw = { 0 };
	struct span text;
	struct fault none = FAULT_INIT;

	if (!squeeze(file))
		return true;
	text = blob_span(file);
	if (text.n > 2 && memcmp(text.p, "0x", 2) == 0)
		text = span_of(text.p + 2, text.n - 2);
	if (!hex_decode_blob(
		text, LIMIT_ATTESTATION_BYTES, &raw, "quote.hex", &none))
		TRY(base64_decode(
		    text, LIMIT_ATTESTATION_BYTES, &raw, "quote.base64", f));
	blob_drop(file);
	*file = blob_move(&raw);
	return true;
}

static FALLIBLE unwrap_quote(
    struct blob *file, const char *platform, struct fault *f)
{
	if (file->n > 0 && file->p[0] == '{')
		return unwrap_answer(file, platform, f);
	if (!dstack_attestation_is(blob_span(file)))
		TRY(unwrap_text(file, f));
	if (dstack_attestation_is(blob_span(file)))
		return unwrap_answer(file, platform, f);
	return true;
}

FALLIBLE cmd_input_evidence(const struct cmd_options *o, const char *path,
    struct blob *out, struct fault *f)
{
	AUTO(blob_drop) struct blob file = { 0 };

	TRY(file_read(path, LIMIT_RESPONSE_BYTES, &file, f));
	if (o->platform != NULL)
		TRY(unwrap_quote(&file, o->platform, f));
	*out = blob_move(&file);
	return true;
}
