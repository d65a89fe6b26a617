import { ObjectId } from 'mongodb';
import { inPairs } from '../support/pairs.mjs';
import { withDatabase } from '../support/seed.mjs';

const IN_FLIGHT = 20;

/** A service with 100,000 rooms and one with 10, in turns. */
export async function manyRooms(bench, { place, app, nodes }) {
  const against = '10 rooms';
  const perSecond = (kind, as, more) => async () => {
    const job = { urls: [app.said], as, kind, connections: IN_FLIGHT, ...more };
    const result = await bench.load({ seconds: 0.4, ...job });
    if (kind === 'createRoom') await removeRooms(place.uri, result.ids);
    return result.perSecond;
  };
  const row = async (name, kind, more) => {
    const many = perSecond(kind, 'large', more);
    const few = perSecond(kind, 'small', more);
    await many();
    await few();
    const result = await inPairs(bench.manyRounds, many, few);
    bench.report({ name: `${name}, 100,000 rooms`, unit: '/s', against, ...result, atLeast: 0.95 });
  };
  await row('tokens', 'token', { repeat: 0.01 });
  await row('read one room', 'readRoom', {});
  // By number, so that the service with few rooms stays one.
  await row('create a room', 'createRoom', { prefix: 'bench-', seconds: Infinity, count: 600 });
  await row('getOrCreate a room', 'getOrCreateRoom', {});
  for (const [what, query] of Object.entries(lookUps(nodes.ids[0]))) {
    await row(`look up rooms by ${what}`, 'listPage', { query });
  }
}

/** Pages of as many rooms as there are in both services. */
function lookUps(node) {
  return {
    'the beginning of their name': 'namePrefix=room-&limit=5',
    'a piece of their name': 'nameContains=oom-&limit=5',
    'the beginning of their id': 'idPrefix=6&limit=5',
    'their node': `node=${node}&limit=5`,
    'their state': 'state=assigned&sort=-createdAt&limit=5',
    'the time of their creation': 'createdFrom=2000-01-01T00:00:00Z&limit=5',
    'a key of their data': 'dataKey=color&dataValue=red&limit=5',
    'name, in order': 'sort=-name&limit=5',
  };
}

function removeRooms(uri, ids) {
  const _id = { $in: ids.map((id) => new ObjectId(id)) };
  return withDatabase(uri, (database) => database.collection('rooms').deleteMany({ _id }));
}
