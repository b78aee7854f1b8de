/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest agent for the stories that does what it is told, by the word in a
 * file that it reads at each request: the stand-in's answers, or those answers
 * spoilt in one way.
 *
 *   agent_misbehaves SOCKET MODE-FILE [VERSION]
 */
#include "attest/sim_agent.h"
#include "tests/unit/agent_double.h"
#include "verify/base/file.h"

#include <signal.h>
#include <stdlib.h>

static const char *mode_file;
static struct sim_agent *agent;

static bool is_quote(const struct agent_request *r)
{
	return strstr(r->path, "Quote") != NULL;
}

/* One digit of a text that stands behind `before` becomes another one. */
static void change(struct blob *body, const char *before, size_t skip)
{
	char *at = strstr((char *)body->p, before);
	if (at == NULL)
		return;
	at += strlen(before) + skip;
	*at = *at == '0' ? '1' : '0';
}

static void answer(
    const struct agent_request *r, struct agent_reply *out, void *user)
{
	AUTO(blob_drop) struct blob mode = { 0 };
	struct fault f = FAULT_INIT;
	(void)user;
	out->status = sim_agent_answer(
	    agent, SIM_AGENT_DSTACK, r->path, r->body, &out->body);
	if (!file_read(mode_file, 64, &mode, &f) || !is_quote(r))
		return;
	const char *m = (const char *)mode.p;
	if (strcmp(m, "hang") == 0) {
		out->hangs = true;
	} else if (strcmp(m, "half") == 0) {
		agent_reply_raw(
		    out, "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{\"q");
	} else if (strcmp(m, "close") == 0) {
		agent_reply_raw(out, "\r\n");
	} else if (strcmp(m, "not-json") == 0) {
		blob_drop(&out->body);
		agent_reply_text(out, 200, "<html>no</html>");
	} else if (strcmp(m, "error") == 0) {
		blob_drop(&out->body);
		agent_reply_text(out, 400, "{\"error\":\"quote failed\"}");
	} else if (strcmp(m, "status") == 0) {
		out->status = 502;
	} else if (strcmp(m, "no-quote") == 0) {
		blob_drop(&out->body);
		agent_reply_text(out, 200, "{\"event_log\":\"[]\"}");
	} else if (strcmp(m, "odd-hex") == 0) {
		blob_drop(&out->body);
		agent_reply_text(out, 200, "{\"quote\":\"040\"}");
	} else if (strcmp(m, "short-quote") == 0) {
		blob_drop(&out->body);
		agent_reply_text(out, 200, "{\"quote\":\"04000200\"}");
	} else if (strcmp(m, "other-platform") == 0) {
		blob_drop(&out->body);
		agent_reply_text(out, 200, "{\"quote\":\"\"}");
	} else if (strcmp(m, "other-data") == 0) {
		/* Report data stands 568 bytes into the quote. */
		change(&out->body, "\"quote\":\"", 2 * (568 + 3));
	} else if (strcmp(m, "bad-log") == 0) {
		change(&out->body, "{\\\"digest\\\":\\\"", 95);
		char *digit =
		    strstr((char *)out->body.p, "\\\"digest\\\":\\\"");
		if (digit != NULL)
			digit[13] = 'z';
	}
}

static volatile sig_atomic_t stopped;

static void on_signal(int n)
{
	(void)n;
	stopped = 1;
}

int main(int argc, char **argv)
{
	struct fault f = FAULT_INIT;
	struct sim_agent_config c = { .mr_config_id = 1 };

	if (argc < 3)
		return 2;
	mode_file = argv[2];
	if (argc > 3)
		c.version = argv[3];
	if (!sim_agent_open(&c, &agent, &f)) {
		fprintf(stderr, "%s: %s\n", f.at, f.text);
		return 1;
	}
	signal(SIGTERM, on_signal);
	struct agent_double *d = agent_double_start(argv[1], answer, NULL);
	printf("ready\n");
	fflush(stdout);
	while (!stopped)
		pause();
	agent_double_stop(d);
	sim_agent_close(agent);
	return 0;
}
