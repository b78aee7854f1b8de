# SPDX-License-Identifier: Apache-2.0
affiant_test(journal
	LIBS affiant_journal affiant_io PkgConfig::SECP256K1 PkgConfig::SQLITE3
	SOURCES payer_double.c)
