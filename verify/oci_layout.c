/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/oci_layout.h"

#include "verify/base/json.h"
#include "verify/base/text.h"

#include <string.h>

#define TYPE_PREFIX "application/vnd.oci.image."
#define DIGEST_PREFIX "sha256:"

static const struct json_limits limits = {
	.max_bytes = LIMIT_OCI_JSON_BYTES,
	.max_depth = 16,
	.max_values = 8192,
};

/* ---- parts ------------------------------------------------------------------- */

static FALLIBLE read_digest(
    const char *text, struct sha256 *out, const char *at, struct fault *f)
{
	size_t n = strlen(DIGEST_PREFIX);

	/* Other algorithms are allowed there, and nobody uses them. */
	if (strncmp(text, DIGEST_PREFIX, n) != 0)
		return fault_raise(
		    f, FAULT_UNSUPPORTED, at, "a digest that is no sha256:...");
	/* Upper case would be another name of the same blob. */
	if (!hex_is_lower(span_text(text + n)))
		return fault_raise(
		    f, FAULT_FORMAT, at, "a digest is in lower case");
	return hex_decode(span_text(text + n), out->b, sizeof(out->b), at, f);
}

/* A descriptor whose media type is TYPE_PREFIX `kind` and whatever follows. */
static FALLIBLE read_descriptor(const struct json_node *v, const char *kind,
    struct oci_blob *out, const char *at, struct fault *f)
{
	const char *type = NULL, *digest = NULL;
	struct oci_blob blob = { 0 };
	const struct json_field fields[] = {
		{ "mediaType", JSON_WANT_TEXT, false, &type },
		{ "digest", JSON_WANT_TEXT, false, &digest },
		{ "size", JSON_WANT_U64, false, &blob.size },
	};
	size_t n = strlen(TYPE_PREFIX);

	TRY(json_read_loose(v, fields, COUNT(fields), at, f));
	if (strncmp(type, TYPE_PREFIX, n) != 0 ||
	    strncmp(type + n, kind, strlen(kind)) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, at,
		    "its media type is not %s%s", TYPE_PREFIX, kind);
	TRY(read_digest(digest, &blob.digest, at, f));
	*out = blob;
	return true;
}

/* The members of an object with schemaVersion 2. */
static FALLIBLE read_schema(const struct json_node *v,
    const struct json_field *field, const struct json_field *other,
    const char *at, struct fault *f)
{
	uint64_t version = 0;
	const struct json_field fields[] = {
		{ "schemaVersion", JSON_WANT_U64, false, &version },
		*field,
		*other,
	};

	TRY(json_read_loose(v, fields, COUNT(fields), at, f));
	if (version != 2)
		return fault_raise(
		    f, FAULT_UNSUPPORTED, at, "schemaVersion is not 2");
	return true;
}

/* ---- documents ---------------------------------------------------------------- */

FALLIBLE oci_layout_check(struct span text, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	const char *version = NULL;
	const struct json_field fields[] = {
		{ "imageLayoutVersion", JSON_WANT_TEXT, false, &version },
	};

	TRY(json_parse(text, &limits, "oci.layout", &doc, f));
	TRY(json_read_loose(
	    json_root(doc), fields, COUNT(fields), "oci.layout", f));
	if (strcmp(version, "1.0.0") != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "oci.layout",
		    "the layout is not of version 1.0.0");
	return true;
}

FALLIBLE oci_index_parse(
    struct span text, struct oci_blob *manifest, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	const struct json_node *list = NULL, *note = NULL;
	const struct json_field manifests = { "manifests", JSON_WANT_ARRAY,
		false, (void *)&list };
	const struct json_field annotations = { "annotations", JSON_WANT_OBJECT,
		true, (void *)&note };

	TRY(json_parse(text, &limits, "oci.index.json", &doc, f));
	TRY(read_schema(
	    json_root(doc), &manifests, &annotations, "oci.index.form", f));
	if (json_count(list) != 1)
		return fault_raise(f, FAULT_UNSUPPORTED, "oci.index.manifests",
		    "the layout holds %zu images; one is wanted",
		    json_count(list));
	return read_descriptor(json_first(list), "manifest.v1+json", manifest,
	    "oci.index.manifest", f);
}

