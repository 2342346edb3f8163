-- How many organisations of each size take steps, and how many people in each of them?
SELECT month, size_band, organisations, active_people, ROUND(SAFE_DIVIDE(active_people, organisations), 1) AS people_each
FROM usage.adoption_monthly
ORDER BY month, size_band
