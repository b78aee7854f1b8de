# SPDX-License-Identifier: Apache-2.0
affiant_fuzz(source_cert LIBS affiant_sources OpenSSL::SSL)
affiant_fuzz(source_head LIBS affiant_sources)
affiant_fuzz(source_http_text LIBS affiant_sources)
affiant_fuzz(source_path LIBS affiant_sources)
affiant_fuzz(source_pick LIBS affiant_sources)
affiant_fuzz(source_url LIBS affiant_sources PkgConfig::CURL)
