/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stand-in for Intel's provisioning service (tests/unit/pccs_double.h) as
 * a program: serves the parts of a bundle until SIGTERM.
 *
 *   pccs_stand_in BUNDLE DIR       DIR/ca.pem is made
 */
#include "tests/unit/pccs_double.h"

#include "verify/base/file.h"

#include <signal.h>
#include <stdio.h>

static int failed(const struct fault *f)
{
	fprintf(stderr, "pccs_stand_in: %s (%s)\n", f->text, f->at);
	return 1;
}

static int serve(const struct collateral *c, const char *dir)
{
	struct fault f = FAULT_INIT;
	struct pccs_double *d = NULL;
	int signal_number;
	sigset_t stops;

	/* Blocked before the first thread, so that sigwait gets it. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigprocmask(SIG_BLOCK, &stops, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (!pccs_double_start(c, dir, &d, &f))
		return failed(&f);
	printf("ready https://localhost:%u http://127.0.0.1:%u\n",
	    pccs_double_port(d), pccs_double_http_port(d));
	fflush(stdout);
	sigwait(&stops, &signal_number);
	pccs_double_stop(d);
	return 0;
}

int main(int argc, char **argv)
{
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct fault f = FAULT_INIT;
	struct collateral c;

	if (argc != 3) {
		fprintf(stderr, "usage: pccs_stand_in BUNDLE DIR\n\nmodes:\n");
		for (size_t i = 0; pccs_modes[i].name != NULL; i++)
			fprintf(stderr, "  %-12s %s\n", pccs_modes[i].name,
			    pccs_modes[i].help);
		return 2;
	}
	if (!file_read(argv[1], LIMIT_RESPONSE_BYTES, &bundle, &f) ||
	    !collateral_decode(blob_span(&bundle), &c, &doc, &f))
		return failed(&f);
	return serve(&c, argv[2]);
}
