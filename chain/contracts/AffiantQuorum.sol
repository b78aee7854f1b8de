// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantLib} from "./AffiantLib.sol";
import {AffiantRegistry} from "./AffiantRegistry.sol";
import {AffiantStore} from "./AffiantStore.sol";
import {IAffiantFeed} from "./IAffiantFeed.sol";
import {PACKED_SIZE, Words, WordsLib} from "./Words.sol";

/// Push by several: each signer signs a value of its own, and their median is
/// stored once `threshold` of them are there. One signer, however admitted,
/// moves nothing alone.
///
/// Calldata has no selector: records of 191 bytes as for AffiantFeed, all of
/// one feed, by signers in ascending order of their addresses (so none counts
/// twice). The time of the result is the oldest of theirs; with an even
/// number of them the value is the mean of the middle two, cut toward zero.
/// `Updated` carries the keccak of their statement hashes one after the other.
contract AffiantQuorum is AffiantStore {
	/// More are not worth their gas.
	uint256 private constant MOST = 31;
	uint256 public immutable threshold;

	error ThresholdInvalid(uint256 threshold);
	error TooFewSigners(uint256 got, uint256 threshold);
	error TooManySigners(uint256 got);
	/// The same signer again, or signers out of order.
	error SignersNotAscending(address before, address signer);

	constructor(
		address owner_,
		address guardian_,
		uint256 delay_,
		uint256 threshold_
	) AffiantRegistry(owner_, guardian_, delay_) {
		if (threshold_ == 0 || threshold_ > MOST) {
			revert ThresholdInvalid(threshold_);
		}
		threshold = threshold_;
	}

	fallback() external {
		uint256 n = WordsLib.records();
		if (n < threshold) revert TooFewSigners(n, threshold);
		if (n > MOST) revert TooManySigners(n);

		Words w;
		bytes32 hash;
		uint256 oldest = type(uint256).max;
		uint256 newest = 0;
		address before = address(0);
		// Two rows of n words: the values, sorted, and the hashes as they come.
		uint256 rows = WordsLib.room(2 * n);
		unchecked {
			for (uint256 i = 0; i < n; i++) {
				uint256 at = i * PACKED_SIZE;
				(w, hash) = WordsLib.unpack(at);
				address signer = AffiantLib.recover(
					hash, at + PACKED_SIZE - 64, true
				);
				if (signer <= before) {
					revert SignersNotAscending(
						before, signer
					);
				}
				before = signer;
				bytes32 config;
				uint256 time;
				bool same; // feed and decimals as the first
				assembly ("memory-safe") {
					config := mload(add(w, 160))
					time := mload(add(w, 96))
					same := and(
						eq(mload(w), calldataload(0)),
						eq(
							mload(add(w, 64)),
							byte(0, calldataload(48))
						)
					)
				}
				_requireAdmitted(signer, config);
				if (!same) _refuseOther(w);
				if (time < oldest) oldest = time;
				if (time > newest) newest = time;
				_insert(rows, i, n, w);
			}
		}
		// Whether the oldest is too old, _accept judges.
		AffiantLib.checkTime(newest, type(uint256).max);
		assembly ("memory-safe") {
			hash := keccak256(add(rows, mul(32, n)), mul(32, n))
		}
		w.set(_median(rows, n), oldest, hash);
		_accept(w, msg.sender);
	}

	function _refuseOther(Words w) private pure {
		(Words first,) = WordsLib.unpack(0);
		if (w.feed() != first.feed()) {
			revert AffiantLib.WrongFeed(first.feed(), w.feed());
		}
		revert IAffiantFeed.WrongDecimals(
			uint8(first.decimals()), uint8(w.decimals())
		);
	}

	/// The value into the `i` sorted ones of the first row, the statement's
	/// hash behind those of the second.
	function _insert(uint256 rows, uint256 i, uint256 n, Words w)
		private
		pure
	{
		assembly ("memory-safe") {
			mstore(
				add(rows, mul(32, add(n, i))),
				mload(add(w, 192))
			)
			let value := mload(add(w, 32))
			let p := add(rows, mul(32, i))
			for {} gt(p, rows) { p := sub(p, 32) } {
				let left := mload(sub(p, 32))
				if iszero(sgt(left, value)) { break }
				mstore(p, left)
			}
			mstore(p, value)
		}
	}

	/// Packed values have 128 bits: their sum fits.
	function _median(uint256 rows, uint256 n)
		private
		pure
		returns (int256)
	{
		int256 low;
		int256 high;
		assembly ("memory-safe") {
			high := mload(add(rows, mul(32, shr(1, n))))
			low := mload(add(rows, mul(32, shr(1, sub(n, 1)))))
		}
		unchecked {
			return n & 1 == 1 ? high : (low + high) / 2;
		}
	}
}
