/** What is said of a node, for people and for strategies of one's own. */
export type Labels = Record<string, string>;

/** Labels to set; null removes one. */
export type LabelChanges = Record<string, string | null>;

export const MAX_LABELS = 32;

/** The labels that there are after a change. */
export function mergeLabels(labels: Labels | undefined, changes: LabelChanges): Labels {
  const merged = Object.entries({ ...labels, ...changes });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}
