/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/check.h"
#include "verify/oci_layout.h"

#include <stdlib.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "\"digest\":\"sha256:" HEX "\""
#define OCI "\"mediaType\":\"application/vnd.oci.image."
#define BLOB(kind) "{" OCI kind "\"," DIGEST ",\"size\":7}"
#define MANIFEST BLOB("manifest.v1+json")
#define CONFIG BLOB("config.v1+json")
#define LAYER BLOB("layer.v1.tar+gzip")
#define V2 "{\"schemaVersion\":2,"

/* ---- the mark ----------------------------------------------------------- */

static void oci_layout_check__takes_one_version(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(oci_layout_check(
		      span_text("{\"imageLayoutVersion\":\"1.0.0\"}"), &f),
	    f);
	assert_refused(oci_layout_check(
			   span_text("{\"imageLayoutVersion\":\"2.0.0\"}"), &f),
	    f, FAULT_UNSUPPORTED, "oci.layout");
	assert_refused(oci_layout_check(span_text("{}"), &f), f, FAULT_FORMAT,
	    "oci.layout");
}

/* ---- the index ---------------------------------------------------------- */

static void index_refused(
    const char *text, enum fault_kind kind, const char *at)
{
	struct oci_blob blob;
	struct fault f = FAULT_INIT;

	if (oci_index_parse(span_text(text), &blob, &f) || f.kind != kind ||
	    strcmp(f.at, at) != 0)
		fail_msg("want %s, got %s: %s\n%s", at, f.at, f.text, text);
}

