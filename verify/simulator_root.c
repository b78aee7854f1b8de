/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/simulator_root.h"

#include "verify/simulator_oid.h"

bool simulator_root_is(const struct x509_cert *c)
{
	static const uint8_t oid[] = { SIMULATOR_OID_DER };
	static const uint8_t text[] = { SIMULATOR_EXT_DER };
	struct x509_key key = x509_cert_key(c);
	struct fault f = FAULT_INIT;
	struct span value;

	return x509_cert_has_cn(c, SIMULATOR_ROOT_CN) &&
	    x509_cert_extension(c, span_of(oid, sizeof(oid)), &value) == 1 &&
	    span_equal(value, span_of(text, sizeof(text))) &&
	    span_equal(c->subject, c->issuer) &&
	    x509_cert_signed_by(c, &key, "simulator.root", &f);
}
