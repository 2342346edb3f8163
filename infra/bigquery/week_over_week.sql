-- How do the steps of the lifecycles of the last seven days compare with the seven days before?
WITH last AS (SELECT MAX(day) AS day FROM usage.workflow_daily)
SELECT
  w.kind,
  w.step,
  SUM(IF(w.day > DATE_SUB(last.day, INTERVAL 7 DAY), w.taken, 0)) AS this_week,
  SUM(IF(w.day <= DATE_SUB(last.day, INTERVAL 7 DAY), w.taken, 0)) AS week_before
FROM usage.workflow_daily AS w
CROSS JOIN last
WHERE w.day > DATE_SUB(last.day, INTERVAL 14 DAY)
GROUP BY w.kind, w.step
ORDER BY this_week DESC
