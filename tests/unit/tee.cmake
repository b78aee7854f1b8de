# SPDX-License-Identifier: Apache-2.0
# A case made of files, judged by a platform's row.
add_library(test_intel_world STATIC intel_world.c)
target_link_libraries(test_intel_world PUBLIC affiant_verify test_vectors)

affiant_test(tee_vectors LIBS test_intel_world)
