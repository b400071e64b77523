import { areaOf } from '../words';
import type en from './en.json';

export const usePeople = areaOf<typeof en>('people');
