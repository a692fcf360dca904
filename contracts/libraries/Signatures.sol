// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Who signed
library Signatures {
    /// @return signer zero when the signature is not a well-formed one (65 bytes, low s)
    function signerOf(
        bytes32 digest,
        bytes calldata signature
    ) internal pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecoverCalldata(digest, signature);
    }

    /// @dev `expected` is zero for members and workers that do not exist: no signature is theirs.
    function isBy(
        bytes32 digest,
        bytes calldata signature,
        address expected
    ) internal pure returns (bool) {
        return expected != address(0) && signerOf(digest, signature) == expected;
    }
}
