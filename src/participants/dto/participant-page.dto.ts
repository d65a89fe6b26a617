import { PageDto } from '../../common/paging/page.js';
import { ParticipantDto } from './participant.dto.js';

export class ParticipantPageDto extends PageDto('ParticipantPage', ParticipantDto) {}
