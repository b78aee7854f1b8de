/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks of authenticity of an Intel quote, in the order of intel-dcap
 * section 13. Included by tee_tdx.c and tee_sgx.c, which say what ROW makes
 * of a line, ENDORSED of one that rests on Intel's collateral, and
 * ENDORSED_TDX of one of these that only TDX has. No include guard: this is
 * the body of a table.
 *
 *   ROW(id, number, clause, explanation, function)
 */

/* ---- structure ----------------------------------------------------------- */

ROW("quote.length", "Q01", "quote layout: header, body, auth_len",
    "The quote is long enough for its header and body, and no longer than "
    "65536 bytes. A shorter one was cut off on its way.",
    intel_check_quote_length)
ROW("quote.version", "Q02", "quote header, offset 0",
    "Quote versions 3 (SGX), 4 and 5 (TDX) are known.",
    intel_check_quote_version)
ROW("quote.key-type", "Q03", "quote header, offset 2",
    "The attestation key is of P-256; nothing else has ever been issued.",
    intel_check_quote_key)
ROW("quote.tee", "Q04", "quote header, offset 4",
    "The quote comes from the TEE it is judged as: SGX in version 3, TDX in "
    "versions 4 and 5.",
    intel_check_quote_tee)
ROW("quote.vendor", "Q05", "quote header, offset 12",
    "The quoting enclave's vendor is Intel.", intel_check_quote_vendor)
ROW("quote.body", "Q06", "version 5 body descriptor",
    "The body has a known type, exactly that type's size, and fits the TEE.",
    intel_check_quote_body)
ROW("quote.auth", "Q07", "auth_len behind the body",
    "The authentication data fit into the bytes that are there.",
    intel_check_quote_auth)
ROW("quote.tail", "Q08", "canonical length",
    "Behind the quote stand only zeros (buffers are handed out larger than "
    "the quote). They are cut off; anything else is refused.",
    intel_check_quote_tail)
ROW("quote.auth-size", "Q07", "authentication data, least size",
    "The authentication data have room for signature and key.",
    intel_check_quote_auth_size)
ROW("quote.wrapper", "Q09", "certification data type 6",
    "Versions 4 and 5 wrap the QE report in certification data of type 6 "
    "with an exact length.",
    intel_check_quote_wrapper)
ROW("quote.parts", "Q10", "authentication data layout",
    "QE report, signature, authentication data and certification data fit "
    "and end exactly at the end.",
    intel_check_quote_parts)
ROW("quote.certification", "Q11", "certification data types 1 to 5",
    "The quote carries its certificate chain (type 5), or one was given "
    "apart from it.",
    intel_check_quote_certification)

/* ---- collateral ----------------------------------------------------------- */

ROW("collateral", "", "absent collateral is a failure",
    "Intel's signed documents about this platform are at hand: in the "
    "response (?evidence=full) or given with --collateral. Without them "
    "nobody can tell a patched platform from a broken one.",
    intel_check_quote_collateral)
ENDORSED("crl.root", "R01", "RFC 5280 section 5",
    "The root's revocation list is one DER object and nothing else.",
    intel_check_crl_root_parse)
ENDORSED("crl.root.issuer", "R02", "RFC 5280 section 6.3.3",
    "The root's revocation list names the root as its issuer.",
    intel_check_crl_root_issuer)
ENDORSED("crl.root.signature", "R03", "RFC 5280 section 6.3.3",
    "The root's revocation list is signed by the root's key.",
    intel_check_crl_root_signature)
ENDORSED("crl.root.time", "R04", "RFC 5280 sections 5.1.2.4 and 5.1.2.5",
    "The time of judgement is between this and the next update of the "
    "root's revocation list. Fetch new collateral if it has expired.",
    intel_check_crl_root_time)
ENDORSED("crl.root.extensions", "R05", "RFC 5280 section 5.2",
    "The root's revocation list is complete and direct, without critical "
    "extensions.",
    intel_check_crl_root_extensions)
ENDORSED("crl.root.self", "R07", "the root's own serial number",
    "The root itself is not revoked.", intel_check_crl_root_self)

