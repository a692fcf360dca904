/** Every refusal over HTTP: status, code and facts come from the one table of errors. @module */
import type { FastifyError, FastifyInstance } from "fastify";
import { Problem } from "../../../protocol/api.ts";
import { ProtocolError, failures } from "../../../protocol/errors.ts";
import { describeError, type Log } from "../log.ts";

/** Responses of every route besides its own. */
export const problems = { "4xx": Problem, "5xx": Problem };

export function problemOf(error: ProtocolError): { status: number; body: Problem } {
  const { code, facts, message } = error;
  return {
    status: failures[code].http,
    body: { code, message: message.slice(code.length + 2), facts: { ...facts } },
  };
}

/** Answers errors of every kind; what is not ours and not the client's fault says nothing but that it happened. */
export function answerErrors(app: FastifyInstance, bodyBytes: number, log: Log): void {
  app.setErrorHandler((error: unknown, _request, reply) => {
    const known = knownError(error, bodyBytes);
    if (known.code === "INTERNAL") log.error(describeError(error), "request failed");
    const { status, body } = problemOf(known);
    return reply.code(status).type("application/json").send(body);
  });
  app.setNotFoundHandler((_request, reply) => {
    const { status, body } = problemOf(
      new ProtocolError("NOT_FOUND", { what: "route", name: "of this name" }),
    );
    return reply.code(status).send(body);
  });
}

function knownError(error: unknown, bodyBytes: number): ProtocolError {
  if (error instanceof ProtocolError) return error;
  const { code, statusCode, validation, validationContext } = error as Partial<FastifyError>;
  if (validation) {
    const what = validationContext ?? "request";
    return new ProtocolError("SHAPE_INVALID", { what, at: validation[0]?.instancePath || "/" });
  }
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new ProtocolError("LIMIT_EXCEEDED", { what: "bytes", limit: bodyBytes });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new ProtocolError("SHAPE_INVALID", { what: "request", at: code ?? "/" });
  return new ProtocolError("INTERNAL", { what: "see the worker's log" });
}
