/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's surface for attestation reports (configfs-tsm, Linux 6.7 and
 * later; intel-dcap section 17): one folder for each request, with the 64
 * bytes to be reported on in `inblob` and the report in `outblob`. Which TEE
 * answers stands in `provider`. What comes out is hostile until parsed: on
 * TDX it comes from the host.
 */
#ifndef AFFIANT_ATTEST_TSM_H
#define AFFIANT_ATTEST_TSM_H

#include "verify/base/bytes.h"

#include <sys/types.h>

#define TSM_ROOT "/sys/kernel/config/tsm/report"
#define TSM_INBLOB_BYTES 64

/*
 * What tsm.c asks of the system, with the contracts of the system calls. The
 * tests put a kernel of their own behind it, that is busy, interrupted, lying
 * or absent; everything in tsm.c is then the code that runs on hardware.
 */
struct tsm_system {
	int (*mkdir)(const char *path, mode_t mode);
	int (*open)(const char *path, int flags);
	ssize_t (*read)(int fd, void *buf, size_t n);
	ssize_t (*write)(int fd, const void *buf, size_t n);
	int (*close)(int fd);
	int (*rmdir)(const char *path);
	uint64_t (*now_ns)(void); /* never runs backwards */
	void (*rest)(uint32_t ms);
};
extern const struct tsm_system tsm_linux;

/* One provider's view of the surface. */
struct tsm {
	const char *root;     /* TSM_ROOT */
	const char *provider; /* "tdx_guest" */
	const struct tsm_system *sys;
};

/*
 * Whether the surface is there and answered by t->provider, found out with an
 * entry of our own that is removed again; nothing is reported on. Faults are
 * UNSUPPORTED at "tsm.configfs" (none at all), "tsm.module" (nobody registered
 * reports in it) or "tsm.provider" (another TEE), SYSTEM at "tsm.entry" (not
 * permitted). The text says what to do.
 */
FALLIBLE tsm_probe(const struct tsm *t, struct fault *f);

/*
 * A report over `in`: outblob as it stands, 1 to max_bytes bytes. What passes
 * with time (EBUSY, EINTR, ETIMEDOUT, a name that is taken, another process in
 * our entry) is tried again in a fresh entry, for TSM_PATIENCE_MS; a try that
 * began before may take as long as the driver does (30 s on TDX). Every entry
 * is removed, whatever happened. Faults: those of tsm_probe; REMOTE at
 * "tsm.busy" (patience ended), "tsm.service" (EIO), "tsm.outblob" (empty, or
 * longer than max_bytes or the driver's buffer: EFBIG); SYSTEM at "tsm.entry",
 * "tsm.generation", "tsm.inblob", "tsm.outblob" or "tsm.provider".
 */
#define TSM_PATIENCE_MS 45000
FALLIBLE tsm_report(const struct tsm *t, const uint8_t in[TSM_INBLOB_BYTES],
    size_t max_bytes, struct blob *out, struct fault *f);

#endif
