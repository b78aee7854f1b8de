/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_market.h"

#include <inttypes.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

/* ---- prices that move --------------------------------------------------- */

/* A well-mixed number from a place in time (splitmix64's finaliser). */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* From -amplitude to +amplitude, the same for the same seed and step. */
static int64_t pick(uint64_t seed, uint64_t step, int64_t amplitude)
{
	uint64_t wide = (uint64_t)(2 * amplitude + 1);

	return (int64_t)(mix(seed ^ mix(step)) % wide) - amplitude;
}

/* Straight lines between random heights, one every `period` milliseconds. */
static int64_t wave(uint64_t seed, int64_t ms, int64_t period, int64_t height)
{
	uint64_t step = (uint64_t)(ms / period);
	int64_t left = pick(seed, step, height);
	int64_t right = pick(seed, step + 1, height);

	return left + (right - left) * (ms % period) / period;
}

int64_t demo_market_cents(bool is_eth, struct utc now)
{
	static const struct {
		int64_t period_ms, height_e7; /* of the price, times 10^7 */
	} waves[] = { { 1500, 1500 }, { 15000, 8000 }, { 180000, 30000 },
		{ 3600000, 90000 }, { DAY_MS, 250000 } };
	int64_t base = is_eth ? 341258 : 9723412;
	int64_t cents = base;

	for (size_t i = 0; i < COUNT(waves); i++)
		cents += wave(i + (is_eth ? 100 : 0), now.ms,
		    waves[i].period_ms, base * waves[i].height_e7 / 10000000);
	return cents;
}

/* Markets differ a little: at most 2 of 10,000, drifting. */
static int64_t host_cents(
    const struct demo_host *host, bool is_eth, struct utc now)
{
	int64_t cents = demo_market_cents(is_eth, now);
	uint64_t seed = 1000 + (uint64_t)(host - demo_market_hosts);

	return cents + wave(seed, now.ms, 20000, cents / 5000);
}

/* ---- writing numbers ---------------------------------------------------- */

struct body {
	const struct demo_host *host;
	bool is_eth;
	enum demo_quirk quirk;
	int64_t cents; /* last price */
	struct utc at; /* what times in the body say */
	struct wr *w;
};

static void put_cents(const struct body *b, int64_t cents)
{
	wr_printf(b->w, "%" PRId64 ".%02" PRId64, cents / 100, cents % 100);
}

static void put_last_digits(const struct body *b)
{
	switch (b->quirk) {
	case DEMO_QUIRK_NULL:
		wr_text(b->w, "null");
		return;
	case DEMO_QUIRK_ZERO:
		wr_text(b->w, "0");
		return;
	case DEMO_QUIRK_NEGATIVE:
		wr_text(b->w, "-1");
		return;
	case DEMO_QUIRK_COMMA:
		wr_printf(b->w, "%" PRId64 ",%02" PRId64, b->cents / 100,
		    b->cents % 100);
		return;
	case DEMO_QUIRK_EXPONENT:
		wr_printf(b->w, "%" PRId64 "e-2", b->cents);
		return;
	case DEMO_QUIRK_EMPTY:
		return;
	case DEMO_QUIRK_NONE:
	case DEMO_QUIRK_OTHER_TYPE:
	case DEMO_QUIRK_DUPLICATE:
	case DEMO_QUIRK_FUTURE:
	case DEMO_QUIRK_ERROR:
		put_cents(b, b->cents);
		wr_text(b->w, b->host->zeros);
		return;
	}
}

/* The last price, in this API's type unless the quirk says otherwise. */
static void put_last(const struct body *b)
{
	bool is_text = b->host->price_is_text;

	if (b->quirk == DEMO_QUIRK_OTHER_TYPE)
		is_text = !is_text;
	if (b->quirk == DEMO_QUIRK_EMPTY || b->quirk == DEMO_QUIRK_COMMA)
		is_text = true;
	if (b->quirk == DEMO_QUIRK_NULL)
		is_text = false;
	wr_text(b->w, is_text ? "\"" : "");
	put_last_digits(b);
	wr_text(b->w, is_text ? "\"" : "");
}

