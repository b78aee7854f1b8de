# SPDX-License-Identifier: Apache-2.0
affiant_test(bytes LIBS affiant_base)
affiant_test(canon LIBS affiant_base)
affiant_test(fault LIBS affiant_base)
affiant_test(json LIBS affiant_base)
affiant_test(rd_der LIBS affiant_base)
