# SPDX-License-Identifier: Apache-2.0
# Real evidence as JSON, for every test that wants it.
add_library(test_vectors STATIC vectors.c)
target_link_libraries(test_vectors
	PUBLIC affiant_flags affiant_base affiant_io PkgConfig::CMOCKA)

affiant_test(bytes LIBS affiant_base)
affiant_test(canon LIBS affiant_base)
affiant_test(dec LIBS affiant_base test_vectors)
affiant_test(fault LIBS affiant_base)
affiant_test(file LIBS affiant_io)
affiant_test(hash LIBS affiant_base Threads::Threads)
affiant_test(json LIBS affiant_base)
affiant_test(rd_cbor LIBS affiant_base)
affiant_test(rd_msgpack LIBS affiant_base)
affiant_test(rd_scale LIBS affiant_base)
affiant_test(rd_der LIBS affiant_base)
affiant_test(seal LIBS affiant_base)
affiant_test(secret LIBS affiant_base)
affiant_test(text LIBS affiant_base)
affiant_test(utc LIBS affiant_io)
