/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/feed_problem.h"

#include "oracle/http_problem.h"
#include "verify/base/canon.h"

#include <string.h>

/* One source's sentence is below 1 KB; 32 of them and the frame fit. */
#define PROBLEM_MAX_BYTES (64 * 1024)

static FALLIBLE encode_sources(const struct feed_config *feed,
    const struct source_result *results, const struct aggregate *a,
    struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(PROBLEM_MAX_BYTES, "feed.problem", f);
	struct canon c = canon_to(&w);

	canon_array(&c, NULL);
	for (size_t i = 0; i < feed->n_sources; i++) {
		const struct aggregate_source *s = &a->source[i];

		if (s->used)
			continue;
		canon_object(&c, NULL);
		canon_text_span(&c, "detail", s->detail);
		canon_text_span(&c, "reason", s->reason);
		canon_text_span(&c, "source", results[i].source.host);
		canon_end(&c);
	}
	canon_end(&c);
	return wr_done(&w, out);
}

static FALLIBLE encode_text(const char *text, struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(PROBLEM_MAX_BYTES, "feed.problem", f);
	struct canon c = canon_to(&w);

	canon_text(&c, NULL, text);
	return wr_done(&w, out);
}

bool feed_problem_encode(const struct feed_config *feed,
    const struct source_result *results, const struct aggregate *a,
    const struct fault *why, struct blob *body, struct fault *f)
{
	AUTO(blob_drop) struct blob id = { 0 };
	AUTO(blob_drop) struct blob sources = { 0 };
	AUTO(blob_drop) struct blob reason = { 0 };
	const char *dot = strrchr(why->at, '.');

	TRY(encode_text(feed->id, &id, f));
	TRY(encode_text(dot != NULL ? dot + 1 : why->at, &reason, f));
	TRY(encode_sources(feed, results, a, &sources, f));
	const struct problem_member members[] = {
		{ "feed", blob_span(&id) },
		{ "reason", blob_span(&reason) },
		{ "sources", blob_span(&sources) },
	};
	AUTO(wr_drop)
	struct wr w = wr_grow(2 * PROBLEM_MAX_BYTES, "feed.problem", f);
	TRY(http_problem_encode(
	    PROBLEM_STALE, why->text, members, COUNT(members), &w, f));
	return wr_done(&w, body);
}

bool feed_problem_collateral(
    const struct fault *why, struct blob *body, struct fault *f)
{
	AUTO(wr_drop)
	struct wr w = wr_grow(PROBLEM_MAX_BYTES, "feed.problem", f);

	TRY(http_problem_encode(PROBLEM_COLLATERAL, why->text, NULL, 0, &w, f));
	return wr_done(&w, body);
}
