// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICloisterConsumer, Release} from "../interfaces/ICloisterConsumer.sol";
import {TaskId, TermsHash} from "../types/Ids.sol";

/// @title A consumer: shows the latest tally of one secret ballot
/// @notice An example. It believes one relay, one secret contract and one function, and takes only what is newer than what it has.
contract PublicTally is ICloisterConsumer {
    address private immutable _RELAY;
    TermsHash public immutable BALLOT;
    bytes32 private constant _TALLY = keccak256("tally");

    TaskId public task;
    /// @notice State version the tally was counted at: every vote is one.
    uint64 public version;
    /// @notice Canonical JSON as released.
    string public tally;

    event TallyShown(uint64 indexed version, string tally);

    error NotRelay(address caller);
    error NotThisBallot(TermsHash terms, string functionName);
    error NotNewer(uint64 version);

    constructor(address listensTo, TermsHash ballot) {
        _RELAY = listensTo;
        BALLOT = ballot;
    }

    /// @inheritdoc ICloisterConsumer
    function onRelease(Release calldata release, bytes calldata output) external {
        if (msg.sender != _RELAY) revert NotRelay(msg.sender);
        bool isTally = keccak256(bytes(release.functionName)) == _TALLY;
        if (TermsHash.unwrap(release.terms) != TermsHash.unwrap(BALLOT) || !isTally) {
            revert NotThisBallot(release.terms, release.functionName);
        }
        if (release.version <= version) revert NotNewer(release.version);
        task = release.taskId;
        version = release.version;
        tally = string(output);
        emit TallyShown(version, tally);
    }

    /// @inheritdoc ICloisterConsumer
    function relay() external view returns (address) {
        return _RELAY;
    }
}
