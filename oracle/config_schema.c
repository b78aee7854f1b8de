/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/config_schema.h"

#include "attest/attest.h"
#include "oracle/http_routes.h"
#include "oracle/http_server.h"
#include "oracle/trusted_time.h"
#include "sources/sources.h"
#include "verify/base/text.h"
#include "verify/combine.h"
#include "verify/pick_number.h"
#include "verify/pick_path.h"
#include "verify/pick_time.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- words -------------------------------------------------------------- */

static const char *word_of_kind(size_t i)
{
	/* Kinds without sources (key) are nobody's to configure. */
	for (size_t k = 0; statement_kinds[k] != NULL; k++) {
		if (statement_kinds[k]->has_sources && i-- == 0)
			return statement_kinds[k]->id;
	}
	return NULL;
}

static const char *word_of_method(size_t i)
{
	return combine_methods[i] != NULL ? combine_methods[i]->id : NULL;
}

static const char *word_of_source_kind(size_t i)
{
	return source_kinds[i] != NULL ? source_kinds[i]->id : NULL;
}

/* "auto", then each id of the provider table once (simulators share one). */
static const char *word_of_provider(size_t i)
{
	if (i-- == 0)
		return "auto";
	for (size_t k = 0; attest_rows[k] != NULL; k++) {
		bool seen = false;

		for (size_t j = 0; j < k; j++)
			seen |=
			    strcmp(attest_rows[j]->id, attest_rows[k]->id) == 0;
		if (!seen && i-- == 0)
			return attest_rows[k]->id;
	}
	return NULL;
}

static const char *word_of_simulated(size_t i)
{
	for (size_t k = 0; attest_rows[k] != NULL; k++) {
		if (!attest_rows[k]->simulator)
			continue;
		for (size_t j = 0; attest_rows[k]->platforms[j] != NULL; j++) {
			if (i-- == 0)
				return attest_rows[k]->platforms[j];
		}
	}
	return NULL;
}

/* In the order of enum dec_round. */
static const char *word_of_rounding(size_t i)
{
	static const char *const words[] = { "exact", "trunc", "half_even" };

	return i < COUNT(words) ? words[i] : NULL;
}

static const char *word_of_time_unit(size_t i)
{
	return pick_time_units[i];
}

static const char *word_of_form(size_t i)
{
	return pick_number_forms[i];
}

static const char *word_of_update(size_t i)
{
	static const char *const words[] = { "standard", "early" };

	return i < COUNT(words) ? words[i] : NULL;
}

/* In the order of enum source_demand. */
static const char *word_of_demand(size_t i)
{
	static const char *const words[] = { "report", "must" };

	return i < COUNT(words) ? words[i] : NULL;
}

/* In the order of enum log_level. */
static const char *word_of_level(size_t i)
{
	static const char *const words[] = { "debug", "info", "warn", "error" };

	return i < COUNT(words) ? words[i] : NULL;
}

/* ---- forms of single texts ---------------------------------------------- */

static FALLIBLE check_listen(const char *value, struct fault *f)
{
	const char *colon = strrchr(value, ':');
	char host[INET_ADDRSTRLEN];
	struct in_addr address;
	struct fault port_fault = FAULT_INIT;
	uint64_t port;

	if (colon == NULL || (size_t)(colon - value) >= sizeof(host))
		return fault_raise(f, FAULT_CONFIG, "config.listen",
		    "want an IPv4 address, a colon and a port, "
		    "as in 0.0.0.0:8080");
	memcpy(host, value, (size_t)(colon - value));
	host[colon - value] = '\0';
	if (inet_pton(AF_INET, host, &address) != 1)
		return fault_raise(f, FAULT_CONFIG, "config.listen",
		    "in front of the colon stands no IPv4 address");
	if (!u64_parse(
		span_text(colon + 1), &port, "config.listen", &port_fault) ||
	    port > UINT16_MAX)
		return fault_raise(f, FAULT_CONFIG, "config.listen",
		    "the port is a number up to 65535 (0 takes a free one)");
	return true;
}

