# SPDX-License-Identifier: Apache-2.0
affiant_fuzz(abi LIBS affiant_codec)
affiant_fuzz(eth_addr LIBS affiant_codec)
affiant_fuzz(eth_sig LIBS affiant_codec)
affiant_fuzz(rlp LIBS affiant_codec)
affiant_fuzz(tx LIBS affiant_codec)
