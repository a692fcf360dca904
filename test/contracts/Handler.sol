// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// solhint-disable func-name-mixedcase, gas-custom-errors

import {ITaskManager} from "../../contracts/interfaces/ITaskManager.sol";
import {DatasetHash, TaskId, TermsHash, WorkerId} from "../../contracts/types/Ids.sol";
import {InputRef, Result, ResultStatus, Seal, Signed, Task} from "../../contracts/types/Task.sol";
import {TaskState} from "../../contracts/types/TaskState.sol";
import {vm} from "./Vm.sol";
import {Chronicle} from "./Chronicle.sol";

/// @title Everything that can be done to a deployment, in any order
/// @notice Workers 0 and 1 are honest: they answer every seal before its deadline, with one result. Worker 2 does what it likes.
/// What the rules forbid reverts and is forgotten; what they wrongly allow shows in the invariants.
contract Handler is Chronicle {
    uint256 private constant _MAX_TASKS = 24;
    address private immutable _OWNER = msg.sender;

    bytes32[] private _datasets;

    function commitDataset(uint256 member) external judged {
        member %= _MEMBERS;
        bytes32 dataset = keccak256(abi.encode(member, _datasets.length));
        _commit(member, dataset);
        _datasets.push(dataset);
    }

    function propose(uint256 seed, uint96 fee, bool changesState, uint8 how) external judged {
        if (taskIds.length == _MAX_TASKS) return;
        InputRef[] memory inputs = new InputRef[](0);
        bool hardware = how % 8 == 0;
        if (!hardware && _datasets.length != 0) inputs = _oneInput(seed);
        bytes32 of_ = hardware ? _hardwareTerms : _terms;
        bytes32 salt = bytes32(taskIds.length);
        Task memory task = _task(of_, seed % _MEMBERS, inputs, changesState, fee % 1e20, salt);
        vm.prank(_member(seed % _MEMBERS));
        TaskId taskId = _tasks.propose(task, inputs, _PARAMS);
        taskIds.push(taskId);
        Story storage story = _stories[taskId];
        story.task = task;
        for (uint256 i = 0; i < inputs.length; ++i) story.inputs.push(inputs[i]);
        vm.roll(block.number + 1);
    }

    function consent(uint256 seed, uint8 member) external judged {
        (TaskId taskId, Story storage story) = _pick(seed, TaskState.Proposed);
        _tasks.consent(story.task, _consents(TaskId.unwrap(taskId), 1 << (member % _MEMBERS))[0]);
    }

    function ready(uint256 seed, uint8 worker) external judged {
        (TaskId taskId, Story storage story) = _pick(seed, TaskState.Proposed);
        _tasks.ready(story.task, _readies(TaskId.unwrap(taskId), 1 << (worker % _WORKERS))[0]);
    }

    function seal(uint256 seed, uint8 members, uint8 workers) external judged {
        (TaskId taskId, Story storage story) = _pick(seed, TaskState.Proposed);
        Seal memory facts = _facts(taskId, story.task.terms);
        bytes32 id = TaskId.unwrap(taskId);
        // Mostly enough of both, sometimes not.
        uint256 consenting = members % 4 == 0 ? (members >> 2) % 8 : 7;
        uint256 engaged = workers % 4 == 0 ? (workers >> 2) % 8 : 3 + 4 * (workers % 2);
        _tasks.seal(story.task, _consents(id, consenting), _readies(id, engaged));
        story.facts = facts;
        story.isSealed = true;
        story.owing = _tasks.taskOf(taskId).ready & 3;
        if (story.task.terms == _hardwareTerms) hardwareSealed = true;
    }

    /// @dev An honest worker answers, with the result all honest workers have, or says that it cannot.
    function answer(uint256 seed, uint256 worker, uint8 how) external judged {
        (, Story storage story) = _pick(seed, TaskState.Sealed);
        worker %= 2;
        uint8 status = how % 16 == 0 ? ResultStatus.ABSTENTION : _outcome(story);
        _submit(story, worker, _honest(story.facts, story.task.changesState, status));
        story.owing &= ~(1 << worker);
    }

    /// @dev The third worker says anything, true or not.
    function lie(uint256 seed, uint8 how) external judged {
        (, Story storage story) = _pick(
            seed,
            how % 3 == 0 ? TaskState.Finalized : TaskState.Sealed
        );
        Result memory result = _honest(story.facts, story.task.changesState, (how % 3) + 1);
        if (how >= 128) result.outputCommitment = keccak256(abi.encode(how));
        _submit(story, 2, result);
    }

    function reportFault(uint256 seed, uint8 worker, uint8 how) external judged {
        (, Story storage story) = _pick(
            seed,
            how % 2 == 0 ? TaskState.Finalized : TaskState.Sealed
        );
        worker = worker % uint8(_WORKERS);
        bool change = story.task.changesState;
        Result memory a =
            story.signers == 0 ? _honest(story.facts, change, _outcome(story)) : story.agreed;
        // Of an honest worker there is one result and abstentions; of the third whatever one wants.
        Result memory b = _honest(
            story.facts,
            change,
            worker < 2 ? _outcome(story) : (how % 3) + 1
        );
        if (worker == 2) b.outputCommitment = bytes32(uint256(how));
        else if (how % 2 == 0) b = _honest(story.facts, change, ResultStatus.ABSTENTION);
        bytes memory signatureA = _signResult(worker, a);
        bytes memory signatureB = _signResult(worker, b);
        _tasks.reportFault(story.facts, worker, a, signatureA, b, signatureB);
    }

    function cancel(uint256 seed, uint8 by) external judged {
        if (seed % 4 != 0) return;
        (TaskId taskId, ) = _pick(seed >> 2);
        vm.prank(_member(by % _MEMBERS));
        _tasks.cancel(taskId);
    }

    function veto(uint256 seed, uint8 by) external judged {
        if (seed % 4 != 0) return;
        (, Story storage story) = _pick(seed >> 2);
        vm.prank(_member(by % _MEMBERS));
        _tasks.veto(story.task, uint8(by % _MEMBERS));
    }

    function expire(uint256 seed) external judged {
        (, Story storage story) = _pick(seed, TaskState.Sealed);
        _tasks.expire(story.facts);
    }

    function settle(uint256 seed) external judged {
        (, Story storage story) = _pick(
            seed,
            seed % 4 == 0 ? TaskState.Failed : TaskState.Finalized
        );
        _tasks.settle(story.facts, story.agreed);
    }

    function pass(uint32 time) external judged {
        _pass(time % 4 == 0 ? time % 12 hours : time % 10 minutes);
    }

    function pauseAndResume(uint8 member, uint8 how) external judged {
        bool on = how % 8 == 0;
        member = member % uint8(_MEMBERS);
        vm.prank(_member(member));
        if (on) _secrets.pause(TermsHash.wrap(_terms), member);
        else _secrets.resume(TermsHash.wrap(_terms), member);
    }

    function moveMoney(uint8 member, uint96 amount, bool out) external judged {
        address account = _member(member % _MEMBERS);
        if (!out) _token.mint(account, amount);
        vm.prank(account);
        if (out) _vault.withdraw(amount % (_vault.balanceOf(account) + 1));
        else _vault.deposit(amount);
    }

    function moveStake(uint8 worker, uint96 amount, bool out) external judged {
        uint256 i = worker % _WORKERS;
        if (!out) return _renew(i, amount % 1e18);
        // Leaving with one's stake is no punishment, so honest workers stay.
        if (i < 2) return;
        _withdrawStake(i);
    }

    /// @notice Everyone takes everything out once all deadlines are over. Not one of the random calls.
    function takeEverythingOut() external {
        require(msg.sender == _OWNER, "only for the test");
        for (uint8 i = 0; i < _MEMBERS; ++i) {
            vm.prank(_member(i));
            _secrets.resume(TermsHash.wrap(_terms), i);
        }
        _pass(2 days);
        for (uint256 i = 0; i < taskIds.length; ++i) {
            TaskId taskId = taskIds[i];
            Story storage story = _stories[taskId];
            ITaskManager.Record memory record = _tasks.taskOf(taskId);
            if (record.state == TaskState.Proposed) _tasks.cancel(taskId);
            else if (record.state == TaskState.Sealed) _tasks.expire(story.facts);
            else if (_isAgreed(record.state) && !record.settled) {
                _tasks.settle(story.facts, story.agreed);
            }
        }
        vm.warp(block.timestamp + 3 days);
        for (uint256 i = 0; i < _WORKERS; ++i) {
            _withdrawStake(i);
            _withdrawAll(_operator(i));
        }
        for (uint256 i = 0; i < _MEMBERS; ++i) _withdrawAll(_member(i));
    }

    function _submit(Story storage story, uint256 worker, Result memory result) private {
        bytes memory signature = _signResult(worker, result);
        _tasks.submitResult(story.facts, result, Signed(uint8(worker), signature));
        if (result.status == ResultStatus.ABSTENTION) return;
        TaskId taskId = TaskId.wrap(story.facts.taskId);
        if (!_isAgreed(_tasks.taskOf(taskId).state)) return;
        if (story.signers == 0) {
            story.agreed = result;
            bytes32 digest = _tasks.hashResult(result);
            for (uint8 i = 0; i < _WORKERS; ++i) {
                if (_tasks.submissionOf(taskId, i) == digest) story.signers |= 1 << i;
            }
        }
        story.signers |= 1 << worker;
    }

    /// @dev Time passes, and no honest worker lets a deadline pass without an answer.
    function _pass(uint256 time) private {
        for (uint256 i = 0; i < taskIds.length; ++i) {
            Story storage story = _stories[taskIds[i]];
            if (_tasks.taskOf(taskIds[i]).state != TaskState.Sealed) continue;
            for (uint256 worker = 0; worker < 2; ++worker) {
                if ((story.owing >> worker) & 1 == 0) continue;
                if (_tasks.taskOf(taskIds[i]).state != TaskState.Sealed) break;
                _submit(
                    story,
                    worker,
                    _honest(story.facts, story.task.changesState, ResultStatus.ABSTENTION)
                );
            }
            story.owing = 0;
        }
        for (uint256 i = 0; i < taskIds.length; ++i) _follow(taskIds[i]);
        vm.warp(block.timestamp + time);
        vm.roll(block.number + 1);
    }

    function _withdrawStake(uint256 i) private {
        WorkerId id = _id(i);
        vm.prank(_operator(i));
        _registry.withdrawStake(id);
    }

    function _withdrawAll(address account) private {
        uint256 amount = _vault.balanceOf(account);
        vm.prank(account);
        _vault.withdraw(amount);
    }

    function _oneInput(uint256 seed) private view returns (InputRef[] memory inputs) {
        bytes32 dataset = _datasets[(seed >> 8) % _datasets.length];
        inputs = new InputRef[](1);
        for (uint8 i = 0; i < _MEMBERS; ++i) {
            (uint32 chunks, , , ) = _secrets.datasetOf(
                TermsHash.wrap(_terms),
                i,
                DatasetHash.wrap(dataset)
            );
            if (chunks != 0) inputs[0] = InputRef(i, 0, DatasetHash.wrap(dataset));
        }
    }

    /// @dev One in four tasks fails, for every honest worker alike.
    function _outcome(Story storage story) private view returns (uint8) {
        bool fails = uint256(story.facts.taskId) % 4 == 0;
        return fails ? ResultStatus.FAILURE : ResultStatus.SUCCESS;
    }
}
