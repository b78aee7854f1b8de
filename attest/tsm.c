/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/tsm.h"

#include "verify/base/clock.h"
#include "verify/base/secret.h"
#include "verify/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Attributes that are text: a number of 64 bits, a provider's name. */
#define TEXT_BYTES 64
/* Between two tries. The TDX driver itself looks once a second. */
#define REST_FIRST_MS 20
#define REST_MOST_MS 1000

/* ---- the system --------------------------------------------------------- */

static int linux_open(const char *path, int flags)
{
	return open(path, flags);
}

static void linux_rest(uint32_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000 };
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

const struct tsm_system tsm_linux = {
	.mkdir = mkdir,
	.open = linux_open,
	.read = read,
	.write = write,
	.close = close,
	.rmdir = rmdir,
	.now_ns = clock_monotonic_ns,
	.rest = linux_rest,
};

/* ---- one entry, and what can go wrong with it --------------------------- */

struct entry {
	const struct tsm *t;
	const struct tsm_system *sys;
	char dir[PATH_MAX]; /* empty until made */
	bool passing;       /* what failed may go well the next time */
};

/*
 * On failure too. A request that is left behind stays in the kernel until the
 * next boot; there is nothing to be done about one that cannot be removed.
 */
static void entry_drop(struct entry *e)
{
	if (e->dir[0])
		(void)e->sys->rmdir(e->dir);
}

struct handle {
	const struct tsm_system *sys;
	int fd;
};

static void handle_drop(struct handle *h)
{
	if (h->fd >= 0)
		(void)h->sys->close(h->fd);
}

/* "EBUSY: somebody else is quoting; EINTR, ETIMEDOUT: retry." */
static bool is_passing(int error)
{
	return error == EBUSY || error == EINTR || error == ETIMEDOUT;
}

/* A system call on an attribute failed. */
static bool refused(struct entry *e, int error, const char *at,
    const char *attribute, struct fault *f)
{
	e->passing = is_passing(error);
	if (error == EIO)
		return fault_raise(f, FAULT_REMOTE, "tsm.service",
		    "the quoting service on the host failed (%s: %s): is it "
		    "running there, and reachable from this guest?",
		    attribute, strerror(error));
	if (error == EFBIG)
		return fault_raise(f, FAULT_REMOTE, "tsm.outblob",
		    "the report is larger than the kernel's buffer (%s: %s)",
		    attribute, strerror(error));
	return fault_raise(f, e->passing ? FAULT_REMOTE : FAULT_SYSTEM, at,
	    "%s: %s", attribute, strerror(error));
}

/* ---- why there is no entry ---------------------------------------------- */

