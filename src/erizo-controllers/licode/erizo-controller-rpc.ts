import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AmqpRpcServer } from '../../amqp/amqp-rpc-server.js';
import { RPC_ERROR, RPC_NO_DATA, type RpcResult } from '../../amqp/rpc-result.js';
import { Clock } from '../../common/clock.js';
import { parseObjectId } from '../../common/object-id.js';
import type { ErizoControllerState } from '../erizo-controller.js';
import { ErizoControllersService } from '../erizo-controllers.service.js';
import { hostOf } from '../node-host.js';
import { Ec2Metadata } from './ec2-metadata.js';
import { readRegistration } from './registration-args.js';

/** What ErizoControllers tell and ask of the registry. */
@Injectable()
export class ErizoControllerRpc implements OnModuleInit {
  private readonly logger = new Logger('AmqpRpcServer');

  constructor(
    private readonly server: AmqpRpcServer,
    private readonly nodes: ErizoControllersService,
    private readonly metadata: Ec2Metadata,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.server.handle('addNewErizoController', (args) => this.register(args));
    this.server.handle('keepAlive', (args) => this.keepAlive(args));
    this.server.handle('setInfo', (args) => this.setInfo(args));
    this.server.handle('killMe', async () => RPC_NO_DATA);
    this.server.handle('getErizoControllers', () => this.list());
  }

  private async register(args: unknown): Promise<RpcResult> {
    const given = readRegistration(args);
    // Licode takes `error` as final and stops; without a response it tries again after 5 s.
    if (!given) throw new Error('the registration names no ip and port');
    const { cloudProvider, ...node } = given;
    if (cloudProvider === 'amazon') node.ip = await this.publicIpOf(node.ip);
    const registered = await this.nodes.register(node);
    const { _id, ip, hostname, port, ssl } = registered;
    const id = _id.toHexString();
    this.logger.log(`Node ${id} registered: ${hostOf(registered)}`);
    return { data: { id, publicIP: ip, hostname, port, ssl } };
  }

  /** As in Nuve: on Amazon the node's own idea of its address is the private one. */
  private async publicIpOf(ip: string): Promise<string> {
    const publicIp = await this.metadata.publicIp();
    if (publicIp === null) {
      this.logger.warn(`No public address from the EC2 metadata service: ${ip} is used as it is`);
    }
    return publicIp ?? ip;
  }

  private async keepAlive(args: unknown): Promise<RpcResult> {
    const id = typeof args === 'string' ? parseObjectId(args) : null;
    if (!id) return RPC_ERROR;
    return { data: (await this.nodes.keepAlive(id)) ? 'ok' : 'whoareyou' };
  }

  private async setInfo(args: unknown): Promise<RpcResult> {
    const { id: hex, state } = (args ?? {}) as { id?: unknown; state?: unknown };
    const id = typeof hex === 'string' ? parseObjectId(hex) : null;
    if (!id || !isState(state)) return RPC_ERROR;
    await this.nodes.setState(id, state);
    return RPC_NO_DATA;
  }

  private async list(): Promise<RpcResult> {
    const candidates = await this.nodes.candidates();
    const now = this.clock.now();
    const data = candidates
      .toSorted((a, b) => b.state - a.state)
      .map(({ _id, ip, hostname, port, ssl, state, lastSeen }) => ({
        _id: _id.toHexString(),
        ip,
        hostname,
        port,
        ssl,
        state,
        keepAlive: Math.max(0, Math.floor((now - lastSeen.getTime()) / 1000)),
      }));
    return { data };
  }
}

function isState(value: unknown): value is ErizoControllerState {
  return value === 0 || value === 1 || value === 2;
}
