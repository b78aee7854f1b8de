/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel with configfs-tsm for tests, behind the system calls that tsm.c
 * makes: it takes inblob when the file is closed, counts generations, makes
 * the report when outblob is first read, and gives it piece by piece. A test
 * says what goes wrong, and when. Its clock only moves when somebody waits.
 * One at a time: tsm_double() resets it.
 */
#ifndef AFFIANT_TEST_TSM_DOUBLE_H
#define AFFIANT_TEST_TSM_DOUBLE_H

#include "attest/tsm.h"
#include "verify/evidence.h"

/* outblob for these 64 bytes, from a simulator's root made at first use. */
typedef void tsm_report_fn(
    const uint8_t in[TSM_INBLOB_BYTES], struct blob *out);
tsm_report_fn tsm_double_quote_v4, tsm_double_quote_v5;

enum tsm_absent { TSM_ALL_THERE, TSM_NO_REPORT, TSM_NO_CONFIGFS };

struct tsm_double {
	struct tsm tsm; /* what the code under test gets */

	/* ---- what the test says ---- */
	enum tsm_absent absent;
	const char *provider;   /* text of the attribute */
	const char *generation; /* text instead of the number; or NULL */
	tsm_report_fn *report;
	size_t piece; /* most bytes of one read(2) */
	/* Errors of the next calls, in order; 0: goes well; then all do. */
	int mkdir_error[8], outblob_error[8];
	/* The same, by attribute; for every call. */
	const char *broken; /* "generation", ... */
	int open_error, read_error, write_error, close_error;
	size_t written_most; /* what one write(2) takes, 0: all */
	/* In the next so many entries, another process asks for its own ... */
	unsigned strangers;
	bool stranger_tidies;   /* ... and puts our inblob back */
	uint64_t read_takes_ms; /* of outblob */

	/* ---- what the test asks ---- */
	unsigned made, removed, opened, closed, reports, rests;
	bool other_name; /* some entry was not named affiant-HEX */
	uint64_t now_ns;
};

struct tsm_double *tsm_double(void);
/* Every folder removed and every file closed. */
void tsm_double_check_left_clean(void);

#endif