ENDORSED("tcb.signer.chain", "T01", "TCB-Info-Issuer-Chain",
    "TCB info comes with two certificates: Intel's TCB signer, by exact "
    "name, and the root, byte for byte.",
    intel_check_signer_tcb_chain)
ENDORSED("tcb.signer.link", "C04", "RFC 5280 section 6.1.3",
    "The root signed the certificate of the TCB info's signer.",
    intel_check_signer_tcb_link)
ENDORSED("tcb.signer.usage", "C05", "RFC 5280 section 4.2.1",
    "The TCB info's signer is no CA and its key is for signatures.",
    intel_check_signer_tcb_usage)
ENDORSED("tcb.signer.algorithm", "C06", "X.509 v3, P-256, SHA-256",
    "The TCB info's signer uses the one algorithm Intel uses.",
    intel_check_signer_tcb_algorithm)
ENDORSED("tcb.signer.time", "C07", "RFC 5280 section 4.1.2.5",
    "The certificate of the TCB info's signer is valid at the time of "
    "judgement. Intel has renewed it with the same key and serial number.",
    intel_check_signer_tcb_time)
ENDORSED("tcb.signer.revoked", "R06", "root revocation list",
    "The TCB info's signer is not revoked.", intel_check_crl_tcb_signer)

ENDORSED("tcb.grammar", "J01", "RFC 8259, strictly",
    "TCB info is one JSON document with nothing around it.",
    intel_check_json_tcb_grammar)
ENDORSED("tcb.duplicates", "J02", "RFC 8259 section 4",
    "No member of TCB info stands twice: two readers would read two things.",
    intel_check_json_tcb_duplicates)
ENDORSED("tcb.envelope", "T03", "signed JSON: tcbInfo and signature",
    "TCB info has exactly the members tcbInfo and signature.",
    intel_check_json_tcb_envelope)
ENDORSED("tcb.signature", "T02", "ECDSA over the exact bytes",
    "The signature of TCB info holds over its bytes as they stand. "
    "Re-formatting the JSON breaks it.",
    intel_check_json_tcb_signature)
ENDORSED("tcb.members", "T03", "TCB info, known members",
    "The known members of TCB info are there and of the right type.",
    intel_check_json_tcb_members)
ENDORSED("tcb.version", "T04", "TCB info id and version",
    "TCB info is of a known version and for this TEE.",
    intel_check_json_tcb_version)
ENDORSED("tcb.type", "T05", "tcbType",
    "The comparison rule of TCB info is the known one.",
    intel_check_json_tcb_type)
ENDORSED("tcb.time", "T06", "issueDate and nextUpdate",
    "The time of judgement is between issue and next update of TCB info. "
    "Fetch new collateral if it has expired.",
    intel_check_json_tcb_time)

ENDORSED("qe.signer.chain", "E01", "SGX-Enclave-Identity-Issuer-Chain",
    "QE identity comes with two certificates: Intel's TCB signer, by exact "
    "name, and the root, byte for byte.",
    intel_check_signer_qe_chain)
ENDORSED("qe.signer.link", "C04", "RFC 5280 section 6.1.3",
    "The root signed the certificate of the QE identity's signer.",
    intel_check_signer_qe_link)
ENDORSED("qe.signer.usage", "C05", "RFC 5280 section 4.2.1",
    "The QE identity's signer is no CA and its key is for signatures.",
    intel_check_signer_qe_usage)
ENDORSED("qe.signer.algorithm", "C06", "X.509 v3, P-256, SHA-256",
    "The QE identity's signer uses the one algorithm Intel uses.",
    intel_check_signer_qe_algorithm)
ENDORSED("qe.signer.time", "C07", "RFC 5280 section 4.1.2.5",
    "The certificate of the QE identity's signer is valid at the time of "
    "judgement.",
    intel_check_signer_qe_time)
ENDORSED("qe.signer.revoked", "R06", "root revocation list",
    "The QE identity's signer is not revoked.", intel_check_crl_qe_signer)

ENDORSED("qe.grammar", "J01", "RFC 8259, strictly",
    "QE identity is one JSON document with nothing around it.",
    intel_check_json_qe_grammar)
