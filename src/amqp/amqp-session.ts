import type { Channel, ChannelModel, ConsumeMessage, Message } from 'amqplib';
import { Duplex } from 'node:stream';
import { RPC_EXCHANGE } from './rpc-message.js';

/** A queue to consume from, bound to the RPC exchange. */
export interface AmqpQueue {
  /** The empty name lets the broker choose; the routing key is the queue's own name then. */
  name: string;
  routingKey?: string;
  /** Messages in hand at once; they are acknowledged one by one when done. */
  prefetch: number;
  /** Must not throw, and settles when the message is done with. */
  onMessage(content: Buffer): Promise<void>;
  /** Told each time the queue is there, under the name it has now. */
  onDeclared?(name: string): void;
}

interface Consumer {
  queue: AmqpQueue;
  /** The queue's name by now. */
  name: string;
  channel: Channel;
  consumerTag: string;
}

export interface AmqpSession {
  publisher: Channel;
  consumers: Consumer[];
}

interface SessionOptions {
  queues: readonly AmqpQueue[];
  /** Licode's queues are transient; RabbitMQ 4.3 may refuse those. */
  durable: boolean;
  onReturned(content: Buffer): void;
  /** Told when a channel or a consumer was lost while the connection is well. */
  onBroken(reason: string): void;
}

/**
 * Declares, binds and consumes on a fresh connection, with flags that must be Licode's to the letter: the
 * broker refuses a second declaration that differs.
 */
export async function openSession(
  model: ChannelModel,
  options: SessionOptions,
): Promise<AmqpSession> {
  const exchange = openPublisher(model, options);
  const consumers = options.queues.map((queue) => openConsumer(model, queue, exchange, options));
  // Side by side, since every step is a round trip and the line may be slow.
  const [publisher, ...opened] = await Promise.all([exchange, ...consumers] as const);
  return { publisher, consumers: opened };
}

/**
 * Binds once more: restores a binding that was removed, and fails where exchange or queue was, of which
 * the broker tells nobody.
 */
export async function rebind({ consumers }: AmqpSession): Promise<void> {
  await Promise.all(consumers.map(bind));
}

/** Ends the channels, each after all that was sent on it. Never rejects. */
export async function closeChannels({ publisher, consumers }: AmqpSession): Promise<void> {
  const channels = [publisher, ...consumers.map(({ channel }) => channel)];
  await Promise.allSettled(channels.map((channel) => channel.close()));
}

async function openPublisher(model: ChannelModel, options: SessionOptions): Promise<Channel> {
  const publisher = await openChannel(model, 'publisher', options);
  publisher.on('return', (message: Message) => options.onReturned(message.content));
  await publisher.assertExchange(RPC_EXCHANGE, 'direct', { durable: false, autoDelete: true });
  return publisher;
}

async function openConsumer(
  model: ChannelModel,
  queue: AmqpQueue,
  exchange: Promise<unknown>,
  options: SessionOptions,
): Promise<Consumer> {
  const label = queue.name || 'answers';
  const channel = await openChannel(model, label, options);
  await channel.prefetch(queue.prefetch);
  const { queue: name } = await channel.assertQueue(queue.name, {
    durable: options.durable,
    autoDelete: true,
    exclusive: false,
  });
  await exchange;
  await bind({ queue, name, channel });
  const { consumerTag } = await channel.consume(name, (message) => {
    // The broker cancels a consumer whose queue was deleted.
    if (message === null) options.onBroken(`queue of ${label} was deleted`);
    else void take(channel, message, queue);
  });
  queue.onDeclared?.(name);
  return { queue, name, channel, consumerTag };
}

async function bind({ queue, name, channel }: Omit<Consumer, 'consumerTag'>): Promise<void> {
  await channel.bindQueue(name, RPC_EXCHANGE, queue.routingKey ?? name);
}

async function take(channel: Channel, message: ConsumeMessage, queue: AmqpQueue): Promise<void> {
  await queue.onMessage(message.content);
  try {
    channel.ack(message);
  } catch {
    // The channel closed meanwhile: the broker has given the message to another consumer.
  }
}

async function openChannel(
  model: ChannelModel,
  label: string,
  options: SessionOptions,
): Promise<Channel> {
  const channel = await model.createChannel();
  // An 'error' without a listener would end the process.
  channel.on('error', (error) => options.onBroken(`channel of ${label}: ${error.message}`));
  channel.on('close', () => options.onBroken(`channel of ${label} closed`));
  return channel;
}

/** The socket below a connection: the only way to end one whose other side no longer responds. */
export function socketOf(model: ChannelModel): Duplex {
  const { connection } = model;
  if ('stream' in connection && connection.stream instanceof Duplex) return connection.stream;
  throw new TypeError('A connection of amqplib has no stream any more');
}
