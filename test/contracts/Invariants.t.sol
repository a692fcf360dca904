// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// solhint-disable func-name-mixedcase, gas-custom-errors

import {Handler} from "./Handler.sol";

/// @dev What holds after every sequence of calls: the promises of DESIGN.md, section 5. Those that only look share one
/// campaign of random calls, so that it can be a long one.
contract InvariantsTest {
    Handler private _handler;

    function setUp() external {
        _handler = new Handler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// hardhat-config: invariant.runs = 32
    /// hardhat-config: invariant.depth = 250
    function invariant_promisesHold() external view {
        _theVaultHoldsWhatItOwes();
        _noResultWithoutConsentsWorkersAndSignatures();
        require(!_handler.endedTwice(), "a task ended twice");
        require(_handler.stateVersion() == _handler.stateChanges(), "not one version per change");
        require(!_handler.hardwareSealed(), "simulated evidence passed for hardware");
        require(!_handler.honestPunished(), "an honest worker lost stake");
    }

    /// hardhat-config: invariant.runs = 16
    /// hardhat-config: invariant.depth = 60
    function invariant_everyDepositComesBack() external {
        _handler.takeEverythingOut();
        (uint256 inVault, uint256 credited, uint256 locked) = _handler.balances();
        uint256 burnt = _handler.burnt();
        require(inVault == burnt && credited == burnt && locked == 0, "money stays in the vault");
    }

    function _theVaultHoldsWhatItOwes() private view {
        (uint256 inVault, uint256 credited, uint256 locked) = _handler.balances();
        require(inVault >= credited + locked, "the vault is short");
        require(locked == _handler.owed(), "locks differ from stakes and fees");
    }

    function _noResultWithoutConsentsWorkersAndSignatures() private view {
        for (uint256 i = 0; i < _handler.taskCount(); ++i) {
            require(_handler.isComplete(_handler.taskIds(i)), "a result lacks something");
        }
    }
}
