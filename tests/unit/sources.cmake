# SPDX-License-Identifier: Apache-2.0
affiant_test(source_head LIBS affiant_sources)
affiant_test(source_url LIBS affiant_sources PkgConfig::CURL)
