/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/file.h"

#include "tests/unit/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of its own for every test; paths in it by name. */
static char folder[] = "/tmp/affiant-test-file-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int setup(void **state)
{
	(void)state;
	memcpy(strrchr(folder, '-'), "-XXXXXX", 7);
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static void remove_tree(const char *path)
{
	DIR *dir = opendir(path);

	if (dir != NULL) {
		for (struct dirent *e; (e = readdir(dir)) != NULL;) {
			char child[PATH_MAX];
			if (strcmp(e->d_name, ".") == 0 ||
			    strcmp(e->d_name, "..") == 0)
				continue;
			snprintf(
			    child, sizeof(child), "%s/%s", path, e->d_name);
			remove_tree(child);
		}
		closedir(dir);
	}
	assert_int_equal(remove(path), 0);
}

static int teardown(void **state)
{
	(void)state;
	remove_tree(folder);
	return 0;
}

static size_t count_files(void)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void write_file(const char *name, const char *text)
{
	struct fault f = FAULT_INIT;

	assert_ok(file_write(path_of(name), span_text(text), 0600, &f), f);
}

static void assert_file(const char *name, const char *text)
{
	AUTO(blob_drop) struct blob b = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(file_read(path_of(name), 100, &b, &f), f);
	assert_span_text(blob_span(&b), text);
	assert_int_equal(b.p[b.n], 0);
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(path_of(name), &st), 0);
	return st.st_mode & 07777;
}

/* ---- reading ------------------------------------------------------------ */

static void file_read__reads_up_to_its_limit(void **state)
{
	struct blob b = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	write_file("a", "12345");
	assert_ok(file_read(path_of("a"), 5, &b, &f), f);
	assert_span_text(blob_span(&b), "12345");
	blob_drop(&b);
	assert_refused(
	    file_read(path_of("a"), 4, &b, &f), f, FAULT_LIMIT, "file.size");
	assert_null(b.p);
}

static void file_read__reads_empty_and_large_files(void **state)
{
	AUTO(blob_drop) struct blob b = { 0 };
	AUTO(blob_drop) struct blob back = { 0 };
	struct fault f = FAULT_INIT;
	size_t n = 300001;

	(void)state;
	write_file("empty", "");
	assert_file("empty", "");
	b.p = calloc(1, n);
	assert_non_null(b.p);
	b.n = n;
	b.p[n - 1] = 7;
	assert_ok(file_write(path_of("large"), blob_span(&b), 0600, &f), f);
	assert_ok(file_read(path_of("large"), n, &back, &f), f);
	assert_true(span_equal(blob_span(&b), blob_span(&back)));
}

static void file_read__says_why_it_cannot(void **state)
{
	struct blob b = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_false(file_read(path_of("missing"), 9, &b, &f));
	assert_non_null(strstr(f.text, "missing: No such file"));
	assert_fault(f, FAULT_SYSTEM, "file.open");
	assert_refused(
	    file_read(folder, 9, &b, &f), f, FAULT_SYSTEM, "file.read");
}

