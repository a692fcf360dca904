/** `POST` and `GET /v1/tasks/:task/consents`: the mailbox of what sealing needs. Signatures decide, not who brings them. @module */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { ConsentFile, Mailbox } from "../../../../protocol/api.ts";
import { ProtocolError } from "../../../../protocol/errors.ts";
import type { Mailboxes } from "../../jobs/mailbox.ts";
import { TaskPath } from "../params.ts";
import { problems } from "../problem.ts";

export interface TaskRoutes {
  readonly mailboxes: Pick<Mailboxes, "addConsent" | "of">;
}

export const tasks: FastifyPluginAsyncTypebox<TaskRoutes> = async (app, { mailboxes }) => {
  app.post(
    "/v1/tasks/:task/consents",
    {
      schema: {
        summary: "Leaves a member's consent to a task",
        params: TaskPath,
        body: ConsentFile,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const { task, member, signature } = request.body;
      const expected = request.params.task;
      if (task !== expected)
        throw new ProtocolError("HASH_MISMATCH", {
          what: "consent's task",
          expected,
          actual: task,
        });
      mailboxes.addConsent(task, { by: member, signature });
      return reply.code(204).send(null);
    },
  );

  app.get(
    "/v1/tasks/:task/consents",
    {
      schema: {
        summary: "Consents and Ready signatures of a task",
        params: TaskPath,
        response: { 200: Mailbox, ...problems },
      },
    },
    (request) => mailboxes.of(request.params.task),
  );
};
