# SPDX-License-Identifier: Apache-2.0
add_executable(bench_signer EXCLUDE_FROM_ALL bench_signer.c)
target_link_libraries(bench_signer PRIVATE
	affiant_flags affiant_attest PkgConfig::SECP256K1)
add_custom_target(bench_run_signer COMMAND bench_signer USES_TERMINAL)
add_dependencies(bench bench_run_signer)