/* Whether t->root without its last n names is a folder. */
static bool has_parent(const struct tsm *t, unsigned n, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s", t->root);
	for (char *slash; n > 0 && (slash = strrchr(path, '/')); n--)
		*slash = '\0';
	struct handle h = { t->sys,
		t->sys->open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	bool is_there = h.fd >= 0;
	handle_drop(&h);
	return is_there;
}

static bool no_surface(const struct tsm *t, struct fault *f)
{
	char path[PATH_MAX];
	/* CONFIGFS/tsm/report */
	if (!has_parent(t, 2, path))
		return fault_raise(f, FAULT_UNSUPPORTED, "tsm.configfs",
		    "there is no configfs at %.80s: this is no confidential "
		    "guest, or a container without the host's (mount it "
		    "there)",
		    path);
	return fault_raise(f, FAULT_UNSUPPORTED, "tsm.module",
	    "there is no tsm/report in %.80s: configfs is not mounted there, "
	    "or the kernel is older than 6.7, or no TEE's guest module is "
	    "loaded (for TDX: modprobe tdx_guest)",
	    path);
}

static bool no_entry(struct entry *e, int error, struct fault *f)
{
	const struct tsm *t = e->t;
	if (error == ENOENT)
		return no_surface(t, f);
	if (error == ENXIO)
		return fault_raise(f, FAULT_UNSUPPORTED, "tsm.module",
		    "no TEE's guest module has registered with %.80s (for "
		    "TDX: modprobe tdx_guest)",
		    t->root);
	/* EEXIST: our names are random, so the next one is another. */
	e->passing = is_passing(error) || error == EEXIST;
	if (e->passing)
		return fault_raise(f, FAULT_REMOTE, "tsm.entry",
		    "no entry in %.80s: %s", t->root, strerror(error));
	return fault_raise(f, FAULT_SYSTEM, "tsm.entry",
	    "may not make an entry in %.80s: %s (run as root, or have this "
	    "user permitted to write there; a container needs it writable)",
	    t->root, strerror(error));
}

/* ---- the steps ---------------------------------------------------------- */

/* Step 1: a name that no other process has, in whatever container it is. */
static FALLIBLE make_entry(struct entry *e, struct fault *f)
{
	uint8_t id[8];
	char hex[HEX_SIZE(sizeof(id))], dir[PATH_MAX];
	TRY(random_bytes(id, sizeof(id), f));
	hex_encode(span_of(id, sizeof(id)), hex);
	int n = snprintf(dir, sizeof(dir), "%s/affiant-%s", e->t->root, hex);
	if (n < 0 || (size_t)n >= sizeof(dir) - TEXT_BYTES)
		return fault_raise(
		    f, FAULT_CONFIG, "tsm.entry", "the path is too long");
	if (e->sys->mkdir(dir, 0700) != 0)
		return no_entry(e, errno, f);
	memcpy(e->dir, dir, sizeof(dir));
	return true;
}

static FALLIBLE open_attribute(struct entry *e, const char *name, int flags,
    const char *at, struct handle *out, struct fault *f)
{
	char path[PATH_MAX + TEXT_BYTES];
	(void)snprintf(path, sizeof(path), "%s/%s", e->dir, name);
	int fd = e->sys->open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return refused(e, errno, at, name, f);
	*out = (struct handle){ e->sys, fd };
	return true;
}

/* To the end, or to one byte more than max_bytes. */
static FALLIBLE read_attribute(struct entry *e, const char *name,
    size_t max_bytes, const char *at, struct blob *out, struct fault *f)
{
	AUTO(handle_drop) struct handle h = { e->sys, -1 };
	AUTO(wr_drop) struct wr w = wr_grow(max_bytes + 1, at, f);
	uint8_t piece[4096];
	TRY(open_attribute(e, name, O_RDONLY, at, &h, f));
	while (w.n <= max_bytes) {
		size_t room = max_bytes + 1 - w.n;
		ssize_t n = e->sys->read(
		    h.fd, piece, room < sizeof(piece) ? room : sizeof(piece));
		if (n < 0)
			return refused(e, errno, at, name, f);
		if (n == 0)
			break;
		wr_bytes(&w, piece, (size_t)n);
		TRY(wr_ok(&w));
	}
	return wr_done(&w, out);
}

/* A line of text, without its newline. */
static FALLIBLE read_line(struct entry *e, const char *name, const char *at,
    char line[TEXT_BYTES], struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	TRY(read_attribute(e, name, TEXT_BYTES, at, &text, f));
	if (text.n == 0 || text.n > TEXT_BYTES || text.p[text.n - 1] != '\n' ||
	    memchr(text.p, '\0', text.n))
		return fault_raise(
		    f, FAULT_SYSTEM, at, "%s is not one line of text", name);
	memcpy(line, text.p, text.n - 1);
	line[text.n - 1] = '\0';
	return true;
}

/* Steps 2 and 5: how often this entry was written to. */
static FALLIBLE read_generation(struct entry *e, uint64_t *out, struct fault *f)
{
	char line[TEXT_BYTES];
	struct fault why = FAULT_INIT;
	TRY(read_line(e, "generation", "tsm.generation", line, f));
	if (!u64_parse(span_text(line), out, "tsm.generation", &why))
		return fault_raise(f, FAULT_SYSTEM, "tsm.generation",
		    "generation is no number: %s", why.text);
	return true;
}

/*
 * Step 3: "exactly 64 bytes in one write". The kernel takes them when the file
 * is closed.
 */
static FALLIBLE write_inblob(
    struct entry *e, const uint8_t in[TSM_INBLOB_BYTES], struct fault *f)
{
	AUTO(handle_drop) struct handle h = { e->sys, -1 };
	TRY(open_attribute(e, "inblob", O_WRONLY, "tsm.inblob", &h, f));
	ssize_t n = e->sys->write(h.fd, in, TSM_INBLOB_BYTES);
	if (n < 0)
		return refused(e, errno, "tsm.inblob", "inblob", f);
	if (n != TSM_INBLOB_BYTES)
		return fault_raise(f, FAULT_SYSTEM, "tsm.inblob",
		    "inblob took %zd of %d bytes", n, TSM_INBLOB_BYTES);
	int fd = h.fd;
	h.fd = -1;
	if (e->sys->close(fd) != 0)
		return refused(e, errno, "tsm.inblob", "inblob", f);
	return true;
}

/* Step 4. */
static FALLIBLE read_outblob(
    struct entry *e, size_t max_bytes, struct blob *out, struct fault *f)
{
	AUTO(blob_drop) struct blob blob = { 0 };
	TRY(read_attribute(e, "outblob", max_bytes, "tsm.outblob", &blob, f));
	if (blob.n == 0)
		return fault_raise(
		    f, FAULT_REMOTE, "tsm.outblob", "the report is empty");
	if (blob.n > max_bytes)
		return fault_raise(f, FAULT_REMOTE, "tsm.outblob",
		    "the report is longer than %zu bytes", max_bytes);
	*out = blob_move(&blob);
	return true;
}

/* Step 5: the format of the report follows from who made it. */
static FALLIBLE check_provider(struct entry *e, struct fault *f)
{
	char line[TEXT_BYTES];
	TRY(read_line(e, "provider", "tsm.provider", line, f));
	if (strcmp(line, e->t->provider) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "tsm.provider",
		    "reports here come from %s, not from %s", line,
		    e->t->provider);
	return true;
}

/*
 * Step 5: our one write and no other. The entry is writable to whoever may
 * write to the surface, and a report on someone else's bytes is not ours.
 */
static FALLIBLE check_generation(
    struct entry *e, uint64_t before, struct fault *f)
{
	uint64_t after;
	TRY(read_generation(e, &after, f));
	if (after == before + 1)
		return true;
	e->passing = true;
	return fault_raise(f, FAULT_REMOTE, "tsm.generation",
	    "another process wrote to our entry");
}

/* ---- probing and reporting ---------------------------------------------- */

static FALLIBLE probe_once(const struct tsm *t, bool *passing, struct fault *f)
{
	AUTO(entry_drop) struct entry e = { .t = t, .sys = t->sys };
	bool ok = make_entry(&e, f) && check_provider(&e, f);
	*passing = e.passing;
	return ok;
}

static FALLIBLE report_once(const struct tsm *t,
    const uint8_t in[TSM_INBLOB_BYTES], size_t max_bytes, struct blob *out,
    bool *passing, struct fault *f)
{
	AUTO(entry_drop) struct entry e = { .t = t, .sys = t->sys };
	AUTO(blob_drop) struct blob blob = { 0 };
	uint64_t generation = 0;
	bool ok = make_entry(&e, f) && read_generation(&e, &generation, f) &&
	    write_inblob(&e, in, f) && read_outblob(&e, max_bytes, &blob, f) &&
	    check_provider(&e, f) && check_generation(&e, generation, f);
	*passing = e.passing;
	if (ok)
		*out = blob_move(&blob);
	return ok;
}

struct patience {
	const struct tsm_system *sys;
	uint64_t end_ns;
	uint32_t rest_ms;
};

static struct patience patience_from_now(const struct tsm *t)
{
	return (struct patience){
		.sys = t->sys,
		.end_ns =
		    t->sys->now_ns() + TSM_PATIENCE_MS * UINT64_C(1000000),
		.rest_ms = REST_FIRST_MS,
	};
}

/* After a failed try: true when there is to be another one. */
static bool try_again(
    struct patience *p, bool passing, const struct fault *why, struct fault *f)
{
	if (!passing)
		return fault_raise(f, why->kind, why->at, "%s", why->text);
	if (p->sys->now_ns() >= p->end_ns)
		return fault_raise(f, FAULT_REMOTE, "tsm.busy",
		    "gave up after %d s: %s", TSM_PATIENCE_MS / 1000,
		    why->text);
	p->sys->rest(p->rest_ms);
	p->rest_ms *= 2;
	if (p->rest_ms > REST_MOST_MS)
		p->rest_ms = REST_MOST_MS;
	return true;
}

FALLIBLE tsm_probe(const struct tsm *t, struct fault *f)
{
	struct patience p = patience_from_now(t);
	for (;;) {
		struct fault why = FAULT_INIT;
		bool passing = false;
		if (probe_once(t, &passing, &why))
			return true;
		TRY(try_again(&p, passing, &why, f));
	}
}

FALLIBLE tsm_report(const struct tsm *t, const uint8_t in[TSM_INBLOB_BYTES],
    size_t max_bytes, struct blob *out, struct fault *f)
{
	struct patience p = patience_from_now(t);
	for (;;) {
		struct fault why = FAULT_INIT;
		bool passing = false;
		if (report_once(t, in, max_bytes, out, &passing, &why))
			return true;
		TRY(try_again(&p, passing, &why, f));
	}
}