/* `"name":<before><price><after>`, twice when that is the quirk. */
static void put_last_member(const struct body *b, const char *name,
    const char *before, const char *after)
{
	if (b->quirk == DEMO_QUIRK_DUPLICATE)
		wr_printf(b->w, "\"%s\":%s\"1.00\"%s,", name, before, after);
	wr_printf(b->w, "\"%s\":%s", name, before);
	put_last(b);
	wr_text(b->w, after);
}

/* "name":"cents" */
static void put_text_member(
    const struct body *b, const char *name, int64_t cents)
{
	wr_printf(b->w, "\"%s\":\"", name);
	put_cents(b, cents);
	wr_text(b->w, "\"");
}

static struct body body_of(const struct demo_host *host, bool is_eth,
    struct utc now, enum demo_quirk quirk, struct wr *w)
{
	struct body b = { host, is_eth, quirk, host_cents(host, is_eth, now),
		now, w };

	if (quirk == DEMO_QUIRK_FUTURE)
		b.at.ms += DAY_MS;
	return b;
}

/* ---- one shape per API -------------------------------------------------- */

static void write_coinbase(const struct demo_host *host, bool is_eth,
    struct utc now, enum demo_quirk quirk, struct wr *w)
{
	struct body b = body_of(host, is_eth, now, quirk, w);
	char time[UTC_TEXT_SIZE];

	wr_text(w, "{");
	put_text_member(&b, "ask", b.cents + 3);
	wr_text(w, ",");
	put_text_member(&b, "bid", b.cents - 2);
	wr_printf(w, ",\"volume\":\"1207.50668151\",\"trade_id\":%" PRId64 ",",
	    now.ms / 700);
	put_last_member(&b, "price", "", "");
	wr_printf(w,
	    ",\"size\":\"0.00730812\",\"time\":\"%s\","
	    "\"rfq_volume\":\"7.669923\"}",
	    utc_format_ms(b.at, time));
}

/* "name":["cents000",more], */
static void put_kraken_pair(
    const struct body *b, const char *name, int64_t cents, const char *more)
{
	wr_printf(b->w, "\"%s\":[\"", name);
	put_cents(b, cents);
	wr_printf(b->w, "000\",%s],", more);
}

static void write_kraken(const struct demo_host *host, bool is_eth,
    struct utc now, enum demo_quirk quirk, struct wr *w)
{
	struct body b = body_of(host, is_eth, now, quirk, w);
	const char *key = is_eth ? "XETHZUSD" : "XXBTZUSD";

	wr_printf(w, "{\"error\":[],\"result\":{\"%s\":{", key);
	put_kraken_pair(&b, "a", b.cents + 10, "\"1\",\"1.000\"");
	put_kraken_pair(&b, "b", b.cents - 10, "\"2\",\"2.000\"");
	put_last_member(&b, "c", "[", ",\"0.00306352\"]");
	wr_text(w, ",\"v\":[\"835.60648728\",\"1738.28564104\"],");
	put_kraken_pair(&b, "p", b.cents - 31, "\"66191.08579\"");
	wr_text(w, "\"t\":[22907,44874],");
	put_kraken_pair(&b, "l", b.cents - 20000, "\"65519.70000\"");
	put_kraken_pair(&b, "h", b.cents + 20000, "\"67101.00000\"");
	put_text_member(&b, "o", b.cents - 100);
	wr_text(w, "}}}");
}

static void write_bitstamp(const struct demo_host *host, bool is_eth,
    struct utc now, enum demo_quirk quirk, struct wr *w)
{
	struct body b = body_of(host, is_eth, now, quirk, w);

