import { CommandError } from '../errors.js';
import type { Doc } from '../bson/values.js';
import type { Meter } from './meter.js';

/** What an expression gives for a document; undefined is "missing", which is not null. */
export type Evaluate = (root: Doc) => unknown;
export type Operator = (argument: unknown, scope: Scope) => Evaluate;
export type OperatorTable = Readonly<Record<string, Operator>>;

/** A variable's value now: expressions are compiled once and run one at a time. */
export interface Cell {
  value: unknown;
}

/** Made when the first expression is met: most commands have none. */
export type LazyScope = () => Scope;

/** What an expression is compiled in: the variables it may name and the bounds it runs within. */
export class Scope {
  private constructor(
    readonly meter: Meter,
    private readonly parser: (operand: unknown, scope: Scope) => Evaluate,
    private readonly variables: ReadonlyMap<string, Cell>,
    /** False for a command's `let`, which is read before any document is. */
    readonly hasDocument: boolean,
  ) {}

  static root(
    meter: Meter,
    parser: (operand: unknown, scope: Scope) => Evaluate,
    variables: ReadonlyMap<string, Cell>,
    hasDocument: boolean,
  ): Scope {
    return new Scope(meter, parser, variables, hasDocument);
  }

  parse(operand: unknown): Evaluate {
    return this.parser(operand, this);
  }

  find(name: string): Cell | undefined {
    return this.variables.get(name);
  }

  /** A scope within this one that knows more variables. */
  with(cells: Iterable<readonly [string, Cell]>): Scope {
    const variables = new Map([...this.variables, ...cells]);
    return new Scope(this.meter, this.parser, variables, this.hasDocument);
  }
}

const VALID_NAME = /^[a-z\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*$/;

/** Users' variables start with a small letter; CURRENT alone of the system's may be bound anew. */
export function checkVariableName(name: string): void {
  if (name === '') throw new CommandError(16866, 'empty variable names are not allowed');
  if (!VALID_NAME.test(name)) {
    const startsWrong = !/^[a-z\u0080-\uffff]/.test(name);
    throw new CommandError(
      startsWrong ? 16867 : 16868,
      startsWrong
        ? `'${name}' starts with an invalid character for a user variable name`
        : `'${name}' contains an invalid character for a variable name`,
    );
  }
}
