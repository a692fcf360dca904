// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IProgramRegistry} from "./interfaces/IProgramRegistry.sol";
import {TaggedHash} from "./libraries/TaggedHash.sol";
import {ProgramHash} from "./types/Ids.sol";

contract ProgramRegistry is IProgramRegistry {
    mapping(ProgramHash program => bool published) private _published;

    /// @inheritdoc IProgramRegistry
    function publish(
        bytes32 moduleHash,
        bytes32 manifestHash,
        string calldata uri
    ) external returns (ProgramHash program) {
        if (bytes(uri).length > 256) revert ProgramUriTooLong(bytes(uri).length);
        program = TaggedHash.program(moduleHash, manifestHash);
        if (_published[program]) return program;
        _published[program] = true;
        emit ProgramPublished(program, moduleHash, manifestHash, uri, msg.sender);
    }

    /// @inheritdoc IProgramRegistry
    function isPublished(ProgramHash program) external view returns (bool) {
        return _published[program];
    }
}
