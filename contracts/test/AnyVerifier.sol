// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IAttestationVerifier} from "../interfaces/IAttestationVerifier.sol";

/// @title Believes everything; for tests only
/// @notice Evidence is abi.encode(measurement, binding).
contract AnyVerifier is IAttestationVerifier {
    bool private immutable _SIMULATED;

    constructor(bool simulated_) {
        _SIMULATED = simulated_;
    }

    /// @inheritdoc IAttestationVerifier
    function verify(
        bytes calldata evidence,
        bytes32 binding
    ) external pure returns (bytes32 measurement) {
        bytes32 bound;
        (measurement, bound) = abi.decode(evidence, (bytes32, bytes32));
        if (bound != binding) revert EvidenceBindingMismatch(binding, bound);
    }

    /// @inheritdoc IAttestationVerifier
    function simulated() external view returns (bool) {
        return _SIMULATED;
    }
}
