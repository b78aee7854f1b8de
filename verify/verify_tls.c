/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the measured code says of its connections, checked once more from the
 * certificates themselves: FORMAT.evidence.md section 8.
 */
#include "verify/verify_tls.h"

#include "verify/base/text.h"
#include "verify/tls_leaf.h"

#include <stdlib.h>

#define HOST(k) \
	((k)->host.n < 80 ? (int)(k)->host.n : 80), (const char *)(k)->host.p

void verify_tls_free(struct verify_tls *t)
{
	for (size_t i = 0; t != NULL && i < t->n; i++) {
		tls_chain_drop(&t->connection[i].chain);
		tls_ocsp_drop(&t->connection[i].ocsp);
	}
	if (t != NULL)
		tls_bundle_drop(&t->bundle);
	free(t);
}

/* ---- the connections ---------------------------------------------------- */

static void add(struct verify_tls *t, const struct tls_evidence *said,
    struct span host, struct utc at)
{
	if (!said->plain_http)
		t->connection[t->n++] = (struct verify_connection){
			.said = said,
			.host = host,
			.at = at,
		};
}

static struct verify_tls *collect(const struct statement *s)
{
	struct verify_tls *t = calloc(
	    1, sizeof(*t) + LIMIT_TLS_CONNECTIONS * sizeof(t->connection[0]));

	for (size_t i = 0; t != NULL && i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];

		if (!b->used)
			continue;
		for (size_t k = 0; k < b->n_hops; k++)
			add(t, &b->hops[k].tls, b->hops[k].host,
			    verify_received_at(b));
		add(t, &b->tls, b->host, verify_received_at(b));
	}
	return t;
}

/* ---- every element is named, and what is needed is there ---------------- */

static bool names(const struct tls_evidence *t, enum tls_item_kind kind,
    const struct sha256 *hash)
{
	if (t->plain_http)
		return false;
	switch (kind) {
	case TLS_ITEM_CERT:
		for (size_t i = 0; i < t->n_chain; i++)
			if (sha256_equal(&t->chain[i], hash))
				return true;
		return sha256_equal(&t->root, hash);
	case TLS_ITEM_OCSP:
		return t->has_ocsp_hash && sha256_equal(&t->ocsp_hash, hash);
	case TLS_ITEM_SCTS:
		return t->has_scts_hash && sha256_equal(&t->scts_hash, hash);
	}
	return false;
}

/* By any block that gave a value, used or not. */
static bool is_named(const struct statement *s, enum tls_item_kind kind,
    const struct sha256 *hash)
{
	for (size_t i = 0; i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];

		if (b->failed)
			continue;
		if (names(&b->tls, kind, hash))
			return true;
		for (size_t k = 0; k < b->n_hops; k++)
			if (names(&b->hops[k].tls, kind, hash))
				return true;
	}
	return false;
}

static FALLIBLE check_named(
    const struct statement *s, const struct tls_bundle *b, struct fault *f)
{
	for (size_t kind = 0; kind < TLS_ITEM_KINDS; kind++)
		for (size_t i = 0; i < b->list[kind].n; i++)
			if (!is_named(s, (enum tls_item_kind)kind,
				&b->list[kind].item[i].hash))
				return fault_raise(f, FAULT_FORMAT,
				    "tls.evidence",
				    "has an element that the statement does "
				    "not name");
	return true;
}

static FALLIBLE need(const struct tls_bundle *b, enum tls_item_kind kind,
    const struct sha256 *hash, struct span *out, struct fault *f)
{
	const struct tls_item *item = tls_bundle_find(b, kind, hash);

	if (item == NULL)
		return fault_raise(f, FAULT_FORMAT, "tls.evidence",
		    "lacks something that the statement names");
	*out = item->bytes;
	return true;
}

