import { AD_EXAMPLES } from './ads';
import { CONVERSION_EXAMPLES } from './conversions';
import { MONEY_EXAMPLES } from './money';

export const EXAMPLES = [...AD_EXAMPLES, ...CONVERSION_EXAMPLES, ...MONEY_EXAMPLES];
