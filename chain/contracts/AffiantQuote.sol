// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// A DCAP verifier that lives on chain: Intel's root and the collateral are
/// its matter. On success `output` is packed: version 2 bytes, body type 2,
/// TCB status 1, FMSPC 6, the quote's body, then advisories.
interface IDcapVerifier {
	function verifyAndAttestOnChain(bytes calldata quote)
		external
		payable
		returns (bool success, bytes memory output);
}

/// What "success" of a DCAP verifier leaves open: whose code it is, whether it
/// can be debugged, how well patched the machine must be.
library AffiantQuote {
	error QuoteLength(uint256 length);
	/// Neither a TD report 1.0 (2) nor 1.5 (3).
	error QuoteBody(uint256 bodyType);
	error QuoteStatus(uint8 tcbStatus);
	/// The TD can be looked into: an attribute of the TUD group is set.
	error QuoteDebug(uint8 attributes);

	uint256 private constant BODY = 11;
	uint256 private constant SIZE_10 = 584;
	uint256 private constant SIZE_15 = 648;

	/// The measurement that a rule names, and what REPORTDATA is bound to:
	/// its first half, the second being zero.
	///
	/// measurement = keccak(MRTD || MRCONFIGID || RTMR0 || RTMR1 || RTMR2),
	/// and RTMR3 behind them when MRCONFIGID is zero: nothing else names the
	/// application then. (With it, RTMR3 differs from instance to instance.)
	function judge(bytes memory output, uint8 tcbAllowed)
		internal
		pure
		returns (bytes32 measurement, bytes32 bound)
	{
		if (output.length < BODY + SIZE_10) {
			revert QuoteLength(output.length);
		}
		uint256 bodyType = uint16(bytes2(_word(output, 2)));
		if (bodyType != 2 && bodyType != 3) revert QuoteBody(bodyType);
		if (bodyType == 3 && output.length < BODY + SIZE_15) {
			revert QuoteLength(output.length);
		}
		uint8 status = uint8(output[4]);
		if (status > 7 || tcbAllowed & (1 << status) == 0) {
			revert QuoteStatus(status);
		}
		uint8 attributes = uint8(output[BODY + 120]);
		if (attributes != 0) revert QuoteDebug(attributes);
		bound = _word(output, BODY + 520);
		// A second half that is not zero was made by some other scheme.
		if (_word(output, BODY + 552) != 0) bound = 0;
		measurement = _measurement(output);
	}

	function _measurement(bytes memory output)
		private
		pure
		returns (bytes32)
	{
		bool configured = _word(output, BODY + 184) != 0
			|| _word(output, BODY + 200) != 0;
		bytes memory m = new bytes(configured ? 240 : 288);
		uint256 registers = configured ? 144 : 192;
		assembly ("memory-safe") {
			let body := add(output, 43)
			mcopy(add(m, 32), add(body, 136), 96)
			mcopy(add(m, 128), add(body, 328), registers)
		}
		return keccak256(m);
	}

	/// The caller has bounded it.
	function _word(bytes memory data, uint256 at)
		private
		pure
		returns (bytes32 out)
	{
		assembly ("memory-safe") {
			out := mload(add(add(data, 32), at))
		}
	}
}