static FALLIBLE parse_chain(
    const struct tls_bundle *b, struct verify_connection *k, struct fault *f)
{
	struct span sent[LIMIT_CHAIN_CERTS], root, other;

	for (size_t i = 0; i < k->said->n_chain; i++)
		TRY(need(b, TLS_ITEM_CERT, &k->said->chain[i], &sent[i], f));
	TRY(need(b, TLS_ITEM_CERT, &k->said->root, &root, f));
	if (k->said->has_ocsp_hash)
		TRY(need(b, TLS_ITEM_OCSP, &k->said->ocsp_hash, &other, f));
	if (k->said->has_scts_hash)
		TRY(need(b, TLS_ITEM_SCTS, &k->said->scts_hash, &other, f));
	return tls_chain_parse(sent, k->said->n_chain, root, &k->chain, f);
}

static FALLIBLE check_evidence(struct verify_case *c, struct fault *f)
{
	const struct statement *s = c->statement;
	struct verify_tls *t;

	if (c->response.evidence.tls.n == 0)
		return verify_excuse(f, VERIFY_TLS_NO_EVIDENCE);
	t = collect(s);
	if (t == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "tls.evidence", "out of memory");
	c->tls = t;
	TRY(tls_bundle_read(c->response.evidence.tls, &t->bundle, f));
	TRY(check_named(s, &t->bundle, f));
	for (size_t i = 0; i < t->n; i++)
		TRY(parse_chain(&t->bundle, &t->connection[i], f));
	return true;
}

/* ---- one rule, for every connection ------------------------------------- */

static FALLIBLE each(struct verify_case *c,
    FALLIBLE (*check)(
	const struct tls_bundle *, struct verify_connection *, struct fault *),
    struct fault *f)
{
	if (c->tls == NULL)
		return verify_excuse(f, VERIFY_TLS_NO_EVIDENCE);
	if (c->tls->n == 0)
		return verify_excuse(f, "no value used came over TLS");
	for (size_t i = 0; i < c->tls->n; i++) {
		struct verify_connection *k = &c->tls->connection[i];

		if (!check(&c->tls->bundle, k, f))
			return fault_within(f, "%.*s", HOST(k));
	}
	return true;
}

static FALLIBLE leaf_of(
    const struct tls_bundle *b, struct verify_connection *k, struct fault *f)
{
	AUTO(tls_leaf_drop) struct tls_leaf leaf = { 0 };

	(void)b;
	TRY(tls_leaf_read(k->chain.sent[0].x, &leaf, f));
	return tls_leaf_compare(&leaf, k->said, f);
}

static FALLIBLE check_leaf(struct verify_case *c, struct fault *f)
{
	return each(c, leaf_of, f);
}

static FALLIBLE name_of(
    const struct tls_bundle *b, struct verify_connection *k, struct fault *f)
{
	(void)b;
	return tls_leaf_check_name(k->chain.sent[0].x, k->host, f);
}

static FALLIBLE check_name(struct verify_case *c, struct fault *f)
{
	return each(c, name_of, f);
}

static FALLIBLE chain_of(
    const struct tls_bundle *b, struct verify_connection *k, struct fault *f)
{
	(void)b;
	return tls_chain_verify(&k->chain, k->at, f);
}

static FALLIBLE check_chain(struct verify_case *c, struct fault *f)
{
	return each(c, chain_of, f);
}

static FALLIBLE ocsp_of(
    const struct tls_bundle *b, struct verify_connection *k, struct fault *f)
{
	const struct tls_evidence *said = k->said;
	struct span staple;

	if (!said->has_ocsp_hash && tls_ocsp_is_required(&k->chain))
		return fault_raise(f, FAULT_CRYPTO, "tls.ocsp",
		    "the certificate demands a stapled response, and none "
		    "came");
	if (!said->has_ocsp_hash && said->ocsp.n > 0 &&
	    !span_equal_text(said->ocsp, "none"))
		return fault_raise(f, FAULT_FORMAT, "tls.ocsp",
		    "the statement names a status and no stapled response");
	if (!said->has_ocsp_hash)
		return true;
	TRY(need(b, TLS_ITEM_OCSP, &said->ocsp_hash, &staple, f));
	TRY(tls_ocsp_verify(staple, &k->chain, k->at, &k->ocsp, f));
	k->has_ocsp = true;
	if (!span_equal_text(said->ocsp, tls_ocsp_word(k->ocsp.status)))
		return fault_raise(f, FAULT_CRYPTO, "tls.ocsp",
		    "the stapled response says %s, the statement another "
		    "thing",
		    tls_ocsp_word(k->ocsp.status));
	return true;
}

