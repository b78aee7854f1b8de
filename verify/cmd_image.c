/* SPDX-License-Identifier: Apache-2.0 */
/*
 * affiant-verify image: what an image is called, computed from its files and
 * not taken from what they say of each other. One row for each kind of image;
 * a folder is of the kind whose file it has.
 */
#include "verify/cmd_image.h"

#include "verify/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- files in the folder ---------------------------------------------------- */

FALLIBLE image_path(
    const char *dir, const char *name, char out[PATH_MAX], struct fault *f)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

	if (n < 0 || n >= PATH_MAX)
		return fault_raise(
		    f, FAULT_USAGE, "image.path", "the path is too long");
	return true;
}

FALLIBLE image_read(const char *dir, const char *name, size_t max_bytes,
    struct blob *out, struct fault *f)
{
	char path[PATH_MAX];

	TRY(image_path(dir, name, path, f));
	return file_read(path, max_bytes, out, f);
}

FALLIBLE image_hash(const char *path, struct sha256 *out, uint64_t *size,
    const char *at, struct fault *f)
{
	uint8_t piece[64 * 1024];
	struct sha256_stream *hash = NULL;
	bool unread;
	FILE *file;
	size_t n;

	file = fopen(path, "rbe");
	if (file == NULL)
		return fault_raise(f, FAULT_SYSTEM, at, "cannot read %s: %s",
		    path, strerror(errno));
	if (!sha256_stream_new(&hash, f)) {
		fclose(file);
		return false;
	}
	*size = 0;
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0) {
		sha256_stream_add(hash, span_of(piece, n));
		*size += n;
	}
	unread = ferror(file) != 0;
	fclose(file);
	*out = sha256_stream_take(hash);
	sha256_stream_free(hash);
	if (unread)
		return fault_raise(
		    f, FAULT_SYSTEM, at, "cannot read %s to its end", path);
	return true;
}

/* ---- the command -------------------------------------------------------------- */

static const struct {
	const char *mark; /* the file that a folder of this kind has */
	bool (*run)(
	    const struct cmd_options *o, const char *dir, struct fault *f);
} kinds[] = {
	{ "oci-layout", image_oci },
	{ DSTACK_CHECKSUMS, image_dstack },
};

static FALLIBLE image_of(
    const struct cmd_options *o, const char *dir, struct fault *f)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(kinds); i++) {
		TRY(image_path(dir, kinds[i].mark, path, f));
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
	.help = "what an OCI image is named by, or a dstack image measures to",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
