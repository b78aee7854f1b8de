// SPDX-License-Identifier: Apache-2.0
// The npm package @phala/dstack-sdk against the stand-in agent: what its users
// call, and that the answers fit together by libraries that are not ours.
//
//   node client.js DSTACK.SOCK TAPPD.SOCK KMS-ROOT-HEX VERSION
'use strict';
const assert = require('node:assert');
const crypto = require('node:crypto');
const { DstackClient, TappdClient, getComposeHash } = require('@phala/dstack-sdk');
const { secp256k1 } = require('@noble/curves/secp256k1');
const { keccak_256 } = require('@noble/hashes/sha3');

const [dstack, tappd, root, version] = process.argv.slice(2);
const minor = Number(version.split('.')[2] ?? 0) + 100 * Number(version.split('.')[1]);
const hex = (b) => Buffer.from(b).toString('hex');
const text = (s) => Buffer.from(s, 'utf8');
console.warn = () => {}; // "TappdClient is deprecated"

// Where registers stand in a quote of version 4.
const RTMR = [376, 424, 472, 520];
const registers = (quote) => RTMR.map((at) => quote.slice(2 * at, 2 * (at + 48)));
const reportData = (quote) => quote.slice(2 * 568, 2 * 632);

function recover(message, signature) {
	return secp256k1.Signature.fromCompact(signature.slice(0, 64))
		.addRecoveryBit(signature[64])
		.recoverPublicKey(keccak_256(message)).toRawBytes(true);
}

// The chain of GetKey: app key over the key, root over the app key.
function checkChain(pub, purpose, chain, appId) {
	assert.deepStrictEqual(chain.map((s) => s.length), [65, 65]);
	const app = recover(text(`${purpose}:${hex(pub)}`), chain[0]);
	const issued = Buffer.concat([text('dstack-kms-issued:'), Buffer.from(appId, 'hex'), app]);
	assert.strictEqual(hex(recover(issued, chain[1])), root);
}

async function main() {
	const client = new DstackClient(dstack);
	assert(await client.isReachable());

	const info = await client.info();
	const compose = info.tcb_info.app_compose;
	assert.strictEqual(crypto.createHash('sha256').update(compose).digest('hex'),
		info.tcb_info.compose_hash);
	assert.strictEqual(getComposeHash(JSON.parse(compose)), info.compose_hash);

	const quote = await client.getQuote(Buffer.alloc(64, 7));
	assert.strictEqual(reportData(quote.quote), '07'.repeat(64));
	const short = await client.getQuote('hello');
	assert.strictEqual(reportData(short.quote), hex(text('hello')).padEnd(128, '0'));
	await assert.rejects(client.getQuote(Buffer.alloc(65)));
	// From 0.5.6 on the log has no digests, which this client does not compute.
	if (minor < 506)
		assert.deepStrictEqual(quote.replayRtmrs(), registers(quote.quote));
	else
		assert.deepStrictEqual(quote.replayRtmrs().slice(0, 3),
			registers(quote.quote).slice(0, 3));
	assert.strictEqual(info.tcb_info.rtmr3, registers(quote.quote)[3]);

	const key = await client.getKey('/oracle', 'ethereum');
	assert.strictEqual(key.key.length, 32);
	checkChain(secp256k1.getPublicKey(key.key, true), 'ethereum', key.signature_chain, info.app_id);
	assert.deepStrictEqual((await client.getKey('/oracle', 'other')).key, key.key);
	assert.notDeepStrictEqual((await client.getKey('/other', 'ethereum')).key, key.key);

	const tls = await client.getTlsKey({ subject: 'a.example', altNames: ['a.example', 'b.example'],
		usageRaTls: true });
	const leaf = new crypto.X509Certificate(tls.certificate_chain[0]);
	const issuer = new crypto.X509Certificate(tls.certificate_chain[1]);
	const top = new crypto.X509Certificate(tls.certificate_chain[2]);
	assert(leaf.checkPrivateKey(crypto.createPrivateKey(tls.key)));
	assert(leaf.verify(issuer.publicKey) && issuer.verify(top.publicKey));
	assert.match(leaf.subjectAltName, /a\.example.*b\.example/);

	if (minor >= 506) {
		for (const algorithm of ['secp256k1', ...(minor >= 507 ? ['ed25519'] : [])]) {
			const signed = await client.sign(algorithm, 'message');
			assert.strictEqual(signed.signature.length, 64);
			checkChain(signed.public_key, 'signing', signed.signature_chain.slice(1), info.app_id);
			if (minor > 511)
				continue;
			const good = await client.verify(algorithm, 'message', signed.signature, signed.public_key);
			assert.strictEqual(good.valid, true);
			const bad = await client.verify(algorithm, 'massage', signed.signature, signed.public_key);
			assert.strictEqual(bad.valid, false);
		}
		assert.match((await client.attest('x')).attestation, /^0000/);
	}
	if (minor >= 507)
		assert.strictEqual((await client.version()).version, version);
	if (minor <= 511) {
		await client.emitEvent('mine', 'payload');
		const after = await client.getQuote('hello');
		assert.notStrictEqual(registers(after.quote)[3], registers(quote.quote)[3]);
		assert.strictEqual(JSON.parse(after.event_log).at(-1).event, 'mine');
	}

	// The legacy class.
	const old = new TappdClient(tappd);
	assert(await old.isReachable());
	const derived = await old.deriveKey('/a', 'old.example');
	assert.strictEqual(derived.asUint8Array(32).length, 32);
	assert(new crypto.X509Certificate(derived.certificate_chain[0])
		.checkPrivateKey(crypto.createPrivateKey(derived.key)));
	assert.strictEqual((await old.deriveKey('/a')).key, derived.key);
	// It pads on the left.
	const raw = await old.tdxQuote('abc', 'raw');
	assert.strictEqual(reportData(raw.quote), hex(text('abc')).padStart(128, '0'));
	const hashed = await old.tdxQuote('abc');
	assert.strictEqual(reportData(hashed.quote),
		crypto.createHash('sha512').update('app-data:abc').digest('hex'));
	await assert.rejects(old.tdxQuote('abc', 'md5'));
	console.log(`@phala/dstack-sdk works against ${version}`);
}

main().catch((e) => {
	console.error(e);
	process.exit(1);
});
