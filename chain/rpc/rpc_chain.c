/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/rpc/rpc_chain.h"

#include "verify/base/clock.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 10000
#define BACKOFF_MS 500
#define CONFIRMATIONS 12

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

/* Never undone: others in the process use it as well. */
static void start_curl(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static FALLIBLE check_config(const struct rpc_config *c, struct fault *f)
{
	if (c->chain_id < 1 || c->chain_id > LIMIT_CHAIN_ID)
		return fault_raise(f, FAULT_CONFIG, "rpc.config",
		    "a chain id is at least 1 and below 2^63 - 36");
	if (c->n_endpoints < 1 || c->n_endpoints > LIMIT_RPC_ENDPOINTS)
		return fault_raise(f, FAULT_CONFIG, "rpc.config",
		    "want 1 to %d endpoints", LIMIT_RPC_ENDPOINTS);
	return true;
}

static FALLIBLE copy_text(const char *text, char **out, struct fault *f)
{
	*out = strdup(text);
	if (*out == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "rpc.internal", "out of memory");
	return true;
}

static void take_config(struct rpc_chain *chain, const struct rpc_config *c)
{
	struct rpc_config *own = &chain->config;

	*own = *c;
	own->endpoints = NULL;
	own->ca_file = NULL;
	if (own->timeout_ms == 0)
		own->timeout_ms = TIMEOUT_MS;
	if (own->backoff_ms == 0)
		own->backoff_ms = BACKOFF_MS;
	if (own->confirmations == 0)
		own->confirmations = CONFIRMATIONS;
}

static FALLIBLE open_endpoint(struct rpc_chain *chain,
    const struct rpc_endpoint_config *config, struct fault *f)
{
	struct rpc_endpoint *e = &chain->endpoints[chain->n];
	const struct rpc_http_config http = {
		.url = config->url,
		.ca_file = chain->ca_file,
		.allow_http = chain->config.allow_http,
		.stop = chain->config.stop,
	};

	TRY(rpc_http_open(&http, &e->http, f));
	chain->n++;
	TRY(copy_text(config->shown, &e->shown, f));
	e->health.shown = e->shown;
	return true;
}

static FALLIBLE open_parts(
    struct rpc_chain *chain, const struct rpc_config *c, struct fault *f)
{
	take_config(chain, c);
	if (c->ca_file != NULL)
		TRY(copy_text(c->ca_file, &chain->ca_file, f));
	for (size_t i = 0; i < c->n_endpoints; i++)
		TRY(open_endpoint(chain, &c->endpoints[i], f));
	return true;
}

FALLIBLE rpc_chain_open(
    const struct rpc_config *c, struct rpc_chain **out, struct fault *f)
{
	TRY(check_config(c, f));
	(void)pthread_once(&curl_once, start_curl);
	struct rpc_chain *chain = calloc(1, sizeof(*chain));
	if (chain == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "rpc.internal", "out of memory");
	(void)pthread_mutex_init(&chain->lock, NULL);
	if (!open_parts(chain, c, f)) {
		rpc_chain_close(chain);
		return false;
	}
	*out = chain;
	return true;
}

void rpc_chain_close(struct rpc_chain *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++) {
		rpc_http_close(c->endpoints[i].http);
		free(c->endpoints[i].shown);
	}
	free(c->ca_file);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

void rpc_chain_drop(struct rpc_chain **c)
{
	rpc_chain_close(*c);
	*c = NULL;
}

/* ---- order and health --------------------------------------------------- */

size_t rpc_chain_order(const struct rpc_chain *c, size_t k)
{
	if (k == 0)
		return c->current;
	return k <= c->current ? k - 1 : k;
}

static uint32_t wait_ms(const struct rpc_endpoint *e)
{
	uint64_t now = clock_monotonic_ns();

	return e->wait_ns > now ? (uint32_t)((e->wait_ns - now) / 1000000) + 1
				: 0;
}

bool rpc_chain_is_waiting(const struct rpc_chain *c, size_t i)
{
	return wait_ms(&c->endpoints[i]) > 0;
}

bool rpc_chain_health(
    const struct rpc_chain *c, size_t i, struct rpc_health *out)
{
	pthread_mutex_t *lock = (pthread_mutex_t *)&c->lock;

	if (i >= c->n)
		return false;
	(void)pthread_mutex_lock(lock);
	*out = c->endpoints[i].health;
	out->wait_ms = wait_ms(&c->endpoints[i]);
	out->is_usable = out->wait_ms == 0 && !out->is_wrong_chain &&
	    (!out->has_head ||
		out->head + LIMIT_RPC_LAG_BLOCKS >= c->best_head);
	(void)pthread_mutex_unlock(lock);
	return true;
}
