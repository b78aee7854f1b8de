/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every maximum, each with its reason. A number that bounds input stands here
 * and nowhere else.
 */
#ifndef AFFIANT_LIMITS_H
#define AFFIANT_LIMITS_H

/* ---- formats ------------------------------------------------------------ */

/* A feed id is one bytes32 of ASCII on chain. */
#define LIMIT_FEED_ID 32
/*
 * A source's block is about 1 KB and so is each redirect before it: 32 sources
 * fit with two or three redirects each; more is refused when it is written.
 */
#define LIMIT_STATEMENT_BYTES (128 * 1024)
/* Values in a statement's JSON: 32 sources of 20 members, with hops. */
#define LIMIT_STATEMENT_VALUES 16384
/* Sources of one feed. A median over more gains nothing. */
#define LIMIT_SOURCES 32
/* Certificates a server may send. Real chains have two to four. */
#define LIMIT_CHAIN_CERTS 10
/* Redirect hops followed when a source allows them at all. */
#define LIMIT_REDIRECTS 5
/* A caller's nonce, in bytes. */
#define LIMIT_NONCE_BYTES 32
/* Text members of a statement: hosts, URLs, names. */
#define LIMIT_TEXT 2048
/* A whole response with event log and collateral. */
#define LIMIT_RESPONSE_BYTES (8u * 1024 * 1024)
/* Statements that one quote may serve; path length is its logarithm. */
#define LIMIT_BATCH 65536
#define LIMIT_BATCH_PATH 16

/* ---- evidence ----------------------------------------------------------- */

/* Intel quotes: 48 to 65536 bytes (intel-dcap section 2). */
#define LIMIT_QUOTE_BYTES 65536
/* One signed collateral JSON (intel-dcap section 8). */
#define LIMIT_COLLATERAL_JSON (1024 * 1024)
#define LIMIT_COLLATERAL_JSON_DEPTH 16
/* A certificate; Intel's are below 2 KB, web leaves below 8 KB. */
#define LIMIT_CERT_BYTES (32 * 1024)
#define LIMIT_CRL_BYTES (1024 * 1024)
#define LIMIT_PEM_BYTES (64 * 1024)
/* A certificate with evidence is made anew with a new quote, every day as a
 * rule; one that lasts longer than this says nothing of today's machine. */
#define LIMIT_RATLS_DAYS 31
/* TCB levels of a platform; the longest list known has about twenty. */
#define LIMIT_TCB_LEVELS 128
/* TDX modules in one TCB info; three are known. */
#define LIMIT_TCB_MODULES 16
/* Levels of one module or quoting enclave; real lists are below fifteen. */
#define LIMIT_TCB_SVN_LEVELS 48
/* Advisories of one verdict; real ones have up to a dozen. */
#define LIMIT_ADVISORIES 128

/*
 * What connections carried (FORMAT.evidence.md section 8): elements of one
 * kind (certificates of 32 sources with redirects, most of them shared), and
 * the bytes of all, so that a full response stays below its limit.
 */
#define LIMIT_TLS_CERTS 512
#define LIMIT_TLS_CONNECTIONS (LIMIT_SOURCES * (LIMIT_REDIRECTS + 1))
#define LIMIT_TLS_BUNDLE_BYTES (3u * 1024 * 1024)
/* The certificates of one connection; real chains have 4 to 8 KB. */
#define LIMIT_TLS_CHAIN_BYTES (64 * 1024)
/* A stapled response: 500 bytes, 2 to 4 KB with the responder's certificate. */
#define LIMIT_OCSP_BYTES (16 * 1024)
/* A list of certificate timestamps: about 120 bytes each, two or three. */
#define LIMIT_SCT_LIST_BYTES (16 * 1024)
/* Their list as a file; browsers' have 150 to 300 KB. */
#define LIMIT_CT_LOGS_BYTES (2u * 1024 * 1024)
/* Hashes of one kind that a source is pinned to: in use, next, and spare. */
#define LIMIT_PINS 8
/* Logs that somebody trusts; browsers' lists have 30 to 70 that count. */
#define LIMIT_CT_LOGS 256
/* Timestamps in one list; more is no more proof. */
#define LIMIT_SCTS 32
/* Bodies that are kept for recomputing, together. */
#define LIMIT_BODIES_BYTES (2u * 1024 * 1024)

/* ---- evidence of a dstack guest (FORMAT.evidence.md section 7) ------------ */

/* Events: 13 to 17 of the firmware, 7 of the loader and kernel, about 10 of
 * the guest, and what the application adds. As JSON, and one payload. */
