import { Controller, Get, Header, Inject, Param, ParseIntPipe, StreamableFile } from '@nestjs/common';
import { StudyViews } from './study-reader';
import { type StudyView, type Worklist } from './view.schema';
import { WorklistReader } from './worklist-reader';

/** Injection token of the API's description. */
export const OPEN_API = Symbol('console:open-api');

/** What is known of studies, to read. */
@Controller('api')
export class StudyController {
  constructor(
    @Inject(WorklistReader) private readonly worklist: WorklistReader,
    @Inject(StudyViews) private readonly studies: StudyViews,
    @Inject(OPEN_API) private readonly description: object,
  ) {}

  @Get('studies')
  @Header('Cache-Control', 'no-cache')
  list(): Promise<Worklist> {
    return this.worklist.read();
  }

  @Get('studies/:study')
  @Header('Cache-Control', 'no-cache')
  study(@Param('study') study: string): Promise<StudyView> {
    return this.studies.study(study);
  }

  @Get('studies/:study/versions/:version/findings')
  @Header('Cache-Control', 'private, max-age=3600')
  async findings(
    @Param('study') study: string,
    @Param('version', ParseIntPipe) version: number,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.studies.findings(study, version), { type: 'application/json' });
  }

  @Get('studies/:study/versions/:version/key-images/:name')
  @Header('Cache-Control', 'private, max-age=3600')
  async keyImage(
    @Param('study') study: string,
    @Param('version', ParseIntPipe) version: number,
    @Param('name') name: string,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.studies.keyImage(study, version, name), { type: 'image/png' });
  }

  @Get('openapi.json')
  openApi(): object {
    return this.description;
  }
}
