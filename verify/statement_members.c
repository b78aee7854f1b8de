/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/statement_members.h"

#define MEMBER(name, form, when, type, field)                                 \
	{                                                                     \
		name, "statement." name, form, when, offsetof(type, field), 0 \
	}
#define MEMBER_IF(name, form, when, type, field, flag)            \
	{                                                         \
		name, "statement." name, form, (when) | OPTIONAL, \
		    offsetof(type, field), offsetof(type, flag)   \
	}

/* Of the connection; `type` has a struct tls_evidence named tls. */
#define TLS_MEMBERS(when, type)                                                \
	MEMBER("tlsChain", FORM_CHAIN, (when) | IF_TLS, type, tls),            \
	    MEMBER("tlsCipher", FORM_TEXT, (when) | IF_TLS, type, tls.cipher), \
	    MEMBER("tlsFingerprint", FORM_FINGERPRINT, (when) | IF_TLS, type,  \
		tls.leaf),                                                     \
	    MEMBER("tlsGroup", FORM_TEXT, (when) | IF_TLS | OPTIONAL, type,    \
		tls.group),                                                    \
	    MEMBER("tlsIssuer", FORM_TEXT, (when) | IF_TLS, type, tls.issuer), \
	    MEMBER("tlsOcsp", FORM_TEXT, (when) | IF_TLS | OPTIONAL, type,     \
		tls.ocsp),                                                     \
	    MEMBER_IF("tlsOcspSha256", FORM_HASH, (when) | IF_TLS, type,       \
		tls.ocsp_hash, tls.has_ocsp_hash),                             \
	    MEMBER("tlsRoot", FORM_HASH, (when) | IF_TLS, type, tls.root),     \
	    MEMBER_IF("tlsScts", FORM_U64, (when) | IF_TLS, type, tls.scts,    \
		tls.has_scts),                                                 \
	    MEMBER_IF("tlsSctsSha256", FORM_HASH, (when) | IF_TLS, type,       \
		tls.scts_hash, tls.has_scts_hash),                             \
	    MEMBER("tlsSpki", FORM_HASH, (when) | IF_TLS, type, tls.spki),     \
	    MEMBER("tlsSubject", FORM_TEXT, (when) | IF_TLS | OPTIONAL, type,  \
		tls.subject),                                                  \
	    MEMBER("tlsValidFrom", FORM_TIME, (when) | IF_TLS, type,           \
		tls.valid_from),                                               \
	    MEMBER(                                                            \
		"tlsValidTo", FORM_TIME, (when) | IF_TLS, type, tls.valid_to), \
	    MEMBER(                                                            \
		"tlsVersion", FORM_TEXT, (when) | IF_TLS, type, tls.version)

#define OF(name, form, when, field) \
	MEMBER(name, form, when, struct statement, field)
#define OF_SOURCE(name, form, when, field) \
	MEMBER(name, form, when, struct statement_source, field)
#define OF_HOP(name, form, when, field) \
	MEMBER(name, form, when, struct statement_hop, field)

/* FORMAT.statement.md sections 3 to 6. Rows with IF_ONE are kept in source[0];
 * the value member stands where its name belongs. */
