// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {TaskBook} from "./TaskBook.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {Masks} from "./libraries/Masks.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TaggedHash} from "./libraries/TaggedHash.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {TaskId, TermsHash, WorkerId} from "./types/Ids.sol";
import {Result, ResultStatus, Seal, Signed} from "./types/Task.sol";
import {TaskState} from "./types/TaskState.sol";

/// @title From seal to end: results, fees, deadline
abstract contract TaskResults is TaskBook {
    /// @dev Of the stake, in ten-thousandths.
    uint16 private constant _SILENCE_BPS = 1_000;

    /// @inheritdoc ITaskManager
    function submitResult(
        Seal calldata facts,
        Result calldata result,
        Signed calldata by
    ) external {
        TaskId taskId = TaskId.wrap(facts.taskId);
        Entry storage entry = _known(taskId);
        bytes32 sealDigest = TaggedHash.seal(facts);
        bytes32 digest = _digest(TypedData.result(result));
        TaskState state = entry.state;
        if (state == TaskState.Sealed) {
            _require(entry.digest == sealDigest, taskId, "seal");
        } else if (state == TaskState.Finalized || state == TaskState.Failed) {
            // The agreed result names its seal, so this is the seal it was agreed on.
            _require(entry.digest == digest, taskId, "digest");
        } else revert TaskBadTransition(taskId, state, TaskState.Finalized);
        _require(result.sealDigest == sealDigest, taskId, "sealDigest");
        if (block.timestamp > entry.deadline) revert TaskTooLate(taskId, entry.deadline);
        _checkForm(taskId, entry, result);
        uint8 index = by.by;
        _require((entry.ready >> index) & 1 == 1, taskId, "worker");
        (address signer, address operator) = _WORKERS.signerOf(_worker(facts, index));
        _require(Signatures.isBy(digest, by.signature, signer), taskId, "signature");

        if (state == TaskState.Sealed) {
            if (result.status == ResultStatus.ABSTENTION) _abstain(taskId, entry, index);
            else _accept(facts, entry, result, digest, index, operator);
        } else if (!_pay(entry, index, operator)) revert ResultKnown(taskId, index);
        emit ResultSubmitted(taskId, index, result, by.signature);
    }

    /// @inheritdoc ITaskManager
    function expire(Seal calldata facts) external {
        TaskId taskId = TaskId.wrap(facts.taskId);
        Entry storage entry = _expect(taskId, TaskState.Sealed, TaskState.Expired);
        _require(entry.digest == TaggedHash.seal(facts), taskId, "seal");
        if (block.timestamp <= entry.deadline) revert TaskTooEarly(taskId, entry.deadline);

        _advance(taskId, TaskState.Expired);
        TermsHash terms = TermsHash.wrap(facts.terms);
        _SECRET_CONTRACTS.endTask(terms, _changesState(entry), 0, 0);
        address payer = _SECRET_CONTRACTS.accountOf(terms, entry.requester);
        _VAULT.credit(payer, entry.fee);
        // Who was punished for a fault already is not punished for silence too.
        uint256 silent = entry.ready & ~(entry.abstained | entry.faulted);
        for (uint8 i = 0; silent >> i != 0; ++i) {
            if ((silent >> i) & 1 == 1 && _submissions[taskId][i] == 0) {
                _WORKERS.slash(_worker(facts, i), _SILENCE_BPS);
            }
        }
    }

    /// @inheritdoc ITaskManager
    function settle(Seal calldata facts, Result calldata agreed) external {
        TaskId taskId = TaskId.wrap(facts.taskId);
        Entry storage entry = _known(taskId);
        TaskState state = entry.state;
        bool ended = state == TaskState.Finalized || state == TaskState.Failed;
        if (!ended || entry.flags & _SETTLED != 0) revert TaskBadTransition(taskId, state, state);
        if (block.timestamp <= entry.deadline) revert TaskTooEarly(taskId, entry.deadline);
        // The digest vouches for the result, the result for the seal, the seal for the terms, and these say who paid.
        _require(entry.digest == _digest(TypedData.result(agreed)), taskId, "digest");
        _require(agreed.sealDigest == TaggedHash.seal(facts), taskId, "sealDigest");

        uint256 refund = entry.fee - _share(entry) * Masks.count(entry.paid);
        entry.flags |= _SETTLED;
        emit TaskSettled(taskId, refund);
        TermsHash terms = TermsHash.wrap(facts.terms);
        _VAULT.credit(_SECRET_CONTRACTS.accountOf(terms, entry.requester), refund);
    }

    function _abstain(TaskId taskId, Entry storage entry, uint8 index) private {
        uint8 bit = uint8(1) << index;
        if (entry.abstained & bit != 0 || _submissions[taskId][index] != 0) {
            revert ResultKnown(taskId, index);
        }
        entry.abstained |= bit;
    }

    /// @dev Counts a success or failure in; the m-th equal one ends the task.
    function _accept(
        Seal calldata facts,
        Entry storage entry,
        Result calldata result,
        bytes32 digest,
        uint8 index,
        address operator
    ) private {
        TaskId taskId = TaskId.wrap(facts.taskId);
        uint256 threshold = entry.flags >> _THRESHOLD_SHIFT;
        uint256 agreed = 0;
        // With a threshold of one the first result ends the task, and there is nothing to look up.
        if (threshold != 1) {
            if (_submissions[taskId][index] != 0) revert ResultKnown(taskId, index);
            agreed = _agreed(taskId, entry.ready, digest);
            if (Masks.count(agreed) + 1 < threshold) {
                _submissions[taskId][index] = digest;
                entry.abstained &= ~(uint8(1) << index);
                return;
            }
        }

        bool success = result.status == ResultStatus.SUCCESS;
        bool changesState = _changesState(entry);
        entry.digest = digest;
        _advance(taskId, success ? TaskState.Finalized : TaskState.Failed);
        _SECRET_CONTRACTS.endTask(
            TermsHash.wrap(facts.terms),
            changesState,
            result.nextStateRoot,
            success && changesState ? entry.consented : 0
        );
        _pay(entry, index, operator);
        _payOthers(facts, entry, agreed);
    }

    /// @param agreed mask of those who submitted the result before it was the agreed one
    function _payOthers(Seal calldata facts, Entry storage entry, uint256 agreed) private {
        for (uint8 i = 0; agreed >> i != 0; ++i) {
            if ((agreed >> i) & 1 == 0) continue;
            (, address operator) = _WORKERS.signerOf(_worker(facts, i));
            _pay(entry, i, operator);
        }
    }

    /// @dev One share of the fee, once, and nothing for who was caught with two results.
    function _pay(Entry storage entry, uint8 index, address operator) private returns (bool) {
        uint8 bit = uint8(1) << index;
        if ((entry.paid | entry.faulted) & bit != 0) return false;
        entry.paid |= bit;
        _VAULT.credit(operator, _share(entry));
        return true;
    }

    /// @return mask of the Ready workers that submitted `digest`
    function _agreed(
        TaskId taskId,
        uint8 ready,
        bytes32 digest
    ) private view returns (uint256 mask) {
        for (uint256 i = 0; ready >> i != 0; ++i) {
            if (_submissions[taskId][i] == digest) mask |= 1 << i;
        }
    }

    /// @dev The rest of the division goes back to the payer, see {settle}.
    function _share(Entry storage entry) private view returns (uint256) {
        return entry.fee / Masks.count(entry.ready);
    }

    function _changesState(Entry storage entry) private view returns (bool) {
        return entry.flags & _CHANGES_STATE != 0;
    }

    function _checkForm(TaskId taskId, Entry storage entry, Result calldata result) private view {
        uint8 status = result.status;
        bool success = status == ResultStatus.SUCCESS;
        _require(status != 0 && status <= ResultStatus.ABSTENTION, taskId, "status");
        _require((result.reason == 0) == success, taskId, "reason");
        _require(
            result.nextStateRoot == 0 || (success && _changesState(entry)),
            taskId,
            "nextStateRoot"
        );
    }

    function _worker(Seal calldata facts, uint8 index) private view returns (WorkerId) {
        TermsHash terms = TermsHash.wrap(facts.terms);
        return _SECRET_CONTRACTS.workerAt(terms, facts.committeeVersion, index);
    }

    function _require(bool condition, TaskId taskId, bytes32 what) private pure {
        if (!condition) revert ResultInvalid(taskId, what);
    }
}
