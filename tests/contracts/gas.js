// SPDX-License-Identifier: Apache-2.0
// The gas table. Each row is gasUsed of one transaction's receipt on a local
// node under Osaka's rules: 21000, calldata, execution, refunds, the floor of
// EIP-7623, everything. Slots that an update changes were written before, as
// in the long run; values look like prices, rounds count from a Unix second.
//
//   gas.js PROJECT            prints; fails above a limit or off the snapshot
//   gas.js PROJECT --write    writes the snapshot instead
'use strict';
const fs = require('fs');
const path = require('path');
const eth = require('./lib/eth.js');
const node = require('./lib/node.js');

const [project, option] = process.argv.slice(2);
const SNAPSHOT = path.join(__dirname, 'gas.txt');

const KEYS = [1, 2, 3, 4, 5].map((n) =>
	eth.keccak(Buffer.from(`signer ${n}`)).toString('hex'))
	.map((h) => `0x${h}`)
	.sort((a, b) => (eth.address(a) < eth.address(b) ? -1 : 1));
const ROOT = '0x' + eth.keccak(Buffer.from('root')).toString('hex');
const APP = '0x' + eth.keccak(Buffer.from('app')).toString('hex');
const digest32 = (text) => '0x' + eth.keccak(Buffer.from(text)).toString('hex');
const CONFIG = digest32('config');
const MAX88 = 2n ** 87n - 1n;
const FEEDS = ['BTC/USD', 'ETH/USD', 'SOL/USD', 'EUR/USD', 'XAU/USD'];

