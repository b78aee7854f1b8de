/* SPDX-License-Identifier: Apache-2.0 */
/*
 * affiant-verify image, of a dstack image: the registers of guests that run it,
 * as the policy's object `dstack` wants them. What cannot be computed from the
 * folder is said and left out.
 */
#include "verify/base/canon.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/cmd_image.h"
#include "verify/dstack_checksums.h"
#include "verify/dstack_measure.h"

#include <stdio.h>
#include <string.h>

#define TDX_FILE "measurement.tdx.cbor"
#define SNP_FILE "measurement.snp.cbor"
#define METADATA "metadata.json"

struct os_image {
	struct sha256 hash;
	size_t n_here, n_absent;
	bool has_metadata;
	char version[LIMIT_IMAGE_NAME + 1];
	bool has_tdx, has_rtmr0, has_snp, has_launch;
	struct dstack_measure_tdx tdx;
	struct sha384 rtmr0;
	struct snp_launch snp;
	char cpu[LIMIT_IMAGE_NAME + 1];
	struct sha384 launch;
	struct blob tdx_file, snp_file;
};

static void drop(struct os_image *m)
{
	blob_drop(&m->tdx_file);
	blob_drop(&m->snp_file);
}

/* ---- the files ------------------------------------------------------------ */

/* Every file that is here is the one of the list; others may be elsewhere. */
static FALLIBLE check_files(const char *dir, const struct dstack_checksums *c,
    struct os_image *m, struct fault *f)
{
	char path[PATH_MAX];
	struct sha256 got;
	uint64_t size;

	for (size_t i = 0; i < c->n; i++) {
		TRY(image_path(dir, c->file[i].name, path, f));
		if (!file_exists(path)) {
			m->n_absent++;
			continue;
		}
		TRY(image_hash(path, &got, &size, "image.file", f));
		if (!sha256_equal(&got, &c->file[i].hash))
			return fault_raise(f, FAULT_CRYPTO, "image.file",
			    "%s has another hash than " DSTACK_CHECKSUMS
			    " says",
			    c->file[i].name);
		m->n_here++;
	}
	return true;
}

