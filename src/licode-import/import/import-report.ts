import { printable } from '../../common/printable.js';

/** How many examples of each finding are kept. */
const EXAMPLES = 20;

/** Something that was counted, with the first few cases of it. */
export class Finding {
  count = 0;
  readonly examples: string[] = [];

  // Truly private: a report is printed as JSON, too.
  readonly #limit: number;

  constructor(limit = EXAMPLES) {
    this.#limit = limit;
  }

  add(example: string): void {
    this.count += 1;
    if (this.examples.length < this.#limit) this.examples.push(example);
  }
}

/** A line for each kind of finding that there is. */
export function describeFindings<Kind extends string>(
  findings: Record<Kind, Finding>,
  meanings: Record<Kind, string>,
): string[] {
  return Object.entries<Finding>(findings)
    .filter(([, { count }]) => count > 0)
    .map(([kind, { count, examples }]) => {
      const more = count > examples.length ? ', …' : '';
      return `${kind}: ${count}, ${meanings[kind as Kind]}: ${examples.map(printable).join(', ')}${more}`;
    });
}

/** What an import found and did; in a dry run, what it would have done. */
export class ImportReport {
  readonly services = { found: 0, imported: 0, alreadyThere: 0 };
  readonly rooms = { found: 0, imported: 0, alreadyThere: 0 };
  readonly erizoControllers = { found: 0, imported: 0, alreadyThere: 0 };
  readonly findings = {
    ghosts: new Finding(),
    orphans: new Finding(),
    duplicates: new Finding(),
    differing: new Finding(),
    deletedSince: new Finding(),
    changedSince: new Finding(),
    changedByNuve: new Finding(),
    deletedByNuve: new Finding(),
    otherKeys: new Finding(),
    unusable: new Finding(),
    namesAsText: new Finding(),
    oddData: new Finding(),
    servicesWithoutKey: new Finding(),
    weakKeys: new Finding(),
  };

  constructor(readonly dryRun: boolean) {}

  toString(): string {
    const done = this.dryRun ? 'would be imported' : 'imported';
    const counts = (['services', 'rooms', 'erizoControllers'] as const).map((kind) => {
      const { found, imported, alreadyThere } = this[kind];
      return `${kind}: ${found} found, ${imported} ${done}, ${alreadyThere} there already`;
    });
    return [
      ...(this.dryRun ? ['Dry run: nothing was written. Add --apply to import.'] : []),
      ...counts,
      ...describeFindings(this.findings, MEANINGS),
    ].join('\n');
  }
}

const MEANINGS: Record<keyof ImportReport['findings'], string> = {
  ghosts: 'rooms that only their service knows of: made anew from its copy',
  orphans: 'rooms that no service knows of: nobody could use them, left alone',
  duplicates: 'listed more than once: the first is taken',
  differing: 'room and its service’s copy differ: the copy is taken, as clients saw it',
  deletedSince: 'imported before and deleted since: left deleted',
  changedSince: 'imported before and other than in Nuve: left as Nuvem has them',
  changedByNuve: 'given back and changed by Nuve since: taken as Nuve has them',
  deletedByNuve: 'given back and deleted by Nuve since: deleted',
  otherKeys: 'services whose key in clear is not the one in Nuvem: Nuvem’s stays',
  unusable: 'no valid id or address: left alone',
  namesAsText: 'names that are no text: taken as their JSON',
  oddData:
    'rooms whose data is no object: kept and answered as it is, and replaced by the next change',
  servicesWithoutKey: 'can never have been used: imported, but cannot sign',
  weakKeys: 'short enough to be guessed: make new services for these tenants',
};
