import type { Types } from 'mongoose';
import type { Labels } from './labels.js';

/** 2 available, 1 nearly full, 0 full: Licode's numbers, which are on the wire. */
export type ErizoControllerState = 0 | 1 | 2;

/** A signalling node that takes rooms, as the registry knows it. */
export interface ErizoController {
  _id: Types.ObjectId;
  ip: string;
  /** '' for a node that is reached by its ip. */
  hostname: string;
  port: number;
  ssl: boolean;
  state: ErizoControllerState;
  /** When an instance last heard from it, by that instance's clock. */
  lastSeen: Date;
  /** The `lastSeen` after which an instance gave it up; it is given up for as long as the two are the same. */
  givenUp?: Date;
  /** Keeps its rooms and gets no new ones. */
  draining: boolean;
  region?: string;
  labels?: Labels;
  /** Whether it tells who comes and goes: since its registration it has told so. */
  reports?: boolean;
  /** In rooms: one more room adds about 1. Absent for nodes that never say, as Licode's. */
  load?: number;
  /** When `load` was said. */
  loadAt?: Date;
  /** Where it answers signed HTTP calls. Absent for nodes on RabbitMQ. */
  controlUrl?: string;
  /** The service that registered it. Absent for nodes on RabbitMQ. */
  service?: Types.ObjectId;
  createdAt: Date;
  /** The last registration or change. Absent on nodes of an earlier version. */
  updatedAt?: Date;
  /** Of the last changes that requests with an id of their own made: none is made again. */
  changeIds?: Types.ObjectId[];
}
