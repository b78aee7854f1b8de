/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/oracle_double.h"

#include "chain/rpc/feed_call.h"
#include "oracle/request_desk.h"
#include "verify/base/text.h"

#include <string.h>

/* ---- attest ------------------------------------------------------------- */

void attest_double_init(struct attest *a)
{
	*a = (struct attest){ .has_collateral = true, .simulated = true };
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
}

void attest_double_drop(struct attest *a)
{
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
}

void attest_double_gate(struct attest *a)
{
	pthread_mutex_lock(&a->lock);
	a->gated = true;
	a->allowed = 0;
	pthread_mutex_unlock(&a->lock);
}

void attest_double_allow(struct attest *a, unsigned n)
{
	pthread_mutex_lock(&a->lock);
	a->allowed += n;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

void attest_double_fail(struct attest *a, bool fails)
{
	pthread_mutex_lock(&a->lock);
	a->fails = fails;
	pthread_mutex_unlock(&a->lock);
}

void attest_double_wait_begun(struct attest *a, unsigned n)
{
	pthread_mutex_lock(&a->lock);
	while (a->begun < n)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

FALLIBLE attest_quote(struct attest *a,
    const uint8_t report_data[REPORT_DATA_BYTES], struct attested *out,
    struct fault *f)
{
	pthread_mutex_lock(&a->lock);
	a->begun++;
	if (++a->under_way > 1)
		a->overlapped = true;
	pthread_cond_broadcast(&a->changed);
	while (a->gated && a->allowed == 0)
		pthread_cond_wait(&a->changed, &a->lock);
	if (a->gated)
		a->allowed--;
	a->under_way--;
	a->taken++;
	bool fails = a->fails;
	pthread_mutex_unlock(&a->lock);
	if (fails)
		return fault_raise(f, FAULT_REMOTE, "double.quote",
		    "the device does not answer");

	struct wr w = wr_grow(1024, "double.quote", f);
	wr_text(&w, QUOTE_PREFIX);
	wr_bytes(&w, report_data, REPORT_DATA_BYTES);
	return wr_done(&w, &out->quote);
}

FALLIBLE attest_collateral(struct attest *a, struct blob *out, struct fault *f)
{
	if (!a->has_collateral)
		return fault_raise(f, FAULT_UNSUPPORTED, "double.collateral",
		    "this provider has no collateral");
	return blob_copy(span_text("{\"made\":\"up\"}"), out, f);
}

const char *attest_provider(const struct attest *a)
{
	(void)a;
	return "double<&>";
}

const char *attest_platform(const struct attest *a)
{
	(void)a;
	return "tdx";
}

bool attest_is_simulated(const struct attest *a)
{
	return a->simulated;
}

const struct eth_addr *signer_address(const struct signer *s)
{
	return &s->address;
}

bool attest_is_measured(const struct attest *a)
{
	(void)a;
	return false;
}

void attested_drop(struct attested *q)
{
	blob_drop(&q->quote);
}

struct span signer_key_chain(const struct signer *s)
{
	(void)s;
	return (struct span){ 0 };
}

void signer_public_key33(const struct signer *s, uint8_t out[33])
{
	(void)s;
	memset(out, 0x02, 33);
}

bool signer_app_id(const struct signer *s, uint8_t app_id[20])
{
	memset(app_id, 0xaa, 20);
	return s->has_app;
}

bool signer_is_ephemeral(const struct signer *s)
{
	return s->ephemeral;
}

/* ---- the payer: nothing here pays --------------------------------------- */

bool payer_open(struct attest *a, const char *state_dir, struct payer **out,
    bool *made, struct fault *f)
{
	(void)a, (void)state_dir, (void)out, (void)made;
	return fault_raise(
	    f, FAULT_UNSUPPORTED, "payer.double", "no payer in this test");
}

void payer_close(struct payer *p)
{
	(void)p;
}

const struct eth_addr *payer_address(const struct payer *p)
{
	(void)p;
	return NULL;
}

bool payer_is_ephemeral(const struct payer *p)
{
	(void)p;
	return true;
}

bool payer_sign_tx(const struct payer *p, const struct eth_tx *tx,
    struct blob *raw, struct keccak256 *hash, struct fault *f)
{
	(void)p, (void)tx, (void)raw, (void)hash;
	return fault_raise(
	    f, FAULT_UNSUPPORTED, "payer.double", "no payer in this test");
}

/* ---- feed --------------------------------------------------------------- */

const struct feed_config *feed_config_of(const struct feed *feed)
{
	return feed->config;
}

struct board *feed_board(struct feed *feed)
{
	return feed->board;
}

void feed_status_of(struct feed *feed, struct utc now, struct feed_status *out)
{
	*out = feed->status;
	out->fresh = board_is_fresh(feed->board, now, NULL);
}

const struct feed_tally *feed_outcomes(const struct feed *feed)
{
	return &feed->tally;
}

static const char *detail_name(enum response_detail detail)
{
	switch (detail) {
	case RESPONSE_SIGNATURE:
		return "signature";
	case RESPONSE_QUOTE:
		return "quote";
	case RESPONSE_FULL:
		return "full";
	}
	return "?";
}

/* {"detail":…,"nonce":…}: enough to see what arrived here. */
static FALLIBLE respond(struct quoter *quoter, struct span nonce,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	char hex[HEX_SIZE(LIMIT_NONCE_BYTES)];
	struct quoted quoted;
	struct wr w = wr_grow(1024, "double.respond", f);

	hex_encode(nonce, hex);
	TRY(quoter_quote(quoter, nonce, &quoted, f));
	quoted_drop(&quoted);
	wr_printf(&w, "{\"detail\":\"%s\",\"nonce\":\"%s\"}",
	    detail_name(detail), hex);
	return wr_done(&w, body);
}

FALLIBLE feed_respond_to_nonce(struct feed *feed, struct span nonce,
    enum response_detail detail, struct blob *body, struct sha256 *statement,
    struct fault *f)
{
	if (feed->stale)
		return fault_raise(
		    f, FAULT_REMOTE, "feed.stale", "there is no fresh quorum");
	if (feed->internal)
		return fault_raise(
		    f, FAULT_INTERNAL, "double.mistake", "a mistake of ours");
	TRY(respond(feed->quoter, nonce, detail, body, f));
	*statement = sha256_of(nonce);
	return true;
}

FALLIBLE feed_latest_call(
    struct feed *feed, struct feed_call *out, struct fault *f)
{
	if (!feed->config->kind->is_number)
		return fault_raise(
		    f, FAULT_UNSUPPORTED, "feed.kind", "no number");
	if (feed->stale || feed->call == NULL)
		return fault_raise(
		    f, FAULT_REMOTE, "feed.stale", "there is no fresh quorum");
	*out = *feed->call;
	return true;
}

FALLIBLE key_respond(const struct feed_deps *deps, struct span nonce,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	return respond(deps->quoter, nonce, detail, body, f);
}

/* ---- requests ------------------------------------------------------------ */

/* Nobody has a desk here: a test that got past its absence would see this. */
bool request_desk_key(struct request_desk *d, struct span nonce,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	(void)d;
	(void)nonce;
	(void)detail;
	(void)body;
	return fault_raise(f, FAULT_INTERNAL, "double.desk", "no desk");
}

bool request_desk_serve(struct request_desk *d, struct span sealed,
    enum response_detail detail, struct blob *body, struct fault *f)
{
	(void)sealed;
	return request_desk_key(d, span_text(""), detail, body, f);
}