FALLIBLE config_check_no_control(const char *value, struct fault *f)
{
	for (const char *p = value; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return fault_raise(f, FAULT_CONFIG, "config.text",
			    "control characters have no place here");
	}
	return true;
}

/* A feed id is one bytes32 of ASCII on chain, and a word in URLs and logs. */
FALLIBLE config_check_feed_id(const char *value, struct fault *f)
{
	uint8_t bytes[32];

	if (!statement_feed_bytes32(span_text(value), bytes, NULL))
		return fault_raise(f, FAULT_CONFIG, "config.feed.id",
		    "want 1 to %d characters of printable ASCII, no space",
		    LIMIT_FEED_ID);
	return true;
}

static FALLIBLE check_path(const char *value, struct fault *f)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._~/";

	if (value[0] != '/')
		return fault_raise(f, FAULT_CONFIG, "config.feed.path",
		    "a path starts with /");
	if (strncmp(value, "/v1/", 4) == 0)
		return fault_raise(f, FAULT_CONFIG, "config.feed.path",
		    "everything below /v1/ belongs to the server itself");
	if (http_routes_has(value) || strcmp(value, "/v1") == 0)
		return fault_raise(f, FAULT_CONFIG, "config.feed.path",
		    "is a route of the server itself");
	if (value[strspn(value, allowed)] != '\0')
		return fault_raise(f, FAULT_CONFIG, "config.feed.path",
		    "a path has letters, digits and -._~/ only");
	/* Clients and proxies rewrite these before they ask. */
	if (strstr(value, "//") != NULL || strstr(value, "/.") != NULL ||
	    value[strlen(value) - 1] == '/')
		return fault_raise(f, FAULT_CONFIG, "config.feed.path",
		    "a path has no empty segment, none that starts with a "
		    "dot, and no / at its end");
	return true;
}

/* Units stand in statements beside the value: "celsius", "USD/oz". */
static FALLIBLE check_unit(const char *value, struct fault *f)
{
	if (!ascii_is_printable(span_text(value)))
		return fault_raise(f, FAULT_CONFIG, "config.feed.unit",
		    "want printable ASCII");
	return true;
}

/* A pointer, or a path; the rest of the program knows them by the $. */
static FALLIBLE check_pick(const char *value, struct fault *f)
{
	if (pick_path_is(value))
		return pick_path_check(value, "config.path", f);
	if (!json_pointer_is_valid(value))
		return fault_raise(f, FAULT_CONFIG, "config.pointer",
		    "not a JSON pointer (RFC 6901): empty, or starting with "
		    "/, and ~ only as ~0 or ~1");
	return true;
}

/* A path, or the URL of a stand-in: what attest/agent.h takes. */
static FALLIBLE check_socket(const char *value, struct fault *f)
{
	TRY(config_check_no_control(value, f));
	if (value[0] != '/' && strncmp(value, "http://", 7) != 0 &&
	    strncmp(value, "https://", 8) != 0)
		return fault_raise(f, FAULT_CONFIG, "config.socket",
		    "want the path of a socket (/...) or a URL (http://...)");
	return true;
}

FALLIBLE config_check_ca_file(const char *value, struct fault *f)
{
	struct stat st;

	TRY(config_check_no_control(value, f));
	if (stat(value, &st) != 0)
		return fault_raise(
		    f, FAULT_CONFIG, "config.ca_file", "no such file");
	if (!S_ISREG(st.st_mode))
		return fault_raise(
		    f, FAULT_CONFIG, "config.ca_file", "not a file");
	if (access(value, R_OK) != 0)
		return fault_raise(f, FAULT_CONFIG, "config.ca_file",
		    "may not be read by this user");
	return true;
}

/* ---- the tables --------------------------------------------------------- */

/* Long enough for five days of holidays at a central bank, and some. */
#define MAX_AGE_MS_MAX (30ull * 24 * 3600 * 1000)
#define INTERVAL_MS_MAX (24ull * 3600 * 1000)
/* Intel's collateral lasts 30 days. */
#define REFRESH_S_MAX (30ull * 24 * 3600)

