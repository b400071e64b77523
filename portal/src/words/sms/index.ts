import { areaOf } from '../words';
import type en from './en.json';

export const useSms = areaOf<typeof en>('sms');
