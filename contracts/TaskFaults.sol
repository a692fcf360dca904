// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {TaskBook} from "./TaskBook.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TaggedHash} from "./libraries/TaggedHash.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {TaskId, TermsHash, WorkerId} from "./types/Ids.sol";
import {Result, ResultStatus, Seal} from "./types/Task.sol";

/// @title Punishment by proof
abstract contract TaskFaults is TaskBook {
    /// @dev Of the stake, in ten-thousandths.
    uint16 private constant _FAULT_BPS = 10_000;

    /// @inheritdoc ITaskManager
    function reportFault(
        Seal calldata facts,
        uint8 worker,
        Result calldata a,
        bytes calldata signatureA,
        Result calldata b,
        bytes calldata signatureB
    ) external {
        Entry storage entry = _punishable(facts, worker);
        bool agreed = _contradicts(entry, facts, a, b);
        TermsHash terms = TermsHash.wrap(facts.terms);
        WorkerId id = _SECRET_CONTRACTS.workerAt(terms, facts.committeeVersion, worker);
        (address signer, ) = _WORKERS.signerOf(id);
        if (!agreed) _requireSigned(facts, a, signatureA, signer);
        _requireSigned(facts, b, signatureB, signer);

        entry.faulted |= uint8(1) << worker;
        emit FaultReported(TaskId.wrap(facts.taskId), worker);
        _WORKERS.slash(id, _FAULT_BPS);
    }

    /// @dev In time, once per task, and only who was Ready.
    function _punishable(
        Seal calldata facts,
        uint8 worker
    ) private view returns (Entry storage entry) {
        TaskId taskId = TaskId.wrap(facts.taskId);
        entry = _known(taskId);
        uint40 deadline = entry.deadline + CHALLENGE_WINDOW;
        if (block.timestamp > deadline) revert TaskTooLate(taskId, deadline);
        if (((entry.ready & ~entry.faulted) >> worker) & 1 == 0) revert FaultNotProven(taskId);
    }

    /// @dev Two results on one seal, and the seal is this task's: either the record still holds it, or the record holds the
    /// agreed result, which names it. Otherwise anyone could choose `facts` in which the worker is another's.
    /// @return agreed whether `a` is the agreed result
    function _contradicts(
        Entry storage entry,
        Seal calldata facts,
        Result calldata a,
        Result calldata b
    ) private view returns (bool agreed) {
        bytes32 sealDigest = TaggedHash.seal(facts);
        bytes32 digest = _digest(TypedData.result(a));
        agreed = entry.digest == digest;
        bool proven =
            a.sealDigest == sealDigest &&
                b.sealDigest == sealDigest &&
                b.status == ResultStatus.SUCCESS &&
                _digest(TypedData.result(b)) != digest &&
                (agreed || (entry.digest == sealDigest && a.status == ResultStatus.SUCCESS));
        if (!proven) revert FaultNotProven(TaskId.wrap(facts.taskId));
    }

    function _requireSigned(
        Seal calldata facts,
        Result calldata result,
        bytes calldata signature,
        address signer
    ) private view {
        if (!Signatures.isBy(_digest(TypedData.result(result)), signature, signer)) {
            revert FaultNotProven(TaskId.wrap(facts.taskId));
        }
    }
}
