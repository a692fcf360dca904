// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ProgramHash} from "../types/Ids.sol";

/// @title Published programs
/// @notice Owned by nobody: anyone may publish, publishing twice changes nothing.
interface IProgramRegistry {
    event ProgramPublished(
        ProgramHash indexed program,
        bytes32 moduleHash,
        bytes32 manifestHash,
        string uri,
        address publisher
    );

    /// @notice A uri is at most 256 bytes.
    error ProgramUriTooLong(uint256 length);

    /// @notice Publishes a program. Idempotent: the second call emits nothing.
    /// @param uri where bytes may be found; a hint, the hashes decide
    /// @return program tagged hash of (moduleHash, manifestHash)
    function publish(
        bytes32 moduleHash,
        bytes32 manifestHash,
        string calldata uri
    ) external returns (ProgramHash program);

    function isPublished(ProgramHash program) external view returns (bool);
}
