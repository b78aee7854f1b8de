# SPDX-License-Identifier: Apache-2.0
affiant_test(quoter LIBS affiant_oracle SOURCES oracle_double.c)
affiant_test(recent LIBS affiant_oracle)
affiant_test(merkle_tree LIBS affiant_verify)
affiant_test(http LIBS affiant_oracle SOURCES oracle_double.c)
affiant_test(http_server LIBS affiant_oracle affiant_io SOURCES oracle_double.c)
affiant_test(publish LIBS affiant_oracle affiant_io)
affiant_test(log LIBS affiant_oracle affiant_io)
affiant_test(feed_state LIBS affiant_oracle affiant_io Threads::Threads)
affiant_test(config LIBS affiant_oracle affiant_io)
affiant_test(config_docs LIBS affiant_oracle affiant_io)
affiant_test(aggregate LIBS affiant_oracle)
affiant_test(feed LIBS affiant_oracle affiant_io Threads::Threads
	SOURCES source_double.c)
