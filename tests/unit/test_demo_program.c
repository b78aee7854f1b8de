/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-demo-exchange as a program: its line, its exit codes. */
#include "tests/unit/check.h"

#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char program[1024];

struct run {
	pid_t pid;
	int out; /* its standard output and error */
};

static struct run run(const char *const arguments[])
{
	posix_spawn_file_actions_t actions;
	const char *argv[8] = { program };
	struct run r;
	int fds[2];

	for (size_t i = 0; i < 6 && arguments[i] != NULL; i++)
		argv[i + 1] = arguments[i];
	assert_int_equal(pipe(fds), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 2);
	posix_spawn_file_actions_addclose(&actions, fds[0]);
	assert_int_equal(posix_spawn(&r.pid, program, &actions, NULL,
			     (char *const *)(uintptr_t)argv, environ),
	    0);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	r.out = fds[0];
	return r;
}

/* Up to the first line end, or up to the end. */
static void read_text(struct run *r, bool one_line, char out[8192])
{
	size_t n = 0;

	while (n < 8191 && read(r->out, &out[n], 1) == 1) {
		n++;
		if (one_line && out[n - 1] == '\n')
			break;
	}
	out[n] = '\0';
}

static int exit_code(struct run *r)
{
	int status = 0;

	close(r->out);
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void program__says_when_it_is_ready_and_ends_when_told(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT };
	char dir[] = "/tmp/affiant-demo-XXXXXX";
	char sub[64], ca[128], intermediate[128], text[8192], want[160];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(sub, sizeof(sub), "%s/new", dir);
	snprintf(ca, sizeof(ca), "%s/ca.pem", sub);
	snprintf(
	    intermediate, sizeof(intermediate), "%s/intermediate.pem", sub);
	snprintf(want, sizeof(want), " ca=%s ", ca);
	for (size_t i = 0; i < COUNT(signals); i++) {
		struct run r =
		    run((const char *[]){ "--port", "0", "--dir", sub, NULL });
		read_text(&r, true, text);
		assert_memory_equal(text, "ready https://127.0.0.1:", 24);
		assert_non_null(strstr(text, want));
		assert_int_equal(stat(ca, &st), 0);
		assert_int_equal(kill(r.pid, signals[i]), 0);
		assert_int_equal(exit_code(&r), 0);
	}
	assert_int_equal(unlink(ca), 0);
	assert_int_equal(unlink(intermediate), 0);
	assert_int_equal(rmdir(sub), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void program__lists_hosts_and_modes(void **state)
{
	struct run r = run((const char *[]){ "--help", NULL });
	char text[8192];

	(void)state;
	read_text(&r, false, text);
	assert_non_null(strstr(text, "kraken.demo.localhost"));
	assert_non_null(strstr(text, "endless-headers"));
	assert_int_equal(exit_code(&r), 0);
}

static void program__refuses_what_it_does_not_know(void **state)
{
	static const char *const bad[][5] = { { NULL }, { "--port", "0", NULL },
		{ "--dir", NULL }, { "--port", "70000", "--dir", "/tmp", NULL },
		{ "--http-port", "x", "--dir", "/tmp", NULL },
		{ "--what", "x", NULL } };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct run r = run(bad[i]);
		char text[8192];
		read_text(&r, false, text);
		assert_non_null(strstr(text, "--help"));
		assert_int_equal(exit_code(&r), 2);
	}
}

static void program__says_why_it_cannot_start(void **state)
{
	struct run r = run((const char *[]){ "--dir", "/dev/null/x", NULL });
	char text[8192];

	(void)state;
	read_text(&r, false, text);
	assert_memory_equal(text, "affiant-demo-exchange: ", 23);
	assert_int_equal(exit_code(&r), 1);
}

static int set_up(void **state)
{
	const char *build = getenv("AFFIANT_BUILD");

	(void)state;
	snprintf(program, sizeof(program),
	    "%s/compose/demo/affiant-demo-exchange",
	    build != NULL ? build : ".");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    program__says_when_it_is_ready_and_ends_when_told),
		cmocka_unit_test(program__lists_hosts_and_modes),
		cmocka_unit_test(program__refuses_what_it_does_not_know),
		cmocka_unit_test(program__says_why_it_cannot_start),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
