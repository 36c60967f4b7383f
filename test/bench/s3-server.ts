import { startS3 } from '../servers/s3';

/** An S3 server in a process of its own, so that it does not share the thread of those who are measured. */
void startS3({ conditionalWrites: process.argv[2] !== 'without-conditions' }).then(({ stop, ...place }) => {
  process.send?.(place);
  process.once('disconnect', () => void stop().finally(() => process.exit()));
});
