import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AmqpTopicConsumer } from '../../amqp/amqp-topic-consumer.js';
import { parseObjectId } from '../../common/object-id.js';
import { ErizoControllersService } from '../../erizo-controllers/erizo-controllers.service.js';
import { RoomsService } from '../../rooms/rooms.service.js';
import { readLicodeEvent } from './read-licode-event.js';
import { ReportsService } from './reports.service.js';

/**
 * Takes what Licode's ErizoControllers tell where `report.session_events` is on: of rooms that are not p2p alone, and without
 * their own id, which the room knows.
 */
@Injectable()
export class LicodeEvents implements OnModuleInit {
  constructor(
    private readonly consumer: AmqpTopicConsumer,
    private readonly rooms: RoomsService,
    private readonly nodes: ErizoControllersService,
    private readonly reports: ReportsService,
  ) {}

  onModuleInit(): void {
    this.consumer.listenTo({
      exchange: 'broadcastExchange',
      routingKey: 'event',
      name: 'nuvemSessionEvents',
      onMessage: (content) => this.take(content),
    });
  }

  private async take(content: Buffer): Promise<void> {
    const event = readLicodeEvent(content);
    const id = event && parseObjectId(event.room);
    if (!id) return;
    const [room] = await this.rooms.findForSessions([id]);
    const node = room?.erizoControllerId && (await this.nodes.findAlive(room.erizoControllerId));
    if (!node) return;
    const { user: participantId, name: userName, at } = event;
    if (event.type === 'user_disconnection') {
      const left = [{ room: id, participantId, leftAt: at }];
      await this.reports.take(node, { joined: [], left });
    } else if (userName !== undefined) {
      const joined = [{ room: id, participantId, userName, joinedAt: at }];
      await this.reports.take(node, { joined, left: [] });
    }
  }
}
