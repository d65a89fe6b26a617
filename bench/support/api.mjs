import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

/** Calls of one service under /v1, with HTTP Basic. */
export class Api {
  constructor(url, service) {
    this.url = url;
    this.service = service;
    const credentials = Buffer.from(`${service.serviceId}:${service.key}`).toString('base64');
    this.headers = { authorization: `Basic ${credentials}`, 'content-type': 'application/json' };
  }

  post = (path, body) => this.call('POST', path, body);
  patch = (path, body) => this.call('PATCH', path, body);

  call(method, path, body) {
    const text = JSON.stringify(body);
    const headers = { ...this.headers, 'content-length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const sent = request(this.url + path, { method, agent, headers }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          if (response.statusCode < 300) return resolve(JSON.parse(answer));
          return reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`));
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }
}
