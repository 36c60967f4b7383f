import { type CodedConcept, inScheme } from './coded-concept';

const dcm = inScheme('DCM');
const sct = inScheme('SCT');
const ln = inScheme('LN');

/** Concepts of the standards: each was found in a context group or template of PS3.16 (see docs/sr-template.md). @standard PS3.16 */
export const CODE = {
  // document and structure
  measurementReport: dcm('126000', 'Imaging Measurement Report'),
  imagingMeasurements: dcm('126010', 'Imaging Measurements'),
  qualitativeEvaluations: inScheme('UMLS')('C0034375', 'Qualitative Evaluations'),
  measurementGroup: dcm('125007', 'Measurement Group'),
  imageLibrary: dcm('111028', 'Image Library'),
  imageLibraryGroup: dcm('126200', 'Image Library Group'),
  modality: dcm('121139', 'Modality'),
  computedTomography: dcm('CT', 'Computed Tomography'),
  magneticResonance: dcm('MR', 'Magnetic Resonance'),
  frameOfReferenceUID: dcm('112227', 'Frame of Reference UID'),
  language: dcm('121049', 'Language of Content Item and Descendants'),
  english: inScheme('RFC5646')('en', 'English'),
  german: inScheme('RFC5646')('de', 'German'),
  french: inScheme('RFC5646')('fr', 'French'),
  spanish: inScheme('RFC5646')('es', 'Spanish'),
  chinese: inScheme('RFC5646')('zh', 'Chinese'),
  procedureReported: dcm('121058', 'Procedure reported'),
  ctUnspecified: ln('25045-6', 'CT unspecified body region'),
  mrUnspecified: ln('25056-3', 'MRI unspecified body region'),
  processingEquipment: dcm('109102', 'Processing Equipment'),
  comment: dcm('121106', 'Comment'),
  sourceImage: dcm('121322', 'Source image for image processing operation'),
  // key objects
  ofInterest: dcm('113000', 'Of Interest'),
  keyObjectDescription: dcm('113012', 'Key Object Description'),
  // segmentation
  segmentation: dcm('113076', 'Segmentation'),
  anatomicalStructure: sct('123037004', 'Anatomical Structure'),
  morphologicallyAbnormal: sct('49755003', 'Morphologically Abnormal Structure'),
  artificialIntelligence: dcm('123110', 'Artificial Intelligence'),
  // observer and algorithm
  observerType: dcm('121005', 'Observer Type'),
  device: dcm('121007', 'Device'),
  deviceObserverUID: dcm('121012', 'Device Observer UID'),
  deviceObserverName: dcm('121013', 'Device Observer Name'),
  deviceObserverManufacturer: dcm('121014', 'Device Observer Manufacturer'),
  deviceObserverModelName: dcm('121015', 'Device Observer Model Name'),
  algorithmName: dcm('111001', 'Algorithm Name'),
  algorithmParameters: dcm('111002', 'Algorithm Parameters'),
  algorithmVersion: dcm('111003', 'Algorithm Version'),
  lumbarSpine: sct('122496007', 'Lumbar spine'),
  // measurement group
  trackingIdentifier: dcm('112039', 'Tracking Identifier'),
  trackingUniqueIdentifier: dcm('112040', 'Tracking Unique Identifier'),
  finding: dcm('121071', 'Finding'),
  findingSite: sct('363698007', 'Finding Site'),
  topographicalModifier: sct('106233006', 'Topographical modifier'),
  superior: sct('264217000', 'Superior'),
  inferior: sct('261089000', 'Inferior'),
  anterior: sct('255549009', 'Anterior'),
  middle: inScheme('NCIt')('C25569', 'Middle'),
  posterior: sct('255551008', 'Posterior'),
  imageRegion: dcm('111030', 'Image Region'),
  derivation: dcm('121401', 'Derivation'),
  measurementMethod: sct('370129005', 'Measurement Method'),
  mean: sct('373098007', 'Mean'),
  median: sct('373099004', 'Median'),
  maximum: sct('56851009', 'Maximum'),
  certainty: dcm('111012', 'Certainty of Finding'),
  // measurements and evaluations
  height: dcm('121207', 'Height'),
  volume: sct('118565006', 'Volume'),
  area: sct('42798000', 'Area'),
  calcificationPercent: dcm('112019', 'Calcification extent as percent of volume'),
  calcificationCount: dcm('111038', 'Number of calcifications'),
  calcification: sct('18115005', 'Pathologic calcification'),
  present: sct('52101004', 'Present'),
  absent: sct('272519000', 'Absent'),
  undetermined: sct('373068000', 'Undetermined'),
  // anatomy without a level
  disc: sct('360499006', 'Intervertebral disc'),
  vertebra: sct('51282000', 'Vertebra'),
  sacrum: sct('54735007', 'Sacrum'),
} as const satisfies Record<string, CodedConcept>;
