// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";

import {IVault} from "./interfaces/IVault.sol";

contract Vault is IVault, ReentrancyGuard {
    using SafeERC20 for IERC20;

    IERC20 private immutable _TOKEN;
    address private immutable _TASK_MANAGER;
    address private immutable _WORKER_REGISTRY;

    mapping(address account => uint256 amount) private _balances;
    uint256 private _locked;

    modifier onlyBookkeepers() {
        if (msg.sender != _TASK_MANAGER && msg.sender != _WORKER_REGISTRY) {
            revert VaultUnauthorized(msg.sender);
        }
        _;
    }

    constructor(IERC20 token_, address taskManager, address workerRegistry) {
        _TOKEN = token_;
        _TASK_MANAGER = taskManager;
        _WORKER_REGISTRY = workerRegistry;
    }

    /// @inheritdoc IVault
    function deposit(uint256 amount) external nonReentrant {
        _deposit(amount);
    }

    /// @inheritdoc IVault
    function depositWithPermit(
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        IERC20Permit permit = IERC20Permit(address(_TOKEN));
        // Whoever saw the permit may have used it already; the allowance is there all the same, and if not, the pull fails.
        try permit.permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(amount);
    }

    /// @inheritdoc IVault
    function withdraw(uint256 amount) external nonReentrant {
        _take(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
        _TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IVault
    function lock(address account, uint256 amount) external onlyBookkeepers {
        _take(account, amount);
        _locked += amount;
        emit Locked(account, amount);
    }

    /// @inheritdoc IVault
    function credit(address account, uint256 amount) external onlyBookkeepers {
        _locked -= amount;
        _balances[account] += amount;
        emit Credited(account, amount);
    }

    /// @inheritdoc IVault
    function balanceOf(address account) external view returns (uint256) {
        return _balances[account];
    }

    /// @inheritdoc IVault
    function totalLocked() external view returns (uint256) {
        return _locked;
    }

    /// @inheritdoc IVault
    function token() external view returns (address) {
        return address(_TOKEN);
    }

    /// @dev Credits what arrived, not what was asked for. The guard of the callers keeps a token that calls back from
    /// having one arrival counted twice.
    function _deposit(uint256 amount) private {
        uint256 before = _TOKEN.balanceOf(address(this));
        _TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 now_ = _TOKEN.balanceOf(address(this));
        if (now_ <= before) revert VaultNothingReceived();
        _balances[msg.sender] += now_ - before;
        emit Deposited(msg.sender, now_ - before);
    }

    function _take(address account, uint256 amount) private {
        uint256 balance = _balances[account];
        if (balance < amount) revert VaultBalanceTooLow(account, balance, amount);
        _balances[account] = balance - amount;
    }
}
