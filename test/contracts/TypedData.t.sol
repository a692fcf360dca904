// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// solhint-disable func-name-mixedcase, gas-custom-errors

import {VectorHarness} from "../../contracts/test/VectorHarness.sol";
import {Result, Task} from "../../contracts/types/Task.sol";

/// @dev Two struct hashes are made from raw calldata; here field by field, as the compiler does it.
contract TypedDataTest {
    VectorHarness private immutable _HASHES = new VectorHarness();

    function testFuzz_task(address contracts, Task calldata value) external view {
        bytes32 typeHash = keccak256(
            "Task(bytes32 terms,uint8 requester,string functionName,bytes32 paramsHash,bytes32 privateParams,bytes32 inputsRoot,uint32 recipients,bool changesState,uint64 epsilon,bytes32 releaseId,uint96 fee,uint64 sealBy,uint32 resultWindow,bytes32 salt)"
        );
        bytes memory what = abi.encode(
            typeHash,
            value.terms,
            value.requester,
            keccak256(bytes(value.functionName)),
            value.paramsHash,
            value.privateParams,
            value.inputsRoot,
            value.recipients
        );
        bytes memory how = abi.encode(
            value.changesState,
            value.epsilon,
            value.releaseId,
            value.fee,
            value.sealBy,
            value.resultWindow,
            value.salt
        );
        bytes32 structHash = keccak256(bytes.concat(what, how));
        require(
            _HASHES.task(contracts, value) == _digest(contracts, structHash),
            "the library hashes tasks otherwise"
        );
    }

    function testFuzz_result(address contracts, Result calldata value) external view {
        bytes32 typeHash = keccak256(
            "Result(bytes32 sealDigest,uint8 status,bytes32 reason,bytes32 nextStateRoot,bytes32 outputCommitment,uint64 outputLength)"
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash,
                value.sealDigest,
                value.status,
                value.reason,
                value.nextStateRoot,
                value.outputCommitment,
                value.outputLength
            )
        );
        require(
            _HASHES.result(contracts, value) == _digest(contracts, structHash),
            "the library hashes results otherwise"
        );
    }

    function _digest(address contracts, bytes32 structHash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Cloister"),
                keccak256("1"),
                block.chainid,
                contracts
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
