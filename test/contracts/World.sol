// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// solhint-disable func-name-mixedcase, gas-custom-errors

import {PartyRegistry} from "../../contracts/PartyRegistry.sol";
import {ProgramRegistry} from "../../contracts/ProgramRegistry.sol";
import {SecretContracts} from "../../contracts/SecretContracts.sol";
import {TaskManager} from "../../contracts/TaskManager.sol";
import {Vault} from "../../contracts/Vault.sol";
import {WorkerRegistry} from "../../contracts/WorkerRegistry.sol";
import {IAttestationVerifier} from "../../contracts/interfaces/IAttestationVerifier.sol";
import {AnyVerifier} from "../../contracts/test/AnyVerifier.sol";
import {VectorHarness} from "../../contracts/test/VectorHarness.sol";
import {TestToken} from "../../contracts/test/TestToken.sol";
import {DatasetHash, ProgramHash, TaskId, TermsHash, WorkerId} from "../../contracts/types/Ids.sol";
import {InputRef, Result, ResultStatus, Seal, Signed, Task} from "../../contracts/types/Task.sol";
import {
    Committee,
    CommitteeWorker,
    Member,
    Protection,
    Terms
} from "../../contracts/types/Terms.sol";
import {vm} from "./Vm.sol";

/// @title A deployment with three members, three workers of which two must agree, and two secret contracts: one that takes
/// simulated workers, one that demands hardware
contract World {
    uint256 internal constant _MEMBERS = 3;
    uint256 internal constant _WORKERS = 3;
    uint8 internal constant _THRESHOLD = 2;
    uint96 internal constant _STAKE = 10_000;
    uint256 internal constant _FUNDS = 1e24;
    uint40 internal constant _LIFETIME = 90 days;
    uint32 internal constant _WINDOW = 1 hours;
    bytes internal constant _PARAMS = "{}";
    bytes32 internal constant _MEASUREMENT = keccak256("measurement");

    VectorHarness internal immutable _HASHES = new VectorHarness();
    TestToken internal _token;
    Vault internal _vault;
    WorkerRegistry internal _registry;
    TaskManager internal _tasks;
    SecretContracts internal _secrets;
    bytes32 internal _program;
    /// @dev Of the contract that takes simulated workers.
    bytes32 internal _terms;
    bytes32 internal _hardwareTerms;
    Committee internal _committee;
    mapping(bytes32 terms => bytes32) private _termsStructs;

    constructor() {
        vm.warp(1_800_000_000);
        vm.roll(1_000);
        _deploy();
        for (uint256 i = 0; i < _WORKERS; ++i) _register(i);
        for (uint256 i = 0; i < _MEMBERS; ++i) _fund(_member(i));
        _program = ProgramHash.unwrap(
            ProgramRegistry(_secrets.programRegistry()).publish("module", "manifest", "")
        );
        _terms = _create(Protection.SIMULATED);
        _hardwareTerms = _create(Protection.HARDWARE);
        for (uint256 i = 0; i < _MEMBERS; ++i) {
            _join(_terms, i);
            _join(_hardwareTerms, i);
        }
    }

    function _deploy() private {
        _token = new TestToken();
        PartyRegistry parties = new PartyRegistry();
        ProgramRegistry programs = new ProgramRegistry();
        IAttestationVerifier[] memory verifiers = new IAttestationVerifier[](2);
        verifiers[0] = new AnyVerifier(true);
        verifiers[1] = new AnyVerifier(false);

        uint256 nonce = vm.getNonce(address(this));
        address[4] memory next;
        for (uint256 i = 0; i < 4; ++i) {
            next[i] = vm.computeCreateAddress(address(this), nonce + i);
        }
        _vault = new Vault(_token, next[2], next[1]);
        _registry = new WorkerRegistry(_vault, next[2], verifiers, _STAKE, _LIFETIME);
        _tasks = new TaskManager(SecretContracts(next[3]), _registry, _vault);
        _secrets = new SecretContracts(
            address(parties),
            address(programs),
            address(_registry),
            address(_tasks),
            address(_vault)
        );
        require(address(_secrets) == next[3], "addresses were predicted wrongly");
    }

    function _create(uint8 minProtection) private returns (bytes32) {
        Member[] memory members = new Member[](_MEMBERS);
        for (uint256 i = 0; i < _MEMBERS; ++i) {
            members[i] = Member(_member(i), vm.addr(_consentKey(i)), _sealingKey(i), 15);
        }
        _committee.version = 1;
        _committee.threshold = _THRESHOLD;
        delete _committee.workers;
        for (uint256 i = 0; i < _WORKERS; ++i) _committee.workers.push(_keys(i));
        uint64 joinBy = uint64(block.timestamp + 1 days);
        Terms memory content = Terms(
            "world",
            _program,
            members,
            _committee,
            "{}",
            minProtection,
            1,
            joinBy,
            bytes32(0)
        );
        bytes32 created = TermsHash.unwrap(_secrets.create(content));
        _termsStructs[created] = _HASHES.termsStruct(content);
        return created;
    }

    function _join(bytes32 of_, uint256 i) private {
        bytes[] memory wraps = new bytes[](_WORKERS + 1);
        bytes32 share = keccak256(abi.encode("share", i));
        bytes32 digest = _HASHES.join(
            address(_secrets),
            _termsStructs[of_],
            uint8(i),
            1,
            share,
            wraps
        );
        bytes memory signature = _sign(_consentKey(i), digest);
        vm.prank(_member(i));
        _secrets.join(TermsHash.wrap(of_), uint8(i), share, wraps, signature);
    }

    function _register(uint256 i) private {
        address operator = _operator(i);
        _fund(operator);
        _renew(i, _STAKE);
    }

    /// @dev Registers or renews a worker.
    function _renew(uint256 i, uint96 stake) internal {
        address operator = _operator(i);
        CommitteeWorker memory keys = _keys(i);
        uint64 epoch = _registry.workerOf(_id(i)).epoch;
        bytes memory evidence = abi.encode(_MEASUREMENT, _registry.binding(operator, keys, epoch));
        vm.prank(operator);
        _registry.register(keys, "http://worker.test", 1, evidence, stake);
    }

    function _fund(address account) internal {
        _token.mint(account, _FUNDS);
        vm.prank(account);
        _token.approve(address(_vault), type(uint256).max);
        vm.prank(account);
        _vault.deposit(_FUNDS);
    }

    function _commit(uint256 member, bytes32 dataset) internal {
        vm.prank(_member(member));
        _secrets.commitDataset(
            TermsHash.wrap(_terms),
            uint8(member),
            0,
            0,
            DatasetHash.wrap(dataset),
            1
        );
    }

    function _task(
        bytes32 of_,
        uint256 requester,
        InputRef[] memory inputs,
        bool changesState,
        uint96 fee,
        bytes32 salt
    ) internal view returns (Task memory task) {
        task.terms = of_;
        task.requester = uint8(requester);
        task.functionName = "run";
        task.paramsHash = _HASHES.params(_PARAMS);
        task.inputsRoot = _HASHES.inputsRoot(inputs);
        task.recipients = 1;
        task.changesState = changesState;
        task.fee = fee;
        task.sealBy = uint64(block.timestamp + 1 days);
        task.resultWindow = _WINDOW;
        task.salt = salt;
    }

    function _consents(bytes32 taskId, uint256 mask) internal pure returns (Signed[] memory list) {
        return _signed(taskId, mask, true);
    }

    function _readies(bytes32 taskId, uint256 mask) internal view returns (Signed[] memory list) {
        bytes32 digest = _HASHES.ready(address(_secrets), taskId, _HASHES.committee(_committee));
        return _signed(digest, mask, false);
    }

    function _signed(
        bytes32 digest,
        uint256 mask,
        bool byMembers
    ) private pure returns (Signed[] memory list) {
        uint256 count = 0;
        for (uint256 i = 0; i < 8; ++i) count += (mask >> i) & 1;
        list = new Signed[](count);
        uint256 next = 0;
        for (uint256 i = 0; i < 8; ++i) {
            if ((mask >> i) & 1 == 0) continue;
            uint256 key = byMembers ? _consentKey(i) : _workerKey(i);
            list[next++] = Signed(uint8(i), _sign(key, digest));
        }
    }

    function _facts(TaskId taskId, bytes32 of_) internal view returns (Seal memory facts) {
        facts.taskId = TaskId.unwrap(taskId);
        facts.terms = of_;
        facts.committeeVersion = 1;
        facts.committee = _HASHES.committee(_committee);
        facts.version = _secrets.statusOf(TermsHash.wrap(of_)).version;
        facts.stateRoot = _secrets.statusOf(TermsHash.wrap(of_)).stateRoot;
        facts.blockNumber = uint64(block.number);
        facts.time = uint64(block.timestamp);
        facts.protection = Protection.SIMULATED;
    }

    /// @dev What every honest worker says.
    function _honest(
        Seal memory facts,
        bool changesState,
        uint8 status
    ) internal view returns (Result memory result) {
        result.sealDigest = _HASHES.seal(facts);
        result.status = status;
        if (status != ResultStatus.SUCCESS) {
            result.reason = "REASON";
            return result;
        }
        if (changesState) result.nextStateRoot = keccak256(abi.encode(result.sealDigest));
        result.outputCommitment = keccak256(abi.encode("output", result.sealDigest));
        result.outputLength = 1;
    }

    function _signResult(
        uint256 worker,
        Result memory result
    ) internal view returns (bytes memory) {
        return _sign(_workerKey(worker), _tasks.hashResult(result));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _keys(uint256 i) internal pure returns (CommitteeWorker memory) {
        return CommitteeWorker(vm.addr(_workerKey(i)), _sealingKey(100 + i), _MEASUREMENT);
    }

    function _id(uint256 i) internal view returns (WorkerId) {
        return _HASHES.worker(_keys(i));
    }

    function _member(uint256 i) internal pure returns (address) {
        return vm.addr(1_000 + i);
    }

    function _operator(uint256 i) internal pure returns (address) {
        return vm.addr(2_000 + i);
    }

    function _consentKey(uint256 i) internal pure returns (uint256) {
        return 3_000 + i;
    }

    function _workerKey(uint256 i) internal pure returns (uint256) {
        return 4_000 + i;
    }

    function _sealingKey(uint256 i) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(2), keccak256(abi.encode("sealing", i)));
    }
}
