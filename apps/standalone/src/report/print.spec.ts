import { newCounters } from '@millrace/layer-dwd';
import { layerLines } from './print';

test('a line per layer, rejections by reason', () => {
  const dwd = { ...newCounters(), in: 1_200_000, out: 12, duplicates: 3, repeated: 4, late: 5, corrections: 6 };
  expect(
    layerLines({
      ods: { in: 1_200_030, out: 1_200_000, rejected: { not_json: 10, unknown_type: 20 } },
      dwd,
      dws: { in: 12, out: 7 },
      app: { in: 1, out: 1 },
    }),
  ).toEqual([
    'ods  in 1 200 030  out 1 200 000  rejected 30 (not_json 10, unknown_type 20)',
    'dwd  in 1 200 000  out 12  duplicates 3  repeated clicks 4  late 5  corrections 6',
    'dws  in 12  out 7',
    'app  in 1  out 1',
  ]);
});
