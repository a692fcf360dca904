// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {TaskBook} from "./TaskBook.sol";
import {ISecretContracts} from "./interfaces/ISecretContracts.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {InputsRoot} from "./libraries/InputsRoot.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TaggedHash} from "./libraries/TaggedHash.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {DatasetHash, TaskId, TermsHash} from "./types/Ids.sol";
import {InputRef, Signed, Task} from "./types/Task.sol";
import {TaskState} from "./types/TaskState.sol";

/// @title From proposal to seal or withdrawal: everything but the sealing itself
abstract contract TaskProposals is TaskBook {
    uint256 private constant _MAX_INPUTS = 64;
    uint256 private constant _MAX_NAME = 64;
    uint256 private constant _MAX_PARAMS = 16_384;

    /// @inheritdoc ITaskManager
    function propose(
        Task calldata task,
        InputRef[] calldata inputs,
        bytes calldata params
    ) external returns (TaskId taskId) {
        _checkTask(task, params);
        uint32 required = _checkInputs(task, inputs);
        taskId = _hash(task);
        Entry storage entry = _tasks[taskId];
        if (entry.state != TaskState.None) revert TaskKnown(taskId);

        _advance(taskId, TaskState.Proposed);
        entry.flags = task.changesState ? _CHANGES_STATE : 0;
        entry.requester = task.requester;
        entry.fee = task.fee;
        entry.deadline = uint40(task.sealBy);
        entry.digest = _pack(msg.sender, uint64(block.number), required);
        emit TaskProposed(taskId, TermsHash.wrap(task.terms), task, inputs, params);
        _VAULT.lock(msg.sender, task.fee);
    }

    /// @inheritdoc ITaskManager
    function consent(Task calldata task, Signed calldata consent_) external {
        TaskId taskId = _hash(task);
        Entry storage entry = _expect(taskId, TaskState.Proposed, TaskState.Sealed);
        uint8 member = consent_.by;
        if (member > 31) revert TaskConsentInvalid(taskId, member);
        uint32 bit = uint32(1) << member;
        address key = _SECRET_CONTRACTS.consentKeysOf(TermsHash.wrap(task.terms), bit)[0];
        if (
            entry.consented & bit != 0 ||
            !Signatures.isBy(TaskId.unwrap(taskId), consent_.signature, key)
        ) revert TaskConsentInvalid(taskId, member);

        entry.consented |= bit;
        emit TaskConsented(taskId, member, consent_.signature);
    }

    /// @inheritdoc ITaskManager
    function ready(Task calldata task, Signed calldata ready_) external {
        TaskId taskId = _hash(task);
        Entry storage entry = _expect(taskId, TaskState.Proposed, TaskState.Sealed);
        TermsHash terms = TermsHash.wrap(task.terms);
        ISecretContracts.Status memory status = _SECRET_CONTRACTS.statusOf(terms);
        uint8 index = ready_.by;
        (address signer, ) = _WORKERS.signerOf(
            _SECRET_CONTRACTS.workerAt(terms, status.committeeVersion, index)
        );
        bytes32 digest = _digest(TypedData.ready(TaskId.unwrap(taskId), status.committee));
        if (!Signatures.isBy(digest, ready_.signature, signer)) {
            revert TaskReadyInvalid(taskId, index);
        }
        // Bits that were set under another committee mean other workers.
        uint8 others = entry.committeeVersion == status.committeeVersion ? entry.ready : 0;
        uint8 bit = uint8(1) << index;
        if (others & bit != 0) revert TaskReadyInvalid(taskId, index);

        entry.committeeVersion = status.committeeVersion;
        entry.ready = others | bit;
        emit TaskReady(taskId, index, ready_.signature);
    }

    /// @inheritdoc ITaskManager
    function veto(Task calldata task, uint8 member) external {
        TaskId taskId = _hash(task);
        Entry storage entry = _expect(taskId, TaskState.Proposed, TaskState.Cancelled);
        TermsHash terms = TermsHash.wrap(task.terms);
        _SECRET_CONTRACTS.requireMember(terms, member, msg.sender, 0);
        (address payer, , uint32 required) = _unpack(entry.digest);
        uint32 affected = required | _SECRET_CONTRACTS.statusOf(terms).stateContributors;
        if ((affected >> member) & 1 == 0) revert TaskUnauthorized(taskId, msg.sender);

        emit TaskVetoed(taskId, member);
        _withdraw(taskId, payer, entry.fee);
    }

    /// @inheritdoc ITaskManager
    function cancel(TaskId taskId) external {
        Entry storage entry = _expect(taskId, TaskState.Proposed, TaskState.Cancelled);
        (address payer, , ) = _unpack(entry.digest);
        uint40 sealBy = entry.deadline;
        if (msg.sender != payer && block.timestamp <= sealBy) revert TaskTooEarly(taskId, sealBy);
        _withdraw(taskId, payer, entry.fee);
    }

    function _withdraw(TaskId taskId, address payer, uint256 fee) private {
        _advance(taskId, TaskState.Cancelled);
        _VAULT.credit(payer, fee);
    }

    function _checkTask(Task calldata task, bytes calldata params) private view {
        if (task.epsilon != 0) revert TaskEpsilonUnsupported(task.epsilon);
        uint256 length = bytes(task.functionName).length;
        _require(length != 0 && length <= _MAX_NAME, "functionName");
        _require(
            params.length != 0 &&
                params.length <= _MAX_PARAMS &&
                TaggedHash.params(params) == task.paramsHash,
            "params"
        );
        _require(task.recipients != 0, "recipients");
        _require(
            task.sealBy >= block.timestamp + MIN_WINDOW &&
                task.sealBy <= block.timestamp + MAX_WINDOW,
            "sealBy"
        );
        _require(
            task.resultWindow >= MIN_WINDOW && task.resultWindow <= MAX_WINDOW,
            "resultWindow"
        );
    }

    /// @return required members whose consent the task itself calls for; those whose data is in the state come on top.
    /// Private parameters are the requester's data, and whoever writes into the state is in it from then on.
    function _checkInputs(
        Task calldata task,
        InputRef[] calldata inputs
    ) private view returns (uint32 required) {
        _require(inputs.length <= _MAX_INPUTS, "inputs");
        _require(InputsRoot.root(inputs) == task.inputsRoot, "inputsRoot");
        if (task.privateParams != 0 || task.changesState) required = uint32(1) << task.requester;
        for (uint256 i = 0; i < inputs.length; ++i) {
            _require(i == 0 || _ascends(inputs[i - 1], inputs[i]), "inputs");
            required |= uint32(1) << inputs[i].member;
        }
        uint256 available = _SECRET_CONTRACTS.requireTask(
            TermsHash.wrap(task.terms),
            task.requester,
            msg.sender,
            task.recipients,
            inputs
        );
        if (available < inputs.length) {
            InputRef calldata missing = inputs[available];
            revert TaskDatasetUnavailable(missing.member, missing.dataset);
        }
    }

    /// @dev By member, then table, then dataset: one order for one set, and no input twice.
    function _ascends(InputRef calldata a, InputRef calldata b) private pure returns (bool) {
        if (a.member != b.member) return a.member < b.member;
        if (a.table != b.table) return a.table < b.table;
        return DatasetHash.unwrap(a.dataset) < DatasetHash.unwrap(b.dataset);
    }

    function _require(bool condition, bytes32 what) private pure {
        if (!condition) revert TaskInvalid(what);
    }
}
