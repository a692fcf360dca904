// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Form of a sealing key: compressed secp256k1, 33 bytes
library SealingKeys {
    /// @dev Form only: whether the point lies on the curve is for whoever seals to it to find out.
    function isValid(bytes calldata key) internal pure returns (bool) {
        return key.length == 33 && (key[0] == 0x02 || key[0] == 0x03);
    }
}
