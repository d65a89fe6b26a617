import { describeFindings, Finding } from '../import/import-report.js';

/** What going back found and did; in a dry run, what it would have done. */
export class BackReport {
  readonly services = { found: 0, changed: 0, removed: 0 };
  readonly rooms = { found: 0, changed: 0, removed: 0 };
  readonly erizoControllers = { found: 0, changed: 0, removed: 0 };
  readonly tokens = { found: 0, changed: 0, removed: 0 };
  readonly indexes: string[] = [];
  readonly collections: string[] = [];
  readonly findings = {
    // Each of them: somebody has to be told.
    refused: new Finding(Infinity),
    unopened: new Finding(),
    tooLarge: new Finding(),
    nodesOverRest: new Finding(),
    nuvesSince: new Finding(),
  };

  constructor(readonly dryRun: boolean) {}

  toString(): string {
    const would = this.dryRun ? 'would be ' : '';
    const counts = (['services', 'rooms', 'erizoControllers', 'tokens'] as const).map((kind) => {
      const { found, changed, removed } = this[kind];
      return `${kind}: ${found} found, ${changed} ${would}brought up to date, ${removed} ${would}removed`;
    });
    const lists = (['indexes', 'collections'] as const).map(
      (kind) => `${kind} ${would}removed: ${this[kind].join(', ') || 'none'}`,
    );
    return [
      ...(this.dryRun ? ['Dry run: nothing was written. Add --apply to go back.'] : []),
      ...counts,
      ...lists,
      ...describeFindings(this.findings, MEANINGS),
    ].join('\n');
  }
}

const MEANINGS: Record<keyof BackReport['findings'], string> = {
  refused:
    'services that Nuve will refuse: their keys are not there in clear (a node’s never is), see --with-keys',
  unopened: 'services whose keys were sealed under another ENCRYPTION_KEY or SUPERSERVICE_KEY',
  tooLarge: 'rooms that do not fit into their service’s document: Nuve will not see them',
  nodesOverRest: 'nodes that Nuve cannot talk to',
  nuvesSince:
    'services given back before and not changed by Nuvem since: their rooms stay as Nuve has them',
};
