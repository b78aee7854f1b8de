# SPDX-License-Identifier: Apache-2.0
set(VERIFY_TEST_LIBS affiant_verify affiant_codec affiant_base)
affiant_test(bodies LIBS ${VERIFY_TEST_LIBS})
affiant_test(collateral LIBS ${VERIFY_TEST_LIBS})
affiant_test(combine LIBS ${VERIFY_TEST_LIBS} SOURCES statements.c)
affiant_test(evidence LIBS ${VERIFY_TEST_LIBS} SOURCES statements.c)
affiant_test(kinds LIBS ${VERIFY_TEST_LIBS})
affiant_test(merkle LIBS ${VERIFY_TEST_LIBS} test_vectors)
affiant_test(oci_layout LIBS ${VERIFY_TEST_LIBS})
affiant_test(report_data LIBS ${VERIFY_TEST_LIBS})
affiant_test(request LIBS ${VERIFY_TEST_LIBS})
affiant_test(statement LIBS ${VERIFY_TEST_LIBS} SOURCES statements.c)

# Whole responses, minted by the simulator.
add_library(test_response_world STATIC response_world.c statements.c)
target_link_libraries(test_response_world
	PUBLIC affiant_attest ${VERIFY_TEST_LIBS} OpenSSL::Crypto
		PkgConfig::CMOCKA)
affiant_test(onchain LIBS test_response_world)
affiant_test(recompute LIBS test_response_world affiant_oracle)
affiant_test(tamper LIBS test_response_world affiant_io)
affiant_test(unendorsed LIBS test_response_world affiant_io)
affiant_test(pick_guard LIBS ${VERIFY_TEST_LIBS})
affiant_test(pick_json LIBS ${VERIFY_TEST_LIBS})
affiant_test(pick_line LIBS ${VERIFY_TEST_LIBS})
affiant_test(pick_number LIBS ${VERIFY_TEST_LIBS})
affiant_test(pick_path LIBS ${VERIFY_TEST_LIBS})
affiant_test(policy LIBS ${VERIFY_TEST_LIBS} affiant_io)
affiant_test(verdict LIBS ${VERIFY_TEST_LIBS})
affiant_test(verify LIBS test_response_world)

# Every bit of a quote, in parts that run beside each other.
add_executable(test_sweep test_sweep.c)
target_link_libraries(test_sweep PRIVATE affiant_flags test_response_world)
foreach(part RANGE 3)
	add_test(NAME unit_sweep_${part} COMMAND test_sweep ${part} 4)
	set_tests_properties(unit_sweep_${part} PROPERTIES
		LABELS unit TIMEOUT 900)
endforeach()
affiant_test(format_example LIBS affiant_verify affiant_codec affiant_io)

# Evidence for shell tests.
add_executable(mint_response mint_response.c)
target_link_libraries(mint_response PRIVATE
	affiant_flags test_response_world affiant_io)
affiant_test(api LIBS affiant_verify_shared test_response_world)

# Guests of a dstack host, minted around the simulator's quote.
add_library(test_dstack_world STATIC dstack_world.c)
target_link_libraries(test_dstack_world
	PUBLIC test_response_world PkgConfig::SECP256K1)
affiant_test(dstack_kind LIBS test_dstack_world test_vectors)
affiant_test(dstack_attestation LIBS ${VERIFY_TEST_LIBS} test_vectors)
affiant_test(dstack_checksums LIBS ${VERIFY_TEST_LIBS})
affiant_test(dstack_measure LIBS ${VERIFY_TEST_LIBS} test_vectors)
affiant_test(dstack_vectors LIBS ${VERIFY_TEST_LIBS} test_vectors
	OpenSSL::Crypto)
affiant_test(yaml_read LIBS affiant_verify affiant_base)

# Servers' certificates, staples and timestamps, made by the demo's authority.
add_library(test_tls_world STATIC tls_world.c)
target_link_libraries(test_tls_world
	PUBLIC affiant_demo ${VERIFY_TEST_LIBS} OpenSSL::Crypto
		PkgConfig::CMOCKA)
affiant_test(tls_bundle LIBS ${VERIFY_TEST_LIBS})
affiant_test(tls_chain LIBS test_tls_world)
affiant_test(tls_ocsp LIBS test_tls_world)
affiant_test(tls_sct LIBS test_tls_world)
affiant_test(verify_tls LIBS test_response_world test_tls_world)
affiant_test(ratls LIBS test_response_world affiant_io OpenSSL::Crypto)
