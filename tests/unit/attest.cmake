# SPDX-License-Identifier: Apache-2.0
affiant_test(attest LIBS affiant_attest OpenSSL::Crypto)
affiant_test(sim_judge LIBS affiant_attest affiant_verify)
affiant_test(sim_tdx LIBS affiant_attest OpenSSL::Crypto)
affiant_test(signer LIBS affiant_attest PkgConfig::SECP256K1)
