// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IAffiantFeed, Statement} from "./IAffiantFeed.sol";
import {IAffiantRegistry} from "./IAffiantRegistry.sol";
import {PACKED_SIZE, Words, WordsLib} from "./Words.sol";

/// Pull: a price arrives with the transaction that uses it, as calldata, and
/// one call says whether it may be believed. The same digest and the same
/// recovery serve the contracts that store.
///
/// Choose `maxAgeMs` for the use at hand: seconds, not hours. Where the caller
/// could pick among several valid prices, demand a statement not older than
/// the request (`notBefore`), or the caller takes the one that suits best.
library AffiantLib {
	/// Half the order of the curve: a larger s is another's twin.
	uint256 internal constant HALF_N =
		0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
	/// How far a maker's clock may run ahead of the block's.
	uint256 internal constant SKEW_MS = 15_000;

	/// What the caller asked for and the statement is not.
	error WrongFeed(bytes32 want, bytes32 got);

	// ---- one call: verify what was passed in calldata -------------------

	/// Reverts with a named error, or returns the value: signed by a signer
	/// that `registry` admits with this configuration, about this feed, with
	/// these decimals, not older than `maxAgeMs`, not from the future.
	function verify(
		IAffiantRegistry registry,
		Statement calldata s,
		bytes calldata signature,
		bytes32 feed,
		uint8 decimals,
		uint256 maxAgeMs
	) internal view returns (int256 value) {
		(Words w, bytes32 hash) = WordsLib.from(s);
		registry.requireAdmitted(recover(hash, signature), w.config());
		judge(w, feed, decimals, maxAgeMs);
		return w.value();
	}

	/// The same for the packed form, PACKED_SIZE bytes.
	function verifyPacked(
		IAffiantRegistry registry,
		bytes calldata packed,
		bytes32 feed,
		uint8 decimals,
		uint256 maxAgeMs
	) internal view returns (int256 value, uint64 timestamp) {
		(Words w, address signer) = open(packed);
		registry.requireAdmitted(signer, w.config());
		judge(w, feed, decimals, maxAgeMs);
		return (w.value(), uint64(w.timestamp()));
	}

	/// Never reverts: false when the statement may not be believed for
	/// whatever reason. One call more than `verifyPacked`.
	function tryVerify(
		IAffiantRegistry registry,
		bytes memory packed,
		bytes32 feed,
		uint8 decimals,
		uint256 maxAgeMs
	) internal view returns (bool ok, int256 value) {
		if (address(registry).code.length == 0) return (false, 0);
		try registry.verifyPacked(
			packed, feed, decimals, maxAgeMs
		) returns (
			int256 v, uint64
		) {
			return (true, v);
		} catch {
			return (false, 0);
		}
	}

	// ---- its parts -------------------------------------------------------

	/// One packed statement and who signed it.
	function open(bytes calldata packed)
		internal
		view
		returns (Words w, address signer)
	{
		if (packed.length != PACKED_SIZE) {
			revert IAffiantFeed.PackedLength(packed.length);
		}
		uint256 at;
		assembly ("memory-safe") {
			at := packed.offset
		}
		bytes32 hash;
		(w, hash) = WordsLib.unpack(at);
		unchecked {
			signer = recover(hash, at + PACKED_SIZE - 64, true);
		}
	}

	/// Everything but the signer: feed, decimals, time.
	function judge(Words w, bytes32 feed, uint8 decimals, uint256 maxAgeMs)
		internal
		view
	{
		bytes32 itsFeed;
		uint256 itsDecimals;
		uint256 time;
		assembly ("memory-safe") {
			itsFeed := mload(w)
			itsDecimals := mload(add(w, 64))
			time := mload(add(w, 96))
		}
		if (itsFeed != feed) revert WrongFeed(feed, itsFeed);
		if (itsDecimals != decimals) {
			revert IAffiantFeed.WrongDecimals(
				decimals, uint8(itsDecimals)
			);
		}
		checkTime(time, maxAgeMs);
	}

	/// Neither later than the block by more than the skew, nor older than
	/// `maxAgeMs` (any number: more than the block's time is no limit).
	function checkTime(uint256 time, uint256 maxAgeMs) internal view {
		unchecked {
			uint256 now_ = block.timestamp * 1000;
			if (time > now_ + SKEW_MS) {
				revert IAffiantFeed.FromTheFuture(
					uint64(time), now_ + SKEW_MS
				);
			}
			if (now_ > maxAgeMs && time < now_ - maxAgeMs) {
				revert IAffiantFeed.TooOld(
					uint64(time), now_ - maxAgeMs
				);
			}
		}
	}

	// ---- signatures ------------------------------------------------------

	/// 65 bytes r || s || v or 64 bytes r || vs; who signed, never zero.
	function recover(bytes32 hash, bytes calldata signature)
		internal
		view
		returns (address)
	{
		uint256 n = signature.length;
		if (n != 65 && n != 64) revert IAffiantFeed.SignatureLength(n);
		uint256 at;
		assembly ("memory-safe") {
			at := signature.offset
		}
		return recover(hash, at, n == 64);
	}

	/// The same at `at` of calldata, which the caller has bounded; `compact`
	/// says which of the two forms.
	function recover(bytes32 hash, uint256 at, bool compact)
		internal
		view
		returns (address signer)
	{
		uint256 v;
		uint256 s;
		assembly ("memory-safe") {
			s := calldataload(add(at, 32))
			v := byte(0, calldataload(add(at, 64)))
		}
		if (compact) {
			unchecked {
				v = 27 + (s >> 255);
			}
			s = s << 1 >> 1;
		} else if (v != 27) {
			if (v != 28) revert IAffiantFeed.SignatureV(uint8(v));
		}
		// The precompile lets the upper half pass.
		if (s > HALF_N) revert IAffiantFeed.SignatureHighS();
		assembly ("memory-safe") {
			let p := mload(0x40)
			mstore(p, hash)
			mstore(add(p, 32), v)
			mstore(add(p, 64), calldataload(at))
			mstore(add(p, 96), s)
			mstore(0, 0) // stays when nobody is recovered
			pop(staticcall(gas(), 1, p, 128, 0, 32))
			signer := mload(0)
		}
		if (signer == address(0)) {
			revert IAffiantFeed.SignatureInvalid();
		}
	}
}
