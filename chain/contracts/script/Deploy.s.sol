// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantAggregator} from "../AffiantAggregator.sol";
import {AffiantFeed} from "../AffiantFeed.sol";
import {Settings} from "../Feeds.sol";

interface Vm {
	function envAddress(string calldata name)
		external
		view
		returns (address);
	function envBytes32(string calldata name)
		external
		view
		returns (bytes32);
	function envString(string calldata name)
		external
		view
		returns (string memory);
	function envUint(string calldata name) external view returns (uint256);
	function envOr(string calldata name, address other)
		external
		view
		returns (address);
	function envOr(string calldata name, uint256 other)
		external
		view
		returns (uint256);
	function getCode(string calldata artifact)
		external
		view
		returns (bytes memory);
	function startBroadcast() external;
	function stopBroadcast() external;
}

/// Deploys the committed bytecode: an AffiantFeed, lets one signer in, sets one
/// feed up and gives it an aggregator's face. README.md, one folder up, says
/// how to call it.
///
///   FEED BTC/USD, DECIMALS 8, SIGNER, CONFIG and EVIDENCE (32 bytes each)
///   GUARDIAN (default: the deployer), MAX_AGE_S (240), WINDOW_S (30 days)
///
/// The deployer becomes the owner; hand it on with offerOwnership.
contract Deploy {
	Vm private constant VM =
		Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

	error FeedName(uint256 length);
	error CreateFailed(string name);

	function run()
		external
		returns (AffiantFeed store, AffiantAggregator aggregator)
	{
		string memory name = VM.envString("FEED");
		bytes32 feed = feedId(name);
		VM.startBroadcast();
		store = AffiantFeed(
			payable(_create(
					"AffiantFeed",
					abi.encode(
						msg.sender,
						VM.envOr("GUARDIAN", msg.sender),
						0
					)
				))
		);
		store.admit(
			VM.envAddress("SIGNER"),
			VM.envBytes32("CONFIG"),
			uint64(block.timestamp),
			uint64(block.timestamp + VM.envOr("WINDOW_S", 30 days)),
			VM.envBytes32("EVIDENCE")
		);
		store.setFeed(
			feed,
			Settings({
				decimals: uint8(VM.envUint("DECIMALS")),
				maxAgeS: uint32(VM.envOr("MAX_AGE_S", 240)),
				ring: 64,
				min: 1,
				max: type(int88).max,
				breakerBps: 2000,
				breakerMinutes: 10,
				announce: true
			})
		);
		aggregator = AffiantAggregator(
			_create(
				"AffiantAggregator",
				abi.encode(store, feed, name)
			)
		);
		VM.stopBroadcast();
	}

	/// ASCII, left-aligned, as statements have it.
	function feedId(string memory name) public pure returns (bytes32) {
		uint256 n = bytes(name).length;
		if (n == 0 || n > 32) revert FeedName(n);
		return bytes32(bytes(name));
	}

	function _create(string memory name, bytes memory arguments)
		private
		returns (address at)
	{
		bytes memory code = bytes.concat(
			VM.getCode(
				string.concat(
					"contracts/artifacts/", name, ".json"
				)
			),
			arguments
		);
		assembly ("memory-safe") {
			at := create(0, add(code, 32), mload(code))
		}
		if (at == address(0)) revert CreateFailed(name);
	}
}
