/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify onchain: what a chain holds, and whether a response is it. */
#include "verify/base/canon.h"
#include "verify/base/file.h"
#include "verify/base/text.h"
#include "verify/cmd.h"
#include "verify/onchain.h"

#include <stdlib.h>
#include <string.h>

/* A record as JSON is below 1 KB. */
#define JSON_MAX_BYTES (LIMIT_ONCHAIN_RECORDS * 1024 + 4096)

/* A record, judged. */
struct entry {
	const struct onchain_record *record;
	bool has_signer; /* false: an event, or refused */
	struct eth_addr signer;
	struct fault refused; /* the signature; kind NONE: it holds */
	unsigned differs;     /* from the response, if there is one */
};

struct onchain_job {
	struct onchain chain;
	struct entry entry[LIMIT_ONCHAIN_RECORDS];
	bool has_response;
	struct onchain_wanted want;
	const struct entry *nearest; /* the one that is the response's, or
					comes nearest to it */
	const struct entry *broken;  /* the first with a bad signature */
};

static void free_job(struct onchain_job **j)
{
	free(*j);
	*j = NULL;
}

/* ---- reading ---------------------------------------------------------------- */

/* "--topics A,B,C": then the operand is the event's data. */
static FALLIBLE read_event(
    const char *topics, struct span data, struct onchain *out, struct fault *f)
{
	AUTO(blob_drop) struct blob bytes = { 0 };
	struct keccak256 topic[4];
	size_t n = 0;

	for (const char *p = topics; *p != '\0'; n++) {
		const size_t length = strcspn(p, ",");

		if (n == COUNT(topic))
			return fault_raise(
			    f, FAULT_USAGE, "--topics", "more than 4 topics");
		TRY(hex_decode_0x(span_of(p, length), topic[n].b,
		    sizeof(topic[n].b), "--topics", f));
		p += length;
		p += *p == ',' ? 1 : 0;
	}
	while (data.n > 0 && data.p[data.n - 1] == '\n')
		data.n--;
	if (data.n < 3 || memcmp(data.p, "0x", 2) != 0)
		return fault_raise(f, FAULT_FORMAT, "onchain.hex",
		    "the data of an event is hexadecimal with 0x");
	TRY(hex_decode_blob(span_of(data.p + 2, data.n - 2), LIMIT_ABI_BYTES,
	    &bytes, "onchain.hex", f));
	return onchain_read_log(topic, n, blob_span(&bytes), out, f);
}

static FALLIBLE read_operand(const struct cmd_options *o, const char *operand,
    struct onchain *out, struct fault *f)
{
	AUTO(blob_drop) struct blob file = { 0 };
	struct span text = span_text(operand);

	if (strncmp(operand, "0x", 2) != 0) {
		TRY(file_read(operand, LIMIT_RESPONSE_BYTES, &file, f));
		text = blob_span(&file);
	}
	if (o->topics != NULL)
		return read_event(o->topics, text, out, f);
	return onchain_read_text(text, out, f);
}

static FALLIBLE read_all(const struct cmd_options *o, const char *operand,
    struct onchain_job *j, struct fault *f)
{
	AUTO(blob_drop) struct blob response = { 0 };

	TRY(read_operand(o, operand, &j->chain, f));
	if (o->response == NULL)
		return true;
	TRY(file_read(o->response, LIMIT_RESPONSE_BYTES, &response, f));
	if (!onchain_want(blob_span(&response), &j->want, f))
		return fault_within(f, "%s", o->response);
	j->has_response = true;
	return true;
}

/* ---- judging ---------------------------------------------------------------- */

static int bits_of(unsigned mask)
{
	int n = 0;

	for (; mask != 0; mask &= mask - 1)
		n++;
	return n;
}

/* Of the response's own feed before any other; then the least differences. */
static int distance(const struct entry *e)
{
	return bits_of(e->differs) +
	    ((e->differs & ONCHAIN_FEED) != 0 ? 100 : 0) +
	    (e->refused.kind != FAULT_NONE ? 10 : 0);
}

static void judge(struct onchain_job *j)
{
	for (size_t i = 0; i < j->chain.n; i++) {
		struct entry *e = &j->entry[i];

		e->record = &j->chain.record[i];
		e->refused = FAULT_INIT;
		if (e->record->form != ONCHAIN_EVENT)
			e->has_signer =
			    onchain_recover(e->record, &e->signer, &e->refused);
		if (e->refused.kind != FAULT_NONE && j->broken == NULL)
			j->broken = e;
		if (!j->has_response)
			continue;
		e->differs = onchain_differs(
		    e->record, e->has_signer ? &e->signer : NULL, &j->want);
		if (j->nearest == NULL || distance(e) < distance(j->nearest))
			j->nearest = e;
	}
}

