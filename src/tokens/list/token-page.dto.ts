import { PageDto } from '../../common/paging/page.js';
import { OutstandingTokenDto } from '../dto/outstanding-token.dto.js';

export class TokenPageDto extends PageDto('TokenPage', OutstandingTokenDto) {}
