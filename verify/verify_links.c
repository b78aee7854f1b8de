/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of links: which parts of the promise the checks add up to. A link
 * is proved only if everything under it passed; refuted if something under it
 * was shown to be false; else not checked, and why.
 */
#include "verify/verify_tls.h"

/*
 * Looks at outcomes; the first that did not pass decides. True when all passed
 * or were excused and one at least passed.
 */
static bool all_passed(
    const struct verify_case *c, enum link_id id, const char *const *checks)
{
	bool any = false;

	for (size_t i = 0; checks[i] != NULL; i++) {
		const struct check_outcome *o = verdict_find(c->v, checks[i]);

		if (o == NULL || (o->result == CHECK_NOT_RUN && o->excused))
			continue;
		if (o->result == CHECK_PASS) {
			any = true;
			continue;
		}
		verdict_link(c->v, id,
		    o->result == CHECK_FAIL && fault_rejects(o->fault.kind)
			? LINK_REFUTED
			: LINK_NOT_CHECKED,
		    "%s: %s", o->info->id, o->fault.text);
		return false;
	}
	return any;
}

/* Nothing that the statement says is worth more than the quote over it. */
static bool rests_on_quote(const struct verify_case *c, enum link_id id)
{
	if (verdict_is_authentic(c->v))
		return true;
	verdict_link(c->v, id, LINK_NOT_CHECKED,
	    "it rests on the statement, which is not authentic");
	return false;
}

/* ---- one function for each link ----------------------------------------- */

/* The chains hold; whether their roots do is not for the chains to say. */
static void conclude_roots(const struct verify_case *c, size_t n_used)
{
	for (size_t i = 0; i < c->tls->n; i++) {
		const struct verify_connection *k = &c->tls->connection[i];

		if (verify_tls_root_is_named(c, k))
			continue;
		verdict_link(c->v, LINK_SERVER, LINK_NOT_CHECKED,
		    "the chain of %.*s holds, and no policy names its root "
		    "(tlsRoots)",
		    k->host.n < 80 ? (int)k->host.n : 80,
		    (const char *)k->host.p);
		return;
	}
	verdict_link(c->v, LINK_SERVER, LINK_PROVED,
	    "%zu of %zu values used came over TLS, under certificates that "
	    "were verified again to roots that the policy names",
	    n_used, n_used);
}

static void conclude_server(const struct verify_case *c)
{
	static const char *const checks[] = { "statement.tls", "tls.evidence",
		"tls.leaf", "tls.name", "tls.chain", "tls.ocsp",
		"policy.sources", "policy.plain-http", "policy.tls-evidence",
		"policy.tls-roots", "tls.sct", NULL };
	const struct statement *s = c->statement;
	size_t n_used = 0, n_plain = 0;

	if (!all_passed(c, LINK_SERVER, checks)) {
		if (c->v->links[LINK_SERVER].why[0] == '\0')
			verdict_link(c->v, LINK_SERVER, LINK_NOT_CHECKED, "%s",
			    s == NULL ? "there is no statement"
				      : "the statement observes nothing");
		return;
	}
	if (!rests_on_quote(c, LINK_SERVER))
		return;
	for (size_t i = 0; i < s->n_sources; i++) {
		n_used += s->source[i].used ? 1 : 0;
		n_plain += s->source[i].used && s->source[i].tls.plain_http;
	}
	if (n_plain > 0)
		verdict_link(c->v, LINK_SERVER, LINK_NOT_CHECKED,
		    "%zu of %zu values used came over plain HTTP", n_plain,
		    n_used);
	else if (c->tls == NULL)
		verdict_link(c->v, LINK_SERVER, LINK_NOT_CHECKED,
		    VERIFY_TLS_NO_EVIDENCE
		    ": only the code says that it verified those of %zu "
		    "values (?evidence=full brings them)",
		    n_used);
	else
		conclude_roots(c, n_used);
}

static void conclude_statement(const struct verify_case *c)
{
	static const char *const checks[] = { "response.form", "statement.form",
		"statement.hash", "statement.value", "statement.timestamp",
		"statement.span", "batch.path", "binding.report-data", NULL };

	if (c->bare) {
		verdict_link(c->v, LINK_STATEMENT, LINK_NOT_CHECKED,
		    "a bare quote carries no statement");
		return;
	}
	if (!all_passed(c, LINK_STATEMENT, checks) ||
	    !rests_on_quote(c, LINK_STATEMENT))
		return;
	verdict_link(c->v, LINK_STATEMENT, LINK_PROVED,
	    "the quote binds the SHA-256 of this statement%s",
	    c->response.evidence.has_batch ? ", through a batch" : "");
}

