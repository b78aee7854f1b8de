/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/openapi_schema.h"

#include "oracle/http_problem.h"
#include "verify/collateral.h"
#include "verify/evidence.h"

#include <stdio.h>

/* ---- forms -------------------------------------------------------------- */

static void put_text_schema(
    struct canon *c, const char *name, const char *key, const char *value)
{
	canon_object(c, name);
	if (key != NULL)
		canon_text(c, key, value);
	canon_text(c, "type", "string");
	canon_end(c);
}

static void put_pattern(struct canon *c, const char *name, const char *pattern)
{
	put_text_schema(c, name, "pattern", pattern);
}

static void put_typed(struct canon *c, const char *name, const char *type)
{
	canon_object(c, name);
	canon_text(c, "type", type);
	canon_end(c);
}

static void put_integer(struct canon *c, const char *name)
{
	canon_object(c, name);
	canon_u64(c, "maximum", (UINT64_C(1) << 53) - 1);
	canon_u64(c, "minimum", 0);
	canon_text(c, "type", "integer");
	canon_end(c);
}

static void put_array_of(
    struct canon *c, const char *name, enum openapi_form form, const char *of)
{
	canon_object(c, name);
	openapi_schema_form(c, "items", form, of);
	canon_text(c, "type", "array");
	canon_end(c);
}

static void put_reference(struct canon *c, const char *name, const char *of)
{
	char text[64];

	snprintf(text, sizeof(text), "#/components/schemas/%s", of);
	canon_object(c, name);
	canon_text(c, "$ref", text);
	canon_end(c);
}

void openapi_schema_form(
    struct canon *c, const char *name, enum openapi_form form, const char *of)
{
	switch (form) {
	case OPENAPI_ADDRESS:
		put_pattern(c, name, "^0x[0-9a-fA-F]{40}$");
		break;
	case OPENAPI_ANY_ARRAY:
		put_typed(c, name, "array");
		break;
	case OPENAPI_ANY_OBJECT:
		put_typed(c, name, "object");
		break;
	case OPENAPI_BASE64:
		put_text_schema(c, name, "contentEncoding", "base64");
		break;
	case OPENAPI_BASE64S:
		put_array_of(c, name, OPENAPI_BASE64, NULL);
		break;
	case OPENAPI_BOOL:
		put_typed(c, name, "boolean");
		break;
	case OPENAPI_CONST:
		canon_object(c, name);
		canon_text(c, "const", of);
		canon_end(c);
		break;
	case OPENAPI_DECIMAL:
		put_pattern(c, name, "^-?(0|[1-9][0-9]*)([.][0-9]*[1-9])?$");
		break;
	case OPENAPI_DIGEST:
		put_pattern(c, name, "^0x[0-9a-f]{64}$");
		break;
	case OPENAPI_FINGERPRINT:
		put_pattern(c, name, "^([0-9A-F]{2}:){31}[0-9A-F]{2}$");
		break;
	case OPENAPI_HASH:
		put_pattern(c, name, "^[0-9a-f]{64}$");
		break;
	case OPENAPI_HASHES:
		put_array_of(c, name, OPENAPI_HASH, NULL);
		break;
	case OPENAPI_INTEGER:
		put_integer(c, name);
		break;
	case OPENAPI_INTEGERS:
		put_array_of(c, name, OPENAPI_INTEGER, NULL);
		break;
	case OPENAPI_NONCE:
		put_pattern(c, name, "^([0-9a-fA-F]{2}){1,32}$");
		break;
	case OPENAPI_OBJECT:
		put_reference(c, name, of);
		break;
	case OPENAPI_OBJECTS:
		put_array_of(c, name, OPENAPI_OBJECT, of);
		break;
	case OPENAPI_SIGNATURE:
		put_pattern(c, name, "^0x[0-9a-f]{130}$");
		break;
	case OPENAPI_TEXT:
		put_typed(c, name, "string");
		break;
	case OPENAPI_TIME:
		put_text_schema(c, name, "format", "date-time");
		break;
	case OPENAPI_TRUE:
		canon_object(c, name);
		canon_bool(c, "const", true);
		canon_end(c);
		break;
	}
}

/* ---- objects ------------------------------------------------------------ */

struct member {
	const char *name;
	enum openapi_form form;
	bool optional;
	const char *of; /* OBJECT, OBJECTS: a schema; CONST: the text */
};

#define NEED(name, form)                \
	{                               \
		name, form, false, NULL \
	}
#define MAY(name, form)                \
	{                              \
		name, form, true, NULL \
	}
