/* SPDX-License-Identifier: Apache-2.0 */
/* affiant-verify tls-cert: is the key of a TLS certificate held in a TEE? */
#include "verify/cmd.h"

static void judge(const struct cmd_options *o, const struct cmd_input *in,
    struct span evidence, struct verdict *v)
{
	(void)o;
	verify_certificate(evidence, &in->opt, v);
}

static int run(const struct cmd_options *given, char **files, int n)
{
	struct cmd_options o = *given;
	struct fault f = FAULT_INIT;

	/* What the certificate itself says. */
	if (o.platform != NULL || o.report_data != NULL || o.nonce != NULL) {
		fault_raise(&f, FAULT_USAGE, "tls-cert.options",
		    "--platform, --report-data and --nonce are for other "
		    "evidence: a certificate names its platform, and its "
		    "quote binds its key");
		cmd_print_fault("", &f);
		return EXIT_NOT_JUDGED;
	}
	o.is_cert = true;
	return cmd_judge_files(&o, judge, files, n);
}

const struct cmd cmd_tls_cert = {
	.name = "tls-cert",
	.operands = "FILE...",
	.help = "judge TLS certificates that carry evidence (PEM or DER)",
	.min_operands = 1,
	.max_operands = 4096,
	.run = run,
};
