# SPDX-License-Identifier: Apache-2.0
affiant_test(attest LIBS affiant_attest OpenSSL::Crypto)
affiant_test(sim_judge LIBS affiant_attest affiant_verify)
affiant_test(sim_tdx LIBS affiant_attest OpenSSL::Crypto)
affiant_test(payer LIBS affiant_attest)
affiant_test(request_key LIBS affiant_attest OpenSSL::Crypto
	SOURCES request_sealer.c)
affiant_test(signer LIBS affiant_attest test_tsm_double PkgConfig::SECP256K1)

# A kernel with configfs-tsm for tests; its quotes are the simulator's.
add_library(test_tsm_double STATIC tsm_double.c)
target_link_libraries(test_tsm_double PUBLIC test_sim_world PkgConfig::CMOCKA)
affiant_test(quote_tdx LIBS test_tsm_double affiant_io)

# Agents: what is behind the socket is the test's own.
add_library(test_agent_double STATIC agent_double.c)
target_link_libraries(test_agent_double PUBLIC
	affiant_flags affiant_verify PkgConfig::CMOCKA Threads::Threads)
affiant_test(agent LIBS affiant_attest affiant_io test_agent_double)
affiant_test(marlin LIBS affiant_attest affiant_verify affiant_io
	test_agent_double OpenSSL::Crypto)
affiant_test(dstack_answer LIBS affiant_attest test_vectors)
affiant_test(dstack LIBS affiant_attest affiant_io test_agent_double)
affiant_test(sim_agent
	LIBS affiant_attest affiant_verify affiant_io test_vectors)
