// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// Value types for the 32-byte names of the protocol: a task can never be passed where a dataset is meant.

/// @dev EIP-712 digest of the `Terms`: the name of a secret contract, bound to chain and deployment.
type TermsHash is bytes32;
/// @dev EIP-712 digest of the `Task`. Never a counter, so a signature on it says all of it.
type TaskId is bytes32;
/// @dev Tagged hash of an envelope: header hash, chunk count, Merkle root over the chunks.
type DatasetHash is bytes32;
/// @dev Tagged hash of (signer, sealing key, measurement): who a worker is and what code it runs.
type WorkerId is bytes32;
/// @dev Tagged hash of (module hash, manifest hash).
type ProgramHash is bytes32;