static const struct config_member collateral_members[] = {
	{ "pccs", CONFIG_TEXT, INTO(collateral_config, pccs), .min = 1,
	    .max = LIMIT_URL_BYTES, .check = config_check_no_control,
	    .help = "URL of Intel's provisioning service or of a cache of it, "
		    "which is asked for this machine; ${NAME} is taken from "
		    "the environment" },
	{ "root_crl", CONFIG_TEXT, INTO(collateral_config, root_crl), .min = 1,
	    .max = LIMIT_URL_BYTES, .check = config_check_no_control,
	    .help = "URL of the root's CRL, if it is not where it is "
		    "expected" },
	{ "ca_file", CONFIG_TEXT, INTO(collateral_config, ca_file), .min = 1,
	    .max = LIMIT_PATH_BYTES, .check = config_check_ca_file,
	    .help = "PEM file of the roots to trust for that service, instead "
		    "of the system's" },
	{ "allow_http", CONFIG_FLAG, INTO(collateral_config, allow_http),
	    .help = "take a service without TLS" },
	{ "update", CONFIG_WORD, INTO(collateral_config, update),
	    .words = word_of_update,
	    .help = "which edition to ask for; the service's own choice "
		    "unless said" },
	{ "file", CONFIG_TEXT, INTO(collateral_config, file), .min = 1,
	    .max = LIMIT_PATH_BYTES, .check = config_check_no_control,
	    .help = "instead of a service: a bundle that affiantd collateral "
		    "wrote" },
	{ "refresh_s", CONFIG_NUMBER, INTO(collateral_config, refresh_s),
	    .min = 60, .max = REFRESH_S_MAX, .fallback = 86400,
	    .help = "how often it is obtained anew; sooner when it is about "
		    "to end" },
};
static const struct config_object collateral_object = { "collateral",
	"attest.collateral", ROWS(collateral_members), 0 };

static const struct config_member attest_members[] = {
	{ "provider", CONFIG_WORD, INTO(config, provider),
	    .fallback_text = "auto", .words = word_of_provider,
	    .help = "who makes the quotes; auto takes the hardware it finds "
		    "and never a simulator" },
	{ "simulate", CONFIG_WORD, INTO(config, simulate),
	    .words = word_of_simulated,
	    .help = "simulate this platform; says so in everything it makes" },
	{ "socket", CONFIG_TEXT, INTO(config, agent_socket), .min = 1,
	    .max = LIMIT_URL_BYTES, .check = check_socket,
	    .help = "where the platform's agent listens: path of a unix socket "
		    "or URL; found by itself unless said" },
	{ "key_path", CONFIG_TEXT, INTO(config, key_path), .min = 1,
	    .max = LIMIT_KEY_NAME, .check = config_check_no_control,
	    .help = "the statement key's path at the key service, where there "
		    "is one; affiant/statement/v1 unless said" },
	{ "key_purpose", CONFIG_TEXT, INTO(config, key_purpose), .min = 1,
	    .max = LIMIT_KEY_NAME, .check = config_check_no_control,
	    .help = "the purpose that the key service signs with that key; "
		    "affiant/statement/v1 unless said" },
	{ "timeout_ms", CONFIG_NUMBER, INTO(config, agent_timeout_ms),
	    .min = 100, .max = LIMIT_TIMEOUT_MS, .fallback = 30000,
	    .help = "how long the agent may take for an answer" },
	{ "collateral", CONFIG_OBJECT,
	    .at = offsetof(struct config, collateral),
	    .object = &collateral_object,
	    .help = "what Intel says of this machine, where the provider does "
		    "not bring it itself" },
};
static const struct config_object attest_object = { "attest", "attest",
	ROWS(attest_members), 0 };

static const struct config_member http_members[] = {
	{ "threads", CONFIG_NUMBER, INTO(config, threads), .min = 2,
	    .max = LIMIT_HTTP_THREADS, .fallback = HTTP_THREADS_DEFAULT,
	    .help = "threads of the HTTP server: one for each connection" },
	{ "tls", CONFIG_OBJECT, .at = offsetof(struct config, tls),
	    .object = &config_tls_object,
	    .help = "HTTPS instead of HTTP; needs a build whose HTTP library "
		    "can, as the image is" },
};
static const struct config_object http_object = { "http", "http",
	ROWS(http_members), 0 };

