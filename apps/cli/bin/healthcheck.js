'use strict';
// Asks the process of this container whether it lives. Exit code 0 when it says so.
const http = require('node:http');

const port = Number(process.env.ENDPLATE_HTTP_PORT || 8080);
const request = http.get({ host: '127.0.0.1', port, path: '/livez', timeout: 4000 }, (response) => {
  response.resume();
  process.exitCode = response.statusCode === 200 ? 0 : 1;
});
request.once('timeout', () => request.destroy(new Error('no answer in 4 s')));
request.once('error', (error) => {
  process.stderr.write(`health: ${error.message}\n`);
  process.exitCode = 1;
});