#define LIMIT_EVENTS 512
#define LIMIT_EVENT_LOG_BYTES (1024 * 1024)
#define LIMIT_EVENT_NAME 128
#define LIMIT_EVENT_PAYLOAD 16384
/* An app-compose has a few KB; scripts and files in it make it longer. */
#define LIMIT_APP_COMPOSE_BYTES (512 * 1024)
/* Images of one app, scripts (five, one in front, one instead of images). */
#define LIMIT_COMPOSE_IMAGES 64
/* An OCI image: manifests and configs have a few KB, engines stop at 127
 * layers, architectures and systems have short names. */
#define LIMIT_OCI_JSON_BYTES (1024 * 1024)
#define LIMIT_OCI_LAYERS 127
#define LIMIT_OCI_WORD 31
#define LIMIT_COMPOSE_SCRIPTS 8
/* A dstack image: its list of files (about ten), their names, and the small
 * ones among them, which have 200 to 1000 bytes. */
#define LIMIT_IMAGE_FILES 64
#define LIMIT_IMAGE_NAME 127
#define LIMIT_IMAGE_LIST_BYTES (64 * 1024)
/* Blocks inside each other, and names in one of them: services nest to 6. */
#define LIMIT_YAML_DEPTH 16
#define LIMIT_YAML_NAMES 256
/* The document behind MRCONFIGID is one small object. */
#define LIMIT_MR_CONFIG_BYTES 16384
/* What a key was asked for, and for what. */
#define LIMIT_KEY_TEXT 256
/* A key service's identity: a public key in DER has 91 bytes. */
#define LIMIT_KEY_PROVIDER_ID 512

/* A whole attestation: quote, log and configuration, numbers as array items;
 * the certificates of one report are two or three. */
#define LIMIT_ATTESTATION_BYTES (4 * 1024 * 1024)
#define LIMIT_ATTESTATION_CERTS 8

/* ---- sealed blobs (sealing sections 3 and 8) ------------------------------ */

/* Keys and small state; one EVP call stays far below INT_MAX. */
#define LIMIT_SEAL_PLAIN (1024 * 1024)
/* A KMS ciphertext or a TPM object is a few hundred bytes. */
#define LIMIT_SEAL_PROVIDER_DATA 4096
#define LIMIT_SEAL_KEY_ID 128

/* ---- agents of the platform (dstack section 1) --------------------------- */

/* A quote is 10 KB, an event log 20 KB, a compose text up to 512 KiB, and an
 * answer has that text escaped twice. */
#define LIMIT_AGENT_BYTES (4 * 1024 * 1024)
#define LIMIT_AGENT_DEPTH 8
#define LIMIT_AGENT_VALUES 16384
/* The event log and the compose text (FORMAT.evidence.md section 7). */
#define LIMIT_EVENTS 512
#define LIMIT_EVENT_LOG_BYTES (1024 * 1024)
#define LIMIT_EVENT_NAME 128
#define LIMIT_EVENT_PAYLOAD 16384
#define LIMIT_APP_COMPOSE (512 * 1024)
/* Path and purpose of a key. */
#define LIMIT_KEY_NAME 256

/* ---- files -------------------------------------------------------------- */

#define LIMIT_POLICY_BYTES (1024 * 1024)
#define LIMIT_CONFIG_BYTES (1024 * 1024)
/* Names of files in the configuration: PATH_MAX without its NUL. */
#define LIMIT_PATH_BYTES 4095
/* A feed's state is one small object. */
#define LIMIT_FEED_STATE_BYTES 4096

/* ---- network ------------------------------------------------------------ */

/* A source's body unless configured otherwise; a price is below 10 KB. */
#define LIMIT_BODY_BYTES_DEFAULT (256 * 1024)
#define LIMIT_BODY_BYTES_MAX (8u * 1024 * 1024)
#define LIMIT_HEADER_BYTES (64 * 1024)
#define LIMIT_URL_BYTES 2048
/* Header lines of one answer. Real ones send 10 to 40. */
#define LIMIT_HEADER_LINES 200
/* Request headers of a source, and one header's value with secrets filled
 * in: an API key or a signed token. */
#define LIMIT_SOURCE_HEADERS 16
#define LIMIT_SOURCE_HEADER_BYTES 4096
/* A source that takes longer is of no use to a price. */
#define LIMIT_TIMEOUT_MS 60000
/* JSON pointers of a configuration. */
#define LIMIT_POINTER_BYTES 512
/* Steps of a JSONPath, and of its filters together; answers nest to 6. */
#define LIMIT_PATH_STEPS 16
/* Members that a source requires, and those that it forbids. */
#define LIMIT_GUARDS 16
/* A required text: a pair's name, a status, a unit. */
#define LIMIT_GUARD_TEXT 256
/* Sources of text: a whole body, a line of it where an expression looks, and
 * the expression. Rates and heights are one line; the tables of central banks
 * have 40 lines of 100 bytes. Together these bound the work of a match. */
