import { IsIn, IsInt, IsMongoId, IsOptional, Max, Min } from 'class-validator';
import { IsName } from './is-name.decorator.js';

/** Body of `POST /createToken`, as the page of Licode's basic example sends it. */
export class CreateTokenDto {
  @IsName(256)
  username!: string;

  @IsName(64)
  role!: string;

  /** Name of the room, used when there is no `roomId`. */
  @IsOptional()
  @IsName(256)
  room?: string;

  @IsOptional()
  @IsIn(['erizo', 'p2p'])
  type?: 'erizo' | 'p2p';

  @IsOptional()
  @IsMongoId()
  roomId?: string;

  @IsOptional()
  @IsName(256)
  mediaConfiguration?: string;

  /** How long the room lasts, if it is made for this. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1440)
  minutes?: number;
}
