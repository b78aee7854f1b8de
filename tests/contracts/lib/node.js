// SPDX-License-Identifier: Apache-2.0
// A local chain: anvil under Osaka's rules, on a port of its own choosing, and
// the few calls that tests make.
'use strict';
const { spawn } = require('child_process');
const path = require('path');
const { setTimeout: pause } = require('timers/promises');

const ANVIL = 'node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil';

// Resolves to { url, rpc, send, call, stop } when the node listens.
function start(folder) {
	const child = spawn(path.join(folder, ANVIL),
		['--host', '127.0.0.1', '--port', '0', '--hardfork', 'osaka',
			'--timestamp', '1800000000'],
		{ stdio: ['ignore', 'pipe', 'inherit'] });
	return new Promise((resolve, reject) => {
		let text = '';
		child.on('exit', (code) => reject(new Error(`anvil ended: ${code}`)));
		child.stdout.on('data', (data) => {
			text += data;
			const found = /Listening on (127\.0\.0\.1:\d+)/.exec(text);
			if (found) {
				child.removeAllListeners('exit');
				child.stdout.removeAllListeners('data');
				child.stdout.resume();
				resolve(client(`http://${found[1]}`, child));
			}
		});
	});
}

async function client(url, child) {
	let id = 0;

	async function rpc(method, ...params) {
		const body = JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params });
		const answer = await (await fetch(url, {
			method: 'POST', body,
			headers: { 'content-type': 'application/json' },
		})).json();
		if (answer.error) {
			const error = new Error(`${method}: ${answer.error.message}`);
			error.data = answer.error.data;
			throw error;
		}
		return answer.result;
	}

	const [from] = await rpc('eth_accounts');

	// The receipt of a transaction that must succeed.
	async function send(data, to, value = '0x0') {
		const hash = await rpc('eth_sendTransaction',
			{ from, to, data, value, gas: '0xe00000' });
		let receipt = null; // mined at once, but not before the answer
		for (let i = 0; i < 500 && receipt === null; i++) {
			receipt = await rpc('eth_getTransactionReceipt', hash);
			if (receipt === null) await pause(10);
		}
		if (receipt.status !== '0x1') {
			await rpc('eth_call', { from, to, data, value }, 'latest');
			throw new Error(`reverted: ${hash}`);
		}
		return receipt;
	}

	return {
		url, rpc, send, from,
		call: (data, to) => rpc('eth_call', { from, to, data }, 'latest'),
		stop: () => child.kill(),
	};
}

// One that runs already: the same, and stop() leaves it alone.
const connect = (url) => client(url, { kill() {} });

module.exports = { connect, start };
