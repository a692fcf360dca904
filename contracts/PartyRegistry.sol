// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IPartyRegistry} from "./interfaces/IPartyRegistry.sol";

contract PartyRegistry is IPartyRegistry {
    mapping(address account => string name) private _names;

    /// @inheritdoc IPartyRegistry
    function register(string calldata name) external {
        uint256 length = bytes(name).length;
        if (length == 0 || length > 64) revert PartyNameInvalid(length);
        _names[msg.sender] = name;
        emit PartyRegistered(msg.sender, name);
    }

    /// @inheritdoc IPartyRegistry
    function nameOf(address account) external view returns (string memory name) {
        return _names[account];
    }
}
