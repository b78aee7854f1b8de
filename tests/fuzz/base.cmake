# SPDX-License-Identifier: Apache-2.0
affiant_fuzz(canon LIBS affiant_base)
affiant_fuzz(dec LIBS affiant_base)
affiant_fuzz(json LIBS affiant_base)
affiant_fuzz(rd_der LIBS affiant_base OpenSSL::Crypto)
affiant_fuzz(seal LIBS affiant_base)
affiant_fuzz(text LIBS affiant_base)
affiant_fuzz(utc LIBS affiant_base)
