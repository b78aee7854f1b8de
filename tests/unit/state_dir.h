/* SPDX-License-Identifier: Apache-2.0 */
/* A state folder of a test's own under /tmp, and its removal. */
#ifndef AFFIANT_TEST_STATE_DIR_H
#define AFFIANT_TEST_STATE_DIR_H

#include "tests/unit/check.h"
#include "verify/base/file.h"

#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct state_dir {
	char path[64];
};

static inline struct state_dir state_dir_new(void)
{
	struct state_dir d = { "/tmp/affiant-test-XXXXXX" };
	assert_non_null(mkdtemp(d.path));
	return d;
}

static inline int state_dir_remove_one(
    const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static inline void state_dir_drop(struct state_dir *d)
{
	(void)nftw(d->path, state_dir_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file in it, in one of a few static buffers. */
static inline const char *state_dir_file(
    const struct state_dir *d, const char *name)
{
	static char path[4][256];
	static unsigned next;
	char *p = path[next++ % 4];
	(void)snprintf(p, sizeof(path[0]), "%s/%s", d->path, name);
	return p;
}

static inline unsigned state_dir_mode(
    const struct state_dir *d, const char *name)
{
	struct stat st;
	assert_int_equal(stat(state_dir_file(d, name), &st), 0);
	return st.st_mode & 07777;
}

#endif
