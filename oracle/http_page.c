/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_page.h"

#include "oracle/collateral_keeper.h"
#include "oracle/http_answer.h"
#include "oracle/http_feeds.h"
#include "oracle/http_routes.h"
#include "oracle/http_uri.h"
#include "verify/base/text.h"

#include <string.h>

#define PAGE_MAX_BYTES (CONFIG_MAX_FEEDS * 8192)

bool http_page_is_wanted(const char *accept)
{
	if (accept == NULL)
		return false;
	const char *html = strcasestr(accept, "text/html");
	const char *json = strcasestr(accept, "application/json");
	return html != NULL && (json == NULL || html < json);
}

/* What both forms say about the oracle itself. */
struct facts {
	const struct http_site *site;
	struct utc now;
	bool simulated, ephemeral;
	const char *platform, *provider;
	char signer[ETH_ADDR_TEXT_SIZE];
	uint8_t public_key[33];
	bool has_app; /* a key service derived the signer for this app */
	uint8_t app_id[20];
	char config[HEX_SIZE(32)];
	bool has_collateral; /* kept by us, in this state */
	struct collateral_state collateral;
};

static struct facts facts_of(const struct http_exchange *x)
{
	const struct http_deps *d = &x->site->deps;
	struct facts facts = {
		.site = x->site,
		.now = x->request->now,
		.simulated = attest_is_simulated(d->attest),
		.ephemeral = signer_is_ephemeral(d->signer),
		.platform = attest_platform(d->attest),
		.provider = attest_provider(d->attest),
	};

	if (d->collateral != NULL) {
		facts.has_collateral = true;
		collateral_keeper_state(
		    d->collateral, facts.now, &facts.collateral);
	}
	eth_addr_format(signer_address(d->signer), facts.signer);
	signer_public_key33(d->signer, facts.public_key);
	facts.has_app = signer_app_id(d->signer, facts.app_id);
	hex_encode(sha256_span(&d->config->hash), facts.config);
	return facts;
}

/* ---- for a program ------------------------------------------------------ */

static void put_collateral_json(struct canon *c, const struct facts *facts)
{
	const struct collateral_state *s = &facts->collateral;
	char until[UTC_TEXT_SIZE];

	if (!facts->has_collateral)
		return;
	canon_object(c, "collateral");
	if (s->has_bundle) {
		canon_text(c, "ends", s->ends);
		canon_u64(c, "evaluationDataNumber", s->evaluation);
	}
	canon_u64(c, "failed", s->n_failed);
	canon_bool(c, "fresh", s->fresh);
	if (s->last_fault[0] != '\0')
		canon_text(c, "lastFault", s->last_fault);
	canon_u64(c, "obtained", s->n_obtained);
	if (s->has_bundle)
		canon_text(c, "validTo", utc_format(s->until, until));
	canon_end(c);
}

static void put_json(struct wr *w, const struct facts *facts)
{
	struct canon c = canon_to(w);

	canon_object(&c, NULL);
	/* These and signerAddress are what clients of the well-known sample
	 * oracle of dstack look for. */
	if (facts->has_app)
		canon_hex(
		    &c, "appId", span_of(facts->app_id, sizeof(facts->app_id)));
	put_collateral_json(&c, facts);
	canon_text(&c, "config", facts->config);
	canon_hex_0x(&c, "derivedPubkey",
	    span_of(facts->public_key, sizeof(facts->public_key)));
	http_feeds_put(&c, "feeds", facts->site, facts->now);
	canon_text(&c, "name", "affiant");
	canon_text(&c, "platform", facts->platform);
	canon_text(&c, "provider", facts->provider);
	canon_array(&c, "routes");
	for (const struct http_route *r = http_routes; r->path != NULL; r++) {
		canon_object(&c, NULL);
		canon_text(&c, "help", r->help);
		canon_text(&c, "path", r->path);
		canon_end(&c);
	}
	canon_end(&c);
	canon_text(&c, "signer", facts->signer);
	canon_text(&c, "signerAddress", facts->signer);
	canon_bool(&c, "signerEphemeral", facts->ephemeral);
	canon_bool(&c, "simulated", facts->simulated);
	canon_text(&c, "version", AFFIANT_VERSION);
	canon_end(&c);
}

/* ---- for a person ------------------------------------------------------- */

