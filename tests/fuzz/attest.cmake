# SPDX-License-Identifier: Apache-2.0
affiant_fuzz(dstack_answer LIBS affiant_attest)
affiant_fuzz(sim_agent LIBS affiant_attest)
