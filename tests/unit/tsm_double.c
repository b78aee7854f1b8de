/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tsm_double.h"

#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "verify/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define ROOT "/config/tsm/report"
#define ENTRIES 4
#define FILES 4
#define FIRST_FD 1000

struct an_entry {
	char name[64]; /* empty: free */
	uint8_t inblob[256];
	size_t inblob_n;
	uint64_t generation;
};

struct a_file {
	struct an_entry *entry; /* NULL: free */
	char attribute[32];
	struct blob content; /* filled by the first read */
	bool is_filled;
	size_t pos;
	uint8_t written[256]; /* taken when closed */
	size_t written_n;
};

static struct tsm_double d;
static struct an_entry entries[ENTRIES];
static struct a_file files[FILES];
static size_t mkdirs, outblobs;

static int fails(int error)
{
	errno = error;
	return -1;
}

/* ---- folders ------------------------------------------------------------ */

/* The name behind ROOT/, up to the next slash; NULL: not below ROOT. */
static struct an_entry *find(const char *path, const char **rest)
{
	size_t n = strlen(ROOT "/");
	if (strncmp(path, ROOT "/", n) != 0)
		return NULL;
	size_t len = strcspn(path + n, "/");
	*rest = path + n + len;
	for (size_t i = 0; i < ENTRIES; i++)
		if (entries[i].name[0] && strlen(entries[i].name) == len &&
		    memcmp(entries[i].name, path + n, len) == 0)
			return &entries[i];
	return NULL;
}

static bool is_our_name(const char *name)
{
	static const char prefix[] = "affiant-";
	size_t n = strlen(prefix);
	return strncmp(name, prefix, n) == 0 && strlen(name) == n + 16 &&
	    hex_is_lower(span_text(name + n));
}

static int mkdir_here(const char *path, mode_t mode)
{
	const char *rest = "";
	int error = mkdirs < COUNT(d.mkdir_error) ? d.mkdir_error[mkdirs++] : 0;
	if (d.absent != TSM_ALL_THERE)
		return fails(ENOENT);
	if (error)
		return fails(error);
	if (find(path, &rest))
		return fails(EEXIST);
	assert_int_equal(mode, 0700);
	for (size_t i = 0; i < ENTRIES; i++) {
		struct an_entry *e = &entries[i];
		if (e->name[0])
			continue;
		*e = (struct an_entry){ .generation = 7 };
		(void)snprintf(
		    e->name, sizeof(e->name), "%s", path + strlen(ROOT "/"));
		d.other_name |= !is_our_name(e->name);
		d.made++;
		return 0;
	}
	return fails(ENOMEM);
}

static int rmdir_here(const char *path)
{
	const char *rest = "";
	struct an_entry *e = find(path, &rest);
	if (!e)
		return fails(ENOENT);
	for (size_t i = 0; i < FILES; i++)
		assert_ptr_not_equal(files[i].entry, e);
	e->name[0] = '\0';
	d.removed++;
	return 0;
}

/* ---- files -------------------------------------------------------------- */

/* Folders above ROOT, which are opened to see whether they are there. */
static int open_folder(const char *path)
{
	bool is_there =
	    (strcmp(path, "/config") == 0 && d.absent != TSM_NO_CONFIGFS) ||
	    d.absent == TSM_ALL_THERE;
	if (!is_there)
		return fails(ENOENT);
	d.opened++;
	return FIRST_FD + FILES;
}

static bool is_broken(const char *attribute)
{
	return d.broken && strcmp(attribute, d.broken) == 0;
}

static int open_here(const char *path, int flags)
{
	const char *rest = "";
	assert_true(flags & O_CLOEXEC);
	if (flags & O_DIRECTORY)
		return open_folder(path);
	struct an_entry *e = find(path, &rest);
	if (!e)
		return fails(ENOENT);
	const char *attribute = rest + 1;
	bool is_inblob = strcmp(attribute, "inblob") == 0;
	assert_int_equal(flags & O_ACCMODE, is_inblob ? O_WRONLY : O_RDONLY);
	if (is_broken(attribute) && d.open_error)
		return fails(d.open_error);
	for (size_t i = 0; i < FILES; i++) {
		if (files[i].entry)
			continue;
		files[i] = (struct a_file){ .entry = e };
		(void)snprintf(files[i].attribute, sizeof(files[i].attribute),
		    "%s", attribute);
		d.opened++;
		return FIRST_FD + (int)i;
	}
	return fails(EMFILE);
}

static struct a_file *file_of(int fd)
{
	assert_in_range(fd, FIRST_FD, FIRST_FD + FILES - 1);
	assert_non_null(files[fd - FIRST_FD].entry);
	return &files[fd - FIRST_FD];
}

static void put_inblob(struct an_entry *e, const uint8_t *p, size_t n)
{
	memcpy(e->inblob, p, n);
	e->inblob_n = n;
	e->generation++;
}

/* Somebody else uses our entry for a report of their own. */
static void let_a_stranger_in(struct an_entry *e)
{
	uint8_t ours[sizeof(e->inblob)];
	static const uint8_t theirs[TSM_INBLOB_BYTES] = { 's', 't' };
	size_t n = e->inblob_n;
	if (d.strangers == 0)
		return;
	d.strangers--;
	memcpy(ours, e->inblob, n);
	put_inblob(e, theirs, sizeof(theirs));
	if (d.stranger_tidies)
		put_inblob(e, ours, n);
}

