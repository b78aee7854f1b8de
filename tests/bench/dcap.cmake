# SPDX-License-Identifier: Apache-2.0
add_executable(bench_dcap EXCLUDE_FROM_ALL bench_dcap.c)
target_link_libraries(bench_dcap PRIVATE
	affiant_flags test_sim_world affiant_io OpenSSL::Crypto)
add_custom_target(bench_run_dcap
	COMMAND ${CMAKE_COMMAND} -E env AFFIANT_VECTORS=${AFFIANT_VECTORS}
		$<TARGET_FILE:bench_dcap>
	USES_TERMINAL)
add_dependencies(bench bench_run_dcap)
