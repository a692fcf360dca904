// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICloisterConsumer, Release} from "../interfaces/ICloisterConsumer.sol";

/// @title A consumer that refuses, or burns all gas it gets
/// @notice For tests only.
contract HostileConsumer is ICloisterConsumer {
    /// @inheritdoc ICloisterConsumer
    address public relay;
    uint256 public gasGiven;
    bool private _burns;

    error Refused();

    constructor(address relay_, bool burns) {
        relay = relay_;
        _burns = burns;
    }

    /// @inheritdoc ICloisterConsumer
    function onRelease(Release calldata, bytes calldata) external {
        gasGiven = gasleft();
        if (!_burns) revert Refused();
        while (gasleft() > 3_000) {
            // solhint-disable-previous-line no-empty-blocks
        }
    }
}
