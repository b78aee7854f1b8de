/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_code.h"

#include "verify/tls_chain.h"

#include <openssl/x509_vfy.h>

#include <string.h>

/* Phrases of OpenSSL and libcurl behind one and the same code. */
static const struct {
	const char *phrase, *sentence;
} tls_phrases[] = {
	{ "unsupported protocol",
	    "the server speaks nothing newer than TLS 1.1" },
	{ "protocol version", "the server speaks nothing newer than TLS 1.1" },
	{ "wrong version number", "the server does not speak TLS" },
	{ "does not match", "the certificate is not for this host" },
	{ "no alternative certificate subject",
	    "the certificate is not for this host" },
	{ "unable to obtain common name",
	    "the certificate is not for this host" },
	{ "alert", "the server refused the TLS handshake" },
	{ "SSL_ERROR_SYSCALL",
	    "the connection was closed during the TLS handshake" },
	{ "unexpected eof",
	    "the connection was closed during the TLS handshake" },
};

static bool raise_tls(const char *text, long verify_result, struct fault *f)
{
	/* libcurl's "1" stands for anything but a verdict of OpenSSL. */
	if (verify_result != X509_V_OK &&
	    verify_result != X509_V_ERR_UNSPECIFIED)
		return fault_raise(f, FAULT_REMOTE, "source.tls", "%s",
		    tls_chain_why(verify_result));
	for (size_t i = 0; i < COUNT(tls_phrases); i++) {
		if (strstr(text, tls_phrases[i].phrase) != NULL)
			return fault_raise(f, FAULT_REMOTE, "source.tls", "%s",
			    tls_phrases[i].sentence);
	}
	return fault_raise(
	    f, FAULT_REMOTE, "source.tls", "the TLS handshake failed");
}

/* The connection ended at a moment when it should not have. */
static bool raise_cut(const struct source_head *head, struct fault *f)
{
	switch (head->state) {
	case SOURCE_HEAD_START:
		return fault_raise(f, FAULT_REMOTE, "source.connect",
		    "the connection was closed before an answer came");
	case SOURCE_HEAD_FIELDS:
		return fault_raise(f, FAULT_REMOTE, "source.framing",
		    "the answer ended within its headers");
	case SOURCE_HEAD_BODY:
		break;
	}
	return fault_raise(f, FAULT_REMOTE, "source.framing",
	    "the body was cut short, or its chunks are malformed");
}

static bool raise_timeout(
    const struct source_head *head, uint32_t timeout_ms, struct fault *f)
{
	switch (head->state) {
	case SOURCE_HEAD_START:
		return fault_raise(f, FAULT_REMOTE, "source.timeout",
		    "no answer within %u ms", timeout_ms);
	case SOURCE_HEAD_FIELDS:
	case SOURCE_HEAD_BODY:
		break;
	}
	return fault_raise(f, FAULT_REMOTE, "source.timeout",
	    "the answer was not complete within %u ms", timeout_ms);
}

bool source_code_raise(CURLcode code, const char *text, long verify_result,
    const struct source_head *head, uint32_t timeout_ms, struct fault *f)
{
	switch ((int)code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return fault_raise(f, FAULT_REMOTE, "source.connect",
		    "the host's name does not resolve");
	case CURLE_COULDNT_CONNECT:
		return fault_raise(f, FAULT_REMOTE, "source.connect",
		    "nothing accepts connections there");
	case CURLE_OPERATION_TIMEDOUT:
		return raise_timeout(head, timeout_ms, f);
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return raise_tls(text, verify_result, f);
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return raise_cut(head, f);
	case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_HTTP2:
		return fault_raise(f, FAULT_REMOTE, "source.http",
		    "the answer is not HTTP/1.1");
	case CURLE_OUT_OF_MEMORY:
		/* libcurl says so of a header line beyond 100 KB as well. */
		if (head->state == SOURCE_HEAD_FIELDS)
			return fault_raise(f, FAULT_REMOTE, "source.limit",
			    "a header line of the answer is too long");
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	default:
		return fault_raise(f, FAULT_INTERNAL, "source.internal",
		    "libcurl gave up with code %d", (int)code);
	}
}
