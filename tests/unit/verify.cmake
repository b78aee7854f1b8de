# SPDX-License-Identifier: Apache-2.0
set(VERIFY_TEST_LIBS affiant_verify affiant_codec affiant_base)
affiant_test(statement LIBS ${VERIFY_TEST_LIBS} SOURCES statements.c)

# Whole responses, minted by the simulator.
add_library(test_response_world STATIC response_world.c statements.c)
target_link_libraries(test_response_world
	PUBLIC affiant_attest ${VERIFY_TEST_LIBS} OpenSSL::Crypto
		PkgConfig::CMOCKA)
affiant_test(tamper LIBS test_response_world affiant_io)
affiant_test(unendorsed LIBS test_response_world affiant_io)
