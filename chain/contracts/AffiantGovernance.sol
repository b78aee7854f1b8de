// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantLib} from "./AffiantLib.sol";

/// Who may change what: an owner (a multisig, a timelock, or a key with the
/// delay below), and a guardian who can only take away.
///
/// With a delay every widening of trust is announced first: the owner calls
/// `schedule` with the keccak of the calldata to come, waits, then makes the
/// call. Taking away (revoke, forbid) never waits.
///
/// What is signed off chain is bound to this chain and this contract.
abstract contract AffiantGovernance {
	address public owner;
	address public pendingOwner;
	address public guardian;
	/// Seconds between schedule and call; 0: the owner acts at once.
	uint256 public immutable delay;
	/// When an operation may be made; 0: not scheduled.
	mapping(bytes32 operation => uint256 at) public scheduled;

	bytes32 private constant BOUND_DOMAIN_TYPE = keccak256(
		"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
	);

	error NotOwner(address caller);
	error NotGuardian(address caller);
	error NotScheduled(bytes32 operation);
	error TooSoon(bytes32 operation, uint256 at);
	error ZeroAddress();
	error OwnerUnchanged();
	/// A signature that the owner (or guardian) did not make for this chain,
	/// this contract and these words: made for another, it recovers to
	/// somebody else.
	error BadAuthorisation(address recovered);
	error DeadlinePassed(uint256 deadline);

	event Scheduled(bytes32 indexed operation, uint256 at);
	event Cancelled(bytes32 indexed operation);
	event OwnershipOffered(address indexed to);
	event OwnershipAccepted(address indexed by);
	event GuardianSet(address indexed guardian);

	constructor(address owner_, address guardian_, uint256 delay_) {
		if (owner_ == address(0)) revert ZeroAddress();
		owner = owner_;
		guardian = guardian_;
		delay = delay_;
		emit OwnershipAccepted(owner_);
		emit GuardianSet(guardian_);
	}

	/// The owner, after the delay.
	modifier governed() {
		_checkOwner();
		if (delay != 0) _spend(keccak256(msg.data));
		_;
	}

	/// The owner or the guardian, at once: for what takes away.
	modifier guarded() {
		if (msg.sender != guardian && msg.sender != owner) {
			revert NotGuardian(msg.sender);
		}
		_;
	}

	function schedule(bytes32 operation) external {
		_checkOwner();
		uint256 at = block.timestamp + delay;
		scheduled[operation] = at;
		emit Scheduled(operation, at);
	}

	function cancel(bytes32 operation) external {
		_checkOwner();
		delete scheduled[operation];
		emit Cancelled(operation);
	}

	/// Takes effect when `to` accepts.
	function offerOwnership(address to) external governed {
		if (to == owner) revert OwnerUnchanged();
		pendingOwner = to;
		emit OwnershipOffered(to);
	}

	function acceptOwnership() external {
		if (msg.sender != pendingOwner) revert NotOwner(msg.sender);
		owner = msg.sender;
		delete pendingOwner;
		emit OwnershipAccepted(msg.sender);
	}

	function setGuardian(address guardian_) external governed {
		guardian = guardian_;
		emit GuardianSet(guardian_);
	}

	/// Of what is signed for this contract alone. Computed each time, so a
	/// chain that splits has two.
	function domainSeparator() public view returns (bytes32) {
		return keccak256(
			abi.encode(
				BOUND_DOMAIN_TYPE,
				keccak256("Affiant"),
				keccak256("1"),
				block.chainid,
				address(this)
			)
		);
	}

	function _checkOwner() internal view {
		if (msg.sender != owner) revert NotOwner(msg.sender);
	}

	/// Uses up what was scheduled.
	function _spend(bytes32 operation) internal {
		uint256 at = scheduled[operation];
		if (at == 0) revert NotScheduled(operation);
		if (block.timestamp < at) revert TooSoon(operation, at);
		delete scheduled[operation];
	}

	function _boundSigner(bytes32 structHash, bytes calldata signature)
		internal
		view
		returns (address)
	{
		bytes32 hash = keccak256(
			abi.encodePacked(
				hex"1901", domainSeparator(), structHash
			)
		);
		return AffiantLib.recover(hash, signature);
	}
}