static const struct config_member aggregate_members[] = {
	{ "method", CONFIG_WORD, INTO(aggregate_config, method),
	    .fallback_text = "median", .words = word_of_method,
	    .help = "how one value is made of those that were accepted" },
	{ "trim", CONFIG_NUMBER, INTO(aggregate_config, trim), .min = 1,
	    .max = COMBINE_TRIM_MAX, .fallback = 1,
	    .help = "trimmed-mean only: so many of the lowest values and of "
		    "the highest are left out" },
	{ "min_sources", CONFIG_NUMBER, INTO(aggregate_config, min_sources),
	    .min = 1, .max = LIMIT_SOURCES, .fallback = 1,
	    .help = "fewer accepted sources than this: no statement; to be "
		    "said where there is more than one source" },
	{ "max_deviation_bps", CONFIG_NUMBER,
	    INTO(aggregate_config, max_deviation_bps), .max = 10000,
	    .help = "reject what is further from the median of all, in "
		    "hundredths of a percent; 0 rejects nobody" },
	{ "max_jump_bps", CONFIG_NUMBER, INTO(aggregate_config, max_jump_bps),
	    .max = 1000000,
	    .help = "hold back a value further than this from the last one "
		    "published, in hundredths of a percent; 0 holds back "
		    "nothing" },
	{ "confirm_rounds", CONFIG_NUMBER,
	    INTO(aggregate_config, confirm_rounds), .min = 2, .max = 1000,
	    .fallback = 3,
	    .help = "so many rounds in a row have to agree on such a value "
		    "within max_deviation_bps until it is signed" },
	{ "max_age_ms", CONFIG_NUMBER, INTO(aggregate_config, max_age_ms),
	    .min = 100, .max = MAX_AGE_MS_MAX, .fallback = 30000,
	    .help = "reject older observations; a statement older than this "
		    "is not served any more" },
};
static const struct config_object aggregate_object = { "aggregate",
	"feeds[].aggregate", ROWS(aggregate_members), 0 };

#define PIN_LIST(field, n_field, what)                                \
	{                                                             \
#field, CONFIG_TEXTS,                                 \
		    COUNTED(source_config, pins.field, pins.n_field), \
		    .max = LIMIT_PINS,                                \
		    .help = "SHA-256, in hexadecimal "                \
			    "digits, " what                           \
	}

/* Part of the same struct: offsets are those of the source. */
static const struct config_member pin_members[] = {
	PIN_LIST(leaf, n_leaf, "of the server's certificate"),
	PIN_LIST(spki, n_spki, "of its key: SubjectPublicKeyInfo"),
	PIN_LIST(issuer, n_issuer, "of a certificate above it, or of the root"),
};
static const struct config_object pins_object = { "pins",
	"feeds[].sources[].pins", ROWS(pin_members), 0 };

