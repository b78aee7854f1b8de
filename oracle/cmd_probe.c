/* SPDX-License-Identifier: Apache-2.0 */
/* affiantd check --probe: what probe.h found, as a table or as JSON. */
#include "oracle/cmd.h"
#include "oracle/probe.h"
#include "verify/base/canon.h"
#include "verify/base/text.h"

#include <stdio.h>

#define MAX_JSON (16 * 1024 * 1024)
#define VALUE_WIDTH 24
#define ROOT_DIGITS 16

/* ---- a table ------------------------------------------------------------- */

/* Values are from outside: nothing that moves a terminal's cursor, and no
 * character wider than a column. */
static void put_text(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		putchar(c < 0x20 || c > 0x7e ? '?' : c);
	}
}

static void put_cell(struct span text, size_t width)
{
	size_t n = text.n < width ? text.n : width;

	put_text(span_of(text.p, n));
	printf("%*s", (int)(width - n + 2), "");
}

static size_t longer(size_t a, size_t b)
{
	return a > b ? a : b;
}

struct widths {
	size_t feed, host;
};

static struct widths widths_of(const struct probe *p)
{
	struct widths w = { sizeof("FEED") - 1, sizeof("HOST") - 1 };

	for (size_t i = 0; i < probe_n_rows(p); i++) {
		struct probe_row row = probe_row(p, i);

		w.feed = longer(w.feed, span_text(row.feed->id).n);
		w.host = longer(w.host, row.result->source.host.n);
	}
	return w;
}

static void put_tls(const struct tls_evidence *tls)
{
	char root[HEX_SIZE(sizeof(tls->root.b))];

	if (tls->plain_http) {
		printf("none");
		return;
	}
	hex_encode(sha256_span(&tls->root), root);
	put_cell(tls->version, sizeof("TLSv1.3") - 1);
	printf("%.*s", ROOT_DIGITS, root);
}

static void put_row(const struct probe_row *row, const struct widths *w)
{
	const struct statement_source *s = &row->result->source;
	char took[32];

	snprintf(took, sizeof(took), "%llu ms",
	    (unsigned long long)row->result->took_ms);
	put_cell(span_text(row->feed->id), w->feed);
	printf("%3zu  ", row->index);
	put_cell(s->host, w->host);
	put_cell(row->ok ? span_text("ok") : row->reason, 8);
	put_cell(row->result->ok ? s->value : span_text("-"), VALUE_WIDTH);
	printf("%9s  ", took);
	if (row->result->ok)
		put_tls(&s->tls);
	else
		printf("-");
	printf("\n");
	if (!row->ok) {
		printf("    ");
		put_text(row->detail);
		printf("\n");
	}
}

static void print_table(const struct probe *p, size_t n_ok)
{
	struct widths w = widths_of(p);
	size_t n = probe_n_rows(p);

	put_cell(span_text("FEED"), w.feed);
	printf("  #  ");
	put_cell(span_text("HOST"), w.host);
	put_cell(span_text("RESULT"), 8);
	put_cell(span_text("VALUE"), VALUE_WIDTH);
	printf("%9s  TLS      ROOT\n", "TOOK");
	for (size_t i = 0; i < n; i++) {
		struct probe_row row = probe_row(p, i);

		put_row(&row, &w);
	}
	printf("%zu of %zu sources gave a value\n", n_ok, n);
}

/* ---- JSON ---------------------------------------------------------------- */

/* Members of a source in canonical order, those of the TLS evidence last. */
static void put_json(struct canon *c, const struct probe_row *row)
{
	const struct source_result *r = row->result;
	const struct tls_evidence *tls = &r->source.tls;
	char at[UTC_TEXT_SIZE];

	canon_object(c, NULL);
	if (!row->ok)
		canon_text_span(c, "detail", row->detail);
	canon_text(c, "feed", row->feed->id);
	canon_text_span(c, "host", r->source.host);
	canon_u64(c, "index", row->index);
	if (r->ok)
		canon_text(c, "observed", utc_format_ms(r->observed_at, at));
	canon_bool(c, "ok", row->ok);
	if (!row->ok)
		canon_text_span(c, "reason", row->reason);
	if (r->ok && !tls->plain_http) {
		canon_text_span(c, "tlsIssuer", tls->issuer);
		canon_hex(c, "tlsRoot", sha256_span(&tls->root));
		canon_text(c, "tlsValidTo", utc_format(tls->valid_to, at));
		canon_text_span(c, "tlsVersion", tls->version);
	}
	canon_u64(c, "tookMs", r->took_ms);
	canon_text_span(c, "url", r->source.url);
	if (r->ok)
		canon_text_span(c, "value", r->source.value);
	canon_end(c);
}

static FALLIBLE print_json(const struct probe *p, bool ok, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(MAX_JSON, "probe.json", f);
	struct canon c = canon_to(&w);

	canon_object(&c, NULL);
	canon_bool(&c, "ok", ok);
	canon_array(&c, "sources");
	for (size_t i = 0; i < probe_n_rows(p); i++) {
		struct probe_row row = probe_row(p, i);

		put_json(&c, &row);
	}
	canon_end(&c);
	canon_end(&c);
	TRY(wr_done(&w, &text));
	printf("%s\n", (const char *)text.p);
	return true;
}

/* ---- the command --------------------------------------------------------- */

static FALLIBLE probe_and_print(
    const struct config *config, bool as_json, bool *ok, struct fault *f)
{
	AUTO(probe_drop) struct probe *p = NULL;
	size_t n_ok = 0;

	TRY(probe_open(config, &p, f));
	for (size_t i = 0; i < probe_n_rows(p); i++)
		n_ok += probe_row(p, i).ok;
	*ok = n_ok == probe_n_rows(p);
	if (as_json)
		return print_json(p, *ok, f);
	print_table(p, n_ok);
	return true;
}

int cmd_probe_run(const struct config *config, bool as_json)
{
	struct fault f = FAULT_INIT;
	bool ok = false;

	if (!sources_init(&f))
		return cmd_open_failed(&f);
	bool done = probe_and_print(config, as_json, &ok, &f);
	sources_exit();
	if (!done)
		return cmd_open_failed(&f);
	return ok ? CMD_OK : CMD_FAILED;
}
