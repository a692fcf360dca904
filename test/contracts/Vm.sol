// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// solhint-disable interface-starts-with-i, const-name-snakecase

/// @title The cheat codes these tests use
interface Vm {
    function addr(uint256 privateKey) external pure returns (address);

    function sign(
        uint256 privateKey,
        bytes32 digest
    ) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function prank(address sender) external;

    function roll(uint256 blockNumber) external;

    function warp(uint256 timestamp) external;

    function assume(bool condition) external pure;

    function expectRevert(bytes calldata reason) external;

    function getNonce(address account) external view returns (uint64);

    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
