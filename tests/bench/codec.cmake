# SPDX-License-Identifier: Apache-2.0
add_executable(bench_keccak EXCLUDE_FROM_ALL bench_keccak.c)
target_link_libraries(bench_keccak PRIVATE
	affiant_flags affiant_codec affiant_io PkgConfig::SECP256K1)
add_custom_target(bench_run_keccak COMMAND bench_keccak USES_TERMINAL)
add_dependencies(bench bench_run_keccak)
