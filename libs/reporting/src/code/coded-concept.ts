/** A coded entry: value, scheme designator, meaning (PS3.3 8.8). */
export interface CodedConcept {
  readonly value: string;
  readonly scheme: 'DCM' | 'SCT' | 'LN' | 'UCUM' | 'RFC5646' | '99ENDPLATE';
  readonly meaning: string;
}

/** A code of one scheme. */
function inScheme(scheme: CodedConcept['scheme']): (value: string, meaning: string) => CodedConcept {
  return (value, meaning) => ({ value, scheme, meaning });
}

const dcm = inScheme('DCM');
const sct = inScheme('SCT');
const ucum = inScheme('UCUM');
const endplate = inScheme('99ENDPLATE');

/** Concepts of the standards. Only codes that exist; what has none is in {@link PRIVATE}. @standard PS3.16 */
export const CODE = {
  measurementReport: dcm('126000', 'Imaging Measurement Report'),
  imagingMeasurements: dcm('126010', 'Imaging Measurements'),
  measurementGroup: dcm('125007', 'Measurement Group'),
  imageLibrary: dcm('111028', 'Image Library'),
  imageLibraryGroup: dcm('126200', 'Image Library Group'),
  language: dcm('121049', 'Language of Content Item and Descendants'),
  english: { value: 'en', scheme: 'RFC5646', meaning: 'English' },
  observerType: dcm('121005', 'Observer Type'),
  device: dcm('121007', 'Device'),
  deviceObserverUID: dcm('121012', 'Device Observer UID'),
  deviceObserverName: dcm('121013', 'Device Observer Name'),
  deviceObserverManufacturer: dcm('121014', 'Device Observer Manufacturer'),
  deviceObserverModelName: dcm('121015', 'Device Observer Model Name'),
  procedureReported: dcm('121058', 'Procedure reported'),
  ctUnspecified: { value: '25045-6', scheme: 'LN', meaning: 'CT unspecified body region' },
  mrUnspecified: { value: '25056-3', scheme: 'LN', meaning: 'MRI unspecified body region' },
  trackingIdentifier: dcm('112039', 'Tracking Identifier'),
  trackingUniqueIdentifier: dcm('112040', 'Tracking Unique Identifier'),
  finding: dcm('121071', 'Finding'),
  findingSite: sct('363698007', 'Finding Site'),
  topographicalModifier: sct('106233006', 'Topographical modifier'),
  superior: sct('264217000', 'Superior'),
  inferior: sct('261089000', 'Inferior'),
  imageRegion: dcm('111030', 'Image Region'),
  comment: dcm('121106', 'Comment'),
  algorithmName: dcm('111001', 'Algorithm Name'),
  algorithmVersion: dcm('111003', 'Algorithm Version'),
  algorithmParameters: dcm('111002', 'Algorithm Parameters'),
  derivation: dcm('121401', 'Derivation'),
  mean: sct('373098007', 'Mean'),
  maximum: sct('56851009', 'Maximum'),
  attenuation: dcm('112031', 'Attenuation Coefficient'),
  volume: sct('118565006', 'Volume'),
  calcification: sct('18115005', 'Pathologic calcification'),
  present: sct('52101004', 'Present'),
  absent: sct('2667000', 'Absent'),
  undetermined: sct('373068000', 'Undetermined'),
  processingEquipment: dcm('109102', 'Processing Equipment'),
  lumbosacralDisc: sct('715056000', 'L5/S1 intervertebral disc'),
} as const satisfies Record<string, CodedConcept>;

/** Units. @standard PS3.16 CID 82 */
export const UNIT = {
  mm: ucum('mm', 'millimeter'),
  mm2: ucum('mm2', 'square millimeter'),
  mm3: ucum('mm3', 'cubic millimeter'),
  hu: ucum("[hnsf'U]", 'Hounsfield unit'),
  percent: ucum('%', 'percent'),
  degree: ucum('deg', 'degree'),
  ratio: ucum('1', 'no units'),
} as const satisfies Record<string, CodedConcept>;

/** Our own concepts, documented in docs/sr-template.md. A code never changes its meaning. */
export const PRIVATE = {
  disc: endplate('EP0001', 'Intervertebral disc'),
  endplate: endplate('EP0002', 'Vertebral endplate'),
  discAssessment: endplate('EP0003', 'Intervertebral disc assessment'),
  endplateAssessment: endplate('EP0004', 'Vertebral endplate assessment'),
  heightAnterior: endplate('EP0010', 'Anterior disc height'),
  heightMiddle: endplate('EP0011', 'Middle disc height'),
  heightPosterior: endplate('EP0012', 'Posterior disc height'),
  heightIndex: endplate('EP0013', 'Disc height index'),
  wedge: endplate('EP0014', 'Disc wedge angle'),
  slip: endplate('EP0015', 'Slip of the vertebra above'),
  slipPercent: endplate('EP0016', 'Slip in per cent of the endplate'),
  calcifiedVolume: endplate('EP0020', 'Volume of disc calcification'),
  calcifiedPercent: endplate('EP0021', 'Calcified part of the disc'),
  boneContinuousVolume: endplate('EP0022', 'Volume continuous with bone, not counted as disc calcification'),
  agatstonLike: endplate('EP0023', 'Agatston-like score of the disc'),
  smallestDetectable: endplate('EP0024', 'Smallest calcification that this series could have shown'),
  calcificationAttenuation: endplate('EP0025', 'Attenuation of the calcified voxels'),
  vacuum: endplate('EP0030', 'Intradiscal gas'),
  vacuumVolume: endplate('EP0031', 'Volume of intradiscal gas'),
  t2Ratio: endplate('EP0040', 'T2 signal of the disc over cerebrospinal fluid'),
  pfirrmannLike: endplate('EP0041', 'Pfirrmann-like grade'),
  modic: endplate('EP0050', 'Modic change'),
  modicNone: endplate('EP0051', 'No Modic change'),
  modic1: endplate('EP0052', 'Modic type 1'),
  modic2: endplate('EP0053', 'Modic type 2'),
  modic3: endplate('EP0054', 'Modic type 3, possible'),
  modicMixed: endplate('EP0055', 'Modic change, mixed types'),
  modicArea: endplate('EP0056', 'Area of the Modic change'),
  modicT1Ratio: endplate('EP0057', 'T1 signal over reference marrow'),
  modicT2Ratio: endplate('EP0058', 'T2 signal over reference marrow'),
  site: endplate('EP0060', 'Site of calcification in the disc'),
  siteNucleus: endplate('EP0061', 'Nucleus'),
  siteAnterior: endplate('EP0062', 'Anterior annulus'),
  sitePosterior: endplate('EP0063', 'Posterior annulus'),
  siteLateral: endplate('EP0064', 'Lateral annulus'),
  siteEndplate: endplate('EP0065', 'Next to an endplate'),
  notAssessed: endplate('EP0070', 'Not assessed, because'),
  grade1: endplate('EP0081', 'Grade 1'),
  grade2: endplate('EP0082', 'Grade 2'),
  grade3: endplate('EP0083', 'Grade 3'),
  grade4: endplate('EP0084', 'Grade 4'),
  grade5: endplate('EP0085', 'Grade 5'),
  vertebra: endplate('EP0090', 'Vertebra'),
} as const satisfies Record<string, CodedConcept>;
