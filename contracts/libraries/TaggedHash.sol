// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {DatasetHash, ProgramHash, WorkerId} from "../types/Ids.sol";
import {Seal} from "../types/Task.sol";
import {CommitteeWorker} from "../types/Terms.sol";

/// @title Hashes of everything that is not EIP-712
/// @notice keccak256(u8 len(tag) || tag || u32 count(fields) || (u32 len || field)*), big-endian. Two kinds of hash can
/// never be confused, nor two splits of the same bytes.
/// @dev Each layout is written out, tag, count and lengths as constants: shorter to check against the specification than a
/// generic packer, and cheaper. `test/contracts/TaggedHash.t.sol` holds the generic one and compares.
library TaggedHash {
    function program(bytes32 moduleHash, bytes32 manifestHash) internal pure returns (ProgramHash) {
        return
            ProgramHash.wrap(
                keccak256(
                    abi.encodePacked(
                        uint8(19),
                        "cloister/v1/program",
                        uint32(2),
                        uint32(32),
                        moduleHash,
                        uint32(32),
                        manifestHash
                    )
                )
            );
    }

    function worker(CommitteeWorker calldata keys) internal pure returns (WorkerId) {
        return
            WorkerId.wrap(
                keccak256(
                    abi.encodePacked(
                        uint8(18),
                        "cloister/v1/worker",
                        uint32(3),
                        uint32(20),
                        keys.signer,
                        uint32(keys.sealingKey.length),
                        keys.sealingKey,
                        uint32(32),
                        keys.measurement
                    )
                )
            );
    }

    /// @dev What evidence must bind, so that it serves one operator, one registry, one chain, once.
    function workerBinding(
        address registry,
        address operator,
        CommitteeWorker calldata keys,
        uint64 epoch
    ) internal view returns (bytes32) {
        bytes memory place = abi.encodePacked(
            uint8(26),
            "cloister/v1/worker-binding",
            uint32(6),
            uint32(32),
            block.chainid,
            uint32(20),
            registry,
            uint32(20),
            operator
        );
        return
            keccak256(
                abi.encodePacked(
                    place,
                    uint32(20),
                    keys.signer,
                    uint32(keys.sealingKey.length),
                    keys.sealingKey,
                    uint32(8),
                    epoch
                )
            );
    }

    function simulatedEvidence(
        bytes32 measurement,
        bytes32 binding,
        uint64 blockNumber,
        bytes32 blockHash
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    uint8(30),
                    "cloister/v1/simulated-evidence",
                    uint32(4),
                    uint32(32),
                    measurement,
                    uint32(32),
                    binding,
                    uint32(8),
                    blockNumber,
                    uint32(32),
                    blockHash
                )
            );
    }

    /// @param value public parameters of a task, canonical JSON
    function params(bytes calldata value) internal pure returns (bytes32) {
        bytes23 head = "\x12cloister/v1/params\x00\x00\x00\x01";
        return keccak256(abi.encodePacked(head, uint32(value.length), value));
    }

    /// @param value an output, canonical JSON
    function output(bytes32 salt, bytes calldata value) internal pure returns (bytes32) {
        bytes27 head = "\x12cloister/v1/output\x00\x00\x00\x02\x00\x00\x00\x20";
        return keccak256(abi.encodePacked(head, salt, uint32(value.length), value));
    }

    /// @dev Everything before the dataset's length is one word.
    function input(uint8 member, uint8 table, DatasetHash dataset) internal pure returns (bytes32) {
        bytes32 head =
            "\x11cloister/v1/input\x00\x00\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x01\x00";
        head |= bytes32((uint256(member) << 40) | table);
        return keccak256(abi.encodePacked(head, uint32(32), dataset));
    }

    /// @dev Inner node of a Merkle tree.
    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        bytes25 head = "\x10cloister/v1/node\x00\x00\x00\x02\x00\x00\x00\x20";
        return keccak256(abi.encodePacked(head, left, uint32(32), right));
    }

    /// @dev Lengths and narrow fields between two hashes are put together as one number, to save gas and stack.
    function seal(Seal memory facts) internal pure returns (bytes32) {
        bytes25 head = "\x10cloister/v1/seal\x00\x00\x00\x09\x00\x00\x00\x20";
        // u32 4 || committeeVersion || u32 32
        uint96 committeeVersion = (4 << 64) | (uint96(facts.committeeVersion) << 32) | 32;
        // u32 8 || version || u32 32
        uint128 version = (8 << 96) | (uint128(facts.version) << 32) | 32;
        // u32 8 || blockNumber || u32 8 || time || u32 1 || protection
        uint232 rest =
            (8 << 200) |
                (uint232(facts.blockNumber) << 136) |
                (8 << 104) |
                (uint232(facts.time) << 40) |
                (1 << 8) |
                facts.protection;
        return
            keccak256(
                abi.encodePacked(
                    head,
                    facts.taskId,
                    uint32(32),
                    facts.terms,
                    committeeVersion,
                    facts.committee,
                    version,
                    facts.stateRoot,
                    rest
                )
            );
    }
}
