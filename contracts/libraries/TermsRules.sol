// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ISecretContracts} from "../interfaces/ISecretContracts.sol";
import {Abilities, Committee, CommitteeWorker, Member, Protection, Terms} from "../types/Terms.sol";
import {SealingKeys} from "./SealingKeys.sol";

/// @title What terms must look like
/// @notice Every function reverts with `TermsInvalid(what)`; `what` is the field at fault.
library TermsRules {
    uint256 internal constant MAX_MEMBERS = 32;
    uint256 internal constant MAX_WORKERS = 7;
    uint256 private constant MAX_NAME = 64;
    uint256 private constant MAX_POLICY = 16_384;

    function check(Terms calldata terms) internal view {
        _require(bytes(terms.name).length != 0 && bytes(terms.name).length <= MAX_NAME, "name");
        _require(
            bytes(terms.policy).length >= 2 && bytes(terms.policy).length <= MAX_POLICY,
            "policy"
        );
        _require(
            terms.minProtection >= Protection.SIMULATED &&
                terms.minProtection <= Protection.HARDWARE,
            "minProtection"
        );
        _require(terms.vetoBlocks != 0, "vetoBlocks");
        _require(terms.joinBy > block.timestamp, "joinBy");
        _require(terms.committee.version == 1, "committee.version");
        checkCommittee(terms.committee);
        _checkMembers(terms.members);
    }

    /// @dev Distinct signers, which is stricter than distinct ids: one key must not count twice towards the threshold.
    function checkCommittee(Committee calldata committee) internal pure {
        CommitteeWorker[] calldata workers = committee.workers;
        uint256 count = workers.length;
        _require(count != 0 && count <= MAX_WORKERS, "committee.workers");
        _require(
            2 * uint256(committee.threshold) > count && committee.threshold <= count,
            "committee.threshold"
        );
        for (uint256 i = 0; i < count; ++i) {
            address signer = workers[i].signer;
            _require(signer != address(0), "worker.signer");
            _require(SealingKeys.isValid(workers[i].sealingKey), "worker.sealingKey");
            for (uint256 j = 0; j < i; ++j) _require(workers[j].signer != signer, "worker.signer");
        }
    }

    function _checkMembers(Member[] calldata members) private pure {
        uint256 count = members.length;
        _require(count != 0 && count <= MAX_MEMBERS, "members");
        for (uint256 i = 0; i < count; ++i) {
            Member calldata member = members[i];
            (address account, address consentKey) = (member.account, member.consentKey);
            _require(account != address(0), "member.account");
            _require(consentKey != address(0), "member.consentKey");
            _require(SealingKeys.isValid(member.sealingKey), "member.sealingKey");
            _require(
                member.abilities != 0 && member.abilities <= Abilities.ALL,
                "member.abilities"
            );
            for (uint256 j = 0; j < i; ++j) {
                _require(members[j].account != account, "member.account");
                _require(members[j].consentKey != consentKey, "member.consentKey");
            }
        }
    }

    function _require(bool condition, bytes32 what) private pure {
        if (!condition) revert ISecretContracts.TermsInvalid(what);
    }
}
