// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

/// What deployed consumers of push feeds call.
interface AggregatorV3Interface {
	function decimals() external view returns (uint8);
	function description() external view returns (string memory);
	function version() external view returns (uint256);
	function getRoundData(uint80 roundId)
		external
		view
		returns (uint80, int256, uint256, uint256, uint80);
	/// roundId, answer, startedAt, updatedAt, answeredInRound
	function latestRoundData()
		external
		view
		returns (uint80, int256, uint256, uint256, uint80);
}
