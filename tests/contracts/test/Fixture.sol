// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantFeed} from "../contracts/AffiantFeed.sol";
import {Settings} from "../contracts/Feeds.sol";
import {Statement} from "../contracts/IAffiantFeed.sol";

interface Vm {
	function addr(uint256 key) external pure returns (address);
	function assume(bool) external pure;
	function chainId(uint256) external;
	function deal(address, uint256) external;
	function etch(address, bytes calldata) external;
	function exists(string calldata) external view returns (bool);
	function expectEmit() external;
	function expectRevert(bytes calldata) external;
	function expectRevert(bytes4) external;
	function expectPartialRevert(bytes4) external;
	function getCode(string calldata) external view returns (bytes memory);
	function parseBytes(string calldata)
		external
		pure
		returns (bytes memory);
	function prank(address) external;
	function readFile(string calldata) external view returns (string memory);
	function sign(uint256 key, bytes32 digest)
		external
		pure
		returns (uint8 v, bytes32 r, bytes32 s);
	function skip(bool) external;
	function warp(uint256) external;
}

/// A store of the committed bytecode, one admitted signer, one feed; and
/// statements signed by rules written down again here, not by the library.
abstract contract Fixture {
	Vm internal constant VM =
		Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

	uint256 internal constant KEY = 0xa11ce;
	uint256 internal constant OTHER = 0xb0b;
	uint256 internal constant NOW = 1_800_000_000;
	uint256 internal constant ORDER =
		0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
	bytes32 internal constant FEED = "BTC/USD";
	bytes32 internal constant CONFIG = keccak256("config");
	address internal constant GUARDIAN = address(0x60a4d);

	AffiantFeed internal store;
	address internal signer;

	function setUp() public virtual {
		VM.warp(NOW);
		signer = VM.addr(KEY);
		store = newStore(0);
		admit(signer);
		store.setFeed(FEED, plain());
	}

	function newStore(uint256 delay) internal returns (AffiantFeed) {
		return AffiantFeed(
			payable(create(
					"AffiantFeed",
					abi.encode(this, GUARDIAN, delay)
				))
		);
	}

	function create(string memory name, bytes memory arguments)
		internal
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
		assembly {
			at := create(0, add(code, 32), mload(code))
		}
		require(at != address(0), "not created");
	}

	function admit(address who) internal {
		store.admit(who, CONFIG, 0, NOW + 30 days, "evidence");
	}

	/// Nothing but decimals and an age.
	function plain() internal pure returns (Settings memory) {
		return Settings({
			decimals: 8,
			maxAgeS: 240,
			ring: 0,
			min: type(int88).min,
			max: type(int88).max,
			breakerBps: 0,
			breakerMinutes: 0,
			announce: false
		});
	}

	function price(int256 value) internal view returns (Statement memory) {
		return Statement({
			feed: FEED,
			value: value,
			decimals: 8,
			timestamp: uint64(block.timestamp * 1000 - 1000),
			round: 42,
			config: CONFIG,
			statement: keccak256(abi.encode(value))
		});
	}

	function digest(Statement memory s) internal pure returns (bytes32) {
		bytes32 domain = keccak256(
			abi.encode(
				keccak256(
					"EIP712Domain(string name,string version)"
				),
				keccak256("Affiant"),
				keccak256("1")
			)
		);
		bytes32 inner = keccak256(
			abi.encode(
				keccak256(
					"Statement(bytes32 feed,int256 value,uint8 decimals,uint64 timestamp,uint64 round,bytes32 config,bytes32 statement)"
				),
				s
			)
		);
		return keccak256(abi.encodePacked(hex"1901", domain, inner));
	}

	function sign(uint256 key, bytes32 hash)
		internal
		pure
		returns (bytes memory)
	{
		(uint8 v, bytes32 r, bytes32 s) = VM.sign(key, hash);
		return abi.encodePacked(r, s, v);
	}

	function sign(Statement memory s) internal pure returns (bytes memory) {
		return sign(KEY, digest(s));
	}

	function compact(uint256 key, bytes32 hash)
		internal
		pure
		returns (bytes memory)
	{
		(uint8 v, bytes32 r, bytes32 s) = VM.sign(key, hash);
		return abi.encodePacked(r, uint256(s) | uint256(v - 27) << 255);
	}

	function pack(uint256 key, Statement memory s)
		internal
		pure
		returns (bytes memory)
	{
		return abi.encodePacked(
			s.feed,
			int128(s.value),
			s.decimals,
			uint48(s.timestamp),
			s.round,
			s.config,
			s.statement,
			compact(key, digest(s))
		);
	}

	function push(Statement memory s) internal {
		store.push(s, sign(s));
	}

	/// `call` must fail with exactly this data.
	function refused(address at, bytes memory call, bytes memory want)
		internal
	{
		(bool ok, bytes memory got) = at.call(call);
		require(!ok, "not refused");
		require(keccak256(got) == keccak256(want), "refused otherwise");
	}

	function stored() internal view returns (int256 v) {
		(v,,,) = store.latest(FEED);
	}

	function equal(int256 a, int256 b) internal pure {
		require(a == b, "numbers differ");
	}

	function equal(uint256 a, uint256 b) internal pure {
		require(a == b, "numbers differ");
	}

	function equal(bytes32 a, bytes32 b) internal pure {
		require(a == b, "words differ");
	}

	function equal(address a, address b) internal pure {
		require(a == b, "addresses differ");
	}
}
