/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the evidence of a dstack guest costs beyond the quote: a log of 100
 * events parsed, recomputed, replayed into four registers and read for its
 * identity; an app-compose hashed and read. Target: below 1 ms, the median.
 */
#include "verify/base/clock.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"
#include "verify/dstack_compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES 501
#define EVENTS 100
#define TARGET_NS 1000000

static struct blob log_text;

static const char compose_text[] =
    "{\"allowed_envs\":[\"A\",\"B\"],\"docker_compose_file\":\"services:\\n"
    "  oracle:\\n    image: registry.example/affiant@sha256:"
    "0f0e0d0c0b0a09080706050403020100ffeeddccbbaa99887766554433221100\\n"
    "    ports:\\n      - \\\"8080:8080\\\"\\n    volumes:\\n"
    "      - /var/run/dstack.sock:/var/run/dstack.sock\\n\","
    "\"key_provider\":\"kms\",\"manifest_version\":2,\"name\":\"oracle\","
    "\"pre_launch_script\":\"echo ready\",\"runner\":\"docker-compose\"}";

static void must(bool ok, const struct fault *f)
{
	if (ok)
		return;
	(void)fprintf(stderr, "bench_dstack: %s: %s\n", f->at, f->text);
	exit(2);
}

static void put(struct wr *w, unsigned imr, const char *name, size_t n_payload)
{
	uint8_t digest[48], payload[256] = { 7 };
	char hex[HEX_SIZE(48)], more[HEX_SIZE(256)];

	memset(digest, (int)(imr + 1), sizeof(digest));
	hex_encode(span_of(digest, imr == 3 ? 0 : sizeof(digest)), hex);
	hex_encode(span_of(payload, n_payload), more);
	wr_printf(w, "%c{\"digest\":\"%s\",", w->n == 0 ? '[' : ',', hex);
	wr_printf(w, "\"event\":\"%s\",\"event_payload\":\"", name);
	wr_text(w, more);
	wr_printf(w, "\",\"event_type\":%s,\"imr\":%u}",
	    imr == 3 ? "134217729" : "6", imr);
}

static void put_provider(struct wr *w)
{
	static const char json[] = "{\"name\":\"kms\",\"id\":\"3059\"}";
	char hex[HEX_SIZE(sizeof(json))];

	hex_encode(span_text(json), hex);
	wr_printf(w,
	    ",{\"digest\":\"\",\"event\":\"key-provider\","
	    "\"event_payload\":\"%s\",\"event_type\":134217729,\"imr\":3}",
	    hex);
}

static void make_log(void)
{
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(LIMIT_EVENT_LOG_BYTES, "bench", &f);

	for (unsigned i = 0; i < 30; i++)
		put(&w, i % 3, "", 40);
	put(&w, 3, "system-preparing", 0);
	put(&w, 3, "app-id", 20);
	put(&w, 3, "compose-hash", 32);
	put(&w, 3, "instance-id", 20);
	put_provider(&w);
	put(&w, 3, "system-ready", 0);
	for (unsigned i = 36; i < EVENTS; i++)
		put(&w, 3, "of-the-application", 200);
	wr_text(&w, "]");
	must(wr_done(&w, &log_text), &f);
}

static void judge(void)
{
	struct dstack_log log = { 0 };
	struct dstack_identity id = { 0 };
	struct dstack_compose compose = { 0 };
	struct fault f = FAULT_INIT;
	struct sha256 hash = sha256_of(span_text(compose_text));

	must(dstack_log_parse(blob_span(&log_text), &log, &f), &f);
	must(log.n == EVENTS, &f);
	must(dstack_log_check_digests(&log, &f), &f);
	for (unsigned i = 0; i < DSTACK_REGISTERS; i++)
		(void)dstack_log_replay(&log, i);
	must(dstack_identity_read(&log, &id, &f), &f);
	(void)sha256_equal(&hash, &id.compose_hash);
	must(dstack_compose_parse(span_text(compose_text), &compose, &f), &f);
	dstack_compose_drop(&compose);
	dstack_identity_drop(&id);
	dstack_log_drop(&log);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(void)
{
	static uint64_t ns[SAMPLES];

	make_log();
	for (size_t i = 0; i < SAMPLES; i++) {
		uint64_t begin = clock_monotonic_ns();

		judge();
		ns[i] = clock_monotonic_ns() - begin;
	}
	qsort(ns, SAMPLES, sizeof(ns[0]), compare);
	printf("%d events (%zu bytes) and the app-compose: %llu us, worst of "
	       "95 %% %llu us\n",
	    EVENTS, log_text.n, (unsigned long long)(ns[SAMPLES / 2] / 1000),
	    (unsigned long long)(ns[SAMPLES * 95 / 100] / 1000));
	blob_drop(&log_text);
	return ns[SAMPLES / 2] < TARGET_NS ? 0 : 1;
}
