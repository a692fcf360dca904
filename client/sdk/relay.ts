/** Carrying a public output to another contract on the chain. @module */
import type { TransactionReceipt } from "ethers";
import { callbackRelayAbi, iCloisterConsumerAbi } from "../../protocol/abi.ts";
import { toHex, type Address, type Hex } from "../../protocol/bytes.ts";
import { contractAt } from "../../protocol/contracts.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { functionOf } from "../../protocol/manifest.ts";
import { agreedResult } from "./agreed.ts";
import type { Context } from "./context.ts";
import { papersOf } from "./papers.ts";
import { getResult } from "./result.ts";
import { transact } from "./transact.ts";

/**
 * Opens an output and hands it, proven, to a consumer through the relay that the consumer listens to.
 * @param consumer an `ICloisterConsumer`
 * @throws ProtocolError those of {@link getResult}, RELEASE_NOT_PUBLIC when members did not agree to publish what this function says,
 * NOT_FOUND when there is no contract at that address, RELAY_FOREIGN when the consumer's relay reads another deployment, TRANSACTION_FAILED with the consumer's reason
 */
export async function relay(
  ctx: Context,
  taskId: Hex,
  consumer: Address,
): Promise<TransactionReceipt> {
  const { question, manifest } = await papersOf(ctx, taskId);
  const { task } = question;
  const { release } = functionOf(manifest, task.functionName);
  if (release.kind !== "value" || !release.public)
    throw new ProtocolError("RELEASE_NOT_PUBLIC", { function: task.functionName });

  const { taskManager, addresses } = await ctx.contracts();
  const runner = taskManager.runner ?? ctx.provider;
  if ((await ctx.provider.getCode(consumer)) === "0x")
    throw new ProtocolError("NOT_FOUND", { what: "consumer", name: consumer });
  const address = await contractAt(consumer, iCloisterConsumerAbi, runner).relay();
  const carrier = contractAt(address, callbackRelayAbi, runner);
  const reads = (await carrier.TASK_MANAGER()).toLowerCase();
  if (reads !== addresses.taskManager)
    throw new ProtocolError("RELAY_FOREIGN", { relay: address, taskManager: reads });

  const { salt, output } = await getResult(ctx, taskId);
  const { seal, result } = await agreedResult(ctx, taskId);
  return transact(ctx, "result.relay", () =>
    carrier.relay(task, seal, result, toHex(salt), toHex(output), consumer),
  );
}
