// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Face} from "./Feeds.sol";
import {Round} from "./IAffiantFeed.sol";

/// The slot of a feed, see IAffiantFeed.Round: int128 value, uint48
/// timestamp, uint32 updatedAt, uint32 count, uint16 face (see Feeds).
library Rounds {
	function value(Round r) internal pure returns (int256) {
		return int256(uint256(Round.unwrap(r))) >> 128;
	}

	/// Milliseconds.
	function timestamp(Round r) internal pure returns (uint256) {
		return uint48(uint256(Round.unwrap(r)) >> 80);
	}

	/// Seconds.
	function updatedAt(Round r) internal pure returns (uint256) {
		return uint32(uint256(Round.unwrap(r)) >> 48);
	}

	/// Seconds of the observation, never behind its acceptance: a clock may
	/// run ahead of the block's, and readers subtract.
	function startedAt(Round r) internal pure returns (uint256) {
		uint256 observed = timestamp(r) / 1000;
		uint256 accepted = updatedAt(r);
		return observed < accepted ? observed : accepted;
	}

	function count(Round r) internal pure returns (uint256) {
		return uint32(uint256(Round.unwrap(r)) >> 16);
	}

	function face(Round r) internal pure returns (Face) {
		return Face.wrap(uint16(uint256(Round.unwrap(r))));
	}
}
