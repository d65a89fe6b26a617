import { date, error, int, long } from '../support/typed.js';
import type { ExpressionCase } from './case.js';

export const DATES: ExpressionCase[] = [
  [{ $year: '$when' }, int(2024)],
  [{ $month: '$when' }, int(2)],
  [{ $dayOfMonth: '$when' }, int(29)],
  [{ $dayOfYear: '$when' }, int(60)],
  [{ $dayOfWeek: '$when' }, int(5)],
  [{ $hour: { date: '$when', timezone: '+02:00' } }, int(15)],
  [{ $minute: '$when' }, int(14)],
  [{ $second: '$when' }, int(15)],
  [{ $millisecond: '$when' }, int(678)],
  [{ $week: '$when' }, int(8)],
  [{ $isoWeek: '$when' }, int(9)],
  [{ $isoWeekYear: date('2021-01-03T00:00:00Z') }, long(2020)],
  [{ $isoWeek: date('2021-01-03T00:00:00Z') }, int(53)],
  [{ $isoDayOfWeek: date('2021-01-03T00:00:00Z') }, int(7)],
  [{ $year: '$n' }, null],
  [{ $year: '$i' }, error(16006)],
  [{ $year: '$id' }, int(2023)],
  [{ $hour: { date: '$when', timezone: 'Nowhere!' } }, error(40485)],
  [{ $hour: { date: '$when', timezone: 'Europe/Paris' } }, error(115)],
  [{ $dateToString: { date: '$when' } }, '2024-02-29T13:14:15.678Z'],
  [
    { $dateToString: { date: '$when', format: '%Y/%m/%d %j %w %u %U %V %G' } },
    '2024/02/29 060 5 4 08 09 2024',
  ],
  [{ $dateToString: { date: '$when', format: '%H:%M %z', timezone: '-0330' } }, '09:44 -0330'],
  [{ $dateToString: { date: '$when', format: '%q' } }, error(18536)],
  [{ $dateToString: { date: '$n', onNull: 'none' } }, 'none'],
  [{ $dateToString: { date: '$n' } }, null],
  [{ $dateFromString: { dateString: '2024-02-29T13:14:15Z' } }, date('2024-02-29T13:14:15.000Z')],
  [{ $dateFromString: { dateString: 'soon', onError: 'bad' } }, 'bad'],
  [
    { $dateFromString: { dateString: '2024-02-29T13:00:00', timezone: '+01:00' } },
    date('2024-02-29T12:00:00.000Z'),
  ],
  [
    { $dateFromParts: { year: int(2024), month: int(2), day: int(30) } },
    date('2024-03-01T00:00:00.000Z'),
  ],
  [
    { $dateFromParts: { year: int(2024), month: int(14), hour: int(25) } },
    date('2025-02-02T01:00:00.000Z'),
  ],
  [
    { $dateFromParts: { isoWeekYear: int(2020), isoWeek: int(53), isoDayOfWeek: int(7) } },
    date('2021-01-03T00:00:00.000Z'),
  ],
  [{ $dateFromParts: { year: '$n' } }, null],
  [{ $dateFromParts: { year: int(0) } }, error(40523)],
  [{ $dateFromParts: { month: int(1) } }, error(40516)],
  [
    { $dateToParts: { date: '$when', iso8601: true } },
    {
      isoWeekYear: int(2024),
      isoWeek: int(9),
      isoDayOfWeek: int(4),
      hour: int(13),
      minute: int(14),
      second: int(15),
      millisecond: int(678),
    },
  ],
  [
    { $dateAdd: { startDate: date('2024-01-31T00:00:00Z'), unit: 'month', amount: int(1) } },
    date('2024-02-29T00:00:00.000Z'),
  ],
  [
    { $dateAdd: { startDate: '$when', unit: 'year', amount: int(1) } },
    date('2025-02-28T13:14:15.678Z'),
  ],
  [
    { $dateSubtract: { startDate: '$when', unit: 'day', amount: int(60) } },
    date('2023-12-31T13:14:15.678Z'),
  ],
  [{ $dateAdd: { startDate: '$when', unit: 'eon', amount: int(1) } }, error(9)],
  [{ $dateAdd: { startDate: '$n', unit: 'day', amount: int(1) } }, null],
  [
    { $dateDiff: { startDate: date('2023-12-31T23:59:00Z'), endDate: '$when', unit: 'year' } },
    long(1),
  ],
  [
    { $dateDiff: { startDate: date('2024-02-24T00:00:00Z'), endDate: '$when', unit: 'week' } },
    long(1),
  ],
  [
    { $dateDiff: { startDate: date('2024-02-25T00:00:00Z'), endDate: '$when', unit: 'week' } },
    long(0),
  ],
  [
    {
      $dateDiff: {
        startDate: date('2024-02-25T00:00:00Z'),
        endDate: '$when',
        unit: 'week',
        startOfWeek: 'monday',
      },
    },
    long(1),
  ],
  [{ $dateTrunc: { date: '$when', unit: 'quarter' } }, date('2024-01-01T00:00:00.000Z')],
  [{ $dateTrunc: { date: '$when', unit: 'week' } }, date('2024-02-25T00:00:00.000Z')],
  [{ $dateTrunc: { date: '$when', unit: 'hour' } }, date('2024-02-29T13:00:00.000Z')],
  [{ $dateTrunc: { date: '$when', unit: 'day', binSize: int(2) } }, error(115)],
];
