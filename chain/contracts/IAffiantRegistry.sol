// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Statement} from "./IAffiantFeed.sol";

/// Which signer may speak, with which configuration, and until when. What a
/// consumer needs of it; how signers come in is AffiantRegistry's matter.
interface IAffiantRegistry {
	/// Reverts with NotAdmitted, NotYetValid, Expired, Revoked or Frozen of
	/// IAffiantFeed; returns when the pair may speak now.
	function requireAdmitted(address signer, bytes32 config) external view;

	/// AffiantLib.verify for those who would rather call than link.
	function verify(
		Statement calldata statement,
		bytes calldata signature,
		bytes32 feed,
		uint8 decimals,
		uint256 maxAgeMs
	) external view returns (int256 value);

	/// The same for the packed form, see AffiantLib.PACKED_SIZE.
	function verifyPacked(
		bytes calldata packed,
		bytes32 feed,
		uint8 decimals,
		uint256 maxAgeMs
	) external view returns (int256 value, uint64 timestamp);

	/// Never reverts on any `packed`, whatever is wrong with it.
	function tryVerifyPacked(
		bytes calldata packed,
		bytes32 feed,
		uint8 decimals,
		uint256 maxAgeMs
	) external view returns (bool ok, int256 value);
}
