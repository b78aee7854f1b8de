/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fd_drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool refused(
    struct fault *f, const char *at, const char *doing, const char *path)
{
	return fault_raise(
	    f, FAULT_SYSTEM, at, "%s %s: %s", doing, path, strerror(errno));
}

/* ---- reading ------------------------------------------------------------ */

static bool read_all(
    int fd, const char *path, size_t max_bytes, struct wr *w, struct fault *f)
{
	uint8_t piece[16384];

	for (;;) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refused(f, "file.read", "cannot read", path);
		if (n == 0)
			return true;
		if ((size_t)n > max_bytes - w->n)
			return fault_raise(f, FAULT_LIMIT, "file.size",
			    "%s is larger than %zu bytes", path, max_bytes);
		wr_bytes(w, piece, (size_t)n);
		if (!wr_ok(w))
			return false;
	}
}

FALLIBLE file_read(
    const char *path, size_t max_bytes, struct blob *out, struct fault *f)
{
	bool is_stdin = strcmp(path, "-") == 0;
	AUTO(fd_drop)
	int fd =
	    is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	AUTO(wr_drop) struct wr w = wr_grow(max_bytes, "file.read", f);

	if (fd < 0)
		return refused(f, "file.open", "cannot open",
		    is_stdin ? "standard input" : path);
	TRY(read_all(fd, is_stdin ? "standard input" : path, max_bytes, &w, f));
	return wr_done(&w, out);
}

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* ---- writing ------------------------------------------------------------ */

static bool write_all(
    int fd, struct span content, const char *path, struct fault *f)
{
	while (content.n > 0) {
		ssize_t n = write(fd, content.p, content.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refused(f, "file.write", "cannot write", path);
		content.p += n;
		content.n -= (size_t)n;
	}
	return true;
}

/* The folder of a path, to be freed; NULL when out of memory. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	if (slash == path)
		return strdup("/");
	return strndup(path, (size_t)(slash - path));
}

/* Only after this is the new name certain to survive a power cut. */
static bool sync_folder(const char *path, struct fault *f)
{
	char *folder = folder_of(path);
	AUTO(fd_drop)
	int fd = folder != NULL
	    ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
	    : -1;

	free(folder);
	/* Some file systems cannot sync a folder and say EINVAL. */
	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
		return refused(
		    f, "file.write", "cannot sync the folder of", path);
	return true;
}

static bool write_and_rename(const char *temporary, int fd, const char *path,
    struct span content, unsigned mode, struct fault *f)
{
	TRY(write_all(fd, content, path, f));
	if (fchmod(fd, (mode_t)mode) != 0 || fsync(fd) != 0)
		return refused(f, "file.write", "cannot write", path);
	if (rename(temporary, path) != 0)
		return refused(f, "file.write", "cannot rename to", path);
	return true;
}

FALLIBLE file_write(
    const char *path, struct span content, unsigned mode, struct fault *f)
{
	char temporary[PATH_MAX];
	AUTO(fd_drop) int fd = -1;
	int n = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);

	if (n < 0 || (size_t)n >= sizeof(temporary))
		return fault_raise(f, FAULT_SYSTEM, "file.write",
		    "the path is too long: %s", path);
	/* Mode 0600 until everything is in it. */
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return refused(f, "file.write", "cannot create", path);
	if (!write_and_rename(temporary, fd, path, content, mode, f)) {
		unlink(temporary);
		return false;
	}
	return sync_folder(path, f);
}

/* ---- folders ------------------------------------------------------------ */

static bool make_one(
    const char *path, unsigned mode, const char *whole, struct fault *f)
{
	struct stat st;

	if (mkdir(path, (mode_t)mode) == 0) {
		/* mkdir takes the umask off. */
		if (chmod(path, (mode_t)mode) != 0)
			return refused(f, "dir.make", "cannot make", whole);
		return true;
	}
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	/* EEXIST of something that is no folder. */
	if (errno == EEXIST)
		errno = ENOTDIR;
	return refused(f, "dir.make", "cannot make", whole);
}

FALLIBLE dir_make(const char *path, unsigned mode, struct fault *f)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(part))
		return fault_raise(f, FAULT_SYSTEM, "dir.make",
		    "the path is empty or too long");
	memcpy(part, path, n + 1);
	for (size_t i = 1; i < n; i++) {
		if (part[i] != '/' || part[i - 1] == '/')
			continue;
		part[i] = '\0';
		TRY(make_one(part, mode, path, f));
		part[i] = '/';
	}
	return make_one(part, mode, path, f);
}
