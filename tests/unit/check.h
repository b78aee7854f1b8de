/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every unit test includes: cmocka (whose header wants others in front of
 * it) and the few assertions about faults that it does not have.
 */
#ifndef AFFIANT_TEST_CHECK_H
#define AFFIANT_TEST_CHECK_H

#include "verify/base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The expression succeeded; otherwise the fault is printed. */
#define assert_ok(expr, f)                                                  \
	do {                                                                \
		if (!(expr)) {                                              \
			print_error("%s: %s (offset %zd)\n",                \
			    (f).at != NULL ? (f).at : "no fault", (f).text, \
			    (ssize_t)(f).offset);                           \
			fail_msg("%s failed", #expr);                       \
		}                                                           \
	} while (0)

/* The fault is of this kind and from this place; it is cleared. */
#define assert_fault(f, want_kind, want_at)                                 \
	do {                                                                \
		assert_string_equal(                                        \
		    fault_kind_name((f).kind), fault_kind_name(want_kind)); \
		assert_string_equal((f).at, (want_at));                     \
		fault_clear(&(f));                                          \
	} while (0)

/* The same, and the offset. */
#define assert_fault_at(f, want_kind, want_at, want_offset)  \
	do {                                                 \
		assert_int_equal((f).offset, (want_offset)); \
		assert_fault(f, want_kind, want_at);         \
	} while (0)

/* The expression failed, in exactly this way. */
#define assert_refused(expr, f, want_kind, want_at)  \
	do {                                         \
		assert_false(expr);                  \
		assert_fault(f, want_kind, want_at); \
	} while (0)

#define assert_refused_at(expr, f, want_kind, want_at, want_offset)  \
	do {                                                         \
		assert_false(expr);                                  \
		assert_fault_at(f, want_kind, want_at, want_offset); \
	} while (0)

#define assert_span_text(s, want)                          \
	do {                                               \
		assert_int_equal((s).n, strlen(want));     \
		assert_memory_equal((s).p, (want), (s).n); \
	} while (0)

#endif