#define NEED_OF(name, form, of)       \
	{                             \
		name, form, false, of \
	}
#define MAY_OF(name, form, of)       \
	{                            \
		name, form, true, of \
	}

/* FORMAT.evidence.md section 4 */
static const struct member batch[] = {
	NEED("index", OPENAPI_INTEGER),
	NEED("path", OPENAPI_HASHES),
	NEED("size", OPENAPI_INTEGER),
};

static const struct member chain[] = {
	MAY("balance", OPENAPI_DECIMAL),
	MAY("balanceLow", OPENAPI_BOOL),
	NEED_OF("counts", OPENAPI_OBJECT, "ChainCounts"),
	NEED_OF("endpoints", OPENAPI_OBJECTS, "ChainEndpoint"),
	MAY_OF("fault", OPENAPI_OBJECT, "ChainFault"),
	NEED_OF("feeds", OPENAPI_OBJECTS, "ChainFeed"),
	MAY("head", OPENAPI_INTEGER),
	NEED("id", OPENAPI_INTEGER),
	NEED("mined", OPENAPI_INTEGER),
	MAY("nextNonce", OPENAPI_INTEGER),
	NEED("payer", OPENAPI_ADDRESS),
	NEED("pending", OPENAPI_INTEGER),
	NEED("spent", OPENAPI_DECIMAL),
};

static const struct member chain_counts[] = {
	NEED("cancelled", OPENAPI_INTEGER),
	NEED("confirmed", OPENAPI_INTEGER),
	NEED("dropped", OPENAPI_INTEGER),
	NEED("failed", OPENAPI_INTEGER),
	NEED("mined", OPENAPI_INTEGER),
	NEED("overtaken", OPENAPI_INTEGER),
	NEED("reorged", OPENAPI_INTEGER),
	NEED("replaced", OPENAPI_INTEGER),
	NEED("reverted", OPENAPI_INTEGER),
	NEED("signed", OPENAPI_INTEGER),
	NEED("taken", OPENAPI_INTEGER),
};

static const struct member chain_endpoint[] = {
	NEED("calls", OPENAPI_INTEGER),
	MAY("failure", OPENAPI_TEXT),
	NEED("failures", OPENAPI_INTEGER),
	MAY("head", OPENAPI_INTEGER),
	NEED("latencyMs", OPENAPI_INTEGER),
	NEED("url", OPENAPI_TEXT),
	NEED("usable", OPENAPI_BOOL),
};

static const struct member chain_fault[] = {
	NEED("at", OPENAPI_TEXT),
	NEED("text", OPENAPI_TEXT),
};

static const struct member chain_feed[] = {
	MAY("accepted", OPENAPI_INTEGER),
	NEED("contract", OPENAPI_ADDRESS),
	NEED("decision", OPENAPI_TEXT),
	NEED("feed", OPENAPI_TEXT),
	MAY("nonce", OPENAPI_INTEGER),
	MAY("offered", OPENAPI_INTEGER),
	NEED("pushed", OPENAPI_INTEGER),
	MAY("refusal", OPENAPI_TEXT),
	NEED("refused", OPENAPI_INTEGER),
	MAY("timestamp", OPENAPI_INTEGER),
	MAY("value", OPENAPI_DECIMAL),
};

static const struct member chains[] = {
	NEED_OF("chains", OPENAPI_OBJECTS, "Chain"),
};

/* FORMAT.evidence.md section 5 */
static const struct member collateral[] = {
	MAY("pckChain", OPENAPI_TEXT),
	MAY("pckCrl", OPENAPI_BASE64),
	MAY("pckCrlIssuerChain", OPENAPI_TEXT),
	MAY("qeIdentity", OPENAPI_TEXT),
	MAY("qeIdentityIssuerChain", OPENAPI_TEXT),
	MAY("rootCaCrl", OPENAPI_BASE64),
	MAY("tcbInfo", OPENAPI_TEXT),
	MAY("tcbInfoIssuerChain", OPENAPI_TEXT),
	NEED_OF("type", OPENAPI_CONST, COLLATERAL_TYPE),
};

/* FORMAT.evidence.md section 3 */
static const struct member evidence[] = {
	MAY("appCompose", OPENAPI_TEXT),
	MAY_OF("batch", OPENAPI_OBJECT, "Batch"),
	MAY("bodies", OPENAPI_BASE64S),
	MAY_OF("collateral", OPENAPI_OBJECT, "Collateral"),
	MAY("configuration", OPENAPI_TEXT),
	MAY("eventLog", OPENAPI_ANY_ARRAY),
	MAY("keyChain", OPENAPI_ANY_OBJECT),
	MAY("mrConfig", OPENAPI_TEXT),
	NEED("platform", OPENAPI_TEXT),
	NEED("provider", OPENAPI_TEXT),
	NEED("simulated", OPENAPI_BOOL),
	MAY_OF("tls", OPENAPI_OBJECT, "Tls"),
	NEED_OF("type", OPENAPI_CONST, EVIDENCE_TYPE),
};

