/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose code, which configuration, which servers, how old: FORMAT.policy.md.
 * The platform's own rows come behind these.
 */
#include "verify/base/text.h"
#include "verify/verify_case.h"

#include <string.h>

/* Where neither the statement nor a policy says how long it is good. */
#define DEFAULT_MAX_AGE_MS 300000
/* A clock may be wrong by so much; a TEE's clock is held against servers. */
#define MAX_SKEW_MS 60000

#define BARE "a bare quote carries no statement"

static bool is_bare(const struct verify_case *c, struct fault *f)
{
	if (c->bare)
		verify_excuse(f, BARE);
	return c->bare;
}

static const struct json_node *policy_member(
    const struct verify_case *c, const char *name)
{
	return policy_find(c->opt->policy, name);
}

/* ---- the built-in part -------------------------------------------------- */

static FALLIBLE check_simulated(struct verify_case *c, struct fault *f)
{
	if (c->tee.simulated && !c->opt->allow_simulated)
		return fault_raise(f, FAULT_POLICY, "policy.simulated",
		    "the quote is a simulator's: no hardware vouches for it "
		    "(--allow-simulated takes it for a test)");
	return true;
}

/* What the policy says, else what the statement says, else 5 minutes. */
static uint64_t max_age_ms(const struct verify_case *c, const char **who)
{
	const struct json_node *v = policy_member(c, "maxAgeMs");
	uint64_t ms;

	if (v != NULL &&
	    json_u64(v, UINT64_MAX, &ms, "policy.maxAgeMs", NULL)) {
		*who = "the policy";
		return ms;
	}
	*who = "the statement itself";
	if (c->statement->max_age_ms > 0)
		return c->statement->max_age_ms;
	*who = "the verifier's default";
	return DEFAULT_MAX_AGE_MS;
}

static FALLIBLE check_fresh(struct verify_case *c, struct fault *f)
{
	const char *who;
	uint64_t max_ms;
	int64_t age_ms;

	if (is_bare(c, f))
		return false;
	age_ms = c->opt->at.ms - c->statement->timestamp.ms;
	max_ms = max_age_ms(c, &who);
	if (age_ms > 0 && (uint64_t)age_ms > max_ms)
		return fault_raise(f, FAULT_POLICY, "policy.fresh",
		    "the statement is %lld ms old, %s allows %llu ms",
		    (long long)age_ms, who, (unsigned long long)max_ms);
	return true;
}

static FALLIBLE check_future(struct verify_case *c, struct fault *f)
{
	int64_t ahead_ms;

	if (is_bare(c, f))
		return false;
	ahead_ms = c->statement->timestamp.ms - c->opt->at.ms;
	if (ahead_ms > MAX_SKEW_MS)
		return fault_raise(f, FAULT_POLICY, "policy.future",
		    "the statement is from %lld ms after the time it is "
		    "judged at",
		    (long long)ahead_ms);
	return true;
}

static FALLIBLE check_nonce(struct verify_case *c, struct fault *f)
{
	if (c->opt->nonce.n == 0)
		return verify_excuse(f, "no nonce was asked for (--nonce)");
	if (c->bare && c->platform->carries_nonce)
		return verify_excuse(f, "the evidence carries its own");
	if (c->bare)
		return fault_raise(f, FAULT_USAGE, "policy.nonce",
		    BARE " and no nonce; use --report-data");
	if (c->statement->nonce.n == 0)
		return fault_raise(f, FAULT_POLICY, "policy.nonce",
		    "the statement carries no nonce: it was not made for you");
	if (!span_equal(c->statement->nonce, c->opt->nonce))
		return fault_raise(f, FAULT_POLICY, "policy.nonce",
		    "the statement carries another nonce: it was made for "
		    "somebody else");
	return true;
}

static FALLIBLE check_plain_http(struct verify_case *c, struct fault *f)
{
	const struct statement *s = c->statement;

	if (is_bare(c, f))
		return false;
	if (!s->kind->has_sources)
		return verify_excuse(f, "a key statement observes nothing");
	if (policy_member(c, "plainHttp") != NULL)
		return verify_excuse(f, "the policy takes plain HTTP");
	for (size_t i = 0; i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];
		bool plain = b->tls.plain_http;

		for (size_t k = 0; k < b->n_hops; k++)
			plain |= b->hops[k].tls.plain_http;
		if (b->used && plain)
			return fault_raise(f, FAULT_POLICY, "policy.plain-http",
			    "the value of %.*s came over plain HTTP: anybody "
			    "on the way could have written it",
			    b->host.n < 80 ? (int)b->host.n : 80,
			    (const char *)b->host.p);
	}
	return true;
}

/* ---- what a file says --------------------------------------------------- */

/* Excused without the member; *out is it otherwise. */
static bool has_member(const struct verify_case *c, const char *name,
    const char *why_not, const struct json_node **out, struct fault *f)
{
	*out = policy_member(c, name);
	if (*out != NULL)
		return true;
	return verify_excuse(f, why_not);
}

