// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {TaskId, TermsHash} from "../types/Ids.sol";

/// @dev Where an output comes from, proven by the relay.
struct Release {
    TermsHash terms;
    TaskId taskId;
    /// Index of the member that asked.
    uint8 requester;
    string functionName;
    bytes32 paramsHash;
    /// State version the task read.
    uint64 version;
    /// Block time of the seal, in seconds.
    uint64 sealedAt;
}

/// @title A contract that acts on outputs of a secret contract
/// @notice Believe a release only when it comes from a {ICallbackRelay} you chose, names terms you expect and a function you expect.
/// Anyone who may read an output may relay it, again and in any order: keep what you need to tell old from new.
interface ICloisterConsumer {
    /// @param output as committed to, canonical JSON
    function onRelease(Release calldata release, bytes calldata output) external;

    /// @return relay the one this contract listens to: clients need no other address
    function relay() external view returns (address);
}
