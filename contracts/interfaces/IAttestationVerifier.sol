// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title One kind of proof that an enclave holds keys
interface IAttestationVerifier {
    error EvidenceMalformed();
    /// @notice The evidence binds other keys, another operator, registry, chain or epoch.
    error EvidenceBindingMismatch(bytes32 expected, bytes32 actual);
    /// @notice The block the evidence names is unknown or older than 256 blocks.
    error EvidenceStale(uint64 blockNumber);
    error EvidenceSignerUnknown(address signer);

    /// @notice Reverts unless `evidence` is genuine, recent and binds `binding`.
    /// @return measurement what code the evidence proves
    function verify(
        bytes calldata evidence,
        bytes32 binding
    ) external view returns (bytes32 measurement);

    /// @notice True for every root that is not a hardware vendor's.
    function simulated() external view returns (bool);
}
