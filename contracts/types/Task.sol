// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {DatasetHash} from "./Ids.sol";

/// @dev One call of one function of a secret contract. Its EIP-712 digest is the task's id and what consents sign.
struct Task {
    /// Hash of the terms (`TermsHash`).
    bytes32 terms;
    /// Index of the asking member.
    uint8 requester;
    string functionName;
    /// Tagged hash of the public parameters, canonical JSON.
    bytes32 paramsHash;
    /// Dataset hash of the envelope of table `@params`, or zero.
    bytes32 privateParams;
    /// Merkle root of the inputs (member, table, dataset hash), strictly ascending.
    bytes32 inputsRoot;
    /// Bit i: member i receives the output.
    uint32 recipients;
    bool changesState;
    /// Millionths; zero in exact mode.
    uint64 epsilon;
    /// H(program, policy, release declaration, epsilon, ordered dataset hashes): the same release is charged once.
    bytes32 releaseId;
    /// Smallest units of the vault's token, locked from the requester's vault balance.
    uint96 fee;
    /// Block time in seconds; not sealed by then, the task can be cancelled by anyone.
    uint64 sealBy;
    /// Seconds after sealing in which results count.
    uint32 resultWindow;
    bytes32 salt;
}

/// @dev One dataset a task reads.
struct InputRef {
    uint8 member;
    /// Index of the table in the program's manifest.
    uint8 table;
    DatasetHash dataset;
}

/// @dev A signature and whose it is: index of a member (consent) or of a committee worker (ready).
struct Signed {
    uint8 by;
    bytes signature;
}

/// @dev Facts fixed at sealing. Their tagged hash is the `sealDigest`.
struct Seal {
    bytes32 taskId;
    bytes32 terms;
    uint32 committeeVersion;
    /// EIP-712 struct hash of the committee: the version alone would let a host name another candidate of that number.
    bytes32 committee;
    /// State version the task reads.
    uint64 version;
    bytes32 stateRoot;
    uint64 blockNumber;
    uint64 time;
    uint8 protection;
}

/// @dev What a worker signs about a sealed task.
struct Result {
    bytes32 sealDigest;
    /// `ResultStatus`.
    uint8 status;
    /// ASCII code padded with zeros; zero on success.
    bytes32 reason;
    bytes32 nextStateRoot;
    bytes32 outputCommitment;
    uint64 outputLength;
}

library ResultStatus {
    uint8 internal constant SUCCESS = 1;
    /// Deterministic: every honest worker says the same.
    uint8 internal constant FAILURE = 2;
    /// This worker could not; another may. Unpaid, never slashed, may be superseded.
    uint8 internal constant ABSTENTION = 3;
}