ENDORSED("qe.duplicates", "J02", "RFC 8259 section 4",
    "No member of QE identity stands twice.", intel_check_json_qe_duplicates)
ENDORSED("qe.envelope", "E03", "signed JSON: enclaveIdentity and signature",
    "QE identity has exactly the members enclaveIdentity and signature.",
    intel_check_json_qe_envelope)
ENDORSED("qe.signature", "E02", "ECDSA over the exact bytes",
    "The signature of QE identity holds over its bytes as they stand.",
    intel_check_json_qe_signature)
ENDORSED("qe.members", "E03", "QE identity, known members",
    "The known members of QE identity are there and of the right type.",
    intel_check_json_qe_members)
ENDORSED("qe.version", "E04", "enclaveIdentity id and version",
    "The identity is of version 2 and of the quoting enclave of this TEE.",
    intel_check_json_qe_version)
ENDORSED("qe.time", "E05", "issueDate and nextUpdate",
    "The time of judgement is between issue and next update of QE identity. "
    "Fetch new collateral if it has expired.",
    intel_check_json_qe_time)
ENDORSED("evaluation", "T10", "tcbEvaluationDataNumber",
    "Both evaluation numbers are integers; the smaller one counts.",
    intel_check_json_evaluation)

/* ---- the platform's certificates ------------------------------------------- */

ROW("pck.chain", "P01", "PEM, RFC 7468, strictly",
    "The chain is exactly three certificates in PEM: PCK, intermediate, "
    "root.",
    intel_check_pck_chain)
ROW("pck.root", "P02", "the pinned root",
    "The chain ends in the root that judges: Intel's, byte for byte, unless "
    "another was given (--trust-root) or it is a simulator's.",
    intel_check_pck_root)
ROW("pck.names", "P03", "subject common names",
    "The certificates have exactly the names of a PCK certificate and of "
    "the Platform or Processor CA.",
    intel_check_pck_names)
ROW("pck.links", "P04", "RFC 5280 section 6.1.3",
    "Each certificate names and is signed by the next one.",
    intel_check_pck_links)
ROW("pck.usage", "P05", "RFC 5280 section 4.2.1",
    "Constraints and key usage are those of a CA and of a signing key; no "
    "critical extension is unknown.",
    intel_check_pck_usage)
ROW("pck.algorithm", "P06", "X.509 v3, P-256, SHA-256",
    "The certificates use the one algorithm Intel uses.",
    intel_check_pck_algorithm)
ROW("pck.time", "P07", "RFC 5280 section 4.1.2.5",
    "Every certificate is valid at the time of judgement.",
    intel_check_pck_time)
ENDORSED("crl.pck", "R01", "RFC 5280 section 5",
    "The PCK revocation list is one DER object and nothing else.",
    intel_check_crl_pck_parse)
ENDORSED("crl.pck.issuer", "R02", "RFC 5280 section 6.3.3",
    "The PCK revocation list names the chain's intermediate as its issuer.",
    intel_check_crl_pck_issuer)
ENDORSED("crl.pck.signature", "R03", "RFC 5280 section 6.3.3",
    "The PCK revocation list is signed by the intermediate's key.",
    intel_check_crl_pck_signature)
ENDORSED("crl.pck.time", "R04", "RFC 5280 sections 5.1.2.4 and 5.1.2.5",
    "The time of judgement is between this and the next update of the PCK "
    "revocation list. Fetch new collateral if it has expired.",
    intel_check_crl_pck_time)
ENDORSED("crl.pck.extensions", "R05", "RFC 5280 section 5.2",
    "The PCK revocation list is complete and direct, without critical "
    "extensions.",
    intel_check_crl_pck_extensions)
ENDORSED("pck.ca.revoked", "R06", "root revocation list",
    "The intermediate CA is not revoked.", intel_check_crl_ca)
ENDORSED("pck.revoked", "R08", "PCK revocation list",
    "The platform's certificate is not revoked.", intel_check_crl_pck)
ROW("pck.extension", "P08", "OID 1.2.840.113741.1.13.1",
    "The SGX extension of the PCK certificate is there once, complete and "
    "well formed.",
    intel_check_pck_extension)