static void file_read__reads_standard_input(void **state)
{
	AUTO(blob_drop) struct blob b = { 0 };
	struct fault f = FAULT_INIT;
	int saved = dup(STDIN_FILENO), fd;

	(void)state;
	write_file("in", "from stdin");
	fd = open(path_of("in"), O_RDONLY);
	assert_true(fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
	close(fd);
	assert_ok(file_read("-", 100, &b, &f), f);
	assert_span_text(blob_span(&b), "from stdin");
	if (saved >= 0) {
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
}

static void file_exists__is_true_of_files_and_folders(void **state)
{
	(void)state;
	assert_false(file_exists(path_of("a")));
	write_file("a", "");
	assert_true(file_exists(path_of("a")));
	assert_true(file_exists(folder));
}

/* A link to itself: nobody can look, so nobody may say that it is not there. */
static void file_exists__is_true_of_what_cannot_be_looked_at(void **state)
{
	(void)state;
	assert_int_equal(symlink(path_of("a"), path_of("a")), 0);
	assert_true(file_exists(path_of("a")));
}

/* ---- writing ------------------------------------------------------------ */

static void file_write__replaces_and_leaves_no_other_file(void **state)
{
	(void)state;
	write_file("a", "first, and longer");
	write_file("a", "second");
	assert_file("a", "second");
	assert_int_equal(count_files(), 1);
}

static void file_write__sets_the_mode_whatever_the_umask(void **state)
{
	struct fault f = FAULT_INIT;
	mode_t old = umask(0777);

	(void)state;
	assert_ok(file_write(path_of("a"), span_text("x"), 0644, &f), f);
	umask(0);
	assert_ok(file_write(path_of("b"), span_text("x"), 0600, &f), f);
	umask(old);
	assert_int_equal(mode_of("a"), 0644);
	assert_int_equal(mode_of("b"), 0600);
}

static void file_write__never_touches_the_old_content(void **state)
{
	AUTO(blob_drop) struct blob b = { 0 };
	struct fault f = FAULT_INIT;
	char text[16] = { 0 };
	int fd;

	(void)state;
	/* A reader that has the old file open keeps all of it. */
	write_file("a", "old content");
	fd = open(path_of("a"), O_RDONLY);
	assert_true(fd >= 0);
	write_file("a", "new");
	assert_int_equal(read(fd, text, sizeof(text)), 11);
	assert_string_equal(text, "old content");
	close(fd);
	assert_ok(file_read(path_of("a"), 100, &b, &f), f);
	assert_span_text(blob_span(&b), "new");
}

static void file_write__leaves_nothing_behind_when_it_fails(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	/* A folder cannot be replaced by a file. */
	assert_int_equal(mkdir(path_of("d"), 0700), 0);
	assert_refused(file_write(path_of("d"), span_text("x"), 0600, &f), f,
	    FAULT_SYSTEM, "file.write");
	assert_int_equal(count_files(), 1);
	assert_refused(file_write(path_of("none/a"), span_text("x"), 0600, &f),
	    f, FAULT_SYSTEM, "file.write");
}

static void file_write__keeps_the_old_file_when_the_disk_is_full(void **state)
{
	AUTO(blob_drop) struct blob big = { 0 };
	struct rlimit old, small;
	struct fault f = FAULT_INIT;
	bool ok;

	(void)state;
	write_file("a", "old");
	big.n = 20000;
	big.p = calloc(1, big.n);
	assert_non_null(big.p);
	/* A limit on file sizes stands in for the full disk. */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 10000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	ok = file_write(path_of("a"), blob_span(&big), 0600, &f);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_false(ok);
	assert_fault(f, FAULT_SYSTEM, "file.write");
	assert_file("a", "old");
	assert_int_equal(count_files(), 1);
}

static void file_write__refuses_a_path_too_long(void **state)
{
	char path[PATH_MAX + 10];
	struct fault f = FAULT_INIT;

	(void)state;
	memset(path, 'a', sizeof(path));
	path[PATH_MAX - 7] = '\0';
	assert_false(file_write(path, span_text("x"), 0600, &f));
	assert_non_null(strstr(f.text, "too long"));
	assert_fault(f, FAULT_SYSTEM, "file.write");
	path[PATH_MAX - 7] = 'a';
	path[PATH_MAX] = '\0';
	assert_false(dir_make(path, 0700, &f));
	assert_non_null(strstr(f.text, "too long"));
	assert_fault(f, FAULT_SYSTEM, "dir.make");
}

static void file_write__takes_a_name_without_a_folder(void **state)
{
	struct fault f = FAULT_INIT;
	char before[PATH_MAX];

	(void)state;
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder), 0);
	assert_ok(file_write("plain", span_text("x"), 0600, &f), f);
	assert_int_equal(chdir(before), 0);
	assert_file("plain", "x");
}

/* ---- folders ------------------------------------------------------------ */

static void dir_make__makes_every_part(void **state)
{
	struct fault f = FAULT_INIT;
	mode_t old = umask(0777);
	bool ok;

	(void)state;
	assert_true(old != 0777);
	umask(077);
	ok = dir_make(path_of("a/b//c/"), 0750, &f);
	umask(old);
	assert_ok(ok, f);
	assert_int_equal(mode_of("a"), 0750);
	assert_int_equal(mode_of("a/b/c"), 0750);
}

static void dir_make__leaves_what_is_there(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_int_equal(mkdir(path_of("a"), 0700), 0);
	assert_ok(dir_make(path_of("a/b"), 0755, &f), f);
	assert_ok(dir_make(path_of("a/b"), 0700, &f), f);
	assert_int_equal(mode_of("a"), 0700);
	assert_int_equal(mode_of("a/b"), 0755);
	assert_ok(dir_make("/", 0700, &f), f);
}

static void dir_make__refuses_a_file_in_the_way(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	write_file("file", "");
	assert_false(dir_make(path_of("file"), 0700, &f));
	assert_non_null(strstr(f.text, "Not a directory"));
	assert_fault(f, FAULT_SYSTEM, "dir.make");
	assert_refused(
	    dir_make(path_of("file/a"), 0700, &f), f, FAULT_SYSTEM, "dir.make");
	assert_false(dir_make("", 0700, &f));
	assert_non_null(strstr(f.text, "empty"));
	assert_fault(f, FAULT_SYSTEM, "dir.make");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    file_write__keeps_the_old_file_when_the_disk_is_full, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    file_read__reads_up_to_its_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    file_read__reads_empty_and_large_files, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    file_read__says_why_it_cannot, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    file_read__reads_standard_input, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    file_exists__is_true_of_files_and_folders, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    file_exists__is_true_of_what_cannot_be_looked_at, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    file_write__replaces_and_leaves_no_other_file, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    file_write__sets_the_mode_whatever_the_umask, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    file_write__never_touches_the_old_content, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    file_write__leaves_nothing_behind_when_it_fails, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    file_write__refuses_a_path_too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    file_write__takes_a_name_without_a_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    dir_make__makes_every_part, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    dir_make__leaves_what_is_there, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    dir_make__refuses_a_file_in_the_way, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
