# SPDX-License-Identifier: Apache-2.0
set(VERIFY_TEST_LIBS affiant_verify affiant_codec affiant_base)
affiant_test(statement LIBS ${VERIFY_TEST_LIBS} SOURCES statements.c)
