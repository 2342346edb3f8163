-- How often is a step refused? Of rows that are published: what only few people met is in neither number.
SELECT
  function,
  SUM(steps) AS asked,
  SUM(IF(outcome = 'refused', steps, 0)) AS refused,
  ROUND(SAFE_DIVIDE(SUM(IF(outcome = 'refused', steps, 0)), SUM(steps)), 3) AS refusal_rate
FROM usage.usage_daily
GROUP BY function
ORDER BY refusal_rate DESC, asked DESC
