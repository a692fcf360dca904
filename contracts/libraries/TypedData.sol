// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {Result, Task} from "../types/Task.sol";
import {Committee, CommitteeWorker, Member, Terms} from "../types/Terms.sol";

/// @title EIP-712: what members and workers sign
/// @notice One domain for the whole deployment, its verifying contract is SecretContracts.
/// @dev Functions named after a struct return its struct hash; {digest} makes it signable.
library TypedData {
    bytes32 private constant DOMAIN = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 private constant NAME = keccak256("Cloister");
    bytes32 private constant VERSION = keccak256("1");

    bytes32 private constant TERMS = keccak256(
        "Terms(string name,bytes32 program,Member[] members,Committee committee,string policy,uint8 minProtection,uint32 vetoBlocks,uint64 joinBy,bytes32 salt)Committee(uint32 version,uint8 threshold,CommitteeWorker[] workers)CommitteeWorker(address signer,bytes sealingKey,bytes32 measurement)Member(address account,address consentKey,bytes sealingKey,uint8 abilities)"
    );
    bytes32 private constant MEMBER = keccak256(
        "Member(address account,address consentKey,bytes sealingKey,uint8 abilities)"
    );
    bytes32 private constant COMMITTEE = keccak256(
        "Committee(uint32 version,uint8 threshold,CommitteeWorker[] workers)CommitteeWorker(address signer,bytes sealingKey,bytes32 measurement)"
    );
    bytes32 private constant COMMITTEE_WORKER = keccak256(
        "CommitteeWorker(address signer,bytes sealingKey,bytes32 measurement)"
    );
    bytes32 private constant JOIN = keccak256(
        "Join(Terms terms,uint8 member,uint32 committeeVersion,bytes32 shareCommitment,bytes[] wraps)Committee(uint32 version,uint8 threshold,CommitteeWorker[] workers)CommitteeWorker(address signer,bytes sealingKey,bytes32 measurement)Member(address account,address consentKey,bytes sealingKey,uint8 abilities)Terms(string name,bytes32 program,Member[] members,Committee committee,string policy,uint8 minProtection,uint32 vetoBlocks,uint64 joinBy,bytes32 salt)"
    );
    bytes32 private constant COMMITTEE_CHANGE = keccak256(
        "CommitteeChange(bytes32 terms,Committee committee)Committee(uint32 version,uint8 threshold,CommitteeWorker[] workers)CommitteeWorker(address signer,bytes sealingKey,bytes32 measurement)"
    );
    bytes32 private constant TASK = keccak256(
        "Task(bytes32 terms,uint8 requester,string functionName,bytes32 paramsHash,bytes32 privateParams,bytes32 inputsRoot,uint32 recipients,bool changesState,uint64 epsilon,bytes32 releaseId,uint96 fee,uint64 sealBy,uint32 resultWindow,bytes32 salt)"
    );
    bytes32 private constant READY = keccak256("Ready(bytes32 taskId,bytes32 committee)");
    bytes32 private constant RESULT = keccak256(
        "Result(bytes32 sealDigest,uint8 status,bytes32 reason,bytes32 nextStateRoot,bytes32 outputCommitment,uint64 outputLength)"
    );
    bytes32 private constant KEY_WRAP = keccak256(
        "KeyWrap(bytes32 dataset,bytes sealingKey,bytes32 wrapHash)"
    );

    function domain(address verifyingContract) internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, NAME, VERSION, block.chainid, verifyingContract));
    }

    function digest(bytes32 separator, bytes32 structHash) internal pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(separator, structHash);
    }

    /// @dev In two halves: the stack is too short for all fields.
    function terms(Terms calldata value) internal pure returns (bytes32) {
        bytes32[] memory members = new bytes32[](value.members.length);
        for (uint256 i = 0; i < members.length; ++i) members[i] = _member(value.members[i]);
        bytes memory who = abi.encode(
            TERMS,
            keccak256(bytes(value.name)),
            value.program,
            keccak256(abi.encodePacked(members)),
            committee(value.committee)
        );
        bytes memory how = abi.encode(
            keccak256(bytes(value.policy)),
            value.minProtection,
            value.vetoBlocks,
            value.joinBy,
            value.salt
        );
        return keccak256(bytes.concat(who, how));
    }

    function committee(Committee calldata value) internal pure returns (bytes32) {
        bytes32[] memory workers = new bytes32[](value.workers.length);
        for (uint256 i = 0; i < workers.length; ++i) workers[i] = _worker(value.workers[i]);
        return
            keccak256(
                abi.encode(
                    COMMITTEE,
                    value.version,
                    value.threshold,
                    keccak256(abi.encodePacked(workers))
                )
            );
    }

    /// @param termsStruct struct hash, see {terms}: a wallet shows who joins all of the terms, not a hash
    function join(
        bytes32 termsStruct,
        uint8 member,
        uint32 committeeVersion,
        bytes32 shareCommitment,
        bytes[] calldata wraps
    ) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](wraps.length);
        for (uint256 i = 0; i < hashes.length; ++i) hashes[i] = keccak256(wraps[i]);
        bytes32 all = keccak256(abi.encodePacked(hashes));
        return
            keccak256(
                abi.encode(JOIN, termsStruct, member, committeeVersion, shareCommitment, all)
            );
    }

    /// @param committeeHash struct hash, see {committee}
    function committeeChange(
        bytes32 termsHash,
        bytes32 committeeHash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(COMMITTEE_CHANGE, termsHash, committeeHash));
    }

    /// @dev The fields are words of the calldata already, in the order of the type; only the name is replaced by its hash.
    /// Who acts on a task reads, and thereby range-checks, every field narrower than a word.
    function task(Task calldata value) internal pure returns (bytes32 structHash) {
        bytes32 typeHash = TASK;
        bytes32 name = keccak256(bytes(value.functionName));
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, typeHash)
            calldatacopy(add(data, 0x20), value, 0x1c0)
            mstore(add(data, 0x60), name)
            structHash := keccak256(data, 0x1e0)
        }
    }

    /// @param committeeHash struct hash, see {committee}
    function ready(bytes32 taskId, bytes32 committeeHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(READY, taskId, committeeHash));
    }

    /// @dev As {task}: the six fields are six words of the calldata.
    function result(Result calldata value) internal pure returns (bytes32 structHash) {
        bytes32 typeHash = RESULT;
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, typeHash)
            calldatacopy(add(data, 0x20), value, 0xc0)
            structHash := keccak256(data, 0xe0)
        }
    }

    /// @dev No contract reads key wraps; the law is written here so that the vectors check it twice.
    function keyWrap(
        bytes32 dataset,
        bytes calldata sealingKey,
        bytes32 wrapHash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(KEY_WRAP, dataset, keccak256(sealingKey), wrapHash));
    }

    function _member(Member calldata value) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    MEMBER,
                    value.account,
                    value.consentKey,
                    keccak256(value.sealingKey),
                    value.abilities
                )
            );
    }

    function _worker(CommitteeWorker calldata value) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    COMMITTEE_WORKER,
                    value.signer,
                    keccak256(value.sealingKey),
                    value.measurement
                )
            );
    }
}
