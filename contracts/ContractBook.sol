// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ISecretContracts} from "./interfaces/ISecretContracts.sol";
import {Masks} from "./libraries/Masks.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {DatasetHash, TermsHash, WorkerId} from "./types/Ids.sol";
import {InputRef} from "./types/Task.sol";
import {Abilities} from "./types/Terms.sol";

/// @title What is stored about secret contracts, and the questions to it
abstract contract ContractBook is ISecretContracts {
    /// @dev The first word is all that most calls read.
    struct Entry {
        uint8 memberCount;
        /// Bit i: member i.
        uint32 joined;
        uint32 paused;
        uint32 receivers;
        uint32 committeeVersion;
        uint8 threshold;
        uint8 committeeSize;
        uint32 sealedTasks;
        bool stateTaskOpen;
        uint8 minProtection;
        uint32 vetoBlocks;
        /// Version above 0: else the state's words are not worth reading.
        bool hasState;
        // second word
        uint64 version;
        uint64 joinBy;
        uint32 stateContributors;
        /// Members that sealed their share to the present committee.
        uint32 shared;
        bytes32 committee;
        /// EIP-712 struct hash of the terms, which every `Join` signs.
        bytes32 termsStruct;
        bytes32 stateRoot;
        bytes32 program;
    }

    struct MemberEntry {
        address account;
        uint8 abilities;
        address consentKey;
        bytes32 shareCommitment;
    }

    /// @dev One word.
    struct DatasetEntry {
        uint32 chunks;
        uint32 epoch;
        uint8 table;
        bool withdrawn;
    }

    address internal immutable _PARTY_REGISTRY;
    address internal immutable _PROGRAM_REGISTRY;
    address internal immutable _WORKER_REGISTRY;
    address internal immutable _TASK_MANAGER;
    address internal immutable _VAULT;

    mapping(TermsHash terms => Entry) internal _entries;
    mapping(TermsHash terms => mapping(uint256 index => MemberEntry)) internal _members;
    /// @dev Under the member, so that nobody can take another's hash first.
    mapping(TermsHash terms => mapping(uint256 member => mapping(DatasetHash dataset => DatasetEntry)))
        internal _datasets;
    /// @dev Past committees stay: faults on old seals must be provable. The slot is version * 256 + index.
    mapping(TermsHash terms => mapping(uint256 slot => WorkerId)) internal _workers;

    constructor(
        address partyRegistry_,
        address programRegistry_,
        address workerRegistry_,
        address taskManager_,
        address vault_
    ) {
        _PARTY_REGISTRY = partyRegistry_;
        _PROGRAM_REGISTRY = programRegistry_;
        _WORKER_REGISTRY = workerRegistry_;
        _TASK_MANAGER = taskManager_;
        _VAULT = vault_;
    }

    /// @inheritdoc ISecretContracts
    function statusOf(TermsHash terms) external view returns (Status memory) {
        Entry storage entry = _entries[terms];
        return
            Status({
                memberCount: entry.memberCount,
                joined: entry.joined,
                paused: entry.paused,
                active: _isActive(entry),
                committeeVersion: entry.committeeVersion,
                threshold: entry.threshold,
                committeeSize: entry.committeeSize,
                committee: entry.committee,
                version: entry.version,
                stateRoot: entry.stateRoot,
                sealedTasks: entry.sealedTasks,
                joinBy: entry.joinBy,
                minProtection: entry.minProtection,
                vetoBlocks: entry.vetoBlocks,
                program: entry.program,
                stateContributors: entry.stateContributors
            });
    }

    /// @inheritdoc ISecretContracts
    function requireMember(
        TermsHash terms,
        uint8 member,
        address account,
        uint8 ability
    ) external view {
        _requireMember(terms, member, account, ability);
    }

    /// @inheritdoc ISecretContracts
    function requireTask(
        TermsHash terms,
        uint8 requester,
        address account,
        uint32 recipients,
        InputRef[] calldata inputs
    ) external view returns (uint256 available) {
        Entry storage entry = _requireMember(terms, requester, account, Abilities.REQUEST);
        uint32 unable = recipients & ~entry.receivers;
        if (unable != 0) {
            uint8 lowest = 0;
            while ((unable >> lowest) & 1 == 0) ++lowest;
            revert MemberAbilityMissing(terms, lowest, Abilities.RECEIVE);
        }
        mapping(uint256 => mapping(DatasetHash => DatasetEntry)) storage datasets = _datasets[
            terms
        ];
        for (; available < inputs.length; ++available) {
            InputRef calldata input = inputs[available];
            DatasetEntry storage dataset = datasets[input.member][input.dataset];
            if (dataset.chunks == 0 || dataset.withdrawn || dataset.table != input.table) break;
        }
    }

    /// @inheritdoc ISecretContracts
    function accountOf(TermsHash terms, uint8 member) external view returns (address account) {
        return _members[terms][member].account;
    }

    /// @inheritdoc ISecretContracts
    function consentKeysOf(TermsHash terms, uint32 mask) external view returns (address[] memory) {
        return _consentKeys(terms, mask);
    }

    /// @inheritdoc ISecretContracts
    function workerAt(
        TermsHash terms,
        uint32 committeeVersion,
        uint8 index
    ) external view returns (WorkerId worker) {
        return _workers[terms][_slot(committeeVersion, index)];
    }

    /// @inheritdoc ISecretContracts
    function datasetOf(
        TermsHash terms,
        uint8 member,
        DatasetHash dataset
    ) external view returns (uint32 chunks, uint32 epoch, uint8 table, bool withdrawn) {
        DatasetEntry storage entry = _datasets[terms][member][dataset];
        return (entry.chunks, entry.epoch, entry.table, entry.withdrawn);
    }

    /// @inheritdoc ISecretContracts
    function partyRegistry() external view returns (address) {
        return _PARTY_REGISTRY;
    }

    /// @inheritdoc ISecretContracts
    function programRegistry() external view returns (address) {
        return _PROGRAM_REGISTRY;
    }

    /// @inheritdoc ISecretContracts
    function workerRegistry() external view returns (address) {
        return _WORKER_REGISTRY;
    }

    /// @inheritdoc ISecretContracts
    function taskManager() external view returns (address) {
        return _TASK_MANAGER;
    }

    /// @inheritdoc ISecretContracts
    function vault() external view returns (address) {
        return _VAULT;
    }

    /// @inheritdoc ISecretContracts
    function domainSeparator() external view returns (bytes32) {
        return TypedData.domain(address(this));
    }

    function _consentKeys(
        TermsHash terms,
        uint256 mask
    ) internal view returns (address[] memory keys) {
        mapping(uint256 => MemberEntry) storage members = _members[terms];
        keys = new address[](Masks.count(mask));
        for (uint256 i = 0; mask != 0; ++i) {
            uint256 member;
            (member, mask) = Masks.next(mask);
            keys[i] = members[member].consentKey;
        }
    }

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        return TypedData.digest(TypedData.domain(address(this)), structHash);
    }

    function _requireMember(
        TermsHash terms,
        uint8 member,
        address account,
        uint8 ability
    ) internal view returns (Entry storage entry) {
        entry = _active(terms);
        MemberEntry storage of_ = _members[terms][member];
        if (of_.account != account) revert MemberUnauthorized(terms, member, account);
        if (of_.abilities & ability != ability) {
            revert MemberAbilityMissing(terms, member, ability);
        }
    }

    function _active(TermsHash terms) internal view returns (Entry storage entry) {
        entry = _known(terms);
        if (!_isActive(entry)) revert ContractNotActive(terms);
    }

    function _known(TermsHash terms) internal view returns (Entry storage entry) {
        entry = _entries[terms];
        if (entry.memberCount == 0) revert TermsUnknown(terms);
    }

    function _isActive(Entry storage entry) internal view returns (bool) {
        uint256 count = entry.memberCount;
        return count != 0 && entry.joined == (1 << count) - 1;
    }

    function _slot(uint32 committeeVersion, uint256 index) internal pure returns (uint256) {
        return (uint256(committeeVersion) << 8) | index;
    }
}
