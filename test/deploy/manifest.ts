import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';

/** Folder of the checkout. */
export const ROOT = path.resolve(__dirname, '../..');

/** One Kubernetes object as written. */
export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  readonly spec?: unknown;
}

/** Every object of the YAML files of a folder, except the kustomization itself. */
export function readManifests(folder: string): Manifest[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  return files.flatMap((file) => parseManifests(readFileSync(path.join(folder, file), 'utf8'), file));
}

/** Objects of a YAML text. @throws when it is not YAML */
export function parseManifests(text: string, file: string): Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]!.message}`);
    return { ...(document.toJS() as Omit<Manifest, 'file'>), file };
  });
}

/**
 * Type-checks objects against the interfaces of kubernetes-models. Its own validators let unknown fields pass; the
 * compiler's check of object literals does not.
 *
 * @returns one line per fault
 */
export function typeFaults(manifests: readonly Manifest[]): string[] {
  const virtual = path.join(ROOT, 'test/deploy/generated-manifests.ts');
  const source = manifests
    .map(({ file: _file, ...object }, n) => {
      const module = `kubernetes-models/${object.apiVersion}/${object.kind}`;
      return `import { type I${object.kind} as T${n} } from '${module}';\nexport const m${n}: T${n} = ${JSON.stringify(object)};`;
    })
    .join('\n');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    ignoreDeprecations: '5.0',
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    path.resolve(name) === virtual ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : read(name, ...rest);
  const program = ts.createProgram([virtual], options, host);
  return ts.getPreEmitDiagnostics(program, program.getSourceFile(virtual)).map((diagnostic) => {
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
    const manifest = manifests[Math.floor(line / 2)];
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    return `${manifest?.file} ${manifest?.kind}/${manifest?.metadata.name}: ${text}`;
  });
}
