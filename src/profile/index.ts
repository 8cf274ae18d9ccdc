export { type Profile, type ProfileName, profileNames, profileOf } from './profile.js';
