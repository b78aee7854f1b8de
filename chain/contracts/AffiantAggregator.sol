// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantStore} from "./AffiantStore.sol";
import {AggregatorV3Interface} from "./AggregatorV3Interface.sol";
import {Settings} from "./Feeds.sol";
import {Round} from "./IAffiantFeed.sol";
import {Rounds} from "./Rounds.sol";

/// One feed of an AffiantFeed or AffiantQuorum with the face that deployed
/// consumers know. It holds nothing and nobody can change what it reads:
/// another store is another address.
///
/// `updatedAt` is when the store accepted the value, in seconds, and never in
/// the future; `startedAt` is when the oldest source was observed. Ids are
/// phase << 64 | count, see AffiantStore; they grow by one per update. Rounds
/// that never were or are no longer kept revert, as does a feed without data.
///
/// On a rollup look at its sequencer's uptime feed too, and wait out a grace
/// period after it comes back: an old price looks fresh to nobody then, but
/// the first transactions after an outage are not fair either.
contract AffiantAggregator is AggregatorV3Interface {
	using Rounds for Round;

	AffiantStore public immutable store;
	bytes32 public immutable feed;
	uint8 public immutable decimals;
	uint256 public constant version = 1;
	string public description;

	/// The feed is not set up there.
	error NoSuchFeed(bytes32 feed);

	constructor(
		AffiantStore store_,
		bytes32 feed_,
		string memory description_
	) {
		(Settings memory f,) = store_.feedOf(feed_);
		if (f.maxAgeS == 0) revert NoSuchFeed(feed_);
		store = store_;
		feed = feed_;
		decimals = f.decimals;
		description = description_;
	}

	/// Where the events are.
	function aggregator() external view returns (address) {
		return address(store);
	}

	function latestRoundData()
		external
		view
		returns (uint80, int256, uint256, uint256, uint80)
	{
		return _answer(store.latestRound(feed));
	}

	function getRoundData(uint80 roundId)
		external
		view
		returns (uint80, int256, uint256, uint256, uint80)
	{
		require(roundId >> 64 == _phase(), "No data present");
		return _answer(store.roundAt(feed, uint64(roundId)));
	}

	function latestAnswer() external view returns (int256) {
		return _present(store.latestRound(feed)).value();
	}

	function latestTimestamp() external view returns (uint256) {
		return _present(store.latestRound(feed)).updatedAt();
	}

	function latestRound() external view returns (uint256) {
		Round r = _present(store.latestRound(feed));
		return _phase() << 64 | r.count();
	}

	function _answer(Round r)
		private
		view
		returns (uint80 id, int256, uint256, uint256, uint80)
	{
		_present(r);
		id = uint80(_phase() << 64 | r.count());
		return (id, r.value(), r.startedAt(), r.updatedAt(), id);
	}

	function _phase() private view returns (uint256 phase) {
		(, phase) = store.feedOf(feed);
	}

	function _present(Round r) private pure returns (Round) {
		require(r.count() != 0, "No data present");
		return r;
	}
}
