// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantLib} from "./AffiantLib.sol";
import {AffiantRegistry} from "./AffiantRegistry.sol";
import {AffiantStore} from "./AffiantStore.sol";
import {IAffiantFeed, Statement} from "./IAffiantFeed.sol";
import {Round, Rounds} from "./Rounds.sol";
import {PACKED_SIZE, Words, WordsLib} from "./Words.sol";

/// Push: one admitted signer's word is stored. See IAffiantFeed.
contract AffiantFeed is AffiantStore {
	using Rounds for Round;

	/// Statements of one batch.
	uint256 private constant MOST = 256;

	constructor(address owner_, address guardian_, uint256 delay_)
		AffiantRegistry(owner_, guardian_, delay_)
	{}

	function push(Statement calldata statement, bytes calldata signature)
		external
	{
		(Words w, bytes32 hash) = WordsLib.from(statement);
		address signer = AffiantLib.recover(hash, signature);
		_requireAdmitted(signer, w.config());
		_accept(w, signer);
	}

	function pushBatch(
		Statement[] calldata statements,
		bytes calldata signatures
	) external returns (uint256 stored) {
		uint256 n = statements.length;
		if (n == 0 || n > MOST) revert IAffiantFeed.BatchLength(n);
		bool compact = signatures.length == 64 * n;
		uint256 size = compact ? 64 : 65;
		if (signatures.length != size * n) {
			revert IAffiantFeed.SignatureLength(signatures.length);
		}
		uint256 at;
		assembly ("memory-safe") {
			at := signatures.offset
		}
		for (uint256 i = 0; i < n; i++) {
			(Words w, bytes32 hash) = WordsLib.from(statements[i]);
			if (_isNewer(w, stored, i + 1 == n)) {
				address signer =
					AffiantLib.recover(hash, at, compact);
				_requireAdmitted(signer, w.config());
				_accept(w, signer);
				stored++;
			}
			at += size;
		}
	}

	/// Packed records, without a selector.
	fallback() external {
		uint256 n = WordsLib.records();
		if (n > MOST) revert IAffiantFeed.BatchLength(n);
		uint256 stored = 0;
		for (uint256 at = 0; at < msg.data.length; at += PACKED_SIZE) {
			(Words w, bytes32 hash) = WordsLib.unpack(at);
			if (_isNewer(
					w,
					stored,
					at + PACKED_SIZE == msg.data.length
				)) {
				address signer = AffiantLib.recover(
					hash, at + PACKED_SIZE - 64, true
				);
				_requireAdmitted(signer, w.config());
				_accept(w, signer);
				stored++;
			}
		}
	}

	/// False when somebody was faster with this feed: the others of a batch
	/// still count. The last one of a batch that stored nothing reverts.
	function _isNewer(Words w, uint256 stored, bool last)
		private
		view
		returns (bool)
	{
		uint256 before = _latest[w.feed()].round.timestamp();
		if (w.timestamp() > before) return true;
		if (last && stored == 0) {
			revert IAffiantFeed.NotNewer(
				uint64(w.timestamp()), uint64(before)
			);
		}
		return false;
	}
}
