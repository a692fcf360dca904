// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Money for local chains only
/// @notice Anyone may mint: worth nothing anywhere.
contract TestToken is ERC20Permit {
    constructor() ERC20("Cloister test token", "CTT") ERC20Permit("Cloister test token") {}

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }
}
