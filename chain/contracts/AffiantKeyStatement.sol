// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantHex} from "./AffiantHex.sol";

/// The `key` statement of verify/FORMAT.statement.md section 6, rebuilt: the
/// canonical JSON text around a configuration, an address and a time, for this
/// chain and this contract. Its SHA-256 is what a quote must carry.
library AffiantKeyStatement {
	function hash(bytes32 config, address signer, uint64 timestamp)
		internal
		view
		returns (bytes32)
	{
		return sha256(text(config, signer, timestamp));
	}

	function text(bytes32 config, address signer, uint64 timestamp)
		internal
		view
		returns (bytes memory)
	{
		(bytes32 configHigh, bytes32 configLow) =
			AffiantHex.digits(config);
		(bytes32 thisHigh, bytes32 thisLow) =
			AffiantHex.digits(bytes20(address(this)));
		(bytes32 signerHigh, bytes32 signerLow) =
			AffiantHex.digits(bytes20(signer));
		return abi.encodePacked(
			'{"chainId":',
			decimal(block.chainid),
			',"config":"',
			configHigh,
			configLow,
			'","kind":"key","registry":"0x',
			thisHigh,
			bytes8(thisLow),
			'","signer":"0x',
			signerHigh,
			bytes8(signerLow),
			'","timestamp":',
			decimal(timestamp),
			',"type":"affiant.statement.v1"}'
		);
	}

	function decimal(uint256 value)
		internal
		pure
		returns (bytes memory out)
	{
		uint256 n = 1;
		for (uint256 rest = value / 10; rest != 0; rest /= 10) {
			n++;
		}
		out = new bytes(n);
		for (; n != 0; value /= 10) {
			out[--n] = bytes1(uint8(48 + value % 10));
		}
	}
}
