// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

enum TaskState {
    None,
    Proposed,
    Sealed,
    Finalized,
    Failed,
    Cancelled,
    Expired
}

using TaskStates for TaskState global;

/// @title The life of a task as a table
library TaskStates {
    // Bit `to` of byte `from` is set when the step is allowed; rows without a bit are final.
    uint56 private constant ALLOWED =
        uint56(1 << 1) | // None -> Proposed
            (uint56((1 << 2) | (1 << 5)) << 8) | // Proposed -> Sealed, Cancelled
            (uint56((1 << 3) | (1 << 4) | (1 << 6)) << 16); // Sealed -> Finalized, Failed, Expired

    function allows(TaskState from, TaskState to) internal pure returns (bool) {
        return (ALLOWED >> (uint8(from) * 8 + uint8(to))) & 1 == 1;
    }
}
