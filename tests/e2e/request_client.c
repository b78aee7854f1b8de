/* SPDX-License-Identifier: Apache-2.0 */
/* request_client KEY <parameters: what is to be posted to /v1/requests. */
#include "tests/unit/request_sealer.h"
#include "verify/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	static uint8_t plain[16384], key[32];
	struct fault f = FAULT_INIT;
	struct blob sealed = { 0 };
	size_t n = fread(plain, 1, sizeof(plain), stdin);

	if (argc != 2 ||
	    !hex_decode(span_text(argv[1]), key, sizeof(key), "key", &f) ||
	    !request_sealer_seal(
		span_of(key, sizeof(key)), span_of(plain, n), &sealed)) {
		fprintf(stderr, "request_client: KEY <PARAMETERS\n");
		return 2;
	}
	char *text = malloc(sealed.n * 2);
	if (text == NULL)
		return 2;
	base64_encode(blob_span(&sealed), text);
	printf("{\"key\":\"%s\",\"sealed\":\"%s\"}", argv[1], text);
	free(text);
	blob_drop(&sealed);
	return 0;
}
