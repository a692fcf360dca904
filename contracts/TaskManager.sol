// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {TaskBook} from "./TaskBook.sol";
import {TaskFaults} from "./TaskFaults.sol";
import {TaskProposals} from "./TaskProposals.sol";
import {TaskResults} from "./TaskResults.sol";
import {TaskSealing} from "./TaskSealing.sol";
import {ISecretContracts} from "./interfaces/ISecretContracts.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IWorkerRegistry} from "./interfaces/IWorkerRegistry.sol";

/// @title Life of a task, one file for each stretch of it
contract TaskManager is TaskProposals, TaskSealing, TaskResults, TaskFaults {
    constructor(
        ISecretContracts secretContracts,
        IWorkerRegistry workers,
        IVault vault
    ) TaskBook(secretContracts, workers, vault) {}
}
