/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/nsm.h"

#include "verify/base/rd_cbor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define AT "nsm.response"

/* ---- the device ---------------------------------------------------------- */

struct message {
	struct iovec request, response;
};
#define NSM_IOCTL _IOWR(0x0a, 0, struct message)
_Static_assert(sizeof(struct message) == 32, "as the driver has it");

static FALLIBLE by_ioctl(void *user, struct span request, uint8_t *response,
    size_t *n_out, struct fault *f)
{
	int fd = (int)(intptr_t)user;
	uint8_t copy[NSM_REQUEST_BYTES];
	struct message m = {
		.request = { copy, request.n },
		.response = { response, NSM_RESPONSE_BYTES },
	};
	int rc;

	if (request.n > sizeof(copy))
		return fault_raise(f, FAULT_INTERNAL, "nsm.device",
		    "a request of %zu bytes", request.n);
	memcpy(copy, request.p, request.n);
	do
		rc = ioctl(fd, NSM_IOCTL, &m);
	while (rc < 0 && errno == EINTR);
	if (rc < 0 || m.response.iov_len > NSM_RESPONSE_BYTES)
		return fault_raise(f, FAULT_SYSTEM, "nsm.device",
		    "the security module did not answer: %s",
		    rc < 0 ? strerror(errno) : "too much");
	*n_out = m.response.iov_len;
	return true;
}

bool nsm_open(struct nsm *out, struct fault *f)
{
	int fd = open(NSM_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return fault_raise(f, FAULT_SYSTEM, "nsm.device", "%s: %s",
		    NSM_DEVICE, strerror(errno));
	*out =
	    (struct nsm){ .exchange = by_ioctl, .user = (void *)(intptr_t)fd };
	return true;
}

void nsm_close(struct nsm *n)
{
	if (n->exchange == by_ioctl)
		close((int)(intptr_t)n->user);
	*n = (struct nsm){ 0 };
}

/* ---- a document ---------------------------------------------------------- */

/* {"Attestation": {"user_data": ..., "nonce": null, "public_key": null}} */
static void write_request(struct wr *w, struct span user_data)
{
	wr_u8(w, 0xa1);
	wr_text(w,
	    "\x6b"
	    "Attestation");
	wr_u8(w, 0xa3);
	wr_text(w,
	    "\x69"
	    "user_data");
	if (user_data.n < 24) {
		wr_u8(w, (uint8_t)(0x40 + user_data.n));
	} else {
		wr_u8(w, 0x58);
		wr_u8(w, (uint8_t)user_data.n);
	}
	wr_span(w, user_data);
	wr_text(w,
	    "\x65"
	    "nonce");
	wr_u8(w, 0xf6);
	wr_text(w,
	    "\x6a"
	    "public_key");
	wr_u8(w, 0xf6);
}

/* A word of the module's own: letters, or it is not passed on. */
static bool is_word(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') ||
			(s.p[i] >= 'a' && s.p[i] <= 'z')))
			return false;
	return s.n > 0 && s.n <= 32;
}

static FALLIBLE raise_error(struct rd *r, struct fault *f)
{
	struct span word = rd_cbor_text(r);
	bool shown = rd_ok(r) && is_word(word);

	fault_clear(f);
	return fault_raise(f, FAULT_REMOTE, "nsm.error",
	    "the security module refused: %.*s", shown ? (int)word.n : 12,
	    shown ? (const char *)word.p : "in no words");
}

/* {"Attestation": {"document": ...}} or {"Error": "..."} */
static FALLIBLE read_response(
    struct span response, struct blob *out, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct rd r = rd_over(response, AT, &why);
	struct rd_cbor_map outer = rd_cbor_map(&r);
	struct span key, document = { 0 };

	if (rd_cbor_pair(&outer)) {
		key = rd_cbor_text(&r);
		if (span_equal_text(key, "Error"))
			return raise_error(&r, f);
		struct rd_cbor_map inner = rd_cbor_map(&r);

		if (span_equal_text(key, "Attestation") &&
		    rd_cbor_pair(&inner) &&
		    span_equal_text(rd_cbor_text(&r), "document"))
			document = rd_cbor_bytes(&r);
		if (rd_cbor_pair(&inner) || rd_cbor_pair(&outer))
			document = (struct span){ 0 };
	}
	if (!rd_end(&r) || document.n == 0)
		return fault_raise(f, FAULT_REMOTE, AT,
		    "the security module's answer is no document");
	return blob_copy(document, out, f);
}

bool nsm_document(const struct nsm *n, struct span user_data, struct blob *out,
    struct fault *f)
{
	uint8_t request[256], response[NSM_RESPONSE_BYTES];
	struct wr w = wr_into(request, sizeof(request), "nsm.request", f);
	size_t n_request, n_response = 0;

	write_request(&w, user_data);
	TRY(wr_done_into(&w, &n_request));
	TRY(n->exchange(
	    n->user, span_of(request, n_request), response, &n_response, f));
	return read_response(span_of(response, n_response), out, f);
}
