// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// What the owner chooses for a feed.
struct Settings {
	uint8 decimals; // fixed once set: consumers read it once
	uint32 maxAgeS; // older observations are refused: 30, 60, ... 491520
	uint16 ring; // rounds that stay readable: 0 or 2, 4, 8, ... 32768
	int88 min; // sanity bounds, included; type(int88).min: none
	int88 max; // type(int88).max: none
	uint16 breakerBps; // a larger jump waits; 0: none
	uint8 breakerMinutes; // how long, from the last accepted update
	bool announce; // AnswerUpdated and NewRound too; fixed once true
}

/// What every update must know of a feed, in 16 bits that lie in the feed's
/// slot (see Rounds): from the least significant, decimals 7, more 1 (there is
/// a second slot), ring 4 (n: 2^n rounds; 0: none), age 4 (n: 15 s * 2^n;
/// never 0, so a face of zero is no feed).
type Face is uint256;

/// The second slot, which only a feed with bounds, a breaker or announcements
/// has: from the least significant, min 88, max 88, breakerBps 16,
/// breakerMinutes 8, phase 16.
type More is uint256;

library Feeds {
	/// The face of these settings, zero when they cannot be: an age or a ring
	/// that is no power of two of its unit, a number out of range.
	function face(Settings calldata s, uint256 phase_)
		internal
		pure
		returns (Face)
	{
		uint256 age = 1;
		while (age < 15 && uint256(15) << age < s.maxAgeS) age++;
		uint256 ring_ = 0;
		while (ring_ < 15 && uint256(1) << ring_ < s.ring) ring_++;
		if (
			s.decimals > 77 || uint256(15) << age != s.maxAgeS
				|| (s.ring != 0
					&& uint256(1) << ring_ != s.ring)
				|| s.ring == 1 || s.min > s.max
				|| (s.breakerBps != 0 && s.breakerMinutes == 0)
		) return Face.wrap(0);
		bool more_ = s.min != type(int88).min
			|| s.max != type(int88).max || s.breakerBps != 0
			|| phase_ != 0;
		return Face.wrap(
			s.decimals | (more_ ? 128 : 0) | ring_ << 8 | age << 12
		);
	}

	function more(Settings calldata s, uint256 phase_)
		internal
		pure
		returns (More)
	{
		return More.wrap(
			uint256(uint88(s.min)) | uint256(uint88(s.max)) << 88
				| uint256(s.breakerBps) << 176
				| uint256(s.breakerMinutes) << 192 | phase_
				<< 200
		);
	}

	function settings(Face f, More m)
		internal
		pure
		returns (Settings memory)
	{
		return Settings({
			decimals: uint8(decimals(f)),
			maxAgeS: uint32(maxAgeMs(f) / 1000),
			ring: uint16(ring(f)),
			min: int88(min(m)),
			max: int88(max(m)),
			breakerBps: uint16(breakerBps(m)),
			breakerMinutes: uint8(breakerS(m) / 60),
			announce: phase(m) != 0
		});
	}

	function decimals(Face f) internal pure returns (uint256) {
		return Face.unwrap(f) & 127;
	}

	/// How many rounds; 0: none.
	function ring(Face f) internal pure returns (uint256) {
		uint256 n = (Face.unwrap(f) >> 8) & 15;
		return n == 0 ? 0 : 1 << n;
	}

	function maxAgeMs(Face f) internal pure returns (uint256) {
		return 15_000 << ((Face.unwrap(f) >> 12) & 15);
	}

	function min(More m) internal pure returns (int256) {
		return int88(uint88(More.unwrap(m)));
	}

	function max(More m) internal pure returns (int256) {
		return int88(uint88(More.unwrap(m) >> 88));
	}

	function breakerBps(More m) internal pure returns (uint256) {
		return uint16(More.unwrap(m) >> 176);
	}

	function breakerS(More m) internal pure returns (uint256) {
		return uint256(uint8(More.unwrap(m) >> 192)) * 60;
	}

	function phase(More m) internal pure returns (uint256) {
		return uint16(More.unwrap(m) >> 200);
	}
}
