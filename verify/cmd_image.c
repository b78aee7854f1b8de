/* SPDX-License-Identifier: Apache-2.0 */
/*
 * affiant-verify image: what an image is called, computed from its files and
 * not taken from what they say of each other. One row for each kind of image;
 * a folder is of the kind whose file it has.
 */
#include "verify/base/canon.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/cmd.h"
#include "verify/oci_layout.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ---- files in the folder ----------------------------------------------------- */

static FALLIBLE path_in(
    const char *dir, const char *name, char out[PATH_MAX], struct fault *f)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

	if (n < 0 || n >= PATH_MAX)
		return fault_raise(
		    f, FAULT_USAGE, "image.path", "the path is too long");
	return true;
}

static FALLIBLE read_in(
    const char *dir, const char *name, struct blob *out, struct fault *f)
{
	char path[PATH_MAX];

	TRY(path_in(dir, name, path, f));
	return file_read(path, LIMIT_OCI_JSON_BYTES, out, f);
}

/* ---- OCI layouts -------------------------------------------------------------- */

/* A blob stands under the name of its hash. */
static FALLIBLE blob_path(const char *dir, const struct sha256 *digest,
    char out[PATH_MAX], struct fault *f)
{
	char name[sizeof("blobs/sha256/") + HEX_SIZE(sizeof(digest->b))];
	int n = snprintf(name, sizeof(name), "blobs/sha256/");

	hex_encode(sha256_span(digest), name + n);
	return path_in(dir, name, out, f);
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

/* A layer has any size, so it is read in pieces. */
static FALLIBLE check_layer(
    const char *dir, const struct oci_blob *want, struct fault *f)
{
	char path[PATH_MAX];
	uint8_t piece[64 * 1024];
	struct sha256_stream *hash = NULL;
	uint64_t size = 0;
	bool unread;
	FILE *file;
	size_t n;

	TRY(blob_path(dir, &want->digest, path, f));
	file = fopen(path, "rbe");
	if (file == NULL)
		return fault_raise(f, FAULT_SYSTEM, "image.layer",
		    "cannot read %s: %s", path, strerror(errno));
	if (!sha256_stream_new(&hash, f)) {
		fclose(file);
		return false;
	}
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0) {
		sha256_stream_add(hash, span_of(piece, n));
		size += n;
	}
	unread = ferror(file) != 0;
	fclose(file);
	struct sha256 got = sha256_stream_take(hash);
	sha256_stream_free(hash);
	if (unread)
		return fault_raise(f, FAULT_SYSTEM, "image.layer",
		    "cannot read %s to its end", path);
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

	TRY(read_in(dir, "oci-layout", &mark, f));
	TRY(oci_layout_check(blob_span(&mark), f));
	TRY(read_in(dir, "index.json", &index, f));
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

static FALLIBLE oci_image(
    const struct cmd_options *o, const char *dir, struct fault *f)
{
	struct image image = { .parts = { .n_layers = 0 } };

	TRY(open_oci(dir, &image, f));
	if (o->json)
		return print_json(&image, f);
	print_text(&image);
	return true;
}

/* ---- the command -------------------------------------------------------------- */

static const struct {
	const char *mark; /* the file that a folder of this kind has */
	bool (*run)(
	    const struct cmd_options *o, const char *dir, struct fault *f);
} kinds[] = {
	{ "oci-layout", oci_image },
};

static FALLIBLE image_of(
    const struct cmd_options *o, const char *dir, struct fault *f)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(kinds); i++) {
		TRY(path_in(dir, kinds[i].mark, path, f));
		if (file_exists(path))
			return kinds[i].run(o, dir, f);
	}
	return fault_raise(f, FAULT_USAGE, "image.kind",
	    "this is no folder of an image; unpack an archive first");
}

static int run(const struct cmd_options *o, char **dirs, int n)
{
	struct fault f = FAULT_INIT;

	(void)n;
	if (!image_of(o, dirs[0], &f)) {
		cmd_print_fault(dirs[0], &f);
		return fault_rejects(f.kind) ? EXIT_REFUSED : EXIT_NOT_JUDGED;
	}
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_NOT_JUDGED;
}

const struct cmd cmd_image = {
	.name = "image",
	.operands = "DIR",
	.help = "what an OCI image is named by, computed from its layout",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
