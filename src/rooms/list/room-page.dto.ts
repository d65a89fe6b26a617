import { PageDto } from '../../common/paging/page.js';
import { RoomDto } from '../dto/room.dto.js';

export class RoomPageDto extends PageDto('RoomPage', RoomDto) {}
