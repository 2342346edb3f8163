-- Which steps are used most, by role: the last thirty days that were released.
SELECT role, function, SUM(steps) AS steps
FROM usage.usage_daily
WHERE outcome = 'done' AND day > DATE_SUB((SELECT MAX(day) FROM usage.usage_daily), INTERVAL 30 DAY)
GROUP BY role, function
ORDER BY role, steps DESC
