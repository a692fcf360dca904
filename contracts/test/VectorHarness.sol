// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {InputsRoot} from "../libraries/InputsRoot.sol";
import {TaggedHash} from "../libraries/TaggedHash.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {ProgramHash, WorkerId} from "../types/Ids.sol";
import {InputRef, Result, Seal, Task} from "../types/Task.sol";
import {Committee, CommitteeWorker, Terms} from "../types/Terms.sol";

/// @title The libraries' hashes, callable
/// @notice For tests only: `test/vectors` holds the exact bytes, TypeScript and Solidity must both reproduce them.
contract VectorHarness {
    function terms(address contracts, Terms calldata value) external view returns (bytes32) {
        return TypedData.digest(TypedData.domain(contracts), TypedData.terms(value));
    }

    function termsStruct(Terms calldata value) external pure returns (bytes32) {
        return TypedData.terms(value);
    }

    function committee(Committee calldata value) external pure returns (bytes32) {
        return TypedData.committee(value);
    }

    function committeeChange(
        address contracts,
        bytes32 termsHash,
        Committee calldata value
    ) external view returns (bytes32) {
        bytes32 structHash = TypedData.committeeChange(termsHash, TypedData.committee(value));
        return TypedData.digest(TypedData.domain(contracts), structHash);
    }

    function join(
        address contracts,
        bytes32 termsStructHash,
        uint8 member,
        uint32 committeeVersion,
        bytes32 shareCommitment,
        bytes[] calldata wraps
    ) external view returns (bytes32) {
        bytes32 structHash = TypedData.join(
            termsStructHash,
            member,
            committeeVersion,
            shareCommitment,
            wraps
        );
        return TypedData.digest(TypedData.domain(contracts), structHash);
    }

    function task(address contracts, Task calldata value) external view returns (bytes32) {
        return TypedData.digest(TypedData.domain(contracts), TypedData.task(value));
    }

    function ready(
        address contracts,
        bytes32 taskId,
        bytes32 committeeHash
    ) external view returns (bytes32) {
        bytes32 structHash = TypedData.ready(taskId, committeeHash);
        return TypedData.digest(TypedData.domain(contracts), structHash);
    }

    function result(address contracts, Result calldata value) external view returns (bytes32) {
        return TypedData.digest(TypedData.domain(contracts), TypedData.result(value));
    }

    function keyWrap(
        address contracts,
        bytes32 dataset,
        bytes calldata sealingKey,
        bytes32 wrapHash
    ) external view returns (bytes32) {
        bytes32 structHash = TypedData.keyWrap(dataset, sealingKey, wrapHash);
        return TypedData.digest(TypedData.domain(contracts), structHash);
    }

    function program(bytes32 moduleHash, bytes32 manifestHash) external pure returns (ProgramHash) {
        return TaggedHash.program(moduleHash, manifestHash);
    }

    function worker(CommitteeWorker calldata keys) external pure returns (WorkerId) {
        return TaggedHash.worker(keys);
    }

    function workerBinding(
        address registry,
        address operator,
        CommitteeWorker calldata keys,
        uint64 epoch
    ) external view returns (bytes32) {
        return TaggedHash.workerBinding(registry, operator, keys, epoch);
    }

    function simulatedEvidence(
        bytes32 measurement,
        bytes32 binding,
        uint64 blockNumber,
        bytes32 blockHash
    ) external pure returns (bytes32) {
        return TaggedHash.simulatedEvidence(measurement, binding, blockNumber, blockHash);
    }

    function params(bytes calldata value) external pure returns (bytes32) {
        return TaggedHash.params(value);
    }

    function output(bytes32 salt, bytes calldata value) external pure returns (bytes32) {
        return TaggedHash.output(salt, value);
    }

    function inputsRoot(InputRef[] calldata inputs) external pure returns (bytes32) {
        return InputsRoot.root(inputs);
    }

    function seal(Seal calldata facts) external pure returns (bytes32) {
        return TaggedHash.seal(facts);
    }
}