static void conclude_config(const struct verify_case *c)
{
	static const char *const checks[] = { "policy.configs", NULL };

	/* A platform that measures the configuration has said so. */
	if (c->v->links[LINK_CONFIG].why[0] != '\0' ||
	    !rests_on_quote(c, LINK_CONFIG))
		return;
	if (all_passed(c, LINK_CONFIG, checks))
		verdict_link(c->v, LINK_CONFIG, LINK_PROVED,
		    "the statement names a configuration that the policy "
		    "lists; it is as good as the code that says so");
	else if (c->v->links[LINK_CONFIG].why[0] == '\0')
		verdict_link(c->v, LINK_CONFIG, LINK_NOT_CHECKED,
		    "no policy says which configuration it should be");
}

static void conclude_signer(const struct verify_case *c)
{
	static const char *const checks[] = { "signature.signer",
		"signature.digest", "signature.value", "policy.signers", NULL };

	if (c->bare) {
		verdict_link(c->v, LINK_SIGNER, LINK_NOT_CHECKED,
		    "a bare quote carries no statement");
		return;
	}
	if (!all_passed(c, LINK_SIGNER, checks) ||
	    !rests_on_quote(c, LINK_SIGNER))
		return;
	verdict_link(c->v, LINK_SIGNER, LINK_PROVED,
	    "it signed the statement, which names it and is quoted");
}

/* The dates are worth something where the quoted key signed them. */
static void conclude_valid(const struct verify_case *c)
{
	static const char *const signature[] = { "cert.signature", NULL };
	static const char *const dates[] = { "cert.validity", NULL };

	if (!all_passed(c, LINK_FRESH, dates))
		return;
	if (!verdict_is_authentic(c->v) ||
	    !all_passed(c, LINK_FRESH, signature))
		verdict_link(c->v, LINK_FRESH, LINK_NOT_CHECKED,
		    "the certificate is valid at this time, and nothing says "
		    "that the quoted key gave it its dates");
	else
		verdict_link(c->v, LINK_FRESH, LINK_PROVED,
		    "the quoted key signed the certificate, which is valid at "
		    "this time; that the key is there, a handshake shows");
}

static void conclude_fresh(const struct verify_case *c)
{
	static const char *const checks[] = { "policy.nonce", "policy.fresh",
		"policy.future", NULL };

	if (c->is_cert) {
		conclude_valid(c);
		return;
	}
	if (c->bare) {
		verdict_link(c->v, LINK_FRESH, LINK_NOT_CHECKED,
		    "a quote carries no time");
		return;
	}
	if (!all_passed(c, LINK_FRESH, checks))
		return;
	verdict_link(c->v, LINK_FRESH, LINK_PROVED, "%s",
	    c->opt->nonce.n > 0
		? "it is recent and carries your nonce"
		: "it is recent; nobody asked for a nonce, so it may have "
		  "been made for others");
}

/*
 * The platform sets code and hardware when every check of authenticity passed;
 * otherwise its first failure says what is wrong.
 */
static void conclude_platform(const struct verify_case *c)
{
	const struct check_outcome *bad = NULL;

	for (size_t i = 0;
	     c->platform != NULL && bad == NULL && i < c->platform->n_checks;
	     i++) {
		const struct check_outcome *o =
		    verdict_find(c->v, c->platform->checks[i].info.id);

		if (o != NULL && o->result == CHECK_FAIL)
			bad = o;
	}
	for (enum link_id id = LINK_CODE; id <= LINK_HARDWARE; id++) {
		if (id == LINK_CONFIG || c->v->links[id].why[0] != '\0')
			continue;
		if (bad == NULL)
			verdict_link(c->v, id, LINK_NOT_CHECKED,
			    "no quote was authenticated");
		else
			verdict_link(c->v, id,
			    id == LINK_HARDWARE &&
				    fault_rejects(bad->fault.kind)
				? LINK_REFUTED
				: LINK_NOT_CHECKED,
			    "%s: %s", bad->info->id, bad->fault.text);
	}
	if (c->v->simulated && c->v->links[LINK_HARDWARE].state == LINK_PROVED)
		verdict_link(c->v, LINK_HARDWARE, LINK_NOT_CHECKED,
		    "simulated: no hardware vouches for any of this");
}

void verify_links_conclude(const struct verify_case *c)
{
	conclude_server(c);
	conclude_statement(c);
	conclude_platform(c);
	conclude_config(c);
	conclude_signer(c);
	conclude_fresh(c);
	verdict_link(c->v, LINK_LOG, LINK_NOT_CHECKED,
	    "there is no log of statements yet");
}
