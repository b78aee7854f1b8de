/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate that carries evidence (FORMAT.ratls.md), so that a client of
 * a TLS connection knows what holds its key. Written and read here: the daemon
 * makes its certificate with the functions that judge it.
 */
#ifndef AFFIANT_RATLS_H
#define AFFIANT_RATLS_H

#include "verify/evidence.h"
#include "verify/x509.h"

/* Which of the two extensions: ours, or that of dstack's guests. */
enum ratls_form { RATLS_AFFIANT, RATLS_DSTACK };
/* "affiant", "dstack"; in the order of the enum, for configurations. */
extern const char *const ratls_form_names[]; /* ends NULL */

/*
 * 2.25.UUID (ITU-T X.667), from a random UUID of our own:
 * 9549f804-6159-4694-b690-38923983a75f.
 */
#define RATLS_OID_TEXT "2.25.198439039427247836810415641665560880991"
/* The reference's pair: a raw TDX quote, and its event log. */
#define RATLS_DSTACK_QUOTE_OID_TEXT "1.3.6.1.4.1.62397.1.1"
#define RATLS_DSTACK_LOG_OID_TEXT "1.3.6.1.4.1.62397.1.2"

/*
 * The lower half of what our quote binds: this text, then zeros. A statement's
 * quote has zeros only, so neither is ever taken for the other.
 */
#define RATLS_TAG "affiant/tls-certificate/v1"

/*
 * What the quote of a certificate with this key binds; `spki` is the DER of
 * its SubjectPublicKeyInfo.
 */
void ratls_report_data(
    enum ratls_form form, struct span spki, uint8_t out[REPORT_DATA_BYTES]);
/* It is ours, for whatever key: quoted for certificates that this program
 * makes, and for nothing else. */
bool ratls_is_report_data(const uint8_t report_data[REPORT_DATA_BYTES]);
/*
 * CRYPTO at "binding.report-data", naming what the quote was made for where
 * that can be seen.
 */
FALLIBLE ratls_report_data_check(enum ratls_form form, struct span spki,
    const uint8_t got[REPORT_DATA_BYTES], struct fault *f);

/* The value of our extension: platform, quote, event log, app-compose. */
FALLIBLE ratls_encode(const struct evidence *e, struct wr *w, struct fault *f);
/*
 * The same, read; views borrow from `value`. Nothing else in *out is set.
 * FORMAT, LIMIT and UNSUPPORTED (another version) at "cert.evidence".
 */
FALLIBLE ratls_decode(struct span value, struct evidence *out, struct fault *f);
/*
 * Finds the evidence in a certificate, in whichever form; views live as long
 * as the certificate. UNSUPPORTED when there is none, or none that is read
 * here; FORMAT when there is more than one.
 */
FALLIBLE ratls_find(const struct x509_cert *cert, enum ratls_form *form,
    struct evidence *out, struct fault *f);

#endif