	wr_printf(w, "{\"timestamp\":\"%" PRId64 "\",", b.at.ms / 1000);
	put_text_member(&b, "open", b.cents - 100);
	wr_text(w, ",");
	put_text_member(&b, "high", b.cents + 20000);
	wr_text(w, ",");
	put_text_member(&b, "low", b.cents - 20000);
	wr_text(w, ",");
	put_last_member(&b, "last", "", "");
	wr_text(w, ",\"volume\":\"213.26801100\",");
	put_text_member(&b, "vwap", b.cents - 37);
	wr_text(w, ",");
	put_text_member(&b, "bid", b.cents - 5);
	wr_text(w, ",");
	put_text_member(&b, "ask", b.cents + 5);
	wr_text(w,
	    ",\"side\":\"0\",\"open_24\":\"2211.00\","
	    "\"percent_change_24\":\"13.57\",\"market_type\":\"SPOT\"}");
}

/* Gemini's own time says how old the volume is: rounded to five minutes. */
static void write_gemini(const struct demo_host *host, bool is_eth,
    struct utc now, enum demo_quirk quirk, struct wr *w)
{
	struct body b = body_of(host, is_eth, now, quirk, w);
	int64_t bucket = b.at.ms - b.at.ms % 300000;

	wr_text(w, "{");
	put_text_member(&b, "bid", b.cents - 7);
	wr_text(w, ",");
	put_text_member(&b, "ask", b.cents + 7);
	wr_printf(w,
	    ",\"volume\":{\"%s\":\"915.6534281291\","
	    "\"USD\":\"10394749.066094351423000000000000000095\","
	    "\"timestamp\":%" PRId64 "},",
	    is_eth ? "ETH" : "BTC", bucket);
	put_last_member(&b, "last", "", "");
	wr_text(w, "}");
}

/* An array of numbers: last is the seventh. Binary noise included. */
static void write_bitfinex(const struct demo_host *host, bool is_eth,
    struct utc now, enum demo_quirk quirk, struct wr *w)
{
	struct body b = body_of(host, is_eth, now, quirk, w);

	wr_text(w, "[");
	put_cents(&b, b.cents - 100);
	wr_text(w, ",29.3136601,");
	put_cents(&b, b.cents + 100);
	wr_text(w, ",37.930307309999996,-25.7410117,-0.0028,");
	put_last(&b);
	wr_text(w, ",5723.038617,");
	put_cents(&b, b.cents + 20000);
	wr_text(w, ",");
	put_cents(&b, b.cents - 20000);
	wr_text(w, "]");
}

static void write_coingecko(const struct demo_host *host, bool is_eth,
    struct utc now, enum demo_quirk quirk, struct wr *w)
{
	struct body b = body_of(host, is_eth, now, quirk, w);

	wr_printf(w, "{\"%s\":{", is_eth ? "ethereum" : "bitcoin");
	put_last_member(&b, "usd", "", "");
	wr_printf(w, ",\"last_updated_at\":%" PRId64 "}}", b.at.ms / 1000);
}

/* A quantity as Ethereum nodes write it: the price in cents. */
static void write_rpc(const struct demo_host *host, bool is_eth, struct utc now,
    enum demo_quirk quirk, struct wr *w)
{
	struct body b = body_of(host, is_eth, now, quirk, w);

	wr_text(w, "{\"jsonrpc\":\"2.0\",\"id\":1,");
	if (quirk == DEMO_QUIRK_NONE)
		wr_printf(w, "\"result\":\"0x%" PRIx64 "\"", (uint64_t)b.cents);
	else
		put_last_member(&b, "result", "", "");
	wr_text(w, "}");
}

/* The last price as the one line of the body. */
static void write_plain(const struct demo_host *host, bool is_eth,
    struct utc now, enum demo_quirk quirk, struct wr *w)
{
	struct body b = body_of(host, is_eth, now, quirk, w);

	put_last_digits(&b);
	wr_text(w, "\n");
}

/* ---- the table ---------------------------------------------------------- */

