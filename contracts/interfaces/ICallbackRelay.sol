// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Result, Seal, Task} from "../types/Task.sol";
import {TaskId} from "../types/Ids.sol";
import {ICloisterConsumer} from "./ICloisterConsumer.sol";
import {ITaskManager} from "./ITaskManager.sol";

/// @title Carries an agreed output to another contract
/// @notice It holds no money, no rights and no storage, and calls one function of one interface with bounded gas: whatever a consumer
/// does when called, it can do without the relay. Whether an output is for the public is what members agreed on in the program; whoever
/// can open it could publish it anyway, so the relay does not ask.
interface ICallbackRelay {
    event OutputRelayed(TaskId indexed taskId, ICloisterConsumer indexed consumer);

    /// @param what first part that does not fit: state, result, seal, task, output
    error RelayInvalid(TaskId taskId, bytes32 what);
    error RelayTooLarge(uint256 length, uint256 maximum);
    /// @notice Gas left is not enough to give the consumer {CALLBACK_GAS}.
    error RelayGas(uint256 left, uint256 needed);

    /// @notice Shows that `output` is what a finalized task's workers agreed on, and hands it to `consumer`. Anyone, any number of
    /// times; reverts with the consumer's own error when it refuses.
    /// @param result the agreed one
    /// @param salt comes with an opened output
    function relay(
        Task calldata task,
        Seal calldata facts,
        Result calldata result,
        bytes32 salt,
        bytes calldata output,
        ICloisterConsumer consumer
    ) external;

    function TASK_MANAGER() external view returns (ITaskManager);

    /// @return bytes
    function MAX_OUTPUT() external view returns (uint256);

    /// @return gas a consumer gets, no more and no less
    function CALLBACK_GAS() external view returns (uint256);
}
