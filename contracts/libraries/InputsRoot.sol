// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {InputRef} from "../types/Task.sol";
import {TaggedHash} from "./TaggedHash.sol";

/// @title Merkle root over the inputs of a task
/// @notice Leaves in the given order, pairwise, an odd one promoted unchanged; zero when there are none.
library InputsRoot {
    function root(InputRef[] calldata inputs) internal pure returns (bytes32) {
        uint256 count = inputs.length;
        if (count == 0) return bytes32(0);
        bytes32[] memory nodes = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            nodes[i] = TaggedHash.input(inputs[i].member, inputs[i].table, inputs[i].dataset);
        }
        for (; count > 1; count = (count + 1) / 2) {
            for (uint256 i = 0; i + 1 < count; i += 2) {
                nodes[i / 2] = TaggedHash.node(nodes[i], nodes[i + 1]);
            }
            if (count % 2 == 1) nodes[count / 2] = nodes[count - 1];
        }
        return nodes[0];
    }
}
