// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IAffiantFeed, Statement} from "./IAffiantFeed.sol";

/// A statement in memory: the address of its seven words,
/// in the order of the struct.
///
/// Every update pays for this, so it is copied once and neither zeroed before
/// nor decoded after. The words are whole: a `decimals` or `timestamp` with
/// bits beyond its type is another number here, and refused as such.
type Words is uint256;

using WordsLib for Words global;

// The record of calldata that an entry without a selector takes: feed 32, value
// 16, decimals 1, timestamp 6, round 8, config 32, statement 32, r 32, vs 32.
uint256 constant PACKED_SIZE = 191;

library WordsLib {
	/// keccak of the domain {name:"Affiant", version:"1"}: no chain, no
	/// contract, because one measurement serves every chain.
	uint256 internal constant DOMAIN =
		0xd33e094372855e7d59f8dab48fb9e72f572beb60e0fae7556c874e71289f4c42;
	/// keccak of Statement(bytes32 feed,int256 value,...).
	uint256 internal constant TYPE =
		0xc762d6bcd2732593f28f178ceb42d4a8b5d355d591d016d7a5c1d86ade202026;

	/// A copy of calldata, and what is signed of it: the EIP-712 digest.
	function from(Statement calldata s)
		internal
		pure
		returns (Words w, bytes32 hash)
	{
		assembly ("memory-safe") {
			let p := mload(0x40)
			mstore(p, TYPE)
			w := add(p, 32)
			calldatacopy(w, s, 224)
			let q := add(p, 256)
			mstore(0x40, q)
			mstore(q, shl(240, 0x1901))
			mstore(add(q, 2), DOMAIN)
			mstore(add(q, 34), keccak256(p, 256))
			hash := keccak256(q, 66)
		}
	}

	/// How many records calldata is, to the byte.
	function records() internal pure returns (uint256 n) {
		unchecked {
			n = msg.data.length / PACKED_SIZE;
			if (n * PACKED_SIZE != msg.data.length) {
				revert IAffiantFeed.PackedLength(msg.data
					.length);
			}
		}
	}

	/// The same of the record at `p` of calldata, which the caller has
	/// bounded.
	function unpack(uint256 p)
		internal
		pure
		returns (Words w, bytes32 hash)
	{
		assembly ("memory-safe") {
			let start := mload(0x40)
			mstore(start, TYPE)
			w := add(start, 32)
			mstore(w, calldataload(p))
			mstore(add(w, 32), sar(128, calldataload(add(p, 32))))
			mstore(add(w, 64), shr(248, calldataload(add(p, 48))))
			mstore(add(w, 96), shr(208, calldataload(add(p, 49))))
			mstore(add(w, 128), shr(192, calldataload(add(p, 55))))
			calldatacopy(add(w, 160), add(p, 63), 64)
			let q := add(start, 256)
			mstore(0x40, q)
			mstore(q, shl(240, 0x1901))
			mstore(add(q, 2), DOMAIN)
			mstore(add(q, 34), keccak256(start, 256))
			hash := keccak256(q, 66)
		}
	}

	/// `n` words of memory, with anything in them.
	function room(uint256 n) internal pure returns (uint256 p) {
		assembly ("memory-safe") {
			p := mload(0x40)
			mstore(0x40, add(p, mul(32, n)))
		}
	}

	function feed(Words w) internal pure returns (bytes32 out) {
		assembly ("memory-safe") {
			out := mload(w)
		}
	}

	function value(Words w) internal pure returns (int256 out) {
		assembly ("memory-safe") {
			out := mload(add(w, 32))
		}
	}

	function decimals(Words w) internal pure returns (uint256 out) {
		assembly ("memory-safe") {
			out := mload(add(w, 64))
		}
	}

	function timestamp(Words w) internal pure returns (uint256 out) {
		assembly ("memory-safe") {
			out := mload(add(w, 96))
		}
	}

	function config(Words w) internal pure returns (bytes32 out) {
		assembly ("memory-safe") {
			out := mload(add(w, 160))
		}
	}

	function statement(Words w) internal pure returns (bytes32 out) {
		assembly ("memory-safe") {
			out := mload(add(w, 192))
		}
	}

	/// A result that several statements make together.
	function set(
		Words w,
		int256 value_,
		uint256 timestamp_,
		bytes32 statement_
	) internal pure {
		assembly ("memory-safe") {
			mstore(add(w, 32), value_)
			mstore(add(w, 96), timestamp_)
			mstore(add(w, 192), statement_)
		}
	}
}
