export { type Defect, type DefectName, defectOf, defects, profileWith } from './defects.js';
export { differences, type ProfileDifference, type Shown } from './differences.js';
export { type Profile, type ProfileName, profileNames, profileOf } from './profile.js';
