# SPDX-License-Identifier: Apache-2.0
affiant_test(journal
	LIBS affiant_journal affiant_io PkgConfig::SECP256K1 PkgConfig::SQLITE3
	SOURCES payer_double.c)

# A chain in memory behind JSON-RPC, for whoever talks to one.
add_library(test_rpc_double STATIC
	rpc_control.c rpc_double.c rpc_face.c rpc_feed.c rpc_world.c)
target_link_libraries(test_rpc_double
	PUBLIC affiant_flags affiant_codec affiant_io Threads::Threads)
set(RPC_TEST_LIBS affiant_rpc test_rpc_double PkgConfig::SECP256K1)
affiant_test(rpc LIBS ${RPC_TEST_LIBS} SOURCES payer_double.c)
affiant_test(rpc_send LIBS ${RPC_TEST_LIBS} SOURCES payer_double.c)
affiant_test(rpc_finality LIBS ${RPC_TEST_LIBS} SOURCES payer_double.c)
affiant_test(rpc_fees LIBS affiant_rpc)
affiant_test(rpc_parse LIBS affiant_rpc)
affiant_test(rpc_tls LIBS affiant_rpc affiant_demo OpenSSL::SSL)
affiant_test(feed_call LIBS affiant_journal)
