// The functions by name: their parameters, bodies and answers, as the product's OpenAPI document has them.
import type { components, paths } from "./schema";

export type Shape<Name extends keyof components["schemas"]> = components["schemas"][Name];

type With<Method extends "get" | "post"> = {
  [Path in keyof paths]: paths[Path] extends { [M in Method]: { responses: object } }
    ? Path extends `/api/${infer Name}`
      ? Name
      : never
    : never;
}[keyof paths];

export type ReadName = With<"get">;
export type StepName = With<"post">;

type Operation<Name extends string, Method extends string> = `/api/${Name}` extends keyof paths
  ? paths[`/api/${Name}`] extends { [M in Method]: infer Found }
    ? Found
    : never
  : never;
type Json<Content> = Content extends { content: { "application/json": infer Body } } ? Body : never;

export type Parameters<Name extends ReadName> =
  Operation<Name, "get"> extends { parameters: { query?: infer Query } }
    ? Exclude<Query, undefined>
    : Record<string, never>;
export type Read<Name extends ReadName> =
  Operation<Name, "get"> extends { responses: { 200: infer Answer } } ? Json<Answer> : never;
/** The functions that answer page by page. */
export type ListName = {
  [Name in ReadName]: Read<Name> extends { items: unknown[]; next_cursor: string | null } ? Name : never;
}[ReadName];
export type Body<Name extends StepName> =
  Operation<Name, "post"> extends { requestBody: infer Content } ? Json<Content> : never;
export type Taken<Name extends StepName> =
  Operation<Name, "post"> extends { responses: { 200: infer Answer } } ? Json<Answer> : never;

/** The areas of functions/, by which what was read is refreshed after a step. */
export type Area =
  | "approvals"
  | "audit_trail"
  | "capa_plans"
  | "changes"
  | "documents"
  | "events"
  | "exports"
  | "files"
  | "investigations"
  | "organisations"
  | "records"
  | "registers"
  | "trainings";
