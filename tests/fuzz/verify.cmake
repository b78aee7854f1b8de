# SPDX-License-Identifier: Apache-2.0
affiant_fuzz(collateral LIBS affiant_verify)
affiant_fuzz(pick_json LIBS affiant_verify)
affiant_fuzz(pick_line LIBS affiant_verify)
affiant_fuzz(pick_path LIBS affiant_verify)
affiant_fuzz(policy LIBS affiant_verify)
affiant_fuzz(response LIBS affiant_verify)
affiant_fuzz(statement LIBS affiant_verify)
