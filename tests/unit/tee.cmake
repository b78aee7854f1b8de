# SPDX-License-Identifier: Apache-2.0
# A case made of files, judged by a platform's row.
add_library(test_intel_world STATIC intel_world.c)
target_link_libraries(test_intel_world PUBLIC affiant_verify test_vectors)

affiant_test(tee_vectors LIBS test_intel_world)

# The simulator as a workshop for evidence that is wrong in one place.
add_library(test_sim_world STATIC sim_world.c)
target_link_libraries(test_sim_world
	PUBLIC affiant_attest test_intel_world OpenSSL::Crypto)

affiant_test(tee_simulated LIBS test_sim_world)
affiant_test(intel_policy LIBS test_sim_world)
affiant_test(intel_root LIBS test_intel_world OpenSSL::Crypto)
affiant_test(intel_status LIBS affiant_verify)
affiant_test(x509 LIBS test_sim_world)
affiant_test(tee_memory LIBS test_sim_world)
affiant_test(intel_quote LIBS test_sim_world)
affiant_test(intel_pck LIBS test_sim_world)
affiant_test(intel_tcb LIBS test_sim_world)
affiant_test(nitro LIBS affiant_attest affiant_verify test_vectors OpenSSL::Crypto)
