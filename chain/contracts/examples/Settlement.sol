// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantLib} from "../AffiantLib.sol";
import {Statement} from "../IAffiantFeed.sol";
import {IAffiantRegistry} from "../IAffiantRegistry.sol";

/// An example: a bet that settles at a price which comes with the call. Who
/// settles could choose among all prices of the age window; so the first one
/// at or after the appointed time counts, and only within a minute of it.
contract Settlement {
	IAffiantRegistry public immutable registry;
	bytes32 public immutable feed;
	uint8 public immutable decimals;
	int256 public immutable strike;
	/// Milliseconds, as in statements.
	uint64 public immutable at;

	uint64 public constant WINDOW_MS = 60_000;

	bool public settled;
	bool public above;
	int256 public price;

	error AlreadySettled();
	error OutsideWindow(uint64 timestamp);

	event Settled(int256 price, bool above, bytes32 statement);

	constructor(
		IAffiantRegistry registry_,
		bytes32 feed_,
		uint8 decimals_,
		int256 strike_,
		uint64 at_
	) {
		registry = registry_;
		feed = feed_;
		decimals = decimals_;
		strike = strike_;
		at = at_;
	}

	function settle(Statement calldata s, bytes calldata signature)
		external
	{
		if (settled) revert AlreadySettled();
		if (s.timestamp < at || s.timestamp >= at + WINDOW_MS) {
			revert OutsideWindow(s.timestamp);
		}
		// The window above is the age that matters; the registry's word is
		// about now. A day is time enough to bring the price.
		price = AffiantLib.verify(
			registry, s, signature, feed, decimals, 1 days * 1000
		);
		settled = true;
		above = price > strike;
		emit Settled(price, above, s.statement);
	}
}
