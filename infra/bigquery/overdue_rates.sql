-- What share of open work is overdue at the end of each day? Only days of which both sides are published.
SELECT
  day,
  kind,
  SUM(IF(state = 'overdue', things, 0)) AS overdue,
  SUM(things) AS open_things,
  ROUND(SAFE_DIVIDE(SUM(IF(state = 'overdue', things, 0)), SUM(things)), 3) AS overdue_rate
FROM usage.overdue_daily
GROUP BY day, kind
HAVING COUNT(*) = 2
ORDER BY day, kind