static const struct config_member source_members[] = {
	{ "kind", CONFIG_WORD, INTO(source_config, kind),
	    .fallback_text = "http-json", .words = word_of_source_kind,
	    .help = "how the source is asked" },
	{ "url", CONFIG_TEXT, true, INTO(source_config, url), .min = 1,
	    .max = LIMIT_URL_BYTES, .check = config_check_no_control,
	    .help = "what is fetched; ${NAME} is taken from the environment "
		    "and masked wherever the URL is shown" },
	{ "body", CONFIG_TEXT, INTO(source_config, body), .min = 1,
	    .max = LIMIT_SOURCE_HEADER_BYTES,
	    .help = "JSON document that is sent by POST, as a text; its texts "
		    "may hold ${NAME}; without it the method is GET" },
	{ "pick", CONFIG_TEXT, INTO(source_config, rule.pick),
	    .max = LIMIT_POINTER_BYTES, .check = check_pick,
	    .help = "JSON pointer (RFC 6901) to the value in the body, or a "
		    "path (JSONPath) that starts with $" },
	{ "ca_file", CONFIG_TEXT, INTO(source_config, ca_file), .min = 1,
	    .max = LIMIT_PATH_BYTES, .check = config_check_ca_file,
	    .help = "PEM file of the roots to trust, instead of the global "
		    "one" },
	{ "pins", CONFIG_OBJECT, .object = &pins_object,
	    .help = "one of these must be among the server's certificates, "
		    "whatever the CA file trusts; else the reason is pin. Name "
		    "a backup: a server renews its certificate" },
	{ "ocsp", CONFIG_INDEX, INTO(source_config, ocsp),
	    .fallback = SOURCE_REPORT, .words = word_of_demand,
	    .help = "must: refuse a server that staples no OCSP response; "
		    "one that does not hold or says revoked is refused "
		    "anyway, the reason is ocsp" },
	{ "ct", CONFIG_INDEX, INTO(source_config, ct),
	    .fallback = SOURCE_REPORT, .words = word_of_demand,
	    .help = "must: refuse a certificate that too few logs of ct_logs "
		    "have stamped, the reason is ct; report: say in the "
		    "statement how many have" },
	{ "allow_http", CONFIG_FLAG, INTO(source_config, allow_http),
	    .help = "plain http:// on purpose; the statement says so" },
	{ "allow_private", CONFIG_FLAG, INTO(source_config, allow_private),
	    .help = "also at an address that is not of the internet: "
		    "loopback, private, link-local; else the reason is "
		    "address" },
	{ "max_redirects", CONFIG_NUMBER, INTO(source_config, max_redirects),
	    .max = LIMIT_REDIRECTS,
	    .help = "redirects followed, each with its evidence; 0 refuses "
		    "them" },
	{ "timeout_ms", CONFIG_NUMBER, INTO(source_config, timeout_ms),
	    .min = 100, .max = LIMIT_TIMEOUT_MS, .fallback = 5000,
	    .help = "for the whole fetch, redirects included" },
	{ "max_bytes", CONFIG_NUMBER, INTO(source_config, max_bytes), .min = 1,
	    .max = LIMIT_BODY_BYTES_MAX, .fallback = LIMIT_BODY_BYTES_DEFAULT,
	    .help = "a longer body is refused" },
	{ "headers", CONFIG_HEADERS, COUNTED(source_config, headers, n_headers),
	    .max = LIMIT_SOURCE_HEADERS,
	    .help = "request headers, name to value; a value may hold "
		    "${NAME}" },
	{ "time_pick", CONFIG_TEXT, INTO(source_config, rule.time_pick),
	    .max = LIMIT_POINTER_BYTES, .check = check_pick,
	    .help = "pointer or path to the observation's own time; without "
		    "it the time of receipt counts" },
	{ "time_unit", CONFIG_WORD, INTO(source_config, rule.time_unit),
	    .words = word_of_time_unit,
	    .help = "the form of that time: a number since 1970 (hex: "
		    "of seconds), RFC 3339, or a date of UTC" },
	{ "require", CONFIG_GUARDS,
	    COUNTED(source_config, rule.require, rule.n_require),
	    .max = LIMIT_GUARDS,
	    .help = "what must stand in the body, JSON pointer to text, "
		    "integer or true or false; else the reason is guard" },
	{ "forbid", CONFIG_TEXTS,
	    COUNTED(source_config, rule.forbid, rule.n_forbid),
	    .max = LIMIT_GUARDS,
	    .help = "JSON pointers where nothing may stand but null or what "
		    "is empty; else the reason is guard" },
	{ "form", CONFIG_WORD, INTO(source_config, rule.form),
	    .fallback_text = "decimal", .words = word_of_form,
	    .help = "how the number is written; hex wants 0x and 1 to 64 "
		    "digits" },
	{ "line", CONFIG_NUMBER, INTO(source_config, rule.line),
	    .max = LIMIT_TEXT_BODY,
	    .help = "http-text: number of the line, from 1; 0 stands for any" },
	{ "match", CONFIG_TEXT, INTO(source_config, rule.match), .min = 1,
	    .max = LIMIT_MATCH_BYTES,
	    .help = "http-text: regular expression (POSIX, extended) whose "
		    "first group is the value; without it the whole line is" },
	{ "scale", CONFIG_SIGNED, INTO(source_config, rule.scale),
	    .max = LIMIT_SCALE,
	    .help = "power of ten by which the number is multiplied before "
		    "it is rounded" },
	{ "keep_body", CONFIG_FLAG, INTO(source_config, keep_body),
	    .help = "the body travels with ?evidence=full, and the whole "
		    "configuration with it, so that anybody can pick the "
		    "value again" },
	{ "weight", CONFIG_NUMBER, INTO(source_config, weight), .min = 1,
	    .max = COMBINE_WEIGHT_MAX, .fallback = 1,
	    .help = "weighted-median only: how much this source's value "
		    "weighs" },
};
const struct config_object config_source_object = { "source",
	"feeds[].sources[]", ROWS(source_members),
	sizeof(struct source_config) };