FALLIBLE oci_manifest_parse(
    struct span text, struct oci_manifest *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	const struct json_node *config = NULL, *layers = NULL;
	const struct json_field fields[] = {
		{ "config", JSON_WANT_OBJECT, false, (void *)&config },
		{ "layers", JSON_WANT_ARRAY, false, (void *)&layers },
	};
	struct oci_manifest m = { .n_layers = 0 };

	TRY(json_parse(text, &limits, "oci.manifest.json", &doc, f));
	TRY(read_schema(
	    json_root(doc), &fields[0], &fields[1], "oci.manifest.form", f));
	TRY(read_descriptor(
	    config, "config.v1+json", &m.config, "oci.manifest.config", f));
	if (json_count(layers) == 0 || json_count(layers) > LIMIT_OCI_LAYERS)
		return fault_raise(f, FAULT_LIMIT, "oci.manifest.layers",
		    "%zu layers; from 1 to %d are read", json_count(layers),
		    LIMIT_OCI_LAYERS);
	for (const struct json_node *v = json_first(layers); v != NULL;
	     v = json_next(v))
		TRY(read_descriptor(v, "layer.v1.tar", &m.layer[m.n_layers++],
		    "oci.manifest.layer", f));
	*out = m;
	return true;
}

/* A short word of the image's author: printed, so it has to be harmless. */
static FALLIBLE read_word(const char *text, char out[LIMIT_OCI_WORD + 1],
    const char *at, struct fault *f)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	if (n == 0 || text[n] != '\0' || n > LIMIT_OCI_WORD)
		return fault_raise(f, FAULT_FORMAT, at,
		    "want a word of at most %d small letters and digits",
		    LIMIT_OCI_WORD);
	memcpy(out, text, n + 1);
	return true;
}

static FALLIBLE read_diff_ids(
    const struct json_node *rootfs, struct oci_config *c, struct fault *f)
{
	const struct json_node *list = NULL;
	const struct json_field fields[] = {
		{ "diff_ids", JSON_WANT_ARRAY, false, (void *)&list },
	};

	TRY(json_read_loose(
	    rootfs, fields, COUNT(fields), "oci.config.rootfs", f));
	if (json_count(list) > LIMIT_OCI_LAYERS)
		return fault_raise(f, FAULT_LIMIT, "oci.config.rootfs",
		    "more than %d layers", LIMIT_OCI_LAYERS);
	for (const struct json_node *v = json_first(list); v != NULL;
	     v = json_next(v)) {
		if (json_kind_of(v) != JSON_TEXT)
			return fault_raise(f, FAULT_FORMAT, "oci.config.rootfs",
			    "a diff_id is no text");
		TRY(read_digest(json_text(v), &c->diff_id[c->n_diff_ids++],
		    "oci.config.rootfs", f));
	}
	return true;
}

FALLIBLE oci_config_parse(
    struct span text, struct oci_config *out, struct fault *f)
{
	AUTO(json_drop) struct json *doc = NULL;
	const char *architecture = NULL, *os = NULL;
	const struct json_node *rootfs = NULL;
	const struct json_field fields[] = {
		{ "architecture", JSON_WANT_TEXT, false,
		    (void *)&architecture },
		{ "os", JSON_WANT_TEXT, false, (void *)&os },
		{ "rootfs", JSON_WANT_OBJECT, false, (void *)&rootfs },
	};
	struct oci_config c = { .n_diff_ids = 0 };

	TRY(json_parse(text, &limits, "oci.config.json", &doc, f));
	TRY(json_read_loose(
	    json_root(doc), fields, COUNT(fields), "oci.config.form", f));
	TRY(read_word(
	    architecture, c.architecture, "oci.config.architecture", f));
	TRY(read_word(os, c.os, "oci.config.os", f));
	TRY(read_diff_ids(rootfs, &c, f));
	*out = c;
	return true;
}
