// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantLib} from "./AffiantLib.sol";
import {AffiantRegistry} from "./AffiantRegistry.sol";
import {Face, Feeds, More, Settings} from "./Feeds.sol";
import {IAffiantFeed, Round} from "./IAffiantFeed.sol";
import {Rounds} from "./Rounds.sol";
import {Words} from "./Words.sol";

/// The feeds of one contract: what each is allowed to be, its latest round in
/// one slot, and a ring of earlier ones where asked for. The registry is part
/// of it: a call to another contract would cost each update 2,700 gas.
///
/// Who may write is for those who inherit; here is what may be written. No
/// step calls another contract, so there is nothing to re-enter.
abstract contract AffiantStore is AffiantRegistry {
	using Rounds for Round;
	using Feeds for Face;
	using Feeds for More;

	struct RoundSlot {
		Round round;
	}

	mapping(bytes32 feed => RoundSlot) internal _latest;
	mapping(bytes32 feed => More) private _more;
	mapping(bytes32 feed => mapping(uint256 place => Round)) private _ring;
	/// Phases given out so far.
	uint16 public phases;

	error FeedInvalid(bytes32 feed);
	error DecimalsFixed(uint256 decimals);
	error PhaseFixed(uint256 phase);

	event FeedSet(bytes32 indexed feed, Settings settings, uint256 phase);
	event Updated(
		bytes32 indexed feed, bytes32 indexed statement, Round round
	);
	// As indexers of the AggregatorV3 world know them; the id of a round is
	// phase << 64 | count, so one contract's feeds stay apart.
	event AnswerUpdated(
		int256 indexed current,
		uint256 indexed roundId,
		uint256 updatedAt
	);
	event NewRound(
		uint256 indexed roundId,
		address indexed startedBy,
		uint256 startedAt
	);

	// ---- setting up ------------------------------------------------------

	function setFeed(bytes32 feed, Settings calldata s) external governed {
		Round old = _latest[feed].round;
		uint256 known = Face.unwrap(old.face());
		uint256 phase = _more[feed].phase();
		if (known != 0 && old.face().decimals() != s.decimals) {
			revert DecimalsFixed(old.face().decimals());
		}
		if (phase != 0 && !s.announce) revert PhaseFixed(phase);
		if (s.announce && phase == 0) phase = ++phases;
		uint256 face = Face.unwrap(Feeds.face(s, phase));
		if (feed == 0 || face == 0) revert FeedInvalid(feed);
		_latest[feed].round = old.withFace(Face.wrap(face));
		_more[feed] = Feeds.more(s, phase);
		emit FeedSet(feed, s, phase);
	}

	// ---- reading ---------------------------------------------------------

	/// What it was set to, and its phase; maxAgeS is 0 when it never was.
	function feedOf(bytes32 feed)
		external
		view
		returns (Settings memory settings, uint256 phase)
	{
		Face face = _latest[feed].round.face();
		if (Face.unwrap(face) == 0) return (settings, 0);
		More more = _more[feed];
		return (Feeds.settings(face, more), more.phase());
	}

	function lastTimestamp(bytes32 feed) external view returns (uint64) {
		return uint64(_latest[feed].round.timestamp());
	}

	function latest(bytes32 feed)
		external
		view
		returns (
			int256 value,
			uint64 timestamp,
			uint64 updatedAt,
			uint64 count
		)
	{
		Round r = _latest[feed].round;
		return (
			r.value(),
			uint64(r.timestamp()),
			uint64(r.updatedAt()),
			uint64(r.count())
		);
	}

	function latestRound(bytes32 feed) external view returns (Round) {
		return _latest[feed].round.published();
	}

	function latestRounds(bytes32[] calldata feeds)
		external
		view
		returns (Round[] memory rounds)
	{
		rounds = new Round[](feeds.length);
		for (uint256 i = 0; i < feeds.length; i++) {
			rounds[i] = _latest[feeds[i]].round.published();
		}
	}

	/// The count-th round, or zero when it was never or is no longer kept.
	function roundAt(bytes32 feed, uint64 count)
		external
		view
		returns (Round r)
	{
		r = _latest[feed].round;
		if (count == 0 || r.count() == count) {
			return count == 0 ? Round.wrap(0) : r.published();
		}
		uint256 ring = r.face().ring();
		if (ring == 0) return Round.wrap(0);
		r = _ring[feed][count % ring];
		return r.count() == count ? r : Round.wrap(0);
	}

	// ---- accepting -------------------------------------------------------

	/// Everything but the signature and the signer; then the effects, then
	/// the events.
	///
	/// Every update pays for each step here: a feed's word is read once, and
	/// its fields are cut out where they are compared (Rounds and Feeds say
	/// where they lie). The second slot is for feeds that have one.
	function _accept(Words w, address signer) internal {
		bytes32 feed = w.feed();
		int256 value = w.value();
		uint256 time = w.timestamp();
		RoundSlot storage slot = _latest[feed];
		uint256 word = uint256(Round.unwrap(slot.round));
		unchecked {
			if (word & 15 << 76 == 0) {
				revert IAffiantFeed.UnknownFeed(feed);
			}
			if (w.decimals() != word >> 32 & 127) {
				revert IAffiantFeed.WrongDecimals(
					uint8(word >> 32 & 127),
					uint8(w.decimals())
				);
			}
			if (value != int128(value)) {
				revert IAffiantFeed.ValueTooWide(value);
			}
			AffiantLib.checkTime(time, 15_000 << (word >> 76 & 15));
			if (time <= uint48(word >> 80)) {
				revert IAffiantFeed.NotNewer(
					uint64(time), uint48(word >> 80)
				);
			}
			uint256 phase = 0;
			if (word & 1 << 39 != 0) {
				More more = _more[feed];
				_guard(value, Round.wrap(bytes32(word)), more);
				phase = more.phase();
			}
			// Count and face stay, one more of the former.
			uint256 kept = word & (Rounds.FACE | type(uint32).max);
			word = uint256(value) << 128 | time << 80
				| block.timestamp << 40 | kept + 1;
			slot.round = Round.wrap(bytes32(word));
			Round round = Round.wrap(bytes32(word & ~Rounds.FACE));
			if (word & 15 << 72 != 0) {
				uint256 ring = 1 << (word >> 72 & 15);
				_ring[feed][round.count() & (ring - 1)] = round;
			}
			if (phase != 0) _announce(round, phase, signer);
			emit Updated(feed, w.statement(), round);
		}
	}

	/// Sanity bounds and the breaker: a jump beyond its threshold is refused
	/// until the delay has passed since the last update. Readers with an age
	/// limit stop first, and a guardian has that long to look.
	function _guard(int256 value, Round old, More more) private view {
		(int256 min, int256 max) = (more.min(), more.max());
		if (
			(value < min && min != type(int88).min)
				|| (value > max && max != type(int88).max)
		) revert IAffiantFeed.OutOfBounds(value, min, max);
		unchecked {
			uint256 bps = more.breakerBps();
			if (bps == 0 || old.count() == 0) return;
			int256 before = old.value();
			// 129 bits times 14, and 128 times 16: no overflow.
			uint256 jump = uint256(
				value > before ? value - before : before - value
			);
			uint256 size = uint256(before < 0 ? -before : before);
			if (jump * 10_000 <= size * bps) return;
			uint256 until = old.updatedAt() + more.breakerS();
			if (block.timestamp < until) {
				revert IAffiantFeed.BreakerOpen(
					value, before, until
				);
			}
		}
	}

	function _announce(Round r, uint256 phase, address signer) private {
		uint256 roundId = phase << 64 | r.count();
		emit AnswerUpdated(r.value(), roundId, r.updatedAt());
		emit NewRound(roundId, signer, r.startedAt());
	}
}
