// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Fixture} from "./Fixture.sol";
import {AffiantKeyService} from "../contracts/AffiantKeyService.sol";
import {AffiantKeyStatement} from "../contracts/AffiantKeyStatement.sol";
import {AffiantLib} from "../contracts/AffiantLib.sol";
import {AffiantQuote, IDcapVerifier} from "../contracts/AffiantQuote.sol";
import {AffiantRegistry} from "../contracts/AffiantRegistry.sol";
import {IAffiantFeed, Statement} from "../contracts/IAffiantFeed.sol";
import {Words, WordsLib} from "../contracts/Words.sol";

/// The libraries, callable.
contract Libraries {
	function opened(Statement calldata s, bytes calldata signature)
		external
		view
		returns (bytes32 hash, address signer)
	{
		(, hash) = WordsLib.from(s);
		signer = AffiantLib.recover(hash, signature);
	}

	function chain(AffiantKeyService.Chain calldata c)
		external
		view
		returns (address signer, address root)
	{
		return AffiantKeyService.verify(c);
	}

	function keyStatement(bytes32 config, address signer, uint64 time)
		external
		view
		returns (string memory)
	{
		return string(AffiantKeyStatement.text(config, signer, time));
	}
}

/// A verifier on chain that says what it was told to say.
contract Verifier is IDcapVerifier {
	bool public success = true;
	bytes public output;

	function says(bool success_, bytes calldata output_) external {
		(success, output) = (success_, output_);
	}

	function verifyAndAttestOnChain(bytes calldata)
		external
		payable
		returns (bool, bytes memory)
	{
		if (msg.value > 0) {
			(bool ok,) = msg.sender.call{value: msg.value - 1}("");
			require(ok, "refund");
		}
		return (success, output);
	}
}

