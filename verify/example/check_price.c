/* SPDX-License-Identifier: Apache-2.0 */
/* cc check_price.c $(pkg-config --cflags --libs affiant-verify) */
#include <affiant-verify.h>
#include <stdio.h>
#include <time.h>

int main(void) /* a response on standard input; its price, if it is proved */
{
	static char response[1 << 20];
	static const char policy[] = "{\"type\":\"affiant.policy.v1\"}";
	struct affiant_options o = AFFIANT_OPTIONS_INIT;
	affiant_verdict *v;
	size_t n = fread(response, 1, sizeof(response), stdin);

	o.at_ms = (int64_t)time(NULL) * 1000;
	o.policy = policy; /* yours pins the code: affiant-verify policy */
	o.policy_n = sizeof(policy) - 1;
	enum affiant_result r = affiant_verify_response(response, n, &o, &v);
	puts(affiant_verdict_summary(v));
	if (r == AFFIANT_ACCEPTED)
		puts(affiant_verdict_claim(v, "statement.value"));
	affiant_verdict_free(v);
	return (int)r;
}