static FALLIBLE check_kinds(struct verify_case *c, struct fault *f)
{
	const struct json_node *list;

	if (is_bare(c, f) ||
	    !has_member(c, "kinds", "the policy lists no kinds", &list, f))
		return false;
	if (!policy_list_has(list, span_text(c->statement->kind->id)))
		return fault_raise(f, FAULT_POLICY, "policy.kinds",
		    "statements of kind %s are not in the policy's list",
		    c->statement->kind->id);
	return true;
}

static FALLIBLE check_feeds(struct verify_case *c, struct fault *f)
{
	const struct json_node *list;

	if (is_bare(c, f) ||
	    !has_member(c, "feeds", "the policy lists no feeds", &list, f))
		return false;
	if (!c->statement->kind->has_sources)
		return verify_excuse(f, "a key statement names no feed");
	if (!policy_list_has(list, c->statement->feed))
		return fault_raise(f, FAULT_POLICY, "policy.feeds",
		    "the feed %.*s is not in the policy's list",
		    (int)c->statement->feed.n,
		    (const char *)c->statement->feed.p);
	return true;
}

static FALLIBLE check_configs(struct verify_case *c, struct fault *f)
{
	const struct json_node *list;
	char text[HEX_SIZE(32)];

	if (is_bare(c, f) ||
	    !has_member(
		c, "configs", "the policy lists no configurations", &list, f))
		return false;
	hex_encode(sha256_span(&c->statement->config), text);
	if (!policy_list_has(list, span_text(text)))
		return fault_raise(f, FAULT_POLICY, "policy.configs",
		    "the configuration %.16s... is not in the policy's list",
		    text);
	return true;
}

static FALLIBLE check_signers(struct verify_case *c, struct fault *f)
{
	const struct json_node *list;
	char text[2 + HEX_SIZE(20)] = "0x";

	if (is_bare(c, f) ||
	    !has_member(c, "signers", "the policy lists no signers", &list, f))
		return false;
	hex_encode(span_of(c->statement->signer.b, 20), text + 2);
	if (!policy_list_has(list, span_text(text)))
		return fault_raise(f, FAULT_POLICY, "policy.signers",
		    "the signer %s is not in the policy's list", text);
	return true;
}

/* The element of `sources` for a host, or NULL. */
static const struct json_node *find_source(
    const struct json_node *list, struct span host)
{
	for (const struct json_node *e = json_first(list); e != NULL;
	     e = json_next(e))
		if (span_equal_text(host, json_text(json_find(e, "source"))))
			return e;
	return NULL;
}

/* A pin that is there must hold; there is nothing to pin on plain HTTP. */
static FALLIBLE check_pin(const struct json_node *element, const char *name,
    const struct sha256 *hash, bool plain, struct span host, struct fault *f)
{
	const struct json_node *list = json_find(element, name);
	char text[HEX_SIZE(32)];

	if (list == NULL)
		return true;
	hex_encode(sha256_span(hash), text);
	if (plain || !policy_list_has(list, span_text(text)))
		return fault_raise(f, FAULT_POLICY, "policy.sources",
		    "%s of %.*s is not one that the policy lists", name,
		    host.n < 80 ? (int)host.n : 80, (const char *)host.p);
	return true;
}

static FALLIBLE check_server(const struct json_node *list, struct span host,
    const struct tls_evidence *t, struct fault *f)
{
	const struct json_node *e = find_source(list, host);

	if (e == NULL)
		return fault_raise(f, FAULT_POLICY, "policy.sources",
		    "%.*s is not in the policy's list",
		    host.n < 80 ? (int)host.n : 80, (const char *)host.p);
	TRY(check_pin(e, "tlsRoots", &t->root, t->plain_http, host, f));
	return check_pin(e, "tlsSpki", &t->spki, t->plain_http, host, f);
}

static FALLIBLE check_sources(struct verify_case *c, struct fault *f)
{
	const struct statement *s = c->statement;
	const struct json_node *list;

	if (is_bare(c, f) ||
	    !has_member(c, "sources", "the policy lists no sources", &list, f))
		return false;
	if (!s->kind->has_sources)
		return verify_excuse(f, "a key statement observes nothing");
	for (size_t i = 0; i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];

		if (!b->used)
			continue;
		TRY(check_server(list, b->host, &b->tls, f));
		for (size_t k = 0; k < b->n_hops; k++)
			TRY(check_server(
			    list, b->hops[k].host, &b->hops[k].tls, f));
	}
	return true;
}

/* Two values from one host are one source. */
static size_t count_hosts(const struct statement *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_sources; i++) {
		bool again = !s->source[i].used;

		for (size_t k = 0; k < i && !again; k++)
			again = s->source[k].used &&
			    span_equal(s->source[k].host, s->source[i].host);
		n += again ? 0 : 1;
	}
	return n;
}

static FALLIBLE check_min_sources(struct verify_case *c, struct fault *f)
{
	const struct json_node *v;
	uint64_t min;
	size_t n;

	if (is_bare(c, f) ||
	    !has_member(c, "minSources",
		"the policy says nothing about their number", &v, f))
		return false;
	if (!c->statement->kind->has_sources)
		return verify_excuse(f, "a key statement observes nothing");
	TRY(json_u64(v, UINT64_MAX, &min, "policy.minSources", f));
	n = count_hosts(c->statement);
	if (n < min)
		return fault_raise(f, FAULT_POLICY, "policy.min-sources",
		    "the value rests on %zu hosts, the policy wants %llu", n,
		    (unsigned long long)min);
	return true;
}

