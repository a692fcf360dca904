// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {DatasetHash, TermsHash, WorkerId} from "../types/Ids.sol";
import {InputRef} from "../types/Task.sol";
import {Committee, Terms} from "../types/Terms.sol";

/// @title Secret contracts: who takes part, under which terms, with which data
/// @notice The root of a deployment: its address is the verifying contract of every signature, all others are getters of it.
interface ISecretContracts {
    /// @dev What sealing needs of a secret contract, in one call.
    struct SealFacts {
        uint32 committeeVersion;
        bytes32 committee;
        uint8 threshold;
        uint64 version;
        bytes32 stateRoot;
        uint8 minProtection;
        uint32 vetoBlocks;
        /// Members whose data ever entered the state.
        uint32 stateContributors;
        /// Consent keys of the members asked for, ascending.
        address[] consentKeys;
    }

    /// @dev Everything small that is stored; for people and clients.
    struct Status {
        uint8 memberCount;
        uint32 joined;
        uint32 paused;
        bool active;
        uint32 committeeVersion;
        uint8 threshold;
        uint8 committeeSize;
        bytes32 committee;
        uint64 version;
        bytes32 stateRoot;
        uint32 sealedTasks;
        uint64 joinBy;
        uint8 minProtection;
        uint32 vetoBlocks;
        bytes32 program;
        /// Members whose data ever entered the state: their consent is needed as well.
        uint32 stateContributors;
    }

    event ContractCreated(TermsHash indexed terms, Terms content);
    /// @notice `wraps`: the member's share, sealed to each committee worker in order, then to the member itself.
    event MemberJoined(
        TermsHash indexed terms,
        uint8 indexed member,
        uint32 committeeVersion,
        bytes32 shareCommitment,
        bytes[] wraps,
        bytes signature
    );
    event ContractActivated(TermsHash indexed terms);
    event CommitteeChanged(TermsHash indexed terms, Committee committee, bytes[] signatures);
    event DatasetCommitted(
        TermsHash indexed terms,
        uint8 indexed member,
        DatasetHash indexed dataset,
        uint8 table,
        uint32 epoch,
        uint32 chunks
    );
    event DatasetWithdrawn(
        TermsHash indexed terms,
        uint8 indexed member,
        DatasetHash indexed dataset
    );
    event ContractPaused(TermsHash indexed terms, uint8 indexed member);
    event ContractResumed(TermsHash indexed terms, uint8 indexed member);
    /// @notice `contributors`: members whose data ever entered the state, of all its versions up to this one.
    event StateAdvanced(
        TermsHash indexed terms,
        uint64 indexed version,
        bytes32 stateRoot,
        uint32 contributors
    );

    error TermsInvalid(bytes32 what);
    error TermsKnown(TermsHash terms);
    error TermsUnknown(TermsHash terms);
    error ContractNotActive(TermsHash terms);
    error ContractIsPaused(TermsHash terms, uint32 pausedBy);
    error MemberUnauthorized(TermsHash terms, uint8 member, address caller);
    error MemberAlreadyJoined(TermsHash terms, uint8 member);
    error MemberAbilityMissing(TermsHash terms, uint8 member, uint8 ability);
    error MemberSignatureInvalid(TermsHash terms, uint8 member, address expected, address actual);
    error JoinTooLate(TermsHash terms, uint64 joinBy);
    error ShareInvalid(TermsHash terms, uint8 member);
    error DatasetKnown(TermsHash terms, uint8 member, DatasetHash dataset);
    error DatasetUnknown(TermsHash terms, uint8 member, DatasetHash dataset);
    error DatasetInvalid(bytes32 what);
    error CommitteeBusy(TermsHash terms, uint32 sealedTasks);
    error CommitteeVersionInvalid(TermsHash terms, uint32 expected, uint32 actual);
    error StateTaskOpen(TermsHash terms);
    error SecretContractsUnauthorized(address caller);

    /// @notice Announces a secret contract. Anyone may; it is active when every member has joined.
    /// Requirements: published program; 1 to 32 members with distinct accounts and consent keys; 1 to 7 workers with
    /// distinct ids, 2 * threshold > workers >= threshold; committee version 1; vetoBlocks >= 1; policy 2 to 16384 bytes; joinBy ahead.
    function create(Terms calldata content) external returns (TermsHash terms);

