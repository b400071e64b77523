import { areaOf } from '../words';
import type en from './en.json';

export const useActivity = areaOf<typeof en>('activity');
