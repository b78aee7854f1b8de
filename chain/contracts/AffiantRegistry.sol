// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantGovernance} from "./AffiantGovernance.sol";
import {AffiantKeyService} from "./AffiantKeyService.sol";
import {AffiantKeyStatement} from "./AffiantKeyStatement.sol";
import {AffiantLib} from "./AffiantLib.sol";
import {AffiantQuote, IDcapVerifier} from "./AffiantQuote.sol";
import {IAffiantFeed, Statement} from "./IAffiantFeed.sol";
import {IAffiantRegistry} from "./IAffiantRegistry.sol";
import {Words, WordsLib} from "./Words.sol";

/// Who may speak: pairs of a signer and a configuration, each inside a window
/// of time. The configuration is part of the pair, so an operator who adds a
/// worse source under the same feed name is refused until the pair is let in.
///
/// A pair comes in by the owner's word with the hash of the evidence that was
/// judged off chain, by the signature chain of a dstack key service, or by a
/// quote that a DCAP verifier on chain has judged. The last two follow rules
/// that the owner allowed before. Every window ends: expiry is the normal
/// revocation. A pair that was revoked or frozen never comes back.
contract AffiantRegistry is AffiantGovernance, IAffiantRegistry {
	enum Standing {
		None,
		Admitted,
		Revoked,
		Frozen
	}

	/// One slot: all that an update reads of it.
	struct Admission {
		uint40 notBefore; // seconds, both ends included
		uint40 notAfter;
		Standing standing;
	}

	/// No window is longer, whoever vouches.
	uint256 internal constant MAX_WINDOW = 400 days;
	/// A quote admits within this time of its key statement.
	uint256 internal constant QUOTE_AGE_MS = 3_600_000;

	bytes32 private constant ADMIT_TYPE = keccak256(
		"Admit(address signer,bytes32 config,uint256 notBefore,uint256 notAfter,bytes32 evidence,uint256 nonce,uint256 deadline)"
	);
	bytes32 private constant REVOKE_TYPE =
		keccak256("Revoke(address signer,bytes32 config)");

	mapping(address signer => mapping(bytes32 config => Admission)) private
		_admissions;
	/// Seconds that a rule of the owner's admits for; 0: not allowed. Keys are
	/// keyServiceRule() and quoteRule().
	mapping(bytes32 rule => uint256 window) public windows;
	/// Of the owner's signed admissions, used in order.
	uint256 public nonce;
	/// Signers shown to have told two values: no rule lets another pair of
	/// theirs in, and anybody may freeze those that are.
	mapping(address signer => bool) public equivocated;

	IDcapVerifier public dcap;
	/// Bit n allows TCB status n of the verifier.
	uint8 public tcbAllowed;

	error WindowInvalid(uint256 notBefore, uint256 notAfter);
	/// The pair has a window that ends no earlier.
	error WindowNotLonger(uint256 notAfter);
	error NotAllowed(bytes32 rule);
	error NoVerifier();
	error QuoteRefused(bytes output);
	error QuoteBinding(bytes32 want, bytes32 got);
	error StaleNonce(uint256 want, uint256 got);
	error NotEquivocation();
	error PairsLength();
	error RefundFailed();

	/// window: notAfter << 40 | notBefore, in seconds.
	event Admitted(
		address indexed signer,
		bytes32 indexed config,
		uint256 window,
		bytes32 evidence
	);
	/// Beside Admitted, when a rule let the pair in: the index from a
	/// measurement or an application to what came in under it.
	event AdmittedUnder(
		bytes32 indexed rule,
		address indexed signer,
		bytes32 indexed config
	);
	event Withdrawn(
		address indexed signer, bytes32 indexed config, address by
	);
	event Equivocated(
		address indexed signer,
		bytes32 indexed config,
		bytes32 statementA,
		bytes32 statementB
	);
	event PairFrozen(address indexed signer, bytes32 indexed config);
	event RuleSet(bytes32 indexed rule, uint256 window);
	event DcapSet(IDcapVerifier verifier, uint8 tcbAllowed);

	constructor(address owner_, address guardian_, uint256 delay_)
		AffiantGovernance(owner_, guardian_, delay_)
	{}

	// ---- what consumers ask ----------------------------------------------

	function requireAdmitted(address signer, bytes32 config) external view {
		_requireAdmitted(signer, config);
	}

	function admission(address signer, bytes32 config)
		external
		view
		returns (Admission memory)
	{
		return _admissions[signer][config];
	}

	function verify(
		Statement calldata statement,
		bytes calldata signature,
		bytes32 feed,
		uint8 decimals,
		uint256 maxAgeMs
	) external view returns (int256 value) {
		(Words w, bytes32 hash) = WordsLib.from(statement);
		address signer = AffiantLib.recover(hash, signature);
		_requireAdmitted(signer, w.config());
		AffiantLib.judge(w, feed, decimals, maxAgeMs);
		return w.value();
	}

	function verifyPacked(
		bytes calldata packed,
		bytes32 feed,
		uint8 decimals,
		uint256 maxAgeMs
	) external view returns (int256 value, uint64 timestamp) {
		(Words w, address signer) = AffiantLib.open(packed);
		_requireAdmitted(signer, w.config());
		AffiantLib.judge(w, feed, decimals, maxAgeMs);
		return (w.value(), uint64(w.timestamp()));
	}

	function tryVerifyPacked(
		bytes calldata packed,
		bytes32 feed,
		uint8 decimals,
		uint256 maxAgeMs
	) external view returns (bool ok, int256 value) {
		return
			AffiantLib.tryVerify(
				this, packed, feed, decimals, maxAgeMs
			);
	}

	// ---- coming in -------------------------------------------------------

	/// By the owner, who has verified the evidence off chain; `evidence` is
	/// the SHA-256 of the bundle, so that anybody can judge it again. The
	/// owner may also shorten a window this way.
	function admit(
		address signer,
		bytes32 config,
		uint256 notBefore,
		uint256 notAfter,
		bytes32 evidence
	) external governed {
		_admit(signer, config, notBefore, notAfter, evidence);
	}

	/// The same by the owner's signature over `Admit`, brought by anybody.
	/// With a delay, what is scheduled is the struct hash.
	function admitSigned(
		address signer,
		bytes32 config,
		uint256 notBefore,
		uint256 notAfter,
		bytes32 evidence,
		uint256 nonce_,
		uint256 deadline,
		bytes calldata signature
	) external {
		if (block.timestamp > deadline) {
			revert DeadlinePassed(deadline);
		}
		if (nonce_ != nonce) revert StaleNonce(nonce, nonce_);
		bytes32 structHash = keccak256(
			abi.encode(
				ADMIT_TYPE,
				signer,
				config,
				notBefore,
				notAfter,
				evidence,
				nonce_,
				deadline
			)
		);
		address by = _boundSigner(structHash, signature);
		if (by != owner) revert BadAuthorisation(by);
		if (delay != 0) _spend(structHash);
		nonce = nonce_ + 1;
		_admit(signer, config, notBefore, notAfter, evidence);
	}

	/// By the signature chain of a dstack key service. It proves the
	/// application's id and the key, not which version runs nor when: combine
	/// it with the application contract's own allow-list.
	function admitByKeyService(
		AffiantKeyService.Chain calldata chain,
		bytes32 config
	) external {
		(address signer, address root) = AffiantKeyService.verify(chain);
		bytes32 rule = keyServiceRule(
			root, chain.appId, chain.purpose, config
		);
		_extend(signer, config, block.timestamp, rule, rule);
	}

	/// By a quote whose REPORTDATA is the SHA-256 of the `key` statement for
	/// this chain, this contract, this signer and configuration
	/// (verify/FORMAT.statement.md section 6). Fees of the verifier come with
	/// the call; what it gives back is passed on.
	function admitByQuote(
		bytes calldata quote,
		address signer,
		bytes32 config,
		uint64 timestamp
	) external payable {
		bytes32 rule = quoteRule(
			_measured(quote, signer, config, timestamp), config
		);
		_extend(signer, config, timestamp / 1000, rule, sha256(quote));
		if (address(this).balance != 0) {
			(bool ok,) = msg.sender
			.call{value: address(this).balance}(
				""
			);
			if (!ok) revert RefundFailed();
		}
	}

	/// Only a verifier has reason to send: what was too much of its fee.
	receive() external payable {
		if (msg.sender != address(dcap)) revert NoVerifier();
	}

	// ---- rules -----------------------------------------------------------

	function keyServiceRule(
		address root,
		bytes20 appId,
		string calldata purpose,
		bytes32 config
	) public pure returns (bytes32) {
		return keccak256(
			abi.encode(
				"key-service",
				root,
				appId,
				keccak256(bytes(purpose)),
				config
			)
		);
	}

	/// `measurement` as AffiantQuote computes it.
	function quoteRule(bytes32 measurement, bytes32 config)
		public
		pure
		returns (bytes32)
	{
		return keccak256(abi.encode("quote", measurement, config));
	}

	/// Pairs come in under `rule` for `window` seconds each.
	function allow(bytes32 rule, uint256 window) external governed {
		if (window == 0 || window > MAX_WINDOW) {
			revert WindowInvalid(0, window);
		}
		windows[rule] = window;
		emit RuleSet(rule, window);
	}

	/// Nobody comes in under `rule` any more. Those who did stay until they
	/// expire or are revoked: AdmittedUnder names them.
	function forbid(bytes32 rule) external guarded {
		delete windows[rule];
		emit RuleSet(rule, 0);
	}

	function setDcap(IDcapVerifier verifier, uint8 tcbAllowed_)
		external
		governed
	{
		dcap = verifier;
		tcbAllowed = tcbAllowed_;
		emit DcapSet(verifier, tcbAllowed_);
	}

	// ---- going out -------------------------------------------------------

	/// At once and for good. Also pairs that were never in: a leaked key is
	/// kept out before anybody brings it.
	function revoke(address[] calldata signers, bytes32[] calldata configs)
		external
		guarded
	{
		if (signers.length != configs.length) revert PairsLength();
		for (uint256 i = 0; i < signers.length; i++) {
			_withdraw(signers[i], configs[i], msg.sender);
		}
	}

	/// The same by the owner's or the guardian's signature over `Revoke`. It
	/// may be shown again: a revoked pair stays revoked.
	function revokeSigned(
		address signer,
		bytes32 config,
		bytes calldata signature
	) external {
		bytes32 structHash = keccak256(
			abi.encode(REVOKE_TYPE, signer, config)
		);
		address by = _boundSigner(structHash, signature);
		if (by != owner && by != guardian) revert BadAuthorisation(by);
		_withdraw(signer, config, by);
	}

	/// Two statements of one signer about one feed, one time and one
	/// configuration with two values freeze the pair, whoever shows them.
	/// The same value twice is no contradiction: a statement made for a
	/// caller's nonce shares feed, time and value with the one published and
	/// has another hash.
	function reportEquivocation(
		Statement calldata a,
		bytes calldata signatureA,
		Statement calldata b,
		bytes calldata signatureB
	) external {
		if (
			a.feed != b.feed || a.timestamp != b.timestamp
				|| a.config != b.config
				|| a.decimals != b.decimals
				|| a.value == b.value
		) revert NotEquivocation();
		(, bytes32 hash) = WordsLib.from(a);
		address signer = AffiantLib.recover(hash, signatureA);
		(, hash) = WordsLib.from(b);
		if (AffiantLib.recover(hash, signatureB) != signer) {
			revert NotEquivocation();
		}
		equivocated[signer] = true;
		_freeze(signer, a.config);
		emit Equivocated(signer, a.config, a.statement, b.statement);
	}

	/// A signer that told two values under one configuration is not believed
	/// under another.
	function freezeToo(address signer, bytes32 config) external {
		if (!equivocated[signer]) revert NotEquivocation();
		_freeze(signer, config);
	}

	// ---- inside ----------------------------------------------------------

	/// Read of every update, so by hand: where _admissions[signer][config]
	/// is, its window and standing cut out of the word.
	function _requireAdmitted(address signer, bytes32 config)
		internal
		view
	{
		uint256 place = _place(signer, config);
		uint256 word;
		assembly ("memory-safe") {
			word := sload(place)
		}
		if (word >> 80 != uint256(Standing.Admitted)) {
			_refuse(signer, config, Standing(word >> 80));
		}
		if (block.timestamp < uint40(word)) {
			revert IAffiantFeed.NotYetValid(
				signer, config, uint40(word)
			);
		}
		if (block.timestamp > word >> 40 & type(uint40).max) {
			revert IAffiantFeed.Expired(
				signer, config, uint40(word >> 40)
			);
		}
	}

	function _place(address signer, bytes32 config)
		private
		pure
		returns (uint256 place)
	{
		assembly ("memory-safe") {
			mstore(0, shr(96, shl(96, signer))) // its upper bits may be dirty
			mstore(32, _admissions.slot)
			mstore(32, keccak256(0, 64))
			mstore(0, config)
			place := keccak256(0, 64)
		}
	}

	function _refuse(address signer, bytes32 config, Standing standing)
		private
		pure
	{
		if (standing == Standing.Revoked) {
			revert IAffiantFeed.Revoked(signer, config);
		}
		if (standing == Standing.Frozen) {
			revert IAffiantFeed.Frozen(signer, config);
		}
		revert IAffiantFeed.NotAdmitted(signer, config);
	}

	/// What the verifier on chain and the checks here make of a quote: the
	/// measurement of the code that holds this signer's key.
	function _measured(
		bytes calldata quote,
		address signer,
		bytes32 config,
		uint64 timestamp
	) private returns (bytes32 measurement) {
		if (address(dcap) == address(0)) {
			revert NoVerifier();
		}
		AffiantLib.checkTime(timestamp, QUOTE_AGE_MS);
		(bool ok, bytes memory output) =
			dcap.verifyAndAttestOnChain{value: msg.value}(quote);
		if (!ok) revert QuoteRefused(output);
		bytes32 bound;
		(measurement, bound) = AffiantQuote.judge(output, tcbAllowed);
		bytes32 want =
			AffiantKeyStatement.hash(config, signer, timestamp);
		if (bound != want) revert QuoteBinding(want, bound);
	}

	/// Under a rule: a window is only ever made longer, so that nobody can
	/// shorten what stands by showing an older proof.
	function _extend(
		address signer,
		bytes32 config,
		uint256 from,
		bytes32 rule,
		bytes32 evidence
	) private {
		uint256 window = windows[rule];
		if (window == 0) revert NotAllowed(rule);
		if (equivocated[signer]) {
			revert IAffiantFeed.Frozen(signer, config);
		}
		uint256 notAfter = from + window;
		Admission memory old = _admissions[signer][config];
		if (old.notAfter >= notAfter) {
			revert WindowNotLonger(old.notAfter);
		}
		_admit(signer, config, from, notAfter, evidence);
		emit AdmittedUnder(rule, signer, config);
	}

	function _admit(
		address signer,
		bytes32 config,
		uint256 notBefore,
		uint256 notAfter,
		bytes32 evidence
	) private {
		// (A signer of zero would do no harm: nobody recovers to it.)
		unchecked {
			if (
				notAfter <= notBefore
					|| notAfter
						> block.timestamp + MAX_WINDOW
			) revert WindowInvalid(notBefore, notAfter);
		}
		uint256 place = _place(signer, config);
		uint256 word;
		assembly ("memory-safe") {
			word := sload(place)
		}
		if (word >> 80 > uint256(Standing.Admitted)) {
			_refuse(signer, config, Standing(word >> 80));
		}
		// Both below 2^40: notAfter is a time not far from now.
		word = notAfter << 40 | notBefore;
		assembly ("memory-safe") {
			sstore(place, or(shl(80, 1), word)) // Standing.Admitted
		}
		emit Admitted(signer, config, word, evidence);
	}

	function _withdraw(address signer, bytes32 config, address by) private {
		_admissions[signer][config].standing = Standing.Revoked;
		emit Withdrawn(signer, config, by);
	}

	function _freeze(address signer, bytes32 config) private {
		Admission storage a = _admissions[signer][config];
		if (a.standing != Standing.Admitted) {
			_refuse(signer, config, a.standing);
		}
		a.standing = Standing.Frozen;
		emit PairFrozen(signer, config);
	}
}