const struct demo_host demo_market_hosts[] = {
	{
	    .name = "coinbase.demo.localhost",
	    .help = "Coinbase Exchange ticker, /price",
	    .price_is_text = true,
	    .zeros = "",
	    .write = write_coinbase,
	    .btc = "/products/BTC-USD/ticker",
	    .eth = "/products/ETH-USD/ticker",
	    .error = "{\"message\":\"NotFound\"}",
	    .error_status = 404,
	},
	{
	    .name = "kraken.demo.localhost",
	    .help = "Kraken Ticker, /result/XXBTZUSD/c/0",
	    .price_is_text = true,
	    .zeros = "000",
	    .write = write_kraken,
	    .btc = "/0/public/Ticker?pair=XBTUSD",
	    .eth = "/0/public/Ticker?pair=ETHUSD",
	    .error = "{\"error\":[\"EQuery:Unknown asset pair\"]}",
	    .error_status = 200,
	},
	{
	    .name = "bitstamp.demo.localhost",
	    .help = "Bitstamp ticker, /last",
	    .price_is_text = true,
	    .zeros = "",
	    .write = write_bitstamp,
	    .btc = "/api/v2/ticker/btcusd/",
	    .eth = "/api/v2/ticker/ethusd/",
	    .error = "{\"error\":\"Unknown pair\"}",
	    .error_status = 404,
	},
	{
	    .name = "gemini.demo.localhost",
	    .help = "Gemini pubticker, /last",
	    .price_is_text = true,
	    .zeros = "",
	    .write = write_gemini,
	    .btc = "/v1/pubticker/btcusd",
	    .eth = "/v1/pubticker/ethusd",
	    .error = "{\"result\":\"error\",\"reason\":\"InvalidSymbol\","
		     "\"message\":\"Supplied value is not a valid symbol\"}",
	    .error_status = 400,
	},
	{
	    .name = "bitfinex.demo.localhost",
	    .help = "Bitfinex v2 ticker, an array: /6",
	    .price_is_text = false,
	    .zeros = "",
	    .write = write_bitfinex,
	    .btc = "/v2/ticker/tBTCUSD",
	    .eth = "/v2/ticker/tETHUSD",
	    .error = "[\"error\",10020,\"symbol: invalid\"]",
	    .error_status = 500,
	},
	{
	    .name = "coingecko.demo.localhost",
	    .help = "CoinGecko simple price, /bitcoin/usd",
	    .price_is_text = false,
	    .zeros = "",
	    .write = write_coingecko,
	    .btc = "/api/v3/simple/price?ids=bitcoin&vs_currencies=usd",
	    .eth = "/api/v3/simple/price?ids=ethereum&vs_currencies=usd",
	    .error = "{}",
	    .error_status = 200,
	},
	{
	    .name = "ethereum.demo.localhost",
	    .help = "JSON-RPC of a node by POST, /result in hex and cents",
	    .price_is_text = true,
	    .zeros = "",
	    .write = write_rpc,
	    .btc = "/rpc/btc",
	    .eth = "/rpc/eth",
	    .error = "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":"
		     "{\"code\":-32601,\"message\":\"unknown\"}}",
	    .error_status = 200,
	    .takes_post = true,
	},
	{
	    .name = "plain.demo.localhost",
	    .help = "the price as the one line of a text",
	    .price_is_text = false,
	    .zeros = "",
	    .write = write_plain,
	    .btc = "/plain/btc",
	    .eth = "/plain/eth",
	    .error = "unknown pair\n",
	    .error_status = 404,
	},
};
const size_t demo_market_n_hosts = COUNT(demo_market_hosts);

const struct demo_host *demo_market_find(const char *name)
{
	for (size_t i = 0; i < demo_market_n_hosts; i++) {
		if (strcmp(demo_market_hosts[i].name, name) == 0)
			return &demo_market_hosts[i];
	}
	return NULL;
}

/* Further parameters may follow a query; behind a bare path nothing may. */
static bool matches(const char *target, const char *want)
{
	size_t n = strlen(want);

	if (strncmp(target, want, n) != 0)
		return false;
	return target[n] == '\0' || target[n] == '?' || target[n] == '&';
}

const struct demo_host *demo_market_find_target(
    const char *target, bool *is_eth)
{
	for (size_t i = 0; i < demo_market_n_hosts; i++) {
		const struct demo_host *h = &demo_market_hosts[i];
		*is_eth = matches(target, h->eth);
		if (*is_eth || matches(target, h->btc))
			return h;
	}
	return NULL;
}
