# SPDX-License-Identifier: Apache-2.0
add_executable(bench_statement EXCLUDE_FROM_ALL bench_statement.c)
target_link_libraries(bench_statement PRIVATE
	affiant_flags test_response_world affiant_io PkgConfig::SECP256K1)
add_custom_target(bench_run_statement COMMAND bench_statement USES_TERMINAL)
add_dependencies(bench bench_run_statement)

add_executable(bench_dstack EXCLUDE_FROM_ALL bench_dstack.c)
target_link_libraries(bench_dstack PRIVATE
	affiant_flags affiant_verify affiant_io)
add_custom_target(bench_run_dstack COMMAND bench_dstack USES_TERMINAL)
add_dependencies(bench bench_run_dstack)
