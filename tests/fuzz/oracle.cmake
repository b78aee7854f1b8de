# SPDX-License-Identifier: Apache-2.0
affiant_fuzz(config LIBS affiant_oracle affiant_io)
affiant_fuzz(http_uri LIBS affiant_oracle)
affiant_fuzz(request_form LIBS affiant_oracle)
