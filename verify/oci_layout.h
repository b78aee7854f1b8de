/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents of an OCI image layout (image-spec 1.0): what an image is
 * named by is the SHA-256 of its manifest, which names the rest in turn. Pure
 * reading: whether the named blobs have the named hashes is the caller's to
 * find out, who has the files.
 */
#ifndef AFFIANT_OCI_LAYOUT_H
#define AFFIANT_OCI_LAYOUT_H

#include "verify/base/hash.h"
#include "verify/base/limits.h"

struct oci_blob {
	struct sha256 digest;
	uint64_t size;
};

struct oci_manifest {
	struct oci_blob config;
	struct oci_blob layer[LIMIT_OCI_LAYERS];
	size_t n_layers;
};

struct oci_config {
	char architecture[LIMIT_OCI_WORD + 1], os[LIMIT_OCI_WORD + 1];
	struct sha256 diff_id[LIMIT_OCI_LAYERS]; /* of the layers, unpacked */
	size_t n_diff_ids;
};

/* The file oci-layout: UNSUPPORTED at "oci.layout" unless version 1.0.0. */
FALLIBLE oci_layout_check(struct span text, struct fault *f);
/*
 * index.json. An index of several images, or of none, is UNSUPPORTED at
 * "oci.index.manifests": which one is meant is nothing to guess.
 */
FALLIBLE oci_index_parse(
    struct span text, struct oci_blob *manifest, struct fault *f);
FALLIBLE oci_manifest_parse(
    struct span text, struct oci_manifest *out, struct fault *f);
FALLIBLE oci_config_parse(
    struct span text, struct oci_config *out, struct fault *f);

#endif
