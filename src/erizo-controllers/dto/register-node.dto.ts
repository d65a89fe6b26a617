import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsIP, IsString, Matches, Max, Min } from 'class-validator';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { IsHost } from '../node-host.js';
import { IsControlUrl } from './is-control-url.decorator.js';
import { IsLabels } from './is-labels.decorator.js';

export class RegisterNodeDto {
  @ApiProperty({ description: 'Public address', example: '203.0.113.7' })
  @IsIP()
  @IsHost()
  ip!: string;

  @ApiPropertyOptional({
    description: 'Public name; left out or empty for a node that is reached by its address',
    example: 'node-1.example.com',
    maxLength: 253,
    pattern: '^[A-Za-z0-9._-]*$',
  })
  @Optional()
  @IsString()
  @Matches(/^[A-Za-z0-9._-]{0,253}$/, { message: 'hostname must be a host name, or empty' })
  @IsHost()
  hostname: string = '';

  @ApiProperty({
    type: 'integer',
    description: 'Port that browsers connect to',
    example: 8080,
    minimum: 1,
    maximum: 65_535,
  })
  @IsInt()
  @Min(1)
  @Max(65_535)
  port!: number;

  @ApiProperty({ description: 'Whether browsers are to use TLS', example: true })
  @IsBoolean()
  secure!: boolean;

  @ApiPropertyOptional({
    description: 'Where it is, for the strategy `region`',
    example: 'eu-west',
    minLength: 1,
    maxLength: 64,
  })
  @Optional()
  @IsString()
  @TextLength(1, 64)
  region?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: 256 },
    maxProperties: 32,
    description: 'Anything, for people and for strategies of your own',
    example: { zone: 'a' },
  })
  @Optional()
  @IsLabels()
  labels?: Record<string, string>;

  @ApiPropertyOptional({
    format: 'uri',
    maxLength: 2048,
    description:
      'Where the node answers `GET /rooms/:room/users`, `DELETE /rooms/:room` and `DELETE /rooms/:room/users/:user`, ' +
      'signed with the key of the service that registers it, as docs/reference/authentication.md says. Without one, only nodes on RabbitMQ can be called: nobody can see who is on it, and tokens of rooms with `maxParticipants` cannot be redeemed there. ' +
      'http or https, private addresses too; no loopback, link-local or metadata addresses; no credentials, query or fragment.',
    example: 'http://10.0.0.7:8090',
  })
  @Optional()
  @IsControlUrl()
  controlUrl?: string;
}
