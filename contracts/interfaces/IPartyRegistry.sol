// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Names of parties
/// @notice A directory for people: no right in the protocol depends on it.
interface IPartyRegistry {
    /// @notice `account` calls itself `name`; a later registration replaces the former.
    event PartyRegistered(address indexed account, string name);

    /// @notice A name is 1 to 64 bytes.
    error PartyNameInvalid(uint256 length);

    /// @notice Registers or renames the caller.
    function register(string calldata name) external;

    /// @return name empty when the account never registered
    function nameOf(address account) external view returns (string memory name);
}
