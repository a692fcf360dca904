// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// solhint-disable func-name-mixedcase, gas-custom-errors

import {ITaskManager} from "../../contracts/interfaces/ITaskManager.sol";
import {TaskId, TermsHash} from "../../contracts/types/Ids.sol";
import {InputRef, Result, Seal, Task} from "../../contracts/types/Task.sol";
import {TaskState} from "../../contracts/types/TaskState.sol";
import {World} from "./World.sol";

/// @title What happened to every task, written down beside the contracts, and the questions of the invariants
contract Chronicle is World {
    struct Story {
        Task task;
        InputRef[] inputs;
        Seal facts;
        Result agreed;
        bool isSealed;
        TaskState ended;
        /// Workers whose signature on the agreed result was submitted.
        uint256 signers;
        /// Honest workers that have not answered.
        uint256 owing;
    }

    TaskId[] public taskIds;
    uint256 public stateChanges;
    bool public endedTwice;
    bool public honestPunished;
    bool public hardwareSealed;
    mapping(TaskId => Story) internal _stories;

    modifier judged() {
        uint256 stakes = _honestStakes();
        _;
        if (_honestStakes() < stakes) honestPunished = true;
        for (uint256 i = 0; i < taskIds.length; ++i) _follow(taskIds[i]);
    }

    /// @notice What must be locked: stakes, fees of open tasks, shares nobody earned yet.
    function owed() external view returns (uint256 sum) {
        for (uint256 i = 0; i < _WORKERS; ++i) sum += _registry.workerOf(_id(i)).stake;
        for (uint256 i = 0; i < taskIds.length; ++i) {
            ITaskManager.Record memory record = _tasks.taskOf(taskIds[i]);
            if (record.state == TaskState.Proposed || record.state == TaskState.Sealed) {
                sum += record.fee;
            } else if (_isAgreed(record.state) && !record.settled) {
                sum += record.fee - (record.fee / _bits(record.ready)) * _bits(record.paid);
            }
        }
    }

    function balances() external view returns (uint256 inVault, uint256 credited, uint256 locked) {
        for (uint256 i = 0; i < _MEMBERS; ++i) credited += _vault.balanceOf(_member(i));
        for (uint256 i = 0; i < _WORKERS; ++i) credited += _vault.balanceOf(_operator(i));
        credited += burnt();
        return (_token.balanceOf(address(_vault)), credited, _vault.totalLocked());
    }

    /// @notice Slashed stake: nobody's, for ever.
    function burnt() public view returns (uint256) {
        return _vault.balanceOf(address(0xdead));
    }

    function taskCount() external view returns (uint256) {
        return taskIds.length;
    }

    function stateVersion() external view returns (uint64) {
        return _secrets.statusOf(TermsHash.wrap(_terms)).version;
    }

    /// @notice Whether a finished task has all that a result needs.
    function isComplete(TaskId taskId) external view returns (bool) {
        ITaskManager.Record memory record = _tasks.taskOf(taskId);
        if (!_isAgreed(record.state)) return true;
        Story storage story = _stories[taskId];
        uint256 needed = 0;
        for (uint256 i = 0; i < story.inputs.length; ++i) needed |= 1 << story.inputs[i].member;
        return
            needed & ~uint256(record.consented) == 0 &&
            _bits(record.ready) >= _THRESHOLD &&
            _bits(story.signers) >= _THRESHOLD &&
            record.digest == _tasks.hashResult(story.agreed);
    }

    /// @dev Sees every step of every task.
    function _follow(TaskId taskId) internal {
        Story storage story = _stories[taskId];
        TaskState state = _tasks.taskOf(taskId).state;
        if (story.ended == state) return;
        bool open = state == TaskState.Proposed || state == TaskState.Sealed;
        if (story.ended != TaskState.None) endedTwice = true;
        else if (!open) {
            story.ended = state;
            if (state == TaskState.Finalized && story.task.changesState) ++stateChanges;
        }
    }

    /// @dev Any task, which the call may not fit.
    function _pick(uint256 seed) internal view returns (TaskId taskId, Story storage story) {
        require(taskIds.length != 0, "no task yet");
        taskId = taskIds[seed % taskIds.length];
        return (taskId, _stories[taskId]);
    }

    /// @dev Mostly a task in this state, so that long stories happen too.
    function _pick(
        uint256 seed,
        TaskState state
    ) internal view returns (TaskId taskId, Story storage story) {
        for (uint256 i = 0; seed % 16 != 0 && i < taskIds.length; ++i) {
            taskId = taskIds[(seed + i) % taskIds.length];
            if (_tasks.taskOf(taskId).state == state) return (taskId, _stories[taskId]);
        }
        return _pick(seed);
    }

    function _honestStakes() private view returns (uint256) {
        return uint256(_registry.workerOf(_id(0)).stake) + _registry.workerOf(_id(1)).stake;
    }

    function _isAgreed(TaskState state) internal pure returns (bool) {
        return state == TaskState.Finalized || state == TaskState.Failed;
    }

    function _bits(uint256 mask) internal pure returns (uint256 count) {
        for (; mask != 0; mask >>= 1) count += mask & 1;
    }
}
