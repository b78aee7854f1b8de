/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/collateral_source.h"

#include "oracle/collateral_quote.h"
#include "sources/collateral_fetch.h"
#include "verify/base/file.h"

#include <string.h>

/*
 * The quote stays here, and its report data has no form that binds anything:
 * a statement's is a hash and zeros.
 */
static FALLIBLE find_platform(struct collateral_source *s, struct fault *f)
{
	AUTO(attested_drop) struct attested got = { .quote = { 0 } };
	uint8_t report_data[REPORT_DATA_BYTES];

	if (s->has_platform)
		return true;
	memset(report_data, 0xff, sizeof(report_data));
	TRY(attest_quote(s->attest, report_data, &got, f));
	TRY(collateral_quote_platform(blob_span(&got.quote), &s->platform, f));
	s->has_platform = true;
	return true;
}

/* In canonical form, as it will stand in responses. */
static FALLIBLE read_bundle(const char *path, struct blob *bundle,
    struct collateral_facts *facts, struct fault *f)
{
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	AUTO(wr_drop)
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, "collateral", f);
	AUTO(blob_drop) struct blob file = { 0 };
	struct collateral c;

	TRY(file_read(path, LIMIT_RESPONSE_BYTES, &file, f));
	TRY(collateral_decode(blob_span(&file), &c, &doc, f));
	TRY(collateral_check_read(&c, facts, f));
	TRY(collateral_encode(&c, &w, f));
	return wr_done(&w, bundle);
}

static FALLIBLE from_file(const struct collateral_source *s,
    struct blob *bundle, struct collateral_facts *facts, struct fault *f)
{
	AUTO(blob_drop) struct blob found = { 0 };
	struct collateral_facts about;

	if (!read_bundle(s->config->file, &found, &about, f))
		return fault_within(f, "%s", s->config->file);
	TRY(collateral_check_for(&about, &s->platform, f));
	*bundle = blob_move(&found);
	*facts = about;
	return true;
}

bool collateral_source_obtain(void *user, const volatile bool *stop,
    struct blob *bundle, struct collateral_facts *facts, struct fault *f)
{
	struct collateral_source *s = user;
	const struct collateral_service service = {
		.url = s->config->pccs,
		.root_crl_url = s->config->root_crl,
		.ca_file = s->config->ca_file,
		.allow_http = s->config->allow_http,
		.update = s->config->update,
	};

	if (!find_platform(s, f))
		return fault_within(f, "finding out the platform");
	if (s->config->file != NULL)
		return from_file(s, bundle, facts, f);
	return collateral_fetch(
	    &service, &s->platform, NULL, NULL, stop, bundle, facts, f);
}
