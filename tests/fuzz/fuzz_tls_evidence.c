/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chain, a staple, a list of timestamps and the logs, each with its length
 * in front: what a server and its evidence may hold. Every fault is from its
 * own place, and nothing counts without a log's signature.
 */
#include "tests/fuzz/must.h"
#include "verify/tls_leaf.h"
#include "verify/tls_ocsp.h"
#include "verify/tls_sct.h"

#include <string.h>

/* When the seeds were made for: 2026-01-01T00:00:00Z. */
#define AT_MS INT64_C(1767225600000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span part(struct rd *r)
{
	return rd_span(r, rd_u16be(r));
}

static void stamps(const struct tls_chain *c, struct span list,
    struct span ocsp, struct span log_list)
{
	AUTO(tls_logs_drop) struct tls_logs *logs = NULL;
	struct fault f = FAULT_INIT;
	struct tls_scts s;

	if (!tls_logs_read(log_list, &logs, &f))
		return;
	if (!tls_sct_count(
		c, list, ocsp, logs, (struct utc){ AT_MS }, &s, &f)) {
		MUST(strcmp(f.at, "tls.sct") == 0);
		return;
	}
	MUST(s.unknown + s.broken + s.logs <= s.seen);
	MUST(s.logs <= tls_logs_count(logs));
	MUST(s.has_latest == (s.logs > 0));
}

static void judge(struct tls_chain *c, struct rd *r)
{
	struct span staple = part(r), list = part(r), logs = part(r);
	AUTO(tls_ocsp_drop) struct tls_ocsp ocsp = { 0 };
	struct fault f = FAULT_INIT;
	struct utc from, to;

	if (!tls_chain_verify(c, (struct utc){ AT_MS }, &f)) {
		MUST(strcmp(f.at, "tls.chain") == 0);
		return;
	}
	MUST(tls_chain_length(c) > 0);
	MUST(tls_chain_validity(c, &from, &to, &f));
	MUST(from.ms <= AT_MS && AT_MS <= to.ms);
	(void)tls_ocsp_is_required(c);
	if (!tls_ocsp_verify(staple, c, (struct utc){ AT_MS }, &ocsp, &f)) {
		MUST(strcmp(f.at, "tls.ocsp") == 0);
		fault_clear(&f);
	} else {
		MUST(ocsp.status != TLS_OCSP_NONE);
		MUST(ocsp.next_update.ms >= AT_MS);
	}
	stamps(c, list, blob_span(&ocsp.scts), logs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(tls_chain_drop) struct tls_chain c = { 0 };
	AUTO(tls_leaf_drop) struct tls_leaf leaf = { 0 };
	struct fault f = FAULT_INIT, read = FAULT_INIT;
	struct rd r = rd_over(span_of(data, size), "fuzz", &read);
	struct span sent[2], root;

	sent[0] = part(&r);
	sent[1] = part(&r);
	root = part(&r);
	if (!tls_chain_parse(sent, 2, root, &c, &f)) {
		MUST(strcmp(f.at, "tls.chain") == 0);
		return 0;
	}
	if (tls_leaf_read(c.sent[0].x, &leaf, &f))
		MUST(tls_leaf_compare(&leaf, &leaf.evidence, &f));
	judge(&c, &r);
	return 0;
}
