import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { VERSION } from '../../common/version.js';
import type { ErrorFace } from '../../common/errors/send-error.js';
import { closeBodies } from './schemas/closed-bodies.js';
import { addErrorResponses } from './responses/error-responses.js';
import { addNumberFormats } from './schemas/number-formats.js';
import { addEvents } from './events/add-events.js';
import { EVENT_DATA } from './events/event-catalogue.js';
import { addNodeCallbacks } from './operations/node-callbacks.js';
import { tidyNamedEnums } from './schemas/named-enums.js';
import { nameNodeStates } from './schemas/node-states.js';
import { addNamedSchemas } from './schemas/named-schemas.js';
import { describePathParameters } from './operations/path-parameters.js';
import { putV1First } from './operations/path-order.js';
import { markPublicOperations } from './operations/public-operations.js';
import { addResponseHeaders } from './responses/response-headers.js';
import { describeResponses } from './responses/response-descriptions.js';
import { stripDtoSuffix } from './schemas/schema-names.js';
import { offerSignIns } from './sign-in-schemes.js';
import { TAGS } from './tags.js';

const DESCRIPTION = `Rooms and one-time tokens for WebRTC.

\`/v1\` takes and answers JSON. A service signs in with its id and key, as HTTP Basic does: \`curl -u ID:KEY\`. Errors are
problem details (RFC 9457) with a stable \`code\`; a path that lacks the method is answered 405 with \`Allow\`. Lists have
pages: \`next\` of one is the \`cursor\` of the next.

The routes without \`/v1\` are those of Licode's Nuve, for programs that were written for it.`;

interface About {
  /** The API as its clients reach it. */
  url: string;
  /** How errors are answered outside /v1. */
  face: ErrorFace;
}

/** The OpenAPI document of an application: what Nest reads off its controllers, made fit for generators. */
export function createDocument(app: NestFastifyApplication, { url, face }: About): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Nuvem')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(url, 'Where the API is reached')
    .addServer('.', 'Relative to this document');
  for (const { name, description } of TAGS) builder.addTag(name, description);
  const read = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (_controller, method) => method,
    extraModels: EVENT_DATA,
  });
  return [
    offerSignIns,
    (document: OpenAPIObject) => addErrorResponses(document, face),
    describeResponses,
    addResponseHeaders,
    addNodeCallbacks,
    addNamedSchemas,
    markPublicOperations,
    describePathParameters,
    closeBodies,
    nameNodeStates,
    tidyNamedEnums,
    addEvents,
    addNumberFormats,
    stripDtoSuffix,
    putV1First,
  ].reduce((document, change) => change(document), read);
}
