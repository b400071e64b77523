import { areaOf } from '../words';
import type en from './en.json';

export const useApprove = areaOf<typeof en>('approve');
