/** The guide for authors, in its own terminals: from nothing to a contract that was published, run and audited. */
import { afterAll, describe } from "vitest";
import { Story } from "./guides-story.ts";

describe("an author writes, tests, publishes, runs and audits a contract", () => {
  const story = new Story();
  afterAll(() => story.end());
  story.follows("author");
});
