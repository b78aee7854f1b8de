/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files, for programs: read with a limit, written so that a reader
 * never sees half of one (temporary name in the same folder, fsync, rename,
 * fsync of the folder). Libraries do no I/O; libaffiant-verify does not carry
 * this file.
 */
#ifndef AFFIANT_FILE_H
#define AFFIANT_FILE_H

#include "verify/base/bytes.h"

/* "-" is standard input. SYSTEM when unreadable, LIMIT beyond max_bytes. */
FALLIBLE file_read(
    const char *path, size_t max_bytes, struct blob *out, struct fault *f);
/* mode is that of the finished file, whatever the umask. */
FALLIBLE file_write(
    const char *path, struct span content, unsigned mode, struct fault *f);
/*
 * False only when nothing is there. What cannot be looked at counts as there:
 * reading it then says why, and nobody starts anew over it.
 */
bool file_exists(const char *path);
/* mkdir -p with the given mode for what is created. */
FALLIBLE dir_make(const char *path, unsigned mode, struct fault *f);

#endif