#define LIMIT_TEXT_BODY (64 * 1024)
#define LIMIT_TEXT_LINE 1024
#define LIMIT_MATCH_BYTES 128
#define LIMIT_MATCH_GROUPS 4
/* Powers of ten that a value is scaled by: wei to ether is -18. */
#define LIMIT_SCALE 30
/* A request's line and headers; browsers stay below 8 KB. */
/* Of a request with sealed parameters, which is one such body. */
#define LIMIT_REQUEST_HOLES 8
#define LIMIT_REQUEST_VALUE 256
#define LIMIT_HTTP_HEAD_BYTES (16 * 1024)
/* A body that is read: a gateway's call is 150 bytes. */
#define LIMIT_HTTP_BODY_BYTES 1024
/* Threads of the HTTP server, each about 32 KB once it has worked. */
#define LIMIT_HTTP_THREADS 1024
/* Connections that have sent nothing yet wait in the kernel, not in threads;
 * beyond this it falls back to SYN cookies. */
#define LIMIT_HTTP_BACKLOG 4096

/* ---- typed data (EIP-712) ----------------------------------------------- */

/* Struct types of one message. Ours have one, marketplaces' orders five. */
#define LIMIT_EIP712_TYPES 32
/* Structs and arrays inside each other; bounds the recursion. */
#define LIMIT_EIP712_DEPTH 16
/* encodeType with everything it refers to; it stands on the stack once. */
#define LIMIT_EIP712_TYPE_TEXT 4096

/* ---- transactions and calls --------------------------------------------- */

/* Lists inside each other. Transactions nest to 4 (onchain section 6). */
#define LIMIT_RLP_DEPTH 8
/* Nodes take 128 KiB; rollups somewhat more. */
#define LIMIT_TX_BYTES (1024 * 1024)
/* So that v of a legacy transaction fits in 64 bits (EIP-2294). */
#define LIMIT_CHAIN_ID UINT64_C(9223372036854775771)
/* A signature with names. The longest of ours is below 200 bytes. */
#define LIMIT_ABI_TYPE_TEXT 2048
/* Types and their parts in one signature; bounds every recursion over them. */
#define LIMIT_ABI_NODES 64
/* Arguments or an answer: a whole answer of a node has at most 1 MiB
 * (onchain section 9.1). */
#define LIMIT_ABI_BYTES (1024 * 1024)
/* Statements in one transaction: a batch of the contract's own maximum. */
#define LIMIT_ONCHAIN_RECORDS 256
/* Values in one message. Each has a word of its own unless offsets overlap,
 * and then a kilobyte could stand for billions of them. */
#define LIMIT_ABI_VALUES (2 * LIMIT_ABI_BYTES / 32)

/* ---- JSON-RPC (onchain section 9) --------------------------------------- */

/* Endpoints of one chain. A transaction goes to each of them. */
#define LIMIT_RPC_ENDPOINTS 8
/* An answer: blocks without transactions are 2 KB, code up to 50 KB. */
#define LIMIT_RPC_BYTES (1024 * 1024)
#define LIMIT_RPC_DEPTH 8
#define LIMIT_RPC_VALUES 65536
/* Logs of one receipt; a push of many feeds writes two for each. */
#define LIMIT_RPC_LOGS 1024
/* How far a node's head may be behind the best that was seen. */
#define LIMIT_RPC_LAG_BLOCKS 3
/* An endpoint that fails is asked again after a minute at the latest; one
 * that says when (Retry-After) after ten at the latest. */
#define LIMIT_RPC_BACKOFF_MS 60000
#define LIMIT_RPC_RETRY_AFTER_S 600

/* ---- submissions (onchain section 11) ----------------------------------- */

/* Statements of one transaction. The contract takes 256, and with 128 it is
 * 37 KB: a pool takes 128 KiB. */
#define LIMIT_FEED_CALLS 128
/* Transactions not mined yet. One stands for all feeds that were due together,
 * and pools hold 16 of one account for certain. */
#define LIMIT_SUBMIT_PENDING 16
/* Those not confirmed yet: a quarter of an hour of blocks of one second. */
#define LIMIT_SUBMIT_OPEN 1024
/* What a journal keeps of the past. */
#define LIMIT_JOURNAL_SLOTS 4096

/* ---- JSON --------------------------------------------------------------- */

#define LIMIT_JSON_DEPTH 32
#define LIMIT_JSON_VALUES 200000

#endif
