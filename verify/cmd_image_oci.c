/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify image, of an OCI layout: what the image is named by. */
#include "verify/base/canon.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/cmd_image.h"
#include "verify/oci_layout.h"

#include <stdio.h>
#include <string.h>

/* ---- blobs ---------------------------------------------------------------- */

/* A blob stands under the name of its hash. */
static FALLIBLE blob_path(const char *dir, const struct sha256 *digest,
    char out[PATH_MAX], struct fault *f)
{
	char name[sizeof("blobs/sha256/") + HEX_SIZE(sizeof(digest->b))];
	int n = snprintf(name, sizeof(name), "blobs/sha256/");

	hex_encode(sha256_span(digest), name + n);
	return image_path(dir, name, out, f);
}

static FALLIBLE check_blob(const struct oci_blob *want,
    const struct sha256 *got, uint64_t size, const char *at, struct fault *f)
{
	if (!sha256_equal(&want->digest, got))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the file has another hash than its name says");
	if (want->size != size)
		return fault_raise(f, FAULT_FORMAT, at,
		    "the file has %llu bytes, %llu are said",
		    (unsigned long long)size, (unsigned long long)want->size);
	return true;
}

static FALLIBLE read_blob(const char *dir, const struct oci_blob *want,
    struct blob *out, const char *at, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	char path[PATH_MAX];
	struct sha256 got;

	TRY(blob_path(dir, &want->digest, path, f));
	TRY(file_read(path, LIMIT_OCI_JSON_BYTES, &text, f));
	got = sha256_of(blob_span(&text));
	TRY(check_blob(want, &got, text.n, at, f));
	*out = blob_move(&text);
	return true;
}

static FALLIBLE check_layer(
    const char *dir, const struct oci_blob *want, struct fault *f)
{
	char path[PATH_MAX];
	struct sha256 got;
	uint64_t size;

	TRY(blob_path(dir, &want->digest, path, f));
	TRY(image_hash(path, &got, &size, "image.layer", f));
	return check_blob(want, &got, size, "image.layer", f);
}

/* An image whose parts all have the hashes that they are named by. */
struct image {
	struct oci_blob manifest;
	struct oci_manifest parts;
	struct oci_config config;
};

static FALLIBLE open_oci(const char *dir, struct image *out, struct fault *f)
{
	AUTO(blob_drop) struct blob mark = { 0 };
	AUTO(blob_drop) struct blob index = { 0 };
	AUTO(blob_drop) struct blob manifest = { 0 };
	AUTO(blob_drop) struct blob config = { 0 };

	TRY(image_read(dir, "oci-layout", LIMIT_OCI_JSON_BYTES, &mark, f));
	TRY(oci_layout_check(blob_span(&mark), f));
	TRY(image_read(dir, "index.json", LIMIT_OCI_JSON_BYTES, &index, f));
	TRY(oci_index_parse(blob_span(&index), &out->manifest, f));
	TRY(read_blob(dir, &out->manifest, &manifest, "image.manifest", f));
	TRY(oci_manifest_parse(blob_span(&manifest), &out->parts, f));
	TRY(read_blob(dir, &out->parts.config, &config, "image.config", f));
	TRY(oci_config_parse(blob_span(&config), &out->config, f));
	if (out->config.n_diff_ids != out->parts.n_layers)
		return fault_raise(f, FAULT_FORMAT, "image.config",
		    "%zu layers, and hashes of %zu unpacked",
		    out->parts.n_layers, out->config.n_diff_ids);
	for (size_t i = 0; i < out->parts.n_layers; i++)
		TRY(check_layer(dir, &out->parts.layer[i], f));
	return true;
}

/* ---- printed ------------------------------------------------------------------ */

static const char *digest_text(
    const struct sha256 *d, char out[7 + HEX_SIZE(sizeof(d->b))])
{
	memcpy(out, "sha256:", 7);
	hex_encode(sha256_span(d), out + 7);
	return out;
}

static FALLIBLE print_json(const struct image *image, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(64 * 1024, "image.json", f);
	struct canon c = canon_to(&w);
	char digest[7 + HEX_SIZE(32)];

	canon_object(&c, NULL);
	canon_text(&c, "architecture", image->config.architecture);
	canon_text(
	    &c, "config", digest_text(&image->parts.config.digest, digest));
	canon_array(&c, "layers");
	for (size_t i = 0; i < image->parts.n_layers; i++)
		canon_text(&c, NULL,
		    digest_text(&image->parts.layer[i].digest, digest));
	canon_end(&c);
	canon_text(
	    &c, "manifest", digest_text(&image->manifest.digest, digest));
	canon_text(&c, "os", image->config.os);
	canon_end(&c);
	TRY(wr_done(&w, &text));
	printf("%s\n", (const char *)text.p);
	return true;
}

static void print_text(const struct image *image)
{
	char digest[7 + HEX_SIZE(32)];

	printf("manifest  %s  (what the image is named by)\n",
	    digest_text(&image->manifest.digest, digest));
	printf(
	    "config    %s\n", digest_text(&image->parts.config.digest, digest));
	for (size_t i = 0; i < image->parts.n_layers; i++) {
		printf("layer     %s\n",
		    digest_text(&image->parts.layer[i].digest, digest));
		/* Not recomputed: nothing is unpacked here. */
		printf("unpacked  %s  (says the config)\n",
		    digest_text(&image->config.diff_id[i], digest));
	}
	printf(
	    "platform  %s/%s\n", image->config.os, image->config.architecture);
}

FALLIBLE image_oci(
    const struct cmd_options *o, const char *dir, struct fault *f)
{
	struct image image = { .parts = { .n_layers = 0 } };

	TRY(open_oci(dir, &image, f));
	if (o->json)
		return print_json(&image, f);
	print_text(&image);
	return true;
}
