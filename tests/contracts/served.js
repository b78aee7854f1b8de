// SPDX-License-Identifier: Apache-2.0
// Contracts on a local node beside a living oracle, for tests/e2e/42-anvil.sh:
// deploys what its feeds need, and afterwards holds what the contracts read as
// against what the oracle serves.
//
//   served.js deploy PROJECT URL CONFIG SIGNER PAYER GATEWAY FEED...
//   served.js compare PROJECT URL DEPLOYED BASE FEED...
'use strict';
const { execFileSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const eth = require('./lib/eth.js');
const node = require('./lib/node.js');

const [command, project, url, ...rest] = process.argv.slice(2);
const FORGE = 'node_modules/@foundry-rs/forge-linux-amd64/bin/forge';
// The first account of every development node; the key is public.
const DEPLOYER =
	'0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const MAX_AGE_S = 240;
const SETTINGS = '(uint8,uint32,uint16,int88,int88,uint16,uint8,bool)';
const MAX88 = 2n ** 87n - 1n;

function check(ok, what) {
	if (!ok) throw new Error(what);
	console.log(`ok: ${what}`);
}

const words = (hex) => hex.slice(2).match(/.{64}/g).map((w) => BigInt('0x' + w));
const signed = (w) => BigInt.asIntN(256, w);
const artifact = (name) => JSON.parse(fs.readFileSync(
	path.join(project, 'contracts/artifacts', `${name}.json`))).bytecode;
// string[] of one.
const strings = (text) => ({
	tail: eth.word(1) + eth.word(32) + eth.blob(Buffer.from(text)).tail,
});

// The script for the first feed; the others by hand, into the same store.
async function deploy(chain, config, signer, payer, gateway, feeds) {
	execFileSync(FORGE, ['script', '--offline', '--broadcast', '--silent',
		'--rpc-url', url, '--private-key', DEPLOYER,
		'contracts/script/Deploy.s.sol:Deploy'], {
		cwd: project, stdio: ['ignore', 'ignore', 'inherit'],
		env: {
			...process.env, FEED: feeds[0], DECIMALS: '8', SIGNER: signer,
			CONFIG: config, EVIDENCE: '0x' + '11'.repeat(32),
			MAX_AGE_S: String(MAX_AGE_S),
		},
	});
	const id = Number(await chain.rpc('eth_chainId'));
	const { transactions } = JSON.parse(fs.readFileSync(path.join(project,
		`broadcast/Deploy.s.sol/${id}/run-latest.json`)));
	const [store, aggregator] = transactions
		.filter((t) => t.transactionType === 'CREATE')
		.map((t) => t.contractAddress);
	for (const feed of feeds.slice(1)) {
		await chain.send(eth.call(`setFeed(bytes32,${SETTINGS})`, eth.fixed(
			eth.feedId(feed), 8, MAX_AGE_S, 0, -MAX88 - 1n, MAX88, 0, 0, 0)),
		store);
	}
	const made = await chain.send(artifact('AffiantGateway') + eth.encode([
		eth.fixed(store, MAX_AGE_S * 1000), strings(gateway)]));
	await chain.rpc('anvil_setBalance', payer, '0x56bc75e2d63100000');
	return { store, aggregator, gateway: made.contractAddress };
}

// ---- what a contract holds, beside what is served ----------------------------

const units = ({ price, decimals }) => {
	const [whole, fraction = ''] = price.split('.');
	return BigInt(whole + fraction.padEnd(decimals, '0'));
};

// At one block: the oracle goes on meanwhile.
async function stored(chain, block, base, store, feed) {
	const [value, timestamp, , count] = words(await chain.rpc('eth_call', {
		to: store,
		data: eth.call('latest(bytes32)', eth.fixed(eth.feedId(feed))),
	}, block));
	check(count > 0n, `${feed} was written`);
	const topic = '0x7de8c7cbfdd31304241f91b27c5da80e' +
		'95a012f699ad5ab146fb3ed1af9fc070'; // Updated(bytes32,bytes32,bytes32)
	const logs = await chain.rpc('eth_getLogs', {
		fromBlock: '0x0', toBlock: block, address: store,
		topics: [topic, eth.feedId(feed)],
	});
	const log = logs.at(-1);
	const answer = await fetch(
		`${base}/v1/statements/${log.topics[2].slice(2)}`);
	check(answer.status === 200, `${feed}: the oracle knows the statement`);
	const { statement } = await answer.json();
	const slot = BigInt(log.data);
	check(statement.feed === feed &&
		BigInt.asIntN(128, slot >> 128n) === units(statement) &&
		(slot >> 80n & 0xffffffffffffn) === BigInt(statement.timestamp),
	`${feed}: what was written is what was served`);
	check(signed(value) === units(statement) &&
		timestamp === BigInt(statement.timestamp),
	`${feed}: and what is read is what was written`);
	return log;
}

async function aggregates(chain, block, aggregator, log) {
	const slot = BigInt(log.data);
	const [, answer, started, updated] = words(
		await chain.rpc('eth_call',
			{ to: aggregator, data: eth.call('latestRoundData()') }, block));
	check(signed(answer) === BigInt.asIntN(128, slot >> 128n),
		'latestRoundData reads the same price');
	check(updated === (slot >> 40n & 0xffffffffffn) && started <= updated,
		'and when it was accepted');
}

// A client of EIP-3668: the call reverts with where to ask, the answer goes to
// the callback. The URL of the contract is the oracle's.
async function pull(chain, gateway, feed, byPost) {
	const refused = await chain.call(eth.call('price(bytes32,uint8)',
		eth.fixed(eth.feedId(feed), 8)), gateway).then(
		() => { throw new Error('price() did not revert'); }, (e) => e.data);
	const data = Buffer.from(refused.slice(10), 'hex');
	const at = (offset) => Number(BigInt(
		'0x' + data.subarray(offset, offset + 32).toString('hex')));
	const bytesAt = (i) => {
		const from = at(32 * i);
		return data.subarray(from + 32, from + 32 + at(from));
	};
	check(refused.slice(2, 10) === eth.selector(
		'OffchainLookup(address,string[],bytes,bytes4,bytes)'),
	'the contract says where to ask');
	const sender = '0x' + data.subarray(12, 32).toString('hex');
	const list = at(32) + 32;
	const text = list + at(list);
	const template = data.subarray(text + 32, text + 32 + at(text)).toString();
	const call = '0x' + bytesAt(2).toString('hex');
	const callback = data.subarray(96, 100).toString('hex');
	const answer = await (byPost
		? fetch(template.replace(/\/gateway\/.*/, '/gateway'), {
			method: 'POST', body: JSON.stringify({ sender, data: call }),
			headers: { 'content-type': 'application/json' },
		})
		: fetch(template.replace('{sender}', sender).replace('{data}', call)));
	check(answer.status === 200, `the gateway answers ${byPost ? 'POST' : 'GET'}`);
	const response = Buffer.from((await answer.json()).data.slice(2), 'hex');
	const verify = (bytes) => chain.call('0x' + callback + eth.encode([
		eth.blob(bytes), eth.blob(bytesAt(4))]), gateway);
	const [value] = words(await verify(response));
	check(value > 0n && value === BigInt(
		'0x' + response.subarray(32, 48).toString('hex')),
	'the callback takes the answer');
	response[47] ^= 1;
	await verify(response).then(
		() => { throw new Error('the callback takes a forgery'); },
		() => console.log('ok: and refuses another value'));
}

async function compare(chain, deployed, base, feeds) {
	const block = await chain.rpc('eth_blockNumber');
	for (const feed of feeds) {
		const log = await stored(chain, block, base, deployed.store, feed);
		if (feed === feeds[0]) {
			await aggregates(chain, block, deployed.aggregator, log);
			fs.writeFileSync('transaction', log.transactionHash);
			fs.writeFileSync('statement', log.topics[2].slice(2));
		}
	}
	await pull(chain, deployed.gateway, feeds[0], false);
	await pull(chain, deployed.gateway, feeds[1], true);
}

async function main() {
	const chain = await node.connect(url);
	if (command === 'deploy') {
		const [config, signer, payer, gateway, ...feeds] = rest;
		fs.writeFileSync('deployed.json', JSON.stringify(
			await deploy(chain, config, signer, payer, gateway, feeds)));
	} else {
		const [deployed, base, ...feeds] = rest;
		await compare(chain, JSON.parse(fs.readFileSync(deployed)), base, feeds);
	}
}

main().catch((error) => {
	console.log(`FAIL: ${error.message} ${error.data || ''}`);
	process.exitCode = 1;
});
