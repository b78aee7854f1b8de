// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// One measurement as it is signed, verify/FORMAT.statement.md section 7: the
/// members of the EIP-712 type `Statement`, in its order, under the domain
/// {name:"Affiant", version:"1"} that names no chain.
struct Statement {
	bytes32 feed; // ASCII id, left-aligned, zero-filled
	int256 value; // in units of 10^-decimals
	uint8 decimals;
	uint64 timestamp; // milliseconds; of the oldest value used
	uint64 round; // for readers; orders nothing
	bytes32 config; // SHA-256 of the maker's configuration
	bytes32 statement; // SHA-256 of the canonical statement
}

/// What is stored of a feed, one slot, and what `Updated` carries. From the
/// most significant bit: int128 value, uint48 timestamp (milliseconds, of the
/// observation), uint40 updatedAt (seconds, the block that accepted it),
/// uint40 count (accepted updates, from 1). Zero: nothing stored.
type Round is bytes32;

/// The store of pushed feeds: what a submitter calls and reads.
///
/// A signature is 65 bytes r || s || v with v 27 or 28, or 64 bytes r || vs as
/// in EIP-2098; the shorter costs less. Anyone may push: the signature is what
/// counts. Nothing here calls another contract.
interface IAffiantFeed {
	/// A statement was accepted and is now what the feed reads as. Calldata of
	/// the transaction holds the rest of it.
	event Updated(
		bytes32 indexed feed, bytes32 indexed statement, Round round
	);

	// ---- refusals -------------------------------------------------------

	/// Neither 65 nor 64 bytes; in a batch, neither times the statements.
	error SignatureLength(uint256 length);
	/// v is neither 27 nor 28.
	error SignatureV(uint8 v);
	/// s is in the upper half: the malleable twin of a signature.
	error SignatureHighS();
	/// Recovers to nobody: r or s zero or out of range, or r no coordinate.
	error SignatureInvalid();
	/// The recovered signer was never admitted with this configuration. Also
	/// what a signature over other contents comes to: recovery always gives
	/// some address.
	error NotAdmitted(address signer, bytes32 config);
	error NotYetValid(address signer, bytes32 config, uint64 notBefore);
	error Expired(address signer, bytes32 config, uint64 notAfter);
	error Revoked(address signer, bytes32 config);
	/// Shown to have signed two values for one feed and one time.
	error Frozen(address signer, bytes32 config);
	/// The owner never set this feed up.
	error UnknownFeed(bytes32 feed);
	error WrongDecimals(uint8 want, uint8 got);
	/// Does not fit the int128 of the slot.
	error ValueTooWide(int256 value);
	/// Outside the feed's sanity bounds.
	error OutOfBounds(int256 value, int256 min, int256 max);
	/// Later than the block's time by more than the allowed skew (ms).
	error FromTheFuture(uint64 timestamp, uint256 latest);
	/// Older than the feed's age limit (ms).
	error TooOld(uint64 timestamp, uint256 oldest);
	/// Not newer than what is stored. For a submitter: somebody was faster.
	/// A batch raises it, with the last of its statements, when it stored none.
	error NotNewer(uint64 timestamp, uint64 stored);
	/// A jump beyond the feed's breaker; passes from `until` on (seconds)
	/// unless an update within the breaker was accepted in between.
	error BreakerOpen(int256 value, int256 stored, uint256 until);
	/// Packed calldata that is not one or more times 191 bytes.
	error PackedLength(uint256 length);
	/// A batch of none, or of more statements than 256.
	error BatchLength(uint256 length);

	/// Stores one statement or reverts with one of the errors above.
	function push(Statement calldata statement, bytes calldata signature)
		external;

	/// Several at once. `signatures` are those of the statements, one after
	/// the other without anything between, all of 65 or all of 64 bytes.
	/// Statements not newer than what is stored are passed over, unverified,
	/// so that a race for one feed does not lose the others; any other fault
	/// reverts the whole batch. Returns how many were stored, at least one.
	function pushBatch(
		Statement[] calldata statements,
		bytes calldata signatures
	) external returns (uint256 stored);

	/// The packed entry has no selector: calldata is one or more records of
	/// 191 bytes, big-endian, one after the other, and treated as a batch:
	/// feed 32, value int128 16, decimals 1, timestamp 6, round 8, config 32,
	/// statement 32, r 32, yParity << 255 | s 32. (No selector of the contract
	/// is four printable ASCII characters, so no feed's name is one.)
	fallback() external;

	/// Milliseconds of the stored observation; 0 when there is none. Never
	/// reverts. A statement is newer only when its timestamp is larger.
	function lastTimestamp(bytes32 feed) external view returns (uint64);

	/// The stored round, unpacked; zeros when there is none. Never reverts.
	function latest(bytes32 feed)
		external
		view
		returns (
			int256 value,
			uint64 timestamp,
			uint64 updatedAt,
			uint64 count
		);

	/// The stored slots of several feeds in one call, in the order asked for.
	function latestRounds(bytes32[] calldata feeds)
		external
		view
		returns (Round[] memory rounds);
}
