export { type Defect, type DefectName, defectOf, defects } from './defects.js';
export { type Profile, type ProfileName, profileNames, profileOf } from './profile.js';
