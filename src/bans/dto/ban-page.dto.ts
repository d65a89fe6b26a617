import { PageDto } from '../../common/paging/page.js';
import { BanDto } from './ban.dto.js';

export class BanPageDto extends PageDto('BanPage', BanDto) {}
