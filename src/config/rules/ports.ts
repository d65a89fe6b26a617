import type { Environment } from '../environment.js';

/** The ports that are listened on, by variable. */
export function portsOf(environment: Environment): [name: string, port: number][] {
  const { demo, demoControllerPort, demoPort, port } = environment;
  if (!demo) return [['PORT', port]];
  return [
    ['PORT', port],
    ['DEMO_PORT', demoPort],
    ['DEMO_CONTROLLER_PORT', demoControllerPort],
  ];
}

/** What is wrong with ports that are the same: the second to listen would say that another process does. */
export function samePorts(environment: Environment): string[] {
  return portsOf(environment).flatMap(([name, port], index, ports) =>
    ports
      .slice(index + 1)
      .filter(([, other]) => other === port && port !== 0)
      .map(([other]) => `${name} and ${other}: are both ${port}, and each needs a port of its own`),
  );
}
