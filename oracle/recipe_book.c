/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/recipe_book.h"

#include <string.h>

const struct recipe *recipe_book_find(const char *name)
{
	for (size_t i = 0; i < recipe_book_n; i++) {
		if (strcmp(recipe_book[i].name, name) == 0)
			return &recipe_book[i];
	}
	return NULL;
}

/* ---- reading ------------------------------------------------------------- */

static FALLIBLE read_page(struct recipe_page *p, struct fault *f)
{
	const struct json_node *about = NULL, *feed = NULL;
	const struct json_field whole[] = {
		{ "about", JSON_WANT_OBJECT, false, &about },
		{ "feed", JSON_WANT_OBJECT, false, &feed },
	};
	const struct json_field members[] = {
		{ "domain", JSON_WANT_TEXT, false, &p->domain },
		{ "what", JSON_WANT_TEXT, false, &p->what },
		{ "limits", JSON_WANT_TEXT, false, &p->limits },
		{ "terms", JSON_WANT_TEXT, false, &p->terms },
		{ "notes", JSON_WANT_ARRAY, false, &p->notes },
	};

	TRY(json_read(json_root(p->doc), whole, COUNT(whole), "recipe", f));
	TRY(json_read(about, members, COUNT(members), "recipe", f));
	for (const struct json_node *v = json_first(p->notes); v != NULL;
	     v = json_next(v)) {
		if (json_kind_of(v) != JSON_TEXT)
			return fault_raise(
			    f, FAULT_FORMAT, "recipe", "a note is no text");
	}
	p->feed = json_source(p->doc, feed);
	return true;
}

FALLIBLE recipe_page_read(
    struct span text, struct recipe_page *out, struct fault *f)
{
	struct recipe_page p = { 0 };

	TRY(json_parse(text, &json_limits_default, "recipe", &p.doc, f));
	if (!read_page(&p, f)) {
		recipe_page_drop(&p);
		return false;
	}
	*out = p;
	return true;
}

void recipe_page_drop(struct recipe_page *p)
{
	json_free(p->doc);
	*p = (struct recipe_page){ 0 };
}

/* ---- writing ------------------------------------------------------------- */

/* A feed stands one step further to the right than in its file. */
static void put_feed(struct span feed, struct wr *w)
{
	wr_text(w, "    ");
	for (size_t i = 0; i < feed.n; i++) {
		wr_u8(w, feed.p[i]);
		if (feed.p[i] == '\n')
			wr_text(w, "  ");
	}
}

void recipe_book_configure(
    const struct recipe_page *pages, size_t n, struct wr *w)
{
	wr_text(w,
	    "{\n"
	    "  \"listen\": \"127.0.0.1:8080\",\n"
	    "  \"attest\": { \"provider\": \"auto\" },\n"
	    "  \"feeds\": [\n");
	for (size_t i = 0; i < n; i++) {
		put_feed(pages[i].feed, w);
		wr_text(w, i + 1 < n ? ",\n" : "\n");
	}
	wr_text(w, "  ]\n}\n");
}