/* What the image's maker wrote down of the same hash. */
static FALLIBLE check_digest(
    const char *dir, const struct os_image *m, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	char path[PATH_MAX], want[HEX_SIZE(32)];

	TRY(image_path(dir, "digest.txt", path, f));
	if (!file_exists(path))
		return true;
	TRY(file_read(path, LIMIT_IMAGE_LIST_BYTES, &text, f));
	while (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	hex_encode(sha256_span(&m->hash), want);
	if (!span_equal_text(blob_span(&text), want))
		return fault_raise(f, FAULT_CRYPTO, "image.digest",
		    "digest.txt is not the hash of " DSTACK_CHECKSUMS);
	return true;
}

/*
 * A file that is worth reading: here, and in the list. The bytes are hashed
 * again, because it is these that are used.
 */
static FALLIBLE read_listed(const char *dir, const struct dstack_checksums *c,
    const char *name, struct blob *out, bool *has, struct fault *f)
{
	const struct dstack_checksum *want = dstack_checksums_find(c, name);
	char path[PATH_MAX];
	struct sha256 got;

	TRY(image_path(dir, name, path, f));
	*has = file_exists(path);
	if (!*has)
		return true;
	if (want == NULL)
		return fault_raise(f, FAULT_CRYPTO, "image.file",
		    "%s is not in " DSTACK_CHECKSUMS, name);
	TRY(file_read(path, LIMIT_IMAGE_LIST_BYTES, out, f));
	got = sha256_of(blob_span(out));
	if (!sha256_equal(&got, &want->hash))
		return fault_raise(f, FAULT_CRYPTO, "image.file",
		    "%s changed while it was read", name);
	return true;
}

/* "A verifier should refuse" images that let somebody log in. */
static FALLIBLE read_metadata(const char *dir, const struct dstack_checksums *c,
    struct os_image *m, struct fault *f)
{
	static const char at[] = "image.metadata";
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(json_drop) struct json *doc = NULL;
	const char *version = "";
	bool is_dev = false;
	const struct json_field fields[] = {
		{ "version", JSON_WANT_TEXT, true, &version },
		{ "is_dev", JSON_WANT_BOOL, true, &is_dev },
	};

	TRY(read_listed(dir, c, METADATA, &text, &m->has_metadata, f));
	if (!m->has_metadata)
		return true;
	TRY(json_parse(blob_span(&text), &json_limits_default, at, &doc, f));
	TRY(json_read_loose(json_root(doc), fields, COUNT(fields), at, f));
	if (is_dev)
		return fault_raise(f, FAULT_POLICY, "image.dev",
		    "this is an image for development: anybody may log in");
	if (strlen(version) >= sizeof(m->version))
		return fault_raise(f, FAULT_LIMIT, at,
		    "the version has more than %zu bytes",
		    sizeof(m->version) - 1);
	memcpy(m->version, version, strlen(version) + 1);
	return true;
}

static FALLIBLE open_image(const char *dir, struct os_image *m, struct fault *f)
{
	AUTO(blob_drop) struct blob list = { 0 };
	struct dstack_checksums c;

	TRY(image_read(
	    dir, DSTACK_CHECKSUMS, LIMIT_IMAGE_LIST_BYTES, &list, f));
	m->hash = sha256_of(blob_span(&list));
	TRY(dstack_checksums_parse(blob_span(&list), &c, f));
	TRY(check_digest(dir, m, f));
	TRY(check_files(dir, &c, m, f));
	TRY(read_metadata(dir, &c, m, f));
	TRY(read_listed(dir, &c, TDX_FILE, &m->tdx_file, &m->has_tdx, f));
	TRY(read_listed(dir, &c, SNP_FILE, &m->snp_file, &m->has_snp, f));
	if (!m->has_tdx && !m->has_snp)
		return fault_raise(f, FAULT_UNSUPPORTED, "image.measurement",
		    "there is no " TDX_FILE " and no " SNP_FILE
		    " in it; firmware and kernel are not measured here");
	if (m->has_tdx)
		TRY(dstack_measure_tdx_parse(
		    blob_span(&m->tdx_file), &m->tdx, f));
	return !m->has_snp ||
	    dstack_measure_snp_parse(blob_span(&m->snp_file), &m->snp, f);
}

/* ---- the machine ------------------------------------------------------------ */

static FALLIBLE measure_rtmr0(const struct json_node *config,
    const struct cmd_answer *a, struct os_image *m, struct fault *f)
{
	AUTO(dstack_log_drop) struct dstack_log log = { 0 };
	struct sha384 acpi[3];
	uint64_t memory = 0;
	const struct json_field fields[] = {
		{ "memory_size", JSON_WANT_U64, false, &memory },
	};

	TRY(json_read_loose(config, fields, COUNT(fields), "image.machine", f));
	TRY(dstack_log_parse(blob_span(&a->log), &log, f));
	TRY(dstack_log_check_digests(&log, f));
	TRY(dstack_measure_acpi(&log, acpi, f));
	TRY(dstack_measure_rtmr0(&m->tdx, memory, acpi, &m->rtmr0, f));
	m->has_rtmr0 = true;
	return true;
}

static FALLIBLE measure_launch(
    const char *text, struct os_image *m, struct fault *f)
{
	static const char at[] = "image.machine";
	AUTO(json_drop) struct json *doc = NULL;
	const char *cpu = NULL;
	const struct json_field fields[] = {
		{ "vcpus", JSON_WANT_U64, false, &m->snp.vcpus },
		{ "vcpu_type", JSON_WANT_TEXT, false, &cpu },
		{ "guest_features", JSON_WANT_U64, false,
		    &m->snp.guest_features },
	};

	TRY(json_parse(span_text(text), &json_limits_default, at, &doc, f));
	TRY(json_read_loose(json_root(doc), fields, COUNT(fields), at, f));
	if (!snp_launch_cpu(cpu, &m->snp.cpu_signature) ||
	    strlen(cpu) >= sizeof(m->cpu))
		return fault_raise(f, FAULT_UNSUPPORTED, at,
		    "the type of its processors is unknown");
	memcpy(m->cpu, cpu, strlen(cpu) + 1);
	TRY(snp_launch_measure(&m->snp, &m->launch, f));
	m->has_launch = true;
	return true;
}

/*
 * What a host says of a machine, and the digests in its log. Neither is
 * believed: they choose which registers are printed.
 */
static FALLIBLE read_machine(
    const char *path, struct os_image *m, struct fault *f)
{
	AUTO(blob_drop) struct blob file = { 0 };
	AUTO(cmd_answer_drop) struct cmd_answer a = { 0 };
	AUTO(json_drop) struct json *doc = NULL, *inner = NULL;
	const struct json_node *config, *v;

	TRY(file_read(path, LIMIT_RESPONSE_BYTES, &file, f));
	TRY(cmd_answer_read(blob_span(&file), &a, f));
	if (a.config.n == 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "image.machine",
		    "there is no configuration of a machine in it");
	TRY(json_parse(blob_span(&a.config), &json_limits_default,
	    "image.machine", &doc, f));
	config = json_root(doc);
	v = json_find(config, "vm_config");
	if (v != NULL) {
		TRY(json_parse(span_text(json_text(v)), &json_limits_default,
		    "image.machine", &inner, f));
		config = json_root(inner);
	}
	if (m->has_tdx && a.log.n > 0)
		TRY(measure_rtmr0(config, &a, m, f));
	v = json_find(config, "sev_snp_measurement");
	if (m->has_snp && v != NULL)
		TRY(measure_launch(json_text(v), m, f));
	return true;
}

/* ---- printed ------------------------------------------------------------------ */

static struct span span_of_hash(const struct sha384 *h)
{
	return span_of(h->b, sizeof(h->b));
}

static void put_image(
    struct canon *c, const struct os_image *m, const struct sha384 *mrtd)
{
	struct sha384 rtmr1 = dstack_measure_rtmr1(&m->tdx);
	struct sha384 rtmr2 = dstack_measure_rtmr2(&m->tdx);

	canon_object(c, NULL);
	canon_hex(c, "mrtd", span_of_hash(mrtd));
	if (m->has_rtmr0)
		canon_hex(c, "rtmr0", span_of_hash(&m->rtmr0));
	canon_hex(c, "rtmr1", span_of_hash(&rtmr1));
	canon_hex(c, "rtmr2", span_of_hash(&rtmr2));
	canon_end(c);
}

/* The policy's member: one image, whose firmware has two measurements. */
static void put_images(struct canon *c, const struct os_image *m)
{
	canon_array(c, "osImages");
	put_image(c, m, &m->tdx.mrtd_two_pass);
	put_image(c, m, &m->tdx.mrtd_single_pass);
	canon_end(c);
}

static FALLIBLE print_json(const struct os_image *m, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(64 * 1024, "image.json", f);
	struct canon c = canon_to(&w);

	canon_object(&c, NULL);
	canon_hex(&c, "osImageHash", sha256_span(&m->hash));
	if (m->has_tdx)
		put_images(&c, m);
	if (m->has_launch)
		canon_hex(&c, "snpLaunch", span_of_hash(&m->launch));
	if (m->has_metadata)
		canon_text(&c, "version", m->version);
	canon_end(&c);
	TRY(wr_done(&w, &text));
	printf("%s\n", (const char *)text.p);
	return true;
}

static FALLIBLE print_tdx(const struct os_image *m, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(64 * 1024, "image.json", f);
	struct canon c = canon_to(&w);

	canon_object(&c, NULL);
	put_images(&c, m);
	canon_end(&c);
	TRY(wr_done(&w, &text));
	printf("tdx       for the policy's object dstack:\n%s\n",
	    (const char *)text.p);
	printf("memory    rtmr1 is that of guests with 2 GiB, or 2.75 GiB and "
	       "more\n");
	if (m->has_rtmr0)
		printf("rtmr0     with ACPI tables as this log has them: what "
		       "they say was not looked at\n");
	else
		printf("rtmr0     not computed: it depends on the machine's "
		       "memory and ACPI tables (--event-log)\n");
	return true;
}

static void print_snp(const struct os_image *m)
{
	char hex[HEX_SIZE(48)];

	if (!m->has_launch) {
		printf("snp       not computed: it depends on number and type "
		       "of processors (--event-log)\n");
		return;
	}
	hex_encode(span_of_hash(&m->launch), hex);
	printf("snp       %s  (%llu processors, ", hex,
	    (unsigned long long)m->snp.vcpus);
	cmd_print_text(stdout, span_text(m->cpu));
	printf(")\n");
}

static FALLIBLE print_text(const struct os_image *m, struct fault *f)
{
	char hex[HEX_SIZE(32)];

	hex_encode(sha256_span(&m->hash), hex);
	printf("os image  %s  (hash of " DSTACK_CHECKSUMS ")\n", hex);
	printf("version   ");
	cmd_print_text(stdout, span_text(m->version));
	printf("%s\n",
	    m->has_metadata
		? "  (says " METADATA ")"
		: "not known, nor whether it is for development: no " METADATA);
	printf("files     %zu with the hash of the list, %zu not here\n",
	    m->n_here, m->n_absent);
	if (m->has_tdx)
		TRY(print_tdx(m, f));
	if (m->has_snp)
		print_snp(m);
	return true;
}

FALLIBLE image_dstack(
    const struct cmd_options *o, const char *dir, struct fault *f)
{
	AUTO(drop) struct os_image m = { .n_here = 0 };

	TRY(open_image(dir, &m, f));
	if (o->event_log != NULL)
		TRY(read_machine(o->event_log, &m, f));
	return o->json ? print_json(&m, f) : print_text(&m, f);
}
