import { pageOf, upTo, type Page } from '../common/paging/page.js';
import { badCursor, decodeCursor, encodeCursor } from '../common/paging/cursor.js';
import type { ListNodesQuery } from './dto/list-nodes.query.js';
import type { NodeDto } from './dto/node.dto.js';

/**
 * The nodes that a query asks for. There are few enough of them to look through all.
 *
 * @param nodes all, oldest first
 * @throws INVALID_REQUEST for a cursor of something else
 */
export function pageOfNodes(
  nodes: readonly NodeDto[],
  { limit, cursor, ...wanted }: ListNodesQuery,
): Page<NodeDto> {
  const place = cursor === undefined ? undefined : readPlace(cursor);
  const found = nodes.filter((node) => isWanted(node, wanted) && (!place || isAfter(node, place)));
  return pageOf(upTo(limit, found), {
    cursorOf: ({ createdAt, id }) => encodeCursor([createdAt, id]),
    toItem: (node) => node,
  });
}

type Wanted = Omit<ListNodesQuery, 'limit' | 'cursor'>;
type Place = Pick<NodeDto, 'createdAt' | 'id'>;

function isWanted(node: NodeDto, { state, region, alive, draining }: Wanted): boolean {
  return (
    (state === undefined || node.state === state) &&
    (region === undefined || node.region === region) &&
    (alive === undefined || node.alive === alive) &&
    (draining === undefined || node.draining === draining)
  );
}

/** In the order of the list: by time, which reads as it sorts, then by id. */
function isAfter({ createdAt, id }: NodeDto, place: Place): boolean {
  return createdAt === place.createdAt ? id > place.id : createdAt > place.createdAt;
}

function readPlace(cursor: string): Place {
  const [createdAt, id, ...others] = decodeCursor(cursor);
  if (typeof createdAt !== 'string' || typeof id !== 'string' || others.length > 0) {
    throw badCursor();
  }
  return { createdAt, id };
}
