// SPDX-License-Identifier: Apache-2.0
// ABI and bytecode as committed in chain/contracts/artifacts, which is what
// gets installed, against what forge has just compiled.
//
//   artifacts.js PROJECT            fails when they differ
//   artifacts.js PROJECT --write    writes them
'use strict';
const fs = require('fs');
const path = require('path');

const NAMES = ['AffiantRegistry', 'AffiantFeed', 'AffiantQuorum',
	'AffiantAggregator', 'AffiantGateway', 'Lender', 'Settlement'];
const LIMIT = 24576; // EIP-170, bytes of deployed code

const [project, option] = process.argv.slice(2);
const folder = path.join(project, 'contracts/artifacts');
let wrong = 0;

for (const name of NAMES) {
	const { abi, bytecode, deployedBytecode, methodIdentifiers } =
		JSON.parse(fs.readFileSync(
			path.join(project, 'out', `${name}.sol`, `${name}.json`)));
	const size = deployedBytecode.object.length / 2 - 1;
	const text = JSON.stringify({
		contractName: name,
		compiler: 'solc 0.8.30',
		abi,
		methodIdentifiers,
		bytecode: bytecode.object,
		deployedSize: size,
	}, null, '\t') + '\n';
	const file = path.join(folder, `${name}.json`);

	console.log(`${name.padEnd(18)} ${String(size).padStart(6)} bytes`);
	if (size > LIMIT) {
		console.log(`FAIL: ${name}: more than ${LIMIT} bytes`);
		wrong++;
	}
	// Packed calldata has no selector and starts with a feed's name.
	for (const [method, id] of Object.entries(methodIdentifiers)) {
		if (Buffer.from(id, 'hex').every((c) => c > 0x20 && c < 0x7f)) {
			console.log(`FAIL: ${name}: selector of ${method} is text: ${id}`);
			wrong++;
		}
	}
	if (option === '--write') {
		fs.mkdirSync(folder, { recursive: true });
		fs.writeFileSync(file, text);
	} else if (!fs.existsSync(file) ||
			fs.readFileSync(file, 'utf8') !== text) {
		console.log(`FAIL: ${name}: not what ${path.basename(file)} holds; ` +
			'when the change is meant, tests/contracts/run --write');
		wrong++;
	}
}
process.exitCode = wrong ? 1 : 0;
