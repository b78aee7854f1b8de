// SPDX-License-Identifier: Apache-2.0
// What a test has to know of Ethereum, written from the definitions and
// sharing nothing with chain/codec: Keccak from js-sha3 (it comes with the
// compiler), secp256k1 in big integers, ABI words, EIP-712 of our one type.
// Slow and not constant-time: the keys are published.
'use strict';
const { keccak256: hex } = require('js-sha3');

const P = 2n ** 256n - 2n ** 32n - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const G = [
	0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
	0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
];

const mod = (a, m) => ((a % m) + m) % m;
const bytes = (h) => Buffer.from(h.replace(/^0x/, ''), 'hex');
const keccak = (b) => bytes(hex(b));
const word = (v) => mod(BigInt(v), 2n ** 256n).toString(16).padStart(64, '0');

function inverse(a, m) {
	let [r0, r1, t0, t1] = [m, mod(a, m), 0n, 1n];
	while (r1 !== 0n) {
		const q = r0 / r1;
		[r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1];
	}
	return mod(t0, m);
}

function add(a, b) {
	if (a === null) return b;
	if (b === null) return a;
	let slope;
	if (a[0] === b[0]) {
		if (a[1] !== b[1]) return null;
		slope = 3n * a[0] * a[0] * inverse(2n * a[1], P);
	} else {
		slope = (b[1] - a[1]) * inverse(b[0] - a[0], P);
	}
	const x = mod(slope * slope - a[0] - b[0], P);
	return [x, mod(slope * (a[0] - x) - a[1], P)];
}

function multiply(k) {
	let sum = null;
	for (let p = G; k > 0n; k >>= 1n, p = add(p, p)) {
		if (k & 1n) sum = add(sum, p);
	}
	return sum;
}

// x || y, 64 bytes.
const publicKey = (key) =>
	bytes(multiply(BigInt(key)).map(word).join(''));
const address = (key) =>
	'0x' + keccak(publicKey(key)).subarray(12).toString('hex');

function power(a, e) {
	let out = 1n;
	for (; e > 0n; e >>= 1n, a = mod(a * a, P)) {
		if (e & 1n) out = mod(out * a, P);
	}
	return out;
}

// 33 bytes in hexadecimal to x || y.
function uncompress(hex33) {
	const b = bytes(hex33);
	const x = BigInt('0x' + b.subarray(1).toString('hex'));
	let y = power(x * x * x + 7n, (P + 1n) / 4n);
	if ((y & 1n) !== BigInt(b[0] & 1)) y = P - y;
	return bytes(word(x) + word(y));
}

// { r, s, v } of a 32-byte digest; the low s, v 27 or 28.
function sign(key, digest) {
	const d = BigInt(key);
	const z = BigInt('0x' + digest.toString('hex'));
	const seed = Buffer.concat([bytes(word(d)), digest]);
	const k = mod(BigInt('0x' + hex(seed)), N);
	const point = multiply(k);
	const r = mod(point[0], N);
	let s = mod(inverse(k, N) * (z + r * d), N);
	let parity = point[1] & 1n;
	if (s > N / 2n) {
		s = N - s;
		parity ^= 1n;
	}
	return { r, s, v: 27n + parity };
}

const sig65 = ({ r, s, v }) =>
	bytes(word(r) + word(s) + v.toString(16).padStart(2, '0'));
const sig64 = ({ r, s, v }) =>
	bytes(word(r) + word(s | ((v - 27n) << 255n)));

// ---- EIP-712: Statement under {name:"Affiant",version:"1"} ----------------

const typeHash = (text) => keccak(Buffer.from(text)).toString('hex');
const DOMAIN = keccak(bytes(
	typeHash('EIP712Domain(string name,string version)') +
	typeHash('Affiant') + typeHash('1')));
const STATEMENT = typeHash('Statement(bytes32 feed,int256 value,' +
	'uint8 decimals,uint64 timestamp,uint64 round,bytes32 config,' +
	'bytes32 statement)');
const MEMBERS = ['feed', 'value', 'decimals', 'timestamp', 'round', 'config',
	'statement'];

const feedId = (text) =>
	'0x' + Buffer.from(text).toString('hex').padEnd(64, '0');
// Its seven words, as the ABI has them too.
const statementWords = (s) => MEMBERS.map((m) => word(s[m])).join('');

function statementDigest(s, domain = DOMAIN) {
	const inner = keccak(bytes(STATEMENT + statementWords(s)));
	return keccak(Buffer.concat([bytes('1901'), domain, inner]));
}

// 191 bytes: what AffiantLib.unpack reads.
function pack(s, signature) {
	const cut = (v, n) => word(v).slice(64 - 2 * n);
	return Buffer.concat([
		bytes(word(s.feed) + cut(s.value, 16) + cut(s.decimals, 1) +
			cut(s.timestamp, 6) + cut(s.round, 8) + word(s.config) +
			word(s.statement)),
		sig64(signature),
	]);
}

// ---- ABI -------------------------------------------------------------------

// An argument is { head } of static words, or { tail } of a dynamic one.
const fixed = (...values) => ({ head: values.map(word).join('') });
const blob = (b) => ({
	tail: word(b.length) + b.toString('hex')
		.padEnd(Math.ceil(b.length / 32) * 64, '0'),
});
// Elements without dynamic members stand one after the other.
const list = (heads) => ({ tail: word(heads.length) + heads.join('') });
// A tuple that has dynamic members.
const tuple = (args) => ({ tail: encode(args) });

function encode(args) {
	let offset = args.reduce((n, a) =>
		n + (a.tail === undefined ? a.head.length / 2 : 32), 0);
	let heads = '', tails = '';
	for (const a of args) {
		if (a.tail === undefined) {
			heads += a.head;
		} else {
			heads += word(offset);
			tails += a.tail;
			offset += a.tail.length / 2;
		}
	}
	return heads + tails;
}

const selector = (signature) =>
	keccak(Buffer.from(signature)).subarray(0, 4).toString('hex');
const call = (signature, ...args) =>
	'0x' + selector(signature) + encode(args);

const TUPLE = '(bytes32,int256,uint8,uint64,uint64,bytes32,bytes32)';

module.exports = {
	TUPLE, address, blob, bytes, call, encode, feedId, fixed, keccak, list,
	pack, publicKey, selector, sig64, sig65, sign, statementDigest,
	statementWords, tuple, uncompress, word,
};
