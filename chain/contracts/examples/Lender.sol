// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AggregatorV3Interface} from "../AggregatorV3Interface.sol";

/// An example: a lender that reads a pushed price. It shows the reading, not
/// lending: no interest, no liquidation, native coin both ways.
contract Lender {
	AggregatorV3Interface public immutable feed;
	uint256 public immutable maxAgeS;
	/// 10^decimals of the feed, read once: decimals never change.
	uint256 private immutable _unit;

	mapping(address who => uint256 wei_) public collateral;
	/// In units of the feed's quote currency, 18 decimals.
	mapping(address who => uint256 amount) public debt;

	error PriceStale(uint256 updatedAt);
	error PriceNotPositive(int256 price);
	error TooMuch(uint256 debt, uint256 limit);
	error SendFailed();

	/// maxAgeS: the feed's heartbeat and a little more.
	constructor(AggregatorV3Interface feed_, uint256 maxAgeS_) {
		feed = feed_;
		maxAgeS = maxAgeS_;
		_unit = 10 ** feed_.decimals();
	}

	function deposit() external payable {
		collateral[msg.sender] += msg.value;
	}

	/// Half of what the collateral is worth, at most.
	function borrow(uint256 amount) external {
		uint256 total = debt[msg.sender] + amount;
		uint256 limit = worth(collateral[msg.sender]) / 2;
		if (total > limit) revert TooMuch(total, limit);
		debt[msg.sender] = total;
	}

	function repay(uint256 amount) external {
		debt[msg.sender] -= amount;
	}

	function withdraw(uint256 wei_) external {
		collateral[msg.sender] -= wei_;
		uint256 limit = worth(collateral[msg.sender]) / 2;
		if (debt[msg.sender] > limit) {
			revert TooMuch(debt[msg.sender], limit);
		}
		(bool ok,) = msg.sender.call{value: wei_}("");
		if (!ok) revert SendFailed();
	}

	function worth(uint256 wei_) public view returns (uint256) {
		(, int256 price,, uint256 updatedAt,) = feed.latestRoundData();
		if (price <= 0) revert PriceNotPositive(price);
		if (block.timestamp - updatedAt > maxAgeS) {
			revert PriceStale(updatedAt);
		}
		return wei_ * uint256(price) / _unit;
	}
}
