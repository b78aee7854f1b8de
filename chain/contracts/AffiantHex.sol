// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// Hexadecimal text, lower case.
library AffiantHex {
	/// The 64 digits of 32 bytes: those of the first half and of the second.
	function digits(bytes32 value)
		internal
		pure
		returns (bytes32 high, bytes32 low)
	{
		high = _half(uint256(value) >> 128);
		low = _half(uint256(value) & type(uint128).max);
	}

	/// 16 bytes. Each step halves what stands together, until every nibble
	/// has a byte of its own; then all 32 become letters at once.
	function _half(uint256 v) private pure returns (bytes32) {
		uint256 ones = type(uint256).max / 255; // 0x0101...01
		v = (v | v << 64)
			& 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
		v = (v | v << 32) & (type(uint256).max / (2 ** 32 + 1));
		v = (v | v << 16) & (type(uint256).max / (2 ** 16 + 1));
		v = (v | v << 8) & (type(uint256).max / (2 ** 8 + 1));
		v = (v | v << 4) & (type(uint256).max / (2 ** 4 + 1));
		unchecked {
			uint256 letters = ((v + 6 * ones) >> 4) & ones;
			return bytes32(v + 0x30 * ones + 0x27 * letters);
		}
	}
}
