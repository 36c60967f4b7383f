import { type Provider } from '@nestjs/common';
import { type Queues } from '@endplate/queue';
import { type ObjectStore } from '@endplate/store';
import { EvidenceRecorder, StudyAssembler, StudyEvidence, Timeline } from '@endplate/studies';

/** Who takes what others say of a study's instances. */
export function evidenceRecorderProvider(storeToken: symbol, queuesToken: symbol, now: () => Date): Provider {
  return {
    provide: EvidenceRecorder,
    useFactory: (store: ObjectStore, jobs: Queues, timeline: Timeline, assembler: StudyAssembler) => {
      const named = (studyInstanceUID: string) => assembler.instancesNamed(studyInstanceUID);
      return new EvidenceRecorder({ evidence: new StudyEvidence(store), timeline, jobs, named, now });
    },
    inject: [storeToken, queuesToken, Timeline, StudyAssembler],
  };
}
