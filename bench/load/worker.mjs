// Runs load in a process of its own. Rooms are told once and named afterwards: 100,000 ids are slow to send.
import { runJob } from './run-job.mjs';

const services = new Map();

async function answer(message) {
  if (message.define) {
    services.set(message.define, message.data);
    return {};
  }
  return runJob({ ...message, ...services.get(message.as) });
}

process.on('message', (message) => {
  answer(message).then(
    (result) => process.send(result),
    (error) => process.send({ error: error.message }),
  );
});
