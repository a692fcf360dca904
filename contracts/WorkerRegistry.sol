// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IAttestationVerifier} from "./interfaces/IAttestationVerifier.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IWorkerRegistry} from "./interfaces/IWorkerRegistry.sol";
import {SealingKeys} from "./libraries/SealingKeys.sol";
import {TaggedHash} from "./libraries/TaggedHash.sol";
import {WorkerId} from "./types/Ids.sol";
import {CommitteeWorker, Protection} from "./types/Terms.sol";

contract WorkerRegistry is IWorkerRegistry {
    /// @inheritdoc IWorkerRegistry
    uint96 public immutable MIN_STAKE;
    /// @inheritdoc IWorkerRegistry
    uint40 public immutable EVIDENCE_LIFETIME;

    /// @dev Whose vault balance nobody can withdraw. Paid to a party of the task instead, a slash could be provoked for profit, or
    /// paid to oneself.
    address private constant _NOBODY = address(0xdead);

    IVault private immutable _VAULT;
    address private immutable _TASK_MANAGER;

    mapping(WorkerId worker => Worker) private _workers;
    mapping(WorkerId worker => string url) private _endpoints;
    /// @dev Written by the constructor only.
    mapping(uint16 kind => IAttestationVerifier) private _verifiers;

    modifier onlyTaskManager() {
        if (msg.sender != _TASK_MANAGER) revert WorkerRegistryUnauthorized(msg.sender);
        _;
    }

    /// @param verifiers of the kinds of evidence 1, 2, ...
    constructor(
        IVault vault,
        address taskManager,
        IAttestationVerifier[] memory verifiers,
        uint96 minStake,
        uint40 evidenceLifetime
    ) {
        _VAULT = vault;
        _TASK_MANAGER = taskManager;
        MIN_STAKE = minStake;
        EVIDENCE_LIFETIME = evidenceLifetime;
        for (uint16 i = 0; i < verifiers.length; ++i) _verifiers[i + 1] = verifiers[i];
    }

    /// @inheritdoc IWorkerRegistry
    function register(
        CommitteeWorker calldata keys,
        string calldata endpoint,
        uint16 kind,
        bytes calldata evidence,
        uint96 stake
    ) external returns (WorkerId id) {
        if (!SealingKeys.isValid(keys.sealingKey)) revert WorkerSealingKeyInvalid();
        uint256 length = bytes(endpoint).length;
        if (length == 0 || length > 256) revert WorkerEndpointInvalid(length);

        id = TaggedHash.worker(keys);
        Worker storage worker = _workers[id];
        if (worker.epoch != 0 && worker.operator != msg.sender) {
            revert WorkerNotOperator(id, msg.sender);
        }
        uint64 epoch = worker.epoch;
        uint8 protection = _attest(keys, kind, evidence, epoch);

        worker.operator = msg.sender;
        worker.signer = keys.signer;
        worker.protection = protection;
        worker.validUntil = uint40(block.timestamp) + EVIDENCE_LIFETIME;
        worker.epoch = epoch + 1;
        _endpoints[id] = endpoint;
        emit WorkerRegistered(
            id,
            msg.sender,
            keys,
            endpoint,
            kind,
            evidence,
            epoch,
            protection,
            worker.validUntil
        );
        if (stake != 0) _addStake(id, worker, stake);
        if (worker.stake < MIN_STAKE) revert WorkerStakeTooLow(id, worker.stake, MIN_STAKE);
    }

    /// @inheritdoc IWorkerRegistry
    function addStake(WorkerId id, uint96 amount) external {
        _addStake(id, _known(id), amount);
    }

    /// @inheritdoc IWorkerRegistry
    function withdrawStake(WorkerId id) external {
        Worker storage worker = _known(id);
        if (worker.operator != msg.sender) revert WorkerNotOperator(id, msg.sender);
        // A fault still counts at the very second of `lockedUntil`.
        if (block.timestamp <= worker.lockedUntil) {
            revert WorkerStakeLocked(id, worker.lockedUntil);
        }
        uint96 amount = worker.stake;
        worker.stake = 0;
        worker.validUntil = 0;
        emit StakeWithdrawn(id, amount);
        _VAULT.credit(msg.sender, amount);
    }

    /// @inheritdoc IWorkerRegistry
    function engage(
        WorkerId id,
        uint8 minProtection,
        uint40 lockUntil
    ) external onlyTaskManager returns (address signer, uint8 protection) {
        Worker storage worker = _known(id);
        uint40 validUntil = worker.validUntil;
        protection = worker.protection;
        if (validUntil < lockUntil) revert WorkerEvidenceExpires(id, validUntil, lockUntil);
        if (protection < minProtection) {
            revert WorkerProtectionTooLow(id, protection, minProtection);
        }
        if (worker.stake < MIN_STAKE) revert WorkerStakeTooLow(id, worker.stake, MIN_STAKE);
        if (worker.lockedUntil < lockUntil) {
            // Up to the end of the day: a busy worker's slot is written once a day and not with every task.
            lockUntil = (lockUntil / 1 days + 1) * 1 days;
            worker.lockedUntil = lockUntil;
            emit WorkerEngaged(id, lockUntil);
        }
        return (worker.signer, protection);
    }

    /// @inheritdoc IWorkerRegistry
    function slash(WorkerId id, uint16 bps) external onlyTaskManager {
        Worker storage worker = _workers[id];
        uint96 amount = uint96((uint256(worker.stake) * bps) / 10_000);
        worker.stake -= amount;
        emit WorkerSlashed(id, amount);
        _VAULT.credit(_NOBODY, amount);
    }

    /// @inheritdoc IWorkerRegistry
    function workerOf(WorkerId id) external view returns (Worker memory) {
        return _workers[id];
    }

    /// @inheritdoc IWorkerRegistry
    function signerOf(WorkerId id) external view returns (address signer, address operator) {
        Worker storage worker = _workers[id];
        return (worker.signer, worker.operator);
    }

    /// @inheritdoc IWorkerRegistry
    function endpointOf(WorkerId id) external view returns (string memory) {
        return _endpoints[id];
    }

    /// @inheritdoc IWorkerRegistry
    function idOf(CommitteeWorker calldata keys) external pure returns (WorkerId) {
        return TaggedHash.worker(keys);
    }

    /// @inheritdoc IWorkerRegistry
    function binding(
        address operator,
        CommitteeWorker calldata keys,
        uint64 epoch
    ) external view returns (bytes32) {
        return TaggedHash.workerBinding(address(this), operator, keys, epoch);
    }

    /// @inheritdoc IWorkerRegistry
    function verifierOf(uint16 kind) external view returns (address verifier) {
        return address(_verifiers[kind]);
    }

    /// @return protection what the evidence is worth
    function _attest(
        CommitteeWorker calldata keys,
        uint16 kind,
        bytes calldata evidence,
        uint64 epoch
    ) private view returns (uint8 protection) {
        IAttestationVerifier verifier = _verifiers[kind];
        if (address(verifier) == address(0)) revert WorkerKindUnknown(kind);
        bytes32 measurement = verifier.verify(
            evidence,
            TaggedHash.workerBinding(address(this), msg.sender, keys, epoch)
        );
        if (measurement != keys.measurement) {
            revert WorkerMeasurementMismatch(keys.measurement, measurement);
        }
        return verifier.simulated() ? Protection.SIMULATED : Protection.HARDWARE;
    }

    function _addStake(WorkerId id, Worker storage worker, uint96 amount) private {
        worker.stake += amount;
        emit StakeAdded(id, amount, worker.stake);
        _VAULT.lock(msg.sender, amount);
    }

    function _known(WorkerId id) private view returns (Worker storage worker) {
        worker = _workers[id];
        if (worker.operator == address(0)) revert WorkerUnknown(id);
    }
}
