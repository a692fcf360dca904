// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title All money of a deployment
/// @notice One ERC-20, pull payments, no call chosen by a task. Invariant: token balance >= sum of balances + locked.
interface IVault {
    event Deposited(address indexed account, uint256 amount);
    event Withdrawn(address indexed account, uint256 amount);
    event Locked(address indexed account, uint256 amount);
    event Credited(address indexed account, uint256 amount);

    error VaultBalanceTooLow(address account, uint256 balance, uint256 needed);
    error VaultUnauthorized(address caller);
    error VaultNothingReceived();

    /// @notice Pulls `amount` from the caller and credits what arrived, by balance difference (fee-on-transfer tokens).
    function deposit(uint256 amount) external;

    /// @notice {deposit} with an ERC-2612 permit. A permit that somebody else already used is not an error.
    function depositWithPermit(
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    function withdraw(uint256 amount) external;

    /// @notice Takes `amount` out of the account's balance into locks. Only task manager and worker registry.
    function lock(address account, uint256 amount) external;

    /// @notice Pays `amount` out of locks into the account's balance. Only task manager and worker registry.
    function credit(address account, uint256 amount) external;

    function balanceOf(address account) external view returns (uint256);

    function totalLocked() external view returns (uint256);

    function token() external view returns (address);
}
