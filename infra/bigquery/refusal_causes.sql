-- Why are steps refused? Each cause with its share of all refusals of that function.
WITH causes AS (
  SELECT function, refusal, SUM(steps) AS refused
  FROM usage.usage_daily
  WHERE outcome = 'refused'
  GROUP BY function, refusal
)
SELECT function, refusal, refused, ROUND(SAFE_DIVIDE(refused, SUM(refused) OVER (PARTITION BY function)), 3) AS share
FROM causes
ORDER BY function, refused DESC
