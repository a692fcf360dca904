// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Sets of members (up to 32) and of workers (up to 7), one bit each
library Masks {
    function count(uint256 mask) internal pure returns (uint256 bits) {
        // Each round clears the lowest bit, so there are at most 256.
        unchecked {
            for (; mask != 0; mask &= mask - 1) ++bits;
        }
    }

    /// @dev `mask` must not be zero.
    /// @return index of the lowest bit
    /// @return rest the mask without it
    function next(uint256 mask) internal pure returns (uint256 index, uint256 rest) {
        // The mask has a bit at or above `index` as long as the loop runs.
        unchecked {
            while ((mask >> index) & 1 == 0) ++index;
            return (index, mask & (mask - 1));
        }
    }
}
