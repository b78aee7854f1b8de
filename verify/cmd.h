/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program affiant-verify: one row per subcommand, one row per option.
 * Usage text and --help are printed from these tables; the man page and the
 * completion are held against them by a test.
 */
#ifndef AFFIANT_VERIFY_CMD_H
#define AFFIANT_VERIFY_CMD_H

#include "verify/verify.h"

#include <stdio.h>

/* What the command line said; paths and text as given, NULL when absent. */
struct cmd_options {
	const char *policy, *collateral, *at, *nonce, *trust_root;
	const char *platform, *report_data, *event_log, *app_compose;
	const char *response, *topics;
	bool allow_simulated, json, help, version;
	bool is_cert; /* no option: FILE is a certificate (cmd_tls_cert.c) */
};

struct cmd {
	const char *name;
	const char *operands; /* "FILE..." */
	const char *help;     /* one line */
	int min_operands, max_operands;
	/* operands[0..n-1]; returns the exit code. */
	int (*run)(const struct cmd_options *o, char **operands, int n);
};

/* Exit codes besides those of verdict_exit_code. */
enum { EXIT_OK = 0, EXIT_REFUSED = 1, EXIT_NOT_JUDGED = 2 };

extern const struct cmd cmd_check, cmd_compose_hash, cmd_explain, cmd_image,
    cmd_inspect, cmd_onchain, cmd_policy, cmd_replay, cmd_tls_cert;
extern const struct cmd *const cmd_table[]; /* ends NULL; main.c */

/* ---- cmd_options.c ------------------------------------------------------ */

/*
 * Takes options out of argv; what is left are operands, in *argv_out[0..n-1],
 * which has room for argc. A fault of kind USAGE names the word.
 */
FALLIBLE cmd_options_read(int argc, char **argv, struct cmd_options *out,
    char **operands, int *n_out, struct fault *f);
/* One line for each option. */
void cmd_options_print(FILE *to);

/* ---- cmd_input.c -------------------------------------------------------- */

/* Everything that a judgement needs besides the evidence; owns its memory. */
struct cmd_input {
	struct verify_options opt;
	struct policy policy;
	struct blob nonce, trust_root, collateral, report_data;
	struct blob event_log, app_compose, mr_config;
	struct evidence beside; /* a bare quote: the three above */
};
void cmd_input_drop(struct cmd_input *in);

/* Reads the files and values that the options name. */
FALLIBLE cmd_input_open(
    const struct cmd_options *o, struct cmd_input *out, struct fault *f);
/*
 * One piece of evidence: a response; or with --platform a quote, as raw bytes,
 * as hexadecimal or base64 text, in an agent's answer or in an attestation.
 */
FALLIBLE cmd_input_evidence(const struct cmd_options *o, const char *path,
    struct blob *out, struct fault *f);

/* ---- cmd_check.c --------------------------------------------------------- */

/* Judges one piece of evidence, whatever it is. */
typedef void (*cmd_judge_fn)(const struct cmd_options *o,
    const struct cmd_input *in, struct span evidence, struct verdict *v);
/*
 * Judges each file in turn and prints its verdict; the exit code of the worst.
 */
int cmd_judge_files(
    const struct cmd_options *o, cmd_judge_fn judge, char **files, int n);

/* ---- cmd_answer.c ------------------------------------------------------- */

/* A quote and what came with it; empty where there was none. */
struct cmd_answer {
	struct blob quote, log, mr_config;
	struct blob config;   /* what the host says of the machine: JSON */
	const char *platform; /* what an attestation is of; NULL: not said */
};
void cmd_answer_drop(struct cmd_answer *a);
/*
 * A bare log, what a dstack agent answers to GetQuote or Attest, the
 * attestation itself as bytes, or a response of ours.
 */
FALLIBLE cmd_answer_read(
    struct span in, struct cmd_answer *out, struct fault *f);
/* The same; UNSUPPORTED at "answer.log" when there is no event log in it. */
FALLIBLE cmd_answer_read_log(
    struct span in, struct cmd_answer *out, struct fault *f);

/* ---- cmd_print.c -------------------------------------------------------- */

/* "affiant-verify: WHAT: fault" on standard error. */
void cmd_print_fault(const char *what, const struct fault *f);
/* Text from outside: control characters become '?'. */
void cmd_print_text(FILE *to, struct span text);
/* A value over several lines; scalars as they stand in the document. */
void cmd_print_json(FILE *to, const struct json *doc, const struct json_node *v,
    unsigned indent);

#endif
