import { studyFindingsSchema } from '@endplate/findings';
import { z } from 'zod';
import { ACTION_HEADER } from './same-origin';
import {
  correctionRequestSchema,
  correctionViewSchema,
  problemSchema,
  retryViewSchema,
  studyViewSchema,
  worklistSchema,
} from './view.schema';

const STUDY = { name: 'studyInstanceUID', in: 'path', required: true, schema: { type: 'string', maxLength: 64 } };
const VERSION = { name: 'version', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } };
const NAME = { name: 'name', in: 'path', required: true, schema: { type: 'string', maxLength: 100 } };

const DESTINATION = { name: 'destination', in: 'path', required: true, schema: { type: 'string', maxLength: 63 } };
/** What a page from elsewhere can't send. */
const ACTION = { name: ACTION_HEADER, in: 'header', required: true, schema: { type: 'string' } };

/**
 * The API's description, made from the schemas that the answers are typed by.
 * @param version - of the program
 */
export function openApiDocument(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Endplate console',
      version,
      description:
        'What Endplate knows of studies. Research and triage only. Not a diagnosis. Read-only, but for deliveries that are begun anew and corrections of readers.',
    },
    paths: {
      '/api/studies': { get: operation('Worklist, youngest study first', [], json('Worklist')) },
      '/api/studies/{studyInstanceUID}': {
        get: operation('One study: versions, deliveries, timeline', [STUDY], json('Study')),
      },
      '/api/studies/{studyInstanceUID}/versions/{version}/findings': {
        get: operation('findings.json of a version', [STUDY, VERSION], json('Findings')),
      },
      '/api/studies/{studyInstanceUID}/versions/{version}/key-images/{name}': {
        get: operation('A key image', [STUDY, VERSION, NAME], {
          'image/png': { schema: { type: 'string', format: 'binary' } },
        }),
      },
      '/api/studies/{studyInstanceUID}/versions/{version}/deliveries/{destination}/retry': {
        post: accepted(
          'Begins a delivery anew that was given up or could not be proven',
          [STUDY, VERSION, DESTINATION, ACTION],
          json('Retry'),
        ),
      },
      '/api/studies/{studyInstanceUID}/versions/{version}/correction': {
        post: {
          ...accepted(
            'Makes a further version of what a reader says of the latest one',
            [STUDY, VERSION, ACTION],
            json('Correction'),
          ),
          requestBody: { required: true, content: json('CorrectionRequest') },
        },
      },
      '/livez': { get: operation('Liveness', [], { 'application/json': { schema: { type: 'object' } } }) },
      '/readyz': { get: operation('Readiness', [], { 'application/json': { schema: { type: 'object' } } }) },
      '/metrics': { get: operation('Prometheus metrics', [], { 'text/plain': { schema: { type: 'string' } } }) },
    },
    components: {
      schemas: {
        Worklist: schemaOf(worklistSchema),
        Study: schemaOf(studyViewSchema),
        Findings: schemaOf(studyFindingsSchema),
        Retry: schemaOf(retryViewSchema),
        Correction: schemaOf(correctionViewSchema),
        CorrectionRequest: schemaOf(correctionRequestSchema, 'input'),
        Problem: schemaOf(problemSchema),
      },
    },
  };
}

function operation(summary: string, parameters: readonly object[], content: object): object {
  return described(summary, parameters, { 200: { description: 'Here it is', content } });
}

function accepted(summary: string, parameters: readonly object[], content: object): object {
  return described(summary, parameters, { 202: { description: 'It was begun', content } });
}

function described(summary: string, parameters: readonly object[], answers: object): object {
  return {
    summary,
    parameters,
    responses: {
      ...answers,
      default: {
        description: 'A problem (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function json(name: string): object {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
