# SPDX-License-Identifier: Apache-2.0
set(CODEC_TEST_LIBS affiant_codec affiant_io PkgConfig::SECP256K1)
affiant_test(keccak LIBS ${CODEC_TEST_LIBS} SOURCES evm.c)
affiant_test(eth_addr LIBS ${CODEC_TEST_LIBS} SOURCES evm.c)
affiant_test(eth_keys LIBS ${CODEC_TEST_LIBS} SOURCES evm.c)
affiant_test(eth_rlp LIBS ${CODEC_TEST_LIBS} SOURCES evm.c)
affiant_test(eth_eip191 LIBS ${CODEC_TEST_LIBS} SOURCES evm.c)
affiant_test(eth_sig LIBS ${CODEC_TEST_LIBS} SOURCES evm.c)
affiant_test(eth_eip712_typed LIBS ${CODEC_TEST_LIBS})
