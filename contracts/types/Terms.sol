// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @dev One party's part in a secret contract. `account` transacts, `consentKey` signs, `sealingKey` receives.
struct Member {
    address account;
    /// secp256k1 key (as address) that signs terms, key wraps and consents: enclaves and offline auditors can check it,
    /// which they could not do for an ERC-1271 wallet. A wallet authorises it once, by calling `join`.
    address consentKey;
    /// Compressed secp256k1 public key, 33 bytes; outputs and the member's own shares are sealed to it.
    bytes sealingKey;
    /// Bits of `Abilities`.
    uint8 abilities;
}

/// @dev One enclave, by its keys and its code.
struct CommitteeWorker {
    address signer;
    /// Compressed secp256k1 public key, 33 bytes.
    bytes sealingKey;
    /// What the evidence must prove: H(enclave bundle, kernels, Node version).
    bytes32 measurement;
}

/// @dev The enclaves of a secret contract. `threshold` m of n must agree, 2m > n.
struct Committee {
    uint32 version;
    uint8 threshold;
    CommitteeWorker[] workers;
}

/// @dev What every member signs. Members and policy never change: other members are another secret contract.
struct Terms {
    string name;
    bytes32 program;
    Member[] members;
    /// Version 1; later versions by `changeCommittee`.
    Committee committee;
    /// Canonical JSON (RFC 8785) read by enclaves and people; a string, so that a wallet shows it in full.
    string policy;
    /// Least `Protection` a sealed task may have.
    uint8 minProtection;
    /// A task is sealed at the earliest this many blocks after its proposal: time to veto. At least 1.
    uint32 vetoBlocks;
    /// Block time in seconds after which nobody can join any more.
    uint64 joinBy;
    bytes32 salt;
}

/// @dev What a member may do; bits of `Member.abilities`.
library Abilities {
    uint8 internal constant CONTRIBUTE = 1;
    uint8 internal constant REQUEST = 2;
    uint8 internal constant RECEIVE = 4;
    uint8 internal constant AUDIT = 8;
    uint8 internal constant ALL = 15;
}

/// @dev How inputs are protected from a worker's operator; part of every `sealDigest`.
library Protection {
    uint8 internal constant NONE = 0;
    /// The operator can read every input.
    uint8 internal constant SIMULATED = 1;
    /// Evidence chains to a hardware vendor's root.
    uint8 internal constant HARDWARE = 2;
}
