import { ERRORS } from '../../../common/errors/error-catalog.js';

/** RFC 9457. The codes are no `enum`: a client that was generated before a code came about must not fail over it. */
const PROBLEM = {
  type: 'object',
  description:
    'Problem details (RFC 9457). Tell errors apart by `code`; the other texts may change.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: {
      type: 'string',
      format: 'uri-reference',
      description: 'Leads to what the error means and what to do about it',
      example: '/docs/errors#ROOM_NOT_FOUND',
    },
    title: { type: 'string', description: 'The status in words', example: 'Not Found' },
    status: {
      type: 'integer',
      format: 'int32',
      minimum: 400,
      maximum: 599,
      description: 'The HTTP status',
      example: 404,
    },
    detail: {
      type: 'string',
      description: 'What is wrong with this request, for people',
      example: 'Room does not exist',
    },
    code: {
      type: 'string',
      description:
        'Which error it is. More codes may come: take one that you do not know by its status.',
      'x-extensible-enum': Object.keys(ERRORS),
      example: 'ROOM_NOT_FOUND',
    },
    errors: {
      type: 'array',
      description: 'For a request that is not valid: what is wrong, field by field',
      items: { $ref: '#/components/schemas/FieldError' },
      example: [{ field: 'name', message: 'name must be 1 to 256 characters' }],
    },
  },
};

const FIELD_ERROR = {
  type: 'object',
  description: 'What is wrong with one field',
  required: ['field', 'message'],
  properties: {
    field: {
      type: 'string',
      description: 'Dotted path of the field in the body, or the name of the parameter or header',
      example: 'name',
    },
    message: {
      type: 'string',
      description: 'What is wrong with it, for people',
      example: 'name must be 1 to 256 characters',
    },
  },
};

/** What Nuve answers a request that is not signed, or wrongly. */
const NUVE_CHALLENGE = {
  type: 'object',
  description: 'How to sign in, as Nuve says it',
  required: ['WWW-Authenticate'],
  properties: {
    'WWW-Authenticate': {
      type: 'string',
      description: 'As the header of that name',
      example: 'MAuth realm="http://marte3.dit.upm.es"',
    },
  },
};

export const ERROR_SCHEMAS = {
  Problem: PROBLEM,
  FieldError: FIELD_ERROR,
  NuveChallenge: NUVE_CHALLENGE,
};
