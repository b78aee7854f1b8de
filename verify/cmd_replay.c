/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify replay: what registers a log leads to. */
#include "verify/base/canon.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/cmd.h"
#include "verify/dstack_log.h"
#include "verify/intel_quote.h"

#include <string.h>

static const char *const names[DSTACK_REGISTERS] = { "rtmr0", "rtmr1", "rtmr2",
	"rtmr3" };

struct replay {
	struct dstack_log log;
	struct sha384 mr[DSTACK_REGISTERS];
	size_t n_events[DSTACK_REGISTERS];
	bool has_quote; /* beside the log; nobody authenticated it */
	bool same[DSTACK_REGISTERS];
};

static FALLIBLE compare(struct span quote, struct replay *r, struct fault *f)
{
	struct intel_quote q;

	TRY(intel_quote_parse(quote, &q, f));
	r->has_quote = q.td.rtmr[0].n == sizeof(r->mr[0].b);
	for (int i = 0; i < DSTACK_REGISTERS && r->has_quote; i++)
		r->same[i] = span_equal(
		    q.td.rtmr[i], span_of(r->mr[i].b, sizeof(r->mr[i].b)));
	return true;
}

static FALLIBLE replay(
    const struct cmd_answer *a, struct replay *r, struct fault *f)
{
	TRY(dstack_log_parse(blob_span(&a->log), &r->log, f));
	TRY(dstack_log_check_digests(&r->log, f));
	for (unsigned i = 0; i < DSTACK_REGISTERS; i++)
		r->mr[i] = dstack_log_replay(&r->log, i);
	for (size_t i = 0; i < r->log.n; i++)
		r->n_events[r->log.event[i].imr]++;
	return a->quote.n == 0 || compare(blob_span(&a->quote), r, f);
}

/* ---- printing ------------------------------------------------------------ */

static void print_event(const struct dstack_event *e)
{
	char hex[HEX_SIZE(40)];
	size_t n = e->payload.n < 40 ? e->payload.n : 40;

	printf("  ");
	cmd_print_text(stdout, e->name);
	if (e->payload.n > 0 && ascii_is_printable(e->payload)) {
		printf(": ");
		cmd_print_text(stdout, e->payload);
	} else if (e->payload.n > 0) {
		hex_encode(span_of(e->payload.p, n), hex);
		printf(": %s%s", hex, n < e->payload.n ? "..." : "");
	}
	putchar('\n');
}

static void print_text(const struct replay *r)
{
	char hex[HEX_SIZE(48)];

	for (int i = 0; i < DSTACK_REGISTERS; i++) {
		hex_encode(span_of(r->mr[i].b, sizeof(r->mr[i].b)), hex);
		printf("%s %s %zu events%s\n", names[i], hex, r->n_events[i],
		    !r->has_quote    ? ""
			: r->same[i] ? ", as in the quote"
				     : ", NOT as in the quote");
	}
	printf("events of rtmr3\n");
	for (size_t i = 0; i < r->log.n; i++)
		if (r->log.event[i].imr == 3)
			print_event(&r->log.event[i]);
	if (r->has_quote)
		printf("The quote was not authenticated: that is what check "
		       "does.\n");
}

static FALLIBLE print_json(const struct replay *r, struct fault *f)
{
	char text[1024];
	struct wr w = wr_into(text, sizeof(text), "replay", f);
	struct canon c = canon_to(&w);
	size_t n;

	canon_object(&c, NULL);
	for (int i = 0; i < DSTACK_REGISTERS; i++)
		canon_hex(
		    &c, names[i], span_of(r->mr[i].b, sizeof(r->mr[i].b)));
	if (r->has_quote)
		canon_bool(&c, "same",
		    r->same[0] && r->same[1] && r->same[2] && r->same[3]);
	canon_end(&c);
	TRY(wr_done_into(&w, &n));
	printf("%.*s\n", (int)n, text);
	return true;
}

/* ---- the command ---------------------------------------------------------- */

static FALLIBLE replay_file(const struct cmd_options *o, const char *path,
    bool *differs, struct fault *f)
{
	AUTO(blob_drop) struct blob file = { 0 };
	AUTO(cmd_answer_drop) struct cmd_answer answer = { 0 };
	struct replay r = { .has_quote = false };
	bool ok;

	TRY(file_read(path, LIMIT_RESPONSE_BYTES, &file, f));
	TRY(cmd_answer_read_log(blob_span(&file), &answer, f));
	ok = replay(&answer, &r, f);
	if (ok && o->json)
		ok = print_json(&r, f);
	else if (ok)
		print_text(&r);
	for (int i = 0; i < DSTACK_REGISTERS; i++)
		*differs |= r.has_quote && !r.same[i];
	dstack_log_drop(&r.log);
	return ok;
}

static int run(const struct cmd_options *o, char **files, int n)
{
	struct fault f = FAULT_INIT;
	bool differs = false;

	(void)n;
	if (!replay_file(o, files[0], &differs, &f)) {
		cmd_print_fault(files[0], &f);
		return fault_rejects(f.kind) ? EXIT_REFUSED : EXIT_NOT_JUDGED;
	}
	if (fflush(stdout) != 0)
		return EXIT_NOT_JUDGED;
	return differs ? EXIT_REFUSED : EXIT_OK;
}

const struct cmd cmd_replay = {
	.name = "replay",
	.operands = "FILE",
	.help = "what registers an event log leads to: a log, an agent's "
		"answer, a response",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
