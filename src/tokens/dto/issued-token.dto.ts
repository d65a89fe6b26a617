import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { endOf } from '../token-life.js';
import type { IssuedToken } from '../tokens.service.js';

@ApiSchema({ name: 'IssuedToken', description: 'Leave to enter a room once' })
export class IssuedTokenDto {
  @ApiProperty({
    description: 'Hand it to the participant as it is',
    example: 'eyJ0b2tlbklkIjoiNjVmMGMwZmZlZTY1ZjBjMGZmZWU2NWYyIiwiaG9zdCI6Imxv…',
  })
  token!: string;

  @ApiProperty({ description: 'Names it, and is no secret', example: '65f0c0ffee65f0c0ffee65f2' })
  id!: string;

  @ApiProperty({
    description: '`host:port` of the node that takes it',
    example: 'media-1.example.com:8080',
  })
  host!: string;

  @ApiProperty({ description: 'Whether that node is reached by TLS', example: true })
  secure!: boolean;

  @ApiProperty({
    format: 'date-time',
    description: 'Until when it is good',
    example: '2026-11-27T20:03:00.000Z',
  })
  expiresAt!: string;

  static from({ text, token }: IssuedToken): IssuedTokenDto {
    const { _id, host, secure } = token;
    return {
      token: text,
      id: _id.toHexString(),
      host,
      secure,
      expiresAt: endOf(token).toISOString(),
    };
  }
}
