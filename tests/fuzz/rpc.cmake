# SPDX-License-Identifier: Apache-2.0
affiant_fuzz(rpc LIBS affiant_rpc)