/* FORMAT.evidence.md section 8 */
static const struct member tls[] = {
	NEED("certificates", OPENAPI_BASE64S),
	NEED("ocsp", OPENAPI_BASE64S),
	NEED("scts", OPENAPI_BASE64S),
};

static const struct member feed[] = {
	MAY("decimals", OPENAPI_INTEGER),
	NEED("fresh", OPENAPI_BOOL),
	NEED("id", OPENAPI_TEXT),
	NEED("intervalMs", OPENAPI_INTEGER),
	NEED("kind", OPENAPI_TEXT),
	MAY("lastFault", OPENAPI_TEXT),
	NEED_OF("links", OPENAPI_OBJECT, "Links"),
	MAY("rejected", OPENAPI_INTEGER),
	MAY("round", OPENAPI_INTEGER),
	NEED("roundsFailed", OPENAPI_INTEGER),
	NEED("roundsOk", OPENAPI_INTEGER),
	NEED("sources", OPENAPI_INTEGER),
	MAY("timestamp", OPENAPI_INTEGER),
	MAY("unit", OPENAPI_TEXT),
	MAY("used", OPENAPI_INTEGER),
	MAY("value", OPENAPI_TEXT),
};

static const struct member feeds[] = {
	NEED_OF("feeds", OPENAPI_OBJECTS, "Feed"),
};

/* EIP-3668 */
static const struct member gateway[] = {
	NEED("data", OPENAPI_TEXT),
};

static const struct member gateway_call[] = {
	NEED("data", OPENAPI_TEXT),
	NEED("sender", OPENAPI_ADDRESS),
};

static const struct member health[] = {
	NEED("status", OPENAPI_TEXT),
};

/* Of whoever keeps the vendor's collateral good. */
static const struct member kept[] = {
	MAY("ends", OPENAPI_TEXT),
	MAY("evaluationDataNumber", OPENAPI_INTEGER),
	NEED("failed", OPENAPI_INTEGER),
	NEED("fresh", OPENAPI_BOOL),
	MAY("lastFault", OPENAPI_TEXT),
	NEED("obtained", OPENAPI_INTEGER),
	MAY("validTo", OPENAPI_TIME),
};

static const struct member links[] = {
	NEED("latest", OPENAPI_TEXT),
	MAY("path", OPENAPI_TEXT),
};

static const struct member oracle[] = {
	MAY("appId", OPENAPI_TEXT),
	MAY_OF("collateral", OPENAPI_OBJECT, "Kept"),
	NEED("config", OPENAPI_HASH),
	NEED("derivedPubkey", OPENAPI_TEXT),
	NEED_OF("feeds", OPENAPI_OBJECTS, "Feed"),
	NEED_OF("name", OPENAPI_CONST, "affiant"),
	NEED("platform", OPENAPI_TEXT),
	NEED("provider", OPENAPI_TEXT),
	NEED_OF("routes", OPENAPI_OBJECTS, "Route"),
	NEED("signer", OPENAPI_ADDRESS),
	NEED("signerAddress", OPENAPI_ADDRESS),
	NEED("signerEphemeral", OPENAPI_BOOL),
	NEED("simulated", OPENAPI_BOOL),
	NEED("version", OPENAPI_TEXT),
};

/* FORMAT.statement.md section 5 */
static const struct member rejected[] = {
	NEED("detail", OPENAPI_TEXT),
	MAY("index", OPENAPI_INTEGER),
	NEED("reason", OPENAPI_TEXT),
	NEED("source", OPENAPI_TEXT),
	NEED("url", OPENAPI_TEXT),
};

/* FORMAT.evidence.md section 1 */
static const struct member response[] = {
	MAY_OF("evidence", OPENAPI_OBJECT, "Evidence"),
	MAY("quote", OPENAPI_BASE64),
	NEED("reportDataHash", OPENAPI_HASH),
	NEED_OF("signature", OPENAPI_OBJECT, "Signature"),
	NEED_OF("statement", OPENAPI_OBJECT, "Statement"),
};

static const struct member route[] = {
	NEED("help", OPENAPI_TEXT),
	NEED("path", OPENAPI_TEXT),
};