/* Where the first difference is; NULL: there is none. */
static const char *first_difference(unsigned differs)
{
	for (size_t i = 0; i < n_onchain_members; i++)
		if ((differs & onchain_members[i].member) != 0)
			return onchain_members[i].at;
	return NULL;
}

/* ---- printing --------------------------------------------------------------- */

/* The id behind a bytes32; false when it is none that Affiant gives. */
static bool feed_text(const uint8_t feed[32], struct span *out)
{
	size_t n = 0;

	while (n < 32 && feed[n] > 0x20 && feed[n] < 0x7f)
		n++;
	*out = span_of(feed, n);
	return n > 0 && span_is_zero(span_of(feed + n, 32 - n));
}

static bool time_text(uint64_t ms, char out[UTC_TEXT_SIZE])
{
	if (ms > UINT64_C(253402300799999)) /* the year 9999 */
		return false;
	utc_format_ms((struct utc){ .ms = (int64_t)ms }, out);
	return true;
}

/* "DIFFERS" behind a member that does. */
static void print_line(const struct onchain_job *j, const struct entry *e,
    enum onchain_member member, const char *value)
{
	const char *name = "";

	for (size_t i = 0; i < n_onchain_members; i++)
		if (onchain_members[i].member == member)
			name = onchain_members[i].name;
	printf("  %-10s %s%s\n", name, value,
	    !j->has_response || e != j->nearest ? ""
		: (e->differs & member) != 0    ? "  DIFFERS"
						: "  as in the response");
}

static void print_hash(const struct onchain_job *j, const struct entry *e,
    enum onchain_member member, const uint8_t hash[32])
{
	char hex[HEX_SIZE(32)];

	hex_encode(span_of(hash, 32), hex);
	print_line(j, e, member, hex);
}

static void print_number(const struct onchain_job *j, const struct entry *e,
    enum onchain_member member, uint64_t n)
{
	char text[64], time[UTC_TEXT_SIZE];

	if (member == ONCHAIN_TIMESTAMP && time_text(n, time))
		snprintf(text, sizeof(text), "%llu (%s)", (unsigned long long)n,
		    time);
	else
		snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	print_line(j, e, member, text);
}

static void print_signer(const struct onchain_job *j, const struct entry *e)
{
	char text[ETH_ADDR_TEXT_SIZE];

	if (e->has_signer)
		print_line(
		    j, e, ONCHAIN_SIGNER, eth_addr_format(&e->signer, text));
	else
		printf("  %-10s nobody: %s\n", "signer", e->refused.text);
}

static void print_entry(const struct onchain_job *j, const struct entry *e)
{
	const struct eip712_statement *m = &e->record->message;
	char text[DEC_TEXT_SIZE + 1], time[UTC_TEXT_SIZE];
	struct span id;

	printf("%s\n", onchain_form_name(e->record->form));
	if (feed_text(m->feed, &id)) {
		snprintf(
		    text, sizeof(text), "%.*s", (int)id.n, (const char *)id.p);
		print_line(j, e, ONCHAIN_FEED, text);
	} else {
		print_hash(j, e, ONCHAIN_FEED, m->feed);
	}
	/* Of an event in units: what they are worth it does not say. */
	print_line(j, e, ONCHAIN_VALUE, dec_format(&m->value, text));
	if (e->record->form != ONCHAIN_EVENT)
		print_number(j, e, ONCHAIN_DECIMALS, m->value.decimals);
	print_number(j, e, ONCHAIN_TIMESTAMP, m->timestamp);
	if (e->record->form != ONCHAIN_EVENT) {
		print_number(j, e, ONCHAIN_ROUND, m->round);
		print_hash(j, e, ONCHAIN_CONFIG, m->config.b);
	}
	print_hash(j, e, ONCHAIN_STATEMENT, m->statement.b);
	if (e->record->form != ONCHAIN_EVENT) {
		print_signer(j, e);
		return;
	}
	if (time_text(e->record->accepted_s * 1000, time))
		printf("  %-10s %s, update %llu\n", "accepted", time,
		    (unsigned long long)e->record->count);
}

static void print_text(const struct onchain_job *j)
{
	for (size_t i = 0; i < j->chain.n; i++)
		print_entry(j, &j->entry[i]);
	if (j->has_response)
		printf("The response was not judged: that is what check "
		       "does.\n");
}