static int fill_outblob(struct a_file *file)
{
	struct an_entry *e = file->entry;
	int error =
	    outblobs < COUNT(d.outblob_error) ? d.outblob_error[outblobs++] : 0;
	d.now_ns += d.read_takes_ms * 1000000;
	if (error)
		return fails(error);
	let_a_stranger_in(e);
	/* "Any other size: EINVAL when outblob is read." */
	if (e->inblob_n != TSM_INBLOB_BYTES)
		return fails(EINVAL);
	d.report(e->inblob, &file->content);
	d.reports++;
	return 0;
}

static int fill(struct a_file *file)
{
	char text[32];
	struct fault f = FAULT_INIT;
	if (is_broken(file->attribute) && d.read_error)
		return fails(d.read_error);
	if (strcmp(file->attribute, "outblob") == 0)
		return fill_outblob(file);
	const char *line = d.provider;
	if (strcmp(file->attribute, "generation") == 0) {
		(void)snprintf(text, sizeof(text), "%llu\n",
		    (unsigned long long)file->entry->generation);
		line = d.generation ? d.generation : text;
	}
	assert_ok(blob_copy(span_text(line), &file->content, &f), f);
	return 0;
}

static ssize_t read_here(int fd, void *buf, size_t n)
{
	struct a_file *file = file_of(fd);
	if (!file->is_filled && fill(file) != 0)
		return -1;
	file->is_filled = true;
	size_t left = file->content.n - file->pos;
	if (n > left)
		n = left;
	if (n > d.piece)
		n = d.piece;
	if (n)
		memcpy(buf, file->content.p + file->pos, n);
	file->pos += n;
	return (ssize_t)n;
}

static ssize_t write_here(int fd, const void *buf, size_t n)
{
	struct a_file *file = file_of(fd);
	if (is_broken(file->attribute) && d.write_error)
		return fails(d.write_error);
	if (d.written_most && n > d.written_most)
		n = d.written_most;
	assert_true(n <= sizeof(file->written) - file->written_n);
	memcpy(file->written + file->written_n, buf, n);
	file->written_n += n;
	return (ssize_t)n;
}

static int close_here(int fd)
{
	d.closed++;
	if (fd == FIRST_FD + FILES) /* a folder */
		return 0;
	struct a_file *file = file_of(fd);
	if (file->written_n)
		put_inblob(file->entry, file->written, file->written_n);
	bool fails_now = is_broken(file->attribute) && d.close_error;
	blob_drop(&file->content);
	file->entry = NULL;
	return fails_now ? fails(d.close_error) : 0;
}

/* ---- time --------------------------------------------------------------- */

static uint64_t now_here(void)
{
	return d.now_ns;
}

static void rest_here(uint32_t ms)
{
	d.rests++;
	d.now_ns += ms * UINT64_C(1000000);
}

/* ---- its reports -------------------------------------------------------- */

/* Made once, and free to go with the process. */
static struct sim_keys keys;
static struct sim_recipe recipe;
static struct blob tail;

static void make_a_root(void)
{
	struct fault f = FAULT_INIT;
	AUTO(sim_pki_drop_certs) struct sim_certs certs = { 0 };
	if (tail.n)
		return;
	sim_recipe_init(&recipe, sim_world_now);
	assert_ok(sim_pki_make_keys(&keys, &f), f);
	assert_ok(sim_pki_make_certs(&keys, &recipe, &certs, &f), f);
	assert_ok(
	    sim_tdx_quote_tail(&keys, &certs, &recipe.quote, &tail, &f), f);
}

static void mint(const uint8_t in[TSM_INBLOB_BYTES], struct intel_world *w)
{
	struct fault f = FAULT_INIT;
	make_a_root();
	assert_ok(sim_tdx_quote_make(&keys, &recipe.quote, blob_span(&tail), in,
		      &w->file[INTEL_QUOTE], &f),
	    f);
}

void tsm_double_quote_v4(const uint8_t in[TSM_INBLOB_BYTES], struct blob *out)
{
	struct intel_world w = { 0 };
	mint(in, &w);
	*out = w.file[INTEL_QUOTE];
}

void tsm_double_quote_v5(const uint8_t in[TSM_INBLOB_BYTES], struct blob *out)
{
	static const uint8_t svn2[16] = { 7 }, service[48] = { 0 };
	struct intel_world w = { 0 };
	mint(in, &w);
	sim_world_make_15(&w, &keys, svn2, service);
	*out = w.file[INTEL_QUOTE];
}

/* ---- the whole ---------------------------------------------------------- */

static const struct tsm_system system_here = {
	.mkdir = mkdir_here,
	.open = open_here,
	.read = read_here,
	.write = write_here,
	.close = close_here,
	.rmdir = rmdir_here,
	.now_ns = now_here,
	.rest = rest_here,
};

struct tsm_double *tsm_double(void)
{
	memset(entries, 0, sizeof(entries));
	memset(files, 0, sizeof(files));
	mkdirs = outblobs = 0;
	d = (struct tsm_double){
		.tsm = { ROOT, "tdx_guest", &system_here },
		.provider = "tdx_guest\n",
		.report = tsm_double_quote_v4,
		.piece = SIZE_MAX,
	};
	return &d;
}

void tsm_double_check_left_clean(void)
{
	assert_int_equal(d.removed, d.made);
	assert_int_equal(d.closed, d.opened);
	assert_false(d.other_name);
}