/// How signers come in without the owner.
contract SourcesTest is Fixture {
	uint256 private constant ROOT = 0x2007;
	uint256 private constant APP = 0xa44;
	bytes20 private constant APP_ID = bytes20(address(0xa991d));

	Libraries private libraries;
	Verifier private verifier;
	uint64 private time; // of key statements

	function setUp() public override {
		super.setUp();
		libraries = new Libraries();
		verifier = new Verifier();
		time = uint64(NOW * 1000 - 5000);
		store.setDcap(verifier, 1);
	}

	// ---- vectors

	function test_statements_of_the_vectors() public {
		if (!VM.exists("statements.hex")) VM.skip(true);
		bytes[] memory all = abi.decode(
			VM.parseBytes(VM.readFile("statements.hex")), (bytes[])
		);
		require(all.length > 10, "few cases");
		for (uint256 i = 0; i < all.length; i++) {
			(
				Statement memory s,
				bytes32 want,
				address who,
				bytes memory signature
			) = abi.decode(
				all[i], (Statement, bytes32, address, bytes)
			);
			(bytes32 hash, address got) =
				libraries.opened(s, signature);
			equal(hash, want);
			equal(got, who);
		}
	}

	function test_key_chains_of_the_vectors() public {
		if (!VM.exists("chains.hex")) VM.skip(true);
		bytes[] memory all = abi.decode(
			VM.parseBytes(VM.readFile("chains.hex")), (bytes[])
		);
		for (uint256 i = 0; i < all.length; i++) {
			(
				AffiantKeyService.Chain memory c,
				address who,
				address root
			) = abi.decode(
				all[i],
				(AffiantKeyService.Chain, address, address)
			);
			(address gotSigner, address gotRoot) =
				libraries.chain(c);
			equal(gotSigner, who);
			equal(gotRoot, root);
		}
	}

	// ---- key service

	function _chain() private returns (AffiantKeyService.Chain memory c) {
		c.signerKey = _publicKey(OTHER);
		c.appKey = _publicKey(APP);
		c.appId = APP_ID;
		c.purpose = "ethereum";
		c.appSignature = sign(
			APP,
			keccak256(
				abi.encodePacked(
					"ethereum:",
					_hex(_compressed(c.signerKey))
				)
			)
		);
		c.rootSignature = sign(
			ROOT,
			keccak256(
				abi.encodePacked(
					"dstack-kms-issued:",
					APP_ID,
					_compressed(c.appKey)
				)
			)
		);
	}

	function _publicKey(uint256 key) private returns (bytes memory) {
		(bool ok, bytes memory wallet) = address(VM)
			.call(
				abi.encodeWithSignature(
					"createWallet(uint256)", key
				)
			);
		require(ok, "no wallet");
		(, uint256 x, uint256 y,) =
			abi.decode(wallet, (address, uint256, uint256, uint256));
		return abi.encode(x, y);
	}

	function _compressed(bytes memory key)
		private
		pure
		returns (bytes memory)
	{
		(uint256 x, uint256 y) = abi.decode(key, (uint256, uint256));
		return
			abi.encodePacked(
				y % 2 == 0 ? bytes1(0x02) : bytes1(0x03), x
			);
	}

	function _hex(bytes memory b) private pure returns (bytes memory out) {
		for (uint256 i = 0; i < b.length; i++) {
			out = abi.encodePacked(
				out,
				_digit(uint8(b[i]) / 16),
				_digit(uint8(b[i]) % 16)
			);
		}
	}

	function _digit(uint8 n) private pure returns (bytes1) {
		return bytes1(n < 10 ? 48 + n : 87 + n);
	}

	function _rule() private view returns (bytes32) {
		return
			store.keyServiceRule(
				VM.addr(ROOT), APP_ID, "ethereum", CONFIG
			);
	}

	function _byService(AffiantKeyService.Chain memory c)
		private
		view
		returns (bytes memory)
	{
		return abi.encodeCall(store.admitByKeyService, (c, CONFIG));
	}

	function test_a_key_service_admits_under_a_rule() public {
		AffiantKeyService.Chain memory c = _chain();
		refused(
			address(store),
			_byService(c),
			abi.encodeWithSelector(
				AffiantRegistry.NotAllowed.selector, _rule()
			)
		);
		store.allow(_rule(), 1 days);
		address who = VM.addr(OTHER);
		VM.expectEmit();
		emit AffiantRegistry.AdmittedUnder(_rule(), who, CONFIG);
		VM.prank(address(0xabc)); // anybody
		store.admitByKeyService(c, CONFIG);
		equal(store.admission(who, CONFIG).notAfter, NOW + 1 days);
		// Again changes nothing, later renews.
		refused(
			address(store),
			_byService(c),
			abi.encodeWithSelector(
				AffiantRegistry.WindowNotLonger.selector,
				NOW + 1 days
			)
		);
		VM.warp(NOW + 9 days);
		store.admitByKeyService(c, CONFIG);
		store.requireAdmitted(who, CONFIG);
	}

	function test_every_link_of_the_chain_counts() public {
		store.allow(_rule(), 1 days);
		AffiantKeyService.Chain memory c = _chain();
		c.signerKey = _publicKey(KEY);
		_refusedBy(c, AffiantKeyService.WrongAppKey.selector);
		c = _chain();
		c.appKey = _publicKey(KEY);
		_refusedBy(c, AffiantKeyService.WrongAppKey.selector);
		c = _chain();
		c.purpose = "other";
		_refusedBy(c, AffiantKeyService.WrongAppKey.selector);
		c = _chain();
		c.appId = bytes20(address(1));
		_refusedBy(c, AffiantRegistry.NotAllowed.selector);
		c = _chain();
		c.rootSignature = c.appSignature;
		_refusedBy(c, AffiantRegistry.NotAllowed.selector);
		c = _chain();
		c.appKey = bytes.concat(hex"04", c.appKey);
		_refusedBy(c, AffiantKeyService.KeyLength.selector);
		c = _chain();
		c.signerKey = "";
		_refusedBy(c, AffiantKeyService.KeyLength.selector);
		c = _chain();
		c.appSignature[64] = 0x00;
		_refusedBy(c, IAffiantFeed.SignatureV.selector);
		c = _chain();
		c.rootSignature = "";
		_refusedBy(c, IAffiantFeed.SignatureLength.selector);
		store.admitByKeyService(_chain(), CONFIG);
	}

	function _refusedBy(AffiantKeyService.Chain memory c, bytes4 kind)
		private
	{
		(bool ok, bytes memory got) = address(store).call(_byService(c));
		require(!ok, "not refused");
		equal(bytes32(bytes4(got)), bytes32(kind));
	}

	function test_no_rule_brings_an_equivocator_back() public {
		admit(VM.addr(OTHER));
		Statement memory a = price(1);
		Statement memory b = price(2);
		store.reportEquivocation(
			a, sign(OTHER, digest(a)), b, sign(OTHER, digest(b))
		);
		bytes32 second = keccak256("second");
		store.allow(
			store.keyServiceRule(
				VM.addr(ROOT), APP_ID, "ethereum", second
			),
			1 days
		);
		refused(
			address(store),
			abi.encodeCall(
				store.admitByKeyService, (_chain(), second)
			),
			abi.encodeWithSelector(
				IAffiantFeed.Frozen.selector,
				VM.addr(OTHER),
				second
			)
		);
	}

	// ---- quotes

	function _keyStatement(address registry)
		private
		view
		returns (string memory)
	{
		return string.concat(
			'{"chainId":31337,"config":"',
			string(_hex(abi.encodePacked(CONFIG))),
			'","kind":"key","registry":"0x',
			string(_hex(abi.encodePacked(registry))),
			'","signer":"0x',
			string(_hex(abi.encodePacked(signer))),
			'","timestamp":1799999995000,"type":"affiant.statement.v1"}'
		);
	}

	/// What a verifier answers for a good TD quote.
	function _output() private view returns (bytes memory out) {
		out = new bytes(11 + 584);
		out[3] = 0x02;
		for (uint256 i = 136; i < 520; i++) {
			out[11 + i] = bytes1(uint8(i));
		}
		bytes32 bound = sha256(bytes(_keyStatement(address(store))));
		assembly {
			mstore(add(out, add(43, 520)), bound)
		}
	}

	function _measurement(bytes memory out, bool configured)
		private
		pure
		returns (bytes32)
	{
		bytes memory m;
		uint256[2][3] memory parts = [
			[uint256(136), 96],
			[uint256(328), 144],
			[uint256(472), configured ? 0 : 48]
		];
		for (uint256 i = 0; i < 3; i++) {
			for (uint256 j = 0; j < parts[i][1]; j++) {
				m = bytes.concat(m, out[11 + parts[i][0] + j]);
			}
		}
		return keccak256(m);
	}

	function _allowed(bytes memory out, bool configured) private {
		store.allow(
			store.quoteRule(_measurement(out, configured), CONFIG),
			7 days
		);
	}

	function _byQuote() private view returns (bytes memory) {
		return abi.encodeCall(
			store.admitByQuote, ("quote", signer, CONFIG, time)
		);
	}

	function _revokedFixture() private {
		// The fixture's pair stands for 30 days; the quotes' are shorter.
		store.admit(signer, CONFIG, 0, NOW + 1, 0);
	}

	function test_a_key_statement_is_rebuilt_to_the_byte() public view {
		string memory text = Libraries(address(libraries))
			.keyStatement(CONFIG, signer, time);
		// The registry is whoever asks: here the libraries themselves.
		equal(
			keccak256(bytes(text)),
			keccak256(bytes(_keyStatement(address(libraries))))
		);
	}

	function test_a_quote_admits_under_a_rule() public {
		_revokedFixture();
		bytes memory out = _output();
		verifier.says(true, out);
		_allowed(out, true);
		store.admitByQuote("quote", signer, CONFIG, time);
		equal(
			store.admission(signer, CONFIG).notAfter,
			NOW - 5 + 7 days
		);
		refused(
			address(store),
			_byQuote(),
			abi.encodeWithSelector(
				AffiantRegistry.WindowNotLonger.selector,
				NOW - 5 + 7 days
			)
		);
	}

	function test_the_larger_report_is_read_too() public {
		_revokedFixture();
		bytes memory out = bytes.concat(_output(), new bytes(64));
		out[3] = 0x03;
		verifier.says(true, out);
		_allowed(out, true);
		store.admitByQuote("quote", signer, CONFIG, time);
	}

	function test_without_mrconfigid_the_fourth_register_counts() public {
		_revokedFixture();
		bytes memory out = _output();
		for (uint256 i = 184; i < 232; i++) {
			out[11 + i] = 0;
		}
		verifier.says(true, out);
		_allowed(out, true);
		_refusedQuote(AffiantRegistry.NotAllowed.selector);
		_allowed(out, false);
		store.admitByQuote("quote", signer, CONFIG, time);
	}

	function _refusedQuote(bytes4 kind) private {
		(bool ok, bytes memory got) = address(store).call(_byQuote());
		require(!ok, "not refused");
		equal(bytes32(bytes4(got)), bytes32(kind));
	}

	function _refusedOutput(bytes memory out, bytes4 kind) private {
		verifier.says(true, out);
		_refusedQuote(kind);
	}

	function test_success_of_the_verifier_is_not_enough() public {
		_revokedFixture();
		_allowed(_output(), true);
		bytes memory out = _output();
		verifier.says(false, "expired collateral");
		_refusedQuote(AffiantRegistry.QuoteRefused.selector);
		_refusedOutput("", AffiantQuote.QuoteLength.selector);
		assembly {
			mstore(out, 594)
		}
		_refusedOutput(out, AffiantQuote.QuoteLength.selector);
		out = _output();
		out[3] = 0x03; // the larger one, cut short
		_refusedOutput(out, AffiantQuote.QuoteLength.selector);
		out[3] = 0x01; // an SGX enclave
		_refusedOutput(out, AffiantQuote.QuoteBody.selector);
		out = _output();
		out[4] = 0x04; // out of date
		_refusedOutput(out, AffiantQuote.QuoteStatus.selector);
		out[4] = 0x08; // no status at all
		_refusedOutput(out, AffiantQuote.QuoteStatus.selector);
		out = _output();
		out[11 + 120] = 0x01; // debug
		_refusedOutput(out, AffiantQuote.QuoteDebug.selector);
		out = _output();
		out[11 + 140] ^= 0x01; // another MRTD
		_refusedOutput(out, AffiantRegistry.NotAllowed.selector);
		out = _output();
		out[11 + 521] ^= 0x01; // another key
		_refusedOutput(out, AffiantRegistry.QuoteBinding.selector);
		out = _output();
		out[11 + 583] = 0x01; // another scheme
		_refusedOutput(out, AffiantRegistry.QuoteBinding.selector);
	}

	function test_a_quote_for_another_chain_binds_nothing_here() public {
		_revokedFixture();
		bytes memory out = _output();
		verifier.says(true, out);
		_allowed(out, true);
		VM.chainId(1);
		_refusedQuote(AffiantRegistry.QuoteBinding.selector);
	}

	function test_a_quote_is_fresh_or_nothing() public {
		_revokedFixture();
		bytes memory out = _output();
		verifier.says(true, out);
		_allowed(out, true);
		VM.warp(NOW + 3600);
		_refusedQuote(IAffiantFeed.TooOld.selector);
		VM.warp(NOW - 21);
		_refusedQuote(IAffiantFeed.FromTheFuture.selector);
	}

	function test_without_a_verifier_no_quote() public {
		store.setDcap(IDcapVerifier(address(0)), 1);
		_refusedQuote(AffiantRegistry.NoVerifier.selector);
		(bool ok,) = address(store).call{value: 1}("");
		require(!ok, "money taken");
	}

	receive() external payable {
		// Entered again, it finds everything done already.
		_refusedQuote(AffiantRegistry.WindowNotLonger.selector);
	}

	function test_what_the_verifier_gives_back_comes_back() public {
		_revokedFixture();
		bytes memory out = _output();
		verifier.says(true, out);
		_allowed(out, true);
		VM.deal(address(this), 100);
		store.admitByQuote{value: 100}("quote", signer, CONFIG, time);
		equal(address(this).balance, 99);
		equal(address(store).balance, 0);
	}
}