static void put_entry(struct canon *c, const struct entry *e)
{
	const struct onchain_record *r = e->record;
	const bool is_event = r->form == ONCHAIN_EVENT;
	char text[DEC_TEXT_SIZE];
	struct span id;

	canon_object(c, NULL);
	if (is_event)
		canon_u64(c, "accepted", r->accepted_s);
	if (!is_event)
		canon_hex(c, "config", sha256_span(&r->message.config));
	if (is_event)
		canon_u64(c, "count", r->count);
	if (!is_event)
		canon_u64(c, "decimals", r->message.value.decimals);
	if (feed_text(r->message.feed, &id))
		canon_text_span(c, "feed", id);
	canon_hex_0x(c, "feedId", span_of(r->message.feed, 32));
	canon_text(c, "form", onchain_form_name(r->form));
	/* As text: a round and a time have 64 bits on chain. */
	if (!is_event) {
		snprintf(text, sizeof(text), "%llu",
		    (unsigned long long)r->message.round);
		canon_text(c, "round", text);
	}
	if (e->has_signer)
		canon_hex_0x(
		    c, "signer", span_of(e->signer.b, sizeof(e->signer.b)));
	if (e->refused.kind != FAULT_NONE)
		canon_text(c, "signerRefused", e->refused.at);
	canon_hex(c, "statement", sha256_span(&r->message.statement));
	snprintf(text, sizeof(text), "%llu",
	    (unsigned long long)r->message.timestamp);
	canon_text(c, "timestamp", text);
	canon_text(c, is_event ? "units" : "value",
	    dec_format(&r->message.value, text));
	canon_end(c);
}

static void put_response(struct canon *c, const struct onchain_job *j)
{
	canon_object(c, "response");
	canon_array(c, "differs");
	for (size_t i = 0; i < n_onchain_members; i++)
		if ((j->nearest->differs & onchain_members[i].member) != 0)
			canon_text(c, NULL, onchain_members[i].name);
	canon_end(c);
	canon_bool(c, "equal", j->nearest->differs == 0);
	canon_u64(c, "record", (uint64_t)(j->nearest - j->entry));
	canon_end(c);
}

static FALLIBLE print_json(const struct onchain_job *j, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(JSON_MAX_BYTES, "onchain", f);
	struct canon c = canon_to(&w);

	canon_object(&c, NULL);
	canon_array(&c, "records");
	for (size_t i = 0; i < j->chain.n; i++)
		put_entry(&c, &j->entry[i]);
	canon_end(&c);
	if (j->has_response)
		put_response(&c, j);
	canon_text(&c, "type", "affiant.onchain.v1");
	canon_end(&c);
	TRY(wr_done(&w, &text));
	printf("%s\n", (const char *)text.p);
	return true;
}

/* ---- the command ------------------------------------------------------------- */

/* Of a batch one statement is the response's; the others are not its matter,
 * but a signature that does not hold is. */
static int conclude(
    const struct cmd_options *o, const char *what, const struct onchain_job *j)
{
	struct fault f = FAULT_INIT;
	const char *at =
	    j->has_response ? first_difference(j->nearest->differs) : NULL;

	if (at != NULL)
		fault_raise(&f, FAULT_CRYPTO, at, "is not what %s was made of",
		    o->response);
	else if (j->broken != NULL)
		f = j->broken->refused;
	else
		return EXIT_OK;
	cmd_print_fault(what, &f);
	return EXIT_REFUSED;
}

static int run(const struct cmd_options *o, char **operands, int n)
{
	AUTO(free_job) struct onchain_job *j = calloc(1, sizeof(*j));
	const char *what =
	    strncmp(operands[0], "0x", 2) == 0 ? "calldata" : operands[0];
	struct fault f = FAULT_INIT;

	(void)n;
	if (j == NULL)
		return EXIT_NOT_JUDGED;
	if (!read_all(o, operands[0], j, &f)) {
		cmd_print_fault(what, &f);
		return EXIT_NOT_JUDGED;
	}
	judge(j);
	if (!o->json) {
		print_text(j);
	} else if (!print_json(j, &f)) {
		cmd_print_fault(what, &f);
		return EXIT_NOT_JUDGED;
	}
	return fflush(stdout) == 0 ? conclude(o, what, j) : EXIT_NOT_JUDGED;
}

const struct cmd cmd_onchain = {
	.name = "onchain",
	.operands = "DATA|FILE",
	.help = "what calldata or an event says, and whether a response says "
		"the same",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