/* Text as text, wherever in the page it stands. */
static void put_text(struct wr *w, const char *text)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&#39;" } };

	for (; *text != '\0'; text++) {
		const char *entity = NULL;

		for (size_t i = 0; i < COUNT(entities); i++) {
			if (entities[i].c == *text)
				entity = entities[i].entity;
		}
		if (entity != NULL)
			wr_text(w, entity);
		else
			wr_u8(w, (uint8_t)*text);
	}
}

static const char page_head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>Affiant: a verifiable oracle</title>\n<style>\n"
    ":root{color-scheme:light dark}\n"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;"
    "padding:1rem}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;padding:.4rem .8rem .4rem 0;"
    "border-bottom:1px solid #8886;vertical-align:top}\n"
    "td.value{font-size:1.4rem;font-variant-numeric:tabular-nums}\n"
    "code,pre{font-family:ui-monospace,monospace;overflow-wrap:anywhere}\n"
    "pre{padding:.8rem;border:1px solid #8886;white-space:pre-wrap}\n"
    ".banner{border:3px solid #c00;padding:.8rem;font-weight:bold}\n"
    "</style>\n</head>\n<body>\n<header><h1>Affiant</h1>\n"
    "<p>An oracle whose answers carry their own proof.</p></header>\n";

static const char banner[] =
    "<p class=\"banner\" role=\"alert\">SIMULATED. This is not a TEE: the "
    "quotes have the right form under a root made on this machine, and prove "
    "nothing about hardware or code.</p>\n";

static void put_age(struct wr *w, struct utc then, struct utc now)
{
	int64_t s = (now.ms - then.ms) / 1000;

	if (s < 120)
		wr_printf(w, "%lld s", (long long)(s < 0 ? 0 : s));
	else if (s < 7200)
		wr_printf(w, "%lld min", (long long)(s / 60));
	else
		wr_printf(w, "%lld h", (long long)(s / 3600));
}

/* Where the feed is read; a path of the configuration is as good as an id. */
static void put_feed_path(struct wr *w, const struct feed_config *cfg)
{
	if (cfg->path != NULL) {
		put_text(w, cfg->path);
		return;
	}
	wr_text(w, "/v1/feeds/");
	http_uri_put_segment(w, cfg->id);
}

static void put_feed_row(struct wr *w, const struct facts *facts, size_t i)
{
	const struct http_deps *d = &facts->site->deps;
	const struct feed_config *cfg = &d->config->feeds[i];
	char text[UTC_TEXT_SIZE], why[FAULT_TEXT_MAX];
	struct feed_status s;

	feed_status_of(d->feeds[i], facts->now, &s);
	wr_text(w, "<tr><th scope=\"row\">");
	put_text(w, cfg->id);
	wr_text(w, "</th>");
	if (s.has_value) {
		wr_text(w, "<td class=\"value\">");
		put_text(w, s.value);
		if (cfg->unit != NULL) {
			wr_u8(w, ' ');
			put_text(w, cfg->unit);
		}
		wr_printf(w, "</td><td><time datetime=\"%s\">",
		    utc_format(s.timestamp, text));
		put_age(w, s.timestamp, facts->now);
		wr_printf(w, "</time></td><td>%llu of %zu</td>",
		    (unsigned long long)s.used, cfg->n_sources);
	} else {
		wr_text(w, "<td>none yet</td><td></td><td></td>");
	}
	wr_text(w, "<td>");
	if (board_is_fresh(feed_board(d->feeds[i]), facts->now, why)) {
		wr_text(w, "fresh");
	} else {
		wr_text(w, "<strong>not served:</strong> ");
		put_text(w, why);
	}
	wr_text(w, "</td><td><a href=\"");
	put_feed_path(w, cfg);
	wr_text(w, "\">");
	put_feed_path(w, cfg);
	wr_text(w, "</a></td></tr>\n");
}

