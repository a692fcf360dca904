// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ISecretContracts} from "./interfaces/ISecretContracts.sol";
import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IWorkerRegistry} from "./interfaces/IWorkerRegistry.sol";
import {TaggedHash} from "./libraries/TaggedHash.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {TaskId} from "./types/Ids.sol";
import {Result, Seal, Task} from "./types/Task.sol";
import {TaskState} from "./types/TaskState.sol";

/// @title What is stored about tasks, and its one writer of states
abstract contract TaskBook is ITaskManager {
    /// @inheritdoc ITaskManager
    uint40 public constant MIN_WINDOW = 60 seconds;
    /// @inheritdoc ITaskManager
    uint40 public constant MAX_WINDOW = 30 days;
    /// @inheritdoc ITaskManager
    uint40 public constant CHALLENGE_WINDOW = 1 days;

    ISecretContracts internal immutable _SECRET_CONTRACTS;
    IWorkerRegistry internal immutable _WORKERS;
    IVault internal immutable _VAULT;
    uint256 private immutable _CHAIN_ID;
    bytes32 private immutable _DOMAIN;

    /// @dev Two words.
    struct Entry {
        /// Until sealed, what {_pack} puts there; then the seal digest, then the digest of the agreed result.
        bytes32 digest;
        TaskState state;
        /// `_CHANGES_STATE`, `_SETTLED`, and above them the threshold.
        uint8 flags;
        uint8 requester;
        uint8 ready;
        uint8 abstained;
        uint8 paid;
        uint8 faulted;
        uint32 consented;
        uint32 committeeVersion;
        /// `sealBy` until sealed, then `resultBy`.
        uint40 deadline;
        uint96 fee;
    }

    uint8 internal constant _CHANGES_STATE = 1;
    uint8 internal constant _SETTLED = 2;
    uint8 internal constant _THRESHOLD_SHIFT = 2;

    /// @dev States are written by {_advance} only.
    mapping(TaskId task => Entry) internal _tasks;
    mapping(TaskId task => mapping(uint256 worker => bytes32 result)) internal _submissions;

    constructor(ISecretContracts secretContracts, IWorkerRegistry workers, IVault vault) {
        _SECRET_CONTRACTS = secretContracts;
        _WORKERS = workers;
        _VAULT = vault;
        _CHAIN_ID = block.chainid;
        _DOMAIN = TypedData.domain(address(secretContracts));
    }

    /// @inheritdoc ITaskManager
    function taskOf(TaskId taskId) external view returns (Record memory record) {
        Entry storage entry = _tasks[taskId];
        record.state = entry.state;
        record.ready = entry.ready;
        record.abstained = entry.abstained;
        record.paid = entry.paid;
        record.faulted = entry.faulted;
        record.settled = entry.flags & _SETTLED != 0;
        record.changesState = entry.flags & _CHANGES_STATE != 0;
        record.threshold = entry.flags >> _THRESHOLD_SHIFT;
        record.requester = entry.requester;
        record.consented = entry.consented;
        record.committeeVersion = entry.committeeVersion;
        record.fee = entry.fee;
        record.required = entry.consented;
        if (record.threshold != 0) {
            record.resultBy = entry.deadline;
            record.digest = entry.digest;
        } else if (record.state != TaskState.None) {
            record.sealBy = entry.deadline;
            record.digest = TaskId.unwrap(taskId);
            (record.payer, record.proposedBlock, record.required) = _unpack(entry.digest);
        }
    }

    /// @inheritdoc ITaskManager
    function submissionOf(TaskId taskId, uint8 worker) external view returns (bytes32 result) {
        return _submissions[taskId][worker];
    }

    /// @inheritdoc ITaskManager
    function hashTask(Task calldata task) external view returns (TaskId taskId) {
        return _hash(task);
    }

    /// @inheritdoc ITaskManager
    function hashResult(Result calldata result) external view returns (bytes32 digest) {
        return _digest(TypedData.result(result));
    }

    /// @inheritdoc ITaskManager
    function hashSeal(Seal calldata facts) external pure returns (bytes32 sealDigest) {
        return TaggedHash.seal(facts);
    }

    /// @dev The only writer of states. Proposal says so itself, every later step says so here.
    function _advance(TaskId taskId, TaskState to) internal {
        Entry storage entry = _tasks[taskId];
        TaskState from = entry.state;
        if (!from.allows(to)) revert TaskBadTransition(taskId, from, to);
        entry.state = to;
        if (to != TaskState.Proposed) emit TaskAdvanced(taskId, to);
    }

    /// @dev For entry points that need to know before they act whether {_advance} to `to` will be possible.
    function _expect(
        TaskId taskId,
        TaskState state,
        TaskState to
    ) internal view returns (Entry storage entry) {
        entry = _known(taskId);
        if (entry.state != state) revert TaskBadTransition(taskId, entry.state, to);
    }

    function _known(TaskId taskId) internal view returns (Entry storage entry) {
        entry = _tasks[taskId];
        if (entry.state == TaskState.None) revert TaskUnknown(taskId);
    }

    function _hash(Task calldata task) internal view returns (TaskId) {
        return TaskId.wrap(_digest(TypedData.task(task)));
    }

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        // After a fork of the chain, signatures must not count on both sides.
        bytes32 domain =
            block.chainid == _CHAIN_ID ? _DOMAIN : TypedData.domain(address(_SECRET_CONTRACTS));
        return TypedData.digest(domain, structHash);
    }

    /// @dev What is needed until the seal and never again, in the word of the seal digest.
    function _pack(
        address payer,
        uint64 proposedBlock,
        uint32 required
    ) internal pure returns (bytes32) {
        uint256 bits = (uint256(uint160(payer)) << 96) | (uint256(proposedBlock) << 32) | required;
        return bytes32(bits);
    }

    function _unpack(
        bytes32 word
    ) internal pure returns (address payer, uint64 proposedBlock, uint32 required) {
        uint256 bits = uint256(word);
        return (address(uint160(bits >> 96)), uint64(bits >> 32), uint32(bits));
    }
}
