// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {TaskBook} from "./TaskBook.sol";
import {ISecretContracts} from "./interfaces/ISecretContracts.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Masks} from "./libraries/Masks.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TaggedHash} from "./libraries/TaggedHash.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {TaskId, TermsHash, WorkerId} from "./types/Ids.sol";
import {Seal, Signed, Task} from "./types/Task.sol";
import {TaskState} from "./types/TaskState.sol";

/// @title Sealing: consents, workers and facts of a task are complete and fixed
abstract contract TaskSealing is TaskBook {
    /// @dev What engaging the workers needs, in one place: the stack is too short for it.
    struct Muster {
        TaskId taskId;
        TermsHash terms;
        /// Digest of `Ready`, which every worker signed.
        bytes32 digest;
        uint32 committeeVersion;
        uint8 minProtection;
        uint40 lockUntil;
        uint8 ready;
        uint8 protection;
    }

    /// @inheritdoc ITaskManager
    function seal(
        Task calldata task,
        Signed[] calldata consents,
        Signed[] calldata readies
    ) external returns (bytes32 sealDigest) {
        TaskId taskId = _hash(task);
        Entry storage entry = _expect(taskId, TaskState.Proposed, TaskState.Sealed);
        ISecretContracts.SealFacts memory needs = _begin(taskId, entry, task, consents);
        uint40 resultBy = uint40(block.timestamp) + task.resultWindow;
        Muster memory muster = _muster(taskId, task.terms, needs, resultBy);
        _engageAll(muster, entry, readies);
        if (Masks.count(muster.ready) < needs.threshold) {
            revert TaskNotReady(taskId, muster.ready, needs.threshold);
        }

        Seal memory facts = _facts(taskId, task.terms, needs, muster.protection);
        sealDigest = TaggedHash.seal(facts);
        entry.digest = sealDigest;
        entry.ready = muster.ready;
        entry.flags |= needs.threshold << _THRESHOLD_SHIFT;
        entry.committeeVersion = needs.committeeVersion;
        entry.deadline = resultBy;
        _advance(taskId, TaskState.Sealed);
        _emitSealed(muster, facts, sealDigest, consents, readies);
    }

    /// @dev Emits {TaskSealed}; on its own because the stack of {seal} is full.
    function _emitSealed(
        Muster memory muster,
        Seal memory facts,
        bytes32 sealDigest,
        Signed[] calldata consents,
        Signed[] calldata readies
    ) private {
        emit TaskSealed(
            TaskId.wrap(facts.taskId),
            muster.terms,
            sealDigest,
            facts,
            muster.ready,
            consents,
            readies
        );
    }

    /// @dev Everything that is a matter of time, the secret contract's own conditions, and the consents.
    function _begin(
        TaskId taskId,
        Entry storage entry,
        Task calldata task,
        Signed[] calldata consents
    ) private returns (ISecretContracts.SealFacts memory needs) {
        if (block.timestamp > entry.deadline) revert TaskTooLate(taskId, entry.deadline);
        uint32 given = _maskOf(consents);
        needs = _SECRET_CONTRACTS.beginTask(TermsHash.wrap(task.terms), task.changesState, given);
        (, uint64 proposedBlock, uint32 required) = _unpack(entry.digest);
        uint256 opens = uint256(proposedBlock) + needs.vetoBlocks;
        if (block.number < opens) revert TaskVetoPeriod(taskId, opens);

        _checkConsents(taskId, consents, needs.consentKeys);
        required |= needs.stateContributors;
        uint32 missing = required & ~(given | entry.consented);
        if (missing != 0) revert TaskConsentMissing(taskId, missing);
        // Only who is needed: a consent nobody asked for must not make its member a contributor of the state.
        entry.consented = required;
    }

    /// @param keys of the members in {_maskOf} the consents
    function _checkConsents(
        TaskId taskId,
        Signed[] calldata consents,
        address[] memory keys
    ) private pure {
        bytes32 digest = TaskId.unwrap(taskId);
        for (uint256 i = 0; i < consents.length; ++i) {
            Signed calldata consent_ = consents[i];
            if (i >= keys.length || !Signatures.isBy(digest, consent_.signature, keys[i])) {
                revert TaskConsentInvalid(taskId, consent_.by);
            }
        }
    }

    function _muster(
        TaskId taskId,
        bytes32 terms,
        ISecretContracts.SealFacts memory needs,
        uint40 resultBy
    ) private view returns (Muster memory muster) {
        muster.taskId = taskId;
        muster.terms = TermsHash.wrap(terms);
        muster.digest = _digest(TypedData.ready(TaskId.unwrap(taskId), needs.committee));
        muster.committeeVersion = needs.committeeVersion;
        muster.minProtection = needs.minProtection;
        muster.lockUntil = resultBy + CHALLENGE_WINDOW;
        muster.protection = type(uint8).max;
    }

    /// @dev Every Ready worker: those the caller brings, and those that said so on chain.
    function _engageAll(
        Muster memory muster,
        Entry storage entry,
        Signed[] calldata readies
    ) private {
        for (uint256 i = 0; i < readies.length; ++i) _engageBrought(muster, readies[i]);

        bool current = entry.committeeVersion == muster.committeeVersion;
        uint256 others = current ? entry.ready & ~muster.ready : 0;
        while (others != 0) {
            uint256 index;
            (index, others) = Masks.next(others);
            _engageOnChain(muster, uint8(index));
        }
    }

    function _engageBrought(Muster memory muster, Signed calldata ready_) private {
        uint8 index = ready_.by;
        WorkerId worker = _workerAt(muster, index);
        // Ascending, therefore no worker twice.
        if (WorkerId.unwrap(worker) == 0 || muster.ready >> index != 0) {
            revert TaskReadyInvalid(muster.taskId, index);
        }
        (address signer, uint8 protection) = _WORKERS.engage(
            worker,
            muster.minProtection,
            muster.lockUntil
        );
        if (!Signatures.isBy(muster.digest, ready_.signature, signer)) {
            revert TaskReadyInvalid(muster.taskId, index);
        }
        _enlist(muster, index, protection);
    }

    /// @dev Its signature was checked when it came. One that is not fit any more is left out: nobody could leave it out
    /// of the call, and it must not be able to stop the seal.
    function _engageOnChain(Muster memory muster, uint8 index) private {
        WorkerId worker = _workerAt(muster, index);
        try _WORKERS.engage(worker, muster.minProtection, muster.lockUntil) returns (
            address,
            uint8 protection
        ) {
            _enlist(muster, index, protection);
        } catch {}
    }

    function _enlist(Muster memory muster, uint8 index, uint8 protection) private pure {
        muster.ready |= uint8(1) << index;
        if (protection < muster.protection) muster.protection = protection;
    }

    function _workerAt(Muster memory muster, uint8 index) private view returns (WorkerId) {
        return _SECRET_CONTRACTS.workerAt(muster.terms, muster.committeeVersion, index);
    }

    /// @dev Of strictly ascending members; those from the first that breaks the order are not in it, and get no key.
    function _maskOf(Signed[] calldata list) private pure returns (uint32 mask) {
        for (uint256 i = 0; i < list.length; ++i) {
            uint8 by = list[i].by;
            if (by > 31 || mask >> by != 0) return mask;
            mask |= uint32(1) << by;
        }
    }

    function _facts(
        TaskId taskId,
        bytes32 terms,
        ISecretContracts.SealFacts memory needs,
        uint8 protection
    ) private view returns (Seal memory facts) {
        facts.taskId = TaskId.unwrap(taskId);
        facts.terms = terms;
        facts.committeeVersion = needs.committeeVersion;
        facts.committee = needs.committee;
        facts.version = needs.version;
        facts.stateRoot = needs.stateRoot;
        facts.blockNumber = uint64(block.number);
        facts.time = uint64(block.timestamp);
        facts.protection = protection;
    }
}
