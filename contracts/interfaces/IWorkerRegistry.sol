// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {WorkerId} from "../types/Ids.sol";
import {CommitteeWorker} from "../types/Terms.sol";

/// @title Workers, their stake and the evidence for their keys
/// @notice A directory, not the trust root: clients verify evidence themselves before they seal anything.
interface IWorkerRegistry {
    struct Worker {
        address operator;
        /// Evidence expires at this block time; renewal is a new `register` with the same keys.
        uint40 validUntil;
        /// Stake cannot be withdrawn before this block time.
        uint40 lockedUntil;
        uint8 protection;
        address signer;
        uint96 stake;
        /// Number of registrations so far; the next evidence must bind it.
        uint64 epoch;
    }

    /// @notice `epoch`: the one the evidence binds, so that an auditor can check it; the next registration binds `epoch + 1`.
    event WorkerRegistered(
        WorkerId indexed worker,
        address indexed operator,
        CommitteeWorker keys,
        string endpoint,
        uint16 kind,
        bytes evidence,
        uint64 epoch,
        uint8 protection,
        uint40 validUntil
    );
    event WorkerEngaged(WorkerId indexed worker, uint40 lockedUntil);
    event StakeAdded(WorkerId indexed worker, uint96 amount, uint96 stake);
    event StakeWithdrawn(WorkerId indexed worker, uint96 amount);
    event WorkerSlashed(WorkerId indexed worker, uint96 amount);

    error WorkerUnknown(WorkerId worker);
    error WorkerNotOperator(WorkerId worker, address caller);
    error WorkerKindUnknown(uint16 kind);
    error WorkerMeasurementMismatch(bytes32 expected, bytes32 actual);
    error WorkerSealingKeyInvalid();
    error WorkerEndpointInvalid(uint256 length);
    error WorkerStakeTooLow(WorkerId worker, uint96 stake, uint96 minimum);
    error WorkerStakeLocked(WorkerId worker, uint40 lockedUntil);
    error WorkerEvidenceExpires(WorkerId worker, uint40 validUntil, uint40 needed);
    error WorkerProtectionTooLow(WorkerId worker, uint8 protection, uint8 minimum);
    error WorkerRegistryUnauthorized(address caller);

    /// @notice Registers or renews a worker and adds `stake` from the caller's vault balance.
    /// Requirements: the evidence of `kind` proves `keys.measurement` and binds {binding} of the current epoch;
    /// on renewal the caller is the operator; the resulting stake is at least {MIN_STAKE}.
    /// @param endpoint http(s) base URL, 1 to 256 bytes
    function register(
        CommitteeWorker calldata keys,
        string calldata endpoint,
        uint16 kind,
        bytes calldata evidence,
        uint96 stake
    ) external returns (WorkerId worker);

    /// @notice Adds stake from the caller's vault balance.
    function addStake(WorkerId worker, uint96 amount) external;

    /// @notice Returns the whole stake to the operator's vault balance once it is unlocked. The worker can no longer be engaged.
    function withdrawStake(WorkerId worker) external;

    /// @notice Locks the stake of a worker that declared itself ready, at least to `lockUntil`, at most a day longer. Only
    /// the task manager.
    /// Requirements: evidence and stake outlast `lockUntil`, protection at least `minProtection`.
    /// @return signer the key that must have signed
    /// @return protection of this worker
    function engage(
        WorkerId worker,
        uint8 minProtection,
        uint40 lockUntil
    ) external returns (address signer, uint8 protection);

    /// @notice Burns `bps` ten-thousandths of the stake. Only the task manager.
    function slash(WorkerId worker, uint16 bps) external;

    function workerOf(WorkerId worker) external view returns (Worker memory);

    /// @notice Who signs and who is paid: the cheap part of {workerOf}. Zero when never registered.
    function signerOf(WorkerId worker) external view returns (address signer, address operator);

    function endpointOf(WorkerId worker) external view returns (string memory);

    /// @return worker tagged hash of (signer, sealing key, measurement)
    function idOf(CommitteeWorker calldata keys) external pure returns (WorkerId worker);

    /// @return what evidence must bind: tagged hash of (chain id, registry, operator, signer, sealing key, epoch)
    function binding(
        address operator,
        CommitteeWorker calldata keys,
        uint64 epoch
    ) external view returns (bytes32);

    /// @return verifier of a kind of evidence; zero when unknown
    function verifierOf(uint16 kind) external view returns (address verifier);

    function MIN_STAKE() external view returns (uint96);

    /// @return seconds a registration lasts
    function EVIDENCE_LIFETIME() external view returns (uint40);
}
