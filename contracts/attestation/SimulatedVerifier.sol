// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IAttestationVerifier} from "../interfaces/IAttestationVerifier.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {TaggedHash} from "../libraries/TaggedHash.sol";

/// @title Evidence of kind 1: simulated
/// @notice SIMULATED - NOT INTEL - NO PROTECTION. The root's private key is published, anybody can sign such evidence:
/// it says which keys a worker claims, and proves nothing about its code.
/// @dev Evidence is abi.encode(bytes32 measurement, bytes32 binding, uint64 blockNumber, bytes32 blockHash, bytes signature).
contract SimulatedVerifier is IAttestationVerifier {
    /// @dev Address of the private key keccak256("SIMULATED - NOT INTEL - NO PROTECTION").
    address private constant _ROOT = 0xbb0fBc672501934F27350b4b32e2817f87252Ac7;

    /// @inheritdoc IAttestationVerifier
    function verify(
        bytes calldata evidence,
        bytes32 binding
    ) external view returns (bytes32 measurement) {
        _requireWellFormed(evidence);
        measurement = bytes32(evidence[:32]);
        bytes32 bound = bytes32(evidence[32:64]);
        uint64 blockNumber = uint64(bytes8(evidence[88:96]));
        bytes32 blockHash = bytes32(evidence[96:128]);

        if (bound != binding) revert EvidenceBindingMismatch(binding, bound);
        // Zero for blocks to come and for those older than 256: only who lived lately can name a hash.
        bytes32 actual = blockhash(blockNumber);
        if (actual == 0 || actual != blockHash) revert EvidenceStale(blockNumber);

        address signer = Signatures.signerOf(
            TaggedHash.simulatedEvidence(measurement, bound, blockNumber, blockHash),
            evidence[192:257]
        );
        if (signer != _ROOT) revert EvidenceSignerUnknown(signer);
    }

    /// @inheritdoc IAttestationVerifier
    function simulated() external pure returns (bool) {
        return true;
    }

    /// @dev Checked by hand: `abi.decode` fails without a reason, and accepts several encodings of one value.
    function _requireWellFormed(bytes calldata evidence) private pure {
        if (
            evidence.length != 288 ||
            uint256(bytes32(evidence[64:96])) > type(uint64).max ||
            uint256(bytes32(evidence[128:160])) != 160 ||
            uint256(bytes32(evidence[160:192])) != 65
        ) revert EvidenceMalformed();
    }
}
