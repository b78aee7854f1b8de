// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Fixture} from "./Fixture.sol";
import {AffiantAggregator} from "../contracts/AffiantAggregator.sol";
import {AffiantGateway, AffiantRoute} from "../contracts/AffiantGateway.sol";
import {AffiantLib} from "../contracts/AffiantLib.sol";
import {Settings} from "../contracts/Feeds.sol";
import {IAffiantFeed, Statement} from "../contracts/IAffiantFeed.sol";
import {Lender} from "../contracts/examples/Lender.sol";
import {Settlement} from "../contracts/examples/Settlement.sol";

/// Those who read: by AggregatorV3, by pull, by EIP-3668.
contract PullTest is Fixture {
	AffiantAggregator private aggregator;

	function setUp() public override {
		super.setUp();
		Settings memory s = plain();
		(s.announce, s.ring) = (true, 2);
		store.setFeed(FEED, s);
		aggregator = AffiantAggregator(
			create(
				"AffiantAggregator",
				abi.encode(store, FEED, "BTC / USD")
			)
		);
	}

	// ---- AggregatorV3

	function test_an_aggregator_says_what_it_is() public view {
		equal(aggregator.decimals(), 8);
		equal(
			keccak256(bytes(aggregator.description())),
			keccak256("BTC / USD")
		);
		equal(aggregator.version(), 1);
		equal(aggregator.aggregator(), address(store));
	}

	function test_without_data_every_reading_reverts() public {
		bytes memory want = abi.encodeWithSignature(
			"Error(string)", "No data present"
		);
		bytes[5] memory calls = [
			abi.encodeCall(aggregator.latestRoundData, ()),
			abi.encodeCall(aggregator.latestAnswer, ()),
			abi.encodeCall(aggregator.latestTimestamp, ()),
			abi.encodeCall(aggregator.latestRound, ()),
			abi.encodeCall(
				aggregator.getRoundData, (uint80(1) << 64)
			)
		];
		for (uint256 i = 0; i < calls.length; i++) {
			refused(address(aggregator), calls[i], want);
		}
	}

	function test_rounds_count_up_and_old_ones_revert() public {
		for (uint256 i = 1; i <= 4; i++) {
			VM.warp(NOW + i);
			push(price(int256(i)));
			(
				uint80 id,
				int256 answer,
				uint256 from,
				uint256 at,
				uint80 same
			) = aggregator.latestRoundData();
			equal(id, uint256(1) << 64 | i);
			equal(same, id);
			equal(answer, int256(i));
			equal(at, NOW + i);
			equal(from, NOW + i - 1);
		}
		uint80 phase = uint80(1) << 64;
		(, int256 third,,,) = aggregator.getRoundData(phase | 3);
		equal(third, 3);
		bytes memory want = abi.encodeWithSignature(
			"Error(string)", "No data present"
		);
		uint80[5] memory gone =
			[phase | 2, phase | 5, phase, 3, (uint80(2) << 64) | 3];
		for (uint256 i = 0; i < gone.length; i++) {
			refused(
				address(aggregator),
				abi.encodeCall(
					aggregator.getRoundData, (gone[i])
				),
				want
			);
		}
	}

	function test_no_time_is_in_the_future() public {
		Statement memory s = price(1);
		s.timestamp = uint64(NOW * 1000 + 15_000);
		push(s);
		(,, uint256 from, uint256 at,) = aggregator.latestRoundData();
		equal(from, NOW);
		equal(at, NOW);
	}

	function test_no_aggregator_of_no_feed() public {
		bytes memory code = bytes.concat(
			VM.getCode(
				"contracts/artifacts/AffiantAggregator.json"
			),
			abi.encode(store, bytes32("X"), "X")
		);
		address at;
		assembly {
			at := create(0, add(code, 32), mload(code))
		}
		equal(at, address(0));
	}

	function test_a_lender_reads_and_refuses_a_stale_price() public {
		Lender lender =
			Lender(create("Lender", abi.encode(aggregator, 3600)));
		push(price(2000_00000000));
		VM.deal(address(this), 2 ether);
		lender.deposit{value: 2 ether}();
		equal(lender.worth(2 ether), 4000 ether);
		lender.borrow(2000 ether);
		VM.expectRevert(
			abi.encodeWithSelector(
				Lender.TooMuch.selector,
				2000 ether + 1,
				2000 ether
			)
		);
		lender.borrow(1);
		VM.warp(NOW + 3601);
		VM.expectRevert(
			abi.encodeWithSelector(Lender.PriceStale.selector, NOW)
		);
		lender.borrow(1);
		push(price(0));
		VM.expectRevert(
			abi.encodeWithSelector(
				Lender.PriceNotPositive.selector, 0
			)
		);
		lender.borrow(1);
	}

	// ---- pull

	function test_verify_gives_the_value() public view {
		Statement memory s = price(77);
		equal(store.verify(s, sign(s), FEED, 8, 60_000), 77);
		(int256 v, uint64 time) =
			store.verifyPacked(pack(KEY, s), FEED, 8, 60_000);
		equal(v, 77);
		equal(time, s.timestamp);
	}

	function _refusedPull(
		Statement memory s,
		bytes32 feed,
		uint8 decimals,
		uint256 age,
		bytes memory want
	) private {
		refused(
			address(store),
			abi.encodeCall(
				store.verify, (s, sign(s), feed, decimals, age)
			),
			want
		);
		refused(
			address(store),
			abi.encodeCall(
				store.verifyPacked,
				(pack(KEY, s), feed, decimals, age)
			),
			want
		);
		(bool ok,) =
			store.tryVerifyPacked(pack(KEY, s), feed, decimals, age);
		require(!ok, "tried and believed");
	}

	function test_pull_refuses_what_was_not_asked_for() public {
		_refusedPull(
			price(1),
			"ETH/USD",
			8,
			60_000,
			abi.encodeWithSelector(
				AffiantLib.WrongFeed.selector,
				bytes32("ETH/USD"),
				FEED
			)
		);
		_refusedPull(
			price(1),
			FEED,
			18,
			60_000,
			abi.encodeWithSelector(
				IAffiantFeed.WrongDecimals.selector, 18, 8
			)
		);
		_refusedPull(
			price(1),
			FEED,
			8,
			999,
			abi.encodeWithSelector(
				IAffiantFeed.TooOld.selector,
				NOW * 1000 - 1000,
				NOW * 1000 - 999
			)
		);
		Statement memory s = price(1);
		s.timestamp = uint64(NOW * 1000 + 15_001);
		_refusedPull(
			s,
			FEED,
			8,
			60_000,
			abi.encodeWithSelector(
				IAffiantFeed.FromTheFuture.selector,
				s.timestamp,
				NOW * 1000 + 15_000
			)
		);
		s = price(1);
		s.config = 0;
		_refusedPull(
			s,
			FEED,
			8,
			60_000,
			abi.encodeWithSelector(
				IAffiantFeed.NotAdmitted.selector, signer, 0
			)
		);
	}

	function testFuzz_trying_never_reverts(bytes calldata any, uint256 age)
		public
		view
	{
		(bool ok,) = store.tryVerifyPacked(any, FEED, 8, age);
		require(!ok, "believed");
	}

	function test_trying_believes_what_verifies() public view {
		(bool ok, int256 v) = store.tryVerifyPacked(
			pack(KEY, price(-3)), FEED, 8, 60_000
		);
		require(ok, "not believed");
		equal(v, -3);
	}

	function test_a_settlement_takes_a_price_of_its_minute_once() public {
		uint64 at = uint64(NOW * 1000 - 1000);
		Settlement bet = Settlement(
			create("Settlement", abi.encode(store, FEED, 8, 50, at))
		);
		Statement memory s = price(51);
		s.timestamp = at - 1;
		bytes memory signature = sign(s);
		VM.expectRevert(
			abi.encodeWithSelector(
				Settlement.OutsideWindow.selector, at - 1
			)
		);
		bet.settle(s, signature);
		s.timestamp = at;
		signature = sign(s);
		bet.settle(s, signature);
		require(bet.settled() && bet.above(), "not settled");
		VM.expectRevert(
			abi.encodeWithSelector(
				Settlement.AlreadySettled.selector
			)
		);
		bet.settle(s, signature);
	}

	// ---- EIP-3668

	function _gateway() private returns (AffiantGateway) {
		string[] memory urls = new string[](1);
		urls[0] = "https://oracle.example/v1/gateway/{sender}/{data}";
		return AffiantGateway(
			create(
				"AffiantGateway",
				abi.encode(store, 60_000, urls)
			)
		);
	}

	function test_a_gateway_says_where_and_believes_what_verifies() public {
		AffiantGateway gateway = _gateway();
		bytes memory extra = abi.encode(FEED, uint8(8));
		refused(
			address(gateway),
			abi.encodeCall(gateway.price, (FEED, 8)),
			abi.encodeWithSelector(
				AffiantGateway.OffchainLookup.selector,
				address(gateway),
				gateway.urls(),
				abi.encodeCall(AffiantRoute.price, (FEED)),
				gateway.priceCallback.selector,
				extra
			)
		);
		Statement memory s = price(123);
		(int256 v, uint64 time) =
			gateway.priceCallback(pack(KEY, s), extra);
		equal(v, 123);
		equal(time, s.timestamp);
	}

	function test_a_gateway_is_not_trusted() public {
		AffiantGateway gateway = _gateway();
		bytes memory extra = abi.encode(FEED, uint8(8));
		bytes memory packed = pack(OTHER, price(123));
		refused(
			address(gateway),
			abi.encodeCall(gateway.priceCallback, (packed, extra)),
			abi.encodeWithSelector(
				IAffiantFeed.NotAdmitted.selector,
				VM.addr(OTHER),
				CONFIG
			)
		);
		refused(
			address(gateway),
			abi.encodeCall(
				gateway.priceCallback,
				(bytes.concat(packed, hex"00"), extra)
			),
			abi.encodeWithSelector(
				IAffiantFeed.PackedLength.selector, 192
			)
		);
	}
}
