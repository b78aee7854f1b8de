/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-demo-exchange: the demo exchange as a program. */
#include "compose/demo/demo_exchange.h"

#include "compose/demo/demo_mode.h"
#include "verify/base/text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static void print_help(void)
{
	printf("usage: affiant-demo-exchange [--port N] [--http-port N] "
	       "--dir DIR [--shapes FILE]\n\n"
	       "A TLS server on 127.0.0.1 that answers in the shapes of "
	       "well-known price APIs,\nunder a CA made at start, and "
	       "misbehaves when told to.\n\n"
	       "  --port N       0 (default): any free port, printed\n"
	       "  --http-port N  the same, plain HTTP\n"
	       "  --dir DIR      ca.pem goes there; made if missing\n"
	       "  --shapes FILE  what " DEMO_SHAPES_HOST
	       " answers: JSON, target to\n"
	       "                 {\"status\":200,\"answer\":JSON or "
	       "\"text\":\"...\"}\n\n"
	       "  curl --cacert DIR/ca.pem https://" DEMO_CONTROL_HOST
	       ":PORT/_demo\n"
	       "  curl --cacert DIR/ca.pem -X POST \\\n"
	       "    'https://" DEMO_CONTROL_HOST
	       ":PORT/_demo/misbehave?host=HOST&mode=MODE'\n\nhosts:\n");
	for (size_t i = 0; i < demo_market_n_hosts; i++)
		printf("  %-26s %s\n", demo_market_hosts[i].name,
		    demo_market_hosts[i].help);
	printf("\nmodes:\n");
	for (size_t i = 0; i < demo_mode_n_rows; i++)
		printf("  %-26s %s\n", demo_mode_rows[i].id,
		    demo_mode_rows[i].help);
}

static int usage(const char *what)
{
	fprintf(stderr, "affiant-demo-exchange: %s (see --help)\n", what);
	return 2;
}

static bool parse_port(const char *text, uint16_t *out)
{
	uint64_t port;

	if (!u64_parse(span_text(text), &port, "port", NULL) || port > 65535)
		return false;
	*out = (uint16_t)port;
	return true;
}

static int serve(const struct demo_options *o)
{
	struct fault f = FAULT_INIT;
	struct demo_exchange *d = NULL;
	sigset_t stops;
	int signal_number;

	/* Blocked before the first thread, so that sigwait gets them. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGINT);
	sigprocmask(SIG_BLOCK, &stops, NULL);
	if (!demo_exchange_start(o, &d, &f)) {
		fprintf(stderr, "affiant-demo-exchange: %s\n", f.text);
		return 1;
	}
	printf("ready https://127.0.0.1:%u ca=%s/ca.pem http://127.0.0.1:%u\n",
	    demo_exchange_port(d), o->dir, demo_exchange_http_port(d));
	fflush(stdout);
	sigwait(&stops, &signal_number);
	demo_exchange_stop(d);
	return 0;
}

int main(int argc, char **argv)
{
	struct demo_options o = { 0 };

	for (int i = 1; i < argc; i++) {
		const char *option = argv[i];
		if (strcmp(option, "--help") == 0) {
			print_help();
			return 0;
		}
		if (i + 1 == argc)
			return usage("an option is unknown or has no value");
		i++;
		if (strcmp(option, "--dir") == 0)
			o.dir = argv[i];
		else if (strcmp(option, "--shapes") == 0)
			o.shapes = argv[i];
		else if (strcmp(option, "--port") == 0) {
			if (!parse_port(argv[i], &o.port))
				return usage("--port wants 0 to 65535");
		} else if (strcmp(option, "--http-port") == 0) {
			if (!parse_port(argv[i], &o.http_port))
				return usage("--http-port wants 0 to 65535");
		} else {
			return usage("an option is unknown or has no value");
		}
	}
	if (o.dir == NULL)
		return usage("--dir is missing");
	return serve(&o);
}