async function measure(live) {
	const rows = [];
	let now = 0, value = 9723412000000n, round = 0, pinned = false;

	// Every block has its time from here: a node's own clock would put the
	// seconds of this machine into calldata, whose zero bytes are cheaper.
	const pin = async (by) => {
		const block = await live.rpc('eth_getBlockByNumber', 'latest', false);
		const time = Number(block.timestamp) + by;
		await live.rpc('evm_setNextBlockTimestamp', time);
		pinned = true;
		return time;
	};
	const chain = Object.create(live);
	chain.send = async (...args) => {
		if (!pinned) await pin(1);
		pinned = false;
		return live.send(...args);
	};

	const row = (name, limit, receipt) =>
		rows.push({ name, limit, gas: Number(receipt.gasUsed) });
	const deploy = async (name, ...args) => {
		const { bytecode } = JSON.parse(fs.readFileSync(
			path.join(project, 'contracts/artifacts', `${name}.json`)));
		return chain.send(bytecode + eth.encode(args));
	};
	// Time goes on by a minute; everything is about that minute.
	const tick = async () => {
		now = await pin(60);
		value += 1234567890n;
		round = now;
	};
	const statement = (feed, by = 0n) => ({
		feed: eth.feedId(feed), value: value + by, decimals: 8,
		timestamp: now * 1000 - 1237, round, config: CONFIG,
		statement: digest32(`${feed} ${round} ${by}`),
	});
	const signed = (s, key = KEYS[0]) => eth.sign(key, eth.statementDigest(s));
	const pushCall = (s, signature) =>
		eth.call(`push(${eth.TUPLE},bytes)`,
			{ head: eth.statementWords(s) }, eth.blob(signature));
	const admitCall = (key, evidence) =>
		eth.call('admit(address,bytes32,uint256,uint256,bytes32)', eth.fixed(
			eth.address(key), CONFIG, 0, now + 30 * 86400, evidence));
	const setFeedCall = (feed, { ring = 0, guarded = 0, announce = 0 } = {}) =>
		eth.call('setFeed(bytes32,(uint8,uint32,uint16,int88,int88,uint16,' +
			'uint8,bool))', eth.fixed(eth.feedId(feed), 8, 240, ring,
			guarded ? 1 : -MAX88 - 1n, guarded ? 10n ** 15n : MAX88,
			guarded * 2000, 10, announce));
	const twice = async (make, to) => {
		await tick();
		await chain.send(make(), to);
		await tick();
		return chain.send(make(), to);
	};

	await tick();
	const owner = eth.fixed(chain.from, chain.from, 0);
	const feed = await deploy('AffiantFeed', owner);
	row('deploy AffiantFeed', null, feed);
	const store = feed.contractAddress;

	// ---- who may speak
	await tick();
	row('admit by the owner', 50000,
		await chain.send(admitCall(KEYS[0], digest32('evidence')), store));
	const appId = '0x' + eth.address(APP).slice(2) + '0'.repeat(24);
	const purpose = Buffer.from('ethereum');
	const rule = await chain.call(eth.call(
		'keyServiceRule(address,bytes20,string,bytes32)',
		eth.fixed(eth.address(ROOT)), eth.fixed(appId), eth.blob(purpose),
		eth.fixed(CONFIG)), store);
	await chain.send(eth.call('allow(bytes32,uint256)',
		eth.fixed(rule, 86400)), store);
	const compressed = (key) => {
		const xy = eth.publicKey(key);
		return Buffer.concat([Buffer.from([2 + (xy[63] & 1)]),
			xy.subarray(0, 32)]);
	};
	const appSignature = eth.sign(APP, eth.keccak(Buffer.concat([purpose,
		Buffer.from(':' + compressed(KEYS[1]).toString('hex'))])));
	const rootSignature = eth.sign(ROOT, eth.keccak(Buffer.concat([
		Buffer.from('dstack-kms-issued:'), eth.bytes(appId).subarray(0, 20),
		compressed(APP)])));
	await tick();
	row('admit by a key service', 78000, await chain.send(eth.call(
		'admitByKeyService((bytes,bytes,bytes20,string,bytes,bytes),bytes32)',
		eth.tuple([eth.blob(eth.publicKey(KEYS[1])),
			eth.blob(eth.publicKey(APP)), eth.fixed(appId),
			eth.blob(purpose), eth.blob(eth.sig65(appSignature)),
			eth.blob(eth.sig65(rootSignature))]),
		eth.fixed(CONFIG)), store));
	await tick();
	row('revoke', null, await chain.send(eth.call(
		'revoke(address[],bytes32[])',
		eth.list([eth.word(eth.address(KEYS[1]))]), eth.list([CONFIG.slice(2)])),
	store));

	// ---- pull
	await tick();
	let s = statement('BTC/USD');
	row('verify only', null, await chain.send(eth.call(
		`verify(${eth.TUPLE},bytes,bytes32,uint8,uint256)`,
		{ head: eth.statementWords(s) }, eth.blob(eth.sig65(signed(s))),
		eth.fixed(s.feed, 8, 60000)), store));
	await tick();
	s = statement('BTC/USD');
	row('verify only, packed', 32000, await chain.send(eth.call(
		'verifyPacked(bytes,bytes32,uint8,uint256)',
		eth.blob(eth.pack(s, signed(s))), eth.fixed(s.feed, 8, 60000)), store));
	await tick();
	const settlement = (await deploy('Settlement', eth.fixed(store,
		eth.feedId('BTC/USD'), 8, 9700000000000n, now * 1000 - 2000)))
		.contractAddress;
	await tick();
	s = { ...statement('BTC/USD'), timestamp: now * 1000 - 61000 };
	row('settle by pull (example, 2 new slots)', null,
		await chain.send(eth.call(`settle(${eth.TUPLE},bytes)`,
			{ head: eth.statementWords(s) },
			eth.blob(eth.sig64(signed(s)))), settlement));

	// ---- push
	for (const name of FEEDS) await chain.send(setFeedCall(name), store);
	row('store one feed', 40500, await twice(() => {
		s = statement('BTC/USD');
		return pushCall(s, eth.sig65(signed(s)));
	}, store));
	row('store one feed, signature of 64 bytes', 40500, await twice(() => {
		s = statement('BTC/USD');
		return pushCall(s, eth.sig64(signed(s)));
	}, store));
	row('store one feed, packed', 39500, await twice(() => {
		s = statement('BTC/USD');
		return '0x' + eth.pack(s, signed(s)).toString('hex');
	}, store));
	row('batch of five', 108000, await twice(() => {
		const all = FEEDS.map((name) => statement(name));
		return eth.call(`pushBatch(${eth.TUPLE}[],bytes)`,
			eth.list(all.map(eth.statementWords)),
			eth.blob(Buffer.concat(all.map((a) => eth.sig65(signed(a))))));
	}, store));
	row('batch of five, packed', null, await twice(() => '0x' +
		FEEDS.map((name) => statement(name))
			.map((a) => eth.pack(a, signed(a)).toString('hex')).join(''),
	store));
	await chain.send(setFeedCall('ETH/USD', { ring: 2 }), store);
	await twice(() => {
		s = statement('ETH/USD');
		return pushCall(s, eth.sig65(signed(s)));
	}, store);
	row('store one feed, ring of history', 45000, await twice(() => {
		s = statement('ETH/USD');
		return pushCall(s, eth.sig65(signed(s)));
	}, store));
	await chain.send(setFeedCall('EUR/USD', { guarded: 1 }), store);
	row('store one feed, bounds and breaker', null, await twice(() => {
		s = statement('EUR/USD');
		return pushCall(s, eth.sig65(signed(s)));
	}, store));
	await chain.send(setFeedCall('SOL/USD', { announce: 1 }), store);
	row('store one feed, AnswerUpdated and NewRound', null,
		await twice(() => {
			s = statement('SOL/USD');
			return pushCall(s, eth.sig65(signed(s)));
		}, store));

	// ---- quorum
	const quorum = (await deploy('AffiantQuorum', eth.fixed(chain.from,
		chain.from, 0, 3))).contractAddress;
	await tick();
	for (const key of KEYS) {
		await chain.send(admitCall(key, digest32('evidence')), quorum);
	}
	await chain.send(setFeedCall('BTC/USD'), quorum);
	row('quorum, 3 of 5', 57500, await twice(() => '0x' +
		[KEYS[0], KEYS[2], KEYS[4]].map((key, i) => {
			const own = statement('BTC/USD', BigInt(i * i) * 1000000n);
			return eth.pack(own, signed(own, key)).toString('hex');
		}).join(''), quorum));
	return rows;
}

function print(rows) {
	const width = Math.max(...rows.map((r) => r.name.length));
	return rows.map(({ name, limit, gas }) =>
		`${name.padEnd(width)}  ${String(gas).padStart(8)}  ` +
		`${limit === null ? '       -' : String(limit).padStart(8)}\n`).join('');
}

async function main() {
	const chain = await node.start(project);
	let rows;
	try {
		rows = await measure(chain);
	} finally {
		chain.stop();
	}
	const table = print(rows);
	process.stdout.write(table);
	if (option === '--write') {
		fs.writeFileSync(SNAPSHOT, table);
		return;
	}
	const over = rows.filter((r) => r.limit !== null && r.gas > r.limit);
	over.forEach((r) => console.log(`FAIL: ${r.name}: ${r.gas} > ${r.limit}`));
	const same = table === fs.readFileSync(SNAPSHOT, 'utf8');
	if (!same) {
		console.log('FAIL: the table is not that of gas.txt; when the change ' +
			'is meant, write it anew with tests/contracts/run --write');
	}
	process.exitCode = over.length || !same ? 1 : 0;
}

main().catch((error) => {
	console.log(`FAIL: ${error.message} ${error.data || ''}`);
	process.exitCode = 1;
});
