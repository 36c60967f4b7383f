/**
 * The import table of docs/architecture.md, enforced. One row per room: [rooms it may import], [npm packages it may import].
 * A row is changed here and in docs/architecture.md in one commit.
 */
const CODECS = [
  '@cornerstonejs/codec-charls',
  '@cornerstonejs/codec-openjpeg',
  '@cornerstonejs/codec-openjph',
  '@cornerstonejs/codec-libjpeg-turbo-8bit',
];
const ROOMS = {
  dicom: [[], ['dcmjs', ...CODECS]],
  findings: [[], ['zod']],
  imaging: [['dicom'], []],
  kernel: [
    ['imaging', 'findings', 'dicom'],
    ['onnxruntime-node', 'zod'],
  ],
  phantom: [['dicom', 'findings'], []],
  reporting: [
    ['dicom', 'findings'],
    // @types/fhir is erased: types of FHIR resources.
    ['dcmjs', '@napi-rs/canvas', '@types/fhir'],
  ],
  dimse: [['dicom'], []],
  store: [[], ['minio']],
  queue: [[], ['bullmq', 'ioredis', 'zod']],
  studies: [
    ['store', 'queue'],
    ['zod', 'ulid'],
  ],
  platform: [[], ['zod', 'pino', 'pino-http', 'nestjs-pino', 'prom-client', '@nestjs', 'rxjs', 'reflect-metadata']],
};
const PURE = 'dicom|imaging|findings|kernel|reporting|phantom';
const rows = Object.entries(ROOMS).flatMap(([room, [own, npm]]) => [
  {
    name: `${room}-row`,
    severity: 'error',
    comment: `libs/${room} may import ${own.join(', ') || 'nothing of ours'}. Move the code, or change the table and docs/architecture.md in one commit.`,
    from: { path: `^libs/${room}/`, pathNot: '[.]spec[.]ts$' },
    to: { path: '^(libs|apps)/', pathNot: [room, ...own].map((r) => `^libs/${r}/`) },
  },
  {
    name: `${room}-packages`,
    severity: 'error',
    comment: `libs/${room} may import the packages ${npm.join(', ') || '(none)'}.`,
    from: { path: `^libs/${room}/`, pathNot: '[.]spec[.]ts$' },
    to: {
      dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
      pathNot: npm.length ? npm.map((p) => `node_modules/${p}/`) : '^$',
    },
  },
]);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...rows,
    {
      name: 'no-deep-import',
      severity: 'error',
      comment: "A room has one door: import '@endplate/<room>', never a file inside it.",
      from: { path: '^(?:libs|apps)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index[.]ts$'] },
    },
    {
      name: 'no-app-to-app',
      severity: 'error',
      comment: 'Apps meet in the queue and the store, not in code. Only `cli up` may import apps/*/src/*.module.ts.',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/cli/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'cli-imports-modules-only',
      severity: 'error',
      comment: 'The cli may import only apps/*/src/*.module.ts and *.config.ts of other apps.',
      from: { path: '^apps/cli/' },
      to: { path: '^apps/', pathNot: ['^apps/cli/', '^apps/[^/]+/src/[^/]+[.](module|config)[.]ts$'] },
    },
    {
      name: 'pure-is-pure',
      severity: 'error',
      comment: 'Pure rooms take bytes, clocks and ids as arguments: no files, sockets, processes or timers.',
      from: { path: `^libs/(${PURE})/`, pathNot: '[.]spec[.]ts$' },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|fs/promises|net|tls|http|https|http2|child_process|process|os|worker_threads|timers|timers/promises|dgram|dns)$',
      },
    },
    {
      name: 'onnx-in-one-place',
      severity: 'error',
      comment: 'onnxruntime is reached through segmenter.port.ts; its adapter lives in libs/kernel/src/segment/onnx.',
      from: { pathNot: '^libs/kernel/src/segment/onnx' },
      to: { path: 'node_modules/onnxruntime-node/' },
    },
    { name: 'no-circular', severity: 'error', comment: 'Data flows one way.', from: {}, to: { circular: true } },
    { name: 'not-to-spec', severity: 'error', comment: 'Specs are leaves.', from: {}, to: { path: '[.]spec[.]ts$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules|[.]endplate)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