static const struct config_member feed_members[] = {
	{ "id", CONFIG_TEXT, true, INTO(feed_config, id), .min = 1,
	    .max = LIMIT_FEED_ID, .check = config_check_feed_id,
	    .help = "the feed's name in statements and on chain" },
	{ "path", CONFIG_TEXT, INTO(feed_config, path), .min = 1, .max = 64,
	    .check = check_path,
	    .help = "route of the latest response, besides /v1/feeds/ID" },
	{ "kind", CONFIG_KIND, INTO(feed_config, kind),
	    .fallback_text = "price", .words = word_of_kind,
	    .help = "kind of statement" },
	{ "unit", CONFIG_TEXT, INTO(feed_config, unit), .min = 1, .max = 32,
	    .check = check_unit,
	    .help = "what the value is measured in; kinds with a unit need "
		    "it, others refuse it" },
	{ "decimals", CONFIG_NUMBER, INTO(feed_config, decimals),
	    .max = DEC_MAX_DECIMALS, .fallback = 8,
	    .help = "decimals of the signed integer; kinds with a number "
		    "only" },
	{ "rounding", CONFIG_INDEX, INTO(feed_config, rounding),
	    .fallback = DEC_HALF_EVEN, .words = word_of_rounding,
	    .help = "what happens to further digits; exact refuses them" },
	{ "interval_ms", CONFIG_NUMBER, INTO(feed_config, interval_ms),
	    .min = 100, .max = INTERVAL_MS_MAX, .fallback = 5000,
	    .help = "from the start of one round to the start of the next" },
	{ "deadline_ms", CONFIG_NUMBER, INTO(feed_config, deadline_ms),
	    .min = 100, .max = LIMIT_TIMEOUT_MS,
	    .help = "when a round is closed with what has come; without it "
		    "after interval_ms, but not below 1000" },
	{ "aggregate", CONFIG_OBJECT,
	    .at = offsetof(struct feed_config, aggregate),
	    .object = &aggregate_object,
	    .help = "needed with more than one source" },
	{ "sources", CONFIG_ARRAY, true,
	    COUNTED(feed_config, sources, n_sources), .min = 1,
	    .max = LIMIT_SOURCES, .object = &config_source_object,
	    .help = "who is asked" },
};
static const struct config_object feed_object = { "feed", "feeds[]",
	ROWS(feed_members), sizeof(struct feed_config) };

static const struct config_member limits_members[] = {
	{ "per_host_connections", CONFIG_NUMBER,
	    INTO(source_limits, per_host_connections), .min = 1, .max = 256,
	    .fallback = 6,
	    .help = "requests to one host and port at once, by all feeds" },
	{ "per_host_per_s", CONFIG_NUMBER, INTO(source_limits, per_host_per_s),
	    .min = 1, .max = 100000, .fallback = 20,
	    .help = "requests to one host and port in a second, by all "
		    "feeds; what does not get its turn has the reason rate" },
	{ "connect_timeout_ms", CONFIG_NUMBER,
	    INTO(source_limits, connect_timeout_ms), .min = 100,
	    .max = LIMIT_TIMEOUT_MS, .fallback = 3000,
	    .help = "for a name, a connection and its handshake together" },
	{ "retries", CONFIG_NUMBER, INTO(source_limits, retries), .max = 5,
	    .fallback = 1,
	    .help = "further attempts within a source's timeout_ms, when "
		    "there was no connection or a 5xx; a tenth of all "
		    "requests at the most" },
};
static const struct config_object limits_object = { "limits", "limits",
	ROWS(limits_members), 0 };

