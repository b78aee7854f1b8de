/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text forms of bytes: hexadecimal, base64 (RFC 4648, standard and url
 * alphabets), percent-decoding, UTF-8. All decoders are strict: exact length,
 * required padding, zero unused bits, no white space, no alternatives.
 */
#ifndef AFFIANT_TEXT_H
#define AFFIANT_TEXT_H

#include "verify/base/bytes.h"

/* Characters needed, NUL included. */
#define HEX_SIZE(n_bytes) (2 * (n_bytes) + 1)
#define HEX_COLON_SIZE(n_bytes) (3 * (n_bytes))
#define BASE64_SIZE(n_bytes) (4 * (((n_bytes) + 2) / 3) + 1)

/* Lower case. `out` has HEX_SIZE(in.n) characters. */
void hex_encode(struct span in, char *out);
/*
 * "5A:3B:...": upper case with colons, as certificate tools print it. Nothing
 * at all is written when in.n is 0: HEX_COLON_SIZE(0) is 0.
 */
void hex_encode_colon(struct span in, char *out);

/*
 * Exactly 2*n digits, either case, no prefix. A fault names `at` (a literal)
 * and the offset of the first bad character. Outputs on success only.
 */
FALLIBLE hex_decode(
    struct span text, void *out, size_t n, const char *at, struct fault *f);
/* The same with a required "0x". */
FALLIBLE hex_decode_0x(
    struct span text, void *out, size_t n, const char *at, struct fault *f);
/* Colon form, upper case only, exactly n bytes. */
FALLIBLE hex_decode_colon(
    struct span text, void *out, size_t n, const char *at, struct fault *f);
/* Any even number of digits up to 2*max_bytes; empty text is refused. */
FALLIBLE hex_decode_blob(struct span text, size_t max_bytes, struct blob *out,
    const char *at, struct fault *f);
bool hex_is_lower(struct span text); /* only 0-9a-f; true when empty */

/* `out` has BASE64_SIZE(in.n) characters. */
void base64_encode(struct span in, char *out);
FALLIBLE base64_decode(struct span text, size_t max_bytes, struct blob *out,
    const char *at, struct fault *f);
/* URL alphabet, no padding (RFC 4648 section 5). */
FALLIBLE base64url_decode(struct span text, size_t max_bytes, struct blob *out,
    const char *at, struct fault *f);

/* Shortest form only, no surrogates, nothing above U+10FFFF, no NUL. */
bool utf8_is_valid(struct span text);
/* Bytes of the one character at the start; 0 if it is none of the above. */
size_t utf8_length(struct span text);
/* Printable ASCII 0x20..0x7e only. */
bool ascii_is_printable(struct span text);
/* Decimal digits only, no sign, no leading zero; fits in 64 bits. */
FALLIBLE u64_parse(
    struct span text, uint64_t *out, const char *at, struct fault *f);

#endif