static const struct member of_statement[] = {
	OF_SOURCE("bodySha256", FORM_HASH, IF_ONE, body),
	OF("chainId", FORM_U64, IF_KEY, chain_id),
	OF("config", FORM_HASH, 0, config),
	OF("decimals", FORM_DECIMALS, IF_NUMBER, decimals),
	OF("feed", FORM_TEXT, IF_SOURCED, feed),
	OF_SOURCE("hops", FORM_HOPS, IF_ONE | OPTIONAL, hops),
	OF_SOURCE("httpVersion", FORM_TEXT, IF_ONE | OPTIONAL, http),
	OF("kind", FORM_KIND, 0, kind),
	OF("maxAgeMs", FORM_U64, IF_SOURCED | OPTIONAL, max_age_ms),
	OF("method", FORM_TEXT, IF_MANY, method),
	OF("nonce", FORM_NONCE, OPTIONAL, nonce),
	OF_SOURCE("observedAt", FORM_MS, IF_ONE, observed_at),
	OF_SOURCE("plainHttp", FORM_TRUE, IF_ONE | IF_PLAIN, tls.plain_http),
	MEMBER_IF("previous", FORM_HASH, IF_SOURCED, struct statement, previous,
	    has_previous),
	MEMBER_IF("receivedAt", FORM_MS, IF_ONE, struct statement_source,
	    received_at, has_received),
	OF("registry", FORM_ADDRESS, IF_KEY, registry),
	OF("rejected", FORM_REJECTED, IF_MANY, source),
	MEMBER_IF("requestKey", FORM_HASH, IF_KEY, struct statement,
	    request_key, has_request_key),
	MEMBER_IF("requestSha256", FORM_HASH, IF_ONE, struct statement_source,
	    request, has_request),
	OF("round", FORM_U64, IF_SOURCED, round),
	OF("signer", FORM_ADDRESS, 0, signer),
	OF_SOURCE("source", FORM_TEXT, IF_ONE, host),
	OF("sources", FORM_SOURCES, IF_MANY, source),
	OF("spread", FORM_TEXT, IF_MANY | IF_NUMBER, spread),
	OF_SOURCE("status", FORM_U64, IF_ONE, status),
	OF("timestamp", FORM_MS, 0, timestamp),
	TLS_MEMBERS(IF_ONE, struct statement_source),
	OF("trim", FORM_U64, IF_MANY | OPTIONAL, trim),
	OF("type", FORM_TYPE, 0, kind),
	OF("unit", FORM_TEXT, IF_UNIT, unit),
	OF_SOURCE("url", FORM_TEXT, IF_ONE, url),
	OF("used", FORM_USED, IF_MANY, source),
};

/* An element of `sources`; with the value member of the kind. */
static const struct member of_source[] = {
	OF_SOURCE("bodySha256", FORM_HASH, 0, body),
	OF_SOURCE("hops", FORM_HOPS, OPTIONAL, hops),
	OF_SOURCE("httpVersion", FORM_TEXT, OPTIONAL, http),
	OF_SOURCE("observedAt", FORM_MS, 0, observed_at),
	OF_SOURCE("plainHttp", FORM_TRUE, IF_PLAIN, tls.plain_http),
	MEMBER_IF("receivedAt", FORM_MS, 0, struct statement_source,
	    received_at, has_received),
	MEMBER_IF("requestSha256", FORM_HASH, 0, struct statement_source,
	    request, has_request),
	OF_SOURCE("source", FORM_TEXT, 0, host),
	OF_SOURCE("status", FORM_U64, 0, status),
	TLS_MEMBERS(0, struct statement_source),
	OF_SOURCE("url", FORM_TEXT, 0, url),
	OF_SOURCE("weight", FORM_U64, OPTIONAL, weight),
};

/* An element of `hops`. */
static const struct member of_hop[] = {
	OF_HOP("httpVersion", FORM_TEXT, OPTIONAL, http),
	OF_HOP("plainHttp", FORM_TRUE, IF_PLAIN, tls.plain_http),
	OF_HOP("source", FORM_TEXT, 0, host),
	OF_HOP("status", FORM_U64, 0, status),
	TLS_MEMBERS(0, struct statement_hop),
	OF_HOP("url", FORM_TEXT, 0, url),
};

static unsigned bits_of_kind(const struct statement_kind *kind)
{
	unsigned bits = kind->has_sources ? IF_SOURCED : IF_KEY;

	bits |= kind->is_number ? IF_NUMBER : 0u;
	bits |= kind->has_unit ? IF_UNIT : 0u;
	return bits;
}

bool statement_members_due(
    const struct member_shape *shape, const struct member *m)
{
	return (m->when & ~(unsigned)OPTIONAL & ~shape->holds) == 0;
}

struct member_shape statement_members_source(
    const struct statement_kind *kind, bool plain)
{
	return (struct member_shape){ of_source, COUNT(of_source),
		plain ? IF_PLAIN : IF_TLS, kind->value_member };
}

struct member_shape statement_members_hop(bool plain)
{
	return (struct member_shape){ of_hop, COUNT(of_hop),
		plain ? IF_PLAIN : IF_TLS, NULL };
}

struct member_shape statement_members_root(
    const struct statement_kind *kind, bool one, bool plain)
{
	unsigned holds = bits_of_kind(kind);

	if (kind->has_sources) {
		holds |= one ? IF_ONE : IF_MANY;
		holds |= plain ? IF_PLAIN : IF_TLS;
	}
	return (struct member_shape){ of_statement, COUNT(of_statement), holds,
		kind->value_member };
}
