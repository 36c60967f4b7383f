import { deriveUid } from '@endplate/dicom';
import { CODE } from '../../code/concept';
import { type ReportContext } from '../../report-context';
import { code, type ContentItem, text, uidRef } from '../content/content-item';

/** The observer: a device. @standard PS3.16 TID 1001, PS3.16 TID 1002, PS3.16 TID 1004 */
export function observationContext(context: ReportContext): ContentItem[] {
  const { manufacturer, manufacturerModelName, softwareVersion } = context;
  return [
    code('HAS OBS CONTEXT', CODE.observerType, CODE.device),
    uidRef('HAS OBS CONTEXT', CODE.deviceObserverUID, deviceUid(context)),
    text('HAS OBS CONTEXT', CODE.deviceObserverName, manufacturerModelName),
    text('HAS OBS CONTEXT', CODE.deviceObserverManufacturer, manufacturer),
    text('HAS OBS CONTEXT', CODE.deviceObserverModelName, `${manufacturerModelName} ${softwareVersion}`),
  ];
}

/** UID of this kind of device: the same for every installation, so that reports can be grouped by it. */
export function deviceUid(context: Pick<ReportContext, 'manufacturer' | 'manufacturerModelName'>): string {
  return deriveUid('device', context.manufacturer, context.manufacturerModelName);
}
