/* SPDX-License-Identifier: Apache-2.0 */
/* What was measured, and what it says about app and configuration. */
#include "verify/base/text.h"
#include "verify/dstack_kind.h"
#include "verify/dstack_mr_config.h"

#include <string.h>

#define NO_LOG "the evidence carries no event log"

static bool without_log(const struct kind_case *c, struct fault *f)
{
	if (dstack_case_of(c)->has_log)
		return false;
	(void)tee_skip(f, NO_LOG);
	return true;
}

/* ---- the log ------------------------------------------------------------------- */

bool dstack_check_log_form(struct kind_case *c, struct fault *f)
{
	struct dstack_case *d = dstack_case_of(c);

	if (c->evidence->event_log.n == 0)
		return tee_skip(f, NO_LOG);
	TRY(dstack_log_parse(c->evidence->event_log, &d->log, f));
	d->has_log = true;
	d->is_stripped = dstack_log_is_stripped(&d->log);
	return true;
}

bool dstack_check_log_digest(struct kind_case *c, struct fault *f)
{
	if (without_log(c, f))
		return false;
	return dstack_log_check_digests(&dstack_case_of(c)->log, f);
}

static FALLIBLE check_register(
    struct kind_case *c, unsigned imr, const char *at, struct fault *f)
{
	const char name[] = { 'r', 't', 'm', 'r', (char)('0' + imr), '\0' };
	struct span want = kind_case_field(c, name);
	struct sha384 mr;

	if (without_log(c, f))
		return false;
	if (want.n != sizeof(mr.b))
		return fault_raise(f, FAULT_UNSUPPORTED, at,
		    "quotes of this platform have no such register: nothing "
		    "vouches for the log");
	if (imr < 3 && dstack_case_of(c)->is_stripped)
		return tee_skip(f,
		    "the log is stripped of boot events; the register is held "
		    "against lists only");
	mr = dstack_log_replay(&dstack_case_of(c)->log, imr);
	if (!span_equal(want, span_of(mr.b, sizeof(mr.b))))
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the log replays to another value than %s of the quote: "
		    "the log or the machine is not what it says",
		    name);
	return true;
}

bool dstack_check_log_rtmr0(struct kind_case *c, struct fault *f)
{
	return check_register(c, 0, "dstack.log.rtmr0", f);
}

bool dstack_check_log_rtmr1(struct kind_case *c, struct fault *f)
{
	return check_register(c, 1, "dstack.log.rtmr1", f);
}

bool dstack_check_log_rtmr2(struct kind_case *c, struct fault *f)
{
	return check_register(c, 2, "dstack.log.rtmr2", f);
}

bool dstack_check_log_rtmr3(struct kind_case *c, struct fault *f)
{
	return check_register(c, 3, "dstack.log.rtmr3", f);
}

bool dstack_check_log_order(struct kind_case *c, struct fault *f)
{
	size_t ready;

	if (without_log(c, f))
		return false;
	return dstack_identity_check_order(&dstack_case_of(c)->log, &ready, f);
}

bool dstack_check_log_identity(struct kind_case *c, struct fault *f)
{
	struct dstack_case *d = dstack_case_of(c);

	if (without_log(c, f))
		return false;
	TRY(dstack_identity_read(&d->log, &d->id, f));
	d->has_identity = true;
	return true;
}

bool dstack_check_log_config(struct kind_case *c, struct fault *f)
{
	struct dstack_case *d = dstack_case_of(c);
	struct sha256 measured;
	size_t n;

	if (without_log(c, f))
		return false;
	TRY(dstack_identity_config(&d->log, d->id.ready, &n, &measured, f));
	if (n == 0)
		return tee_skip(f,
		    "the configuration was not measured: the statement and "
		    "the app-compose bind it");
	if (c->statement == NULL)
		return tee_skip(f, "there is no statement to compare with");
	if (!sha256_equal(&measured, &c->statement->config))
		return fault_raise(f, FAULT_CRYPTO, "dstack.log.config",
		    "the configuration measured in register 3 is not the one "
		    "that the statement names");
	d->config_measured = true;
	return true;
}

/* ---- the app-compose ------------------------------------------------------------ */

bool dstack_check_compose_hash(struct kind_case *c, struct fault *f)
{
	const struct dstack_case *d = dstack_case_of(c);
	struct sha256 hash;

	if (c->evidence->app_compose.n == 0)
		return tee_skip(f, "the evidence carries no app-compose");
	if (!d->has_identity)
		return fault_raise(f, FAULT_UNSUPPORTED, "dstack.compose.hash",
		    "there is an app-compose and no event log: nothing says "
		    "that this is the one that runs");
	hash = sha256_of(c->evidence->app_compose);
	if (!sha256_equal(&hash, &d->id.compose_hash))
		return fault_raise(f, FAULT_CRYPTO, "dstack.compose.hash",
		    "the app-compose is not the one that was measured: it was "
		    "changed, or parsed and written again on its way");
	return true;
}

bool dstack_check_compose_form(struct kind_case *c, struct fault *f)
{
	struct dstack_case *d = dstack_case_of(c);

	if (c->evidence->app_compose.n == 0)
		return tee_skip(f, "the evidence carries no app-compose");
	TRY(dstack_compose_parse(c->evidence->app_compose, &d->compose, f));
	d->has_compose = true;
	return true;
}

bool dstack_check_mrconfigid(struct kind_case *c, struct fault *f)
{
	struct dstack_case *d = dstack_case_of(c);
	struct span got = kind_case_field(c, "mrconfigid");
	bool is_open = false;

	if (without_log(c, f))
		return false;
	if (got.n == 0)
		return tee_skip(f, "quotes of this platform have none");
	if (span_is_zero(got))
		return tee_skip(f,
		    "MRCONFIGID is zero: not bound, the host chose so; the log "
		    "alone says which app it is");
	TRY(dstack_mr_config_check(got, &d->id,
	    blob_span(&d->compose.key_provider_id), c->evidence->mr_config,
	    &is_open, f));
	if (is_open)
		return tee_skip(f,
		    "MRCONFIGID is the hash of a document that is not in the "
		    "evidence: not bound");
	d->is_bound = true;
	return true;
}