/* FORMAT.request.md section 2 */
static const struct member sealed[] = {
	NEED("key", OPENAPI_HASH),
	NEED("sealed", OPENAPI_BASE64),
};

/* FORMAT.evidence.md section 2 */
static const struct member signature[] = {
	NEED("digest", OPENAPI_DIGEST),
	NEED_OF("scheme", OPENAPI_CONST, "eip712"),
	NEED("signer", OPENAPI_ADDRESS),
	NEED("value", OPENAPI_SIGNATURE),
};

/* RFC 9457; the types are those of the table, and there may be extensions. */
static void put_problem(struct canon *c, const char *name)
{
	canon_object(c, name);
	canon_object(c, "properties");
	openapi_schema_form(c, "detail", OPENAPI_TEXT, NULL);
	openapi_schema_form(c, "status", OPENAPI_INTEGER, NULL);
	openapi_schema_form(c, "title", OPENAPI_TEXT, NULL);
	canon_object(c, "type");
	canon_array(c, "enum");
	for (size_t i = 0; i < PROBLEM_COUNT; i++)
		canon_text(c, NULL, http_problem_row((enum problem)i)->type);
	canon_end(c);
	canon_end(c);
	canon_end(c);
	canon_array(c, "required");
	canon_text(c, NULL, "status");
	canon_text(c, NULL, "title");
	canon_text(c, NULL, "type");
	canon_end(c);
	canon_text(c, "type", "object");
	canon_end(c);
}

/* In canonical order. */
static const struct object {
	const char *name;
	/* Others may come with a later version; signed formats are closed. */
	bool open;
	const struct member *members;
	size_t n;
	void (*put)(struct canon *c, const char *name); /* instead of rows */
} objects[] = {
	{ "Batch", false, batch, COUNT(batch), NULL },
	{ "Chain", true, chain, COUNT(chain), NULL },
	{ "ChainCounts", true, chain_counts, COUNT(chain_counts), NULL },
	{ "ChainEndpoint", true, chain_endpoint, COUNT(chain_endpoint), NULL },
	{ "ChainFault", true, chain_fault, COUNT(chain_fault), NULL },
	{ "ChainFeed", true, chain_feed, COUNT(chain_feed), NULL },
	{ "Chains", true, chains, COUNT(chains), NULL },
	{ "Collateral", false, collateral, COUNT(collateral), NULL },
	{ "Evidence", false, evidence, COUNT(evidence), NULL },
	{ "Feed", true, feed, COUNT(feed), NULL },
	{ "Feeds", true, feeds, COUNT(feeds), NULL },
	{ "Gateway", true, gateway, COUNT(gateway), NULL },
	{ "GatewayCall", true, gateway_call, COUNT(gateway_call), NULL },
	{ "Health", true, health, COUNT(health), NULL },
	{ .name = "Hop", .put = openapi_statement_put_hop },
	{ "Kept", true, kept, COUNT(kept), NULL },
	{ "Links", true, links, COUNT(links), NULL },
	{ "Oracle", true, oracle, COUNT(oracle), NULL },
	{ .name = "Problem", .put = put_problem },
	{ "Rejected", false, rejected, COUNT(rejected), NULL },
	{ "Response", false, response, COUNT(response), NULL },
	{ "Route", true, route, COUNT(route), NULL },
	{ "Sealed", false, sealed, COUNT(sealed), NULL },
	{ "Signature", false, signature, COUNT(signature), NULL },
	{ .name = "Source", .put = openapi_statement_put_source },
	{ .name = "Statement", .put = openapi_statement_put },
	{ "Tls", false, tls, COUNT(tls), NULL },
};

static void put_rows(struct canon *c, const struct object *o)
{
	canon_object(c, o->name);
	if (!o->open)
		canon_bool(c, "additionalProperties", false);
	canon_object(c, "properties");
	for (size_t i = 0; i < o->n; i++)
		openapi_schema_form(c, o->members[i].name, o->members[i].form,
		    o->members[i].of);
	canon_end(c);
	canon_array(c, "required");
	for (size_t i = 0; i < o->n; i++) {
		if (!o->members[i].optional)
			canon_text(c, NULL, o->members[i].name);
	}
	canon_end(c);
	canon_text(c, "type", "object");
	canon_end(c);
}

void openapi_schema_put(struct canon *c)
{
	canon_object(c, "schemas");
	for (size_t i = 0; i < COUNT(objects); i++) {
		if (objects[i].put != NULL)
			objects[i].put(c, objects[i].name);
		else
			put_rows(c, &objects[i]);
	}
	canon_end(c);
}