static FALLIBLE check_ocsp(struct verify_case *c, struct fault *f)
{
	TRY(each(c, ocsp_of, f));
	c->tls->verified = true;
	return true;
}

/* ---- policy ------------------------------------------------------------- */

bool verify_tls_root_is_named(
    const struct verify_case *c, const struct verify_connection *k)
{
	const struct json_node *all = policy_find(c->opt->policy, "tlsRoots");
	const struct json_node *list = policy_find(c->opt->policy, "sources");
	char text[HEX_SIZE(32)];

	hex_encode(sha256_span(&k->said->root), text);
	if (policy_list_has(all, span_text(text)))
		return true;
	for (const struct json_node *e = json_first(list); e != NULL;
	     e = json_next(e))
		if (span_equal_text(k->host, json_text(json_find(e, "source"))))
			return policy_list_has(
			    json_find(e, "tlsRoots"), span_text(text));
	return false;
}

/* A policy that asks about servers says nothing about who names none. */
static bool is_without_servers(const struct verify_case *c, struct fault *f)
{
	if (c->bare)
		return !verify_excuse(f, "a bare quote carries no statement");
	return !c->statement->kind->has_sources &&
	    !verify_excuse(f, "a key statement observes nothing");
}

static FALLIBLE check_wanted(struct verify_case *c, struct fault *f)
{
	if (is_without_servers(c, f))
		return false;
	if (policy_find(c->opt->policy, "tlsEvidence") == NULL)
		return verify_excuse(
		    f, "the policy does not ask for certificates");
	if (c->tls == NULL)
		return fault_raise(f, FAULT_POLICY, "policy.tls-evidence",
		    "there are " VERIFY_TLS_NO_EVIDENCE
		    ", and the policy asks for them (?evidence=full)");
	return true;
}

static FALLIBLE check_root(const struct json_node *list,
    const struct tls_evidence *t, struct span host, struct fault *f)
{
	char text[HEX_SIZE(32)];

	if (t->plain_http)
		return true; /* another row's business */
	hex_encode(sha256_span(&t->root), text);
	if (!policy_list_has(list, span_text(text)))
		return fault_raise(f, FAULT_POLICY, "policy.tls-roots",
		    "the root of %.*s is not one that the policy lists",
		    host.n < 80 ? (int)host.n : 80, (const char *)host.p);
	return true;
}

static FALLIBLE check_roots(struct verify_case *c, struct fault *f)
{
	const struct json_node *list = policy_find(c->opt->policy, "tlsRoots");
	const struct statement *s = c->statement;

	if (is_without_servers(c, f))
		return false;
	if (list == NULL)
		return verify_excuse(f, "the policy lists no roots");
	for (size_t i = 0; i < s->n_sources; i++) {
		const struct statement_source *b = &s->source[i];

		if (!b->used)
			continue;
		TRY(check_root(list, &b->tls, b->host, f));
		for (size_t k = 0; k < b->n_hops; k++)
			TRY(check_root(
			    list, &b->hops[k].tls, b->hops[k].host, f));
	}
	return true;
}

static FALLIBLE stamps_of(const struct tls_logs *logs, uint64_t min,
    const struct tls_bundle *b, const struct verify_connection *k,
    struct fault *f)
{
	size_t want = min > 0 ? (size_t)min : tls_sct_wanted(&k->chain);
	struct span list = { 0 };
	struct tls_scts s;

	if (k->said->has_scts_hash)
		TRY(need(b, TLS_ITEM_SCTS, &k->said->scts_hash, &list, f));
	TRY(tls_sct_count(
	    &k->chain, list, blob_span(&k->ocsp.scts), logs, k->at, &s, f));
	return tls_sct_check(&s, want, f);
}

