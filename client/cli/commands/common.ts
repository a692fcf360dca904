/** What several verbs share: flags, and names that stand in examples. @module */
import { Option } from "commander";
import { hash } from "../arguments.ts";

export const EXAMPLE_HASH = "0x7a1c5e0b94d2836f1a5c7e9b0d2f4a6c8e1b3d5f7092a4c6e8fb1d3052749608";
export const EXAMPLE_TASK = "0x3f9b2d4c6e8a0c1e3f5b7d9a1c2e4f608b9dafc1e3052749618a7c5e3b1d0f92";

/** Needed by every verb that gives secrets to workers; never remembered. */
export const acceptSimulated = (): Option =>
  new Option(
    "--accept-simulated",
    "accept that the operators of simulated workers can read every row",
  );

export const ofContract = (): Option =>
  new Option("--contract <hash>", "the secret contract").argParser(hash).makeOptionMandatory();
