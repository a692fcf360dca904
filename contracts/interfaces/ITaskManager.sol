// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {DatasetHash, TaskId, TermsHash} from "../types/Ids.sol";
import {InputRef, Result, Seal, Signed, Task} from "../types/Task.sol";
import {TaskState} from "../types/TaskState.sol";

/// @title Life of a task: proposed, sealed, finished
/// @notice Every state has a deadline, a next actor and a way out that anyone can take.
/// A result counts at t <= deadline, expiry at t > deadline.
interface ITaskManager {
    /// @dev Everything small that is stored. `digest`: task id, then seal digest, then the digest of the agreed result.
    struct Record {
        bytes32 digest;
        TaskState state;
        uint8 ready;
        uint8 abstained;
        uint8 paid;
        uint8 faulted;
        bool settled;
        bool changesState;
        /// Equal results that end the task; zero until sealed.
        uint8 threshold;
        /// Index of the asking member, whose account pays and is refunded.
        uint8 requester;
        uint32 consented;
        /// Committee `ready` counts in: an on-chain `Ready` is worth nothing after a change of committee.
        uint32 committeeVersion;
        /// Zero until sealed.
        uint40 resultBy;
        uint96 fee;
        /// Zero once sealed, as the next two: `digest` and `resultBy` take their place, which saves every task a storage slot.
        uint40 sealBy;
        uint64 proposedBlock;
        address payer;
        /// Members whose consent the task needs: until sealed those it names itself, then with the state's contributors.
        uint32 required;
    }

    event TaskProposed(
        TaskId indexed taskId,
        TermsHash indexed terms,
        Task task,
        InputRef[] inputs,
        bytes params
    );
    event TaskConsented(TaskId indexed taskId, uint8 indexed member, bytes signature);
    event TaskReady(TaskId indexed taskId, uint8 indexed worker, bytes signature);
    /// @notice `ready`: mask of the workers that count, brought or on chain; one on chain that is no longer fit does not.
    event TaskSealed(
        TaskId indexed taskId,
        TermsHash indexed terms,
        bytes32 sealDigest,
        Seal facts,
        uint8 ready,
        Signed[] consents,
        Signed[] readies
    );
    event ResultSubmitted(
        TaskId indexed taskId,
        uint8 indexed worker,
        Result result,
        bytes signature
    );
    /// @notice The only sign of a change of state after proposal.
    event TaskAdvanced(TaskId indexed taskId, TaskState state);
    event TaskVetoed(TaskId indexed taskId, uint8 indexed member);
    event TaskSettled(TaskId indexed taskId, uint256 refund);
    event FaultReported(TaskId indexed taskId, uint8 indexed worker);

    error TaskBadTransition(TaskId taskId, TaskState from, TaskState to);
    error TaskKnown(TaskId taskId);
    error TaskUnknown(TaskId taskId);
    error TaskInvalid(bytes32 what);
    /// @notice Private mode arrives with its ledger; until then a task cannot name an epsilon.
    error TaskEpsilonUnsupported(uint64 epsilon);
    error TaskDatasetUnavailable(uint8 member, DatasetHash dataset);
    error TaskConsentInvalid(TaskId taskId, uint8 member);
    error TaskConsentMissing(TaskId taskId, uint32 missing);
    error TaskReadyInvalid(TaskId taskId, uint8 worker);
    error TaskNotReady(TaskId taskId, uint8 ready, uint8 threshold);
    error TaskVetoPeriod(TaskId taskId, uint256 untilBlock);
    error TaskTooLate(TaskId taskId, uint40 deadline);
    error TaskTooEarly(TaskId taskId, uint40 deadline);
    error TaskUnauthorized(TaskId taskId, address caller);
    error ResultInvalid(TaskId taskId, bytes32 what);
    error ResultKnown(TaskId taskId, uint8 worker);
    error FaultNotProven(TaskId taskId);

    /// @notice Proposes a task and locks its fee from the caller's vault balance.
    /// Requirements: caller is the account of member `task.requester`, who may request; inputs strictly ascending, committed,
    /// not withdrawn, at most 64; recipients nonzero and able to receive; params hash to `task.paramsHash`, at most 16384 bytes; sealBy
    /// and resultWindow within {MIN_WINDOW} and {MAX_WINDOW}.
    function propose(
        Task calldata task,
        InputRef[] calldata inputs,
        bytes calldata params
    ) external returns (TaskId taskId);

    /// @notice Puts a consent on chain: the fallback when no worker's mailbox takes it.
    function consent(Task calldata task, Signed calldata consent_) external;

    /// @notice Puts a worker's `Ready` on chain: the fallback when no mailbox takes it.
    function ready(Task calldata task, Signed calldata ready_) external;

    /// @notice A member whose consent the task needs stops it, until it is sealed.
    function veto(Task calldata task, uint8 member) external;

    /// @notice Seals a task: anyone, with the consents and `Ready` signatures that are not on chain yet (ascending, no duplicates).
    /// Needed are the consents of all members whose data it reads (with private parameters, of the requester too), whose data
    /// ever entered the state, and of a requester that changes the state.
    function seal(
        Task calldata task,
        Signed[] calldata consents,
        Signed[] calldata readies
    ) external returns (bytes32 sealDigest);

    /// @notice Submits one worker's signed result; anyone may carry it. The m-th equal one ends the task; later equal ones are paid
    /// too, within the window. When it ends well and changes the state, the members that consented become the state's contributors.
    function submitResult(Seal calldata facts, Result calldata result, Signed calldata by) external;

    /// @notice Ends a task that is not sealed: its requester any time, anyone after `sealBy`. Full refund.
    function cancel(TaskId taskId) external;

    /// @notice Ends a sealed task after its deadline. Full refund; Ready workers that signed nothing are slashed.
    function expire(Seal calldata facts) external;

    /// @notice After the window of an ended task: gives the requester the shares of the fee that nobody earned.
    /// @param agreed the result `digest` is of; it names the seal, which names the secret contract
    function settle(Seal calldata facts, Result calldata agreed) external;

    /// @notice Slashes a worker for two different successes on one seal, or one against the agreed result.
    /// @param a the agreed result (then `signatureA` is not needed) or one of the worker's two
    function reportFault(
        Seal calldata facts,
        uint8 worker,
        Result calldata a,
        bytes calldata signatureA,
        Result calldata b,
        bytes calldata signatureB
    ) external;

    function taskOf(TaskId taskId) external view returns (Record memory);

    /// @return result digest this worker submitted while the task was sealed; zero when none
    function submissionOf(TaskId taskId, uint8 worker) external view returns (bytes32 result);

    function hashTask(Task calldata task) external view returns (TaskId taskId);

    function hashResult(Result calldata result) external view returns (bytes32 digest);

    function hashSeal(Seal calldata facts) external pure returns (bytes32 sealDigest);

    /// @return seconds
    function MIN_WINDOW() external view returns (uint40);

    /// @return seconds
    function MAX_WINDOW() external view returns (uint40);

    /// @return seconds after the result deadline during which faults can still be punished
    function CHALLENGE_WINDOW() external view returns (uint40);
}