static const struct config_member time_members[] = {
	{ "min_sources", CONFIG_NUMBER, INTO(time_config, min_sources),
	    .min = 1, .max = TRUSTED_TIME_HOSTS, .fallback = 3,
	    .help = "so many hosts of all feeds must have given a Date over "
		    "TLS, within an hour, until their median counts more than "
		    "our clock" },
	{ "tolerance_ms", CONFIG_NUMBER, INTO(time_config, tolerance_ms),
	    .min = 2000, .max = 24ull * 3600 * 1000, .fallback = 60000,
	    .help = "further away from that median nothing is signed; an "
		    "answer that took longer, or whose Age is more, has no "
		    "say" },
	{ "require", CONFIG_FLAG, INTO(time_config, require),
	    .help = "sign nothing until min_sources hosts have been heard" },
};
static const struct config_object time_object = { "time", "time",
	ROWS(time_members), 0 };

static const struct config_member root_members[] = {
	{ "listen", CONFIG_TEXT, INTO(config, listen), .min = 1, .max = 64,
	    .fallback_text = "127.0.0.1:8080", .check = check_listen,
	    .help = "IPv4 address and port of the HTTP server" },
	{ "http", CONFIG_OBJECT, .object = &http_object,
	    .help = "the HTTP server" },
	{ "attest", CONFIG_OBJECT, .object = &attest_object,
	    .help = "the quote provider" },
	{ "state_dir", CONFIG_TEXT, INTO(config, state_dir), .min = 1,
	    .max = LIMIT_PATH_BYTES, .fallback_text = "/var/lib/affiant",
	    .check = config_check_no_control,
	    .help = "folder of the sealed key and the feeds' state" },
	{ "ca_file", CONFIG_TEXT, INTO(config, ca_file), .min = 1,
	    .max = LIMIT_PATH_BYTES, .check = config_check_ca_file,
	    .help = "PEM file of the roots to trust for sources, instead of "
		    "the system's" },
	{ "ct_logs", CONFIG_TEXT, INTO(config, ct_logs), .min = 1,
	    .max = LIMIT_PATH_BYTES, .check = config_check_ca_file,
	    .help = "JSON list of certificate transparency logs and their "
		    "keys, as browsers publish it; without it timestamps are "
		    "kept and not checked" },
	{ "limits", CONFIG_OBJECT, .at = offsetof(struct config, limits),
	    .object = &limits_object, .help = "how hosts may be asked" },
	{ "time", CONFIG_OBJECT, .at = offsetof(struct config, time),
	    .object = &time_object, .help = "when our clock is believed" },
	{ "log_level", CONFIG_INDEX, INTO(config, log_level),
	    .fallback = LOG_INFO, .words = word_of_level,
	    .help = "least level that is written to standard error" },
	{ "feeds", CONFIG_ARRAY, true, COUNTED(config, feeds, n_feeds),
	    .min = 1, .max = CONFIG_MAX_FEEDS, .object = &feed_object,
	    .help = "what is observed" },
	{ "chains", CONFIG_ARRAY, COUNTED(config, chains, n_chains),
	    .max = CONFIG_MAX_CHAINS, .object = &config_chain_object,
	    .help = "where statements are written to" },
	{ "requests", CONFIG_OBJECT, .at = offsetof(struct config, requests),
	    .object = &config_requests_object,
	    .help = "what callers may ask with encrypted parameters; without "
		    "it nothing" },
};
const struct config_object config_root = { "configuration", "",
	ROWS(root_members), sizeof(struct config) };

const struct config_object *const config_objects[] = { &aggregate_object,
	&attest_object, &config_chain_object, &config_chain_feed_object,
	&collateral_object, &feed_object, &config_hole_object, &http_object,
	&limits_object, &pins_object, &config_requests_object,
	&config_source_object, &config_template_object, &time_object,
	&config_tls_object, NULL };
