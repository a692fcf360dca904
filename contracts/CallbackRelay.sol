// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICallbackRelay} from "./interfaces/ICallbackRelay.sol";
import {ICloisterConsumer, Release} from "./interfaces/ICloisterConsumer.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {TaggedHash} from "./libraries/TaggedHash.sol";
import {TaskId, TermsHash} from "./types/Ids.sol";
import {Result, Seal, Task} from "./types/Task.sol";
import {TaskState} from "./types/TaskState.sol";

contract CallbackRelay is ICallbackRelay {
    /// @inheritdoc ICallbackRelay
    uint256 public constant MAX_OUTPUT = 16_384;
    /// @inheritdoc ICallbackRelay
    uint256 public constant CALLBACK_GAS = 500_000;
    /// @dev For what runs between the check and the call, and after it.
    uint256 private constant _SPARE_GAS = 30_000;
    /// @inheritdoc ICallbackRelay
    ITaskManager public immutable TASK_MANAGER;

    constructor(ITaskManager taskManager) {
        TASK_MANAGER = taskManager;
    }

    /// @inheritdoc ICallbackRelay
    function relay(
        Task calldata task,
        Seal calldata facts,
        Result calldata result,
        bytes32 salt,
        bytes calldata output,
        ICloisterConsumer consumer
    ) external {
        if (output.length > MAX_OUTPUT) revert RelayTooLarge(output.length, MAX_OUTPUT);
        TaskId taskId = TASK_MANAGER.hashTask(task);
        _verify(taskId, facts, result);
        _require(TaggedHash.output(salt, output) == result.outputCommitment, taskId, "output");
        emit OutputRelayed(taskId, consumer);

        Release memory release = Release({
            terms: TermsHash.wrap(task.terms),
            taskId: taskId,
            requester: task.requester,
            functionName: task.functionName,
            paramsHash: task.paramsHash,
            version: facts.version,
            sealedAt: facts.time
        });
        // EIP-150 keeps a 64th back: without this check a caller short of gas could make the consumer fail halfway.
        uint256 needed = ((CALLBACK_GAS + _SPARE_GAS) * 64) / 63;
        if (gasleft() < needed) revert RelayGas(gasleft(), needed);
        consumer.onRelease{gas: CALLBACK_GAS}(release, output);
    }

    /// @dev The digest on chain vouches for the result, the result for the seal, the seal for the task.
    function _verify(TaskId taskId, Seal calldata facts, Result calldata result) private view {
        ITaskManager.Record memory record = TASK_MANAGER.taskOf(taskId);
        _require(record.state == TaskState.Finalized, taskId, "state");
        _require(record.digest == TASK_MANAGER.hashResult(result), taskId, "result");
        _require(result.sealDigest == TaggedHash.seal(facts), taskId, "seal");
        _require(facts.taskId == TaskId.unwrap(taskId), taskId, "task");
    }

    function _require(bool ok, TaskId taskId, bytes32 what) private pure {
        if (!ok) revert RelayInvalid(taskId, what);
    }
}