static FALLIBLE check_scts(struct verify_case *c, struct fault *f)
{
	const struct json_node *list = policy_find(c->opt->policy, "ctLogs");
	const struct json_node *min = policy_find(c->opt->policy, "minScts");
	AUTO(tls_logs_drop) struct tls_logs *logs = NULL;
	uint64_t n = 0;

	if (is_without_servers(c, f))
		return false;
	if (list == NULL)
		return verify_excuse(f, "the policy lists no logs");
	if (c->tls == NULL)
		return fault_raise(f, FAULT_POLICY, "tls.sct",
		    "there are " VERIFY_TLS_NO_EVIDENCE
		    " whose timestamps could be checked (?evidence=full)");
	TRY(tls_logs_of_policy(list, &logs, f));
	if (min != NULL)
		TRY(json_u64(min, UINT64_MAX, &n, "policy.minScts", f));
	for (size_t i = 0; i < c->tls->n; i++) {
		const struct verify_connection *k = &c->tls->connection[i];

		if (!stamps_of(logs, n, &c->tls->bundle, k, f))
			return fault_within(f, "%.*s", HOST(k));
	}
	return true;
}

/* ---- rows --------------------------------------------------------------- */

#define CLAUSE "FORMAT.evidence.md 8"

static const struct verify_check rows[] = {
	{ { .id = "tls.evidence",
	      .ref = "",
	      .clause = CLAUSE,
	      .explain =
		  "The evidence has the certificates, stapled responses and "
		  "timestamp lists that the statement names by their "
		  "SHA-256, and no other. Without any (a smaller ?evidence=) "
		  "the rows behind this one are not run.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_STATEMENT, NEEDS_CERTS, check_evidence },
	{ { .id = "tls.leaf",
	      .ref = "",
	      .clause = "FORMAT.statement.md 4",
	      .explain = "What the statement says of each server's "
			 "certificate (key, names, validity) is what stands "
			 "in it.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_CERTS, 0, check_leaf },
	{ { .id = "tls.name",
	      .ref = "",
	      .clause = "RFC 9525 6",
	      .explain =
		  "Each server's certificate names the host that was asked, "
		  "in its SAN: a genuine certificate of somebody else is "
		  "none.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_CERTS, 0, check_name },
	{ { .id = "tls.chain",
	      .ref = "",
	      .clause = "RFC 5280 6",
	      .explain =
		  "Each chain was verified again, at the time when the "
		  "answer came, to the root that the statement names: "
		  "signatures, validity, what each authority may sign, key "
		  "usage, name constraints. Which roots to trust is for the "
		  "policy to say (tlsRoots).",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_CERTS, NEEDS_CHAINS, check_chain },
	{ { .id = "tls.ocsp",
	      .ref = "",
	      .clause = "RFC 6960 3.2",
	      .explain =
		  "Each stapled response is about this certificate, signed "
		  "by its issuer or whom that appointed, was valid when the "
		  "answer came, and says what the statement says it did.",
	      .stage = STAGE_AUTHENTIC },
	    NEEDS_CHAINS, 0, check_ocsp },
};

const struct verify_table verify_tls_rows = { rows, COUNT(rows) };

static const struct verify_check policy_rows[] = {
	{ { .id = "policy.tls-evidence",
	      .ref = "",
	      .clause = "FORMAT.policy.md 1",
	      .explain =
		  "The response brings the certificates that were seen, as "
		  "the policy asks, so that they are verified here and not "
		  "only by the measured code. Ask for ?evidence=full.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_wanted },
	{ { .id = "policy.tls-roots",
	      .ref = "",
	      .clause = "FORMAT.policy.md 1",
	      .explain = "Every connection ended in a root of the policy's "
			 "list.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_roots },
	{ { .id = "tls.sct",
	      .ref = "",
	      .clause = "RFC 6962 5.2",
	      .explain =
		  "Logs that the policy names had stamped each certificate "
		  "before it was used: one that was made in secret has no "
		  "such stamps. Two logs are wanted, three for certificates "
		  "of more than 180 days, or minScts.",
	      .stage = STAGE_POLICY },
	    NEEDS_AUTHENTIC, 0, check_scts },
};

const struct verify_table verify_tls_policy = { policy_rows,
	COUNT(policy_rows) };