ROW("pck.cpusvn", "P09", "our own rule",
    "CPUSVN and the 16 components of the PCK certificate say the same.",
    intel_check_pck_cpusvn)
ENDORSED("tcb.fmspc", "T07", "fmspc",
    "TCB info is about this platform's family. Fetch the one of the FMSPC "
    "in the PCK certificate.",
    intel_check_pck_fmspc)
ENDORSED("tcb.pceid", "T08", "pceId",
    "TCB info is about this platform's certification enclave.",
    intel_check_pck_pceid)

/* ---- signatures of the quote ------------------------------------------------- */

ROW("qe.report", "S01", "ECDSA by the PCK key",
    "The platform's certified key signed the quoting enclave's report.",
    intel_check_signature_qe)
ROW("quote.key", "S02", "QE REPORTDATA",
    "The quoting enclave vouches for the attestation key of the quote.",
    intel_check_signature_binding)
ROW("quote.key.point", "S03", "SEC 1 section 3.2.2.1",
    "The attestation key is a point of P-256.", intel_check_signature_key)
ROW("quote.signature", "S04", "ECDSA by the attestation key",
    "The attestation key signed header and report: not one bit was changed.",
    intel_check_signature_quote)

/* ---- quoting enclave, module, levels ------------------------------------------ */

ENDORSED("qe.mrsigner", "E06", "QE identity mrsigner",
    "The quoting enclave is signed by Intel's signer of quoting enclaves.",
    intel_check_level_qe_mrsigner)
ENDORSED("qe.isvprodid", "E07", "QE identity isvprodid",
    "The enclave that signed is a quoting enclave and no other product.",
    intel_check_level_qe_prodid)
ENDORSED("qe.miscselect", "E08", "QE identity miscselect under mask",
    "MISCSELECT of the quoting enclave is as Intel requires.",
    intel_check_level_qe_miscselect)
ENDORSED("qe.attributes", "E09", "QE identity attributes under mask",
    "ATTRIBUTES of the quoting enclave are as Intel requires.",
    intel_check_level_qe_attributes)
ROW("qe.debug", "E10", "SGX ATTRIBUTES bit 1",
    "The quoting enclave is not a debug enclave, whatever the mask says.",
    intel_check_level_qe_debug)
ENDORSED("qe.isvsvn", "E11", "QE identity tcbLevels",
    "The quoting enclave's version reaches some level of its identity.",
    intel_check_level_qe_svn)
ENDORSED("tcb.levels", "T09", "TCB info tcbLevels",
    "The levels of TCB info are complete, in range, and no two alike.",
    intel_check_level_tcb)
ENDORSED_TDX("module.identity", "M03", "tdxModuleIdentities",
    "TCB info knows the TDX module's major version, once.",
    intel_check_level_module)
ENDORSED_TDX("module.mrsigner", "M01", "MRSIGNERSEAM",
    "The TDX module is signed by the expected signer (zero is Intel).",
    intel_check_level_module_signer)
ENDORSED_TDX("module.attributes", "M02", "SEAMATTRIBUTES",
    "The TDX module's attributes are zero: it is a production module.",
    intel_check_level_module_attributes)
ENDORSED("level.sgx", "L01", "TCB matching, SGX components and PCESVN",
    "The platform's security versions reach some level of TCB info.",
    intel_check_level_sgx)
ENDORSED_TDX("level.tdx", "L02", "TCB matching, TDX components",
    "The TD's security versions reach some level of TCB info.",
    intel_check_level_tdx)
ENDORSED_TDX("level.sgx.revoked", "L03", "SGX level Revoked",
    "The platform's own level is not revoked while the TD's is not.",
    intel_check_level_sgx_revoked)
ENDORSED_TDX("module.isvsvn", "M04", "TDX module tcbLevels",
    "The TDX module's version reaches some level of its identity.",
    intel_check_level_module_svn)
ENDORSED("level.revoked", "L04", "merged status",
    "Platform, module and quoting enclave together are not revoked.",
    intel_check_level_revoked)
ENDORSED("level.merged", "L05", "merge table and relaunch rule",
    "The statuses of platform, module and quoting enclave are merged into "
    "one, for the policy to judge.",
    intel_check_level_merged)
