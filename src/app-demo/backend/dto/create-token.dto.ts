import { IsIn, IsMongoId, IsOptional, IsString } from 'class-validator';
import { IsName } from '../../../common/is-name.decorator.js';
import { TextLength } from '../../../common/text-length.decorator.js';

/** Body of `POST /createToken`, as the page of Licode's basic example sends it. */
export class CreateTokenDto {
  @IsString()
  @TextLength(1, 256)
  @IsName()
  username!: string;

  @IsString()
  @TextLength(1, 64)
  @IsName()
  role!: string;

  /** Name of the room, used when there is no `roomId`. */
  @IsOptional()
  @IsString()
  @TextLength(1, 256)
  @IsName()
  room?: string;

  @IsOptional()
  @IsIn(['erizo', 'p2p'])
  type?: 'erizo' | 'p2p';

  @IsOptional()
  @IsMongoId()
  roomId?: string;

  @IsOptional()
  @IsString()
  @TextLength(1, 256)
  mediaConfiguration?: string;
}