static void put_feeds(struct wr *w, const struct facts *facts)
{
	wr_text(w,
	    "<section><h2>Feeds</h2>\n<table>\n<thead><tr>"
	    "<th scope=\"col\">Feed</th><th scope=\"col\">Value</th>"
	    "<th scope=\"col\">Age</th><th scope=\"col\">Sources</th>"
	    "<th scope=\"col\">State</th><th scope=\"col\">Read it</th>"
	    "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < facts->site->deps.n_feeds; i++)
		put_feed_row(w, facts, i);
	wr_text(w, "</tbody>\n</table></section>\n");
}

static void put_collateral(struct wr *w, const struct facts *facts)
{
	const struct collateral_state *s = &facts->collateral;
	char until[UTC_TEXT_SIZE];

	if (!facts->has_collateral)
		return;
	wr_text(w, "<dt>Collateral</dt><dd>");
	if (!s->fresh)
		wr_text(w, "<strong>not served:</strong> ");
	if (s->has_bundle)
		wr_printf(w, "good until %s", utc_format(s->until, until));
	else
		wr_text(w, "none yet");
	if (s->last_fault[0] != '\0') {
		wr_text(w, "; ");
		put_text(w, s->last_fault);
	}
	wr_text(w, "</dd>\n");
}

static void put_oracle(struct wr *w, const struct facts *facts)
{
	wr_text(w,
	    "<section><h2>This oracle</h2>\n<dl>\n<dt>Signer</dt><dd>"
	    "<code>");
	put_text(w, facts->signer);
	wr_text(w, "</code>");
	if (facts->ephemeral)
		wr_text(
		    w, ", until the next start: nothing here can keep its key");
	wr_text(w, "</dd>\n<dt>Platform</dt><dd>");
	put_text(w, facts->platform);
	wr_text(w, ", quotes by ");
	put_text(w, facts->provider);
	wr_text(w, facts->simulated ? " (simulated)" : "");
	wr_text(w, "</dd>\n");
	put_collateral(w, facts);
	wr_printf(w,
	    "<dt>Configuration</dt><dd>SHA-256 <code>%s</code></dd>\n"
	    "<dt>Version</dt><dd>" AFFIANT_VERSION "</dd>\n</dl></section>\n",
	    facts->config);
}

/* Into a command that a person copies goes only what can stand in a host. */
static const char *host_to_show(const struct http_exchange *x)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-:[]";
	const char *host = x->request->host;

	if (host == NULL || *host == '\0' || strlen(host) > 255 ||
	    host[strspn(host, allowed)] != '\0')
		return "HOST";
	return host;
}

static void put_verify(
    struct wr *w, const struct http_exchange *x, const struct facts *facts)
{
	wr_text(w,
	    "<section><h2>Verify it yourself</h2>\n<pre><code>"
	    "curl -s -o response.json http://");
	put_text(w, host_to_show(x));
	if (facts->site->deps.n_feeds > 0)
		put_feed_path(w, &facts->site->deps.config->feeds[0]);
	wr_printf(w,
	    "\naffiant-verify --policy policy.json%s response.json"
	    "</code></pre>\n"
	    "<p>No policy yet? <code>affiant-verify policy response.json"
	    "</code> writes the one that this evidence would satisfy, for you "
	    "to review. A TEE does not make a server tell the truth: it proves "
	    "which code heard what from whom.</p></section>\n",
	    facts->simulated ? " --allow-simulated" : "");
}

static void put_routes(struct wr *w)
{
	wr_text(w, "<section><h2>For programs</h2>\n<dl>\n");
	for (const struct http_route *r = http_routes; r->path != NULL; r++) {
		wr_text(w, "<dt><code>GET ");
		put_text(w, r->path);
		wr_text(w, "</code></dt><dd>");
		put_text(w, r->help);
		wr_text(w, "</dd>\n");
	}
	wr_text(w, "</dl></section>\n");
}

static void put_html(
    struct wr *w, const struct http_exchange *x, const struct facts *facts)
{
	wr_text(w, page_head);
	wr_text(w, "<main>\n");
	if (facts->simulated)
		wr_text(w, banner);
	put_feeds(w, facts);
	put_oracle(w, facts);
	put_verify(w, x, facts);
	put_routes(w);
	wr_text(w, "</main>\n</body>\n</html>\n");
}

/* ---- the route ---------------------------------------------------------- */

void http_page_root(struct http_exchange *x)
{
	AUTO(blob_drop) struct blob body = { 0 };
	const bool html = http_page_is_wanted(x->request->accept);
	const struct facts facts = facts_of(x);
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(PAGE_MAX_BYTES, "http.page", &f);

	if (html)
		put_html(&w, x, &facts);
	else
		put_json(&w, &facts);
	if (!wr_done(&w, &body)) {
		http_answer_fault(x, &f);
		return;
	}
	http_answer_send(x,
	    &(struct http_answer){ .status = 200,
		.type = html ? "text/html; charset=utf-8" : "application/json",
		.cache = "no-cache",
		.extra = html ? "Vary: Accept\r\n"
				"Content-Security-Policy: default-src 'none'; "
				"style-src 'unsafe-inline'; base-uri 'none'; "
				"form-action 'none'; frame-ancestors 'none'\r\n"
				"Referrer-Policy: no-referrer\r\n"
			      : "Vary: Accept\r\n",
		.body = blob_span(&body) });
}
