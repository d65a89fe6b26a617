import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { setTimeout } from 'node:timers/promises';
import { AmqpConnection } from './amqp-connection.js';
import { LogLimiter } from './log-limiter.js';

/** Messages in hand at once. */
const PREFETCH = 200;
/** How long after a failure it is tried again. */
const RETRY_MS = 2_000;
/** A message that fails so often is dropped, so that those behind it are heard. */
const MAX_TRIES = 150;
/** What was sent is kept for so long while no instance runs, and so much of it. */
const QUEUE_TTL_MS = 600_000;
const QUEUE_LENGTH = 100_000;

export interface TopicQueue {
  exchange: string;
  routingKey: string;
  /** All instances share one queue. */
  name: string;
  /** It is called for one message after the other; what it throws makes the same message come again. */
  onMessage(content: Buffer): Promise<void>;
}

/**
 * Listens to topic exchanges of others, on channels of its own: whatever the broker refuses of that, calls go on.
 *
 * A queue has one active consumer at a time, which takes the messages one by one: they are done in the order in which they
 * were sent, by whichever instance.
 */
@Injectable()
export class AmqpTopicConsumer implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Amqp');
  private readonly limiter = new LogLimiter((line) => this.logger.warn(line));
  private readonly queues: TopicQueue[] = [];
  private readonly channels = new Set<Channel>();
  private readonly inHand = new Map<TopicQueue, Promise<void>>();
  private isStopping = false;

  constructor(connection: AmqpConnection) {
    connection.onConnected((model) => {
      for (const queue of this.queues) void this.listen(model, queue);
    });
  }

  /** Call it before the start. */
  listenTo(queue: TopicQueue): void {
    this.queues.push(queue);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await Promise.allSettled(this.inHand.values());
    await Promise.allSettled([...this.channels].map((channel) => channel.close()));
  }

  /** Until the connection ends, however often the channel does. */
  private async listen(model: ChannelModel, queue: TopicQueue): Promise<void> {
    let isOver = false;
    model.once('close', () => (isOver = true));
    while (!isOver && !this.isStopping) {
      try {
        const channel = await openChannel(model);
        this.channels.add(channel);
        await this.consume(model, channel, queue);
        await new Promise((resolve) => channel.once('close', resolve));
        this.channels.delete(channel);
      } catch (error) {
        this.limiter.log(queue.name, `${queue.exchange} is not heard: ${String(error)}`);
      }
      await setTimeout(RETRY_MS, undefined, { ref: false });
    }
  }

  private async consume(model: ChannelModel, channel: Channel, queue: TopicQueue): Promise<void> {
    const { exchange, routingKey, name } = queue;
    await declareExchange(model, exchange);
    await channel.prefetch(PREFETCH);
    await channel.assertQueue(name, {
      durable: true,
      autoDelete: false,
      arguments: {
        'x-single-active-consumer': true,
        'x-expires': QUEUE_TTL_MS,
        'x-max-length': QUEUE_LENGTH,
      },
    });
    await channel.bindQueue(name, exchange, routingKey);
    await channel.consume(name, (message) => {
      if (message === null) void channel.close().catch(() => undefined);
      else this.append(channel, queue, message);
    });
  }

  private append(channel: Channel, queue: TopicQueue, message: ConsumeMessage): void {
    const before = this.inHand.get(queue) ?? Promise.resolve();
    this.inHand.set(
      queue,
      before.then(() => this.take(channel, queue, message)),
    );
  }

  private async take(channel: Channel, queue: TopicQueue, message: ConsumeMessage): Promise<void> {
    // What is not acknowledged comes again, here or elsewhere.
    for (let left = MAX_TRIES; this.channels.has(channel) && !this.isStopping; left--) {
      try {
        if (left > 0) await queue.onMessage(message.content);
        channel.ack(message);
        return;
      } catch (error) {
        this.limiter.log(`${queue.name} failed`, `Message is tried again: ${String(error)}`);
        await setTimeout(RETRY_MS, undefined, { ref: false });
      }
    }
  }
}

/** With Licode's flags, and on a channel of its own: where it is there with others, it is used as it is. */
async function declareExchange(model: ChannelModel, exchange: string): Promise<void> {
  const channel = await openChannel(model);
  try {
    await channel.assertExchange(exchange, 'topic', { durable: false, autoDelete: false });
  } catch {
    const second = await openChannel(model);
    await second.checkExchange(exchange);
    await second.close();
    return;
  }
  await channel.close();
}

async function openChannel(model: ChannelModel): Promise<Channel> {
  const channel = await model.createChannel();
  // An 'error' without a listener would end the process; 'close' follows.
  channel.on('error', () => undefined);
  return channel;
}
