// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Face} from "./Feeds.sol";
import {Round} from "./IAffiantFeed.sol";

/// The slot of a feed is its Round (see IAffiantFeed) with the feed's face in
/// the two bytes that times and counts never reach: the first of the face's
/// bytes above 32 bits of count, the second above 32 bits of updatedAt.
library Rounds {
	uint256 internal constant FACE = 0xff << 72 | 0xff << 32;

	/// As readers know it: without the face.
	function published(Round r) internal pure returns (Round) {
		return Round.wrap(bytes32(uint256(Round.unwrap(r)) & ~FACE));
	}

	function withFace(Round r, Face f) internal pure returns (Round) {
		uint256 bits = Face.unwrap(f);
		return Round.wrap(
			Round.unwrap(published(r)) | bytes32((bits & 255) << 32)
				| bytes32(bits >> 8 << 72)
		);
	}

	function value(Round r) internal pure returns (int256) {
		return int256(uint256(Round.unwrap(r))) >> 128;
	}

	/// Milliseconds.
	function timestamp(Round r) internal pure returns (uint256) {
		return uint48(uint256(Round.unwrap(r)) >> 80);
	}

	/// Seconds.
	function updatedAt(Round r) internal pure returns (uint256) {
		return uint32(uint256(Round.unwrap(r)) >> 40);
	}

	/// Seconds of the observation, never behind its acceptance: a clock may
	/// run ahead of the block's, and readers subtract.
	function startedAt(Round r) internal pure returns (uint256) {
		uint256 observed = timestamp(r) / 1000;
		uint256 accepted = updatedAt(r);
		return observed < accepted ? observed : accepted;
	}

	function count(Round r) internal pure returns (uint256) {
		return uint32(uint256(Round.unwrap(r)));
	}

	function face(Round r) internal pure returns (Face) {
		uint256 word = uint256(Round.unwrap(r));
		return
			Face.wrap(
				uint8(word >> 32) | uint256(uint8(word >> 72))
					<< 8
			);
	}
}
