// SPDX-License-Identifier: Apache-2.0
// What chain/contracts/README.md tells a newcomer to do, done: deploy with the
// script, turn a response of the oracle into calldata, send it, read the price
// as a consumer would.
//
//   walk.js PROJECT
'use strict';
const { execFileSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const eth = require('./lib/eth.js');
const node = require('./lib/node.js');

const [project] = process.argv.slice(2);
const FORGE = 'node_modules/@foundry-rs/forge-linux-amd64/bin/forge';
// The first account of every development node; the key is public.
const DEPLOYER =
	'0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const KEY = '0x' + eth.keccak(Buffer.from('walk')).toString('hex');

function check(ok, what) {
	if (!ok) throw new Error(what);
	console.log(`ok: ${what}`);
}

// A response as the daemon serves it, as far as calldata needs it.
function response(timestamp) {
	const config = eth.keccak(Buffer.from('config')).toString('hex');
	const statement = {
		config, decimals: 8, feed: 'BTC/USD', kind: 'price',
		price: '97234.1', round: 7, signer: eth.address(KEY), timestamp,
		type: 'affiant.statement.v1',
	};
	const hash = require('crypto').createHash('sha256')
		.update(JSON.stringify(statement)).digest('hex');
	const digest = eth.statementDigest({
		feed: eth.feedId(statement.feed), value: 9723410000000n, decimals: 8,
		timestamp, round: 7, config: '0x' + config, statement: '0x' + hash,
	});
	return {
		statement, reportDataHash: hash,
		signature: {
			scheme: 'eip712', signer: statement.signer,
			digest: '0x' + digest.toString('hex'),
			value: '0x' + eth.sig65(eth.sign(KEY, digest)).toString('hex'),
		},
	};
}

async function walk(chain) {
	const block = await chain.rpc('eth_getBlockByNumber', 'latest', false);
	const answer = response(Number(block.timestamp) * 1000);
	const file = path.join(project, 'response.json');
	fs.writeFileSync(file, JSON.stringify(answer));

	execFileSync(FORGE, ['script', '--offline', '--broadcast', '--silent',
		'--rpc-url', chain.url, '--private-key', DEPLOYER,
		'contracts/script/Deploy.s.sol:Deploy'], {
		cwd: project, stdio: ['ignore', 'ignore', 'inherit'],
		env: {
			...process.env, FEED: 'BTC/USD', DECIMALS: '8',
			SIGNER: answer.signature.signer,
			CONFIG: '0x' + answer.statement.config,
			EVIDENCE: '0x' + answer.reportDataHash,
		},
	});
	const { chainId } = { chainId: Number(await chain.rpc('eth_chainId')) };
	const { transactions } = JSON.parse(fs.readFileSync(path.join(project,
		`broadcast/Deploy.s.sol/${chainId}/run-latest.json`)));
	const created = transactions.filter((t) => t.transactionType === 'CREATE')
		.map((t) => t.contractAddress);
	check(created.length === 2, 'the script deploys store and aggregator');
	const [store, aggregator] = created;

	const calldata = execFileSync(
		path.join(project, 'contracts/script/calldata'), [file]).toString().trim();
	await chain.send(calldata, store);
	const read = await chain.call(eth.call('latestRoundData()'), aggregator);
	const answerWord = BigInt('0x' + read.slice(66, 130));
	check(answerWord === 9723410000000n, 'the aggregator reads the price');

	for (const [name, spoil] of [
		['another value', (r) => { r.statement.price = '1'; }],
		['no signature', (r) => { delete r.signature; }],
		['a price with more digits than decimals',
			(r) => { r.statement.price = '1.123456789'; }],
	]) {
		const bad = JSON.parse(JSON.stringify(answer));
		spoil(bad);
		fs.writeFileSync(file, JSON.stringify(bad));
		let refused = false;
		try {
			const data = execFileSync(
				path.join(project, 'contracts/script/calldata'), [file],
				{ stdio: 'pipe' }).toString().trim();
			await chain.rpc('eth_call',
				{ from: chain.from, to: store, data }, 'latest');
		} catch {
			refused = true;
		}
		check(refused, `refused: ${name}`);
	}
}

async function main() {
	const chain = await node.start(project);
	try {
		await walk(chain);
	} finally {
		chain.stop();
	}
}

main().catch((error) => {
	console.log(`FAIL: ${error.message} ${error.data || ''}`);
	process.exitCode = 1;
});
