# SPDX-License-Identifier: Apache-2.0
affiant_test(quoter LIBS affiant_oracle SOURCES oracle_double.c)
affiant_test(recent LIBS affiant_oracle)
affiant_test(recipe_book LIBS affiant_oracle affiant_io)
affiant_test(merkle_tree LIBS affiant_verify)
affiant_test(http LIBS affiant_oracle SOURCES oracle_double.c)
affiant_test(http_routes LIBS affiant_oracle affiant_io)
affiant_test(http_server LIBS affiant_oracle affiant_io SOURCES oracle_double.c)
affiant_test(publish LIBS affiant_oracle affiant_io)
affiant_test(log LIBS affiant_oracle affiant_io)
affiant_test(feed_state LIBS affiant_oracle affiant_io Threads::Threads)
affiant_test(config LIBS affiant_oracle affiant_io)
affiant_test(config_chain LIBS affiant_oracle)
affiant_test(config_docs LIBS affiant_oracle affiant_io)
affiant_test(aggregate LIBS affiant_oracle)
affiant_test(breaker LIBS affiant_oracle)
affiant_test(feed LIBS affiant_oracle affiant_io Threads::Threads
	SOURCES source_double.c)
affiant_test(feed_response LIBS affiant_oracle)
affiant_test(collateral_quote LIBS affiant_oracle test_sim_world)
affiant_test(feed_tally LIBS affiant_oracle affiant_io)
affiant_test(metrics LIBS affiant_oracle SOURCES oracle_double.c)
affiant_test(collateral_keeper LIBS affiant_oracle SOURCES oracle_double.c)
affiant_test(collateral_source
	LIBS affiant_oracle affiant_demo test_sim_world affiant_io OpenSSL::SSL
		Threads::Threads
	SOURCES pccs_double.c)
affiant_test(openapi LIBS affiant_oracle affiant_io SOURCES oracle_double.c)
affiant_test(submitter LIBS affiant_oracle test_rpc_double)