static void oci_index_parse__takes_one_image(void **state)
{
	struct oci_blob blob = { .size = 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(oci_index_parse(
		      span_text(V2 "\"manifests\":[" MANIFEST "]}"), &blob, &f),
	    f);
	assert_int_equal(blob.size, 7);
	assert_int_equal(blob.digest.b[0], 0x01);
	assert_int_equal(blob.digest.b[31], 0xef);
}

static void oci_index_parse__refuses_a_choice(void **state)
{
	(void)state;
	index_refused(
	    V2 "\"manifests\":[]}", FAULT_UNSUPPORTED, "oci.index.manifests");
	index_refused(V2 "\"manifests\":[" MANIFEST "," MANIFEST "]}",
	    FAULT_UNSUPPORTED, "oci.index.manifests");
}

static void oci_index_parse__refuses_other_forms(void **state)
{
	(void)state;
	index_refused("{", FAULT_FORMAT, "oci.index.json");
	index_refused(V2 "\"manifests\":{}}", FAULT_FORMAT, "oci.index.form");
	index_refused("{\"schemaVersion\":1,\"manifests\":[" MANIFEST "]}",
	    FAULT_UNSUPPORTED, "oci.index.form");
	index_refused(V2 "\"manifests\":[" LAYER "]}", FAULT_UNSUPPORTED,
	    "oci.index.manifest");
	index_refused(V2 "\"manifests\":[{" OCI "manifest.v1+json\","
			 "\"digest\":\"sha512:00\",\"size\":7}]}",
	    FAULT_UNSUPPORTED, "oci.index.manifest");
	index_refused(V2 "\"manifests\":[{" OCI "manifest.v1+json\","
			 "\"digest\":\"sha256:AB\",\"size\":7}]}",
	    FAULT_FORMAT, "oci.index.manifest");
	index_refused(V2 "\"manifests\":[{" OCI "manifest.v1+json\","
			 "\"digest\":\"sha256:ab\",\"size\":7}]}",
	    FAULT_FORMAT, "oci.index.manifest");
	index_refused(V2 "\"manifests\":[{" OCI "manifest.v1+json\"," DIGEST
			 ",\"size\":-1}]}",
	    FAULT_FORMAT, "oci.index.manifest");
}

/* ---- the manifest -------------------------------------------------------- */

static void manifest_refused(
    const char *text, enum fault_kind kind, const char *at)
{
	struct oci_manifest m;
	struct fault f = FAULT_INIT;

	if (oci_manifest_parse(span_text(text), &m, &f) || f.kind != kind ||
	    strcmp(f.at, at) != 0)
		fail_msg("want %s, got %s: %s\n%s", at, f.at, f.text, text);
}

static void oci_manifest_parse__takes_config_and_layers(void **state)
{
	struct oci_manifest m;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(oci_manifest_parse(
		      span_text(V2 "\"config\":" CONFIG ",\"layers\":[" LAYER
				   "," LAYER "]}"),
		      &m, &f),
	    f);
	assert_int_equal(m.n_layers, 2);
	assert_int_equal(m.layer[1].size, 7);
}

static void oci_manifest_parse__refuses_other_forms(void **state)
{
	(void)state;
	manifest_refused("[]", FAULT_FORMAT, "oci.manifest.form");
	manifest_refused(V2 "\"config\":" LAYER ",\"layers\":[" LAYER "]}",
	    FAULT_UNSUPPORTED, "oci.manifest.config");
	manifest_refused(V2 "\"config\":" CONFIG ",\"layers\":[" CONFIG "]}",
	    FAULT_UNSUPPORTED, "oci.manifest.layer");
	manifest_refused(V2 "\"config\":" CONFIG ",\"layers\":[]}", FAULT_LIMIT,
	    "oci.manifest.layers");
}

static void oci_manifest_parse__refuses_more_layers_than_engines_take(
    void **state)
{
	const size_t max =
	    256 + strlen(CONFIG) + (LIMIT_OCI_LAYERS + 1) * strlen(LAYER ",");
	char *text = calloc(1, max);
	size_t n;

	(void)state;
	assert_non_null(text);
	n = (size_t)snprintf(
	    text, max, "%s", V2 "\"config\":" CONFIG ",\"layers\":[" LAYER);
	for (int i = 0; i < LIMIT_OCI_LAYERS; i++)
		n += (size_t)snprintf(text + n, max - n, "%s", "," LAYER);
	snprintf(text + n, max - n, "]}");
	manifest_refused(text, FAULT_LIMIT, "oci.manifest.layers");
	free(text);
}

/* ---- the config ----------------------------------------------------------- */

static void config_refused(
    const char *text, enum fault_kind kind, const char *at)
{
	struct oci_config c;
	struct fault f = FAULT_INIT;

	if (oci_config_parse(span_text(text), &c, &f) || f.kind != kind ||
	    strcmp(f.at, at) != 0)
		fail_msg("want %s, got %s: %s\n%s", at, f.at, f.text, text);
}

#define ROOTFS \
	"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" HEX "\"]}"

static void oci_config_parse__takes_what_it_needs(void **state)
{
	struct oci_config c;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(oci_config_parse(
		      span_text("{\"architecture\":\"amd64\",\"os\":\"linux\","
				"\"config\":{}," ROOTFS "}"),
		      &c, &f),
	    f);
	assert_string_equal(c.architecture, "amd64");
	assert_string_equal(c.os, "linux");
	assert_int_equal(c.n_diff_ids, 1);
}

static void oci_config_parse__refuses_other_forms(void **state)
{
	(void)state;
	config_refused(
	    "{\"os\":\"linux\"," ROOTFS "}", FAULT_FORMAT, "oci.config.form");
	config_refused("{\"architecture\":\"\",\"os\":\"linux\"," ROOTFS "}",
	    FAULT_FORMAT, "oci.config.architecture");
	/* It is printed: no escape sequences, no lines of its own. */
	config_refused("{\"architecture\":\"amd64\\n\",\"os\":\"linux\"," ROOTFS
		       "}",
	    FAULT_FORMAT, "oci.config.architecture");
	config_refused("{\"architecture\":\"amd64\",\"os\":\"Linux\"," ROOTFS
		       "}",
	    FAULT_FORMAT, "oci.config.os");
	config_refused("{\"architecture\":\"amd64\",\"os\":\"linux\","
		       "\"rootfs\":{\"diff_ids\":[7]}}",
	    FAULT_FORMAT, "oci.config.rootfs");
	config_refused("{\"architecture\":\"amd64\",\"os\":\"linux\","
		       "\"rootfs\":{\"diff_ids\":[\"md5:00\"]}}",
	    FAULT_UNSUPPORTED, "oci.config.rootfs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oci_layout_check__takes_one_version),
		cmocka_unit_test(oci_index_parse__takes_one_image),
		cmocka_unit_test(oci_index_parse__refuses_a_choice),
		cmocka_unit_test(oci_index_parse__refuses_other_forms),
		cmocka_unit_test(oci_manifest_parse__takes_config_and_layers),
		cmocka_unit_test(oci_manifest_parse__refuses_other_forms),
		cmocka_unit_test(
		    oci_manifest_parse__refuses_more_layers_than_engines_take),
		cmocka_unit_test(oci_config_parse__takes_what_it_needs),
		cmocka_unit_test(oci_config_parse__refuses_other_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