    /// @notice Joins as member `member`, from its account (a contract wallet authorises its consent key by this call).
    /// @param shareCommitment tagged hash of (terms, member, share): makes every worker get the same share
    /// @param wraps the share, sealed to each committee worker in order, then to the member itself
    /// @param signature EIP-712 `Join` by the consent key
    function join(
        TermsHash terms,
        uint8 member,
        bytes32 shareCommitment,
        bytes[] calldata wraps,
        bytes calldata signature
    ) external;

    /// @notice Seals the same share to a new committee, once. Same arguments as {join}; the commitment must be the first one.
    function reshare(
        TermsHash terms,
        uint8 member,
        bytes32 shareCommitment,
        bytes[] calldata wraps,
        bytes calldata signature
    ) external;

    /// @notice Replaces the committee; needs every member's consent key on `CommitteeChange`, and no sealed task.
    /// @param signatures one for each member, in member order
    function changeCommittee(
        TermsHash terms,
        Committee calldata committee,
        bytes[] calldata signatures
    ) external;

    /// @notice Records that member `member` contributes a dataset, before any worker takes its bytes.
    /// @param table index of the table in the program's manifest
    /// @param epoch data epoch the dataset's privacy budget is charged to; 0 has no budget
    /// @param chunks number of ciphertext chunks, at least 1
    function commitDataset(
        TermsHash terms,
        uint8 member,
        uint8 table,
        uint32 epoch,
        DatasetHash dataset,
        uint32 chunks
    ) external;

    /// @notice The dataset can be named in no new proposal. Tasks already proposed keep the hashes they pinned.
    function withdrawDataset(TermsHash terms, uint8 member, DatasetHash dataset) external;

    /// @notice Stops new seals until this member resumes.
    function pause(TermsHash terms, uint8 member) external;

    function resume(TermsHash terms, uint8 member) external;

    /// @notice Counts a seal in and returns what it needs. Only the task manager.
    /// @param members mask of the members whose consent keys are needed
    function beginTask(
        TermsHash terms,
        bool changesState,
        uint32 members
    ) external returns (SealFacts memory facts);

    /// @notice Counts a sealed task out; a nonzero `contributors` advances the state. Only the task manager.
    function endTask(
        TermsHash terms,
        bool changesState,
        bytes32 nextStateRoot,
        uint32 contributors
    ) external;

    function statusOf(TermsHash terms) external view returns (Status memory);

    /// @notice Reverts unless active, the member's account is `account` and it has `ability`.
    function requireMember(
        TermsHash terms,
        uint8 member,
        address account,
        uint8 ability
    ) external view;

    /// @notice Everything a proposal needs of the secret contract, in one call. Reverts unless {requireMember} holds for the
    /// requester and all `recipients` may receive.
    /// @return available how many inputs, from the first, are committed under their table and not withdrawn
    function requireTask(
        TermsHash terms,
        uint8 requester,
        address account,
        uint32 recipients,
        InputRef[] calldata inputs
    ) external view returns (uint256 available);

    function accountOf(TermsHash terms, uint8 member) external view returns (address account);

    /// @notice Consent keys of the members in `mask`, ascending.
    function consentKeysOf(
        TermsHash terms,
        uint32 mask
    ) external view returns (address[] memory keys);

    /// @return worker of any past or present committee
    function workerAt(
        TermsHash terms,
        uint32 committeeVersion,
        uint8 index
    ) external view returns (WorkerId worker);

    /// @return chunks 0 when never committed
    function datasetOf(
        TermsHash terms,
        uint8 member,
        DatasetHash dataset
    ) external view returns (uint32 chunks, uint32 epoch, uint8 table, bool withdrawn);

    function partyRegistry() external view returns (address);

    function programRegistry() external view returns (address);

    function workerRegistry() external view returns (address);

    function taskManager() external view returns (address);

    function vault() external view returns (address);

    /// @return EIP-712 domain separator used by every signature of the deployment
    function domainSeparator() external view returns (bytes32);
}
