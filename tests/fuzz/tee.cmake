# SPDX-License-Identifier: Apache-2.0
affiant_fuzz(crl LIBS affiant_verify OpenSSL::Crypto)
affiant_fuzz(pck_ext LIBS affiant_verify)
affiant_fuzz(qe_identity LIBS affiant_verify)
affiant_fuzz(quote LIBS affiant_verify)
affiant_fuzz(tcb_info LIBS affiant_verify)
affiant_fuzz(nitro LIBS affiant_verify)
affiant_fuzz(ratls LIBS affiant_verify)
