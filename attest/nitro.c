/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/nitro.h"

#include "verify/base/secret.h"
#include "verify/base/text.h"
#include "verify/nitro_chain.h"
#include "verify/simulator_root.h"

#include <stdlib.h>
#include <string.h>

/* ---- one document -------------------------------------------------------- */

static FALLIBLE ask_server(struct nitro *n, const char *route,
    struct span user_data, struct blob *out, struct fault *f)
{
	char hex[HEX_SIZE(REPORT_DATA_BYTES)];
	char path[sizeof("/attestation/raw?user_data=") + sizeof(hex)];
	struct wr w = wr_into(path, sizeof(path), "nitro.path", f);
	size_t n_path;

	hex_encode(user_data, hex);
	wr_text(&w, route);
	wr_text(&w, "?user_data=");
	wr_text(&w, hex);
	wr_u8(&w, '\0');
	TRY(wr_done_into(&w, &n_path));
	return agent_get(n->server, path, 2 * NITRO_DOC_BYTES + 2, out, f);
}

/* "GET /attestation/hex -> the same as lower-case hex text." */
static FALLIBLE from_hex(struct blob *text, struct blob *out, struct fault *f)
{
	struct span s = blob_span(text);

	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	if (!hex_decode_blob(s, NITRO_DOC_BYTES, out, "nitro.server", NULL))
		return fault_raise(f, FAULT_REMOTE, "nitro.server",
		    "the attestation server's answer is no hexadecimal text");
	return true;
}

/* Raw where there is such a route, else as hexadecimal text from then on. */
static FALLIBLE by_server(
    struct nitro *n, struct span user_data, struct blob *out, struct fault *f)
{
	AUTO(blob_drop) struct blob text = { 0 };
	struct fault why = FAULT_INIT;

	if (!n->is_hex) {
		if (ask_server(n, "/attestation/raw", user_data, out, &why))
			return true;
		if (strcmp(why.at, "agent.status") != 0) {
			*f = why;
			return false;
		}
	}
	TRY(ask_server(n, "/attestation/hex", user_data, &text, f));
	n->is_hex = true;
	return from_hex(&text, out, f);
}

/* What it binds is what was asked for: nothing else of it is believed. */
static FALLIBLE check_document(struct span document, struct span user_data,
    bool *simulated, struct fault *f)
{
	AUTO(nitro_chain_drop) struct nitro_chain chain = { 0 };
	struct nitro_envelope e;
	struct nitro_items items;
	struct nitro_doc d;
	struct fault why = FAULT_INIT;

	if (!nitro_doc_envelope(document, &e, &why) ||
	    !nitro_doc_items(e.payload, &items, &why) ||
	    !nitro_doc_fields(&items, &d, &why) ||
	    !nitro_chain_parse(&d, &chain, &why))
		return fault_raise(f, FAULT_REMOTE, "nitro.document",
		    "what was answered is no attestation document: %.120s",
		    why.text);
	if (!d.user_data.is_there || !span_equal(d.user_data.value, user_data))
		return fault_raise(f, FAULT_REMOTE, "nitro.document",
		    "the document binds other data than was asked for: this "
		    "attestation server takes none from us");
	*simulated = simulator_root_is(&chain.cert[0]);
	return true;
}

static FALLIBLE take(struct nitro *n, struct span user_data, struct blob *out,
    bool *simulated, struct fault *f)
{
	AUTO(blob_drop) struct blob document = { 0 };

	if (n->server != NULL)
		TRY(by_server(n, user_data, &document, f));
	else
		TRY(nsm_document(&n->nsm, user_data, &document, f));
	TRY(check_document(blob_span(&document), user_data, simulated, f));
	*out = blob_move(&document);
	return true;
}

/* ---- opening ------------------------------------------------------------- */

void nitro_close(void *state)
{
	struct nitro *n = state;

	if (n == NULL)
		return;
	agent_close(n->server);
	nsm_close(&n->nsm);
	free(n);
}

/* A document that is given to nobody, over data that has not the form of a
 * statement's hash. */
static FALLIBLE look(struct nitro *n, struct fault *f)
{
	AUTO(blob_drop) struct blob document = { 0 };
	uint8_t data[REPORT_DATA_BYTES];

	TRY(random_bytes(data, sizeof(data), f));
	return take(
	    n, span_of(data, sizeof(data)), &document, &n->facts.simulated, f);
}

bool nitro_open(
    const struct nsm *nsm, struct agent *server, void **out, struct fault *f)
{
	struct nitro *n = calloc(1, sizeof(*n));

	if (n == NULL) {
		agent_close(server);
		return fault_raise(f, FAULT_SYSTEM, "nitro.open", "no memory");
	}
	n->server = server;
	if (nsm != NULL)
		n->nsm = *nsm;
	if (!look(n, f)) {
		nitro_close(n);
		return false;
	}
	*out = n;
	return true;
}

/* ---- what the rows do ---------------------------------------------------- */

bool nitro_quote(void *state, const uint8_t report_data[REPORT_DATA_BYTES],
    struct attested *out, struct fault *f)
{
	bool simulated;

	return take(state, span_of(report_data, REPORT_DATA_BYTES), &out->quote,
	    &simulated, f);
}

/* "No persistent storage [...] State comes back through KMS-sealed blobs"
 * (nitro section 7): not from here. */
bool nitro_seal_root(
    void *state, struct secret32 *root, struct seal_id *id, struct fault *f)
{
	(void)state, (void)root, (void)id;
	return fault_raise(f, FAULT_UNSUPPORTED, "attest.seal",
	    "sealing unavailable: an enclave has no sealing key of its own; "
	    "keys live in memory and are made anew at each start");
}

struct attest_facts nitro_facts(const void *state)
{
	const struct nitro *n = state;

	return n->facts;
}
