// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AffiantHex} from "./AffiantHex.sol";
import {AffiantLib} from "./AffiantLib.sol";

/// The signature chain of a dstack key service, two signatures long: its root
/// vouches for the application's key, the application's key for the signer's.
///
///   keccak("dstack-kms-issued:" || app id (20) || compressed app key (33))
///   keccak(purpose || ":" || hexadecimal of the compressed signer key (66))
///
/// No Ethereum prefix in either. Recovery gives addresses and the messages
/// contain keys, so both keys are supplied whole and held against what was
/// recovered. Which root it is, is for the caller to judge. The service writes
/// v as 0 or 1; who brings the chain adds 27, as signatures are here.
library AffiantKeyService {
	struct Chain {
		bytes signerKey; // x || y, 64 bytes
		bytes appKey;
		bytes20 appId;
		string purpose;
		bytes appSignature; // by the application's key
		bytes rootSignature;
	}

	/// Not 64 bytes.
	error KeyLength(uint256 length);
	/// The chain's first signature is not by the application's key.
	error WrongAppKey(address want, address got);

	function verify(Chain calldata chain)
		internal
		view
		returns (address signer, address root)
	{
		(bytes1 prefix, bytes32 x) = _compress(chain.signerKey);
		signer = _addressOf(chain.signerKey);
		(bytes32 high, bytes32 low) = AffiantHex.digits(x);
		address app = AffiantLib.recover(
			keccak256(
				abi.encodePacked(
					chain.purpose,
					":",
					prefix == 0x02
						? bytes2("02")
						: bytes2("03"),
					high,
					low
				)
			),
			chain.appSignature
		);
		(prefix, x) = _compress(chain.appKey);
		address want = _addressOf(chain.appKey);
		if (app != want) revert WrongAppKey(want, app);
		root = AffiantLib.recover(
			keccak256(
				abi.encodePacked(
					"dstack-kms-issued:",
					chain.appId,
					prefix,
					x
				)
			),
			chain.rootSignature
		);
	}

	function _compress(bytes calldata key)
		private
		pure
		returns (bytes1 prefix, bytes32 x)
	{
		if (key.length != 64) revert KeyLength(key.length);
		prefix = bytes1(2 + (uint8(key[63]) & 1));
		x = bytes32(key[:32]);
	}

	function _addressOf(bytes calldata key) private pure returns (address) {
		return address(uint160(uint256(keccak256(key))));
	}
}
