// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ContractBook} from "./ContractBook.sol";
import {IProgramRegistry} from "./interfaces/IProgramRegistry.sol";
import {ISecretContracts} from "./interfaces/ISecretContracts.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TaggedHash} from "./libraries/TaggedHash.sol";
import {TermsRules} from "./libraries/TermsRules.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {DatasetHash, ProgramHash, TermsHash} from "./types/Ids.sol";
import {Abilities, Committee, Member, Terms} from "./types/Terms.sol";

contract SecretContracts is ContractBook {
    modifier onlyTaskManager() {
        if (msg.sender != _TASK_MANAGER) revert SecretContractsUnauthorized(msg.sender);
        _;
    }

    constructor(
        address partyRegistry,
        address programRegistry,
        address workerRegistry,
        address taskManager,
        address vault
    ) ContractBook(partyRegistry, programRegistry, workerRegistry, taskManager, vault) {}

    /// @inheritdoc ISecretContracts
    function create(Terms calldata content) external returns (TermsHash terms) {
        TermsRules.check(content);
        if (!IProgramRegistry(_PROGRAM_REGISTRY).isPublished(ProgramHash.wrap(content.program))) {
            revert TermsInvalid("program");
        }
        bytes32 termsStruct = TypedData.terms(content);
        terms = TermsHash.wrap(_digest(termsStruct));
        Entry storage entry = _entries[terms];
        if (entry.memberCount != 0) revert TermsKnown(terms);

        entry.memberCount = uint8(content.members.length);
        entry.minProtection = content.minProtection;
        entry.vetoBlocks = content.vetoBlocks;
        entry.joinBy = content.joinBy;
        entry.program = content.program;
        entry.termsStruct = termsStruct;
        entry.receivers = _storeMembers(terms, content.members);
        _storeCommittee(terms, entry, content.committee);
        emit ContractCreated(terms, content);
    }

    /// @inheritdoc ISecretContracts
    function join(
        TermsHash terms,
        uint8 member,
        bytes32 shareCommitment,
        bytes[] calldata wraps,
        bytes calldata signature
    ) external {
        Entry storage entry = _known(terms);
        uint32 bit = _ownBit(terms, member);
        if (entry.joined & bit != 0) revert MemberAlreadyJoined(terms, member);
        if (block.timestamp > entry.joinBy) revert JoinTooLate(terms, entry.joinBy);
        if (shareCommitment == 0) revert ShareInvalid(terms, member);

        _members[terms][member].shareCommitment = shareCommitment;
        entry.joined |= bit;
        _acceptShare(terms, member, shareCommitment, wraps, signature);
        if (_isActive(entry)) emit ContractActivated(terms);
    }

    /// @inheritdoc ISecretContracts
    function reshare(
        TermsHash terms,
        uint8 member,
        bytes32 shareCommitment,
        bytes[] calldata wraps,
        bytes calldata signature
    ) external {
        _requireMember(terms, member, msg.sender, 0);
        // Once for each committee: a second one, given after a task is sealed, could make every worker fail to open it.
        bool again = (_entries[terms].shared >> member) & 1 == 1;
        if (again || _members[terms][member].shareCommitment != shareCommitment) {
            revert ShareInvalid(terms, member);
        }
        _acceptShare(terms, member, shareCommitment, wraps, signature);
    }

    /// @inheritdoc ISecretContracts
    function changeCommittee(
        TermsHash terms,
        Committee calldata committee,
        bytes[] calldata signatures
    ) external {
        Entry storage entry = _active(terms);
        if (entry.sealedTasks != 0) revert CommitteeBusy(terms, entry.sealedTasks);
        uint32 next = entry.committeeVersion + 1;
        if (committee.version != next) {
            revert CommitteeVersionInvalid(terms, next, committee.version);
        }
        TermsRules.checkCommittee(committee);
        if (signatures.length != entry.memberCount) revert TermsInvalid("signatures");

        bytes32 committeeHash = TypedData.committee(committee);
        bytes32 digest = _digest(TypedData.committeeChange(TermsHash.unwrap(terms), committeeHash));
        for (uint8 i = 0; i < signatures.length; ++i) {
            _requireSignature(terms, i, digest, signatures[i]);
        }
        _storeCommittee(terms, entry, committee);
        emit CommitteeChanged(terms, committee, signatures);
    }

    /// @inheritdoc ISecretContracts
    function commitDataset(
        TermsHash terms,
        uint8 member,
        uint8 table,
        uint32 epoch,
        DatasetHash dataset,
        uint32 chunks
    ) external {
        _requireMember(terms, member, msg.sender, Abilities.CONTRIBUTE);
        if (DatasetHash.unwrap(dataset) == 0) revert DatasetInvalid("dataset");
        if (chunks == 0) revert DatasetInvalid("chunks");
        DatasetEntry storage entry = _datasets[terms][member][dataset];
        if (entry.chunks != 0) revert DatasetKnown(terms, member, dataset);

        _datasets[terms][member][dataset] = DatasetEntry(chunks, epoch, table, false);
        emit DatasetCommitted(terms, member, dataset, table, epoch, chunks);
    }

    /// @inheritdoc ISecretContracts
    function withdrawDataset(TermsHash terms, uint8 member, DatasetHash dataset) external {
        _requireMember(terms, member, msg.sender, 0);
        DatasetEntry storage entry = _datasets[terms][member][dataset];
        if (entry.chunks == 0 || entry.withdrawn) revert DatasetUnknown(terms, member, dataset);

        entry.withdrawn = true;
        emit DatasetWithdrawn(terms, member, dataset);
    }

    /// @inheritdoc ISecretContracts
    function pause(TermsHash terms, uint8 member) external {
        Entry storage entry = _active(terms);
        entry.paused |= _ownBit(terms, member);
        emit ContractPaused(terms, member);
    }

    /// @inheritdoc ISecretContracts
    function resume(TermsHash terms, uint8 member) external {
        Entry storage entry = _active(terms);
        entry.paused &= ~_ownBit(terms, member);
        emit ContractResumed(terms, member);
    }

    /// @inheritdoc ISecretContracts
    function beginTask(
        TermsHash terms,
        bool changesState,
        uint32 members
    ) external onlyTaskManager returns (SealFacts memory facts) {
        // Active, or it would have no proposed task.
        Entry storage entry = _entries[terms];
        if (entry.paused != 0) revert ContractIsPaused(terms, entry.paused);
        if (changesState) {
            if (entry.stateTaskOpen) revert StateTaskOpen(terms);
            entry.stateTaskOpen = true;
        }
        entry.sealedTasks += 1;
        facts.committeeVersion = entry.committeeVersion;
        facts.committee = entry.committee;
        facts.threshold = entry.threshold;
        facts.minProtection = entry.minProtection;
        facts.vetoBlocks = entry.vetoBlocks;
        facts.consentKeys = _consentKeys(terms, members);
        if (!entry.hasState) return facts;
        facts.version = entry.version;
        facts.stateRoot = entry.stateRoot;
        facts.stateContributors = entry.stateContributors;
    }

    /// @inheritdoc ISecretContracts
    function endTask(
        TermsHash terms,
        bool changesState,
        bytes32 nextStateRoot,
        uint32 contributors
    ) external onlyTaskManager {
        Entry storage entry = _entries[terms];
        entry.sealedTasks -= 1;
        if (changesState) entry.stateTaskOpen = false;
        if (contributors == 0) return;
        uint64 version = entry.version + 1;
        entry.hasState = true;
        entry.version = version;
        contributors |= entry.stateContributors;
        entry.stateContributors = contributors;
        entry.stateRoot = nextStateRoot;
        emit StateAdvanced(terms, version, nextStateRoot, contributors);
    }

    function _storeMembers(
        TermsHash terms,
        Member[] calldata members
    ) private returns (uint32 receivers) {
        for (uint256 i = 0; i < members.length; ++i) {
            MemberEntry storage entry = _members[terms][i];
            entry.account = members[i].account;
            entry.abilities = members[i].abilities;
            entry.consentKey = members[i].consentKey;
            if (members[i].abilities & Abilities.RECEIVE != 0) receivers |= uint32(1 << i);
        }
    }

    function _storeCommittee(
        TermsHash terms,
        Entry storage entry,
        Committee calldata committee
    ) private {
        entry.committeeVersion = committee.version;
        entry.shared = 0;
        entry.threshold = committee.threshold;
        entry.committeeSize = uint8(committee.workers.length);
        entry.committee = TypedData.committee(committee);
        for (uint256 i = 0; i < committee.workers.length; ++i) {
            _workers[terms][_slot(committee.version, i)] = TaggedHash.worker(committee.workers[i]);
        }
    }

    /// @dev For {join} and {reshare}: one wrap for each worker and one for the member, signed by its consent key.
    function _acceptShare(
        TermsHash terms,
        uint8 member,
        bytes32 shareCommitment,
        bytes[] calldata wraps,
        bytes calldata signature
    ) private {
        Entry storage entry = _entries[terms];
        if (wraps.length != uint256(entry.committeeSize) + 1) revert ShareInvalid(terms, member);
        uint32 version = entry.committeeVersion;
        entry.shared |= uint32(1) << member;
        bytes32 structHash = TypedData.join(
            entry.termsStruct,
            member,
            version,
            shareCommitment,
            wraps
        );
        _requireSignature(terms, member, _digest(structHash), signature);
        emit MemberJoined(terms, member, version, shareCommitment, wraps, signature);
    }

    function _requireSignature(
        TermsHash terms,
        uint8 member,
        bytes32 digest,
        bytes calldata signature
    ) private view {
        address expected = _members[terms][member].consentKey;
        if (!Signatures.isBy(digest, signature, expected)) {
            address actual = Signatures.signerOf(digest, signature);
            revert MemberSignatureInvalid(terms, member, expected, actual);
        }
    }

    /// @return bit of a member whose account is the caller
    function _ownBit(TermsHash terms, uint8 member) private view returns (uint32 bit) {
        if (_members[terms][member].account != msg.sender) {
            revert MemberUnauthorized(terms, member, msg.sender);
        }
        return uint32(1) << member;
    }
}
