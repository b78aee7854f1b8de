# SPDX-License-Identifier: Apache-2.0
affiant_fuzz(source_cert LIBS affiant_sources OpenSSL::SSL)
affiant_fuzz(source_head LIBS affiant_sources)
affiant_fuzz(source_url LIBS affiant_sources PkgConfig::CURL)
