/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of an image are taken or refused; what is taken is within limits. */
#include "tests/fuzz/must.h"
#include "verify/oci_layout.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct oci_manifest manifest;
	struct oci_config config;
	struct oci_blob blob;
	struct fault f = FAULT_INIT;

	if (!oci_layout_check(text, &f))
		MUST(f.kind != FAULT_NONE && f.at != NULL);
	f = FAULT_INIT;
	if (!oci_index_parse(text, &blob, &f))
		MUST(f.kind != FAULT_NONE && f.at != NULL);
	f = FAULT_INIT;
	if (oci_manifest_parse(text, &manifest, &f))
		MUST(manifest.n_layers > 0 &&
		    manifest.n_layers <= LIMIT_OCI_LAYERS);
	f = FAULT_INIT;
	if (oci_config_parse(text, &config, &f)) {
		MUST(config.n_diff_ids <= LIMIT_OCI_LAYERS);
		MUST(strlen(config.os) > 0 && strlen(config.architecture) > 0);
	}
	return 0;
}
