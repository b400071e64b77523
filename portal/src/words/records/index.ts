import { areaOf } from '../words';
import type en from './en.json';

export const useRecords = areaOf<typeof en>('records');
