// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// solhint-disable func-name-mixedcase, gas-custom-errors

import {TaskState} from "../../contracts/types/TaskState.sol";

contract TaskStateTest {
    /// @dev All 49 pairs; what is not listed is forbidden.
    function test_exactlyTheStepsOfTheDesignAreAllowed() external pure {
        for (uint8 from = 0; from <= uint8(type(TaskState).max); ++from) {
            for (uint8 to = 0; to <= uint8(type(TaskState).max); ++to) {
                (TaskState a, TaskState b) = (TaskState(from), TaskState(to));
                require(a.allows(b) == _isListed(a, b), "a step differs from the design");
            }
        }
    }

    function _isListed(TaskState from, TaskState to) private pure returns (bool) {
        if (from == TaskState.None) return to == TaskState.Proposed;
        if (from == TaskState.Proposed) return to == TaskState.Sealed || to == TaskState.Cancelled;
        if (from == TaskState.Sealed) {
            return to == TaskState.Finalized || to == TaskState.Failed || to == TaskState.Expired;
        }
        return false;
    }
}
