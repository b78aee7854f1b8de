// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Fixture} from "./Fixture.sol";
import {AffiantLib} from "../contracts/AffiantLib.sol";
import {AffiantQuorum} from "../contracts/AffiantQuorum.sol";
import {IAffiantFeed, Statement} from "../contracts/IAffiantFeed.sol";

contract QuorumTest is Fixture {
	AffiantQuorum private quorum;
	uint256[] private keys; // of five signers, by ascending address

	function setUp() public override {
		super.setUp();
		quorum = AffiantQuorum(
			payable(create(
					"AffiantQuorum",
					abi.encode(this, GUARDIAN, 0, 3)
				))
		);
		quorum.setFeed(FEED, plain());
		delete keys;
		for (uint256 key = 1; key <= 5; key++) {
			quorum.admit(VM.addr(key), CONFIG, 0, NOW + 30 days, 0);
			keys.push(key);
			for (uint256 i = keys.length - 1; i > 0; i--) {
				if (VM.addr(keys[i - 1]) < VM.addr(keys[i])) {
					break;
				}
				(keys[i - 1], keys[i]) = (keys[i], keys[i - 1]);
			}
		}
	}

	function _packed(int128[] memory values)
		private
		view
		returns (bytes memory data)
	{
		for (uint256 i = 0; i < values.length; i++) {
			Statement memory s = price(values[i]);
			s.timestamp -= uint64(i);
			data = bytes.concat(data, pack(keys[i], s));
		}
	}

	/// The median by counting, not by sorting.
	function _reference(int128[] memory v) private pure returns (int256) {
		int256 sum = 0;
		uint256 low = (v.length - 1) / 2;
		for (uint256 rank = low; rank <= v.length / 2; rank++) {
			for (uint256 i = 0; i < v.length; i++) {
				uint256 less = 0;
				uint256 same = 0;
				for (uint256 j = 0; j < v.length; j++) {
					if (v[j] < v[i]) less++;
					if (v[j] == v[i]) same++;
				}
				if (less <= rank && rank < less + same) {
					sum += v[i];
					break;
				}
			}
		}
		return v.length % 2 == 1 ? sum : sum / 2;
	}

	function testFuzz_median_of_three_to_five(
		int128[5] calldata all,
		uint8 n
	) public {
		int128[] memory values = new int128[](3 + n % 3);
		bytes memory hashes;
		for (uint256 i = 0; i < values.length; i++) {
			values[i] = all[i];
			hashes = bytes.concat(
				hashes, keccak256(abi.encode(int256(all[i])))
			);
		}
		(bool ok,) = address(quorum).call(_packed(values));
		require(ok, "refused");
		(int256 v, uint64 time,, uint64 count) = quorum.latest(FEED);
		equal(v, _reference(values));
		equal(time, NOW * 1000 - 1000 - (values.length - 1));
		equal(count, 1);
	}

	function _some(uint256 n) private pure returns (int128[] memory v) {
		v = new int128[](n);
		for (uint256 i = 0; i < n; i++) {
			v[i] = int128(int256(i + 100));
		}
	}

	function test_refuses_fewer_than_the_threshold() public {
		refused(
			address(quorum),
			_packed(_some(2)),
			abi.encodeWithSelector(
				AffiantQuorum.TooFewSigners.selector, 2, 3
			)
		);
	}

	function test_refuses_more_than_thirty_one() public {
		refused(
			address(quorum),
			new bytes(32 * 191),
			abi.encodeWithSelector(
				AffiantQuorum.TooManySigners.selector, 32
			)
		);
	}

	function test_refuses_one_signer_twice() public {
		bytes memory one = pack(keys[0], price(1));
		refused(
			address(quorum),
			bytes.concat(one, one, pack(keys[1], price(2))),
			abi.encodeWithSelector(
				AffiantQuorum.SignersNotAscending.selector,
				VM.addr(keys[0]),
				VM.addr(keys[0])
			)
		);
	}

	function test_refuses_signers_out_of_order() public {
		refused(
			address(quorum),
			bytes.concat(
				pack(keys[1], price(1)),
				pack(keys[0], price(1)),
				pack(keys[2], price(2))
			),
			abi.encodeWithSelector(
				AffiantQuorum.SignersNotAscending.selector,
				VM.addr(keys[1]),
				VM.addr(keys[0])
			)
		);
	}

	function _with(Statement memory last)
		private
		view
		returns (bytes memory)
	{
		return bytes.concat(
			pack(keys[0], price(1)),
			pack(keys[1], price(1)),
			pack(keys[2], last)
		);
	}

	function test_refuses_statements_of_two_feeds() public {
		Statement memory s = price(1);
		s.feed = "ETH/USD";
		refused(
			address(quorum),
			_with(s),
			abi.encodeWithSelector(
				AffiantLib.WrongFeed.selector, FEED, s.feed
			)
		);
	}

	function test_refuses_statements_of_two_units() public {
		Statement memory s = price(1);
		s.decimals = 6;
		refused(
			address(quorum),
			_with(s),
			abi.encodeWithSelector(
				IAffiantFeed.WrongDecimals.selector, 8, 6
			)
		);
	}

	function test_refuses_one_from_the_future() public {
		Statement memory s = price(1);
		s.timestamp = uint64(NOW * 1000 + 15_001);
		refused(
			address(quorum),
			_with(s),
			abi.encodeWithSelector(
				IAffiantFeed.FromTheFuture.selector,
				s.timestamp,
				NOW * 1000 + 15_000
			)
		);
	}

	function test_refuses_one_too_old() public {
		Statement memory s = price(1);
		s.timestamp = uint64(NOW * 1000 - 240_001);
		refused(
			address(quorum),
			_with(s),
			abi.encodeWithSelector(
				IAffiantFeed.TooOld.selector,
				s.timestamp,
				NOW * 1000 - 240_000
			)
		);
	}

	function test_refuses_one_that_is_not_admitted() public {
		Statement memory s = price(1);
		s.config = keccak256("another");
		refused(
			address(quorum),
			_with(s),
			abi.encodeWithSelector(
				IAffiantFeed.NotAdmitted.selector,
				VM.addr(keys[2]),
				s.config
			)
		);
	}

	function test_refuses_a_broken_record() public {
		bytes memory data = bytes.concat(_packed(_some(3)), hex"00");
		refused(
			address(quorum),
			data,
			abi.encodeWithSelector(
				IAffiantFeed.PackedLength.selector, data.length
			)
		);
	}

	function test_refuses_the_same_again() public {
		bytes memory data = _packed(_some(3));
		(bool ok,) = address(quorum).call(data);
		require(ok, "refused");
		refused(
			address(quorum),
			data,
			abi.encodeWithSelector(
				IAffiantFeed.NotNewer.selector,
				NOW * 1000 - 1002,
				NOW * 1000 - 1002
			)
		);
	}
}
