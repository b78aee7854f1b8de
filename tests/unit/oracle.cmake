# SPDX-License-Identifier: Apache-2.0
affiant_test(quoter LIBS affiant_oracle SOURCES oracle_double.c)
affiant_test(recent LIBS affiant_oracle)
affiant_test(merkle_tree LIBS affiant_verify)
affiant_test(publish LIBS affiant_oracle affiant_io)
