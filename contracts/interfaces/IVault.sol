// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title All money of a deployment
/// @notice One ERC-20, pull payments, no call chosen by a task. Invariant: token balance >= sum of balances and locks.
/// Locks are kept by account, so that one account's money can never be paid out of another's.
interface IVault {
    event Deposited(address indexed account, uint256 amount);
    event Withdrawn(address indexed account, uint256 amount);
    event Locked(address indexed account, uint256 amount);
    event Released(address indexed from, address indexed to, uint256 amount);

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

    /// @notice Takes `amount` out of the account's balance into its lock. Only task manager and worker registry.
    function lock(address account, uint256 amount) external;

    /// @notice Pays `amount` out of the lock of `from` into the balance of `to`. Only task manager and worker registry.
    function release(address from, address to, uint256 amount) external;

    function balanceOf(address account) external view returns (uint256);

    function lockedOf(address account) external view returns (uint256);

    function token() external view returns (address);
}
