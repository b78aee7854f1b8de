// SPDX-License-Identifier: Apache-2.0
// Vectors for the contracts, as ABI words in a file that a Solidity test can
// read: Statement cases of evm/eip712.json under our domain, key chains of
// dstack/computed.json. Without the vectors there is no file, and the test
// says skipped.
//
//   vectors.js VECTORS PROJECT
'use strict';
const fs = require('fs');
const path = require('path');
const eth = require('./lib/eth.js');

const [vectors, project] = process.argv.slice(2);

function convert(file, name, each) {
	const from = path.join(vectors, file);
	const to = path.join(project, name);
	fs.rmSync(to, { force: true });
	if (!fs.existsSync(from)) {
		console.log(`SKIPPED: ${file} is not there`);
		return;
	}
	const cases = each(JSON.parse(fs.readFileSync(from, 'utf8')));
	if (cases.length === 0) throw new Error(`${file}: no case for us`);
	// bytes[]: count, offsets, elements.
	fs.writeFileSync(to, '0x' + eth.encode([{
		tail: eth.word(cases.length) +
			eth.encode(cases.map((body) => eth.blob(eth.bytes(body)))),
	}]));
	console.log(`${cases.length} cases of ${file}`);
}

const ours = (domain) => Object.keys(domain).length === 2 &&
	domain.name === 'Affiant' && domain.version === '1';

convert('evm/eip712.json', 'statements.hex', ({ cases }) => cases
	.filter((c) => c.primary_type === 'Statement' && ours(c.domain))
	.map((c) => eth.encode([
		{ head: eth.statementWords(c.message) },
		eth.fixed(c.digest, c.address),
		eth.blob(eth.bytes(c.signature65)),
	])));

convert('dstack/computed.json', 'chains.hex', ({ getkey }) => getkey
	.filter((c) => c.algorithm === 'secp256k1' && c.signature_chain[1])
	.map((c) => {
		const [own, root] = c.signature_chain.map((hex) => {
			const b = eth.bytes(hex);
			if (b[64] < 27) b[64] += 27;
			return b;
		});
		const chain = eth.tuple([
			eth.blob(eth.uncompress(c.pubkey)),
			eth.blob(eth.uncompress(c.app_pubkey)),
			eth.fixed('0x' + c.app_id.padEnd(64, '0')),
			eth.blob(Buffer.from(c.purpose)), eth.blob(own), eth.blob(root),
		]);
		const rootKey = eth.uncompress(c.kms_root_pubkey);
		return eth.encode([chain, eth.fixed(c.address, '0x' +
			eth.keccak(rootKey).subarray(12).toString('hex'))]);
	}));
