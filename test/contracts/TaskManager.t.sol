// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// solhint-disable func-name-mixedcase, gas-custom-errors

import {ITaskManager} from "../../contracts/interfaces/ITaskManager.sol";
import {IVault} from "../../contracts/interfaces/IVault.sol";
import {IWorkerRegistry} from "../../contracts/interfaces/IWorkerRegistry.sol";
import {DatasetHash, TaskId} from "../../contracts/types/Ids.sol";
import {InputRef, Result, ResultStatus, Seal, Signed, Task} from "../../contracts/types/Task.sol";
import {TaskState} from "../../contracts/types/TaskState.sol";
import {Protection} from "../../contracts/types/Terms.sol";
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @dev One fuzz test for each entry point; the values that matter are drawn, the outcome is computed beside.
contract TaskManagerTest is World {
    InputRef[] private _inputs;

    constructor() {
        for (uint8 i = 0; i < _MEMBERS; ++i) {
            bytes32 dataset = keccak256(abi.encode("data", i));
            _commit(i, dataset);
            _inputs.push(InputRef(i, 0, DatasetHash.wrap(dataset)));
        }
    }

    function testFuzz_proposeKeepsTheWindows(uint64 sealIn, uint32 window, uint96 fee) external {
        uint256 sealBy = block.timestamp + (sealIn % 40 days);
        Task memory task = _task(_terms, 0, _inputs, false, fee, bytes32(0));
        task.sealBy = uint64(sealBy);
        task.resultWindow = window;
        if (sealBy < block.timestamp + 60 || sealBy > block.timestamp + 30 days) {
            _expect(abi.encodeWithSelector(ITaskManager.TaskInvalid.selector, bytes32("sealBy")));
        } else if (window < 60 || window > 30 days) {
            _expect(
                abi.encodeWithSelector(ITaskManager.TaskInvalid.selector, bytes32("resultWindow"))
            );
        } else if (fee > _FUNDS) {
            _expect(
                abi.encodeWithSelector(
                    IVault.VaultBalanceTooLow.selector,
                    _member(0),
                    _FUNDS,
                    uint256(fee)
                )
            );
        }
        vm.prank(_member(0));
        _tasks.propose(task, _inputs, _PARAMS);
    }

    function testFuzz_sealNeedsEveryConsentAndTwoWorkers(uint8 members, uint8 workers) external {
        (Task memory task, TaskId taskId) = _propose(_inputs, false, 0);
        uint256 consents = members % 8;
        uint256 readies = workers % 8;
        Signed[] memory consenting = _consents(TaskId.unwrap(taskId), consents);
        Signed[] memory signed = _readies(TaskId.unwrap(taskId), readies);
        if (consents != 7) {
            _expect(
                abi.encodeWithSelector(
                    ITaskManager.TaskConsentMissing.selector,
                    taskId,
                    uint32(7 & ~consents)
                )
            );
        } else if (_bits(readies) < _THRESHOLD) {
            _expect(
                abi.encodeWithSelector(
                    ITaskManager.TaskNotReady.selector,
                    taskId,
                    uint8(readies),
                    _THRESHOLD
                )
            );
        }
        _tasks.seal(task, consenting, signed);
    }

    function testFuzz_consentsOfOneTaskAreNotThoseOfAnother(bytes32 salt) external {
        vm.assume(salt != bytes32(0));
        (, TaskId first) = _propose(_inputs, false, 0);
        Task memory task = _task(_terms, 0, _inputs, false, 0, salt);
        vm.prank(_member(0));
        TaskId second = _tasks.propose(task, _inputs, _PARAMS);
        vm.roll(block.number + 1);
        Signed[] memory consenting = _consents(TaskId.unwrap(first), 7);
        _expect(abi.encodeWithSelector(ITaskManager.TaskConsentInvalid.selector, second, uint8(0)));
        _tasks.seal(task, consenting, new Signed[](0));
    }

    /// @dev Whatever is signed, an outsider's result never counts.
    function testFuzz_outsidersSubmitNothing(
        uint256 key,
        uint8 index,
        Result memory result
    ) external {
        key = (key % type(uint128).max) + 10_000;
        (Seal memory facts, TaskId taskId) = _seal(false, 0);
        result.sealDigest = _HASHES.seal(facts);
        result.status = ResultStatus.SUCCESS;
        result.reason = bytes32(0);
        result.nextStateRoot = bytes32(0);
        bytes memory signature = _sign(key, _tasks.hashResult(result));
        bytes32 what = index < _WORKERS ? bytes32("signature") : bytes32("worker");
        _expect(abi.encodeWithSelector(ITaskManager.ResultInvalid.selector, taskId, what));
        _tasks.submitResult(facts, result, Signed(index, signature));
    }

    /// @dev Facts that are not the sealed ones, in whatever field, are refused.
    function testFuzz_sealedFactsCannotBeChanged(Seal memory other, uint8 field) external {
        (Seal memory facts, TaskId taskId) = _seal(false, 0);
        Seal memory changed = _mix(facts, other, field % 8);
        vm.assume(_HASHES.seal(changed) != _HASHES.seal(facts));
        Result memory result = _honest(changed, false, ResultStatus.SUCCESS);
        bytes memory signature = _signResult(0, result);
        bytes32 what = "seal";
        _expect(abi.encodeWithSelector(ITaskManager.ResultInvalid.selector, taskId, what));
        _tasks.submitResult(changed, result, Signed(0, signature));
    }

    /// @dev The fee leaves the payer once, whatever it is and whoever earns it.
    function testFuzz_feeIsSplitAndTheRestComesBack(uint96 fee, uint8 late) external {
        fee = uint96(fee % _FUNDS);
        (Seal memory facts, ) = _seal(false, fee);
        Result memory result = _honest(facts, false, ResultStatus.SUCCESS);
        uint256 workers = late % 2 == 0 ? 2 : 3;
        for (uint256 i = 0; i < workers; ++i) {
            bytes memory signature = _signResult(i, result);
            _tasks.submitResult(facts, result, Signed(uint8(i), signature));
        }
        vm.warp(block.timestamp + _WINDOW + 1);
        _tasks.settle(facts, result);

        uint256 share = fee / _WORKERS;
        for (uint256 i = 0; i < _WORKERS; ++i) {
            uint256 earned = i < workers ? share : 0;
            require(_vault.balanceOf(_operator(i)) == _FUNDS - _STAKE + earned, "operator's money");
        }
        require(_vault.balanceOf(_member(0)) == _FUNDS - share * workers, "payer's money");
        require(_vault.totalLocked() == _STAKE * _WORKERS, "something stays locked");
    }

    function testFuzz_expiryRefundsAndSlashesTheSilent(uint96 fee, uint8 answers) external {
        fee = uint96(fee % _FUNDS);
        (Seal memory facts, TaskId taskId) = _seal(false, fee);
        // Two bits for each worker: silent, success of its own, failure of its own, abstention.
        uint256 silent = 0;
        for (uint256 i = 0; i < _WORKERS; ++i) {
            uint8 status = (answers >> (2 * i)) & 3;
            if (status == 0) {
                ++silent;
                continue;
            }
            Result memory result = _honest(facts, false, status);
            if (status == ResultStatus.SUCCESS) result.outputCommitment = bytes32(i);
            else result.reason = bytes32(i + 1);
            bytes memory signature = _signResult(i, result);
            _tasks.submitResult(facts, result, Signed(uint8(i), signature));
        }
        vm.warp(block.timestamp + _WINDOW + 1);
        _tasks.expire(facts);

        require(_tasks.taskOf(taskId).state == TaskState.Expired, "not expired");
        uint256 slashed = (_STAKE / 10) * silent;
        require(_vault.balanceOf(_member(0)) == _FUNDS, "refund");
        require(_vault.balanceOf(address(0xdead)) == slashed, "slashed stake is burnt");
        require(_vault.totalLocked() == _STAKE * _WORKERS - slashed, "locked stake");
    }

    /// @dev No pair of things an honest worker signs is a fault: one success, and any number of others.
    function testFuzz_honestWorkersHaveNoFault(Result memory b, uint8 status) external {
        (Seal memory facts, TaskId taskId) = _seal(false, 0);
        Result memory a = _honest(facts, false, ResultStatus.SUCCESS);
        b.sealDigest = a.sealDigest;
        b.status = status % 2 == 0 ? ResultStatus.FAILURE : ResultStatus.ABSTENTION;
        bytes memory signatureA = _signResult(0, a);
        bytes memory signatureB = _signResult(0, b);
        bytes memory reason = abi.encodeWithSelector(ITaskManager.FaultNotProven.selector, taskId);
        _expect(reason);
        _tasks.reportFault(facts, 0, a, signatureA, b, signatureB);
        _expect(reason);
        _tasks.reportFault(facts, 0, b, signatureB, a, signatureA);
        _expect(reason);
        _tasks.reportFault(facts, 0, a, signatureA, a, signatureA);
    }

    function testFuzz_equivocationCostsTheStakeOnce(Result memory b) external {
        (Seal memory facts, TaskId taskId) = _seal(false, 0);
        Result memory a = _honest(facts, false, ResultStatus.SUCCESS);
        b.sealDigest = a.sealDigest;
        b.status = ResultStatus.SUCCESS;
        bytes memory signatureA = _signResult(0, a);
        bytes memory signatureB = _signResult(0, b);
        _tasks.reportFault(facts, 0, a, signatureA, b, signatureB);
        require(_registry.workerOf(_id(0)).stake == 0, "stake is left");
        require(_vault.balanceOf(address(0xdead)) == _STAKE, "slashed stake is burnt");
        require(_vault.balanceOf(_member(0)) == _FUNDS, "a slash pays somebody");
        _expect(abi.encodeWithSelector(ITaskManager.FaultNotProven.selector, taskId));
        _tasks.reportFault(facts, 0, a, signatureA, b, signatureB);
    }

    function testFuzz_simulatedEvidenceNeverSealsWhatDemandsHardware(uint8 workers) external {
        uint256 readies = (workers % 7) + 1;
        Task memory task = _task(_hardwareTerms, 0, new InputRef[](0), false, 0, bytes32(0));
        vm.prank(_member(0));
        bytes32 id = TaskId.unwrap(_tasks.propose(task, new InputRef[](0), _PARAMS));
        vm.roll(block.number + 1);
        Signed[] memory signed = _readies(id, readies);
        _expect(
            abi.encodeWithSelector(
                IWorkerRegistry.WorkerProtectionTooLow.selector,
                _id(signed[0].by),
                Protection.SIMULATED,
                Protection.HARDWARE
            )
        );
        _tasks.seal(task, new Signed[](0), signed);
    }

    function _propose(
        InputRef[] memory inputs,
        bool changesState,
        uint96 fee
    ) private returns (Task memory task, TaskId taskId) {
        task = _task(_terms, 0, inputs, changesState, fee, bytes32(0));
        vm.prank(_member(0));
        taskId = _tasks.propose(task, inputs, _PARAMS);
        vm.roll(block.number + 1);
    }

    function _seal(
        bool changesState,
        uint96 fee
    ) private returns (Seal memory facts, TaskId taskId) {
        Task memory task;
        (task, taskId) = _propose(_inputs, changesState, fee);
        facts = _facts(taskId, _terms);
        bytes32 id = TaskId.unwrap(taskId);
        Signed[] memory consenting = _consents(id, 7);
        _tasks.seal(task, consenting, _readies(id, 7));
    }

    function _mix(
        Seal memory facts,
        Seal memory other,
        uint8 field
    ) private pure returns (Seal memory mixed) {
        mixed = Seal(
            facts.taskId,
            facts.terms,
            facts.committeeVersion,
            facts.committee,
            facts.version,
            facts.stateRoot,
            facts.blockNumber,
            facts.time,
            facts.protection
        );
        if (field == 0) mixed.terms = other.terms;
        else if (field == 1) mixed.committeeVersion = other.committeeVersion;
        else if (field == 2) mixed.committee = other.committee;
        else if (field == 3) mixed.version = other.version;
        else if (field == 4) mixed.stateRoot = other.stateRoot;
        else if (field == 5) mixed.blockNumber = other.blockNumber;
        else if (field == 6) mixed.time = other.time;
        else mixed.protection = other.protection;
    }

    function _bits(uint256 mask) private pure returns (uint256 count) {
        for (; mask != 0; mask >>= 1) count += mask & 1;
    }

    function _expect(bytes memory reason) private {
        vm.expectRevert(reason);
    }
}
