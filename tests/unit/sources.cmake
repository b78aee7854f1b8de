# SPDX-License-Identifier: Apache-2.0
affiant_test(collateral_fetch
	LIBS affiant_sources affiant_attest affiant_demo test_vectors OpenSSL::SSL
		Threads::Threads
	SOURCES pccs_double.c)
affiant_test(demo LIBS affiant_demo)
affiant_test(demo_program LIBS affiant_base)
add_dependencies(test_demo_program affiant-demo-exchange)
affiant_test(source_check LIBS affiant_sources)
affiant_test(source_head LIBS affiant_sources)
affiant_test(source_misbehaviour
	LIBS affiant_sources affiant_demo affiant_io OpenSSL::SSL)
affiant_test(source_tls LIBS affiant_sources affiant_demo OpenSSL::SSL)
affiant_test(source_url LIBS affiant_sources PkgConfig::CURL)
affiant_test(sources
	LIBS affiant_sources affiant_demo OpenSSL::SSL Threads::Threads)
affiant_test(source_address LIBS affiant_sources)
affiant_test(source_host LIBS affiant_sources)
affiant_test(source_timer LIBS affiant_sources)
affiant_test(source_loop
	LIBS affiant_sources affiant_demo OpenSSL::SSL Threads::Threads)
