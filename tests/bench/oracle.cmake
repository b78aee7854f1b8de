# SPDX-License-Identifier: Apache-2.0
# The daemon as a whole. bench_load asks, bench_constant is what it is
# measured against, bench_slow_affiantd has a quote provider of 20 ms.
add_executable(bench_load EXCLUDE_FROM_ALL load.c)
target_link_libraries(bench_load PRIVATE affiant_flags affiant_io)
add_executable(bench_ready EXCLUDE_FROM_ALL ready.c)
target_link_libraries(bench_ready PRIVATE affiant_flags affiant_io)
add_executable(bench_constant EXCLUDE_FROM_ALL constant.c)
target_link_libraries(bench_constant PRIVATE
	affiant_flags affiant_oracle affiant_io civetweb)

get_target_property(affiantd_sources affiantd SOURCES)
list(TRANSFORM affiantd_sources PREPEND ${PROJECT_SOURCE_DIR}/oracle/)
add_executable(bench_slow_affiantd EXCLUDE_FROM_ALL
	${affiantd_sources} slow_quote.c)
target_link_libraries(bench_slow_affiantd PRIVATE
	affiant_flags affiant_oracle Threads::Threads)
target_link_options(bench_slow_affiantd PRIVATE
	-Wl,--wrap=attest_quote -Wl,--wrap=quoter_close)

add_executable(bench_farm EXCLUDE_FROM_ALL farm.c)
target_link_libraries(bench_farm PRIVATE
	affiant_flags affiant_demo affiant_io OpenSSL::SSL)

foreach(name price nonce memory rounds agent)
	add_custom_target(bench_run_${name}
		COMMAND ${CMAKE_COMMAND} -E env ${AFFIANT_TEST_ENV}
			${CMAKE_CURRENT_SOURCE_DIR}/bench_${name}.sh
		USES_TERMINAL)
	add_dependencies(bench_run_${name} affiantd affiant-verify
		affiant-demo-exchange bench_load)
	add_dependencies(bench bench_run_${name})
endforeach()
add_dependencies(bench_run_price bench_constant)
add_dependencies(bench_run_nonce bench_slow_affiantd)
add_dependencies(bench_run_memory bench_ready)
add_dependencies(bench_run_rounds bench_farm)

# The submitter by itself; the chain is the stories' stand-in.
add_executable(bench_submit EXCLUDE_FROM_ALL bench_submit.c)
target_link_libraries(bench_submit PRIVATE affiant_flags affiant_oracle)
add_custom_target(bench_run_submit
	COMMAND ${CMAKE_COMMAND} -E env ${AFFIANT_TEST_ENV}
		${CMAKE_CURRENT_SOURCE_DIR}/bench_submit.sh
	USES_TERMINAL)
add_dependencies(bench_run_submit bench_submit rpc_stand_in)
add_dependencies(bench bench_run_submit)
