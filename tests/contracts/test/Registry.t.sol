// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Fixture} from "./Fixture.sol";
import {AffiantFeed} from "../contracts/AffiantFeed.sol";
import {AffiantGovernance} from "../contracts/AffiantGovernance.sol";
import {AffiantRegistry} from "../contracts/AffiantRegistry.sol";
import {IAffiantFeed, Statement} from "../contracts/IAffiantFeed.sol";

contract RegistryTest is Fixture {
	uint256 private constant OWNER_KEY = 0x0123;
	address private constant NEW = address(0xabc);

	function _one(address who)
		private
		pure
		returns (address[] memory signers, bytes32[] memory configs)
	{
		signers = new address[](1);
		configs = new bytes32[](1);
		(signers[0], configs[0]) = (who, CONFIG);
	}

	function _revoke(address who) private {
		(address[] memory signers, bytes32[] memory configs) = _one(who);
		VM.prank(GUARDIAN);
		store.revoke(signers, configs);
	}

	function _admitCall(address who) private view returns (bytes memory) {
		return abi.encodeCall(
			store.admit,
			(who, CONFIG, 0, block.timestamp + 1 days, 0)
		);
	}

	// ---- windows

	function test_admits_for_a_window_with_the_evidence() public {
		VM.expectEmit();
		emit AffiantRegistry.Admitted(
			NEW, CONFIG, (NOW + 10) << 40 | (NOW + 5), "bundle"
		);
		store.admit(NEW, CONFIG, NOW + 5, NOW + 10, "bundle");
		AffiantRegistry.Admission memory a =
			store.admission(NEW, CONFIG);
		equal(a.notBefore, NOW + 5);
		equal(a.notAfter, NOW + 10);
		VM.warp(NOW + 5);
		store.requireAdmitted(NEW, CONFIG);
		VM.warp(NOW + 10);
		store.requireAdmitted(NEW, CONFIG);
	}

	function test_refuses_windows_that_end_never_or_before() public {
		uint256[2][3] memory all = [
			[NOW, NOW],
			[NOW + 1, NOW],
			[uint256(0), NOW + 400 days + 1]
		];
		for (uint256 i = 0; i < all.length; i++) {
			refused(
				address(store),
				abi.encodeCall(
					store.admit,
					(NEW, CONFIG, all[i][0], all[i][1], 0)
				),
				abi.encodeWithSelector(
					AffiantRegistry.WindowInvalid.selector,
					all[i][0],
					all[i][1]
				)
			);
		}
	}

	// ---- who may

	function test_only_the_owner_admits() public {
		bytes memory call = _admitCall(NEW);
		VM.prank(GUARDIAN);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				AffiantGovernance.NotOwner.selector, GUARDIAN
			)
		);
	}

	function test_a_guardian_only_takes_away() public {
		bytes[] memory calls = new bytes[](6);
		calls[0] = abi.encodeCall(store.allow, ("rule", 1));
		calls[1] = abi.encodeCall(store.setGuardian, (NEW));
		calls[2] = abi.encodeCall(store.offerOwnership, (NEW));
		calls[3] = abi.encodeCall(store.setFeed, ("X", plain()));
		calls[4] = abi.encodeCall(store.schedule, ("op"));
		calls[5] = abi.encodeCall(store.cancel, ("op"));
		for (uint256 i = 0; i < calls.length; i++) {
			VM.prank(GUARDIAN);
			refused(
				address(store),
				calls[i],
				abi.encodeWithSelector(
					AffiantGovernance.NotOwner.selector,
					GUARDIAN
				)
			);
		}
		store.allow("rule", 1);
		VM.prank(GUARDIAN);
		store.forbid("rule");
		equal(store.windows("rule"), 0);
	}

	function test_strangers_take_nothing_away() public {
		(address[] memory signers, bytes32[] memory configs) =
			_one(signer);
		bytes memory want = abi.encodeWithSelector(
			AffiantGovernance.NotGuardian.selector, NEW
		);
		VM.prank(NEW);
		refused(
			address(store),
			abi.encodeCall(store.revoke, (signers, configs)),
			want
		);
		VM.prank(NEW);
		refused(
			address(store),
			abi.encodeCall(store.forbid, ("rule")),
			want
		);
		refused(
			address(store),
			abi.encodeCall(
				store.revoke, (signers, new bytes32[](0))
			),
			abi.encodeWithSelector(
					AffiantRegistry.PairsLength.selector
				)
		);
	}

	function test_ownership_is_offered_and_accepted() public {
		store.offerOwnership(NEW);
		refused(
			address(store),
			abi.encodeCall(store.acceptOwnership, ()),
			abi.encodeWithSelector(
				AffiantGovernance.NotOwner.selector,
				address(this)
			)
		);
		VM.prank(NEW);
		store.acceptOwnership();
		equal(store.owner(), NEW);
		equal(store.pendingOwner(), address(0));
	}

	function test_with_a_delay_the_owner_waits() public {
		store = newStore(2 days);
		bytes memory call = abi.encodeCall(
			store.admit, (NEW, CONFIG, 0, NOW + 9 days, 0)
		);
		bytes32 operation = keccak256(call);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				AffiantGovernance.NotScheduled.selector,
				operation
			)
		);
		store.schedule(operation);
		VM.warp(NOW + 2 days - 1);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				AffiantGovernance.TooSoon.selector,
				operation,
				NOW + 2 days
			)
		);
		VM.warp(NOW + 2 days);
		(bool ok,) = address(store).call(call);
		require(ok, "refused when due");
		// Once scheduled is once done.
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				AffiantGovernance.NotScheduled.selector,
				operation
			)
		);
		_revoke(NEW); // at once
	}

	function test_what_was_cancelled_is_not_done() public {
		store = newStore(1);
		bytes memory call = abi.encodeCall(
			store.admit, (NEW, CONFIG, 0, NOW + 9 days, 0)
		);
		store.schedule(keccak256(call));
		store.cancel(keccak256(call));
		VM.warp(NOW + 1);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				AffiantGovernance.NotScheduled.selector,
				keccak256(call)
			)
		);
	}

	// ---- going out

	function test_what_was_revoked_never_comes_back() public {
		_revoke(signer);
		bytes memory want = abi.encodeWithSelector(
			IAffiantFeed.Revoked.selector, signer, CONFIG
		);
		refused(address(store), _admitCall(signer), want);
		refused(
			address(store),
			abi.encodeCall(store.requireAdmitted, (signer, CONFIG)),
			want
		);
	}

	function test_a_leaked_key_is_kept_out_before_it_comes() public {
		_revoke(NEW);
		refused(
			address(store),
			_admitCall(NEW),
			abi.encodeWithSelector(
				IAffiantFeed.Revoked.selector, NEW, CONFIG
			)
		);
	}

	// ---- signed operations

	function _bound(bytes32 structHash) private view returns (bytes32) {
		bytes32 domain = keccak256(
			abi.encode(
				keccak256(
					"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
				),
				keccak256("Affiant"),
				keccak256("1"),
				block.chainid,
				address(store)
			)
		);
		return
			keccak256(
				abi.encodePacked(hex"1901", domain, structHash)
			);
	}

	function _signedAdmit(uint256 nonce, uint256 deadline)
		private
		view
		returns (bytes memory)
	{
		bytes32 structHash = keccak256(
			abi.encode(
				keccak256(
					"Admit(address signer,bytes32 config,uint256 notBefore,uint256 notAfter,bytes32 evidence,uint256 nonce,uint256 deadline)"
				),
				NEW,
				CONFIG,
				uint256(0),
				NOW + 1 days,
				bytes32("bundle"),
				nonce,
				deadline
			)
		);
		return abi.encodeCall(
			store.admitSigned,
			(
				NEW,
				CONFIG,
				0,
				NOW + 1 days,
				"bundle",
				nonce,
				deadline,
				sign(OWNER_KEY, _bound(structHash))
			)
		);
	}

	function _ownedByKey() private {
		store.offerOwnership(VM.addr(OWNER_KEY));
		VM.prank(VM.addr(OWNER_KEY));
		store.acceptOwnership();
	}

	function test_anybody_brings_what_the_owner_signed_once() public {
		_ownedByKey();
		bytes memory call = _signedAdmit(0, NOW);
		(bool ok,) = address(store).call(call);
		require(ok, "refused");
		store.requireAdmitted(NEW, CONFIG);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				AffiantRegistry.StaleNonce.selector, 1, 0
			)
		);
		call = _signedAdmit(1, NOW - 1);
		refused(
			address(store),
			call,
			abi.encodeWithSelector(
				AffiantGovernance.DeadlinePassed.selector,
				NOW - 1
			)
		);
	}

	function _refusedAuthorisation(bytes memory call) private {
		(bool ok, bytes memory got) = address(store).call(call);
		require(!ok, "not refused");
		equal(
			bytes32(bytes4(got)),
			bytes32(AffiantGovernance.BadAuthorisation.selector)
		);
	}

	function test_refuses_an_operation_signed_for_another_chain() public {
		_ownedByKey();
		bytes memory call = _signedAdmit(0, NOW);
		VM.chainId(block.chainid + 1);
		_refusedAuthorisation(call);
	}

	function test_refuses_an_operation_signed_for_another_contract()
		public
	{
		_ownedByKey();
		bytes memory call = _signedAdmit(0, NOW);
		store = newStore(0);
		_ownedByKey();
		_refusedAuthorisation(call);
	}

	function test_a_signed_operation_waits_too() public {
		store = newStore(2 days);
		bytes memory offer = abi.encodeCall(
			store.offerOwnership, (VM.addr(OWNER_KEY))
		);
		store.schedule(keccak256(offer));
		VM.warp(NOW + 2 days);
		_ownedByKey();
		VM.expectPartialRevert(AffiantGovernance.NotScheduled.selector);
		(bool ok,) = address(store).call(_signedAdmit(0, NOW + 3 days));
		ok;
	}

	function test_a_guardians_signature_revokes() public {
		store.setGuardian(VM.addr(OTHER));
		bytes32 hash = _bound(
			keccak256(
				abi.encode(
					keccak256(
						"Revoke(address signer,bytes32 config)"
					),
					signer,
					CONFIG
				)
			)
		);
		bytes memory wrong = sign(KEY, hash);
		refused(
			address(store),
			abi.encodeCall(
				store.revokeSigned, (signer, CONFIG, wrong)
			),
			abi.encodeWithSelector(
				AffiantGovernance.BadAuthorisation.selector,
				signer
			)
		);
		store.revokeSigned(signer, CONFIG, sign(OTHER, hash));
		VM.expectPartialRevert(IAffiantFeed.Revoked.selector);
		store.requireAdmitted(signer, CONFIG);
	}

	function test_the_bound_domain_is_that_of_the_page() public {
		address at = address(0x1111111111111111111111111111111111111111);
		VM.etch(at, address(store).code);
		VM.chainId(8453);
		equal(
			AffiantFeed(payable(at)).domainSeparator(),
			0x7c0c682b93670681eedbf5e00801b607dfa16901d11411d49a3caedf19cb5b4c
		);
	}

	// ---- equivocation

	function _report(
		uint256 keyA,
		Statement memory a,
		uint256 keyB,
		Statement memory b
	) private view returns (bytes memory) {
		return abi.encodeCall(
			store.reportEquivocation,
			(a, sign(keyA, digest(a)), b, sign(keyB, digest(b)))
		);
	}

	function test_two_values_for_one_time_freeze() public {
		Statement memory a = price(100);
		Statement memory b = price(101);
		VM.prank(NEW); // anybody
		(bool ok,) = address(store).call(_report(KEY, a, KEY, b));
		require(ok, "refused");
		bytes memory want = abi.encodeWithSelector(
			IAffiantFeed.Frozen.selector, signer, CONFIG
		);
		refused(
			address(store),
			abi.encodeCall(store.push, (a, sign(a))),
			want
		);
		refused(address(store), _admitCall(signer), want);
		refused(address(store), _report(KEY, a, KEY, b), want);
	}

	function test_a_frozen_signer_freezes_elsewhere_too() public {
		bytes32 config = keccak256("second");
		store.admit(signer, config, 0, NOW + 1 days, 0);
		refused(
			address(store),
			abi.encodeCall(store.freezeToo, (signer, config)),
			abi.encodeWithSelector(
				AffiantRegistry.NotEquivocation.selector
			)
		);
		(bool ok,) = address(store)
			.call(_report(KEY, price(1), KEY, price(2)));
		require(ok, "refused");
		VM.prank(NEW);
		store.freezeToo(signer, config);
		VM.expectPartialRevert(IAffiantFeed.Frozen.selector);
		store.requireAdmitted(signer, config);
	}

	/// A statement for a caller's nonce has the feed, time and value of the
	/// published one, and another hash; round and hash are no contradiction.
	function testFuzz_one_value_twice_freezes_nobody(
		bytes32 hash,
		uint64 round
	) public {
		Statement memory a = price(100);
		Statement memory b = price(100);
		(b.statement, b.round) = (hash, round);
		_refusedReport(KEY, a, KEY, b);
		push(b);
	}

	function test_other_differences_freeze_nobody() public {
		Statement memory a = price(100);
		Statement memory b = price(101);
		b.timestamp++;
		_refusedReport(KEY, a, KEY, b);
		b = price(101);
		b.feed = "ETH/USD";
		_refusedReport(KEY, a, KEY, b);
		b = price(101);
		b.config = keccak256("second");
		_refusedReport(KEY, a, KEY, b);
		b = price(1000); // the same number with another unit
		b.decimals = 9;
		_refusedReport(KEY, a, KEY, b);
		_refusedReport(KEY, a, OTHER, price(101));
	}

	function _refusedReport(
		uint256 keyA,
		Statement memory a,
		uint256 keyB,
		Statement memory b
	) private {
		refused(
			address(store),
			_report(keyA, a, keyB, b),
			abi.encodeWithSelector(
				AffiantRegistry.NotEquivocation.selector
			)
		);
		store.requireAdmitted(signer, CONFIG);
	}

	function test_only_the_admitted_are_frozen() public {
		refused(
			address(store),
			_report(OTHER, price(1), OTHER, price(2)),
			abi.encodeWithSelector(
				IAffiantFeed.NotAdmitted.selector,
				VM.addr(OTHER),
				CONFIG
			)
		);
	}
}