static FALLIBLE check_recomputed(struct verify_case *c, struct fault *f)
{
	const struct check_outcome *o;
	const struct json_node *v;

	if (is_bare(c, f) ||
	    !has_member(c, "recomputed",
		"the policy does not ask for values to be recomputed", &v, f))
		return false;
	if (!c->statement->kind->has_sources)
		return verify_excuse(f, "a key statement observes nothing");
	o = verdict_find(c->v, "recompute.value");
	if (o == NULL || o->result != CHECK_PASS)
		return fault_raise(f, FAULT_POLICY, "policy.recomputed",
		    "the values were not recomputed: %.120s",
		    o != NULL ? o->fault.text : "");
	return true;
}

static FALLIBLE check_platform(struct verify_case *c, struct fault *f)
{
	if (!policy_has_platforms(c->opt->policy))
		return verify_excuse(f, "the policy names no platform");
	if (policy_platform(c->opt->policy, c->platform->id) == NULL)
		return fault_raise(f, FAULT_POLICY, "policy.platform",
		    "the policy names other platforms, not %s",
		    c->platform->id);
	return true;
}

#define CLAUSE_BUILT_IN "FORMAT.policy.md 2"
#define CLAUSE_FILE "FORMAT.policy.md 1"

static const struct verify_check rows[] = {
	{ { .id = "policy.simulated",
	      .ref = "",
	      .clause = CLAUSE_BUILT_IN,
	      .explain =
		  "The quote's chain does not end in a simulator's root. "
		  "Simulated evidence is for trying things out; it says "
		  "nothing about any machine.",
	      .stage = STAGE_POLICY },
	    NEEDS_ROOT, 0, check_simulated },
	{ { .id = "policy.fresh",
	      .ref = "",
	      .clause = CLAUSE_BUILT_IN,
	      .explain =
		  "At the time judged at (--at, or now) the statement is not "
		  "older than it says it is good for. Fetch a new one, judge "
		  "at the time it was used, or set maxAgeMs in the policy.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_fresh },
	{ { .id = "policy.future",
	      .ref = "",
	      .clause = CLAUSE_BUILT_IN,
	      .explain =
		  "The statement is not from the future. If it is, its clock "
		  "or yours is wrong, or --at is too early.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_future },
	{ { .id = "policy.nonce",
	      .ref = "",
	      .clause = "FORMAT.statement.md 3",
	      .explain =
		  "The statement carries the nonce given with --nonce: it "
		  "was made for you, after you asked.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_nonce },
	{ { .id = "policy.plain-http",
	      .ref = "",
	      .clause = CLAUSE_BUILT_IN,
	      .explain =
		  "Every value used came over TLS. A policy takes plain HTTP "
		  "with \"plainHttp\":true; then nobody vouches for who said "
		  "it.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_plain_http },
	{ { .id = "policy.kinds",
	      .ref = "",
	      .clause = CLAUSE_FILE,
	      .explain = "The kind of statement is in the policy's list.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_kinds },
	{ { .id = "policy.feeds",
	      .ref = "",
	      .clause = CLAUSE_FILE,
	      .explain = "The feed is in the policy's list: a genuine price of "
			 "something else is not what you asked for.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_feeds },
	{ { .id = "policy.configs",
	      .ref = "",
	      .clause = CLAUSE_FILE,
	      .explain =
		  "The configuration whose hash stands in the statement is "
		  "one that you audited: the same code with another URL is "
		  "another oracle.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_configs },
	{ { .id = "policy.signers",
	      .ref = "",
	      .clause = CLAUSE_FILE,
	      .explain = "The signer is in the policy's list.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_signers },
	{ { .id = "policy.sources",
	      .ref = "",
	      .clause = CLAUSE_FILE,
	      .explain =
		  "Every server whose value was used, and every redirect "
		  "before it, is in the policy's list and shows the root or "
		  "key pinned there. Servers renew keys: pin roots unless "
		  "you follow them closely.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_sources },
	{ { .id = "policy.min-sources",
	      .ref = "",
	      .clause = CLAUSE_FILE,
	      .explain =
		  "The value rests on enough different hosts. That they are "
		  "different does not make them independent.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_min_sources },
	{ { .id = "policy.recomputed",
	      .ref = "",
	      .clause = CLAUSE_FILE,
	      .explain =
		  "With \"recomputed\":true the values have to be picked "
		  "again from the bodies that the servers sent. Fetch the "
		  "response with ?evidence=full, from an oracle that keeps "
		  "them (keep_body).",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_recomputed },
	{ { .id = "policy.platform",
	      .ref = "",
	      .clause = "FORMAT.policy.md 3",
	      .explain =
		  "The policy has a part for this platform, or for none: "
		  "evidence of another machine than the one you pinned is "
		  "refused.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_platform },
};

const struct verify_table verify_policy = { rows, COUNT(rows) };
