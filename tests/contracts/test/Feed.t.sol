// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Fixture} from "./Fixture.sol";
import {AffiantFeed} from "../contracts/AffiantFeed.sol";
import {AffiantStore} from "../contracts/AffiantStore.sol";
import {Settings} from "../contracts/Feeds.sol";
import {IAffiantFeed, Round, Statement} from "../contracts/IAffiantFeed.sol";

contract FeedTest is Fixture {
	AffiantFeed private _twin; // the same from the beginning

	function setUp() public override {
		super.setUp();
		_twin = store;
		super.setUp();
	}

	function test_stores_what_was_signed() public {
		Statement memory s = price(97_234_12000000);
		bytes32 word = bytes32(
			uint256(s.value) << 128 | uint256(s.timestamp) << 80
				| block.timestamp << 40 | 1
		);
		VM.expectEmit();
		emit IAffiantFeed.Updated(FEED, s.statement, Round.wrap(word));
		push(s);
		(int256 v, uint64 time, uint64 at, uint64 count) =
			store.latest(FEED);
		equal(v, s.value);
		equal(time, s.timestamp);
		equal(at, block.timestamp);
		equal(count, 1);
		equal(store.lastTimestamp(FEED), s.timestamp);
		bytes32[] memory feeds = new bytes32[](2);
		feeds[1] = FEED;
		Round[] memory rounds =
			IAffiantFeed(address(store)).latestRounds(feeds);
		equal(Round.unwrap(rounds[0]), 0);
		equal(Round.unwrap(rounds[1]), word);
	}

	function test_stores_a_signature_of_64_bytes() public {
		Statement memory s = price(5);
		store.push(s, compact(KEY, digest(s)));
		equal(stored(), 5);
	}

	// ---- signatures

	function _refusedSignature(bytes memory signature, bytes memory want)
		private
	{
		refused(
			address(store),
			abi.encodeCall(store.push, (price(1), signature)),
			want
		);
	}

	function test_refuses_a_high_s() public {
		(uint8 v, bytes32 r, bytes32 s) = VM.sign(KEY, digest(price(1)));
		_refusedSignature(
			abi.encodePacked(r, ORDER - uint256(s), uint8(55 - v)),
			abi.encodeWithSelector(
				IAffiantFeed.SignatureHighS.selector
			)
		);
	}

	function testFuzz_refuses_every_v_but_two(uint8 v) public {
		VM.assume(v != 27 && v != 28);
		(, bytes32 r, bytes32 s) = VM.sign(KEY, digest(price(1)));
		_refusedSignature(
			abi.encodePacked(r, s, v),
			abi.encodeWithSelector(
				IAffiantFeed.SignatureV.selector, v
			)
		);
	}

	function test_refuses_v_of_0_1_and_29() public {
		testFuzz_refuses_every_v_but_two(0);
		testFuzz_refuses_every_v_but_two(1);
		testFuzz_refuses_every_v_but_two(29);
	}

	function test_refuses_what_recovers_to_nobody() public {
		bytes memory want = abi.encodeWithSelector(
			IAffiantFeed.SignatureInvalid.selector
		);
		_refusedSignature(
			abi.encodePacked(uint256(0), uint256(1), uint8(27)),
			want
		);
		_refusedSignature(
			abi.encodePacked(uint256(1), uint256(0), uint8(27)),
			want
		);
		_refusedSignature(
			abi.encodePacked(ORDER, uint256(1), uint8(27)), want
		);
		_refusedSignature(
			abi.encodePacked(uint256(0), uint256(0)), want
		);
	}

	function testFuzz_refuses_every_length_but_two(uint8 n) public {
		VM.assume(n != 64 && n != 65);
		bytes memory whole = sign(price(1));
		bytes memory cut = new bytes(n);
		for (uint256 i = 0; i < n && i < 65; i++) {
			cut[i] = whole[i];
		}
		_refusedSignature(
			cut,
			abi.encodeWithSelector(
				IAffiantFeed.SignatureLength.selector, n
			)
		);
	}

	function testFuzz_refuses_any_other_bit(uint256 bit) public {
		Statement memory s = price(1);
		bytes memory signature = sign(s);
		bit %= 7 * 256;
		assembly {
			let p := add(s, mul(32, div(bit, 256)))
			mstore(p, xor(mload(p), shl(mod(bit, 256), 1)))
		}
		// Bits beyond the type of a member are as good as any.
		bytes memory words = new bytes(224);
		assembly {
			mcopy(add(words, 32), s, 224)
		}
		(bool ok, bytes memory got) = address(store)
			.call(
				bytes.concat(
					store.push.selector,
					words,
					abi.encode(
						uint256(256), signature.length
					),
					signature,
					new bytes(31)
				)
			);
		require(!ok, "not refused");
		equal(
			bytes32(bytes4(got)),
			bytes32(IAffiantFeed.NotAdmitted.selector)
		);
	}

	// ---- what the statement says

	function _refusedStatement(Statement memory s, bytes memory want)
		private
	{
		refused(
			address(store),
			abi.encodeCall(store.push, (s, sign(s))),
			want
		);
	}

	function test_refuses_another_feed() public {
		Statement memory s = price(1);
		s.feed = "ETH/USD";
		_refusedStatement(
			s,
			abi.encodeWithSelector(
				IAffiantFeed.UnknownFeed.selector, s.feed
			)
		);
	}

	function test_refuses_another_configuration() public {
		Statement memory s = price(1);
		s.config = keccak256("worse sources");
		_refusedStatement(
			s,
			abi.encodeWithSelector(
				IAffiantFeed.NotAdmitted.selector,
				signer,
				s.config
			)
		);
	}

	function test_refuses_other_decimals() public {
		Statement memory s = price(1);
		s.decimals = 6;
		_refusedStatement(
			s,
			abi.encodeWithSelector(
				IAffiantFeed.WrongDecimals.selector, 8, 6
			)
		);
	}

	function testFuzz_refuses_a_value_wider_than_the_slot(int256 v) public {
		VM.assume(v != int128(v));
		_refusedStatement(
			price(v),
			abi.encodeWithSelector(
				IAffiantFeed.ValueTooWide.selector, v
			)
		);
	}

	function testFuzz_stores_every_value_that_fits(int128 v) public {
		push(price(v));
		equal(stored(), v);
	}

	function test_refuses_values_beyond_the_bounds() public {
		Settings memory s = plain();
		(s.min, s.max) = (-5, 100);
		store.setFeed(FEED, s);
		bytes4 kind = IAffiantFeed.OutOfBounds.selector;
		_refusedStatement(
			price(-6), abi.encodeWithSelector(kind, -6, -5, 100)
		);
		_refusedStatement(
			price(101), abi.encodeWithSelector(kind, 101, -5, 100)
		);
		push(price(-5));
		VM.warp(NOW + 1);
		push(price(100));
	}

	function test_refuses_the_future_beyond_the_skew() public {
		Statement memory s = price(1);
		s.timestamp = uint64(NOW * 1000 + 15_001);
		_refusedStatement(
			s,
			abi.encodeWithSelector(
				IAffiantFeed.FromTheFuture.selector,
				s.timestamp,
				NOW * 1000 + 15_000
			)
		);
		s.timestamp--;
		push(s);
	}

	function test_refuses_an_old_observation() public {
		Statement memory s = price(1);
		s.timestamp = uint64(NOW * 1000 - 240_001);
		_refusedStatement(
			s,
			abi.encodeWithSelector(
				IAffiantFeed.TooOld.selector,
				s.timestamp,
				NOW * 1000 - 240_000
			)
		);
		s.timestamp++;
		push(s);
	}

	function test_refuses_equal_and_older_times_of_whatever_signer()
		public
	{
		Statement memory s = price(1);
		push(s);
		admit(VM.addr(OTHER));
		bytes memory want = abi.encodeWithSelector(
			IAffiantFeed.NotNewer.selector, s.timestamp, s.timestamp
		);
		_refusedStatement(s, want);
		s.round++;
		refused(
			address(store),
			abi.encodeCall(store.push, (s, sign(OTHER, digest(s)))),
			want
		);
		uint64 stored = s.timestamp--;
		_refusedStatement(
			s,
			abi.encodeWithSelector(
				IAffiantFeed.NotNewer.selector,
				s.timestamp,
				stored
			)
		);
	}

	function test_a_jump_waits_for_the_breaker() public {
		Settings memory settings = plain();
		(settings.breakerBps, settings.breakerMinutes) = (1000, 10);
		store.setFeed(FEED, settings);
		push(price(1000));
		VM.warp(NOW + 60);
		bytes4 kind = IAffiantFeed.BreakerOpen.selector;
		_refusedStatement(
			price(1101),
			abi.encodeWithSelector(kind, 1101, 1000, NOW + 600)
		);
		_refusedStatement(
			price(-1000),
			abi.encodeWithSelector(kind, -1000, 1000, NOW + 600)
		);
		push(price(1100));
		VM.warp(NOW + 660);
		push(price(5000));
		equal(stored(), 5000);
	}

	// ---- who signed

	function test_refuses_signers_by_their_standing() public {
		Statement memory s = price(1);
		address who = VM.addr(OTHER);
		bytes memory call =
			abi.encodeCall(store.push, (s, sign(OTHER, digest(s))));
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				IAffiantFeed.NotAdmitted.selector, who, CONFIG
			)
		);
		store.admit(who, CONFIG, NOW + 5, NOW + 10, 0);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				IAffiantFeed.NotYetValid.selector,
				who,
				CONFIG,
				NOW + 5
			)
		);
		VM.warp(NOW + 11);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				IAffiantFeed.Expired.selector,
				who,
				CONFIG,
				NOW + 10
			)
		);
		_revoke(who);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				IAffiantFeed.Revoked.selector, who, CONFIG
			)
		);
	}

	function _revoke(address who) private {
		address[] memory signers = new address[](1);
		bytes32[] memory configs = new bytes32[](1);
		(signers[0], configs[0]) = (who, CONFIG);
		VM.prank(GUARDIAN);
		store.revoke(signers, configs);
	}

	// ---- several

	function _three()
		private
		returns (Statement[] memory all, bytes memory signatures)
	{
		all = new Statement[](3);
		for (uint256 i = 0; i < 3; i++) {
			all[i] = price(int256(i) + 1);
			all[i].feed = bytes32(uint256(FEED) + i);
			store.setFeed(all[i].feed, plain());
			signatures = bytes.concat(signatures, sign(all[i]));
		}
	}

	function test_a_batch_stores_all() public {
		(Statement[] memory all, bytes memory signatures) = _three();
		equal(store.pushBatch(all, signatures), 3);
		for (uint256 i = 0; i < 3; i++) {
			(int256 v,,,) = store.latest(all[i].feed);
			equal(v, int256(i) + 1);
		}
		refused(
			address(store),
			abi.encodeCall(store.pushBatch, (all, signatures)),
			abi.encodeWithSelector(
				IAffiantFeed.NotNewer.selector,
				all[2].timestamp,
				all[2].timestamp
			)
		);
	}

	function test_a_batch_passes_over_what_is_not_newer() public {
		(Statement[] memory all, bytes memory signatures) = _three();
		push(all[0]);
		store.push(all[2], sign(all[2]));
		equal(store.pushBatch(all, signatures), 1);
		(int256 v,,, uint64 count) = store.latest(all[1].feed);
		equal(v, 2);
		equal(count, 1);
	}

	function test_a_fault_reverts_the_whole_batch() public {
		(Statement[] memory all, bytes memory signatures) = _three();
		all[2].value++;
		VM.expectPartialRevert(IAffiantFeed.NotAdmitted.selector);
		store.pushBatch(all, signatures);
		equal(store.lastTimestamp(FEED), 0);
	}

	function test_a_batch_of_signatures_has_one_form() public {
		(Statement[] memory all, bytes memory signatures) = _three();
		bytes memory call = abi.encodeCall(
			store.pushBatch,
			(all, bytes.concat(signatures, hex"00"))
		);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				IAffiantFeed.SignatureLength.selector, 196
			)
		);
		signatures = "";
		for (uint256 i = 0; i < 3; i++) {
			signatures = bytes.concat(
				signatures, compact(KEY, digest(all[i]))
			);
		}
		equal(store.pushBatch(all, signatures), 3);
	}

	function test_a_batch_has_1_to_256_statements() public {
		refused(
			address(store),
			abi.encodeCall(
				store.pushBatch, (new Statement[](0), "")
			),
			abi.encodeWithSelector(
					IAffiantFeed.BatchLength.selector, 0
				)
		);
		refused(
			address(store),
			abi.encodeCall(
				store.pushBatch, (new Statement[](257), "")
			),
			abi.encodeWithSelector(
				IAffiantFeed.BatchLength.selector, 257
			)
		);
		refused(
			address(store),
			new bytes(257 * 191),
			abi.encodeWithSelector(
				IAffiantFeed.BatchLength.selector, 257
			)
		);
	}

	/// The packed entry and the ABI's come to the same slot.
	function testFuzz_packed_is_the_same(
		int128 v,
		uint64 round,
		bytes32 hash,
		uint16 age
	) public {
		Statement memory s = price(v);
		(s.round, s.statement) = (round, hash);
		s.timestamp -= age;
		push(s);
		(bool ok,) = address(_twin).call(pack(KEY, s));
		require(ok, "packed refused");
		equal(
			Round.unwrap(_twin.latestRound(FEED)),
			Round.unwrap(store.latestRound(FEED))
		);
	}

	function testFuzz_packed_has_whole_records(uint16 n) public {
		VM.assume(n % 191 != 0);
		bytes memory data = new bytes(n);
		// Four zero bytes are no selector of the contract.
		refused(
			address(store),
			data,
			abi.encodeWithSelector(
				IAffiantFeed.PackedLength.selector, n
			)
		);
	}

	function testFuzz_packed_garbage_stores_nothing(bytes32 seed, uint8 at)
		public
	{
		bytes memory data = pack(KEY, price(1));
		data[at % 191] ^= bytes1(uint8(uint256(seed) % 255 + 1));
		(bool ok,) = address(store).call(data);
		require(!ok, "not refused");
		equal(store.lastTimestamp(FEED), 0);
	}

	// ---- over time

	/// Whatever comes in whatever order, the stored time never runs back and
	/// the count is that of the accepted.
	/// forge-config: default.fuzz.runs = 128
	function testFuzz_time_never_runs_back(uint16[24] calldata offsets)
		public
	{
		uint64 last = 0;
		uint64 accepted = 0;
		for (uint256 i = 0; i < offsets.length; i++) {
			Statement memory s = price(int256(i));
			s.timestamp -= offsets[i];
			try store.push(s, sign(s)) {
				require(s.timestamp > last, "ran back");
				(last, accepted) = (s.timestamp, accepted + 1);
			} catch {
				require(s.timestamp <= last, "newer refused");
			}
			(,,, uint64 count) = store.latest(FEED);
			equal(store.lastTimestamp(FEED), last);
			equal(count, accepted);
		}
	}

	function test_a_ring_keeps_what_it_says() public {
		Settings memory s = plain();
		s.ring = 4;
		store.setFeed(FEED, s);
		for (uint256 i = 1; i <= 9; i++) {
			VM.warp(NOW + i);
			push(price(int256(i)));
		}
		for (uint64 n = 0; n <= 11; n++) {
			Round r = store.roundAt(FEED, n);
			bool kept = n >= 6 && n <= 9;
			require(
				(Round.unwrap(r) != 0) == kept,
				"wrong rounds kept"
			);
			if (kept) {
				equal(
					int256(uint256(Round.unwrap(r)) >> 128),
					int64(n)
				);
			}
		}
	}

	function test_without_a_ring_the_latest_is_there() public {
		push(price(1));
		VM.warp(NOW + 1);
		push(price(2));
		require(Round.unwrap(store.roundAt(FEED, 2)) != 0, "latest");
		equal(Round.unwrap(store.roundAt(FEED, 1)), 0);
	}

	function test_announces_as_indexers_know_it() public {
		Settings memory s = plain();
		s.announce = true;
		store.setFeed(FEED, s);
		uint256 id = uint256(1) << 64 | 1;
		VM.expectEmit();
		emit AffiantStore.AnswerUpdated(7, id, NOW);
		VM.expectEmit();
		emit AffiantStore.NewRound(id, signer, NOW - 1);
		push(price(7));
	}

	// ---- settings

	function test_settings_come_back_as_they_went() public {
		Settings memory s =
			Settings(18, 491_520, 32768, -1, 1, 5, 255, true);
		store.setFeed("X", s);
		(Settings memory got, uint256 phase) = store.feedOf("X");
		equal(keccak256(abi.encode(got)), keccak256(abi.encode(s)));
		equal(phase, 1);
		(got,) = store.feedOf("Y");
		equal(got.maxAgeS, 0);
	}

	function _refusedSettings(bytes32 feed, Settings memory s) private {
		refused(
			address(store),
			abi.encodeCall(store.setFeed, (feed, s)),
			abi.encodeWithSelector(
				AffiantStore.FeedInvalid.selector, feed
			)
		);
	}

	function test_refuses_settings_that_cannot_be() public {
		_refusedSettings(0, plain());
		Settings memory s = plain();
		s.maxAgeS = 241;
		_refusedSettings("X", s);
		s.maxAgeS = 0;
		_refusedSettings("X", s);
		s = plain();
		s.ring = 3;
		_refusedSettings("X", s);
		s.ring = 1;
		_refusedSettings("X", s);
		s = plain();
		s.decimals = 78;
		_refusedSettings("X", s);
		s = plain();
		(s.min, s.max) = (2, 1);
		_refusedSettings("X", s);
		s = plain();
		s.breakerBps = 1;
		_refusedSettings("X", s);
	}

	function test_decimals_and_announcement_are_fixed() public {
		Settings memory s = plain();
		s.decimals = 9;
		refused(
			address(store),
			abi.encodeCall(store.setFeed, (FEED, s)),
			abi.encodeWithSelector(
				AffiantStore.DecimalsFixed.selector, 8
			)
		);
		s = plain();
		s.announce = true;
		store.setFeed(FEED, s);
		refused(
			address(store),
			abi.encodeCall(store.setFeed, (FEED, plain())),
			abi.encodeWithSelector(
				AffiantStore.PhaseFixed.selector, 1
			)
		);
	}

	function test_settings_leave_the_round_alone() public {
		push(price(77));
		Settings memory s = plain();
		(s.ring, s.maxAgeS, s.min) = (8, 480, 1);
		store.setFeed(FEED, s);
		(int256 v,,, uint64 count) = store.latest(FEED);
		equal(v, 77);
		equal(count, 1);
		VM.warp(NOW + 1);
		push(price(78));
	}

	// ---- nothing to enter

	uint256 private _entered;

	fallback() external {
		_entered++;
	}

	function test_a_push_calls_nobody() public {
		// This contract is caller and owner; any call back would count.
		push(price(1));
		(Statement[] memory all, bytes memory signatures) = _three();
		VM.warp(NOW + 1);
		all[1].timestamp += 1;
		signatures =
			bytes.concat(sign(all[0]), sign(all[1]), sign(all[2]));
		store.pushBatch(all, signatures);
		equal(_entered, 0);
	}
}
