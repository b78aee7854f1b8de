// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantLib} from "./AffiantLib.sol";
import {IAffiantRegistry} from "./IAffiantRegistry.sol";

/// Pull without knowing how: EIP-3668. A client that calls `price` is told by
/// the revert where to fetch, fetches, and calls `priceCallback` with the
/// answer, which is verified here like any other statement.
///
/// The gateway is a route of the oracle. {data} of its URL is the calldata of
/// `price(bytes32)`; its answer, {"data":"0x..."}, is the packed form of the
/// feed's latest statement, 191 bytes (AffiantLib.PACKED_SIZE). It is not
/// trusted: what it may do is answer nothing, or an old price within the age.
contract AffiantGateway {
	IAffiantRegistry public immutable registry;
	uint256 public immutable maxAgeMs;
	string[] private _urls;

	/// EIP-3668.
	error OffchainLookup(
		address sender,
		string[] urls,
		bytes callData,
		bytes4 callbackFunction,
		bytes extraData
	);
	error NoUrl();

	constructor(
		IAffiantRegistry registry_,
		uint256 maxAgeMs_,
		string[] memory urls_
	) {
		if (urls_.length == 0) revert NoUrl();
		registry = registry_;
		maxAgeMs = maxAgeMs_;
		_urls = urls_;
	}

	function urls() external view returns (string[] memory) {
		return _urls;
	}

	/// Always reverts with OffchainLookup; what a client sees in the end is
	/// what priceCallback returns.
	function price(bytes32 feed, uint8 decimals)
		external
		view
		returns (int256, uint64)
	{
		revert OffchainLookup(
			address(this),
			_urls,
			abi.encodeCall(AffiantRoute.price, (feed)),
			this.priceCallback.selector,
			abi.encode(feed, decimals)
		);
	}

	function priceCallback(
		bytes calldata response,
		bytes calldata extraData
	) external view returns (int256 value, uint64 timestamp) {
		(bytes32 feed, uint8 decimals) =
			abi.decode(extraData, (bytes32, uint8));
		return AffiantLib.verifyPacked(
			registry, response, feed, decimals, maxAgeMs
		);
	}
}

/// What the gateway's route answers: its URL's {data} starts with this
/// function's selector.
interface AffiantRoute {
	function price(bytes32 feed) external view returns (bytes memory packed);
}
