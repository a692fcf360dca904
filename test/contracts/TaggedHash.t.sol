// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// solhint-disable func-name-mixedcase, gas-custom-errors

import {VectorHarness} from "../../contracts/test/VectorHarness.sol";
import {DatasetHash, ProgramHash, WorkerId} from "../../contracts/types/Ids.sol";
import {InputRef, Seal} from "../../contracts/types/Task.sol";
import {CommitteeWorker} from "../../contracts/types/Terms.sol";

/// @dev The libraries write every layout out; here is the one definition they all must agree with.
contract TaggedHashTest {
    VectorHarness private immutable _HASHES = new VectorHarness();

    function testFuzz_program(bytes32 a, bytes32 b) external view {
        bytes32 actual = ProgramHash.unwrap(_HASHES.program(a, b));
        _same(actual, _tagged("program", _list(abi.encode(a), abi.encode(b))));
    }

    function testFuzz_params(bytes calldata value) external view {
        bytes[] memory fields = new bytes[](1);
        fields[0] = value;
        _same(_HASHES.params(value), _tagged("params", fields));
    }

    function testFuzz_output(bytes32 salt, bytes calldata value) external view {
        bytes[] memory fields = new bytes[](2);
        fields[0] = abi.encode(salt);
        fields[1] = value;
        _same(_HASHES.output(salt, value), _tagged("output", fields));
    }

    function testFuzz_worker(CommitteeWorker calldata keys) external view {
        bytes[] memory fields = new bytes[](3);
        fields[0] = abi.encodePacked(keys.signer);
        fields[1] = keys.sealingKey;
        fields[2] = abi.encode(keys.measurement);
        _same(WorkerId.unwrap(_HASHES.worker(keys)), _tagged("worker", fields));
    }

    function testFuzz_workerBinding(
        address registry,
        address operator,
        CommitteeWorker calldata keys,
        uint64 epoch
    ) external view {
        bytes[] memory fields = new bytes[](6);
        fields[0] = abi.encode(block.chainid);
        fields[1] = abi.encodePacked(registry);
        fields[2] = abi.encodePacked(operator);
        fields[3] = abi.encodePacked(keys.signer);
        fields[4] = keys.sealingKey;
        fields[5] = abi.encodePacked(epoch);
        bytes32 actual = _HASHES.workerBinding(registry, operator, keys, epoch);
        _same(actual, _tagged("worker-binding", fields));
    }

    function testFuzz_simulatedEvidence(bytes32 a, bytes32 b, uint64 c, bytes32 d) external view {
        bytes[] memory fields = new bytes[](4);
        fields[0] = abi.encode(a);
        fields[1] = abi.encode(b);
        fields[2] = abi.encodePacked(c);
        fields[3] = abi.encode(d);
        _same(_HASHES.simulatedEvidence(a, b, c, d), _tagged("simulated-evidence", fields));
    }

    function testFuzz_seal(Seal calldata facts) external view {
        bytes[] memory fields = new bytes[](9);
        fields[0] = abi.encode(facts.taskId);
        fields[1] = abi.encode(facts.terms);
        fields[2] = abi.encodePacked(facts.committeeVersion);
        fields[3] = abi.encode(facts.committee);
        fields[4] = abi.encodePacked(facts.version);
        fields[5] = abi.encode(facts.stateRoot);
        fields[6] = abi.encodePacked(facts.blockNumber);
        fields[7] = abi.encodePacked(facts.time);
        fields[8] = abi.encodePacked(facts.protection);
        _same(_HASHES.seal(facts), _tagged("seal", fields));
    }

    function testFuzz_inputsRoot(InputRef[] calldata inputs) external view {
        bytes32[] memory leaves = new bytes32[](inputs.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            bytes[] memory fields = new bytes[](3);
            fields[0] = abi.encodePacked(inputs[i].member);
            fields[1] = abi.encodePacked(inputs[i].table);
            fields[2] = abi.encode(DatasetHash.unwrap(inputs[i].dataset));
            leaves[i] = _tagged("input", fields);
        }
        _same(_HASHES.inputsRoot(inputs), _root(leaves));
    }

    /// @dev Level by level into fresh arrays, where the library works in place.
    function _root(bytes32[] memory level) private pure returns (bytes32) {
        if (level.length == 0) return bytes32(0);
        if (level.length == 1) return level[0];
        bytes32[] memory next = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < next.length; ++i) {
            next[i] =
                2 * i + 1 == level.length
                    ? level[2 * i]
                    : _tagged(
                        "node",
                        _list(abi.encode(level[2 * i]), abi.encode(level[2 * i + 1]))
                    );
        }
        return _root(next);
    }

    function _tagged(string memory kind, bytes[] memory fields) private pure returns (bytes32) {
        bytes memory tag = bytes.concat("cloister/v1/", bytes(kind));
        bytes memory all = abi.encodePacked(uint8(tag.length), tag, uint32(fields.length));
        for (uint256 i = 0; i < fields.length; ++i) {
            all = abi.encodePacked(all, uint32(fields[i].length), fields[i]);
        }
        return keccak256(all);
    }

    function _list(bytes memory a, bytes memory b) private pure returns (bytes[] memory fields) {
        fields = new bytes[](2);
        (fields[0], fields[1]) = (a, b);
    }

    function _same(bytes32 actual, bytes32 expected) private pure {
        require(actual == expected, "the library packs otherwise");
    }
}
