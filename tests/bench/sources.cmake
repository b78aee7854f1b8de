# SPDX-License-Identifier: Apache-2.0
# What evidence costs a fetch.
add_executable(bench_capture EXCLUDE_FROM_ALL bench_capture.c)
target_link_libraries(bench_capture PRIVATE
	affiant_flags affiant_sources affiant_demo affiant_io OpenSSL::SSL
	PkgConfig::CURL)
add_custom_target(bench_run_capture
	COMMAND bench_capture 2000
	USES_TERMINAL)
add_dependencies(bench bench_run_capture)
