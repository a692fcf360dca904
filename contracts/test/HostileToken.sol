// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {IVault} from "../interfaces/IVault.sol";

/// @title Calls the vault back in the middle of a transfer; for tests only
contract HostileToken is ERC20 {
    enum Attack {
        None,
        Deposit,
        Withdraw
    }

    Attack private _attack;

    constructor() ERC20("Hostile", "HOS") {}

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    /// @notice The next transfer deposits or withdraws once more, in this token's own name.
    function arm(Attack attack) external {
        _attack = attack;
    }

    /// @notice So that this token has a balance in the vault to withdraw.
    function depositOwn(IVault vault, uint256 amount) external {
        _mint(address(this), amount);
        _approve(address(this), address(vault), type(uint256).max);
        vault.deposit(amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        Attack attack = _attack;
        _attack = Attack.None;
        if (attack == Attack.Deposit) IVault(to).deposit(amount);
        if (attack == Attack.Withdraw) IVault(to).withdraw(amount);
        return super.transferFrom(from, to, amount);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        Attack attack = _attack;
        _attack = Attack.None;
        if (attack == Attack.Withdraw) IVault(msg.sender).withdraw(amount);
        return super.transfer(to, amount);
    }
}
